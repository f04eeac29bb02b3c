"""What reads the files of other tools: one module or package a format, found as entry points `kg.importers`.

Each has a function `read(source, mapping, texts)` that yields what stands in a file or folder (see `core`), and
knows nothing of what becomes of it.
"""
