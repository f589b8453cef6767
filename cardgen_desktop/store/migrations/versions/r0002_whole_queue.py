"""Version 1.1: the whole state machine, with lanes' needs, batches, counts, a text index, and undo."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ADDED = (
    "job ADD COLUMN hold_scope TEXT DEFAULT '' NOT NULL",
    "job ADD COLUMN is_remote INTEGER DEFAULT 0 NOT NULL",
    "job ADD COLUMN crash_step TEXT DEFAULT '' NOT NULL",
    "job ADD COLUMN possibly_billed INTEGER DEFAULT 0 NOT NULL",
    "job ADD COLUMN batch_id INTEGER",
    "job ADD COLUMN tokens_in INTEGER",
    "job ADD COLUMN tokens_out INTEGER",
    "job ADD COLUMN cost_nanos INTEGER",
    "attempt ADD COLUMN reason TEXT DEFAULT '' NOT NULL",
)

STATEMENTS = (
    "DROP INDEX job_newest",
    "DROP INDEX job_newest_of_state",
    "CREATE INDEX job_newest ON job (created_at DESC, id DESC, removed_at)",
    "CREATE INDEX job_newest_of_state ON job (state, created_at DESC, id DESC, removed_at)",
    """
    CREATE TABLE batch (
        id INTEGER NOT NULL,
        title TEXT NOT NULL,
        created_at REAL NOT NULL,
        ended_at REAL,
        PRIMARY KEY (id)
    )
     STRICT
    """,
    """
    CREATE TABLE tally (
        kind TEXT NOT NULL,
        state TEXT NOT NULL,
        needs_review INTEGER NOT NULL,
        jobs INTEGER NOT NULL,
        PRIMARY KEY (kind, state, needs_review)
    )
     WITHOUT ROWID,
     STRICT
    """,
    """
    CREATE TABLE partial (
        job_id INTEGER NOT NULL,
        step_key TEXT NOT NULL,
        text TEXT NOT NULL,
        updated_at REAL NOT NULL,
        PRIMARY KEY (job_id, step_key),
        FOREIGN KEY(job_id) REFERENCES job (id) ON DELETE CASCADE
    )
     STRICT
    """,
    """
    CREATE TABLE undo (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        at REAL NOT NULL,
        name TEXT NOT NULL,
        jobs INTEGER NOT NULL,
        undone_at REAL
    )
     STRICT
    """,
    """
    CREATE TABLE undo_job (
        undo_id INTEGER NOT NULL,
        side TEXT NOT NULL,
        job_id INTEGER NOT NULL,
        version INTEGER NOT NULL,
        own_version INTEGER NOT NULL,
        state TEXT,
        want TEXT,
        lane TEXT,
        priority INTEGER,
        position REAL,
        hold_reason TEXT,
        hold_scope TEXT,
        run_at REAL,
        delay REAL,
        attempts INTEGER,
        crashes INTEGER,
        crash_step TEXT,
        progress REAL,
        phase TEXT,
        needs_review INTEGER,
        error TEXT,
        error_code TEXT,
        error_details TEXT,
        result TEXT,
        queued_at REAL,
        started_at REAL,
        finished_at REAL,
        removed_at REAL,
        active_seconds REAL,
        PRIMARY KEY (undo_id, side, job_id),
        CONSTRAINT side_is_known CHECK (side IN ('before', 'after')),
        FOREIGN KEY(undo_id) REFERENCES undo (id) ON DELETE CASCADE,
        FOREIGN KEY(job_id) REFERENCES job (id) ON DELETE CASCADE
    )
     WITHOUT ROWID,
     STRICT
    """,
    "CREATE INDEX job_held ON job (hold_reason, hold_scope) WHERE state = 'held'",
    "CREATE INDEX job_of_batch ON job (batch_id, state) WHERE batch_id IS NOT NULL",
    (
        "CREATE INDEX job_figures ON job (kind, lane, state, finished_at, attempts, crashes) "
        "WHERE finished_at IS NOT NULL"
    ),
    "CREATE INDEX job_to_review ON job (id) WHERE needs_review = 1",
    "CREATE INDEX job_waiting ON job (run_at) WHERE state = 'waiting'",
    "CREATE INDEX undo_job_of_job ON undo_job (job_id)",
    # A place in the queue of its own for each job, so that "to the bottom" is behind all of them.
    "UPDATE job SET position = id WHERE position = 0",
    (
        "CREATE TRIGGER job_counted AFTER INSERT ON job WHEN NEW.removed_at IS NULL BEGIN INSERT INTO "
        "tally (kind, state, needs_review, jobs) VALUES (NEW.kind, NEW.state, NEW.needs_review, 1) ON "
        "CONFLICT (kind, state, needs_review) DO UPDATE SET jobs = jobs + 1; END"
    ),
    (
        "CREATE TRIGGER job_uncounted AFTER DELETE ON job WHEN OLD.removed_at IS NULL BEGIN UPDATE tally "
        "SET jobs = jobs - 1 WHERE kind = OLD.kind AND state = OLD.state AND needs_review = "
        "OLD.needs_review; END"
    ),
    (
        "CREATE TRIGGER job_left_count AFTER UPDATE OF kind, state, needs_review, removed_at ON job WHEN "
        "OLD.removed_at IS NULL AND (OLD.kind IS NOT NEW.kind OR OLD.state IS NOT NEW.state OR "
        "OLD.needs_review IS NOT NEW.needs_review OR OLD.removed_at IS NOT NEW.removed_at) BEGIN UPDATE "
        "tally SET jobs = jobs - 1 WHERE kind = OLD.kind AND state = OLD.state AND needs_review = "
        "OLD.needs_review; END"
    ),
    (
        "CREATE TRIGGER job_joined_count AFTER UPDATE OF kind, state, needs_review, removed_at ON job "
        "WHEN NEW.removed_at IS NULL AND (OLD.kind IS NOT NEW.kind OR OLD.state IS NOT NEW.state OR "
        "OLD.needs_review IS NOT NEW.needs_review OR OLD.removed_at IS NOT NEW.removed_at) BEGIN INSERT "
        "INTO tally (kind, state, needs_review, jobs) VALUES (NEW.kind, NEW.state, NEW.needs_review, 1) "
        "ON CONFLICT (kind, state, needs_review) DO UPDATE SET jobs = jobs + 1; END"
    ),
    (
        "CREATE VIRTUAL TABLE job_text USING fts5(search_text, error, content='job', content_rowid='id', "
        "tokenize='trigram')"
    ),
    (
        "CREATE TRIGGER job_text_put AFTER INSERT ON job BEGIN INSERT INTO job_text (rowid, search_text, "
        "error) VALUES (NEW.id, NEW.search_text, NEW.error); END"
    ),
    (
        "CREATE TRIGGER job_text_dropped AFTER DELETE ON job BEGIN INSERT INTO job_text (job_text, "
        "rowid, search_text, error) VALUES ('delete', OLD.id, OLD.search_text, OLD.error); END"
    ),
    (
        "CREATE TRIGGER job_text_changed AFTER UPDATE OF search_text, error ON job WHEN OLD.search_text "
        "IS NOT NEW.search_text OR OLD.error IS NOT NEW.error BEGIN INSERT INTO job_text (job_text, "
        "rowid, search_text, error) VALUES ('delete', OLD.id, OLD.search_text, OLD.error); INSERT INTO "
        "job_text (rowid, search_text, error) VALUES (NEW.id, NEW.search_text, NEW.error); END"
    ),
    (
        "INSERT INTO tally (kind, state, needs_review, jobs) SELECT kind, state, needs_review, count(*) "
        "FROM job WHERE removed_at IS NULL GROUP BY 1, 2, 3"
    ),
    "INSERT INTO job_text (job_text) VALUES ('rebuild')",
)


def upgrade() -> None:
    """Add to the tables of version 1.0; what is there stays as it is."""
    connection = op.get_bind()
    for column in ADDED:
        connection.exec_driver_sql(f"ALTER TABLE {column}")
    for statement in STATEMENTS:
        connection.exec_driver_sql(statement)
