"""The shared part of all importers: turns another tool's annotations into a corpus.

An importer reads one file format and yields `AnnotatedText`s: a text with labelled spans and links between them, as
in the file. A mapping defines the meaning of the labels, in the same way for every tool. `sandbox` runs an importer
in a separate process; `corpora` writes its texts as a corpus.
"""
