"""What a YAML syntax error most likely means, in the words of someone who types YAML by hand."""

from __future__ import annotations

import re
from collections.abc import Callable

import yaml

from kg.corpus.positions import YAML_LOADER, begin, end
from kg.errors import Finding
from kg.files.text_files import Lines, show_invisible

_QUOTES = "put the text in quotation marks"
_KEY_VALUE = re.compile(r"\s*(?:- +)*[^\s:{\[\"'][^:]*:[ \t]+\S")
# An indent, or what follows a `-` or a key, up to a blank of another kind.
_NO_BREAK = r"(?m)^ *(?:- *)*(?:[^\s:#\"']+:)? *[\u00a0\u2007\u202f]"
_LINE_END = re.compile(r"[\r\n]")
_NEAR = 5
_CLOSING = {"[": "]", "{": "}"}


class Fault:
    """A YAML error with its text; `at` is where it was noticed, `opened` where what failed began."""

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
        """What stands on the line before that character."""
        return self.text[: self.at].replace("\r", "\n").rpartition("\n")[2]

    def after_quoted(self) -> bool:
        """Tell whether the error stands on the line on which the last quoted text ended, or right after it."""
        if self.last is None or not self.last.style or self.last.style not in "\"'":
            return False
        between = self.text[end(self.last) : self.at]
        return "\n" not in between and "\r" not in between


Explanation = tuple[int, str]
"""Where to point, and what to say."""


def explained(error: yaml.MarkedYAMLError, text: str, file: str, last: yaml.ScalarEvent | None) -> Finding:
    """Return the finding for a syntax error; `last` is the scalar read before it."""
    fault = Fault(error, text, last)
    offset, message = _no_break(fault) or next(
        (explain(fault) for sign, explain in _EXPLANATIONS if sign in f"{fault.context}: {fault.problem}"),
        (
            fault.at,
            f"the file must be YAML, here {fault.problem or 'it is not'}: {_QUOTES}, or mend the indentation",
        ),
    )
    return Finding("violation", message, "yaml-syntax", Lines(file, text).place(offset))


def _no_break(fault: Fault) -> Explanation | None:
    """A blank of another kind where YAML takes none but ordinary ones, on the line of the error or just before."""
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


def _tab(fault: Fault) -> Explanation:
    return fault.at, "lines must be indented with blanks, here is a tab: replace it by blanks"


def _start(fault: Fault) -> Explanation:
    if fault.character == "\t":
        return _tab(fault)
    sign = "a backtick" if fault.character == "`" else f"`{fault.character}`"
    return fault.at, f"an unquoted text must not begin with {sign}: {_QUOTES}"


def _sign(sign: str) -> Callable[[Fault], Explanation]:
    def explain(fault: Fault) -> Explanation:
        found = fault.text[fault.opened : fault.opened + 1] or sign
        return fault.opened, f"an unquoted text must not begin with `{found}`: {_QUOTES}"

    return explain


def _second_colon(fault: Fault) -> Explanation:
    """A colon where no value may begin: the second on its line, or of a line indented too far."""
    if _KEY_VALUE.match(fault.before):
        return fault.at, f"an unquoted text must not have `: ` in it: {_QUOTES}"
    indent = len(fault.before) - len(fault.before.lstrip())
    message = (
        "the keys of a mapping must be indented alike, this one differs from those above: mend the indentation"
    )
    return fault.at - len(fault.before) + indent, message


def _unclosed(fault: Fault) -> Explanation:
    quote = fault.text[fault.opened : fault.opened + 1]
    return (
        fault.opened,
        f"a quoted text must be closed, the `{quote}` that opens here is not: add the closing `{quote}`",
    )


def _escape(fault: Fault) -> Explanation:
    # libyaml notices a bad code point some characters after its backslash.
    begin_at = max(fault.text.rfind("\\", fault.opened, fault.at + 1), fault.opened)
    found = fault.text[begin_at : begin_at + 2]
    message = (
        f"a backslash in double quotes must begin an escape, `{found}` is none: write `\\\\`, or use single quotes"
    )
    return begin_at, message


def _neighbour(fault: Fault) -> Explanation:
    """Something that is no key where a block mapping or list goes on."""
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
        return (
            fault.at,
            "each item of this list must begin with `- `, this line does not: mend it or its indentation",
        )
    message = (
        "the keys of a mapping must be indented alike, this line differs from those above: mend the indentation"
    )
    return fault.at, message


def _inner_quote(quoted: yaml.ScalarEvent, fault: Fault) -> Explanation:
    twice = "write it twice" if quoted.style == "'" else 'write it `\\"`'
    message = (
        f"a quoted text must end its value, here more follows: if a `{quoted.style}` belongs to the text, {twice}; "
        "else put the whole in quotation marks"
    )
    several_lines = "\n" in fault.text[begin(quoted) : end(quoted)]
    # A text of several lines has most likely lost its end, so its beginning is what to look at.
    return (begin(quoted) if several_lines else fault.at), message


def _flow(fault: Fault) -> Explanation:
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


def _last_open(fault: Fault) -> int:
    """Return where the innermost bracket opens that is open at the error."""
    opened: list[int] = []
    for token in yaml.scan(fault.text[: fault.at], YAML_LOADER):
        if isinstance(token, yaml.FlowSequenceStartToken | yaml.FlowMappingStartToken):
            opened.append(token.start_mark.index)
        elif isinstance(token, yaml.FlowSequenceEndToken | yaml.FlowMappingEndToken):
            opened.pop()
    return opened[-1]


def _no_key(fault: Fault) -> Explanation:
    return (
        fault.opened,
        "a line must be `key: value`, this one has no `: `: indent what goes on from the line above",
    )


def _list_here(fault: Fault) -> Explanation:
    return fault.at, f"an item of a list must begin on a line of its own: move the `- ` down, or {_QUOTES}"


def _beyond(fault: Fault) -> Explanation:
    return fault.at, f"a file must be one mapping, this stands outside of it: mend the indentation, or {_QUOTES}"


_EXPLANATIONS: tuple[tuple[str, Callable[[Fault], Explanation]], ...] = (
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
