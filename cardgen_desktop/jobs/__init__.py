"""What happens: commands, the durable queue and its workers. No Qt."""
