"""The window. The only place, with the application module, that knows Qt."""
