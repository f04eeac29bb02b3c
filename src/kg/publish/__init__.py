"""Publications: files, pages, a server."""
