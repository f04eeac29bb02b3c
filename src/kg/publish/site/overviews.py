"""Pages about the whole data set: the front page, lists, debate, search, queries, ontology and shapes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from kg.files.resources import resource_folder, shapes_files
from kg.publish.site.changes import changed_days
from kg.publish.site.charts import arc_diagram, bars, exchanges
from kg.publish.site.citations import cite_dataset
from kg.publish.site.claims import ClaimLine, claim_line
from kg.publish.site.dataset import ClaimStatistics, DatasetDescription, DatasetView, last_day
from kg.publish.site.dossiers import dossier_page
from kg.publish.site.explore_index import EXPLORE_WORDS, FACETS
from kg.publish.site.feeds import FOLLOWED, SELECTED
from kg.publish.site.localisation import LocalText, in_words, lexical, ontology_terms, prefixed, rules, when
from kg.publish.site.query_page import LARGEST_QUERIED, groups, query_data
from kg.publish.site.rendering import MISSING, PageContent, embedded_json, render_markdown, shortened
from kg.publish.site.store_reader import LocalisedReader, PageLink, ResourceReader
from kg.rdf.terms import Iri, Term, local_name, natural_number
from kg.rdf.vocab import KG, RDF, SCHEMA, SKOS
from kg.shacl.data_graph import read_path
from kg.shacl.shapes_graph import ShapesGraph, read_shapes_graph, sh

ARTICLES_A_PAGE = 500
EXCHANGES_SHOWN = 300
_ON_THE_FRONT = 10
_TOP = 8


def overview(path: str, reader: LocalisedReader, dataset: DatasetView) -> PageContent | None:
    """Return the page of a path; None if it is not the path of an overview."""
    if path in _FIXED:
        return _FIXED[path](reader, dataset)
    if path == MISSING:
        return PageContent("missing.html", reader.say("missing-title"), "", {})
    if path in LISTINGS:
        return _listing(path, reader, dataset)
    if path.startswith("debate/"):
        return dossier_page(path, reader, dataset)
    if path == "articles":
        return _articles(1, reader, dataset)
    number = natural_number(path.removeprefix("articles/"))
    return _articles(number, reader, dataset) if number > 1 and path == f"articles/{number}" else None


def overview_paths(dataset: DatasetView) -> list[str]:
    """Return the paths of all overviews."""
    numbers = range(2, (len(dataset.articles) - 1) // ARTICLES_A_PAGE + 2)
    return [*_FIXED, *LISTINGS, "articles", *(f"articles/{number}" for number in numbers), *dataset.dossiers]


def _front(reader: LocalisedReader, dataset: DatasetView) -> PageContent:
    title = dataset.title(reader.language)
    counts, about = dataset.summary, dataset.description
    topics = [(reader.link(iri), count) for iri, count in counts.by_topic.most_common()]
    speakers = [(reader.link(iri), count) for iri, count in counts.by_speaker.most_common()]
    acts = [
        (PageLink(f"ontology#acts-{local_name(act)}", reader.label(act)), count)
        for act, count in counts.acts.items()
    ]
    views = {
        "description": _descriptions(about, reader),
        "figures": _figures(dataset),
        "new": _new(reader, dataset),
        "bars": bars(counts.months),
        "undated": counts.months[""],
        "topics": sorted(topics, key=_by_count)[:_TOP],
        "speakers": sorted(speakers, key=_by_count)[:_TOP],
        "acts": sorted(acts, key=lambda each: (-each[1], each[0].name))[:_TOP],
        "cited": cite_dataset(reader, dataset),
        "licence": dataset.description.licence,
    }
    lead = shortened(_descriptions(about, reader), 160)
    return PageContent("front.html", title.value, lead, views, embeds=True)


def _dataset(reader: LocalisedReader, dataset: DatasetView) -> PageContent:
    views = {
        "about": dataset.description,
        "description": _descriptions(dataset.description, reader),
        "note": next((text for text in dataset.description.notes if text.language == reader.language), None),
        "triples": dataset.quads.triples,
        "figures": _figures(dataset),
        "creators": [reader.link(each) for each in dataset.description.creators],
        "publisher": reader.link(dataset.description.publisher) if dataset.description.publisher else None,
        "cited": cite_dataset(reader, dataset),
        "licence": dataset.description.licence,
    }
    return PageContent(
        "dataset.html",
        reader.say("dataset-title"),
        shortened(_descriptions(dataset.description, reader), 160),
        views,
        section="dataset",
        data=True,
        embeds=True,
    )


def _listing(path: str, reader: LocalisedReader, dataset: DatasetView) -> PageContent:
    section = SECTIONS.get(path, path)
    views = {"sections": sections(reader, path, dataset.summary), "shown": SHOWN}
    title, about = reader.say(f"{section}-title"), reader.say(f"{section}-about")
    return PageContent("listing.html", title, about, views, section=section)


def _articles(number: int, reader: LocalisedReader, dataset: DatasetView) -> PageContent | None:
    total = (len(dataset.articles) - 1) // ARTICLES_A_PAGE + 1
    chosen = dataset.articles[(number - 1) * ARTICLES_A_PAGE :][:ARTICLES_A_PAGE]
    if not chosen and number != 1:
        return None
    entries = list(article_entries(reader, chosen, dataset.summary.by_article))
    views = {"entries": entries, "number": number, "total": max(total, 1)}
    return PageContent(
        "articles.html", reader.say("articles-title"), reader.say("articles-about"), views, section="articles"
    )


def _debate(reader: LocalisedReader, dataset: DatasetView) -> PageContent:
    found = exchanges(reader, dataset.summary.responses)
    views = {
        "exchanges": found[:EXCHANGES_SHOWN],
        "total": len(found),
        "arcs": arc_diagram(found),
        "dossiers": dataset.dossiers_between(each.between for each in found),
    }
    return PageContent(
        "debate.html", reader.say("debate-title"), reader.say("debate-about"), views, section="debate"
    )


def _search(reader: LocalisedReader, dataset: DatasetView) -> PageContent:  # noqa: ARG001  # one signature for all
    return PageContent("search.html", reader.say("search-title"), reader.say("search-help"), {}, section="search")


def _explore(reader: LocalisedReader, dataset: DatasetView) -> PageContent:
    views = {"facets": FACETS, "words": EXPLORE_WORDS, "followed": SELECTED if dataset.endpoint else FOLLOWED}
    return PageContent(
        "explore.html", reader.say("explore-title"), reader.say("explore-lead"), views, "explore", connects=True
    )


def _changes(reader: LocalisedReader, dataset: DatasetView) -> PageContent:
    views = {"days": list(changed_days(reader, dataset)), "undated": dataset.summary.days[""]}
    return PageContent("changes.html", reader.say("changes-title"), reader.say("changes-lead"), views)


def _query(reader: LocalisedReader, dataset: DatasetView) -> PageContent:
    data = query_data(reader, dataset)
    questions = {each["name"]: each for each in data["questions"]}
    views = {
        "groups": [(name, [questions[each.name] for each in known]) for name, known in groups(reader.language)],
        "endpoint": dataset.endpoint,
        "fits": bool(dataset.endpoint) or dataset.quads.triples <= LARGEST_QUERIED,
        "data": embedded_json(data),
    }
    title, about = reader.say("query-title"), reader.say("query-served" if dataset.endpoint else "query-about")
    return PageContent("query.html", title, about, views, section="query", asks=True)


def _ontology(reader: LocalisedReader, dataset: DatasetView) -> PageContent:  # noqa: ARG001
    views = {"meanings": list(ontology_terms(reader.language))}
    return PageContent(
        "ontology.html", reader.say("ontology-title"), reader.say("ontology-about"), views, "ontology"
    )


def _shapes(reader: LocalisedReader, dataset: DatasetView) -> PageContent:  # noqa: ARG001
    return PageContent(
        "shapes.html",
        reader.say("shapes-title"),
        reader.say("shapes-about"),
        {"files": shape_views(reader.language)},
        "shapes",
    )


def _annotating(reader: LocalisedReader, dataset: DatasetView) -> PageContent:  # noqa: ARG001
    original = (resource_folder("docs") / "annotating.md").read_text(encoding="utf-8")
    translation = resource_folder("docs") / f"annotating.{reader.language}.md"
    is_translated = translation.is_file()
    text = translation.read_text(encoding="utf-8") if is_translated else original
    views = {
        "guideline": render_markdown(text, original=original),
        "guideline_language": reader.language if is_translated else "en",
    }
    title, about = reader.say("annotating-title"), reader.say("annotating-about")
    return PageContent("annotating.html", title, about, views, "ontology")


_FIXED: dict[str, Callable[[LocalisedReader, DatasetView], PageContent]] = {
    "": _front,
    "dataset": _dataset,
    "debate": _debate,
    "explore": _explore,
    "changes": _changes,
    "search": _search,
    "query": _query,
    "annotating": _annotating,
    "ontology": _ontology,
    "shapes": _shapes,
}


def _descriptions(about: DatasetDescription, reader: LocalisedReader) -> LocalText | None:
    found = sorted(about.descriptions, key=lambda text: text.language != reader.language)
    return found[0] if found else None


def _figures(dataset: DatasetView) -> dict[str, int]:
    quads, counts = dataset.quads, dataset.description.counts
    kinds = {"people": SCHEMA.Person, "organisations": SCHEMA.Organization}
    return {
        "articles": counts.get(SCHEMA.NewsArticle, 0),
        "claims": counts.get(SCHEMA.Claim, 0),
        # Entities only: annotators are people and organisations too, and nobody looks up a newsroom without a name.
        **{name: sum(_is_entity(quads, each) for each in quads.instances(kind)) for name, kind in kinds.items()},
    }


def _is_entity(quads: ResourceReader, thing: Iri) -> bool:
    return quads.path(thing).startswith("entity/")


def _new(reader: LocalisedReader, dataset: DatasetView) -> list[tuple[ClaimLine, str]]:
    """Return the claims that were annotated last, each with the day in words."""
    newest = dataset.summary.new[:_ON_THE_FRONT]
    return [
        (line, in_words(on[:10], reader.language)) for on, claim in newest if (line := claim_line(reader, claim))
    ]


def _by_count(pair: tuple[object, int]) -> tuple[int, str]:
    return -pair[1], str(pair[0])


SHOWN = 2000
"""How many entries a list shows at most."""
# Lists by the paths of their pages: sections with the classes of their entries.
LISTINGS: dict[str, tuple[tuple[str, tuple[Iri, ...]], ...]] = {
    "people": (
        ("people-people", (SCHEMA.Person,)),
        ("people-organisations", (SCHEMA.Organization, SCHEMA.GovernmentOrganization, KG.Group, SCHEMA.Country)),
        ("people-documents", (KG.Document,)),
    ),
    "entity/topics": (("", (SKOS.Concept,)),),
    "events": (("events-events", (SCHEMA.Event,)), ("events-occasions", (SCHEMA.Event,))),
    "outlets": (("", (SCHEMA.NewsMediaOrganization,)),),
}
SECTIONS = {"entity/topics": "topics"}


class ListEntry(NamedTuple):
    """An entry of a list, with the number of claims by and about it; `day` for events and articles."""

    link: PageLink
    kind: str
    said: int
    about: int
    day: str = ""


class ListSection(NamedTuple):
    """A section of a list; `key` is that of its heading, `total` the number of entries before the list was cut."""

    key: str
    entries: tuple[ListEntry, ...]
    total: int


def sections(reader: LocalisedReader, path: str, counts: ClaimStatistics) -> tuple[ListSection, ...]:
    """Return the sections of a list."""
    found = []
    for key, classes in LISTINGS[path]:
        things = {thing for each in classes for thing in reader.quads.instances(each)}
        chosen = [thing for thing in things if _belongs(reader.quads, key, thing)]
        if key.startswith("events"):
            chosen.sort(key=lambda thing: (last_day(reader.quads, thing), thing), reverse=True)
        entries = [_entry(reader, thing, counts) for thing in chosen]
        if not key.startswith("events"):
            entries.sort(key=lambda entry: (-entry.said, -entry.about, entry.link.name.casefold(), entry.link.path))
        found.append(ListSection(key, tuple(entries[:SHOWN]), len(entries)))
    return tuple(each for each in found if each.entries)


def article_entries(
    reader: LocalisedReader, chosen: Iterable[Iri], claims: Mapping[Iri, int]
) -> Iterator[ListEntry]:
    """Yield articles with the number of their claims and their day in words."""
    for article in chosen:
        day = when(reader.quads.properties(article), SCHEMA.datePublished, reader.language).words
        yield ListEntry(reader.link(article), "article", claims[article], 0, day)


def _belongs(quads: ResourceReader, key: str, thing: Iri) -> bool:
    """Return whether a resource belongs to a section: occasions are no events, outlets have their own list."""
    path = quads.path(thing)
    if key.startswith("events"):
        return path.startswith("occasion/") == (key == "events-occasions")
    types = quads.properties(thing).get(RDF.type, ())
    return _is_entity(quads, thing) and (key != "people-organisations" or SCHEMA.NewsMediaOrganization not in types)


def _entry(reader: LocalisedReader, thing: Iri, counts: ClaimStatistics) -> ListEntry:
    properties = reader.quads.properties(thing)
    is_event = SCHEMA.Event in properties.get(RDF.type, ())
    day = when(properties, SCHEMA.startDate, reader.language) if is_event else None
    return ListEntry(
        reader.link(thing),
        reader.kind(properties),
        counts.by_speaker[thing],
        counts.by_topic[thing],
        day.words if day else "",
    )


class ShapeView(NamedTuple):
    """A shape: its local name, its path or target classes, its message, whether it only warns."""

    name: str
    path: str
    message: LocalText
    is_warning: bool


@cache
def shape_views(language: str) -> tuple[tuple[str, tuple[ShapeView, ...]], ...]:
    """Return the shapes of each shapes file with a message, by the name of the file."""
    known = rules(language)
    graph = read_shapes_graph(shapes_files())
    found: dict[str, list[ShapeView]] = {}
    for shape in graph.triples:
        if message := lexical(graph.objects(shape, sh("message"))):
            is_warning = sh("Warning") in graph.objects(shape, sh("severity"))
            said = LocalText(known[message], language) if message in known else LocalText(message, "en")
            view = ShapeView(shape.strip("<>").rpartition("#")[2], _about(graph, shape), said, is_warning)
            found.setdefault(graph.files[shape].stem, []).append(view)
    return tuple((file, tuple(each)) for file, each in found.items())


def _about(graph: ShapesGraph, shape: Term) -> str:
    """Return the path of a property shape, or the target classes of a node shape."""
    if path := graph.one(shape, sh("path")):
        return re.sub(r"<[^>]*>", lambda match: prefixed(match[0]), read_path(graph, path).text)
    return ", ".join(prefixed(each) for each in graph.objects(shape, sh("targetClass")))
