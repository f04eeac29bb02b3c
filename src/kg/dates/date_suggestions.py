"""Suggests the EDTF date that people meant when they wrote a date in another notation."""

from __future__ import annotations

import re
from collections.abc import Iterator

_NAMES = "jan feb|fév mar|maa|mrt|mär apr|avr mei|may|mai jun|juin jul|juil aug|aoû sep oct|okt nov dec|dez|déc"
_MONTHS = {name: place for place, names in enumerate(_NAMES.split(), start=1) for name in names.split("|")}
_NOTATIONS = tuple(
    pattern + r" ?(?P<mark>[?~%]?)"
    for pattern in (
        r"(?P<y>[0-9]{4})[-/. ](?P<m>[0-9]{1,2})(?:[-/. ](?P<d>[0-9]{1,2}))?",
        r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})",
        r"(?P<d>[0-9]{1,2})[-/. ](?P<m>[0-9]{1,2})[-/. ](?P<y>[0-9]{4})",
        r"(?P<m>[0-9]{1,2})[-/. ](?P<d>[0-9]{1,2})[-/. ](?P<y>[0-9]{4})",
        r"(?:(?P<d>[0-9]{1,2})\.? )?(?P<m>[^\W\d_]{3,})\.? (?P<y>[0-9]{4})",
        r"(?P<m>[^\W\d_]{3,})\.? (?P<d>[0-9]{1,2}),? (?P<y>[0-9]{4})",
    )
)


def suggestions(text: str) -> Iterator[str]:
    """Yield what may have been meant, most likely first; not all of it is valid EDTF."""
    tight = "".join(text.split())
    yield tight
    yield tight.upper()
    yield tight.upper().replace("UNKNOWN", "").replace("OPEN", "..").replace("U", "X")  # as drafts of EDTF had it
    yield _reordered(text)
    start, *end = text.split("/")
    yield "/".join(_reordered(part.partition("T")[0]) for part in (start, *end))
    if end:
        yield f"{text}-XX"
        yield f"{end[-1]}/{start}"


def _reordered(text: str) -> str:
    """Return a date in EDTF's order: year, month, day."""
    for notation in _NOTATIONS:
        if match := re.fullmatch(notation, text.strip()):
            month, day = _month(match["m"].lower()), int(match["d"] or 0)
            if 1 <= month <= 12 and day <= 31:
                return f"{match['y']}-{month:02}" + (f"-{day:02}" if match["d"] else "") + match["mark"]
    return text.strip()


def _month(written: str) -> int:
    """Return the month's number, 0 for a name in none of the languages."""
    if written.isdecimal():
        return int(written)
    return next((number for name, number in _MONTHS.items() if written.startswith(name)), 0)
