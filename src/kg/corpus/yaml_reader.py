"""YAML text → plain values, every scalar the string that was written.

The events of PyYAML's C parser are read one by one, so that an alias, an anchor, a tag or too deep nesting is
refused where it begins, before it has cost anything.
"""

from __future__ import annotations

import re
from typing import NoReturn

import yaml

from kg.corpus.keys import repeated_keys
from kg.corpus.positions import YAML_LOADER, begin, end, yaml_tokens
from kg.corpus.tree import MAX_DEPTH, Comment, Tree
from kg.corpus.yaml_errors import explained
from kg.errors import CorpusError, Finding, Path, Place
from kg.files.text_files import UNSAFE, Lines, code_point, control_characters

_COMMENT = re.compile(r"[ \t]+#")

_BEYOND_LIBYAML = "exceeded maximum nesting depth"
"""What newer versions of libyaml say of brackets, ahead of our own limit; PyYAML in Python comes to ours first."""


def read_yaml(text: str, file: str) -> Tree:
    """Return the values of a YAML text. Raises `CorpusError` where no reading on makes sense."""
    if found := control_characters(text, file, yaml=True):
        raise CorpusError(found)
    reader = _read(text, file)
    if not reader.began:
        raise CorpusError(
            [Finding("violation", "the file is empty: write it, or delete it", "empty-file", Place(file, 1, 1))]
        )
    findings = reader.findings
    if reader.repeats:
        findings += repeated_keys(yaml_tokens(text), Lines(file, text))
    return Tree(reader.root, tuple(findings), reader.suspect, frozenset(reader.cut), tuple(reader.comments))


def _read(text: str, file: str, loader: type = YAML_LOADER) -> _Reader:
    reader = _Reader(text, file)
    try:
        reader.read(loader)
    except yaml.MarkedYAMLError as error:
        if error.problem == _BEYOND_LIBYAML and loader is not yaml.SafeLoader:
            return _read(text, file, yaml.SafeLoader)
        raise CorpusError([*reader.findings, explained(error, text, file, reader.last)]) from error
    return reader


class _Reader:
    """Builds the values from the events. `path` has a slot for each open container: its next number, or key."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self.root: object = ""
        self.began = False
        self.last: yaml.ScalarEvent | None = None
        self.open: list[dict[str, object] | list[object]] = []
        self.flow: list[bool] = []
        self.path: list[str | int | None] = []
        self.repeats = self.again = self.suspect = False
        self.findings: list[Finding] = []
        self.cut: list[Path] = []
        self.comments: list[Comment] = []
        self.has_comments = " #" in text or "\t#" in text
        self.has_escapes = "\\" in text

    def read(self, loader: type) -> None:
        for event in yaml.parse(self.text, loader):
            if isinstance(event, yaml.ScalarEvent):
                self.last = event
                self.scalar(event)
            elif isinstance(event, yaml.CollectionStartEvent):
                self.start(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.open.pop()
                self.flow.pop()
                self.path.pop()
                self.step()
            elif isinstance(event, yaml.AliasEvent):
                self.refuse(event, "an alias", "alias", "`*`")
            elif isinstance(event, yaml.DocumentStartEvent):
                self.document(event)

    def document(self, event: yaml.Event) -> None:
        if self.began:
            self.stop(
                event, "a file must hold one YAML document, a second begins here: delete the `---`", "documents"
            )
        self.began = True

    def scalar(self, event: yaml.ScalarEvent) -> None:
        if event.anchor is not None or event.tag is not None:
            self.marked(event)
        value: str = event.value
        if self.path and self.path[-1] is None:
            self.key(value)
            return
        if not value:
            self.suspect = True
            if not event.style and self.flow and self.flow[-1]:
                self.cut.append(self.here())
        elif not event.style:
            if self.has_comments and (found := _COMMENT.match(self.text, end(event))):
                self.comments.append(Comment(self.here(), found.end() - 1))
        elif self.has_escapes and (unsafe := UNSAFE.search(value)):
            message = f"a text must be free of control characters, this has {code_point(unsafe[0])}: delete it"
            self.report(event, message, "control-character")
        self.put(value)
        self.step()

    def key(self, key: str) -> None:
        container = self.open[-1]
        assert isinstance(container, dict)
        self.path[-1] = key
        if key in container:
            self.repeats = self.again = True

    def start(self, event: yaml.CollectionStartEvent) -> None:
        if event.anchor is not None or event.tag is not None:
            self.marked(event)
        if self.path and self.path[-1] is None:
            self.stop(
                event, "a key must be a text, not a list or mapping: put it in quotation marks", "complex-key"
            )
        if len(self.open) == MAX_DEPTH:
            self.stop(event, f"values must nest at most {MAX_DEPTH} deep: write them flatter", "too-deep")
        mapping = isinstance(event, yaml.MappingStartEvent)
        container: dict[str, object] | list[object] = {} if mapping else []
        self.put(container)
        self.open.append(container)
        self.flow.append(bool(event.flow_style))
        self.path.append(None if mapping else 0)

    def put(self, value: object) -> None:
        """Store a value at the path; the value of a repeated key is read and dropped."""
        if not self.open:
            self.root = value
            return
        container = self.open[-1]
        if isinstance(container, list):
            container.append(value)
        elif not self.again:
            container[str(self.path[-1])] = value
        self.again = False

    def step(self) -> None:
        """Go on from a value that has ended to the next item or key."""
        if self.open:
            container = self.open[-1]
            self.path[-1] = len(container) if isinstance(container, list) else None

    def here(self) -> Path:
        return tuple(step for step in self.path if step is not None)

    def marked(self, event: yaml.NodeEvent) -> NoReturn:
        if event.anchor is not None:
            self.refuse(event, "an anchor", "anchor", "`&`")
        self.refuse(event, "a tag", "tag", "`!`")

    def refuse(self, event: yaml.Event, thing: str, rule: str, sign: str) -> NoReturn:
        self.stop(
            event,
            f"a value must be written out, this is {thing} of YAML: quote a text that begins with {sign}",
            rule,
        )

    def report(self, event: yaml.Event, message: str, rule: str) -> None:
        place = Lines(self.file, self.text).place(begin(event))
        self.findings.append(Finding("violation", message, rule, place))

    def stop(self, event: yaml.Event, message: str, rule: str) -> NoReturn:
        self.report(event, message, rule)
        raise CorpusError(self.findings)
