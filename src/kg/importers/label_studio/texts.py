"""Which of a task's fields is its text: that in which the regions stand."""

from __future__ import annotations

import re
from collections.abc import Mapping as Fields
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from kg.files.text_files import read_text
from kg.importers.core.mapping import Mapping, key
from kg.importers.label_studio.results import Region
from kg.importers.label_studio.shown import Shown, is_of_page, said_of, standing

_ELSEWHERE = re.compile(r"(?:https?|s3|gs)://\S+|/?data/\S+")
_SAMPLE = 20
_MOST = 20
_LONGEST_NAME = 200


class Chosen(NamedTuple):
    """A task's text: the field that holds it, how it is shown, and which of the regions' `shown` it is."""

    field: str
    shown: Shown
    names: frozenset[str]


class Texts:
    """Finds the texts of a file's tasks; where a task has no region, it is the field that held those before."""

    def __init__(self, mapping: Mapping, folder: Path | None) -> None:
        self._given = {key(name) for name, field in mapping.article.items() if field == "text"}
        self._folder = folder
        self._likely = ""
        self._pages: set[str] = set()

    def choose(self, data: Fields[str, object], regions: Sequence[Region]) -> Chosen | None:
        """Return the text of a task, None where it has none. Raises what `read_text` does for its file."""
        texts = {name: text for name, text in data.items() if isinstance(text, str) and text.strip()}
        names = [name for name in texts if key(name) in self._given] or self._ordered(texts, regions)
        is_page = any(is_of_page(region.value) for region in regions)
        best: Chosen | None = None
        most = -1
        for name in names[:_MOST]:
            written = self._fetched(texts[name], data)
            if written is None:
                continue
            shown = Shown(written, is_page=is_page or (not regions and name in self._pages))
            at_home = [region for region in regions[:_SAMPLE] if _stands(region, shown)]
            if len(at_home) > most:
                best, most = Chosen(name, shown, frozenset(region.shown for region in at_home)), len(at_home)
            if most == len(regions[:_SAMPLE]):
                break
        if best is not None and regions and most:
            self._likely = best.field
            self._pages |= {best.field} if is_page else set()
        return best

    def _ordered(self, texts: Fields[str, str], regions: Sequence[Region]) -> list[str]:
        """Return the fields that may hold the text, the likeliest first."""
        shown = {region.shown for region in regions}

        def rank(name: str) -> tuple[bool, bool, bool, int]:
            return name != self._likely, name not in shown, key(name) != "text", -len(texts[name])

        return sorted(texts, key=rank)

    def _fetched(self, text: str, data: Fields[str, object]) -> str | None:
        """Return a text, from the folder of texts where the field holds only where it stands; None if not there."""
        if not _ELSEWHERE.fullmatch(text.strip()):
            return text
        if self._folder is None:
            return None
        stem = PurePosixPath(re.split(r"[?#]", text.strip().replace("?d=", "/"))[0]).stem
        for name in (stem, *(str(data.get(each, "")) for each in ("doc_id", "id"))):
            name = PurePosixPath(name.replace("\\", "/")).name[:_LONGEST_NAME]
            file = self._folder / f"{name}.txt"
            if name and file.is_file():
                return read_text(str(file))
        return None


def _stands(region: Region, shown: Shown) -> bool:
    found = standing(shown, region.value)
    return found is not None and (found.is_said or not said_of(region.value))
