"""What the database keeps up by itself: how many jobs are in each state, and an index over their texts.

The tally answers the counts of a million jobs at once (counting them takes 50 to 90 ms). The text index is
FTS5 with trigrams: a search finds any part of a word, in any alphabet, without reading every row.
"""
# ruff: noqa: S608  (put together from this module's own constants)

_VISIBLE = "removed_at IS NULL"
_COUNTED = ("kind", "state", "needs_review")


def _key(row: str) -> str:
    return ", ".join(f"{row}.{name}" for name in _COUNTED)


def _add(row: str) -> str:
    return (
        f"INSERT INTO tally (kind, state, needs_review, jobs) VALUES ({_key(row)}, 1) "
        "ON CONFLICT (kind, state, needs_review) DO UPDATE SET jobs = jobs + 1;"
    )


def _take(row: str) -> str:
    which = " AND ".join(f"{name} = {row}.{name}" for name in _COUNTED)
    return f"UPDATE tally SET jobs = jobs - 1 WHERE {which};"


_MOVED = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in (*_COUNTED, "removed_at"))
_TEXTS = "search_text, error"
_PUT_TEXT = f"INSERT INTO job_text (rowid, {_TEXTS}) VALUES (NEW.id, NEW.search_text, NEW.error);"
_DROP_TEXT = (
    f"INSERT INTO job_text (job_text, rowid, {_TEXTS}) VALUES ('delete', OLD.id, OLD.search_text, OLD.error);"
)

DERIVED: dict[str, str] = {
    "job_counted": (
        f"CREATE TRIGGER job_counted AFTER INSERT ON job WHEN NEW.{_VISIBLE} BEGIN {_add('NEW')} END"
    ),
    "job_uncounted": (
        f"CREATE TRIGGER job_uncounted AFTER DELETE ON job WHEN OLD.{_VISIBLE} BEGIN {_take('OLD')} END"
    ),
    "job_left_count": (
        "CREATE TRIGGER job_left_count AFTER UPDATE OF kind, state, needs_review, removed_at ON job "
        f"WHEN OLD.{_VISIBLE} AND ({_MOVED}) BEGIN {_take('OLD')} END"
    ),
    "job_joined_count": (
        "CREATE TRIGGER job_joined_count AFTER UPDATE OF kind, state, needs_review, removed_at ON job "
        f"WHEN NEW.{_VISIBLE} AND ({_MOVED}) BEGIN {_add('NEW')} END"
    ),
    "job_text": (
        f"CREATE VIRTUAL TABLE job_text USING fts5({_TEXTS}, content='job', content_rowid='id', "
        "tokenize='trigram')"
    ),
    "job_text_put": f"CREATE TRIGGER job_text_put AFTER INSERT ON job BEGIN {_PUT_TEXT} END",
    "job_text_dropped": f"CREATE TRIGGER job_text_dropped AFTER DELETE ON job BEGIN {_DROP_TEXT} END",
    "job_text_changed": (
        "CREATE TRIGGER job_text_changed AFTER UPDATE OF search_text, error ON job "
        "WHEN OLD.search_text IS NOT NEW.search_text OR OLD.error IS NOT NEW.error "
        f"BEGIN {_DROP_TEXT} {_PUT_TEXT} END"
    ),
}
"""The statements that make them, by name; a test compares them with what the migrations made."""

FILL = (
    f"INSERT INTO tally (kind, state, needs_review, jobs) "
    f"SELECT kind, state, needs_review, count(*) FROM job WHERE {_VISIBLE} GROUP BY 1, 2, 3",
    "INSERT INTO job_text (job_text) VALUES ('rebuild')",
)
"""Statements that fill both from the jobs that are there; the tally has to be empty."""

EMPTY_TALLY = "DELETE FROM tally"
