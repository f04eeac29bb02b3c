"""YAML text → plain values, each scalar as the string that was written.

The events of PyYAML's C parser are read one by one, so that an alias, an anchor, a tag or too deep nesting is
refused at its start, before it takes time or memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, NoReturn

import yaml

from kg.errors import CorpusError, Finding, Path, Place
from kg.files.json_reader import repeated_keys
from kg.files.places import Lines, ValueToken
from kg.files.text_files import UNSAFE, code_point, control_characters, show_invisible

YAML_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_DEPTH = 16
"""How deep values may be nested: no file of a corpus needs more than 6 levels."""
_COMMENT = re.compile(r"[ \t]+#")

_BEYOND_LIBYAML = "exceeded maximum nesting depth"
"""The error of newer versions of libyaml for brackets, below our own limit; PyYAML in Python has none."""
_QUOTES = "put the text in quotation marks"
_KEY_VALUE = re.compile(r"\s*(?:- +)*[^\s:{\[\"'][^:]*:[ \t]+\S")
# An indent, or what follows a `-` or a key, up to a blank of another kind.
_NO_BREAK = r"(?m)^ *(?:- *)*(?:[^\s:#\"']+:)? *[\u00a0\u2007\u202f]"
_LINE_END = re.compile(r"[\r\n]")
_ENTRY = re.compile(r"([\w-]+):[ \t]*(?:#.*)?$", re.MULTILINE)
_ENTRY_IN_LIST = re.compile(r"- +([\w-]+):[ \t]*(?:#.*)?$", re.MULTILINE)
_KEY_LINE = re.compile(r"^( *)([\w-]+):", re.MULTILINE)
_KEY_WITHOUT_BLANK = re.compile(r"([a-z_]+):[^\s/:]")
_DIGITS = re.compile(r"\d+")
_NEAR = 5
_CLOSING = {"[": "]", "{": "}"}


class Comment(NamedTuple):
    """A comment after an unquoted text on its line: the path of the text and the offset of the `#`."""

    path: Path
    offset: int


class ParsedFile(NamedTuple):
    """A file as plain values.

    `cut` are the keys without a value in a flow mapping, where a comma may have cut a text; `suspect` says that the
    value must be checked even if it has the right type (an empty text, too many numbers).
    """

    value: object
    findings: tuple[Finding, ...] = ()
    suspect: bool = False
    cut: frozenset[Path] = frozenset()
    comments: tuple[Comment, ...] = ()


def read_yaml(text: str, file: str) -> ParsedFile:
    """Return the values of a YAML text. Raises `CorpusError` at an error after which nothing can be read."""
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
    return ParsedFile(reader.root, tuple(findings), reader.suspect, frozenset(reader.cut), tuple(reader.comments))


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
        self.lines: Lines | None = None
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
                event, "a file must have one YAML document, a second begins here: delete the `---`", "documents"
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
            if not event.style and self.flow and self.flow[-1] and not self.follows_colon(event):
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

    def follows_colon(self, event: yaml.ScalarEvent) -> bool:
        """Tell whether a colon stands before an empty value, with a few blanks between them at most."""
        at = end(event)
        return self.text[max(at - 80, 0) : at].rstrip().endswith(":")

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
        """Store a value at the path; drop the value of a repeated key."""
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
        """Advance to the next item or key after a value."""
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
        if self.lines is None:
            self.lines = Lines(self.file, self.text)
        place = self.lines.place(begin(event))
        self.findings.append(Finding("violation", message, rule, place))

    def stop(self, event: yaml.Event, message: str, rule: str) -> NoReturn:
        self.report(event, message, rule)
        raise CorpusError(self.findings)


def yaml_tokens(text: str) -> Iterator[ValueToken]:
    """Yield the tokens of a YAML text up to the first error in it."""
    last = 0  # the end of the last value: the parser notices the end of a block only at the next token
    try:
        for event in yaml.parse(text, YAML_LOADER):
            at = begin(event)
            if isinstance(event, yaml.CollectionEndEvent):
                last = max(last, end(event)) if end(event) > at else last
                yield ValueToken("end", "", at, last)
            elif isinstance(event, yaml.ScalarEvent):
                last = end(event)
                yield ValueToken("scalar", event.value, at, last)
            elif isinstance(event, yaml.CollectionStartEvent):
                yield ValueToken("{" if isinstance(event, yaml.MappingStartEvent) else "[", "", at, end(event))
    except (yaml.YAMLError, UnicodeError):
        return


def begin(event: yaml.Event) -> int:
    """Return the offset at which an event begins, in code points."""
    return event.start_mark.index if event.start_mark else 0


def end(event: yaml.Event) -> int:
    """Return the offset after the last character of an event."""
    return event.end_mark.index if event.end_mark else 0


class YamlFault:
    """A YAML error and its text: the parser noticed it at `at`, and what failed begins at `opened`."""

    def __init__(self, error: yaml.MarkedYAMLError, text: str, last: yaml.ScalarEvent | None) -> None:
        self.text, self.last = text, last
        self.problem = error.problem or ""
        self.context = error.context or ""
        mark = error.problem_mark or error.context_mark
        self.at = min(mark.index, len(text)) if mark else 0
        self.opened = error.context_mark.index if error.context_mark else self.at

    @property
    def character(self) -> str:
        """The character at which the error was noticed, or nothing at the end."""
        return self.text[self.at : self.at + 1]

    @property
    def before(self) -> str:
        """The part of the line before that character."""
        return self.text[: self.at].replace("\r", "\n").rpartition("\n")[2]

    def after_quoted(self) -> bool:
        """Tell whether the error is on the line on which the last quoted text ended."""
        if self.last is None or not self.last.style or self.last.style not in "\"'":
            return False
        between = self.text[end(self.last) : self.at]
        return "\n" not in between and "\r" not in between


Explanation = tuple[int, str]
"""The offset of a finding, and its message."""


def explained(error: yaml.MarkedYAMLError, text: str, file: str, last: yaml.ScalarEvent | None) -> Finding:
    """Return the finding for a syntax error; `last` is the scalar read before it."""
    fault = YamlFault(error, text, last)
    offset, message = _no_break(fault) or next(
        (explain(fault) for sign, explain in _EXPLANATIONS if sign in f"{fault.context}: {fault.problem}"),
        (
            fault.at,
            f"the file must be YAML, here {fault.problem or 'it is not'}: {_QUOTES}, or correct the indentation",
        ),
    )
    return Finding("violation", message, "yaml-syntax", Lines(file, text).place(offset))


def _no_break(fault: YamlFault) -> Explanation | None:
    """A blank of another kind where YAML only allows ordinary ones, on the line of the error or just before."""
    ends = _LINE_END.search(fault.text, fault.at)
    upto = ends.start() if ends else len(fault.text)
    starts = [line.end() for line in _LINE_END.finditer(fault.text, 0, upto)]
    found = list(re.compile(_NO_BREAK).finditer(fault.text, starts[-_NEAR] if len(starts) >= _NEAR else 0, upto))
    if not found:
        return None
    at = found[-1].end() - 1
    sign = show_invisible(fault.text[at])[1:-1].replace(" U+", " (U+")
    return (
        at,
        f"an indent, and the blank after `:` or `-`, must be ordinary blanks, here is a {sign}): "
        "write an ordinary one",
    )


def _tab(fault: YamlFault) -> Explanation:
    return fault.at, "lines must be indented with blanks, here is a tab: replace it by blanks"


def _start(fault: YamlFault) -> Explanation:
    if fault.character == "\t":
        return _tab(fault)
    sign = "a backtick" if fault.character == "`" else f"`{fault.character}`"
    return fault.at, f"an unquoted text must not begin with {sign}: {_QUOTES}"


def _sign(sign: str) -> Callable[[YamlFault], Explanation]:
    def explain(fault: YamlFault) -> Explanation:
        found = fault.text[fault.opened : fault.opened + 1] or sign
        return fault.opened, f"an unquoted text must not begin with `{found}`: {_QUOTES}"

    return explain


def _second_colon(fault: YamlFault) -> Explanation:
    """A colon where no value may begin: the second on its line, or on a line that is indented too far."""
    if _KEY_VALUE.match(fault.before):
        return fault.at, f"an unquoted text must not have `: ` in it: {_QUOTES}"
    indent = len(fault.before) - len(fault.before.lstrip())
    message = (
        "the keys of a mapping must be indented alike, this one differs from those above: correct the indentation"
    )
    return fault.at - len(fault.before) + indent, message


def _unclosed(fault: YamlFault) -> Explanation:
    quote = fault.text[fault.opened : fault.opened + 1]
    return (
        fault.opened,
        f"a quoted text must be closed, the `{quote}` that opens here is not: add the closing `{quote}`",
    )


def _escape(fault: YamlFault) -> Explanation:
    # libyaml notices a bad code point some characters after its backslash.
    begin_at = max(fault.text.rfind("\\", fault.opened, fault.at + 1), fault.opened)
    found = fault.text[begin_at : begin_at + 2]
    message = (
        f"a backslash in double quotes must begin an escape, `{found}` is none: write `\\\\`, or use single quotes"
    )
    return begin_at, message


def _neighbour(fault: YamlFault) -> Explanation:
    """Something other than a key or item where a block mapping or list continues."""
    if fault.after_quoted() and fault.last is not None:
        return _inner_quote(fault.last, fault)
    if fault.before.rstrip()[-1:] in ("]", "}") and fault.before.rstrip():
        return (
            fault.at,
            f"nothing may follow a closing `{fault.before.rstrip()[-1]}`: {_QUOTES} if it begins with a bracket",
        )
    if fault.character in ("]", "}"):
        return fault.at, f"a bracket must close one that was opened, this `{fault.character}` does not: delete it"
    if "'-'" in fault.problem:
        if entry := _ENTRY_IN_LIST.match(fault.text, fault.opened):
            return (
                fault.opened,
                f"an entry is written as `{entry[1]}:`, without a dash: delete the `- `, indent it like the others",
            )
        return (
            fault.at,
            "each item of this list must begin with `- `, this line does not: correct it or its indentation",
        )
    if outdented := _outdented_entry(fault):
        return outdented
    message = (
        "the keys of a mapping must be indented alike, this line differs from those above: correct the indentation"
    )
    return fault.at, message


def _outdented_entry(fault: YamlFault) -> Explanation | None:
    """An entry indented less than the next one, at which the error is noticed: `c05` if `c06` is like `c04`."""
    noticed = _ENTRY.match(fault.text, fault.at)
    if noticed is None or fault.before.strip():
        return None
    above = [line for line in _KEY_LINE.finditer(fault.text, 0, fault.at) if len(line[1]) < len(fault.before)]
    if not above or _DIGITS.sub("0", above[-1][2]) != _DIGITS.sub("0", noticed[1]):
        return None
    name = above[-1][2]
    message = f"`{name}` is indented less than `{noticed[1]}`: indent it, and what is below it, like the others"
    return above[-1].start(2), message


def _inner_quote(quoted: yaml.ScalarEvent, fault: YamlFault) -> Explanation:
    twice = "write it twice" if quoted.style == "'" else 'write it `\\"`'
    message = (
        f"a quoted text must end its value, here more follows: if a `{quoted.style}` belongs to the text, {twice}; "
        "else put the whole in quotation marks"
    )
    several_lines = "\n" in fault.text[begin(quoted) : end(quoted)]
    # A text of several lines has most likely lost its end, so its beginning is what to look at.
    return (begin(quoted) if several_lines else fault.at), message


def _flow(fault: YamlFault) -> Explanation:
    if fault.after_quoted() and fault.last is not None and fault.character not in ("", ":"):
        return _inner_quote(fault.last, fault)
    opened = fault.opened if fault.text[fault.opened : fault.opened + 1] in _CLOSING else _last_open(fault)
    opening = fault.text[opened : opened + 1]
    if fault.character == "," and opened != fault.opened:
        inside = "a list" if opening == "[" else "a mapping between braces"
        return fault.at, f"{inside} must have something before each comma, here is nothing: delete the `,`"
    if fault.character == ":" and "\n" not in fault.text[fault.opened : fault.at]:
        return fault.at, f"an unquoted text must not have `: ` in it: {_QUOTES}"
    message = (
        f"a `{opening}` must be closed, the one that opens here is not: add the `{_CLOSING[opening]}`, "
        f"or put a text that begins with `{opening}` in quotation marks"
    )
    return opened, message


def _last_open(fault: YamlFault) -> int:
    """Return the offset of the innermost bracket that is open at the error."""
    opened: list[int] = []
    for token in yaml.scan(fault.text[: fault.at], YAML_LOADER):
        if isinstance(token, yaml.FlowSequenceStartToken | yaml.FlowMappingStartToken):
            opened.append(token.start_mark.index)
        elif isinstance(token, yaml.FlowSequenceEndToken | yaml.FlowMappingEndToken):
            opened.pop()
    return opened[-1]


def _no_key(fault: YamlFault) -> Explanation:
    if key := _KEY_WITHOUT_BLANK.match(fault.text, fault.opened):
        return fault.opened, f"a line must be `key: value`, this one has no blank after `{key[1]}:`: put one there"
    return (
        fault.opened,
        "a line must be `key: value`, this one has no `: `: indent a text that continues from the line above",
    )


def _list_here(fault: YamlFault) -> Explanation:
    return fault.at, f"an item of a list must begin on a line of its own: move the `- ` down, or {_QUOTES}"


def _beyond(fault: YamlFault) -> Explanation:
    return fault.at, f"a file must be one mapping, this is outside of it: correct the indentation, or {_QUOTES}"


_EXPLANATIONS: tuple[tuple[str, Callable[[YamlFault], Explanation]], ...] = (
    ("tab character", _tab),
    ("mapping values are not allowed", _second_colon),
    ("cannot start any token", _start),
    ("quoted scalar: found unexpected", _unclosed),
    ("quoted scalar: found unknown escape", _escape),
    ("quoted scalar: found invalid Unicode", _escape),
    ("quoted scalar: did not find expected hexdecimal", _escape),
    ("did not find expected key", _neighbour),
    ("'-' indicator", _neighbour),
    ("<block end>", _neighbour),
    ("parsing a flow", _flow),
    ("expected node content", _start),
    ("expected the node content", _start),
    ("block scalar", _sign("|")),
    ("simple key", _no_key),
    ("sequence entries are not allowed", _list_here),
    ("mapping keys are not allowed", _start),
    ("scanning an alias", _sign("*")),
    ("scanning an anchor", _sign("&")),
    ("scanning a tag", _sign("!")),
    ("parsing a tag", _sign("!")),
    ("scanning a directive", _sign("%")),
    ("scanning a %", _sign("%")),
    ("<document start>", _beyond),
)
