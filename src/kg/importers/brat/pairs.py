"""Which text each `.ann` file is about, whose annotations these are, and what the article is called.

A text stands beside its annotations, under the same name. It may also stand in another folder, as `text/x.txt` of
`attributions/x.ann`, or of `attributions/x_4b22.ann` by the annotator `4b22`. Several annotators may each have a
folder, with copies of the same texts or with the annotations alone.
"""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

_PARTED = "_-."
"""What may stand between the name of a text and that of an annotator."""


class Pair(NamedTuple):
    """An `.ann` file, its text's name (`""`: it has none), the article's id, and the annotator if one is told."""

    ann: str
    txt: str
    id: str
    by: str = ""


class _Found(NamedTuple):
    """An `.ann` with its text, and two ids: one within its own folder, and a shorter one that others may share."""

    pair: Pair
    shared: str


def read_pairs(anns: Iterable[str], txts: Iterable[str], digest: Callable[[str], bytes]) -> list[Pair]:
    """Return each `.ann` with its text. Articles have one id where their texts are one, by `digest`."""
    anns = list(anns)
    texts = _Texts(anns, txts)
    found = [texts.find(ann) for ann in anns]
    groups: dict[str, list[_Found]] = defaultdict(list)
    for each in found:
        groups[each.shared].append(each)
    joined = {each.pair.ann for group in groups.values() for each in _one_article(group, digest)}
    own = {each.pair.id for each in found if each.pair.ann not in joined and each.pair.id != each.shared}
    return [
        _joined(each, groups[each.shared]) if each.pair.ann in joined and each.shared not in own else each.pair
        for each in found
    ]


def _one_article(group: list[_Found], digest: Callable[[str], bytes]) -> list[_Found]:
    """Return those that are of one article, because their texts are the same: the most."""
    texts = dict.fromkeys(each.pair.txt for each in group if each.pair.txt)
    by_text = {txt: digest(txt) if len(texts) > 1 else b"" for txt in texts}
    counts = Counter(by_text[each.pair.txt] for each in group if each.pair.txt)
    for text, count in counts.most_common(1):
        if count > 1 or (len(group) == 1 and not _is_beside(group[0].pair)):
            return [each for each in group if each.pair.txt and by_text[each.pair.txt] == text]
    return []


def _joined(found: _Found, group: list[_Found]) -> Pair:
    """Return the annotations of an article by their annotator: the folder, where there are several."""
    folder = posixpath.dirname(found.pair.ann)
    by = posixpath.basename(folder) if len(group) > 1 and folder != posixpath.dirname(found.shared) else ""
    return found.pair._replace(id=found.shared, by=found.pair.by or by)


def _is_beside(pair: Pair) -> bool:
    return _stem(pair.ann) == _stem(pair.txt)


def _stem(name: str) -> str:
    return posixpath.splitext(name)[0]


class _Texts:
    """The texts of a source, by their names without folder and suffix."""

    def __init__(self, anns: Iterable[str], txts: Iterable[str]) -> None:
        self.owned = {posixpath.basename(_stem(ann)) for ann in anns}
        self.beside = {_stem(txt): txt for txt in txts}
        self.around: dict[tuple[str, str], list[str]] = defaultdict(list)
        for stem in self.beside:
            folder, name = posixpath.split(stem)
            self.around[folder, name].append(stem)
            while folder:
                folder = posixpath.dirname(folder)
                self.around[folder, name].append(stem)

    def find(self, ann: str) -> _Found:
        stem = _stem(ann)
        folder, name = posixpath.split(stem)
        if stem in self.beside:
            return _Found(Pair(ann, self.beside[stem], stem), posixpath.join(posixpath.dirname(folder), name))
        found, by = self.nearest(folder, name), ""
        for at in range(len(name) - 2, 0, -1):
            # A text that has annotations under its own name is not meant by `NAME-2.ann`.
            if not found and name[at] in _PARTED and name[:at] not in self.owned:
                found, by = self.nearest(folder, name[:at]), name[at + 1 :]
        if not found:
            return _Found(Pair(ann, "", stem), stem)
        name = posixpath.basename(found)
        above = posixpath.commonpath([folder, posixpath.dirname(found)]) if folder else ""
        return _Found(Pair(ann, self.beside[found], posixpath.join(folder, name), by), posixpath.join(above, name))

    def nearest(self, folder: str, name: str) -> str:
        """Return the one text of a name in the folder, or else around it; `""` if there is not just one."""
        while True:
            if (here := posixpath.join(folder, name)) in self.beside:
                return here
            inside = self.around.get((folder, name), [])
            if inside or not folder:
                return inside[0] if len(inside) == 1 else ""
            folder = posixpath.dirname(folder)
