"""Relations between annotations: those that Recogito and Annotorious draw, and those that tags name."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from kg.importers.core.documents import LabelledSpan, Skipped, SpanLink
from kg.importers.web_annotation.annotations import Head
from kg.importers.web_annotation.bodies import Said
from kg.importers.web_annotation.loose import Object, objects, several, text
from kg.importers.web_annotation.sorting import Kept, Key, Sorted


def read_links(found: Sorted, links: dict[Key, list[SpanLink]]) -> Iterator[Skipped]:
    """Sort the relations between annotations to their marks; yield all others that mark no words."""
    keys = found.keys
    between: dict[str, SpanLink] = {}
    others: list[tuple[Head, Kept, str]] = []
    for head, kept in found.loose:
        annotation = found.read(kept)
        ends, label = _ends(head, annotation), _label(annotation)
        if len(ends) == 2 and all(end in keys for end in ends):
            between[head.id or str(kept.place)] = SpanLink(label or "linking", ends[0], ends[1], kept.place)
        else:
            others.append((head, kept, label))
    for head, kept, label in others:
        if label and len(head.whole) == 1 and head.whole[0] in between:
            # Annotorious tags a relation with an annotation of its own.
            between[head.whole[0]] = replace(between[head.whole[0]], label=label)
            continue
        about = any(each in keys or each in between for each in head.whole)
        yield Skipped("span", head.id, "it is about another annotation" if about else head.why, kept.place)
    for link in between.values():
        if keys[link.target] == keys[link.source]:
            links.setdefault(keys[link.source], []).append(link)
        else:
            why = "it links annotations of two texts or two annotators"
            yield Skipped("link", f"{link.source} → {link.target}", why, link.at)


def _ends(head: Head, annotation: Object) -> list[str]:
    """Return what a relation links: two targets as in Recogito-JS, or a target and a body as in Annotorious."""
    bodies = [each for each in several(annotation.get("body")) if isinstance(each, str)]
    return [*head.whole, *bodies] if len(head.whole) == 1 and len(bodies) == 1 else list(head.whole)


def _label(annotation: Object) -> str:
    """Return what a relation is called: the text of its first body that has one."""
    return next(filter(None, (text(body.get("value")) for body in objects(annotation.get("body")))), "")


def unlinked(link: SpanLink) -> Skipped:
    return Skipped("link", f"{link.source} → {link.target}", "one of its two annotations was left out", link.at)


def tagged(marks: list[tuple[LabelledSpan, Said]]) -> Iterator[SpanLink | Skipped]:
    """Yield the relations that the tags of one text's annotations name, by the ids of claims."""
    ids = {id: mark.id for mark, said in marks for id in said.attributes.get("id", (mark.id,))}
    for mark, said in marks:
        for label, id in said.relations:
            if id in ids:
                yield SpanLink(label, mark.id, ids[id], mark.at)
            else:
                why = "no annotation of this text by this annotator has this id of a claim"
                yield Skipped("link", f"{mark.id} → {id}", why, mark.at)
