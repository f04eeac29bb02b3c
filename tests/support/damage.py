"""Files as they look after an accident."""

from __future__ import annotations

from hypothesis import strategies as st


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """Return bytes of which some were dropped, doubled, changed or swapped."""
    raw = bytearray(whole)
    for _ in range(draw(st.integers(1, 6))):
        at, length = draw(st.integers(0, len(raw))), draw(st.integers(0, 12))
        piece = bytes(raw[at : at + length])
        others = (b"", piece * 2, piece[::-1], b"\t", b"\n", b"9" * length, b"\xff", b"<", b"&x;")
        raw[at : at + length] = draw(st.sampled_from(others))
    return bytes(raw)
