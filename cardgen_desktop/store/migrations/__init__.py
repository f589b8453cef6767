"""Alembic steps, and what this program expects of a database. Light: Alembic is imported only to migrate."""

HEAD = "0004"
"""The revision of the last step; a test holds it against the steps."""

MAJOR, MINOR = 1, 3
USER_VERSION = 1000 * MAJOR + MINOR
"""Stored as `PRAGMA user_version`. A newer minor may be opened, a newer major may not be touched."""

APPLICATION_ID = 0x43474456
"""Stored as `PRAGMA application_id`, so that another program's SQLite file is told apart."""
