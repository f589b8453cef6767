"""One data folder, several programs: its owner works, the others are its guests and ask it to."""
