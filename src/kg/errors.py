"""Where something stands, and what is wrong there: the one form in which every fault travels to a person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

Severity = Literal["violation", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("violation", "warning", "info")

Path = tuple[str | int, ...]
"""The way to a value inside a file, as `("claims", "c01", "words", 0)`."""


class Place(NamedTuple):
    """A place that a person can go to: line and column start at 1, columns count code points.

    Line 0 is the file as a whole.
    """

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Spot(NamedTuple):
    """A value of a file by its path; `kg.corpus.places` finds its `Place`, which is needed only for reports.

    `line` is the line of a JSON Lines file that holds the record (0: the file is YAML).
    `at_key` points at the key of the value instead of the value.
    """

    file: str
    path: Path = ()
    line: int = 0
    at_key: bool = False


class Finding(NamedTuple):
    """One thing that a person should know about their data.

    `message` says what must hold, not what was found, then what to do; `rule` is a short stable name of what was
    broken (`words-not-found`, or the component of a SHACL result); `detail` holds further lines, as the
    nearest passage. `focus`, `path` and `value` are RDF terms, empty unless the finding is a SHACL result.
    """

    severity: Severity
    message: str
    rule: str
    at: Place | Spot | None = None
    detail: str = ""
    focus: str = ""
    path: str = ""
    value: str = ""


class KgError(Exception):
    """What `kg` says and ends with; `status` is the exit status of the command."""

    status = 1


class CorpusError(KgError):
    """The data is wrong: `findings` holds everything that was found, at least one of them a violation."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(finding.message for finding in self.findings))

    def __reduce__(self) -> tuple[type[CorpusError], tuple[tuple[Finding, ...]]]:
        """Return how another process makes the same error."""
        return type(self), (self.findings,)


class UsageError(KgError):
    """The command was called in a way that cannot work."""

    status = 2


class FileError(KgError):
    """A file, a store or the network failed."""

    status = 3


class WorkerError(KgError):
    """A process that did part of the work was killed."""

    status = 3


def numbered(count: int, noun: str) -> str:
    """Return `1 file`, `3 files`."""
    return f"{count} {noun}{'s' * (count != 1)}"
