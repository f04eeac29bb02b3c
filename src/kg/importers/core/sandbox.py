"""Reads foreign files in a child process with limits on memory and time.

So no file can take the machine down. `read_items` sends the request, `read_source` answers in the child, in
msgpack.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from kg.errors import CorpusError, FileError, Finding, KgError, Place, UsageError, file_error, reason_of
from kg.importers import find_importer
from kg.importers.core.documents import AnnotatedText, Heartbeat, Skipped
from kg.importers.core.mapping import Mapping
from kg.processes.child import Child, ChildEndedError, Requests
from kg.processes.limits import limit_memory, refuse_sockets

PATIENCE = 120.0
"""After this many seconds without a document or heartbeat, a reader is stopped."""
_LAST_WORDS = 300
_ERRORS: dict[str, type[UsageError | FileError]] = {"usage": UsageError, "file": FileError}


class ReadRequest(Struct, frozen=True):
    """The source, importer and mapping (None: the importer's own), and the limit of memory in bytes."""

    importer: str
    source: str
    texts: str
    mapping: Mapping | None
    memory: int


class ChosenMapping(Struct, frozen=True, tag=True):
    """The mapping that is used."""

    mapping: Mapping


class Violation(Struct, frozen=True):
    """A fault in a file: see `kg.errors.Finding`."""

    message: str
    rule: str
    at: Place | None
    detail: str


class ReadingFailed(Struct, frozen=True, tag=True):
    """Why reading ended: `kind` is `data`, `usage` or `file`."""

    kind: str
    message: str
    violations: tuple[Violation, ...] = ()


class ReadingDone(Struct, frozen=True, tag=True):
    """The end: everything was read."""


Message = ChosenMapping | AnnotatedText | Skipped | Heartbeat | ReadingFailed | ReadingDone
_DECODER: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


def read_items(request: ReadRequest) -> Iterator[ChosenMapping | AnnotatedText | Skipped]:
    """Yield the mapping that is used, then each document, and each record that is left out.

    Raises `CorpusError` if the file is not in the right format, `FileError` if it cannot be read or takes too much
    memory or time, `UsageError` if the importer needs another option.
    """
    for name in (request.source, request.texts):
        if name != _printable(name):
            raise _not_utf8(name)
    with Child("kg.importers.core.sandbox:read_source") as child:
        try:
            child.send(msgspec.msgpack.encode(request))
            yield from _items(child)
        except TimeoutError as error:
            why = f"for {PATIENCE:g} seconds nothing more could be read: split the file"
            raise FileError(f"{request.source}: {why}") from error
        except ChildEndedError as error:
            raise FileError(f"{request.source}: {_why_it_ended(error)}") from error


def _items(child: Child) -> Iterator[ChosenMapping | AnnotatedText | Skipped]:
    while True:
        message = _DECODER.decode(child.receive(PATIENCE))
        if isinstance(message, ReadingDone):
            return
        if isinstance(message, ReadingFailed):
            raise _error(message)
        if not isinstance(message, Heartbeat):
            yield message


def _why_it_ended(child: ChildEndedError) -> str:
    if child.status < 0 and not child.complaint:
        return "its reader was killed from outside, most often for want of memory: try again"
    return f"its reader failed, please report it: {child.last_words[:_LAST_WORDS] or child.status}"


def read_source(requests: Requests) -> None:
    """Answer the one request of a child process."""
    request = msgspec.msgpack.decode(next(iter(requests)), type=ReadRequest)
    try:
        _read(request, requests)
    except KgError as error:
        requests.reply(encoded(_failed(error)))
    except OSError as error:
        if error.filename:
            requests.reply(encoded(_failed(file_error(request.source, error))))
        else:  # not of a file: of a socket, for example
            _fail(requests, f"{request.source}: {reason_of(error)}")
    except MemoryError:
        most = f"{request.memory // 1_000_000:,} MB"
        why = f"a document of it needs more than {most} of memory: split it, or allow more with `--memory`"
        _fail(requests, f"{request.source}: {why}")
    except RecursionError:
        _fail(requests, f"{request.source}: it nests deeper than can be read: write it flatter")


def _read(request: ReadRequest, requests: Requests) -> None:
    importer = find_importer(request.importer)
    limit_memory(request.memory)
    refuse_sockets()
    source = Path(request.source)
    mapping = request.mapping or importer.preset(source)
    requests.reply(encoded(ChosenMapping(mapping)))
    for item in importer.read(source, mapping, Path(request.texts) if request.texts else None):
        requests.reply(encoded(item))
    requests.reply(encoded(ReadingDone()))


def _fail(requests: Requests, message: str) -> None:
    requests.reply(encoded(ReadingFailed("file", message)))


def encoded(message: Message) -> bytes:
    """Encode a message. A document with half a character is replaced by a record that it is left out.

    Raises `FileError` if the name of the file is not UTF-8.
    """
    try:
        return msgspec.msgpack.encode(message)
    except UnicodeEncodeError:
        if isinstance(message, ReadingFailed):
            return msgspec.msgpack.encode(ReadingFailed("file", _printable(message.message)))
        if not isinstance(message, AnnotatedText | Skipped):
            raise
        if message.at.file != _printable(message.at.file):
            raise _not_utf8(message.at.file) from None
        why = "it has half of a character in it (a lone surrogate): write it whole"
        kind = "article" if isinstance(message, AnnotatedText) else message.kind
        return msgspec.msgpack.encode(Skipped(kind, "?", why, message.at))


def _not_utf8(file: str) -> FileError:
    return FileError(f"{_printable(file)}: a file must have a name in UTF-8, this one has not: rename it")


def _printable(text: str) -> str:
    """Return a text that can be encoded: names of files need not be UTF-8."""
    return text.encode("utf-8", "replace").decode()


def _failed(error: KgError) -> ReadingFailed:
    """Return an error as a message."""
    if isinstance(error, CorpusError):
        violations = (Violation(each.message, each.rule, _place(each), each.detail) for each in error.findings)
        return ReadingFailed("data", str(error), tuple(violations))
    return ReadingFailed("usage" if isinstance(error, UsageError) else "file", str(error))


def _error(message: ReadingFailed) -> KgError:
    """Return the error that a message describes."""
    if message.kind == "data":
        return CorpusError(
            Finding("violation", each.message, each.rule, each.at, each.detail) for each in message.violations
        )
    return _ERRORS[message.kind](message.message)


def _place(finding: Finding) -> Place | None:
    return finding.at if isinstance(finding.at, Place) else None
