"""What is found in one file while its meaning is worked out, and the texts and references that every file has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeVar

from kg import terms
from kg.dates import Edtf
from kg.dates import read as read_edtf
from kg.errors import Finding, Path, Spot
from kg.model import Entity
from kg.terms import Iri, Literal

T = TypeVar("T")

LANGUAGE_ADVICE = "write a tag of BCP 47, as nl, en or fr-BE"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{3})?(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-[A-Za-z0-9]{1,8})*")


class Remarks:
    """Collects the findings of one file (or one line of a JSON Lines file), each at its path."""

    def __init__(self, file: str, line: int = 0) -> None:
        self.file = file
        self.line = line
        self.findings: list[Finding] = []

    def violation(self, path: Path, rule: str, message: str, *, detail: str = "", at_key: bool = False) -> None:
        spot = Spot(self.file, path, self.line, at_key)
        self.findings.append(Finding("violation", message, rule, spot, detail))

    def warning(self, path: Path, rule: str, message: str, *, detail: str = "", at_key: bool = False) -> None:
        spot = Spot(self.file, path, self.line, at_key)
        self.findings.append(Finding("warning", message, rule, spot, detail))

    def reference(self, name: str, known: Mapping[str, T], path: Path, what: str) -> T | None:
        """Return what `name` names among the `known`, or remark that it names nothing and what is nearest."""
        found = known.get(name)
        if found is None:
            message = f"{what} must be known, but there is no `{name}`{nearest(name, known)}"
            self.violation(path, "unknown-reference", message)
        return found

    def iri(self, text: str, path: Path) -> Iri:
        """Return an IRI that someone wrote, or `NONE` with a remark."""
        try:
            return terms.iri(text)
        except ValueError:
            message = f"this must be an absolute IRI without blanks, as https://example.org/x, not {text!r}"
            self.violation(path, "bad-iri", message)
            return Iri("")

    def iris(self, texts: Sequence[str], path: Path) -> tuple[Iri, ...]:
        """Return the IRIs of a list that someone wrote, without those that are remarked."""
        found = (self.iri(text, (*path, n)) for n, text in enumerate(texts))
        return tuple(iri for iri in found if iri)

    def language(self, tag: str, path: Path) -> str:
        """Return the language tag in lower case, or `und` with a remark."""
        if _LANGUAGE.fullmatch(tag):
            return tag.lower()
        self.violation(path, "bad-language", f"this must be a language tag, not {tag!r}: {LANGUAGE_ADVICE}")
        return "und"

    def names(self, written: str | Mapping[str, str], path: Path) -> tuple[Literal, ...]:
        """Return names: plain where they were given plain, else tagged with the language they were given in."""
        if isinstance(written, str):
            return (terms.plain(written),) if written else ()
        return self._by_language(written, path)

    def texts(self, written: str | Mapping[str, str], path: Path, language: str) -> tuple[Literal, ...]:
        """Return texts tagged with the language they were given in, else with `language`."""
        if isinstance(written, str):
            return (terms.text(written, language),) if written else ()
        return self._by_language(written, path)

    def _by_language(self, written: Mapping[str, str], path: Path) -> tuple[Literal, ...]:
        return tuple(terms.text(text, self.language(tag, (*path, tag))) for tag, text in written.items())

    def edtf(self, written: str, path: Path) -> Edtf:
        """Return the date read, or no date with a remark."""
        try:
            return read_edtf(written)
        except ValueError as error:
            self.violation(path, "bad-date", str(error))
            return Edtf("")


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `: did you mean …?`, or what there is where nothing is near.

    An entity is near by its names too: `Frankrijk` means `france`.
    """
    names = sorted(known)
    near = get_close_matches(name, names, n=1) or _named(name, known)
    if near:
        return f": did you mean `{near[0]}`?"
    if not names:
        return ": none is defined"
    shown = ", ".join(f"`{each}`" for each in names[:8])
    return f": there are {shown}{' and others' if len(names) > 8 else ''}"


def _named(name: str, known: Iterable[str]) -> list[str]:
    """Return the ids of what bears the name."""
    if not isinstance(known, Mapping):
        return []
    entities = {id: each for id, each in known.items() if isinstance(each, Entity)}
    wanted = name.casefold()
    return [
        id
        for id, entity in entities.items()
        if any(terms.literal_value(each).lexical.casefold() == wanted for each in (*entity.names, *entity.also))
    ]


def as_list(written: list[T] | T) -> list[T]:
    """Return what may be one or several as a list; `""` is none."""
    if isinstance(written, list):
        return written
    return [written] if written else []
