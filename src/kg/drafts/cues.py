"""Cues: the verbs and prepositions that say that somebody said something, and the acts that they may express.

They are labels of the acts in the ontology. A cue has no act where what it says may not have been said: beside a
negation, in a condition or a question, after "may" or "refuses to".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple, get_args

from kg.annotations.classes import Act
from kg.drafts.sentences import Clauses, Vocabulary, Word, split_words, vocabulary
from kg.files.resources import resource_folder
from kg.formats.rdf_reader import read_nodes
from kg.rdf.terms import iri, literal_value
from kg.rdf.vocab import ACTS, SKOS

LANGUAGES = ("nl", "en", "fr", "de")
"""The languages in which the ontology has verbs."""
_GAP = 12
"""The most words between the two parts of a split verb: "stelde Macron gisteren een dialoog voor"."""
_LABELS = (SKOS.prefLabel, iri(SKOS.base + "altLabel"))
_PAST_ENDINGS = {"nl": ("te", "de"), "de": ("te",)}
"""How regular verbs end in the past tense, in languages in which "n" makes that the plural."""
_TAIL = 4
"""A clause of so few words that begins with a negation ends the one before: "bestätigte das, was er sah, nicht"."""

Cues = Mapping[str, Sequence[tuple[tuple[str, ...], tuple[Act, ...]]]]
"""Cues by their first word: the words of each, folded, and the acts that it may express; longer ones first."""


class Cue(NamedTuple):
    """A cue in a sentence: the indexes of its words, adjacent unless the verb is split, and what it expresses.

    `acts` are those that it expresses here: none if it is in doubt that something was said. `is_finite` is False
    for an infinitive: "wil bevestigen".
    """

    at: tuple[int, ...]
    expresses: tuple[Act, ...]
    acts: tuple[Act, ...]
    is_finite: bool = True


def find_cues(clauses: Clauses, language: str) -> list[Cue]:
    """Return the cues in a sentence, in order."""
    tag = language.partition("-")[0].lower()
    known = cues_by_language().get(tag, {})
    lists = vocabulary(tag)
    words = clauses.words
    found: list[Cue] = []
    for index, word in enumerate(words):
        # German nouns and all names begin with a capital, verbs only at the start of a sentence.
        if word.folded not in known or (word.written[:1].isupper() and index and not clauses.opens(index)):
            continue
        if index and words[index - 1].folded in lists["nouns_after"] and not clauses.opens(index):
            continue
        match = next(_matches(clauses, index, known[word.folded], lists), None)
        if match and not any(at in cue.at for cue in found for at in match[0]):
            found += _understood(clauses, *match, lists, tag)
    return sorted(found)


def _matches(
    clauses: Clauses,
    index: int,
    known: Sequence[tuple[tuple[str, ...], tuple[Act, ...]]],
    lists: Vocabulary,
) -> Iterator[tuple[tuple[int, ...], tuple[Act, ...]]]:
    """Yield the indexes of the words of each cue that begins at an index, with its acts; longer cues first."""
    for wanted, acts in known:
        if at := _indexes(clauses, index, wanted, lists):
            yield at, acts


def _indexes(clauses: Clauses, index: int, wanted: tuple[str, ...], lists: Vocabulary) -> tuple[int, ...]:
    """Return the indexes of the words of a cue from an index on, in one clause; none if they are not there."""
    words = clauses.words
    found = [index]
    for at in range(index + 1, min(index + _GAP + len(wanted), len(words))):
        if len(found) == len(wanted):
            break
        if at in clauses.punctuated:
            return ()
        if words[at].folded == wanted[len(found)]:
            found.append(at)
        elif words[at].folded in lists["that"] or not {"*", words[at].folded} & lists["split"].keys():
            return ()
    return tuple(found) if len(found) == len(wanted) else ()


def _understood(
    clauses: Clauses, at: tuple[int, ...], acts: tuple[Act, ...], lists: Vocabulary, tag: str
) -> Iterator[Cue]:
    """Yield the cue at these words, unless they are a passive or a noun; without acts if it is in doubt."""
    word = clauses.words[at[0]].folded
    if word in lists["prepositions"]:
        if word != "so" or at[0] in clauses.punctuated:
            yield Cue(at, acts, () if is_in_doubt(clauses, at[0], lists, "en") else acts)
        return
    before = [each.folded for each in clauses.words[clauses.start(at[0]) : at[0]] if each.written.islower()]
    if _is_passive(clauses, at, before, lists, tag) or _is_noun(clauses, at[0], before, lists, tag):
        return
    is_finite = not _is_infinitive(clauses, at, before, lists, tag)
    own = at if acts == ("withholds",) else ()
    doubtful = not is_finite or is_in_doubt(clauses, at[0], lists, tag, own)
    acts = _by_object(acts, clauses.words[clauses.start(at[0]) :], lists)
    yield Cue(at, acts, () if doubtful else acts, is_finite)


def _by_object(acts: tuple[Act, ...], words: Sequence[Word], lists: Vocabulary) -> tuple[Act, ...]:
    """Return the acts that fit the words of its clause and after: one rejects a proposal, and denies a charge."""
    if "rejects" not in acts:
        return acts
    objects = [
        word.folded for word in words if word.folded in lists["charges"] or word.folded in lists["proposals"]
    ]
    if not objects:
        return acts
    return ("denies",) if objects[0] in lists["charges"] else ("rejects",)


def _is_passive(clauses: Clauses, at: tuple[int, ...], before: Sequence[str], lists: Vocabulary, tag: str) -> bool:
    """Tell whether the subject of a verb is not who spoke: "was accused of", "wordt betwist", "wird bestätigt"."""
    verb = clauses.words[at[0]].folded
    if tag == "en":
        return not verb.endswith("ing") and any(word in lists["be"] for word in before[-2:])
    clause = clauses.clause(clauses.number[at[0]])
    is_form = tag in ("nl", "de") and len(at) == 1 and not verb.endswith("n")
    return is_form and any(word.folded in lists["be"] for word in clause)


def _is_noun(clauses: Clauses, index: int, before: Sequence[str], lists: Vocabulary, tag: str) -> bool:
    """Tell whether a word is no finite verb: "the report", "adding" inside a clause, "Asked by reporters, …"."""
    verb = clauses.words[index].folded
    if tag in ("en", "fr") and verb.endswith(("ing", "ant")):
        return index not in clauses.after_break
    # "Asked by reporters, …"
    if tag == "en" and index == 0 and not clauses.follows_quotation:
        return True
    names = ("modals", "do", "infinitives")
    auxiliary = any(word in lists[name] for name in names for word in before[-3:])
    return tag == "en" and verb in _english_infinitives() and not auxiliary


def _is_infinitive(
    clauses: Clauses, at: tuple[int, ...], before: Sequence[str], lists: Vocabulary, tag: str
) -> bool:
    """Tell whether a verb is what somebody wants, may or will say."""
    verb = clauses.words[at[0]].folded
    if tag == "en":
        near = [each.folded for each in clauses.words[max(at[0] - 2, clauses.start(at[0])) : at[0]]]
        is_marked = (
            bool(near)
            and near[0 if near[-1] in lists["have"] or near[-1].endswith("ly") else -1] in lists["infinitives"]
        )
        return is_marked or any(word in lists["modals"] for word in before[-3:])
    if tag == "fr":
        is_form = (verb + "r") in cues_by_language()["fr"]
        return len(at) == 1 and verb.endswith(("er", "ir", "re")) and not is_form
    within = {word.folded for word in clauses.clause(clauses.number[at[0]])}
    marked = before[-1:] and before[-1] in lists["infinitives"]
    return len(at) == 1 and verb.endswith("n") and bool(marked or within & lists["modals"].keys())


def is_in_doubt(clauses: Clauses, index: int, lists: Vocabulary, tag: str, own: Sequence[int] = ()) -> bool:
    """Tell whether a negation, a condition or a question leaves open whether a verb's act was performed.

    A negation among the cue's `own` words is part of it: "wilde niet reageren".
    """
    around = clauses.around(index)
    clause = clauses.words[around.start : around.stop]
    if clauses.is_question or any(word.folded in lists["conditions"] for word in clause[:2]):
        return True
    # English negates before the verb, or says that "nothing" was said: what comes later may be what was said.
    near = [word for word in clause if tag != "en" or word.start <= clauses.words[index].start]
    following = clauses.words[index + 1 : min(index + 3, clauses.end(index))]
    near += following if following and following[0].folded in lists["adjuncts"] else following[:1]
    starts = {clauses.words[at].start for at in own}
    if any(_negates(word.folded, lists) and word.start not in starts for word in near):
        return True
    if clause[0].folded in lists["that"]:
        # "Dass er das bestätigte, stimmt nicht": what is said of such a clause may follow it.
        governing = clauses.clause(clauses.number[around.start] - 1)
        return not governing or any(_negates(word.folded, lists) for word in governing)
    return _is_negated_later(clauses, index, lists, tag)


def _is_negated_later(clauses: Clauses, index: int, lists: Vocabulary, tag: str) -> bool:
    """Tell whether the negation of a verb follows an insertion: "bestätigte das, wie erwartet, am Abend nicht"."""
    begins = [lists[name] for name in ("that", "pronouns", "openers", "clauses", "conditions")]
    number = clauses.number[index]
    for later in range(number + 1, clauses.number[-1] + 1):
        clause = clauses.clause(later)
        first = clause[0].folded
        continues = tag in ("nl", "de") and later > number + 1 and not any(first in words for words in begins)
        # A relative clause ends with its verb.
        continues = continues and (first not in lists["relatives"] or _negates(clause[-1].folded, lists))
        if (len(clause) <= _TAIL and _negates(first, lists)) or (
            continues and any(_negates(word.folded, lists) for word in clause)
        ):
            return True
    return False


def _negates(word: str, lists: Vocabulary) -> bool:
    return word in lists["negations"]


def said_nothing(quotation: str, tag: str) -> bool:
    """Tell whether the words of a quotation are "No comment"."""
    words = tuple(word.folded for word in split_words(quotation))
    known = cues_by_language().get(tag, {}).get(words[0], ()) if words else ()
    return any(form == words and acts == ("withholds",) for form, acts in known)


@cache
def cues_by_language() -> Mapping[str, Cues]:
    """Return the cues of each language, read from the ontology."""
    path = resource_folder("ontology") / "kg.ttl"
    with path.open("rb") as stream:
        nodes = {node.subject: node.properties for node in read_nodes(str(path), stream, "text/turtle")}
    found: dict[str, dict[tuple[str, ...], dict[Act, None]]] = {tag: {} for tag in LANGUAGES}
    for act in get_args(Act):
        for label in (each for predicate in _LABELS for each in nodes[ACTS[act]].get(predicate, ())):
            value = literal_value(label)
            if value.language in found:
                for form in _forms(value.lexical, value.language):
                    found[value.language].setdefault(form, {})[act] = None
    return {tag: _by_first_word(forms) for tag, forms in found.items()}


def _by_first_word(forms: Mapping[tuple[str, ...], Mapping[Act, None]]) -> Cues:
    cues: dict[str, list[tuple[tuple[str, ...], tuple[Act, ...]]]] = {}
    for form, acts in sorted(forms.items(), key=lambda each: -len(each[0])):
        cues.setdefault(form[0], []).append((form, tuple(acts)))
    return cues


def _forms(label: str, tag: str) -> Iterator[tuple[str, ...]]:
    """Yield a label as words, and the regular forms that newspapers use of it."""
    words = tuple(word.folded for word in split_words(label))
    have = list(vocabulary(tag)["have"])
    yield words
    if len(words) == 2 and words[0] == have[0]:
        yield from ((other, words[1]) for other in have[1:])
    elif words[0].endswith(_PAST_ENDINGS.get(tag, ())):
        yield (words[0] + "n", *words[1:])
    elif tag == "fr" and len(words) == 1 and words[0].endswith("er"):
        yield from ((form,) for form in _french(words[0]))
    elif tag == "en" and re.fullmatch(r"[a-z]+", words[0]) and not words[0].endswith(("ed", "s", "ing")):
        yield (f"{words[0].removesuffix('e')}ing", *words[1:])


def _french(infinitive: str) -> Iterator[str]:
    """Yield forms of a verb in -er: affirment, affirmait, affirmaient, affirma, affirmant."""
    stem = infinitive.removesuffix("er")
    soft = {"c": stem[:-1] + "ç", "g": stem + "e"}.get(stem[-1:], stem)
    yield from (stem + "e", stem + "ent", soft + "ait", soft + "aient", soft + "a", soft + "ant")


@cache
def _english_infinitives() -> frozenset[str]:
    """Return the English infinitives, which are as often nouns: state, note, order, demand."""
    known = cues_by_language()["en"]
    return frozenset(
        first for first in known if first + "s" in known or first + "es" in known or first[:-1] + "ies" in known
    )
