"""What the process that reads a foreign file says to the one that asked it: one message a frame, by msgpack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

import msgspec
from msgspec import Struct

from kg.errors import CorpusError, FileError, Finding, KgError, Place, UsageError
from kg.importers.core.documents import AnnotatedText, Heartbeat, Skipped
from kg.importers.core.mapping import Mapping

_LENGTH = 4
_KINDS: dict[str, type[UsageError | FileError]] = {"usage": UsageError, "file": FileError}


class Request(Struct, frozen=True):
    """What is to be read, how, and with how many bytes of memory at most. No mapping: the importer's own."""

    importer: str
    source: str
    texts: str
    mapping: Mapping | None
    memory: int


class Chosen(Struct, frozen=True, tag=True):
    """The mapping that is read with."""

    mapping: Mapping


class Fault(Struct, frozen=True):
    """A violation: see `kg.errors.Finding`."""

    message: str
    rule: str
    at: Place | None
    detail: str


class Failed(Struct, frozen=True, tag=True):
    """Why reading ended: `kind` is `data`, `usage` or `file`."""

    kind: str
    message: str
    faults: tuple[Fault, ...] = ()


class Done(Struct, frozen=True, tag=True):
    """The end: all was read."""


Frame = Chosen | AnnotatedText | Skipped | Heartbeat | Failed | Done
_DECODER: msgspec.msgpack.Decoder[Frame] = msgspec.msgpack.Decoder(Frame)


def write_frame(stream: IO[bytes], frame: Frame) -> None:
    """Write a message; of a document with half a character, that it is left out.

    Raises `FileError` where it is the name of the file that is no UTF-8.
    """
    try:
        raw = msgspec.msgpack.encode(frame)
    except UnicodeEncodeError:
        if isinstance(frame, Failed):
            write_frame(stream, Failed("file", printable(frame.message)))
            return
        if not isinstance(frame, AnnotatedText | Skipped):
            raise
        if (file := printable(frame.at.file)) != frame.at.file:
            raise FileError(f"{file}: a file must have a name in UTF-8, this one has not: rename it") from None
        why = "it has half of a character in it (a lone surrogate): write it whole"
        kind = "article" if isinstance(frame, AnnotatedText) else frame.kind
        raw = msgspec.msgpack.encode(Skipped(kind, "?", why, frame.at))
    stream.write(len(raw).to_bytes(_LENGTH, "little") + raw)


def read_frame(buffer: bytearray) -> Iterator[Frame]:
    """Yield the messages that are whole in a buffer, and take them out."""
    while len(buffer) >= _LENGTH:
        end = _LENGTH + int.from_bytes(buffer[:_LENGTH], "little")
        if len(buffer) < end:
            return
        raw = bytes(buffer[_LENGTH:end])
        del buffer[:end]
        yield _DECODER.decode(raw)


def printable(text: str) -> str:
    """Return a text as it can be written: names of files need not be UTF-8."""
    return text.encode("utf-8", "replace").decode()


def failed(error: KgError) -> Failed:
    """Return an error as a message."""
    if isinstance(error, CorpusError):
        faults = (Fault(each.message, each.rule, _place(each), each.detail) for each in error.findings)
        return Failed("data", str(error), tuple(faults))
    return Failed("usage" if isinstance(error, UsageError) else "file", str(error))


def raised(message: Failed) -> KgError:
    """Return the error that a message is of."""
    if message.kind == "data":
        return CorpusError(
            Finding("violation", each.message, each.rule, each.at, each.detail) for each in message.faults
        )
    return _KINDS[message.kind](message.message)


def _place(finding: Finding) -> Place | None:
    return finding.at if isinstance(finding.at, Place) else None
