"""Named questions: SPARQL files whose first comment lines give the question, its group and its parameters.

    # What did a speaker say, about something?
    # group: What was said
    # ?speaker entity: who spoke
    # ?about entity, optional: what it was about

The values of the parameters are the only row of `VALUES (?speaker ?about) { (<…> UNDEF) }`, which has all of them;
the values in the file are an example.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from kg.errors import UsageError
from kg.query.sparql import SparqlToken, tokens
from kg.rdf.terms import Term

QUERIES = Path(__file__).resolve().parent / "queries"
GROUPS = (
    "What was said",
    "Who responds to whom",
    "What people do by saying it",
    "Who speaks",
    "Word for word",
    "When",
    "How it was annotated",
    "The corpus",
)
MOST_USEFUL = (
    *("said-by", "said-about", "said-with", "said-between", "reactions-to", "contradictions", "denials"),
    *("promises", "fact-checks", "statements", "topics", "articles"),
)
"""The questions that are listed first."""
TYPES = ("entity", "event", "article", "claim", "act", "form", "first-day", "last-day", "text")

_PARAMETER = re.compile(r"\?(?P<name>\w+) (?P<type>[a-z-]+)(?P<optional>, optional)?: (?P<meaning>.+)")


class Parameter(NamedTuple):
    """A parameter: the name of its variable, one of `TYPES`, whether it is optional, its meaning, and an example.

    The example is a term as the query spells it, `UNDEF` for none.
    """

    name: str
    type: str
    optional: bool
    meaning: str
    example: str = "UNDEF"


class Question(NamedTuple):
    """A question with its query; `remarks` are the further comment lines at its head."""

    name: str
    question: str
    group: str
    parameters: tuple[Parameter, ...]
    remarks: str
    query: str
    row: tuple[int, int] = (0, 0)


def questions() -> dict[str, Question]:
    """Return kg's own questions by name."""
    return {name: read_question(name, _text(path)) for name, path in sorted(_files().items())}


def _files() -> dict[str, Path]:
    """Return the file of each question: kg's own, and those of plug-ins."""
    from kg.plugins import given_by_plugins  # only here: a query without a name does not need it

    own = {path.stem: path for path in QUERIES.glob("*.rq")}
    more = {Path(path).stem: Path(path) for _, paths in given_by_plugins("kg_questions") for path in paths}
    return more | own


def grouped() -> dict[str, list[Question]]:
    """Return the questions by their group, in the order of `GROUPS`, then of plug-ins' own groups."""
    known = questions().values()
    groups = dict.fromkeys([*GROUPS, *(each.group for each in known)])
    return {group: [each for each in known if each.group == group] for group in groups}


def question_named(name: str) -> Question | None:
    """Return the question with a name, or None."""
    if not re.fullmatch(r"[a-z-]+", name):
        return None
    path = QUERIES / f"{name}.rq"
    found = path if path.is_file() else _files().get(name)
    return read_question(name, _text(found)) if found else None


def read_question(name: str, query: str) -> Question:
    """Read a question from its query. Raises `UsageError` if its parameters and its row of values disagree."""
    said, group, found, remarks = "", "", [], []
    for line in _head(query):
        if match := _PARAMETER.fullmatch(line):
            if match["type"] not in TYPES:
                raise UsageError(f"{name}: a parameter must be one of {', '.join(TYPES)}, not {match['type']}.")
            found.append(Parameter(match["name"], match["type"], bool(match["optional"]), match["meaning"]))
        elif line.startswith("group: "):
            group = line.removeprefix("group: ")
        elif not group and not found and line:
            said = f"{said} {line}".strip()
        else:
            remarks.append(line)
    examples, row = _row(name, query, [f"?{each.name}" for each in found]) if found else ([], (0, 0))
    parameters = tuple(each._replace(example=term) for each, term in zip(found, examples, strict=True))
    return Question(name, said, group, parameters, "\n".join(remarks).strip(), query, row)


def with_values(question: Question, values: Mapping[str, Term]) -> str:
    """Return the query with these terms in its row of values, UNDEF for a parameter without a value.

    Raises `UsageError` if a value is missing.
    """
    for each in question.parameters:
        if each.name not in values and not each.optional:
            raise UsageError(f"Say {each.meaning}: give --{option_name(each)}.")
    if not question.parameters:
        return question.query
    start, end = question.row
    row = " ".join(values.get(each.name, "UNDEF") for each in question.parameters)
    return f"{question.query[:start]}({row}){question.query[end:]}"


def option_name(parameter: Parameter) -> str:
    """Return the name of the command-line option for a parameter, without its dashes."""
    return parameter.name.replace("_", "-")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _head(query: str) -> list[str]:
    """Return the text of the comment lines at the head."""
    lines = []
    for line in query.split("\n"):
        if not line.startswith("#"):
            break
        lines.append(line[1:].strip())
    return lines


def _row(name: str, query: str, variables: list[str]) -> tuple[list[str], tuple[int, int]]:
    """Return the terms of the row of values of these variables, and the place of the row in the query."""
    found = list(tokens(query))
    head = ["VALUES", "(", *variables, ")", "{", "("]
    for at, token in enumerate(found):
        if token.text.upper() == "VALUES" and [each.text for each in found[at + 1 : at + len(head)]] == head[1:]:
            begin = at + len(head) - 1
            end = next((n for n in range(begin, len(found)) if found[n].text == ")"), len(found))
            terms = _terms(found[begin + 1 : end])
            if len(terms) == len(variables) and [each.text for each in found[end + 1 : end + 2]] == ["}"]:
                return terms, (found[begin].start, found[end].end)
    raise UsageError(
        f"{name}: its parameters must have one row of values, in their order: "
        f"`VALUES ({' '.join(variables)}) {{ (…) }}`."
    )


def _terms(row: list[SparqlToken]) -> list[str]:
    """Return the terms of a row; a literal and its language or datatype are one term."""
    terms: list[str] = []
    glued = False
    for token in row:
        if terms and (glued or token.kind == "tag" or token.text == "^^"):
            terms[-1] += token.text
        else:
            terms.append(token.text)
        glued = token.text == "^^"
    return terms
