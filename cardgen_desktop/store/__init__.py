"""SQLite persistence; the only place that knows SQLAlchemy."""
