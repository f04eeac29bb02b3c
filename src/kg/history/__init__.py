"""A corpus made by several people: their own readings, and how far they agree."""
