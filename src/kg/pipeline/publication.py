"""A corpus opened for publication: its index, its checks, and one pass over its articles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec import Struct

from kg.corpus import ArticleSource, CorpusDefinition, WrittenArticle, read_corpus, sources
from kg.errors import CorpusError, FileError, Finding, Place
from kg.files.resources import shapes_files
from kg.mappers.dataset import ONTOLOGY_VERSION
from kg.meaning import CorpusIndex, read_index
from kg.model import OwnProperty
from kg.pipeline.article import Check, MappedArticle, validated_article, validated_corpus, validated_writing
from kg.rdf.terms import Graph, Iri, Node, Term
from kg.rdf.vocab import DCTERMS, KG, OA, RDF, SCHEMA, VOID
from kg.shacl import Result, Shapes, compile_shapes, count_focus_nodes, validate

if TYPE_CHECKING:
    from kg.pipeline.cache import BuildCache
    from kg.plugins import ActivePlugins

_FIRST_NODES = 100
_CLOSED = "<http://www.w3.org/ns/shacl#ClosedConstraintComponent>"

Watched = Callable[[Iterable[MappedArticle]], Iterable[MappedArticle]]
"""Passes articles on, and may show on the way how many there were."""
Engine = Literal["kg", "pyshacl", "none"]


class Publication(Struct, frozen=True):
    """A corpus with its index and the check of its graphs.

    It is pickled without the check, which another process makes again from `engine` and the shapes.
    """

    corpus: CorpusDefinition
    index: CorpusIndex
    check: Check
    engine: Engine = "kg"
    more_shapes: tuple[Path, ...] = ()
    own_shapes: bool = True
    shapes_digest: bytes = b""
    plugins: ActivePlugins | None = None

    def mapped_articles(self, cache: BuildCache | None = None, watched: Watched = iter) -> Iterator[MappedArticle]:
        """Yield every article, then the entities, extra triples and the data set, mapped and validated.

        Articles in the `cache` are not mapped again and have no graph. `watched` may show how many were read.
        """
        return validated_corpus(self.corpus, self.index, self.check, watched(self._articles(cache)))

    def _articles(self, cache: BuildCache | None) -> Iterator[MappedArticle]:
        if cache:
            return cache.articles(sources(self.corpus), self.read)
        return (self.read(source, self.index) for source in sources(self.corpus))

    def read(self, source: ArticleSource, index: CorpusIndex) -> MappedArticle:
        """Return the article of a source, mapped and validated; `index` may be one that is watched."""
        return validated_article(source, self.corpus, index, self.check, self.plugins)

    def validated(self, article: WrittenArticle) -> MappedArticle:
        """Return an article that was read, mapped and validated."""
        return validated_writing(article, self.corpus, self.index, self.check, self.plugins)

    def __reduce__(self) -> tuple[Callable[..., Publication], tuple[object, ...]]:
        """Return how to make the same publication in another process: the check cannot be pickled."""
        checks = (self.engine, self.more_shapes, self.own_shapes)
        return _unpickle, (self.corpus, self.index, checks, self.shapes_digest)

    def open_cache(self, *, fresh: bool = False) -> AbstractContextManager[BuildCache]:
        """Open the cache of earlier runs; `fresh` ignores its records."""
        from kg.pipeline.cache import open_cache  # only here: an export does not need it

        engine = " ".join((self.engine, *(self.plugins.versions if self.plugins else ())))
        return open_cache(self.corpus, self.index, (engine, self.shapes_digest), fresh=fresh)


def open_publication(
    folder: str | Path, *, engine: Engine = "kg", more_shapes: Sequence[Path] = (), own_shapes: bool = True
) -> Publication:
    """Return a corpus opened for publication; without `own_shapes`, only `more_shapes` are checked.

    Raises `CorpusError` if its corpus.yaml or entities are wrong.
    """
    corpus = read_corpus(folder)
    plugins = plugins_of(corpus)
    index = read_index(corpus)
    check, digest = open_check(engine, more_shapes, plugins, own_shapes=own_shapes, own=index.dataset.own)
    return Publication(corpus, index, check, engine, tuple(more_shapes), own_shapes, digest, plugins)


def plugins_of(corpus: CorpusDefinition) -> ActivePlugins | None:
    """Return the plug-ins that corpus.yaml lists. Raises `CorpusError` if one cannot be used."""
    if not corpus.config.plugins:
        return None
    from kg.plugins import active_plugins  # only here: most corpora have none

    return active_plugins(corpus.config.plugins, corpus.config_file)


def _unpickle(
    corpus: CorpusDefinition, index: CorpusIndex, checks: tuple[Engine, tuple[Path, ...], bool], digest: bytes
) -> Publication:
    engine, more_shapes, own_shapes = checks
    plugins = plugins_of(corpus)
    check, here = open_check(engine, more_shapes, plugins, own_shapes=own_shapes, own=index.dataset.own)
    if here != digest:
        files = ", ".join(map(str, more_shapes))
        raise FileError(
            f"{files}: shapes must stay as they are while they are used, these were edited: run it again"
        )
    return Publication(corpus, index, check, engine, more_shapes, own_shapes, digest, plugins)


def open_check(
    engine: Engine,
    more_shapes: Sequence[Path] = (),
    plugins: ActivePlugins | None = None,
    *,
    own_shapes: bool = True,
    own: Sequence[OwnProperty] = (),
) -> tuple[Check, bytes]:
    """Return a function that validates nodes with kg's, plug-ins' and more shapes, and the digest of the shapes.

    `own` are the properties that the corpus declares.
    """
    if engine == "none":
        return _unchecked, b""
    of_plugins = plugins.shapes() if plugins and own_shapes else ()
    shapes = _compiled([*of_plugins, *more_shapes], own_shapes=own_shapes)
    check = checker(engine, shapes)
    return _allowing_their_properties(check, own) if plugins or own else check, shapes.graph.digest


def _allowing_their_properties(check: Check, own: Sequence[OwnProperty]) -> Check:
    """Return the check without the warning that a property is not kg's: plug-ins and the corpus add their own."""
    from kg.plugins import is_ours

    declared = {each.iri for each in own}

    def checked(nodes: Iterable[Node], types: Mapping[Iri, tuple[Iri, ...]]) -> list[Result]:
        return [
            each
            for each in check(nodes, types)
            if each.component != _CLOSED or (is_ours(each.path) and each.path not in declared)
        ]

    return checked


def _compiled(more_shapes: Sequence[Path], *, own_shapes: bool = True) -> Shapes:
    """Return kg's shapes, unless only others are wanted, and more, compiled."""
    if own_shapes and not more_shapes:
        return compile_shapes(shapes_files())
    from kg.shacl.user_shapes import files_of  # imported here, as below: most runs have no shapes of the user's

    return compile_shapes([*(shapes_files() if own_shapes else ()), *files_of(more_shapes)])


class AboutShapes(NamedTuple):
    """Notes for users about their own shapes, each with its IRI or else its file.

    `for_pyshacl` are those that only pySHACL can check, with the reason. Those `beyond_article` may give different
    results per article than over the merged graph.
    """

    for_pyshacl: list[tuple[str, str]]
    beyond_article: list[str]


def about_shapes(more_shapes: Sequence[Path], *, own_shapes: bool = True) -> AboutShapes:
    """Return notes for users about the shapes in some files and folders, used with kg's own or without them."""
    from kg.shacl.user_shapes import shapes_beyond_article

    shapes = _compiled(more_shapes, own_shapes=own_shapes)
    graph = shapes.graph
    for_pyshacl = [
        (f"Shape {shape}" if shape[0] == "<" else f"A shape in {graph.files[shape]}", reason)
        for shape, reason in shapes.for_pyshacl.items()
    ]
    beyond = [
        shape if shape[0] == "<" else f"one of {graph.files[shape]}"
        for shape in shapes_beyond_article(graph, graph.own_files)
    ]
    return AboutShapes(list(dict.fromkeys(for_pyshacl)), list(dict.fromkeys(beyond)))


def _unchecked(_nodes: Iterable[Node], _types: Mapping[Iri, tuple[Iri, ...]]) -> list[Result]:
    return []


def checker(engine: Engine, shapes: Shapes) -> Check:
    """Return a function that validates nodes against shapes."""
    if engine == "pyshacl":
        from kg.shacl.pyshacl_engine import validate_with_pyshacl  # imported here: most runs use kg's own engine

        return lambda nodes, types: _named(validate_with_pyshacl(nodes, shapes, types), shapes)
    return lambda nodes, types: _named(validate(nodes, shapes, types), shapes)


def _named(results: list[Result], shapes: Shapes) -> list[Result]:
    """Return the results, each with the name of its shape."""
    return [each._replace(named=shapes.graph.named(each.shape)) for each in results]


def check_rdf(
    nodes: list[Node],
    name: str,
    engine: Engine,
    more_shapes: Sequence[Path] = (),
    *,
    own_shapes: bool = True,
) -> list[Finding]:
    """Return the findings about an RDF document; one of them if no shape applies to anything in it."""
    from kg.findings.results import from_rdf_results

    if own_shapes and is_graph_1(nodes):
        message = (
            "this was written by an earlier version of kg, whose graph has other terms: export the corpus again "
            "with this version (docs/graph-1-to-2.md says what has changed)"
        )
        return [Finding("violation", message, "graph-1", Place(name, 0, 0))]
    shapes = _compiled(more_shapes, own_shapes=own_shapes)
    # The first nodes nearly always have a target; to look at all takes as long as half of the validation.
    if not any(count_focus_nodes(some, shapes) for some in (nodes[:_FIRST_NODES], nodes)):
        message = (
            "the shapes apply to nothing in this graph, which has none of their classes: check that its terms are "
            "those of http://schema.org/ and of your shapes"
            if nodes
            else "a graph must have triples, and this file has none: write it again, or name another"
        )
        return [Finding("violation", message, "nothing-in-focus", Place(name, 0, 0))]
    results = checker(engine, shapes)(nodes, {})
    return from_rdf_results(_with_faults(results, nodes) if own_shapes and engine != "none" else results, name)


def _with_faults(results: list[Result], nodes: list[Node]) -> list[Result]:
    """Return the results without those about declared properties, and with the faults across several nodes."""
    from kg.checks.publication_checks import graph_faults  # only here: a corpus is checked before it is mapped
    from kg.plugins import is_ours

    declared = {node.subject for node in nodes if RDF.Property in node.properties.get(RDF.type, ())}
    has_extra = any(node.subject.endswith("/graph/extra>") for node in nodes)
    return [
        *(
            each
            for each in results
            if each.component != _CLOSED or not (each.path in declared or (has_extra and not is_ours(each.path)))
        ),
        *graph_faults(nodes),
    ]


def is_graph_1(nodes: Iterable[Node]) -> bool:
    """Tell whether nodes are of version 1 of the graph.

    In it, integers had another datatype, annotations did not name their data set, and the data set did not name the
    version of the ontology.
    """
    of_claims: list[Term] = []
    of_parts: list[bool] = []
    for _, properties in nodes:
        types = properties.get(RDF.type, ())
        if SCHEMA.Claim in types and KG.form in properties:
            of_claims += properties.get(SCHEMA.position, ())
        elif OA.Annotation in types:
            of_parts.append(DCTERMS.isPartOf in properties)
        elif VOID.uriSpace in properties:
            of_parts.append(ONTOLOGY_VERSION in properties.get(DCTERMS.conformsTo, ()))
    old_numbers = bool(of_claims) and all(value.endswith("#nonNegativeInteger>") for value in of_claims)
    return old_numbers or (bool(of_claims) and bool(of_parts) and not any(of_parts))


def validated_graphs(publication: Publication, findings: list[Finding], watched: Watched = iter) -> Iterator[Graph]:
    """Yield the graphs that are published, and collect all findings; `watched` may show how far it is.

    Raises `CorpusError` after the last graph if there is a violation: until then, nothing may be kept.
    """
    yield from published(publication.mapped_articles(watched=watched), findings)
    refuse_violations(findings)


def refuse_violations(findings: list[Finding]) -> None:
    """Raise `CorpusError` with all findings if one is a violation."""
    if any(finding.severity == "violation" for finding in findings):
        raise CorpusError(findings)


def published(articles: Iterable[MappedArticle], findings: list[Finding]) -> Iterator[Graph]:
    """Yield the graphs that are published, those of drafts left out; add all findings to the list."""
    for article in articles:
        findings.extend(article.findings)
        yield from article.graphs
