"""Who a claim's speaker is: an entity that is known, a source of the article, or someone unnamed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from kg.annotations.classes import SourceEntry
from kg.errors import Place
from kg.importers.core.documents import Mark, Name, Skipped
from kg.importers.core.fields import Fields
from kg.importers.core.names import Names, slug
from kg.meaning.remarks import one_or_all
from kg.text.anchors import occurs
from kg.text.spans import CollapsedText

# As a claims file has them, and what `kg export -f csv` and `-f web-annotation` write.
OWN_VOICE, UNNAMED = "article", "unnamed"


class Said(NamedTuple):
    """The fields of a claim that say who said it."""

    speaker: list[str] | str
    words: str
    note: str = ""


class Speakers:
    """The speakers of one article. `sources` are those that no entity stands for and several claims have."""

    def __init__(self, names: Names, text: CollapsedText, opened: list[Skipped]) -> None:
        self.names = names
        self.text = text
        self.opened = opened
        self.sources: dict[str, SourceEntry] = {}
        self._by_key: dict[str, str] = {}
        self._numbers: Counter[str] = Counter()

    def read(self, spans: Sequence[tuple[Mark, str]], fields: Fields, shared: frozenset[str], at: Place) -> Said:
        """Return who said a claim: by its attributes, else by the spans that name a speaker, with their words.

        A span that several claims share is one source of theirs; two spans are two, however alike they read.
        """
        words = next((self._verbatim(words) for _, words in spans if self._verbatim(words)), "")
        if fields.speakers:
            return self._named(fields.speakers, words, at)
        found = [
            self.names.entity(Name(words), mark.at)
            or self._source(mark.id in shared or len(spans) > 1, mark.id, words)
            for mark, words in spans
        ]
        if not found:
            self.opened.append(
                Skipped("note", "speaker", "no speaker is linked to this claim: say who said it", at)
            )
        speakers = list(dict.fromkeys(found))
        return Said(one_or_all(speakers) or UNNAMED, words)

    def entities(self, names: Sequence[Name], field: str, at: Place) -> list[str]:
        """Return the entities that names stand for; note those that none does."""
        found = []
        for name in names:
            if id := self.names.entity(name, at):
                found.append(id)
            else:
                why = "no entity stands for this name yet: decide it in names.csv"
                self.opened.append(Skipped("note", f"{field}: {name.name}", why, at))
        return found

    def _named(self, names: Sequence[Name], words: str, at: Place) -> Said:
        """Return the speakers that attributes name; a name that nothing else has goes to the note."""
        found: list[str] = []
        notes: list[str] = []
        if [name.name for name in names] == [OWN_VOICE] and OWN_VOICE not in self.names.known:
            return Said(OWN_VOICE, words)
        for name in names:
            if name.name == UNNAMED and UNNAMED not in self.names.known:
                continue
            if id := self.names.entity(name, at):
                found.append(id)
            elif said := self._verbatim(name.name):
                found.append(self._source(shared=True, key=f"name {name.name}", words=said))
            else:
                notes.append(f"speaker: {name.name}")
                why = "no entity stands for this name yet, and the text does not have it: decide it in names.csv"
                self.opened.append(Skipped("note", f"speaker: {name.name}", why, at))
        speakers = list(dict.fromkeys(found))
        return Said(one_or_all(speakers) or UNNAMED, words, "; ".join(notes))

    def _source(self, shared: bool, key: str, words: str) -> str:
        """Return the speaker of a span that no entity stands for."""
        if not shared or not self._verbatim(words):
            return UNNAMED
        if key not in self._by_key:
            id = first = f"s-{slug(words)}"
            while id in self.sources:
                self._numbers[first] += 1
                id = f"{first}-{self._numbers[first] + 1}"
            self.sources[id], self._by_key[key] = SourceEntry(words), id
        return self._by_key[key]

    def _verbatim(self, words: str) -> str:
        """Return words that stand in the text whole, else `""`."""
        return words if occurs(self.text, words) else ""
