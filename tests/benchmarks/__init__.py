"""Speed claims as ratios against a floor or a peer, measured in one run."""
