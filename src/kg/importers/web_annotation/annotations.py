"""One annotation as it is written: what it is about, who made it, and when. W3C's form, and that of Hypothesis.

https://www.w3.org/TR/annotation-model/ and https://h.readthedocs.io/en/latest/api-reference/
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from kg.importers.web_annotation.loose import Object, iri, objects, several, shortened, text, types, unpacked

WHOLE = "it is about the whole of {}, and marks no words in it"
_APART = "its targets stand in several texts, and a claim in one: annotate each by itself"


class Target(NamedTuple):
    """What an annotation is about: a resource (`""`: not told), and the selectors, each another way to one part."""

    source: str
    selectors: tuple[Object, ...]
    page: str = ""


class Head(NamedTuple):
    """What is needed of an annotation to sort it: `whole` are the things that it is about as such, by their IRIs.

    `why` says why it can be no mark, `""` where it can.
    """

    id: str
    source: str
    by: str
    whole: tuple[str, ...]
    why: str


def is_annotation(found: Object) -> bool:
    return "target" in found or "Annotation" in types(found)


def head(found: Object) -> Head:
    """Return what tells where an annotation belongs."""
    reached, why = targets(found)
    marked = [each for each in reached if each.selectors]
    sources = list(dict.fromkeys(each.source for each in marked))
    whole = tuple(each.source for each in reached if not each.selectors)
    if not why and len(sources) > 1:
        why = _APART
    elif not why and not marked:
        why = WHOLE.format(shortened(whole[0]) or "something") if whole else "it has no target: mark its words"
    return Head(iri(found), sources[0] if sources else "", annotator(found), whole, why)


def targets(found: Object) -> tuple[list[Target], str]:
    """Return the targets of an annotation, and why they cannot be read where that is so."""
    reached: list[Target] = []
    told = several(found.get("target"))
    if any("Independents" in types(each) for each in objects(told)):
        return [], "it is about several things, each by itself: annotate each by itself"
    # A note of Hypothesis on a page as a whole may have no target, but names the page.
    for each in unpacked(told or found.get("uri")):
        if isinstance(each, str):
            reached.append(Target(each, ()))
        elif isinstance(each, dict):
            reached.append(_target(each, found))
        else:
            return [], "its target is neither an IRI nor an object"
    return reached, ""


def _target(target: Object, found: Object) -> Target:
    source = iri(target.get("source")) or text(found.get("uri"))
    selectors = tuple(
        each if isinstance(each, dict) else {"id": each} for each in several(target.get("selector")) if each
    )
    if not selectors:
        return Target(source or iri(target), ())
    return Target(source, selectors, iri(target.get("scope")))


def annotator(found: Object) -> str:
    """Return who made an annotation, by name where it is told, else of the first body that tells it."""
    if user := text(found.get("user")):
        shown = objects(found.get("user_info"))
        return (text(shown[0].get("display_name")) if shown else "") or user.removeprefix("acct:").split("@")[0]
    for thing in (found, *objects(found.get("body"))):
        if names := [name for each in several(thing.get("creator")) if (name := _name(each))]:
            return ", ".join(names)
    return ""


def _name(agent: object) -> str:
    for thing in objects(agent):
        if name := text(thing.get("name")) or text(thing.get("nickname")):
            return name
    return iri(agent)


def moment(found: Object) -> str:
    """Return when an annotation was last changed: a UTC time, or a day where that is all that is told."""
    told = [text(found.get(key)) for key in ("modified", "updated", "created", "dcterms:date")]
    return next((known for each in told if (known := _utc(each))), "")


def _utc(written: str) -> str:
    try:
        then = datetime.fromisoformat(written)
        if then.tzinfo is None:
            return f"{then:%Y-%m-%d}"
        return f"{then.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, OverflowError):
        return ""
