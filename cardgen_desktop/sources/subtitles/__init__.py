"""Subtitles: cues of any format, who says them, and the text that they make."""
