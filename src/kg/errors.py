"""Errors and findings: what is wrong with the user's data, and where in which file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

Severity = Literal["violation", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("violation", "warning", "info")

Path = tuple[str | int, ...]
"""The way to a value inside a file, as `("claims", "c01", "words", 0)`."""


class Place(NamedTuple):
    """A line and column of a file, from 1; columns count code points. Line 0 means the whole file."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Spot(NamedTuple):
    """A value of a file by its path; `kg.corpus.reader` finds its `Place`, which is needed only for reports.

    `line` is the line of a JSON Lines file that contains the record (0: the file is YAML).
    `at_key` points at the key of the value instead of the value.
    """

    file: str
    path: Path = ()
    line: int = 0
    at_key: bool = False


class Finding(NamedTuple):
    """An error, warning or remark about the user's data.

    `message` says what is required, what was found instead, and what to do; `rule` is a short stable name of the
    rule (`words-not-found`), for a SHACL result that of its shape (`claim-in-time`); `detail` has further lines,
    such as the nearest passage. `focus`, `path`, `value`, `shape` and `component` are RDF terms, empty unless the
    finding is about RDF.
    """

    severity: Severity
    message: str
    rule: str
    at: Place | Spot | None = None
    detail: str = ""
    focus: str = ""
    path: str = ""
    value: str = ""
    shape: str = ""
    component: str = ""


class KgError(Exception):
    """An error that `kg` reports without a traceback; `status` is the exit status of the command."""

    status = 1


class CorpusError(KgError):
    """The data is wrong: `findings` has everything that was found, at least one violation."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(finding.message for finding in self.findings))

    def __reduce__(self) -> tuple[type[CorpusError], tuple[tuple[Finding, ...]]]:
        """Pickle the findings instead of the message, for other processes."""
        return type(self), (self.findings,)


class UsageError(KgError):
    """The command was called in a way that cannot work."""

    status = 2


class FileError(KgError):
    """A file, a store or the network failed."""

    status = 3


class WorkerError(KgError):
    """A worker process was killed."""

    status = 3


def numbered(count: int, noun: str) -> str:
    """Return `1 file`, `3 files`."""
    return f"{count} {noun}{'s' * (count != 1)}"
