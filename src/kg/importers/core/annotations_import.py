"""An import: the annotations of other tools are read in a child process and written as a corpus."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from kg.annotations.classes import CorpusFile
from kg.corpus import CorpusDefinition, read_corpus
from kg.corpus.reader import split_header
from kg.errors import UsageError
from kg.importers import find_importer
from kg.importers.core.corpora import UNKNOWN_LANGUAGE, ImportOptions, check_shared, write_corpus
from kg.importers.core.documents import AnnotatedText, Skipped
from kg.importers.core.import_report import ImportReport
from kg.importers.core.mapping import Mapping, read_mapping
from kg.importers.core.names import NameRegister, check_known, known_names, read_entities
from kg.importers.core.sandbox import ChosenMapping, ReadRequest, read_items
from kg.processes import cores

UNDECIDED_LICENCE = "https://rightsstatements.org/vocab/UND/1.0/"
MIB = 1_000_000

Items = Iterator[Mapping | AnnotatedText | Skipped]


class ImportSettings(Struct, frozen=True):
    """The user's options for an import; all are optional.

    `mapping` is a preset or a file, `texts` the folder of the articles' texts, `entities` a names.csv or an
    entities.yaml, `like` a corpus whose corpus.yaml and entities are taken over. `acts_from_cues` sets `act` to
    `from-cue` in the mapping. `language`, `published` and `annotator` apply to articles without their own. `memory`
    is the limit for reading, in MB.
    """

    mapping: str = ""
    texts: str = ""
    entities: Path | None = None
    like: Path | None = None
    acts_from_cues: bool = False
    language: str = ""
    published: str = ""
    annotator: str = ""
    json_lines: bool = False
    strict: bool = False
    jobs: int = 0
    memory: int = 1000


def import_annotations(
    tool: str,
    sources: Sequence[Path],
    output: Path,
    settings: ImportSettings,
    watched: Callable[[Items], Items] = iter,
) -> ImportReport:
    """Read the annotations of a tool and write them as a new corpus; `watched` may show the progress.

    Raises `UsageError` or `CorpusError` if no corpus can be made of them; then nothing is written.
    """
    if tool == "proposals":
        raise UsageError("proposals are about the articles of a corpus and go into it: use `Corpus.propose`")
    mapping, items = open_sources(tool, sources, settings)
    names, config = _shared(output, settings)
    options = ImportOptions(
        config,
        mapping,
        settings.json_lines,
        settings.strict,
        settings.jobs or cores(),
        sources=tuple(map(str, sources)),
    )
    return write_corpus(output, watched(_completed(items, settings)), names, options)


def open_sources(tool: str, sources: Sequence[Path], settings: ImportSettings) -> tuple[Mapping, Items]:
    """Return the mapping for the first source, and the items of all sources."""
    find_importer(tool)
    given = read_mapping(settings.mapping) if settings.mapping else None
    requests = [ReadRequest(tool, str(each), settings.texts, given, settings.memory * MIB) for each in sources]
    items = _items(requests, {"act": "from-cue"} if settings.acts_from_cues else {})
    mapping = next(items)
    assert isinstance(mapping, Mapping), "a reader begins with its mapping"
    return mapping, items


def _items(requests: list[ReadRequest], further: dict[str, str]) -> Items:
    """Yield for each source its mapping with `further` fields, then its items."""
    for request in requests:
        for item in read_items(request):
            yield replace(item.mapping, **further) if isinstance(item, ChosenMapping) else item


def _completed(items: Items, settings: ImportSettings) -> Items:
    """Yield the items, and give articles the date and the annotator of the settings if they have none."""
    for item in items:
        if isinstance(item, AnnotatedText):
            published_here = item.article.published or split_header(item.text)[0]
            article = item.article if published_here else replace(item.article, published=settings.published)
            yield replace(item, article=article, by=item.by or settings.annotator)
        else:
            yield item


def _shared(output: Path, settings: ImportSettings) -> tuple[NameRegister, CorpusFile]:
    """Return the known names, and the new corpus.yaml."""
    corpus = read_corpus(settings.like) if settings.like else _empty(output)
    known: dict[str, str] = {}
    if file := settings.entities:
        more, known = read_entities(file)
        corpus = replace(
            corpus,
            entities={**corpus.entities, **more},
            entity_files={**corpus.entity_files, **dict.fromkeys(more, str(file))},
        )
        check_known(known, corpus.entities, file)
    check_shared(corpus)
    config, entities = corpus.config, corpus.entities
    if settings.language:
        config = replace(config, language=settings.language)
    return NameRegister({**known_names(entities), **known}, dict(entities), dict(config.annotators)), config


def _empty(output: Path) -> CorpusDefinition:
    """Return the definition of a new corpus that is not like another one."""
    title = output.absolute().name
    config = CorpusFile("https://kg.example/", title, UNDECIDED_LICENCE, UNKNOWN_LANGUAGE)
    return CorpusDefinition("", "", config, {}, {})
