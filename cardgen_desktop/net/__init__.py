"""The only place that speaks HTTP: requests, streams of events, deadlines, and what can go wrong."""
