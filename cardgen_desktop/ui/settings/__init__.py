"""Settings: what the person may choose, in four parts."""
