"""A corpus written in an exchange format and imported again."""

from __future__ import annotations

from pathlib import Path

from kg.corpus import read_corpus
from kg.formats import format_for
from kg.importers import find_importer
from kg.importers.core.corpora import ImportOptions, write_corpus
from kg.importers.core.import_report import ImportReport
from kg.importers.core.names import NameRegister, known_names
from kg.pipeline.documents import Document
from kg.pipeline.publication import open_publication
from kg.pipeline.run import write_articles


def back(corpus: Path, file: Path, form: str) -> ImportReport:
    """Write a corpus into a file, and import that, with the texts of the corpus, into `back` beside it."""
    publication = open_publication(corpus, engine="none")
    with file.open("wb") as stream:
        document = Document(format_for(form, publication.index), stream, publication.index.iris.base)
        write_articles(publication.mapped_articles(), [document])
    written = read_corpus(corpus)
    names = NameRegister(known_names(written.entities), dict(written.entities), dict(written.config.annotators))
    importer = find_importer(form)
    wanted = ImportOptions(written.config, importer.preset(file))
    return write_corpus(file.parent / "back", importer.read(file, wanted.mapping, corpus), names, wanted)
