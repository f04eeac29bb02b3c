"""Which of several forms a client gets, by its Accept header. https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_RANGE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)/([!#$%&'*+.^_`|~0-9A-Za-z-]+)")
_WEIGHT = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
_LONGEST = 4096


def chosen(accept: str, offers: Mapping[str, Sequence[str]]) -> str | None:
    """Return the offer that a client likes best, None where it likes none; of equals, the first.

    Each offer has its media types. Without a header anything will do.
    """
    if not accept.strip():
        return next(iter(offers), None)
    weights = _weights(accept[:_LONGEST])
    best, name = 0.0, None
    for each, types in offers.items():
        weight = max((_weight(type, weights) for type in types), default=0.0)
        if weight > best:
            best, name = weight, each
    return name


def language(accept: str, offers: Sequence[str]) -> str:
    """Return the language that a reader likes best, by the Accept-Language header; of equals, the first."""
    weights: dict[str, float] = {}
    for part in accept[:_LONGEST].lower().split(","):
        tag, _, rest = part.strip().partition(";")
        weights.setdefault(tag.strip().partition("-")[0], _quality(rest))
    return max(offers, key=lambda each: weights.get(each, weights.get("*", 0.0)))


def takes_gzip(accept: str) -> bool:
    """Tell whether a client takes gzip, and likes nothing better that it names, by its Accept-Encoding header."""
    weights: dict[str, float] = {}
    for part in accept[:_LONGEST].lower().split(","):
        coding, _, rest = part.strip().partition(";")
        weights.setdefault(coding.strip(), _quality(rest))
    gzip = weights.get("gzip", weights.get("*", 0.0))
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def _weights(accept: str) -> dict[str, float]:
    """Return the weight of each media range. One that cannot be read is none."""
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        range, _, rest = part.strip().partition(";")
        if _RANGE.fullmatch(range.strip()):
            weights.setdefault(range.strip(), _quality(rest))
    return weights


def _weight(type: str, weights: Mapping[str, float]) -> float:
    """Return the weight of a media type: that of the range that fits it most closely."""
    for range in (type, f"{type.partition('/')[0]}/*", "*/*"):
        if range in weights:
            return weights[range]
    return 0.0


def _quality(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return float(value) if _WEIGHT.fullmatch(value.strip()) else 0.0
    return 1.0
