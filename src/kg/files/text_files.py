"""Text files, with a limit on their size and the place of every character. All files of a corpus are read here.

Columns count code points; a line ends at LF, CRLF or CR, as in editors. A byte order mark at the start is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, NamedTuple

from kg.errors import CorpusError, FileError, Finding, Place, file_error
from kg.files.compression import decompression_errors, open_decompressed
from kg.files.input_files import CHUNK_SIZE, NAMED, open_input
from kg.files.places import Lines

LIMIT = 10_000_000
"""The most bytes that a YAML or text file may have: a novel has one million, a bomb has more."""
LINE_LIMIT = 64_000_000
"""The most bytes that a line of JSON Lines may have."""

# What XML or N-Triples readers refuse: C0 controls except tab, LF and CR; DEL; lone surrogates; two non-characters.
UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# YAML allows NEL as the only C1 control, and a byte order mark only at the start.
_UNSAFE_IN_YAML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_SAFE_BYTES = bytes(byte for byte in range(256) if byte not in range(32) or byte in b"\t\n\r").replace(b"\x7f", b"")
_LONGEST_SHOWN = 60
BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# What a file is that was renamed to .txt, .yaml or .csv, by its first bytes.
_OTHER_FORMATS = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a file of Word, Excel or OpenDocument, or another zip archive",
    b"\xd0\xcf\x11\xe0": "a file of an old Word or Excel",
    b"{\\rtf": "RTF",
}
# Characters that look like a blank, or like nothing.
_INVISIBLE = {
    "\u00a0": "no-break space",
    "\u2007": "figure space",
    "\u202f": "narrow no-break space",
    "\u200b": "zero-width space",
    "\u2060": "word joiner",
    "\ufeff": "byte order mark",
    "\u00ad": "soft hyphen",
}
_SHOWN = str.maketrans({character: f"[{name} U+{ord(character):04X}]" for character, name in _INVISIBLE.items()})


class Line(NamedTuple):
    """A line of JSON Lines: its number, from 1, its bytes, and its offset in the (decompressed) file."""

    number: int
    raw: bytes
    offset: int


def read_text(file: str, folder: str = NAMED) -> str:
    """Return the text of a file that the user named, or of one in a folder, as `open_input` opens it.

    Raises `CorpusError` if it is too large or not UTF-8, `FileError` if it cannot or must not be read.
    """
    return decode_text(read_bytes(file, folder), file)


def read_bytes(file: str, folder: str = NAMED) -> bytes:
    """Return the content of a text file, as `read_text` opens it. Raises as `read_text` does."""
    try:
        with open_input(file, folder) as stream:
            raw = stream.read(LIMIT + 1)
    except OSError as error:
        raise file_error(file, error) from error
    if len(raw) > LIMIT:
        message = f"a file must have at most {LIMIT // 1_000_000} MB, this one has more: split it"
        raise CorpusError([Finding("violation", message, "too-large", Place(file, 1, 1))])
    return raw


def other_format(raw: bytes) -> str:
    """Return what a file that begins with these bytes is, if it is not a text; else `""`."""
    return next((name for head, name in _OTHER_FORMATS.items() if raw.startswith(head)), "")


def decode_text(raw: bytes, file: str, *, line: int = 1) -> str:
    """Return bytes as text without a byte order mark. Raises `CorpusError` at the first bad byte."""
    if other := other_format(raw):
        message = f"the file must be plain text, and this is {other}: save its text as plain text, in UTF-8"
        raise CorpusError([Finding("violation", message, "not-text", Place(file, line, 1))])
    raw = raw.removeprefix(BOM)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode("utf-8")
        message = "the file must be UTF-8, these bytes are not: save it as UTF-8"
        if raw.startswith(_UTF_16):
            message = "the file must be UTF-8, it is UTF-16 (`Unicode` in Windows): save it as UTF-8"
        at = Lines(file, good, first=line).place(len(good))
        raise CorpusError([Finding("violation", message, "not-utf-8", at)]) from error


def control_characters(text: str, file: str, *, line: int = 1, yaml: bool = False) -> list[Finding]:
    """Return a finding about the first character that XML, N-Triples or YAML readers refuse."""
    if not yaml and is_safe(text.encode()):
        return []
    found = list((_UNSAFE_IN_YAML if yaml else UNSAFE).finditer(text))
    if not found:
        return []
    number = "" if len(found) == 1 else f" (the first of {len(found)})"
    message = f"a text must be free of control characters, this is {code_point(found[0][0])}{number}: delete it"
    place = Lines(file, text, first=line).place(found[0].start())
    return [Finding("violation", message, "control-character", place)]


def is_safe(raw: bytes) -> bool:
    """Tell whether UTF-8 text has no match of `UNSAFE`, in an eighth of the time of the search."""
    if raw.translate(None, _SAFE_BYTES):
        return False
    # Few texts have the first byte of the non-characters, and looking for one byte is fast.
    return b"\xef" not in raw or (b"\xef\xbf\xbe" not in raw and b"\xef\xbf\xbf" not in raw)


def code_point(character: str) -> str:
    """Return the code point of a character: `U+0007`."""
    return f"U+{ord(character):04X}"


def read_lines(file: str, folder: str = NAMED, *, number: int = 1, offset: int = 0) -> Iterator[Line]:
    """Yield the non-blank lines of a `.jsonl`, `.jsonl.gz` or `.jsonl.zst`, with one in memory at a time.

    Starts with the line of this number, which was at this offset when the file was split into ranges. Raises
    `CorpusError` at a line above the limit and if a compressed file is truncated, `FileError` if it cannot be read
    or no longer has a line at the offset.
    """
    with _decompressed(file, folder) as (stream, reached):
        reached.line = number - 1
        if offset:
            stream.seek(offset - 1)
            if stream.read(1) != b"\n":
                raise changed_while_read(file)
        while raw := stream.readline(LINE_LIMIT + 1):
            reached.line += 1
            if len(raw) > LINE_LIMIT:
                raise CorpusError([_too_long(file, reached.line)])
            if not raw.isspace():
                yield Line(reached.line, raw, offset)
            offset += len(raw)


def changed_while_read(file: str) -> FileError:
    """Return the error for a file that changed after it was split into ranges."""
    return FileError(
        f"{file}: this file was changed while the corpus was read, so nothing was published: run it again when the "
        "file is complete"
    )


def read_chunks(file: str, folder: str = NAMED) -> Iterator[bytes]:
    """Yield the content of a file, decompressed, in chunks. Raises as `read_lines` does."""
    with _decompressed(file, folder) as (stream, reached):
        while chunk := stream.read(CHUNK_SIZE):
            yield chunk
            reached.line += chunk.count(b"\n")


class _Reached:
    """The number of the last line that was read."""

    line = 0


@contextmanager
def _decompressed(file: str, folder: str) -> Iterator[tuple[IO[bytes], _Reached]]:
    """Open a file, decompressed. If it is truncated or damaged, the error says after which line."""
    reached = _Reached()
    try:
        with open_decompressed(file, folder) as stream:
            yield stream, reached
    except EOFError as error:
        raise CorpusError([_cut_off(file, reached.line)]) from error
    except decompression_errors() as error:
        raise CorpusError([_damaged(file, reached.line)]) from error
    except OSError as error:
        if error.errno is None:  # raised by bz2
            raise CorpusError([_damaged(file, reached.line)]) from error
        raise file_error(file, error) from error


def show_invisible(text: str) -> str:
    """Return a text with its invisible characters replaced by their names: `c02[no-break space U+00A0]`."""
    return text.translate(_SHOWN)


def shortened(text: str) -> str:
    """Return a text on one line, cut if it is long, with control and invisible characters by name."""
    line = " ".join(UNSAFE.sub(lambda found: f" {code_point(found[0])} ", show_invisible(text)).split())
    return line if len(line) <= _LONGEST_SHOWN else line[: _LONGEST_SHOWN - 1] + "…"


def _too_long(file: str, number: int) -> Finding:
    message = (
        f"a line must have at most {LINE_LIMIT // 1_000_000} MB, this one has more: write one article a line "
        "(the rest of the file was not read)"
    )
    return Finding("violation", message, "line-too-long", Place(file, number, 1))


def _cut_off(file: str, number: int) -> Finding:
    message = f"a compressed file must be whole, this one ends after line {number}: copy or pack it again"
    return Finding("violation", message, "cut-off", Place(file, number + 1, 1))


def _damaged(file: str, number: int) -> Finding:
    message = f"a compressed file must unpack, this one does not after line {number}: copy or pack it again"
    return Finding("violation", message, "damaged", Place(file, number + 1, 1))
