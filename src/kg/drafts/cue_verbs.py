"""Verbs of saying and the act that each suggests. The ontology has them, as labels of the acts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple, get_args

from kg.annotations.classes import Act
from kg.drafts.sentences import Word, split_words
from kg.files.resources import resource_folder
from kg.formats.rdf_reader import read_nodes
from kg.rdf.terms import iri, literal_value
from kg.rdf.vocab import ACTS, SKOS

LANGUAGES = ("nl", "en", "fr", "de")
"""The languages in which the ontology has verbs."""
_GAP = 8
"""The most words between the two parts of a split verb: "stelde Macron gisteren een dialoog voor"."""
_LABELS = (SKOS.prefLabel, iri(SKOS.base + "altLabel"))
# A verb after one of these is a noun: "the state", "member states", "un juge".
_BEFORE_NOUNS = {
    "en": "the a an of member united no this these its their his her our my your all some to",
    "fr": "le la les l un une des ce cette son sa ses leur leurs de du d",
}
# Words between the two of a French perfect: a-t-il dit, a également dit.
_PRONOUNS = "t il elle ils elles on également aussi encore ensuite ainsi notamment toutefois"

Verbs = Mapping[str, Sequence[tuple[tuple[str, ...], Act]]]
"""Verbs by their first word: the words of each, folded, and its act; longer ones first."""


class Cue(NamedTuple):
    """A verb in a sentence: its act and the indexes of its words, which are adjacent unless the verb is split."""

    act: Act
    at: tuple[int, ...]


def find_cues(words: Sequence[Word], text: str, language: str) -> list[Cue]:
    """Return the verbs of saying in the words of a sentence, in order."""
    tag = language.partition("-")[0].lower()
    verbs = _verbs_by_language().get(tag, {})
    nouns = _BEFORE_NOUNS.get(tag, "").split()
    found: list[Cue] = []
    for index, word in enumerate(words):
        # German nouns and all names begin with a capital, verbs only at the start of a sentence.
        if word.folded not in verbs or (word.written != word.folded and index):
            continue
        if index and words[index - 1].folded in nouns:
            continue
        cue = next(_matches(words, index, verbs[word.folded], text, tag), None)
        if cue and not (found and cue.at[0] in found[-1].at):
            found.append(cue)
    return found


def _matches(
    words: Sequence[Word], index: int, verbs: Sequence[tuple[tuple[str, ...], Act]], text: str, tag: str
) -> Iterator[Cue]:
    for wanted, act in verbs:
        run = tuple(range(index, index + len(wanted)))
        if wanted == tuple(word.folded for word in words[index : index + len(wanted)]):
            yield Cue(act, run)
        elif len(wanted) == 2 and (last := _second_index(words, index, wanted[1], text, tag)):
            yield Cue(act, (index, last))


def _second_index(words: Sequence[Word], index: int, wanted: str, text: str, tag: str) -> int:
    """Return the index of the second word of a split verb in the same clause, 0 if there is none."""
    for last in range(index + 1, min(index + 2 + _GAP, len(words))):
        between = text[words[last - 1].end : words[last].start]
        if any(sign in between for sign in ",;:.!?"):
            return 0
        if words[last].folded == wanted:
            return last
        if tag == "en" or (tag == "fr" and words[last].folded not in _PRONOUNS.split()):
            return 0
    return 0


@cache
def _verbs_by_language() -> Mapping[str, Verbs]:
    """Return the verbs of each language, read from the ontology."""
    path = resource_folder("ontology") / "kg.ttl"
    with path.open("rb") as stream:
        nodes = {node.subject: node.properties for node in read_nodes(str(path), stream, "text/turtle")}
    found: dict[str, dict[str, list[tuple[tuple[str, ...], Act]]]] = {tag: {} for tag in LANGUAGES}
    for act in get_args(Act):
        for label in (each for predicate in _LABELS for each in nodes[ACTS[act]].get(predicate, ())):
            value = literal_value(label)
            wanted = tuple(word.folded for word in split_words(value.lexical))
            found[value.language].setdefault(wanted[0], []).append((wanted, act))
    for tag in LANGUAGES:
        for verbs in found[tag].values():
            verbs.sort(key=lambda verb: -len(verb[0]))
    _without_nouns(found["en"])
    return found


def _without_nouns(verbs: dict[str, list[tuple[tuple[str, ...], Act]]]) -> None:
    """Remove English infinitives, which are as often nouns: state, note, order, demand."""
    for first in [first for first in verbs if first + "s" in verbs or first + "es" in verbs]:
        verbs[first] = [verb for verb in verbs[first] if len(verb[0]) > 1]
