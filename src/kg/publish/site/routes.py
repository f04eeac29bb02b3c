"""From a path to its page: which template shows which views."""

from __future__ import annotations

from collections.abc import Iterator

from kg.publish.site.articles import article_view
from kg.publish.site.claims import ClaimLine, claim_view, withdrawn
from kg.publish.site.drawings import timeline
from kg.publish.site.exchanges import around, drawn
from kg.publish.site.jsonld import embedded
from kg.publish.site.overviews import overview
from kg.publish.site.reader import Reader
from kg.publish.site.rendering import Page, quoted
from kg.publish.site.things import ThingView, thing_view
from kg.publish.site.whole import Whole
from kg.rdf.terms import Iri

_THINGS = ("entity/", "occasion/", "source/", "annotator/", "guideline/")
_FORMS = ["direct", "partial", "indirect", "mentioned", "own"]
_SECTIONS = {"topic": "topics", "event": "events", "place": "events", "outlet": "outlets"}


def page_of(path: str, reader: Reader, whole: Whole, *, large: bool = False) -> Page | None:
    """Return the page of a path; None where there is none. In a `large` site, articles show their claims whole."""
    if path.startswith("article/"):
        return _article(path, reader, in_full=large)
    if path.startswith("claim/"):
        return _claim(path, reader)
    found = overview(path, reader, whole)
    if found or "#" in path or not path.startswith(_THINGS):
        return found
    return _thing(path, reader)


def _article(path: str, reader: Reader, *, in_full: bool) -> Page | None:
    iri = reader.quads.iri(path)
    article = article_view(reader, iri)
    if article is None:
        return None
    whole = [claim_view(reader, reader.quads.iri(claim.path)) for claim in article.claims] if in_full else []
    views = {
        "article": article,
        "forms": sorted({claim.form for claim in article.claims}, key=_FORMS.index),
        "sections": {claim.line.path: claim for claim in whole if claim},
        "parts": list(_parts(path, reader)) if in_full else [],
    }
    own = [node for node in reader.quads.whole(iri) if node.subject in (iri, Iri(f"{iri[:-1]}#text>"))]
    about = f"{article.published.words}: {len(article.claims)} {reader.say('front-claims')}"
    return Page("article.html", article.title.value, about, views, "articles", data=True, jsonld=embedded(own))


def _parts(path: str, reader: Reader) -> Iterator[ThingView]:
    """Yield the occasions and sources of an article."""
    for each in reader.quads.graph(reader.quads.iri(f"graph/{path}")):
        is_part = reader.quads.path(each).startswith(("occasion/", "source/"))
        if is_part and "#" not in each and (thing := thing_view(reader, each)):
            yield thing


def _claim(path: str, reader: Reader) -> Page | None:
    iri = reader.quads.iri(path)
    if stone := withdrawn(reader, iri):
        return Page("withdrawn.html", reader.say("withdrawn-title"), "", {"claim": stone}, "articles", data=True)
    claim = claim_view(reader, iri)
    if claim is None:
        return None
    line = claim.line
    title = reader.say("claim-title", speaker=_names(line), act=line.act_label, words="{words}")
    title = title.replace("{words}", quoted(line.words or line.gist, 70))
    about = f"{_names(line)}, {line.when.words}: {quoted(line.gist or line.words, 140)}"
    nodes = reader.quads.whole(iri)
    return Page("claim.html", title, about, {"claim": claim}, "articles", data=True, jsonld=embedded(nodes))


def _thing(path: str, reader: Reader) -> Page | None:
    iri = reader.quads.iri(path)
    thing = thing_view(reader, iri)
    if thing is None:
        return None
    told = [reader.quads.iri(claim.path) for claims in thing.claims[:1] for claim in claims.lines]
    found = around(reader, told)
    said = next((claims.lines for claims in thing.claims if claims.kind in ("said", "about")), ())
    views = {
        "thing": thing,
        "timeline": timeline(said),
        "exchanges": found,
        "arcs": drawn(found) if thing.kind in ("topic", "event") and found else None,
        "answers": [each for each in found if each.speaker.path == path],
        "answered": [each for each in found if each.other.path == path],
    }
    about = thing.description or thing.name
    jsonld = embedded(reader.quads.whole(iri))
    return Page("thing.html", thing.name.value, quoted(about), views, _section(thing), data=True, jsonld=jsonld)


def _section(thing: ThingView) -> str:
    return _SECTIONS.get(thing.kind, "people" if thing.kind else "")


def _names(line: ClaimLine) -> str:
    return ", ".join(speaker.name for speaker in line.speakers)
