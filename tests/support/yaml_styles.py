"""YAML as people write it: the same values in every style, with numbered comments."""

from __future__ import annotations

import re
from random import Random
from typing import Any

from kg.corpus.writer import double_quoted, fits_block, scalar, single_quoted


class StyledWriter:
    """Writes values in styles drawn at random; `mark` counts the comments."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.comments = 0
        self.step = random.choice([1, 2, 2, 2, 4])

    def file(self, value: dict[str, Any]) -> str:
        """Return the text of a file."""
        lines = self.above("")
        if not value and self.maybe():
            lines += ["{}"]
        lines += self.mapping(value, "")
        text = "\n".join([*lines, *self.above("")])
        return self.random.choice(["", "\ufeff"]) + (text + self.random.choice(["", "\n", "\n", "\n\n"])).replace(
            "\n", self.random.choice(["\n", "\n", "\r\n", "\r"])
        )

    def maybe(self, share: float = 0.2) -> bool:
        return self.random.random() < share

    def comment(self) -> str:
        self.comments += 1
        return f"# nr {self.comments}: x, [{{'\"- a"

    def above(self, indent: str) -> list[str]:
        """Return comments and empty lines above a key."""
        if not self.maybe():
            return []
        return [self.random.choice(["", f"{indent}{self.comment()}", self.comment()])]

    def behind(self) -> str:
        """Return a comment at the end of a line."""
        return self.random.choice([" ", "  ", "\t"]) + self.comment() if self.maybe() else ""

    def mapping(self, value: dict[str, Any], indent: str) -> list[str]:
        lines = []
        for key, item in value.items():
            lines += self.above(indent)
            if self.maybe(0.05):
                lines += [f"{indent}? {self.key(key)}", *self.value(f"{indent}:", item, indent)]
            else:
                lines += self.value(f"{indent}{self.key(key)}:", item, indent)
        return lines

    def key(self, key: str) -> str:
        return self.random.choice([scalar(key, flow=True)] * 4 + [double_quoted(key), single_quoted(key)])

    def items(self, value: list[Any], indent: str) -> list[str]:
        lines = []
        for item in value:
            lines += self.above(indent)
            if isinstance(item, dict | list) and item and self.maybe(0.4):
                inner = indent + "  "
                first, *rest = self.mapping(item, inner) if isinstance(item, dict) else self.items(item, inner)
                if first.strip() and not first.strip().startswith("#"):
                    lines += [f"{indent}- {first.removeprefix(inner)}", *rest]
                    continue
            lines += self.value(f"{indent}-", item, indent)
        return lines

    def value(self, head: str, item: Any, indent: str) -> list[str]:
        """Return a value after its key or dash, on the same line or below."""
        inner = indent + " " * self.step
        if isinstance(item, str):
            return self.text(head, item, inner)
        if not item or self.maybe(0.4):
            return self.below(head, self.flow(item, inner).split("\n"), inner)
        if isinstance(item, dict):
            return [head + self.behind(), *self.mapping(item, inner)]
        is_key = head.endswith(":") and not head.endswith("-")
        return [head + self.behind(), *self.items(item, indent if is_key and self.maybe(0.4) else inner)]

    def below(self, head: str, lines: list[str], inner: str) -> list[str]:
        """Return lines that begin behind the key, or on the next line."""
        lines[-1] += self.behind()
        if self.maybe(0.1):
            return [head + self.behind(), *self.above(inner), inner + lines[0], *lines[1:]]
        return [f"{head}{self.random.choice([' ', ' ', '  '])}{lines[0]}", *lines[1:]]

    def text(self, head: str, text: str, inner: str) -> list[str]:
        if text == "" and self.maybe(0.7):
            return [head + self.behind()]
        if self.maybe(0.4) and fits_block(text.rstrip("\n")):
            return self.block(head, text, inner)
        lines = [self.one_line(text, flow=False)]
        if self.maybe(0.3) and re.fullmatch(r"\S+(?: \S+)+", text):
            lines = lines[0].replace(" ", f"\n{inner}").split("\n")
        return self.below(head, lines, inner)

    def one_line(self, text: str, *, flow: bool) -> str:
        return self.random.choice([scalar(text, flow=flow)] * 2 + [double_quoted(text), single_quoted(text)])

    def block(self, head: str, text: str, inner: str) -> list[str]:
        ends = len(text) - len(text.rstrip("\n"))
        style = self.random.choice("|>") if "\n" not in text.rstrip("\n") else "|"
        indicator = str(self.step) if self.maybe(0.1) else ""
        lines = [inner + line if line else "" for line in text.rstrip("\n").split("\n")]
        chomping = {0: "-", 1: ""}.get(ends, "+")
        return [f"{head} {style}{indicator}{chomping}{self.behind()}", *lines, *[""] * (ends - 1)]

    def flow(self, item: Any, inner: str) -> str:
        """Return a value in brackets, which may run over several lines."""
        if isinstance(item, str):
            return self.one_line(item, flow=True)
        if isinstance(item, dict):
            entries = [f"{self.key(key)}: {self.flow(each, inner)}" for key, each in item.items()]
        else:
            entries = [self.entry(each, inner) for each in item]
        text = "".join(
            self.gap(inner)
            + entry
            + self.random.choice(["", " "]) * (number < len(entries))
            + "," * (number < len(entries))
            for number, entry in enumerate(entries, start=1)
        )
        text += "," if entries and self.maybe(0.1) else ""
        opening, closing = "{}" if isinstance(item, dict) else "[]"
        return opening + text + self.gap(inner) + closing

    def entry(self, item: Any, inner: str) -> str:
        if isinstance(item, dict) and len(item) == 1 and self.maybe():
            return self.flow(item, inner)[1:-1].strip().rstrip(",") or "{}"
        return self.flow(item, inner)

    def gap(self, inner: str) -> str:
        if not self.maybe():
            return self.random.choice(["", " "])
        return self.behind() + f"\n{inner}"
