"""Web annotations with bytes dropped, doubled, swapped: read or refused, never anything else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import CorpusError, FileError, UsageError
from kg.importers.core.documents import AnnotatedText
from kg.importers.web_annotation import preset, read
from support import SHARED
from support.web_annotations import SOURCE, TEXT, annotation, collection, laid, page, position, quote, tag


@cache
def fixtures() -> tuple[bytes, ...]:
    files = [SHARED / "annotation-tools" / "recogito-annotations.w3c.json"]
    files += [
        SHARED / "web-annotation" / "correct" / name for name in ("anno38.json", "anno29.json", "anno40.json")
    ]
    ours = [
        annotation("#1", position(20, 24), quote("NAVO"), creator={"name": "ann"}, created="2020-01-01T00:00:00Z")
    ]
    ours += [
        annotation("#2", quote("Nee"), body=[tag("speaker: Merkel"), {"purpose": "identifying", "source": {}}])
    ]
    ours += [{"id": "#3", "motivation": "linking", "body": [tag("answers")], "target": ["#2", "#1"]}]
    rows = {"total": 1, "rows": [{**ours[0], "tags": ["x"], "user": "acct:a@b", "uri": SOURCE, "text": "hm"}]}
    return (
        *(file.read_bytes() for file in files),
        json.dumps(collection(page(*ours))).encode(),
        json.dumps(rows).encode(),
    )


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """Draw a fixture of which some bytes are dropped, doubled, swapped, or made others."""
    raw = draw(st.sampled_from(fixtures()))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(raw)))
        end = min(len(raw), start + draw(st.integers(0, 40)))
        other = draw(st.sampled_from([b"", raw[start:end] * 2, raw[start:end][::-1], *_OTHERS]))
        raw = raw[:start] + other + raw[end:]
    return raw


_OTHERS = (b"\x00", b"\xff", b'"', b"{", b"[", b"]}", b"null", b"-1", b"1e400", b'"\\ud800"', b'{"items":[', b"\\")


@settings(max_examples=150)
@given(broken())
def test_a_broken_file_is_read_or_refused_and_nothing_else(raw: bytes) -> None:
    with TemporaryDirectory() as folder:
        laid(Path(folder), texts={"nato.txt": TEXT, "document1.txt": TEXT})
        file = Path(folder, "a.json")
        file.write_bytes(raw)

        for each in survived(file):
            if isinstance(each, AnnotatedText):
                assert all(0 <= a < b <= len(each.text) for mark in each.marks for a, b in mark.parts)


def survived(file: Path) -> Iterator[object]:
    with suppress(CorpusError, FileError, UsageError):
        yield from read(file, preset(file), None)
