"""Reads the files of other tools: one module or package for each format, found as entry points `kg.importers`.

Each has a function `read(source, mapping, texts)` that yields what is in a file or folder. `kg.importers.core` has
what they share, and makes a corpus of what they yield.
"""
