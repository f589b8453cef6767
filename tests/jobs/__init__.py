"""Tests of the durable job service and its child processes."""
