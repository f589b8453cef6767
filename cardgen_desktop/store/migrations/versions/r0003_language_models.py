"""Version 1.2: profiles of models, what is known of servers, the ledger, proposals, prompt styles."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE profile (
        name TEXT NOT NULL,
        body TEXT NOT NULL,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        PRIMARY KEY (name)
    )
     STRICT
    """,
    """
    CREATE TABLE server_fact (
        server TEXT NOT NULL,
        model TEXT NOT NULL,
        fact TEXT NOT NULL,
        value TEXT NOT NULL,
        at REAL NOT NULL,
        PRIMARY KEY (server, model, fact)
    )
     WITHOUT ROWID,
     STRICT
    """,
    """
    CREATE TABLE ledger (
        id INTEGER NOT NULL,
        job_id INTEGER,
        attempt_id INTEGER,
        card_id INTEGER,
        character TEXT DEFAULT '' NOT NULL,
        step TEXT NOT NULL,
        profile TEXT NOT NULL,
        server TEXT DEFAULT '' NOT NULL,
        model TEXT NOT NULL,
        started_at REAL NOT NULL,
        ended_at REAL,
        outcome TEXT DEFAULT '' NOT NULL,
        tokens_in INTEGER DEFAULT 0 NOT NULL,
        tokens_out INTEGER DEFAULT 0 NOT NULL,
        tokens_cached INTEGER DEFAULT 0 NOT NULL,
        tokens_reasoning INTEGER DEFAULT 0 NOT NULL,
        cost TEXT,
        cost_source TEXT DEFAULT 'unknown' NOT NULL,
        estimated_cost TEXT,
        request_hash TEXT DEFAULT '' NOT NULL,
        provider_id TEXT DEFAULT '' NOT NULL,
        possibly_billed INTEGER DEFAULT 0 NOT NULL,
        resolved INTEGER DEFAULT 0 NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT tokens_are_natural CHECK (tokens_in >= 0 AND tokens_out >= 0)
    )
     STRICT
    """,
    "CREATE INDEX ledger_of_job ON ledger (job_id)",
    "CREATE INDEX ledger_open ON ledger (id) WHERE ended_at IS NULL",
    "CREATE INDEX ledger_started ON ledger (started_at, profile)",
    """
    CREATE TABLE proposal (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        card_id INTEGER NOT NULL,
        job_id INTEGER,
        path TEXT NOT NULL,
        body TEXT NOT NULL,
        created_at REAL NOT NULL,
        closed_at REAL,
        accepted INTEGER,
        CONSTRAINT closed_iff_decided CHECK ((closed_at IS NULL) = (accepted IS NULL)),
        FOREIGN KEY(card_id) REFERENCES card (id) ON DELETE CASCADE
    )
     STRICT
    """,
    "CREATE INDEX proposal_of_job ON proposal (job_id)",
    "CREATE INDEX proposal_open ON proposal (card_id) WHERE closed_at IS NULL",
    """
    CREATE TABLE prompt_style (
        name TEXT NOT NULL,
        body TEXT NOT NULL,
        updated_at REAL NOT NULL,
        PRIMARY KEY (name)
    )
     STRICT
    """,
    "CREATE INDEX job_queued_remote ON job (id) WHERE state = 'queued' AND is_remote = 1",
    "CREATE INDEX job_queued_of_engine ON job (engine) "
    "WHERE state = 'queued' AND engine NOT IN ('', 'offline')",
)


def upgrade() -> None:
    """Add tables beside those of version 1.1; no row of those changes."""
    connection = op.get_bind()
    for statement in STATEMENTS:
        connection.exec_driver_sql(statement)
