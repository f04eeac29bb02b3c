"""JSON with an indent of two, where short lists and short mappings of texts keep to one line."""

from __future__ import annotations

from collections.abc import Iterable

from kg.rdf.terms import quoted

WIDTH = 100


def json_object(members: Iterable[tuple[str, str]], indent: str) -> str:
    """Return an object of (key, written value), a member a line; `indent` is that of its first line."""
    lines = [f"\n{indent}  {quoted(key)}: {value}" for key, value in members]
    return f"{{{','.join(lines)}\n{indent}}}"


def json_list(values: list[str], indent: str) -> str:
    """Return a list of written values, on one line where it is short and holds strings and numbers only."""
    if sum(map(len, values)) + 2 * len(values) <= WIDTH:
        line = f"[{', '.join(values)}]"
        if "{" not in line:
            return line
    between = f",\n{indent}  "
    return f"[{between[1:]}{between.join(values)}\n{indent}]"


def json_texts(texts: dict[str, list[str]], indent: str) -> str:
    """Return a mapping from language to written text, or to a list where there are several."""
    members = [
        (language, values[0] if len(values) == 1 else json_list(values, f"{indent}  "))
        for language, values in texts.items()
    ]
    line = "{" + ", ".join([f"{quoted(language)}: {value}" for language, value in members]) + "}"
    if "\n" not in line and (len(members) == 1 or len(line) <= WIDTH):
        return line
    return json_object(members, indent)
