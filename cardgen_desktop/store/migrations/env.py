"""What Alembic runs to migrate: the steps in the caller's connection and transaction."""

from alembic import context

from cardgen_desktop.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True
)
context.run_migrations()
