"""Publishes a corpus: as files, as web pages, and with a server."""
