"""What language models have cost: this month beside the caps, and the ledger in sums."""
