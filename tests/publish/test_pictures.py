"""The pictures in the docs, which `PYTHONPATH=tests python tests/generate/pictures.py` takes."""

from __future__ import annotations

import re
import struct

from generate.pictures import DESK, IMAGES, SITE
from support import ROOT

PALETTE = 3
"""How a PNG says that its colours are numbers of a list: https://www.w3.org/TR/png-3/#11IHDR."""


def test_the_docs_show_each_picture_in_the_size_of_its_window_and_it_is_small() -> None:
    taken = {name: size for name, (_, size) in {**SITE, **DESK}.items()}
    heads = {file.stem: struct.unpack(">II x B", file.read_bytes()[16:26]) for file in IMAGES.glob("*.png")}
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = {name for page in pages for name in re.findall(r"images/([\w-]+)\.png", page.read_text())}

    assert heads == {name: (*size, PALETTE) for name, size in taken.items()}
    assert shown == {*taken}
