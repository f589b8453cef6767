"""Writing: targets, what they cannot hold, files that are proved before they count."""
