"""The first tables: jobs with their attempts, steps and outputs; sources; cards and pictures."""

from alembic import op

revision = "0001"
down_revision = None

STATEMENTS = (
    """
    CREATE TABLE document (
        id INTEGER NOT NULL,
        content_key TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        kind TEXT NOT NULL,
        title TEXT NOT NULL,
        language TEXT NOT NULL,
        encoding TEXT NOT NULL,
        size INTEGER NOT NULL,
        chars INTEGER NOT NULL,
        words INTEGER NOT NULL,
        headings TEXT NOT NULL,
        asides TEXT NOT NULL,
        warnings TEXT NOT NULL,
        text BLOB NOT NULL,
        PRIMARY KEY (id),
        UNIQUE (content_key)
    ) STRICT
    """,
    """
    CREATE TABLE job (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        lane TEXT NOT NULL,
        priority INTEGER DEFAULT 0 NOT NULL,
        position REAL DEFAULT 0 NOT NULL,
        state TEXT NOT NULL,
        want TEXT DEFAULT 'run' NOT NULL,
        hold_reason TEXT,
        run_at REAL,
        delay REAL,
        epoch INTEGER DEFAULT 0 NOT NULL,
        attempts INTEGER DEFAULT 0 NOT NULL,
        crashes INTEGER DEFAULT 0 NOT NULL,
        progress REAL DEFAULT 0 NOT NULL,
        phase TEXT DEFAULT '' NOT NULL,
        character TEXT DEFAULT '' NOT NULL,
        engine TEXT DEFAULT '' NOT NULL,
        title TEXT DEFAULT '' NOT NULL,
        search_text TEXT DEFAULT '' NOT NULL,
        needs_review INTEGER DEFAULT 0 NOT NULL,
        error TEXT,
        error_code TEXT,
        error_details TEXT,
        unique_key TEXT,
        request_id TEXT,
        request TEXT NOT NULL,
        result TEXT,
        metadata TEXT DEFAULT '{}' NOT NULL,
        created_at REAL NOT NULL,
        queued_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        started_at REAL,
        finished_at REAL,
        removed_at REAL,
        active_seconds REAL DEFAULT 0 NOT NULL,
        version INTEGER DEFAULT 1 NOT NULL,
        CONSTRAINT state_is_known CHECK (state IN ('queued', 'running', 'held', 'waiting', 'paused',
          'succeeded', 'failed', 'cancelled')),
        CONSTRAINT want_is_known CHECK (want IN ('run', 'pause', 'cancel')),
        CONSTRAINT lane_is_known CHECK (lane IN ('interactive', 'network', 'local', 'cpu', 'export')),
        CONSTRAINT priority_has_five_levels CHECK (priority BETWEEN -2 AND 2),
        CONSTRAINT finished_iff_terminal CHECK ((finished_at IS NOT NULL) = (state IN ('succeeded',
          'failed', 'cancelled'))),
        CONSTRAINT hold_reason_iff_held CHECK ((hold_reason IS NOT NULL) = (state = 'held')),
        CONSTRAINT run_at_iff_waiting CHECK ((run_at IS NOT NULL) = (state = 'waiting')),
        CONSTRAINT delay_iff_waiting CHECK ((delay IS NOT NULL) = (state = 'waiting')),
        CONSTRAINT running_has_an_epoch CHECK (state <> 'running' OR epoch > 0),
        CONSTRAINT progress_is_percent CHECK (progress BETWEEN 0 AND 100),
        CONSTRAINT review_iff_succeeded CHECK (needs_review = 0 OR state = 'succeeded'),
        CONSTRAINT only_finished_is_removed CHECK (removed_at IS NULL OR finished_at IS NOT NULL),
        CONSTRAINT counts_are_natural CHECK (attempts >= 0 AND crashes >= 0),
        CONSTRAINT request_id_is_unique UNIQUE (request_id)
    ) STRICT
    """,
    """
    CREATE INDEX job_newest ON job (created_at DESC, id DESC)
    """,
    """
    CREATE INDEX job_newest_of_state ON job (state, created_at DESC, id DESC)
    """,
    """
    CREATE INDEX job_next ON job (lane, priority DESC, position, id) WHERE state = 'queued'
    """,
    """
    CREATE UNIQUE INDEX job_unfinished_is_unique ON job (unique_key) WHERE state IN ('queued',
      'running', 'held', 'waiting', 'paused')
    """,
    """
    CREATE TABLE picture (
        sha256 TEXT NOT NULL,
        data BLOB NOT NULL,
        PRIMARY KEY (sha256)
    ) STRICT
    """,
    """
    CREATE TABLE setting (
        "key" TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY ("key")
    ) STRICT
    """,
    """
    CREATE TABLE attempt (
        id INTEGER NOT NULL,
        job_id INTEGER NOT NULL,
        epoch INTEGER NOT NULL,
        started_at REAL NOT NULL,
        ended_at REAL,
        outcome TEXT,
        request_hash TEXT,
        provider_id TEXT,
        estimated_cost REAL,
        possibly_billed INTEGER DEFAULT 0 NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT ended_iff_outcome CHECK ((ended_at IS NOT NULL) = (outcome IS NOT NULL)),
        FOREIGN KEY(job_id) REFERENCES job (id) ON DELETE CASCADE
    ) STRICT
    """,
    """
    CREATE INDEX ix_attempt_job_id ON attempt (job_id)
    """,
    """
    CREATE TABLE card (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        origin TEXT NOT NULL,
        source_title TEXT DEFAULT '' NOT NULL,
        tags TEXT DEFAULT '[]' NOT NULL,
        lorebook_entries INTEGER DEFAULT 0 NOT NULL,
        search_text TEXT DEFAULT '' NOT NULL,
        job_id INTEGER,
        picture_sha256 TEXT,
        source_ids TEXT DEFAULT '[]' NOT NULL,
        problems TEXT DEFAULT '[]' NOT NULL,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        trashed_at REAL,
        version INTEGER DEFAULT 1 NOT NULL,
        card TEXT NOT NULL,
        evidence TEXT DEFAULT '{}' NOT NULL,
        original TEXT,
        CONSTRAINT origin_is_known CHECK (origin IN ('draft', 'import')),
        CONSTRAINT one_card_for_a_job UNIQUE (job_id),
        FOREIGN KEY(job_id) REFERENCES job (id) ON DELETE SET NULL,
        FOREIGN KEY(picture_sha256) REFERENCES picture (sha256)
    ) STRICT
    """,
    """
    CREATE INDEX card_newest ON card (updated_at DESC, id DESC) WHERE trashed_at IS NULL
    """,
    """
    CREATE TABLE event (
        id INTEGER NOT NULL,
        job_id INTEGER,
        at REAL NOT NULL,
        kind TEXT NOT NULL,
        data TEXT DEFAULT '{}' NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(job_id) REFERENCES job (id) ON DELETE CASCADE
    ) STRICT
    """,
    """
    CREATE INDEX ix_event_job_id ON event (job_id)
    """,
    """
    CREATE TABLE output (
        job_id INTEGER NOT NULL,
        path TEXT NOT NULL,
        kind TEXT NOT NULL,
        seconds REAL,
        done_at REAL,
        PRIMARY KEY (job_id, path),
        CONSTRAINT kind_is_known CHECK (kind IN ('card', 'evidence')),
        FOREIGN KEY(job_id) REFERENCES job (id) ON DELETE CASCADE
    ) STRICT
    """,
    """
    CREATE TABLE source (
        id INTEGER NOT NULL,
        document_id INTEGER NOT NULL,
        path TEXT NOT NULL,
        name TEXT NOT NULL,
        on_desk INTEGER DEFAULT 1 NOT NULL,
        added_at REAL NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT one_source_for_a_file UNIQUE (document_id, path),
        FOREIGN KEY(document_id) REFERENCES document (id)
    ) STRICT
    """,
    """
    CREATE TABLE step (
        job_id INTEGER NOT NULL,
        step_key TEXT NOT NULL,
        input_hash TEXT NOT NULL,
        output TEXT NOT NULL,
        usage TEXT,
        seconds REAL NOT NULL,
        finished_at REAL NOT NULL,
        PRIMARY KEY (job_id, step_key),
        FOREIGN KEY(job_id) REFERENCES job (id) ON DELETE CASCADE
    ) STRICT
    """,
)


def upgrade() -> None:
    """Create the tables as version 1.0 had them; `tables.py` may have moved on since."""
    connection = op.get_bind()
    for statement in STATEMENTS:
        connection.exec_driver_sql(statement)
