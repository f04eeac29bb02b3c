"""The pages that show no one thing: the front page, lists, the debate, search and questions, terms and rules."""

from __future__ import annotations

from collections.abc import Callable

from kg.files.resources import published
from kg.publish.site import shelves
from kg.publish.site.claims import ClaimLine, claim_line
from kg.publish.site.dates import in_words
from kg.publish.site.drawings import bars
from kg.publish.site.examples import questions_about
from kg.publish.site.exchanges import drawn, exchanges
from kg.publish.site.jsonld import embedded
from kg.publish.site.layout import MISSING
from kg.publish.site.reader import Reader
from kg.publish.site.rendering import Page, quoted
from kg.publish.site.rules import rules
from kg.publish.site.summary import Description
from kg.publish.site.vocabulary import local_name, meanings
from kg.publish.site.whole import Whole
from kg.publish.site.words import Text
from kg.rdf.vocab import SCHEMA

ARTICLES_A_PAGE = 500
EXCHANGES_SHOWN = 300
LARGEST_ASKED = 300_000
"""Above so many triples a data set is not loaded into a browser."""
_ON_THE_FRONT = 10
_TOP = 8


def overview(path: str, reader: Reader, whole: Whole) -> Page | None:
    """Return the page of a path; None where it is none of these."""
    if path in _FIXED:
        return _FIXED[path](reader, whole)
    if path == MISSING:
        return Page("missing.html", reader.say("missing-title"), "", {})
    if path in shelves.SHELVES:
        return _shelf(path, reader, whole)
    if path == "articles" or (path.startswith("articles/") and path[9:].isdecimal()):
        return _articles(int(path[9:] or 1), reader, whole)
    return None


def overview_paths(whole: Whole) -> list[str]:
    """Return the paths of the pages that show no one thing."""
    numbers = range(2, (len(whole.articles) - 1) // ARTICLES_A_PAGE + 2)
    return [*_FIXED, *shelves.SHELVES, "articles", *(f"articles/{number}" for number in numbers)]


def _front(reader: Reader, whole: Whole) -> Page:
    title = whole.title(reader.language)
    counts, about = whole.summary, whole.description
    topics = [(reader.link(iri), count) for iri, count in counts.about.most_common()]
    speakers = [(reader.link(iri), count) for iri, count in counts.said.most_common()]
    acts = [(local_name(act), reader.label(act), count) for act, count in counts.acts.items()]
    views = {
        "description": _descriptions(about, reader),
        "figures": _figures(whole),
        "new": _new(reader, whole),
        "bars": bars(counts.months),
        "undated": counts.months[""],
        "topics": sorted(topics, key=_by_count)[:_TOP],
        "speakers": sorted(speakers, key=_by_count)[:_TOP],
        "acts": sorted(acts, key=lambda each: (-each[2], each[1]))[:_TOP],
        **_citation(reader, whole),
    }
    dataset = whole.quads.whole(whole.quads.iri("dataset"))
    return Page(
        "front.html", title.value, quoted(_descriptions(about, reader), 160), views, jsonld=embedded(dataset[:1])
    )


def _dataset(reader: Reader, whole: Whole) -> Page:
    views = {
        "about": whole.description,
        "description": _descriptions(whole.description, reader),
        "note": next((text for text in whole.description.notes if text.language == reader.language), None),
        "triples": whole.quads.triples,
        "figures": _figures(whole),
        "publisher": reader.link(whole.description.publisher) if whole.description.publisher else None,
        **_citation(reader, whole),
    }
    return Page(
        "dataset.html",
        reader.say("dataset-title"),
        quoted(_descriptions(whole.description, reader), 160),
        views,
        section="dataset",
        data=True,
        jsonld=embedded(whole.quads.whole(whole.quads.iri("dataset"))),
    )


def _shelf(path: str, reader: Reader, whole: Whole) -> Page:
    section = shelves.SECTIONS.get(path, path)
    views = {"sections": shelves.sections(reader, path, whole.summary), "shown": shelves.SHOWN}
    title, about = reader.say(f"{section}-title"), reader.say(f"{section}-about")
    return Page("shelf.html", title, about, views, section=section)


def _articles(number: int, reader: Reader, whole: Whole) -> Page | None:
    total = (len(whole.articles) - 1) // ARTICLES_A_PAGE + 1
    chosen = whole.articles[(number - 1) * ARTICLES_A_PAGE :][:ARTICLES_A_PAGE]
    if not chosen and number != 1:
        return None
    views = {"entries": list(shelves.article_entries(reader, chosen)), "number": number, "total": max(total, 1)}
    return Page(
        "articles.html", reader.say("articles-title"), reader.say("articles-about"), views, section="articles"
    )


def _debate(reader: Reader, whole: Whole) -> Page:
    found = exchanges(reader, whole.summary.edges)
    views = {"exchanges": found[:EXCHANGES_SHOWN], "total": len(found), "arcs": drawn(found)}
    return Page("debate.html", reader.say("debate-title"), reader.say("debate-about"), views, section="debate")


def _search(reader: Reader, whole: Whole) -> Page:  # noqa: ARG001  # one signature for all
    return Page("search.html", reader.say("search-title"), reader.say("search-help"), {}, section="search")


def _query(reader: Reader, whole: Whole) -> Page:
    views = {"groups": questions_about(whole), "fits": whole.quads.triples <= LARGEST_ASKED}
    title, about = reader.say("query-title"), reader.say("query-about")
    return Page("query.html", title, about, views, section="query", compiles=True)


def _ontology(reader: Reader, whole: Whole) -> Page:  # noqa: ARG001
    views = {"meanings": list(meanings(reader.language))}
    return Page("ontology.html", reader.say("ontology-title"), reader.say("ontology-about"), views, "ontology")


def _shapes(reader: Reader, whole: Whole) -> Page:  # noqa: ARG001
    return Page("shapes.html", reader.say("shapes-title"), reader.say("shapes-about"), {"files": rules()}, "shapes")


def _annotating(reader: Reader, whole: Whole) -> Page:  # noqa: ARG001
    from kg.publish.site.markdown import rendered  # here, not above: its parser is for this page only

    guideline = rendered((published("docs") / "annotating.md").read_text(encoding="utf-8"))
    title, about = reader.say("annotating-title"), reader.say("annotating-about")
    return Page("annotating.html", title, about, {"guideline": guideline}, "ontology")


_FIXED: dict[str, Callable[[Reader, Whole], Page]] = {
    "": _front,
    "dataset": _dataset,
    "debate": _debate,
    "search": _search,
    "query": _query,
    "annotating": _annotating,
    "ontology": _ontology,
    "shapes": _shapes,
}


def _descriptions(about: Description, reader: Reader) -> Text | None:
    found = sorted(about.descriptions, key=lambda text: text.language != reader.language)
    return found[0] if found else None


def _figures(whole: Whole) -> dict[str, int]:
    counts = whole.description.counts
    kinds = {
        "articles": SCHEMA.NewsArticle,
        "claims": SCHEMA.Claim,
        "people": SCHEMA.Person,
        "organisations": SCHEMA.Organization,
    }
    return {name: counts.get(kind, 0) for name, kind in kinds.items()}


def _citation(reader: Reader, whole: Whole) -> dict[str, object]:
    about = whole.description
    publisher = reader.link(about.publisher).name if about.publisher else ""
    year = about.modified[:4]
    parts = [publisher, f"({year})" if year else ""]
    return {
        "cited_by": " ".join(part for part in parts if part),
        "cited_title": whole.title(reader.language),
        "cited_version": about.modified,
        "cited_iri": f"{whole.quads.base}dataset",
        "licence": about.licence,
    }


def _new(reader: Reader, whole: Whole) -> list[tuple[ClaimLine, str]]:
    """Return the claims that were annotated last, each with the day in words."""
    newest = whole.summary.new[:_ON_THE_FRONT]
    return [
        (line, in_words(on[:10], reader.language)) for on, claim in newest if (line := claim_line(reader, claim))
    ]


def _by_count(pair: tuple[object, int]) -> tuple[int, str]:
    return -pair[1], str(pair[0])
