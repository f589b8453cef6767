"""Version 1.3: files that travel with cards, and pictures that are a part of a larger one."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ADDED = (
    "card ADD COLUMN crop TEXT",
    "card ADD COLUMN whole_sha256 TEXT",
)

STATEMENTS = (
    """
    CREATE TABLE card_file (
        card_id INTEGER NOT NULL,
        path TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        position INTEGER NOT NULL,
        in_use INTEGER DEFAULT 1 NOT NULL,
        PRIMARY KEY (card_id, path),
        CONSTRAINT size_is_natural CHECK (bytes >= 0),
        FOREIGN KEY(card_id) REFERENCES card (id) ON DELETE CASCADE
    )
     STRICT
    """,
    "CREATE INDEX card_file_content ON card_file (sha256)",
)


def upgrade() -> None:
    """Add beside what version 1.2 had; no row of it changes."""
    connection = op.get_bind()
    for column in ADDED:
        connection.exec_driver_sql(f"ALTER TABLE {column}")
    for statement in STATEMENTS:
        connection.exec_driver_sql(statement)
