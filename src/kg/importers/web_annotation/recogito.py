"""What Recogito and Annotorious keep of an annotation for themselves → the same as W3C's model has it.

https://github.com/recogito/text-annotator-js: `getAnnotations()`, where no adapter for W3C is set.
"""

from __future__ import annotations

from kg.importers.web_annotation.loose import Object, objects

_TOLD = ("creator", "created", "updated")


def as_w3c(found: Object) -> Object:
    """Return an annotation of Recogito's own form as W3C's; any other as it is."""
    target = found.get("target")
    if "bodies" not in found or "body" in found or not isinstance(target, dict):
        return found
    selectors = objects(target.get("selector"))
    # Several are parts of the words here, and not several ways to them.
    parts = [{"source": target.get("source"), "selector": _selectors(each)} for each in selectors]
    bodies = [{"type": "TextualBody", **body} for body in objects(found["bodies"])]
    told = {name: target[name] for name in _TOLD if name in target}
    return {**told, **found, "body": bodies, "target": parts or target}


def _selectors(selector: Object) -> list[Object]:
    if "quote" not in selector:
        return [selector]
    quote = {"type": "TextQuoteSelector", "exact": selector["quote"]}
    for ours, theirs in (("prefix", "quotePrefix"), ("suffix", "quoteSuffix")):
        if theirs in selector:
            quote[ours] = selector[theirs]
    if "start" not in selector or "end" not in selector:
        return [quote]
    return [quote, {"type": "TextPositionSelector", "start": selector["start"], "end": selector["end"]}]
