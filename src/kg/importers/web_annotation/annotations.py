"""Reads one web annotation: its target, annotator, date and content.

Reads W3C's form, Hypothesis's, and the native form of Recogito and Annotorious. JSON-LD may be written in any way:
one object or a list of them, an IRI or an object that has it, keys with `@` or without. A tag `speaker: Macron` is
the attribute `speaker` if the mapping has a field of this name; `answers: c02` is a relation to the claim c02.

https://www.w3.org/TR/annotation-model/, https://h.readthedocs.io/en/latest/api-reference/ and
https://github.com/recogito/text-annotator-js: `getAnnotations()`, if no adapter for W3C is set.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from kg.annotations.classes import AnnotatorType
from kg.importers.core.claim_fields import in_language
from kg.importers.core.documents import Name
from kg.importers.core.mapping import Mapping as LabelMapping
from kg.importers.core.mapping import key
from kg.importers.core.names import TYPES
from kg.meaning.reporter import language_fault

Object = Mapping[str, object]

_ABOUT_WHOLE = "it is about the whole of {}, and marks no words in it"
_SEVERAL_TEXTS = "its targets are in several texts, and a claim in one: annotate each by itself"
_TAGGING = ("tagging", "classifying")
_COMMENTING = ("commenting", "replying")
_NAMING = frozenset(("speaker", "to", "about"))
# The names of the types of an entity in kg, schema.org and FOAF.
_ENTITY_TYPES = {
    **{name: name for name in TYPES},
    "Concept": "Topic",
    "DefinedTerm": "Topic",
    "NGO": "Organization",
}
# https://www.w3.org/TR/annotation-model/#agents, also by the name that W3C's context stands for.
_AGENTS: dict[str, AnnotatorType] = {
    "Person": "Person",
    "Organization": "Organization",
    "Software": "SoftwareApplication",
    "Application": "SoftwareApplication",
    "SoftwareApplication": "SoftwareApplication",
}
_RECOGITO_TARGET_KEYS = ("creator", "created", "updated")
_LAST_PART = re.compile(r"[^/#:]+(?=[/#]?$)")


class AnnotationTarget(NamedTuple):
    """The target of an annotation: a resource (`""`: unknown), and alternative selectors of one part of it."""

    source: str
    selectors: tuple[Object, ...]
    page: str = ""


class AnnotationHead(NamedTuple):
    """The values for grouping an annotation; `whole` are the IRIs of resources that it is about as a whole.

    `why` says why it cannot become a span, `""` if it can.
    """

    id: str
    source: str
    by: str
    whole: tuple[str, ...]
    why: str


class AnnotationContent(NamedTuple):
    """The content of an annotation, as in a labelled span; and its relations, each with the id of a claim.

    `notes` are by language, `""` if it is not named; `faults` are the languages of texts that cannot be kept.
    """

    label: str
    attributes: dict[str, tuple[str, ...]]
    names: dict[str, tuple[Name, ...]]
    notes: dict[str, str]
    relations: tuple[tuple[str, str], ...]
    faults: tuple[str, ...]


class _Body(NamedTuple):
    """One body: its purpose and its text, with the languages that it names."""

    purpose: str
    value: str
    languages: tuple[str, ...] = ()


def is_annotation(annotation: Object) -> bool:
    return "target" in annotation or "Annotation" in types(annotation)


def as_w3c(annotation: Object) -> Object:
    """Convert an annotation from Recogito's own form to W3C's; return others unchanged."""
    target = annotation.get("target")
    if "bodies" not in annotation or "body" in annotation or not isinstance(target, dict):
        return annotation
    # Several selectors are parts of the words here, not alternatives.
    parts = [
        {"source": target.get("source"), "selector": _w3c_selectors(each)}
        for each in objects(target.get("selector"))
    ]
    bodies = [{"type": "TextualBody", **body} for body in objects(annotation["bodies"])]
    moved = {name: target[name] for name in _RECOGITO_TARGET_KEYS if name in target}
    return {**moved, **annotation, "body": bodies, "target": parts or target}


def _w3c_selectors(selector: Object) -> list[Object]:
    if "quote" not in selector:
        return [selector]
    quote = {"type": "TextQuoteSelector", "exact": selector["quote"]}
    for ours, theirs in (("prefix", "quotePrefix"), ("suffix", "quoteSuffix")):
        if theirs in selector:
            quote[ours] = selector[theirs]
    if "start" not in selector or "end" not in selector:
        return [quote]
    return [quote, {"type": "TextPositionSelector", "start": selector["start"], "end": selector["end"]}]


def read_head(annotation: Object) -> AnnotationHead:
    """Return the values for grouping an annotation by text and annotator."""
    targets, why = read_targets(annotation)
    marked = [each for each in targets if each.selectors]
    sources = list(dict.fromkeys(each.source for each in marked))
    whole = tuple(each.source for each in targets if not each.selectors)
    if not why and len(sources) > 1:
        why = _SEVERAL_TEXTS
    elif not why and not marked:
        why = _ABOUT_WHOLE.format(short(whole[0]) or "something") if whole else "it has no target: mark its words"
    return AnnotationHead(iri(annotation), sources[0] if sources else "", _annotator(annotation), whole, why)


def read_targets(annotation: Object) -> tuple[list[AnnotationTarget], str]:
    """Return the targets of an annotation, and why they cannot be read (`""` if they can)."""
    targets: list[AnnotationTarget] = []
    written = several(annotation.get("target"))
    if any("Independents" in types(each) for each in objects(written)):
        return [], "it is about several things, each by itself: annotate each by itself"
    # A note of Hypothesis on a page as a whole may have no target, but names the page.
    for each in _unpacked(written or annotation.get("uri")):
        if isinstance(each, str):
            targets.append(AnnotationTarget(each, ()))
        elif isinstance(each, dict):
            targets.append(_target(each, annotation))
        else:
            return [], "its target is neither an IRI nor an object"
    return targets, ""


def _target(target: Object, annotation: Object) -> AnnotationTarget:
    source = iri(target.get("source")) or text(annotation.get("uri"))
    selectors = tuple(
        each if isinstance(each, dict) else {"id": each} for each in several(target.get("selector")) if each
    )
    if not selectors:
        return AnnotationTarget(source or iri(target), ())
    return AnnotationTarget(source, selectors, iri(target.get("scope")))


def _annotator(annotation: Object) -> str:
    """Return the creator of an annotation, by name if possible, else of its first body with a creator."""
    if user := text(annotation.get("user")):
        shown = objects(annotation.get("user_info"))
        return (text(shown[0].get("display_name")) if shown else "") or user.removeprefix("acct:").split("@")[0]
    for thing in _signed(annotation):
        if names := [name for each in several(thing.get("creator")) if (name := _name(each))]:
            return ", ".join(names)
    return ""


def _signed(annotation: Object) -> tuple[Object, ...]:
    """Return an annotation and its bodies: the first that has a creator says who annotated."""
    return (annotation, *objects(annotation.get("body")))


def annotator_type(annotation: Object) -> AnnotatorType:
    """Return what the creator of an annotation is: a person, unless it says otherwise."""
    creator = next((each for thing in _signed(annotation) if (each := thing.get("creator"))), None)
    found = {_AGENTS[type] for agent in objects(creator) for type in types(agent) if type in _AGENTS}
    return found.pop() if len(found) == 1 else "Person"


def _name(agent: object) -> str:
    for thing in objects(agent):
        if name := text(thing.get("name")) or text(thing.get("nickname")):
            return name
    return iri(agent)


def changed(annotation: Object) -> str:
    """Return when an annotation was last changed: a UTC time, or a day if it gives no time zone."""
    written = [text(annotation.get(key)) for key in ("modified", "updated", "created", "dcterms:date")]
    return next((moment for each in written if (moment := _utc(each))), "")


def _utc(written: str) -> str:
    try:
        then = datetime.fromisoformat(written)
        if then.tzinfo is None:
            return f"{then:%Y-%m-%d}"
        return f"{then.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, OverflowError):
        return ""


def read_content(annotation: Object, mapping: LabelMapping) -> AnnotationContent:
    """Return the content of an annotation. Its label is a tag in the mapping, else its first tag or motivation."""
    identities = _identities(annotation)
    bodies = _BodySorter(mapping, identities)
    for body in _bodies(annotation):
        bodies.add(body)
    named = {name.name for each in bodies.names.values() for name in each}
    label, others = _label(bodies.tags, mapping, annotation)
    more = {"identifying": [name for name in identities if name not in named], "tag": others}
    for attribute, values in more.items():
        if values:
            bodies.attributes.setdefault(attribute, []).extend(values)
    return AnnotationContent(
        label,
        {name: tuple(dict.fromkeys(values)) for name, values in bodies.attributes.items()},
        {name: tuple(dict.fromkeys(values)) for name, values in bodies.names.items()},
        {language: "\n".join(notes) for language, notes in bodies.notes.items()},
        tuple(dict.fromkeys(bodies.relations)),
        tuple(dict.fromkeys(bodies.faults)),
    )


class _BodySorter:
    """Sorts bodies by their part in a labelled span."""

    def __init__(self, mapping: LabelMapping, identities: dict[str, Name]) -> None:
        self._mapping = mapping
        self._identities = identities
        self.attributes: dict[str, list[str]] = {}
        self.names: dict[str, list[Name]] = {}
        self.tags: list[str] = []
        self.notes: dict[str, list[str]] = {}
        self.relations: list[tuple[str, str]] = []
        self.faults: list[str] = []

    def add(self, body: _Body) -> None:
        if body.purpose in _TAGGING:
            self._add_tag(body.value)
            return
        field = self._mapping.field_of.get(key(body.purpose))
        is_note = body.purpose in _COMMENTING or (field == "note" and body.languages)
        language = self._language(body) if is_note or field == "gist" else ""
        if is_note:
            self.notes.setdefault(language, []).append(body.value)
        else:
            self.attributes.setdefault(in_language(body.purpose, language), []).append(body.value)

    def _language(self, body: _Body) -> str:
        """Return the language of a text, `""` if the annotation names none, several, or one that is no tag."""
        named = dict.fromkeys(body.languages)
        if len(named) == 1 and not language_fault(body.languages[0]):
            return body.languages[0]
        if named:
            self.faults.append(", ".join(named))
        return ""

    def _add_tag(self, tag: str) -> None:
        name, _, value = (part.strip() for part in tag.partition(":"))
        field = self._mapping.field_of.get(key(name)) if value else None
        if value and key(name) in self._mapping.relation_of_link:
            self.relations.append((name, value))
        elif field is None:
            self.tags.append(tag)
        elif value in self._identities and field in _NAMING:
            self.names.setdefault(name, []).append(self._identities[value])
        else:
            self.attributes.setdefault(name, []).append(value)


def _label(tags: list[str], mapping: LabelMapping, annotation: Object) -> tuple[str, list[str]]:
    """Return the label of a mark, and the other tags."""
    label = next((tag for tag in tags if key(tag) in mapping.part_of_span), tags[0] if tags else "")
    if not label:
        return _motivation(annotation) or ("commenting" if any(_bodies(annotation)) else "highlighting"), []
    return label, [tag for tag in tags if tag != label]


def _motivation(annotation: Object) -> str:
    return next((last_part(each) for each in several(annotation.get("motivation")) if isinstance(each, str)), "")


def _bodies(annotation: Object) -> Iterator[_Body]:
    """Yield the bodies of an annotation that have a text, or an IRI instead of one."""
    for tag in several(annotation.get("tags")):  # of Hypothesis, as `text`
        if text(tag):
            yield _Body("tagging", text(tag))
    for comment in (annotation.get("text"), annotation.get("bodyValue")):
        if text(comment).strip():
            yield _Body("commenting", text(comment).strip())
    for body in _unpacked(annotation.get("body")):
        if isinstance(body, dict) and "identifying" in several(body.get("purpose")):
            continue
        yield from _read_body(body, _motivation(annotation))


def _read_body(body: object, motivation: str) -> Iterator[_Body]:
    """Yield the content of a body. Without its own purpose, it has the annotation's motivation."""
    if not isinstance(body, dict):
        if text(body):
            yield _Body("body", text(body))
        return
    purpose = last_part(text(body.get("purpose"))) or motivation
    if "Claim" in types(body):
        # A claim that kg exported keeps its id.
        yield _Body("id", last_part(iri(body)))
    elif value := text(body.get("value", body.get("chars"))).strip():
        yield _Body(purpose if purpose not in ("", "linking") else "commenting", value, _languages(body))
    elif purpose in _TAGGING:
        # A semantic tag is a resource, which may have a name.
        source = objects(body.get("source"))
        names = (text(each.get(name)) for each in (*source, body) for name in ("label", "name", "title"))
        thing = last_part(iri(body.get("source")) or iri(body))
        yield _Body(purpose, next(filter(None, names), "") or thing or "tag")
    elif thing := iri(body.get("source")) or iri(body):
        yield _Body("body", thing)


def _languages(body: Object) -> tuple[str, ...]:
    """Return the languages that a body names: its own, else those of its value in JSON-LD."""
    tagged = [each.get("@language") for each in objects(body.get("value", body.get("chars")))][:1]
    return tuple(each for each in several(body.get("language") or tagged) if isinstance(each, str) and each)


def _identities(annotation: Object) -> dict[str, Name]:
    """Return the people that the bodies identify, by their names in tags."""
    identities: dict[str, Name] = {}
    for body in objects(annotation.get("body")):
        if "identifying" not in several(body.get("purpose")):
            continue
        for thing in (each if isinstance(each, dict) else {"id": each} for each in several(body.get("source"))):
            same_as = [iri(thing), *(iri(each) for each in several(thing.get("schema:sameAs")))]
            type = next((_ENTITY_TYPES[each] for each in types(thing) if each in _ENTITY_TYPES), "")
            if name := text(thing.get("name")) or last_part(iri(thing)):
                identities.setdefault(name, Name(name, type, tuple(each for each in same_as if ":" in each)))
    return identities


def several(value: object) -> list[object]:
    """Return a value as a list; an empty one for null."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def objects(value: object) -> list[Object]:
    """Return the objects among one or several values."""
    return [each for each in several(value) if isinstance(each, dict)]


def text(value: object) -> str:
    """Return a text, also of `{"@value": …}`; the first if there are several."""
    if isinstance(value, str):
        return value
    for each in several(value):
        found = each.get("@value", each.get("value")) if isinstance(each, dict) else each
        if isinstance(found, str | int | float) and found != "":
            return str(found)
    return ""


def iri(value: object) -> str:
    """Return an IRI, also of `{"id": …}`; the first if there are several."""
    if isinstance(value, str):
        return value
    for each in several(value):
        found = each.get("id", each.get("@id")) if isinstance(each, dict) else each
        if isinstance(found, str) and found:
            return found
    return ""


def types(value: Object) -> list[str]:
    """Return the types of an object without their prefixes: `oa:Annotation` and `Annotation` are one."""
    found = [each for each in several(value.get("type", value.get("@type"))) if isinstance(each, str)]
    return [last_part(each) for each in found]


@lru_cache(maxsize=1024)  # most are types and purposes, a small set
def last_part(name: str) -> str:
    """Return the last part of an IRI or of a name with a prefix."""
    found = _LAST_PART.search(name)
    return found[0] if found else name


def _unpacked(value: object) -> Iterator[object]:
    """Yield one or several values, and those in containers; from a `Choice` of equals, only the first."""
    waiting = deque(several(value))
    while waiting:
        each = waiting.popleft()
        if isinstance(each, dict) and ("items" in each or "members" in each):
            inner = several(each.get("items", each.get("members")))
            waiting.extendleft(reversed(inner[:1] if "Choice" in types(each) else inner))
        else:
            yield each


def short(value: str) -> str:
    """Return a text for a message: on one line, not too long."""
    line = " ".join(value.split())
    return line if len(line) <= 60 else f"{line[:57]}…"
