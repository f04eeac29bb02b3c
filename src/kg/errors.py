"""Errors and findings: what is wrong with the user's data, and where in which file."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple

Severity = Literal["violation", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("violation", "warning", "info")

Path = tuple[str | int, ...]
"""The way to a value inside a file, as `("claims", "c01", "words", 0)`."""


class Place(NamedTuple):
    """A line and column of a file, from 1; columns count code points. Line 0 means the whole file.

    `cell` is the name of the cell at this row and column of a workbook, as `Sheet1!B17`.
    """

    file: str
    line: int
    column: int
    cell: str = ""

    def __str__(self) -> str:
        if self.cell:
            return f"{self.file}:{self.cell}"
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


_ADVICE = {
    errno.ENOENT: "check the name and its folder",
    errno.EEXIST: "name another",
    errno.ENOTDIR: "check the name: a part of it is a file and no folder",
    errno.EISDIR: "name a file in it",
    errno.EACCES: "change its permissions, or use another",
    errno.EPERM: "change its permissions, or use another",
    errno.EROFS: "use a folder that can be written",
    errno.ENAMETOOLONG: "use a shorter name",
    errno.ELOOP: "its links lead in a circle: delete one",
    errno.ENOSPC: "free space on the disk",
    errno.EDQUOT: "free space on the disk",
    errno.EFBIG: "allow larger files (`ulimit -f`)",
    errno.EMFILE: "allow more open files (`ulimit -n`)",
}


def reason_of(error: OSError, known: object = "") -> str:
    """Return why the system refused, without the number of the error, and the file if it is not the `known` one.

    A name that begins with `.kg-`, of our own temporary files, says nothing to users and is left out.
    """
    why = error.strerror or (os.strerror(error.errno) if error.errno else str(error))
    named = error.filename2 or error.filename  # where a file was to be moved, if that failed
    file = os.fsdecode(named) if isinstance(named, (str, bytes, os.PathLike)) else ""
    is_ours = os.path.basename(file).startswith(".kg-")
    return why if not file or is_ours or file == str(known) else f"{why} ({file})"


def error_message(error: Exception, known: object = "") -> str:
    """Return what an error says: why the system refused, as `reason_of` does, or its message."""
    return reason_of(error, known) if isinstance(error, OSError) else str(error)


def explanation(error: OSError, known: object = "") -> str:
    """Return why the system refused, as `reason_of` does, and what helps."""
    return ": ".join(filter(None, (reason_of(error, known), _ADVICE.get(error.errno or 0, ""))))


def file_error(file: object, error: OSError, what: str = "it cannot be read") -> FileError:
    """Return the error for a file or folder that the system refused: what failed, why, and what helps."""
    return FileError(": ".join(filter(None, (str(file), what, explanation(error, file)))))


class WorkerError(KgError):
    """A worker process was killed."""

    status = 3


@contextmanager
def errors_about(original: str, *, copy: str) -> Iterator[None]:
    """Name files of the original in errors about a temporary copy; both are how paths in them begin."""
    try:
        yield
    except CorpusError as error:
        raise CorpusError([_moved(each, copy, original) for each in error.findings]) from error
    except KgError as error:
        if copy not in str(error):
            raise
        raise type(error)(str(error).replace(copy, original)) from error


def _moved(finding: Finding, copy: str, original: str) -> Finding:
    message, detail = (text.replace(copy, original) for text in (finding.message, finding.detail))
    at = finding.at and finding.at._replace(file=finding.at.file.replace(copy, original, 1))
    return finding._replace(message=message, detail=detail, at=at)


def numbered(count: int, noun: str) -> str:
    """Return `1 file`, `3 files`."""
    return f"{count} {noun}{'s' * (count != 1)}"
