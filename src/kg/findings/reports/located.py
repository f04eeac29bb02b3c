"""A finding as the formats for machines need it: where it stands in plain numbers, its text fit for any reader."""

from __future__ import annotations

from typing import NamedTuple

from kg.errors import Finding, Place, Severity, Spot
from kg.files.text_files import UNSAFE

REPLACEMENT = "\ufffd"


class Located(NamedTuple):
    """`file` is empty where there is none; `line` and `column` are 0 where they are not known.

    No text holds a character that XML refuses.
    """

    file: str
    line: int
    column: int
    severity: Severity
    rule: str
    message: str
    detail: str
    focus: str
    path: str
    value: str

    @property
    def whole(self) -> str:
        """The message with its detail on the next lines."""
        return f"{self.message}\n{self.detail}" if self.detail else self.message

    @property
    def where(self) -> str:
        """As much of `file:line:column` as is known."""
        return ":".join([self.file, *(str(number) for number in (self.line, self.column) if number)])


def locate(finding: Finding) -> Located:
    """Return a finding with its place in numbers."""
    place = _place(finding.at)
    texts = (finding.rule, finding.message, finding.detail, finding.focus, finding.path, finding.value)
    return Located(safe(place.file), place.line, place.column, finding.severity, *map(safe, texts))


def safe(text: str) -> str:
    """Return a text in which control characters are replaced."""
    return UNSAFE.sub(REPLACEMENT, text)


def _place(at: Place | Spot | None) -> Place:
    match at:
        case Place():
            return at
        case Spot(file, line=line):
            return Place(file, line, 0)
    return Place("", 0, 0)
