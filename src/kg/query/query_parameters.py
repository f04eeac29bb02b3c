"""The values of a question's parameters: from what a person types to a term, and back for examples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Protocol, get_args

from kg.annotations.classes import ARTICLE_ID, SLUG, Act, Form
from kg.dates import edtf as dates
from kg.errors import UsageError
from kg.model import Entity
from kg.query.questions import Parameter, Question, option_name
from kg.rdf.iris import Iris
from kg.rdf.terms import Iri, Literal, Term, date, iri, iri_text, is_iri, literal_value, plain
from kg.rdf.vocab import ACTS, FORMS, SCHEMA

CHOICES: dict[str, tuple[str, ...]] = {"act": get_args(Act), "form": get_args(Form)}
_ARTICLE = re.compile(ARTICLE_ID)
_IN_ARTICLE = re.compile(f"{ARTICLE_ID[:-1]}/{SLUG[1:]}")
_KINDS = "/(entity|article|claim|occasion)/(.*)"


class Known(Protocol):
    """What ids are looked up in: the index of a corpus, or what a store holds."""

    @property
    def iris(self) -> Iris:
        """The IRIs under the base."""

    @property
    def entities(self) -> Mapping[str, Entity]:
        """The entities by their ids."""

    @property
    def types(self) -> Mapping[Iri, tuple[Iri, ...]]:
        """The classes of each entity."""


def terms(question: Question, written: Mapping[str, str], index: Known) -> dict[str, Term]:
    """Return the terms of the values that were given. Raises `UsageError` with the nearest that there is."""
    return {
        each.name: _term(each, written[each.name], index) for each in question.parameters if each.name in written
    }


def unknown(question: Question, values: Mapping[str, Term], known: Iterable[Iri]) -> str:
    """Return a sentence about the first value that names no claim, article or event; `""` if all are known.

    `known` are the subjects of the corpus's graphs.
    """
    subjects = set(known)
    for each in question.parameters:
        value = values.get(each.name)
        if value and each.type in ("claim", "article", "event") and value not in subjects:
            alike = [_id(subject) for subject in subjects if _kind(subject) == _kind(value)]
            near = _near(_id(value), {id: id for id in alike})
            advice = f": did you mean `{near}`?" if near else "."
            return f"--{option_name(each)}: there is no {each.type} `{_id(value)}` in this corpus{advice}"
    return ""


def shown(parameter: Parameter) -> str:
    """Return the example of a parameter as one would type it; `""` where it has none."""
    example = parameter.example
    if example == "UNDEF":
        return ""
    if is_iri(example):
        return _id(example)
    if example[0] in "\"'":
        return literal_value(example.partition("^^")[0]).lexical
    return example.partition(":")[2]


def _term(parameter: Parameter, written: str, index: Known) -> Term:
    match parameter.type:
        case "entity":
            return _entity(parameter, written, index)
        case "event":
            return _event(parameter, written, index)
        case "article":
            return _article(parameter, written, index)
        case "claim":
            return _claim(parameter, written, index)
        case "act":
            return ACTS[written]
        case "form":
            return FORMS[written]
        case "first-day" | "last-day":
            return _day(parameter, written)
    return _text(parameter, written)


def _entity(parameter: Parameter, written: str, index: Known) -> Iri:
    if written in index.entities:
        return index.entities[written].iri
    if ":" in written:
        return _iri(parameter, written)
    named = {
        literal_value(name).lexical: id
        for id, entity in index.entities.items()
        for name in (*entity.names, *entity.also)
    }
    near = named.get(written) or _near(written, {**{id: id for id in index.entities}, **named})
    advice = f": did you mean `{near}`?" if near else ". The entities stand in entities.yaml."
    raise UsageError(f"--{option_name(parameter)}: there is no entity `{written}`{advice}")


def _event(parameter: Parameter, written: str, index: Known) -> Iri:
    if "/" in written and ":" not in written:
        return index.iris.occasion(*_parts(parameter, written, "occasion"))
    entity = _entity(parameter, written, index)
    if SCHEMA.Event not in index.types.get(entity, (SCHEMA.Event,)):
        raise UsageError(f"--{option_name(parameter)}: `{written}` is an entity, but no Event.")
    return entity


def _article(parameter: Parameter, written: str, index: Known) -> Iri:
    if ":" in written:
        return _iri(parameter, written)
    if not _ARTICLE.fullmatch(written):
        raise UsageError(
            f"--{option_name(parameter)}: an article has an id like {shown(parameter)}, not {written!r}."
        )
    return index.iris.article(written)


def _claim(parameter: Parameter, written: str, index: Known) -> Iri:
    return _iri(parameter, written) if ":" in written else index.iris.claim(*_parts(parameter, written, "claim"))


def _parts(parameter: Parameter, written: str, kind: str) -> tuple[str, str]:
    """Return the article's id and the id in it."""
    if not _IN_ARTICLE.fullmatch(written):
        raise UsageError(
            f"--{option_name(parameter)}: write the article's id, a slash and the {kind}'s id, not {written!r}."
        )
    article, _, id = written.rpartition("/")
    return article, id


def _iri(parameter: Parameter, written: str) -> Iri:
    try:
        return iri(written)
    except ValueError as error:
        raise UsageError(f"--{option_name(parameter)}: {error}") from error


def _day(parameter: Parameter, written: str) -> Literal:
    """Return the first or the last day of a date."""
    try:
        read = dates.read(written)
    except ValueError as error:
        raise UsageError(f"--{option_name(parameter)}: {error}") from error
    day = read.earliest if parameter.type == "first-day" else read.latest
    if not day:
        raise UsageError(
            f"--{option_name(parameter)}: write a day, a month or a year without doubt, not {written!r}."
        )
    return date(day)


def _text(parameter: Parameter, written: str) -> Literal:
    try:
        return plain(written)
    except ValueError as error:
        raise UsageError(f"--{option_name(parameter)}: {error}") from error


def _id(term: str) -> str:
    """Return the id at the end of an IRI of ours: of `<…/claim/a/c01>` it is `a/c01`."""
    match = re.search(_KINDS, iri_text(term))
    return match[2] if match else iri_text(term)


def _kind(term: str) -> str:
    """Return what kind of thing an IRI of ours names; `""` for parts of things and others' IRIs."""
    match = re.search(_KINDS, term)
    return match[1] if match and "#" not in term else ""


def _near(written: str, ids: Mapping[str, str]) -> str:
    """Return the id whose name is most like what was written, of equals the first; `""` where none is."""
    from difflib import SequenceMatcher, get_close_matches  # here, not above: only who errs need wait for it

    folded = {name.lower(): id for name, id in ids.items()}
    near = get_close_matches(written.lower(), folded, n=5)
    likeness = {name: SequenceMatcher(None, name, written.lower()).ratio() for name in near}
    return folded[min(near, key=lambda name: (-likeness[name], name))] if near else ""
