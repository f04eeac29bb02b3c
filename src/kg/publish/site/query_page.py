"""What the page of queries needs: questions in the reader's language, names to type, and the data for a browser."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import IO, Any

from msgspec.msgpack import encode

from kg.formats import format_named
from kg.publish.site.dataset import DatasetView, last_day
from kg.publish.site.downloads import EarlierTexts, GraphExtents
from kg.publish.site.graph_cache import SiteGraph
from kg.publish.site.localisation import LANGUAGES, lexical, ontology_terms, strings, texts
from kg.publish.site.machine_files import SiteFile
from kg.publish.site.store_reader import KINDS, LocalisedReader
from kg.query.query_parameters import CHOICES, example_value
from kg.query.question_words import ANSWERS, column_heads, phrase, question_words
from kg.query.questions import QUERIES, Parameter, Question, grouped
from kg.query.sparql import tokens
from kg.rdf.terms import Graph, Iri, Node, is_iri, local_name
from kg.rdf.vocab import ACTS, FORMS, KG, PREFIXES, SCHEMA

LARGEST_QUERIED = 300_000
"""A larger data set is not loaded into a browser: it has more triples than this."""
CLAIMS, PLACES = "claims", "places"
"""The parts of the data: what claims say, and where it is in the articles and who annotated it."""
SCRIPT_EXTENTS = "script-extents"
"""The file in which it is noted where the text of each graph is in these parts."""
_MOST_WAITING = 64
"""How many graphs are in memory at most until they are written."""
MOST_NAMES = 10_000
"""How many names of entities can be typed, and a fifth as many articles and occasions."""
_SUGGESTED = ("query-", "date-", "language-", "article-", "occasion-", "months", "newsroom", "unnamed")
_KEPT_IN_PLACES = (SCHEMA.articleBody, KG.wordsAt, KG.cueAt, KG.speakerWordsAt, KG.dateWordsAt)
# Names of terms by which a question shows that it looks at a part that is about places or annotations.
_OF_PLACES = ("articleBody", "wordsAt", "cueAt", "speakerWordsAt", "dateWordsAt", "Passage")
_LANGUAGE = "language"
_NO_TRIPLE = ("SELECT", "DISTINCT", "REDUCED", "BY", "(", ")")


def query_data(reader: LocalisedReader, dataset: DatasetView) -> dict[str, Any]:
    """Return the data for the script of the page."""
    words = strings(reader.language)
    return {
        "base": reader.quads.base,
        "endpoint": dataset.endpoint,
        "language": reader.language,
        "prefixes": PREFIXES,
        "acts": ACTS.base,
        "forms": FORMS.base,
        "names": f"search/names.{reader.language}.js",
        "questions": [_question(reader, dataset, each) for _, known in groups(reader.language) for each in known],
        "columns": dict(column_heads(reader.language)),
        "phrases": {each: phrase(each, reader.language) for each in ANSWERS},
        "labels": _labels(reader.language),
        "words": {key: text for key, text in words.items() if key.startswith(_SUGGESTED)},
    }


def groups(language: str) -> list[tuple[str, list[Question]]]:
    """Return the named questions by the name of their group in a language."""
    return [(phrase(group, language), questions) for group, questions in grouped().items()]


def _question(reader: LocalisedReader, dataset: DatasetView, question: Question) -> dict[str, Any]:
    words = question_words(question, reader.language)
    start, end = question.row if question.parameters else (len(question.query),) * 2
    known: list[Iri] = []
    fields = []
    for each in question.parameters:
        fields.append(_field(reader, dataset, each, known))
        label = words.parameters[each.name]
        fields[-1] |= {"label": label[:1].upper() + label[1:], "language": words.language}
    return {
        "name": question.name,
        "title": words.question,
        "language": words.language,
        "remarks": words.remarks,
        "parts": list(needed_parts(question)),
        "before": question.query[:start],
        "after": question.query[end:],
        "fields": fields,
    }


def _field(reader: LocalisedReader, dataset: DatasetView, parameter: Parameter, known: list[Iri]) -> dict[str, Any]:
    """Return a parameter with an example that the data set has, unless it is optional; `known` are those so far.

    Texts are wanted in the reader's language. If the data set has nothing of the kind, the field is left empty.
    """
    value = text = reader.language if parameter.name == _LANGUAGE else ""
    if not parameter.optional:
        value = text = example_value(parameter)
        if is_iri(parameter.example):
            value, text = _example(reader, dataset, parameter, known)
    field = {"name": parameter.name, "type": parameter.type, "optional": parameter.optional}
    choices = _choices(reader, dataset, parameter)
    return {**field, "value": value, "text": text, **({"choices": choices} if choices else {})}


def _example(
    reader: LocalisedReader, dataset: DatasetView, parameter: Parameter, known: list[Iri]
) -> tuple[str, str]:
    """Return the path and the name of a resource of the data set for a parameter, `""` if it has none."""
    example: Iri | None = Iri(parameter.example)
    if not dataset.quads.has(Iri(parameter.example)):
        example = next(_examples(parameter, dataset, but=known), None)
    if example is None:
        return "", ""
    known.append(example)
    path = reader.quads.path(example)
    return path, path.partition("/")[2] if parameter.type == "claim" else reader.link(example).name


def _choices(reader: LocalisedReader, dataset: DatasetView, parameter: Parameter) -> list[tuple[str, str]]:
    """Return the values between which to choose, each with its label; none for a parameter that is typed."""
    if parameter.name == _LANGUAGE:
        own = lexical(dataset.quads.properties(dataset.quads.iri("dataset")).get(SCHEMA.inLanguage, ()))
        codes = dict.fromkeys([*LANGUAGES, *([own] if own else [])])
        named = [(code, strings(reader.language).get(f"language-{code}", code)) for code in codes]
        return [("", reader.say("query-any-language")), *named]
    terms = {"act": dataset.summary.acts, "form": [FORMS[each] for each in CHOICES["form"]]}
    named = [(local_name(term), reader.label(term)) for term in terms.get(parameter.type, ())]
    return [("", reader.say("query-any")), *sorted(named, key=lambda each: each[1])] if named else []


def _examples(parameter: Parameter, dataset: DatasetView, but: Container[Iri]) -> Iterator[Iri]:
    """Yield resources of the kind that a parameter takes, those with the most claims first."""
    counts = dataset.summary
    counted = counts.by_topic if parameter.name == "about" else counts.by_speaker
    entities = sorted(counted, key=lambda iri: ("/entity/" not in iri, -counted[iri], iri))
    kinds: dict[str, Iterable[Iri]] = {
        "entity": entities,
        "event": sorted(dataset.quads.instances(SCHEMA.Event)),
        "article": dataset.articles,
        "claim": [claim for _, claim in counts.new],
    }
    yield from (iri for iri in kinds[parameter.type] if iri not in but)


def _labels(language: str) -> dict[str, tuple[str, str]]:
    """Return the label of each term of the ontology, by IRI, with its place on the page of the ontology."""
    return {
        each.iri.strip("<>"): (each.label.value, each.name.removeprefix("kg:").replace(":", "-"))
        for each in ontology_terms(language)
    }


def needed_parts(question: Question) -> tuple[str, ...]:
    """Return the parts of the data that a question looks at: all, unless it is kg's own and names properties."""
    read = [each for each in tokens(question.query) if each.kind != "comment"]
    names = [each.text for each in read if each.kind == "name"]
    is_own = (QUERIES / f"{question.name}.rq").is_file()
    looks_at_places = any(name.startswith("oa:") or name.partition(":")[2] in _OF_PLACES for name in names)
    if not is_own or looks_at_places or _asks_for_properties([(each.kind, each.text) for each in read]):
        return CLAIMS, PLACES
    return (CLAIMS,)


def _asks_for_properties(read: list[tuple[str, str]]) -> bool:
    """Return whether a variable may be the property of a triple: three variables in a row, or two after a `;`."""
    run, before, depth = 0, "", 0
    for kind, text in read:
        depth += {"{": 1, "}": -1}.get(text, 0)
        if kind == "variable":
            run += 1
            if depth and ((run >= 3 and before not in _NO_TRIPLE) or (run >= 2 and before == ";")):
                return True
        else:
            run, before = 0, text.upper()
    return False


def names_files(readers: Iterable[LocalisedReader], dataset: DatasetView) -> Iterator[SiteFile]:
    """Yield for each language a script with the names that readers may type, those with the most claims first."""
    quads, counts = dataset.quads, dataset.summary
    claims = counts.by_speaker + counts.by_topic
    things = {thing for kind in KINDS for thing in quads.instances(kind)}
    entities = sorted(
        (thing for thing in things if quads.path(thing).startswith("entity/")),
        key=lambda iri: (-claims[iri], iri),
    )
    occasions = [thing for thing in things if quads.path(thing).startswith("occasion/")]
    occasions.sort(key=lambda thing: (last_day(quads, thing), thing), reverse=True)
    few = MOST_NAMES // 5
    chosen = [*entities[:MOST_NAMES], *dataset.articles[:few], *occasions[:few]]
    for reader in readers:
        rows = _names(reader, [thing for thing in chosen if "#" not in thing])
        content = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
        yield SiteFile(f"search/names.{reader.language}.js", f"kgNames([\n{content}\n]);\n".encode())


def _names(reader: LocalisedReader, things: Iterable[Iri]) -> Iterator[list[str]]:
    """Yield the path of each thing, the name it is shown by, which no other has, and its further names."""
    taken: set[str] = set()
    for thing in things:
        path, name = reader.quads.path(thing), reader.link(thing).name
        if name in taken:
            name = f"{name} ({path.partition('/')[2]})"
        taken.add(name)
        properties = reader.quads.properties(thing)
        terms = chain(properties.get(SCHEMA.name, ()), properties.get(SCHEMA.alternateName, ()))
        yield [path, *dict.fromkeys([name, *(each.value for each in texts(terms))])]


def with_query_data(
    graphs: Iterable[SiteGraph], folder: Path, base: str, earlier: EarlierTexts | None = None
) -> Iterator[SiteGraph]:
    """Yield graphs, and write them into the scripts `claims.js` and `places.js` in a folder.

    A page that is opened from a disk can load nothing but scripts. A script has its texts in TriG: the prefixes,
    then each graph. The scripts of a data set that is too large for a browser end early, and are not used: graphs
    that are not in memory are therefore written as late as possible. Where the text of each is will be noted in the
    folder.
    """
    triples, read, waiting = 0, 0, list[SiteGraph]()
    with ExitStack() as files:
        streams = [files.enter_context((folder / f"{name}.js").open("wb")) for name in (CLAIMS, PLACES)]
        scripts = _Scripts(streams, base, earlier)
        for graph in graphs:
            triples += graph.triples
            yield graph
            if triples > LARGEST_QUERIED:
                waiting.clear()
                continue
            waiting.append(graph)
            read += graph.is_read
            if read == _MOST_WAITING:
                scripts.write(waiting)
                read = 0
        scripts.write(waiting)
        scripts.end()
    (folder / SCRIPT_EXTENTS).write_bytes(encode(scripts.extents))


class _Scripts:
    """The scripts with the data for queries, each a list of texts."""

    def __init__(self, streams: Sequence[IO[bytes]], base: str, earlier: EarlierTexts | None) -> None:
        self.extents: GraphExtents = {}
        self._streams = streams
        self._earlier = earlier
        self._writer = format_named("trig").writer(PREFIXES, base)
        for name, stream in zip((CLAIMS, PLACES), streams, strict=True):
            stream.write(f"kgGraph({json.dumps(name)}, [\n{json.dumps(self._writer.head())}".encode())

    def write(self, graphs: list[SiteGraph]) -> None:
        """Write graphs, and empty the list."""
        for graph in graphs:
            extents = []
            for stream, text in zip(self._streams, self._texts(graph), strict=True):
                extents.append((stream.tell(), len(text)))
                stream.write(text)
            self.extents[graph.iri] = graph.digest, extents
        graphs.clear()

    def end(self) -> None:
        """Write the ends of the scripts."""
        for stream in self._streams:
            stream.write(b"\n]);\n")

    def _texts(self, graph: SiteGraph) -> list[bytes]:
        known = self._earlier.of(graph) if self._earlier else None
        if known is not None:
            return known
        texts = [self._writer.graph(Graph(graph.iri, nodes)) for nodes in _parted(graph.graph.nodes)]
        return [f",\n{json.dumps(text, ensure_ascii=False)}".encode() if text else b"" for text in texts]


def _parted(nodes: Iterable[Node]) -> tuple[list[Node], list[Node]]:
    """Return the nodes of each part. A claim is in both: the places of its words are apart from the rest."""
    claims, places = [], []
    for node in nodes:
        if "#char=" in node.subject or node.subject.endswith("#annotation>"):
            places.append(node)
            continue
        found = {term: node.properties[term] for term in _KEPT_IN_PLACES if term in node.properties}
        if found:
            places.append(Node(node.subject, found))
            rest = {term: values for term, values in node.properties.items() if term not in found}
            claims.append(Node(node.subject, rest))
        else:
            claims.append(node)
    return claims, places
