"""The tables of the database as they are now. Migrations lead here; a test compares the two.

The CHECKs hold the state machine of the job queue for all of its states, so that no mistake in the program
can store a job that makes no sense. Times are Unix seconds. Columns that hold JSON are TEXT; the functions
beside this module turn them into values and back.
"""

from sqlalchemy import (
    REAL,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from ..domain.job import TERMINAL_STATES, JobState, JobWant, Lane

metadata = MetaData()
LANES = tuple(Lane)


def _listed(values: object) -> str:
    return ", ".join(f"'{value}'" for value in values)  # type: ignore[attr-defined]


_FINISHED = _listed(state for state in JobState if state in TERMINAL_STATES)
_UNFINISHED = _listed(state for state in JobState if state not in TERMINAL_STATES)
IS_UNFINISHED = f"state IN ({_UNFINISHED})"
"""In the words of the index: SQLite finds unfinished jobs by their unique key only when asked like this."""

setting = Table(
    "setting",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_strict=True,
)

job = Table(
    "job",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("priority", Integer, nullable=False, server_default=text("0")),
    Column("position", REAL, nullable=False, server_default=text("0")),
    Column("state", Text, nullable=False),
    Column("want", Text, nullable=False, server_default=text("'run'")),
    Column("hold_reason", Text),
    Column("run_at", REAL),
    Column("delay", REAL),
    Column("epoch", Integer, nullable=False, server_default=text("0")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("crashes", Integer, nullable=False, server_default=text("0")),
    Column("progress", REAL, nullable=False, server_default=text("0")),
    Column("phase", Text, nullable=False, server_default=text("''")),
    Column("character", Text, nullable=False, server_default=text("''")),
    Column("engine", Text, nullable=False, server_default=text("''")),
    Column("title", Text, nullable=False, server_default=text("''")),
    Column("search_text", Text, nullable=False, server_default=text("''")),
    Column("needs_review", Integer, nullable=False, server_default=text("0")),
    Column("error", Text),
    Column("error_code", Text),
    Column("error_details", Text),
    Column("unique_key", Text),
    Column("request_id", Text),
    Column("request", Text, nullable=False),
    Column("result", Text),
    Column("metadata", Text, nullable=False, server_default=text("'{}'")),
    Column("created_at", REAL, nullable=False),
    Column("queued_at", REAL, nullable=False),
    Column("updated_at", REAL, nullable=False),
    Column("started_at", REAL),
    Column("finished_at", REAL),
    Column("removed_at", REAL),
    Column("active_seconds", REAL, nullable=False, server_default=text("0")),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("hold_scope", Text, nullable=False, server_default=text("''")),
    Column("is_remote", Integer, nullable=False, server_default=text("0")),
    Column("crash_step", Text, nullable=False, server_default=text("''")),
    Column("possibly_billed", Integer, nullable=False, server_default=text("0")),
    Column("batch_id", Integer),
    Column("tokens_in", Integer),
    Column("tokens_out", Integer),
    Column("cost_nanos", Integer),
    CheckConstraint(f"state IN ({_listed(JobState)})", name="state_is_known"),
    CheckConstraint(f"want IN ({_listed(JobWant)})", name="want_is_known"),
    CheckConstraint(f"lane IN ({_listed(LANES)})", name="lane_is_known"),
    CheckConstraint("priority BETWEEN -2 AND 2", name="priority_has_five_levels"),
    CheckConstraint(f"(finished_at IS NOT NULL) = (state IN ({_FINISHED}))", name="finished_iff_terminal"),
    CheckConstraint("(hold_reason IS NOT NULL) = (state = 'held')", name="hold_reason_iff_held"),
    CheckConstraint("(run_at IS NOT NULL) = (state = 'waiting')", name="run_at_iff_waiting"),
    CheckConstraint("(delay IS NOT NULL) = (state = 'waiting')", name="delay_iff_waiting"),
    CheckConstraint("state <> 'running' OR epoch > 0", name="running_has_an_epoch"),
    CheckConstraint("progress BETWEEN 0 AND 100", name="progress_is_percent"),
    CheckConstraint("needs_review = 0 OR state = 'succeeded'", name="review_iff_succeeded"),
    CheckConstraint("removed_at IS NULL OR finished_at IS NOT NULL", name="only_finished_is_removed"),
    CheckConstraint("attempts >= 0 AND crashes >= 0", name="counts_are_natural"),
    UniqueConstraint("request_id", name="request_id_is_unique"),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
# `removed_at` stands at the end of both, so that lists and counts need the index alone.
Index("job_newest", job.c.created_at.desc(), job.c.id.desc(), job.c.removed_at)
Index("job_newest_of_state", job.c.state, job.c.created_at.desc(), job.c.id.desc(), job.c.removed_at)
Index(
    "job_next",
    job.c.lane,
    job.c.priority.desc(),
    job.c.position,
    job.c.id,
    sqlite_where=text("state = 'queued'"),
)
Index(
    "job_unfinished_is_unique",
    job.c.unique_key,
    unique=True,
    sqlite_where=text(IS_UNFINISHED),
)
Index("job_held", job.c.hold_reason, job.c.hold_scope, sqlite_where=text("state = 'held'"))
Index("job_waiting", job.c.run_at, sqlite_where=text("state = 'waiting'"))
Index("job_of_batch", job.c.batch_id, job.c.state, sqlite_where=text("batch_id IS NOT NULL"))
Index("job_to_review", job.c.id, sqlite_where=text("needs_review = 1"))
QUEUED_REMOTE = "state = 'queued' AND is_remote = 1"
QUEUED_ELSEWHERE = "state = 'queued' AND engine NOT IN ('', 'offline')"
"""In the words of two indexes: before a closed gate only jobs that may stand there are looked at."""
Index("job_queued_remote", job.c.id, sqlite_where=text(QUEUED_REMOTE))
Index("job_queued_of_engine", job.c.engine, sqlite_where=text(QUEUED_ELSEWHERE))
Index(
    "job_figures",
    *(job.c[name] for name in ("kind", "lane", "state", "finished_at", "attempts", "crashes")),
    sqlite_where=text("finished_at IS NOT NULL"),
)

batch = Table(
    "batch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("created_at", REAL, nullable=False),
    Column("ended_at", REAL),
    sqlite_strict=True,
)

tally = Table(
    "tally",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("needs_review", Integer, primary_key=True),
    Column("jobs", Integer, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

attempt = Table(
    "attempt",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("job_id", Integer, ForeignKey("job.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("epoch", Integer, nullable=False),
    Column("started_at", REAL, nullable=False),
    Column("ended_at", REAL),
    Column("outcome", Text),
    Column("request_hash", Text),
    Column("provider_id", Text),
    Column("estimated_cost", REAL),
    Column("possibly_billed", Integer, nullable=False, server_default=text("0")),
    Column("reason", Text, nullable=False, server_default=text("''")),
    CheckConstraint("(ended_at IS NOT NULL) = (outcome IS NOT NULL)", name="ended_iff_outcome"),
    sqlite_strict=True,
)

step = Table(
    "step",
    metadata,
    Column("job_id", Integer, ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
    Column("step_key", Text, primary_key=True),
    Column("input_hash", Text, nullable=False),
    Column("output", Text, nullable=False),
    Column("usage", Text),
    Column("seconds", REAL, nullable=False),
    Column("finished_at", REAL, nullable=False),
    sqlite_strict=True,
)

partial = Table(
    "partial",
    metadata,
    Column("job_id", Integer, ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
    Column("step_key", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("updated_at", REAL, nullable=False),
    sqlite_strict=True,
)

output = Table(
    "output",
    metadata,
    Column("job_id", Integer, ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("seconds", REAL),
    Column("done_at", REAL),
    CheckConstraint("kind IN ('card', 'evidence')", name="kind_is_known"),
    sqlite_strict=True,
)

event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("job_id", Integer, ForeignKey("job.id", ondelete="CASCADE"), index=True),
    Column("at", REAL, nullable=False),
    Column("kind", Text, nullable=False),
    Column("data", Text, nullable=False, server_default=text("'{}'")),
    sqlite_strict=True,
)

undo = Table(
    "undo",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", REAL, nullable=False),
    Column("name", Text, nullable=False),
    Column("jobs", Integer, nullable=False),
    Column("undone_at", REAL),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)

RESTORED = (
    "state", "want", "lane", "priority", "position", "hold_reason", "hold_scope", "run_at", "delay",
    "attempts", "crashes", "crash_step", "progress", "phase", "needs_review", "error", "error_code",
    "error_details", "result", "queued_at", "started_at", "finished_at", "removed_at", "active_seconds",
)  # fmt: skip
"""The columns of a job that an action of the person changes and undo brings back."""

undo_job = Table(
    "undo_job",
    metadata,
    Column("undo_id", Integer, ForeignKey("undo.id", ondelete="CASCADE"), primary_key=True),
    Column("side", Text, primary_key=True),
    Column("job_id", Integer, ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, nullable=False),  # the one the job has while this image can be put back
    Column("own_version", Integer, nullable=False),  # the one it had when it was as this image shows it
    *(Column(name, job.c[name].type) for name in RESTORED),
    CheckConstraint("side IN ('before', 'after')", name="side_is_known"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
Index("undo_job_of_job", undo_job.c.job_id)

document = Table(
    "document",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("content_key", Text, nullable=False, unique=True),
    Column("sha256", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("encoding", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("chars", Integer, nullable=False),
    Column("words", Integer, nullable=False),
    Column("headings", Text, nullable=False),
    Column("asides", Text, nullable=False),
    Column("warnings", Text, nullable=False),
    Column("text", LargeBinary, nullable=False),
    sqlite_strict=True,
)

source = Table(
    "source",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", Integer, ForeignKey("document.id"), nullable=False),
    Column("path", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("on_desk", Integer, nullable=False, server_default=text("1")),
    Column("added_at", REAL, nullable=False),
    UniqueConstraint("document_id", "path", name="one_source_for_a_file"),
    sqlite_strict=True,
)

picture = Table(
    "picture",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("data", LargeBinary, nullable=False),  # empty: the content is a file, see `asset_files`
    sqlite_strict=True,
)

card = Table(
    "card",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("source_title", Text, nullable=False, server_default=text("''")),
    Column("tags", Text, nullable=False, server_default=text("'[]'")),
    Column("lorebook_entries", Integer, nullable=False, server_default=text("0")),
    Column("search_text", Text, nullable=False, server_default=text("''")),
    Column("job_id", Integer, ForeignKey("job.id", ondelete="SET NULL")),
    Column("picture_sha256", Text, ForeignKey("picture.sha256")),
    Column("source_ids", Text, nullable=False, server_default=text("'[]'")),
    Column("problems", Text, nullable=False, server_default=text("'[]'")),
    Column("created_at", REAL, nullable=False),
    Column("updated_at", REAL, nullable=False),
    Column("trashed_at", REAL),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("card", Text, nullable=False),
    Column("evidence", Text, nullable=False, server_default=text("'{}'")),
    Column("original", Text),
    Column("crop", Text),
    Column("whole_sha256", Text),  # the picture that the avatar is a part of
    CheckConstraint("origin IN ('draft', 'import')", name="origin_is_known"),
    UniqueConstraint("job_id", name="one_card_for_a_job"),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
Index("card_newest", card.c.updated_at.desc(), card.c.id.desc(), sqlite_where=text("trashed_at IS NULL"))

card_file = Table(
    "card_file",
    metadata,
    Column("card_id", Integer, ForeignKey("card.id", ondelete="CASCADE"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("in_use", Integer, nullable=False, server_default=text("1")),
    CheckConstraint("bytes >= 0", name="size_is_natural"),
    sqlite_strict=True,
)
Index("card_file_content", card_file.c.sha256)
