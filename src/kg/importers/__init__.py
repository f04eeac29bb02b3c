"""Reads the files of other tools: one module or package for each format, found as entry points `kg.importers`.

Each has a function `read(source, mapping, texts)` that yields the annotated texts in a file or folder.
`kg.importers.core` has their shared code, and writes these texts as a corpus.
"""
