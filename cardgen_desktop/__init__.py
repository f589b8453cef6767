"""CardGen Desktop: character cards drafted from long sources, with evidence."""

__version__ = "0.4.0"
