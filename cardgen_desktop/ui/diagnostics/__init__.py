"""The diagnostics page: every file of the bundle, looked at before it is written."""
