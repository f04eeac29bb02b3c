"""Reads the values that every file has (references, IRIs, texts, dates) and reports what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

from msgspec.structs import replace

from kg.annotations.classes import Date, Words
from kg.corpus.messages import curly_quotes
from kg.dates.edtf import Edtf, without_marks
from kg.dates.edtf import read as read_edtf
from kg.errors import Finding, Path, Spot
from kg.files.text_files import show_invisible
from kg.model import Dated
from kg.rdf import terms
from kg.rdf.terms import Iri, Literal
from kg.rdf.vocab import BASES
from kg.text.nearest_name import KnownNames

T = TypeVar("T")

MOST_COMPARED = 5_000_000
"""How many comparisons of unknown names with known ones are made for one file."""

_YEAR = re.compile(r"[0-9]{4}")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Reporter:
    """Collects the findings of one file (or one line of a JSON Lines file), each at its path."""

    def __init__(self, file: str, line: int = 0) -> None:
        self.file = file
        self.line = line
        self.findings: list[Finding] = []
        self.compared = 0

    def violation(self, path: Path, rule: str, message: str, *, detail: str = "", at_key: bool = False) -> None:
        spot = Spot(self.file, path, self.line, at_key)
        self.findings.append(Finding("violation", message, rule, spot, detail))

    def warning(self, path: Path, rule: str, message: str, *, detail: str = "", at_key: bool = False) -> None:
        spot = Spot(self.file, path, self.line, at_key)
        self.findings.append(Finding("warning", message, rule, spot, detail))

    def reference(
        self, name: str, known: Mapping[str, T], path: Path, kind: str, names: KnownNames | None = None
    ) -> T | None:
        """Return the thing that `name` names; report an unknown name with the nearest known one.

        `names` is an index of the known things, if there is one already.
        """
        found = known.get(name)
        if found is None:
            self.unknown(name, path, kind, self.advice(name, names or KnownNames(known)))
        return found

    def advice(self, name: str, names: KnownNames, others: KnownNames | None = None) -> str:
        """Return which known name may be meant, or what to do; compares no more than `MOST_COMPARED` names."""
        self.compared += len(names) + (len(others) if others else 0)
        return names.advice(name, others) if self.compared < MOST_COMPARED else "correct it, or define it"

    def unknown(self, name: str, path: Path, kind: str, advice: str) -> None:
        """Report a name that names nothing of a kind, and what to do."""
        message = f"{field_of(path)} must name {kind}, and there is no `{show_invisible(name)}`: {advice}"
        self.violation(path, "unknown-reference", message)

    def no_repeats(self, names: Sequence[object], path: Path) -> None:
        """Report each name that a list repeats."""
        if len(set(names)) == len(names):
            return
        seen: set[object] = set()
        for n, name in enumerate(names):
            if name not in seen:
                seen.add(name)
            else:
                message = f"{field_of(path)} must name each once, and `{name}` is listed before: delete it here"
                self.violation((*path, n), "named-twice", message)

    def iri(self, text: str, path: Path) -> Iri:
        """Return the IRI that someone wrote, `NONE` if it is not one, which is reported."""
        message = f"{field_of(path)} must be a whole web address, as https://example.org/x, not {text!r}"
        try:
            iri = terms.iri(text)
        except ValueError:
            self.violation(path, "bad-iri", message + _whole_address(text))
            return Iri("")
        if not terms.has_known_scheme(text):
            scheme = text.partition(":")[0]
            advice = f": no web address begins with `{scheme}:`; write one with https:// or http://"
            self.violation(path, "bad-iri", message + advice)
            return Iri("")
        return iri

    def iris(self, texts: Sequence[str], path: Path) -> tuple[Iri, ...]:
        """Return the IRIs of a list; what is not an IRI is reported and left out."""
        self.no_repeats(texts, path)
        found = dict.fromkeys(self.iri(text, (*path, n)) for n, text in enumerate(texts))
        return tuple(iri for iri in found if iri)

    def language(self, tag: str, path: Path) -> str:
        """Return the language tag in small letters, `und` if it is not one, which is reported."""
        if not (fault := language_fault(tag)):
            return tag.lower()
        self.violation(path, "bad-language", fault)
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
        literals = (terms.text(text, self.language(tag, (*path, tag))) for tag, text in written.items())
        return tuple(dict.fromkeys(literals))

    def version(self, version: str, path: Path, *, at_key: bool = False) -> None:
        """Report a version that cannot be part of an IRI."""
        if not _VERSION.fullmatch(version):
            message = f"a version must be letters, digits, `.`, `-` and `_`, not {version!r}: rename it"
            self.violation(path, "bad-version", message, at_key=at_key)

    def edtf(self, written: str, path: Path) -> Edtf:
        """Return the date, or no date if it is not EDTF, which is reported."""
        try:
            return read_edtf(written)
        except ValueError as error:
            self.violation(path, "bad-date", str(error))
            return Edtf("")


def language_fault(tag: str) -> str:
    """Return why a text is not a language tag, `""` if it is one."""
    # BCP 47 reserves longer primary tags: here they are names such as `Dutch`.
    if terms.is_language(tag) and len(tag.partition("-")[0]) <= 3:
        return ""
    wanted = "a language must be a tag of BCP 47, as nl, en or fr-BE"
    if wrong := curly_quotes(tag):
        return f"{wanted}: {wrong}"
    return f"{wanted}, not {tag!r}: correct it"


def field_of(path: Path) -> str:
    """Return the field of a path as messages name it: `about` for `("claims", "c01", "about", 2)`."""
    return f"`{next((step for step in reversed(path) if isinstance(step, str)), '')}`"


def _whole_address(text: str) -> str:
    """Return `: did you mean …?` if only the scheme is missing, else what to do."""
    if "." in text and ":" not in text:
        try:
            return f": did you mean '{terms.iri('https://' + text)[1:-1]}'?"
        except ValueError:
            pass
    return ": write it in full, without blanks"


def as_list(written: list[T] | T) -> list[T]:
    """Return one value or a list of values as a list; `""` is no value."""
    if isinstance(written, list):
        return written
    return [written] if written else []


def as_text(words: Words | str) -> str:
    """Return the words of `{words, in, start}`, or words that were written alone."""
    return words if isinstance(words, str) else words.words


def one_or_all(several: list[T]) -> list[T] | T:
    """Return a list as people write it, a single value without a list: the inverse of `as_list`."""
    return several[0] if len(several) == 1 else several


def dated(date: str | Date, path: Path, report: Reporter, language: str = "und") -> Dated:
    """Return the date that someone wrote, with its words in `language`. A wrong date is reported and left empty."""
    if isinstance(date, str):
        edtf = report.edtf(date, path)
        return Dated(edtf, edtf.earliest, edtf.latest, basis=BASES.outside)
    edtf = report.edtf(date.edtf, (*path, "edtf"))
    if not date.words and not date.why:
        message = "a date must say how it is known: give `words` (what the article says) or `why`"
        report.violation((*path, "edtf"), "date-without-reason", message)
    return Dated(
        edtf=edtf,
        earliest=edtf.earliest,
        latest=edtf.latest,
        words=(terms.text(as_text(date.words), language),) if date.words else (),
        why=(terms.plain(date.why),) if date.why else (),
        basis=BASES[_basis(date)],
    )


def _basis(date: Date) -> str:
    if not date.words:
        return "outside"
    year = _YEAR.search(date.edtf)
    return "printed" if year and year.group() in as_text(date.words) else "relative"


def not_later_than(date: Dated, published: str, corrected: str) -> Dated:
    """Return the date; an uncertain one without bounds is at the latest the day when the article was out.

    If the date is probably after that, it is the day of the article's correction.
    """
    if date.edtf.qualifier and not date.edtf.certain and not date.latest:
        late = without_marks(date.edtf).earliest > published
        return replace(date, latest=corrected if late and corrected else published)
    return date
