"""The statistics page: what the queue has done, how long it took, what went wrong, what is stored."""
