"""From canonical text: who is in it, who says what, which passages are about whom."""
