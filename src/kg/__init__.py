"""News articles and their hand-annotated claims - who said what, when - as linked data."""

__version__ = "0.1.0"
