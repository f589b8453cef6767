"""Language models: one client for every server, its failures in plain words, and what is known of servers."""
