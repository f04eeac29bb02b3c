"""What all importers share: from another tool's annotations to a corpus.

An importer reads one file format and yields `AnnotatedText`s: a text with labelled spans and links between them, as
the file has them. A mapping says what the labels mean, in the same way for every tool. `sandbox` runs an importer
in a process of its own; `corpora` turns what it yields into a folder with a corpus.
"""
