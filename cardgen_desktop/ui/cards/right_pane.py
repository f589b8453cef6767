"""The width of the panes to the right of an open card."""

PANE_WIDTH = 352
