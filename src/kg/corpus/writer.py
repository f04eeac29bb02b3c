"""Annotations → the files of a corpus: the inverse of the reader, which reads equal annotations from them.

Fields with their default value are left out, and keys are in the order of the Structs. The annotations must be
valid: ids are slugs, no text is empty or has control characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import FieldInfo, fields

from kg.annotations.classes import ClaimsFile, CorpusFile, EntityEntry
from kg.errors import Path

Plain = str | int | dict[str, "Plain | None"] | list["Plain"]
"""The content of a file: a mapping has None for a field that is not given, so that a comment can replace it."""
Comments = Mapping[Path, Sequence[str]]
"""Lines above a key, each written as `# …`, a line that begins with `#` as `##`; `""` is an empty line."""

WIDTH = 100
"""The longest line with a mapping or list in braces or brackets, or with a quoted text."""
_LONG_TEXT = 60
# libyaml and other parsers look no further for the colon of a key.
_LONG_KEY = 500

# Characters that must be escaped, since YAML takes them for line ends or refuses them.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_ESCAPED = re.compile('["\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]')
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
# A quick test: most texts are longer than `false`, and are words without any YAML syntax.
_WORDS = re.compile(r"[^\W\d_][\w.-]*(?: [\w.()-]+)*")
_BEGINS_PLAIN = re.compile(r"[^\W_]|[(/“”„‘’‚«»‹›—–…€$£]")
_ENDS_PLAIN = re.compile(r":(?:\s|\Z)|\s#")
_FLOW_SIGN = re.compile(r"[,\[\]{}?]")
# Texts that YAML 1.1 or 1.2 may read as another type; quoting a few texts too many does no harm.
_NO_TEXT = re.compile(r"(?i)null|true|false|yes|no|on|off|y|n|[0-9][0-9a-fox_.,:+\-tz ]*")
_DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?)?)?")

NO_COMMENTS: Comments = {}
NO_BLOCKS: frozenset[str] = frozenset()


def claims_yaml(file: ClaimsFile, comments: Comments = NO_COMMENTS, *, blocks: frozenset[str] = NO_BLOCKS) -> str:
    """Return the text of a `*.claims.yaml`.

    `comments` are written above the key at their path, with the names of the file (`for`, not `on_behalf_of`). A
    comment on an absent field is written in the place of the field, one on an absent entry or item after the last
    one, and one at `()` at the top. `blocks` are fields whose texts are always written as a block `|-`, in which no
    character is special.
    """
    value = _mapping(file)
    if value["claims"] is None and not any(path[:1] == ("claims",) for path in comments):
        value["claims"] = {}
    return yaml_text(value, CLAIMS_LAYOUT._replace(comments=comments, blocks=blocks))


def entities_yaml(entities: Mapping[str, EntityEntry], comments: Comments = NO_COMMENTS) -> str:
    """Return the text of an `entities.yaml`; `comments` as in `claims_yaml`."""
    value: dict[str, Plain | None] = {id: _mapping(entity) for id, entity in entities.items()}
    return yaml_text(value, ENTITIES_LAYOUT._replace(comments=comments))


def config_yaml(config: CorpusFile, comments: Comments = NO_COMMENTS) -> str:
    """Return the text of a `corpus.yaml`; `comments` as in `claims_yaml`."""
    return yaml_text(_mapping(config), YamlLayout(_is_tall_in_config, comments))


def json_line(article_id: str, text: str, file: ClaimsFile) -> bytes:
    """Return a line of a `*.jsonl` with its line end; `text` is the whole text, with its header if it has one."""
    article = {"id": article_id} | _without_absent(_mapping(file.article)) | {"id": article_id, "text": text}
    return msgspec.json.encode({**_without_absent(_mapping(file)), "article": article}) + b"\n"


def _mapping(struct: Struct) -> dict[str, Plain | None]:
    """Return the fields of a Struct by their names in a file; None for a field with its default value."""
    return {
        key: None if (value := getattr(struct, name)) == default else _plain(value)
        for name, key, default in _fields(type(struct))
    }


def _plain(value: Any) -> Plain:
    if isinstance(value, Struct):
        return _mapping(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, str | int):
        return value
    raise TypeError(f"no value of a corpus: {value!r}")


def _without_absent(value: dict[str, Plain | None]) -> dict[str, Any]:
    """Return a mapping without its absent fields, at any depth."""
    return {key: _without_absent_in(item) for key, item in value.items() if item is not None}


def _without_absent_in(value: Plain) -> Any:
    if isinstance(value, dict):
        return _without_absent(value)
    return [_without_absent_in(item) for item in value] if isinstance(value, list) else value


@cache
def _fields(of: type[Struct]) -> tuple[tuple[str, str, object], ...]:
    """Return the name, the name in a file and the default value of each field of a Struct."""
    return tuple((field.name, field.encode_name, _default(field)) for field in fields(of))


def _default(field: FieldInfo) -> object:
    return field.default_factory() if callable(field.default_factory) else field.default


def _is_tall_in_claims(path: Path) -> bool:
    return len(path) < 3 and path[:1] != ("annotation",)


def _is_tall_in_entities(path: Path) -> bool:
    return not path or (len(path) == 2 and path[1] == "roles")


def _is_tall_in_config(path: Path) -> bool:
    return not path or path == ("annotators",)


class YamlLayout(NamedTuple):
    """How a file is laid out.

    `is_tall` takes the path of a mapping, and tells whether each key gets its own line even if all fit on one.
    `blocks` are the keys whose texts are always written as blocks. `spaced` puts an empty line around each
    top-level value of several lines. `step` indents what is below a key.
    """

    is_tall: Callable[[Path], bool]
    comments: Comments = NO_COMMENTS
    blocks: frozenset[str] = frozenset()
    spaced: bool = False
    step: str = "  "


CLAIMS_LAYOUT = YamlLayout(_is_tall_in_claims, spaced=True)
ENTITIES_LAYOUT = YamlLayout(_is_tall_in_entities, spaced=True)


def yaml_text(value: dict[str, Plain | None], layout: YamlLayout) -> str:
    """Return a file: a mapping, its keys in order."""
    return "\n".join([*_Writer(layout).file(value), ""])


def value_lines(head: str, value: Plain, path: Path, layout: YamlLayout) -> list[str]:
    """Return the lines of a value after its key or dash, as `claims_yaml` writes it at a path.

    `head` is the indented key with its colon, or the indented dash.
    """
    indent = head[: len(head) - len(head.lstrip(" "))]
    return list(_Writer(layout).value(head, value, path, indent))


def item_lines(indent: str, value: Plain, path: Path, layout: YamlLayout) -> list[str]:
    """Return the lines of an item of a list with its dash; `path` is that of the list."""
    return list(_Writer(layout).items([value], path, indent))


def flow_value(value: Plain) -> str:
    """Return a value on one line, mappings in braces and lists in brackets, as it may be inside others."""
    if isinstance(value, dict):
        entries = (f"{written_key(key)}: {flow_value(item)}" for key, item in value.items() if item is not None)
        return f"{{{', '.join(entries)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow_value, value))}]"
    return _one(value, flow=True)


def scalar(text: str, *, flow: bool = False) -> str:
    """Return a text on one line, in quotation marks if it needs them; `flow` if it is in brackets or braces."""
    if _is_plain(text, flow=flow):
        return text
    if ('"' in text or "\\" in text) and "'" not in text and not _HIDDEN.search(text):
        return f"'{text}'"
    return double_quoted(text)


def double_quoted(text: str) -> str:
    """Return any text on one line in double quotation marks."""
    return f'"{_ESCAPED.sub(_escape, text)}"'


def single_quoted(text: str) -> str:
    """Return a text in single quotation marks, or in double ones if it has characters that must be escaped."""
    return double_quoted(text) if _HIDDEN.search(text) else "'" + text.replace("'", "''") + "'"


def _is_plain(text: str, *, flow: bool) -> bool:
    """Tell whether a text is read as it is without quotation marks."""
    if len(text) > len("false") and _WORDS.fullmatch(text):
        return True
    return (
        _BEGINS_PLAIN.match(text) is not None
        and not text[-1].isspace()
        and not _ENDS_PLAIN.search(text)
        and not _HIDDEN.search(text)
        and not (flow and _FLOW_SIGN.search(text))
        and (not _NO_TEXT.fullmatch(text) or _DATE.fullmatch(text) is not None)
    )


def _escape(match: re.Match[str]) -> str:
    sign = match[0]
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    return f"\\x{ord(sign):02X}" if sign < "\u0100" else f"\\u{ord(sign):04X}"


def fits_block(text: str) -> bool:
    """Tell whether a text can be written as a block `|-` unchanged, without blanks at the end of a line."""
    lines = text.split("\n")
    return (
        bool(text)
        and not text[0].isspace()
        and not any(line[-1:].isspace() or _HIDDEN.search(line) for line in lines)
        and not text.endswith("\n")
    )


class _Writer:
    """Yields the lines of one file.

    `below` has for each path the commented paths at it and below it; `above` are those that have one below.
    """

    def __init__(self, layout: YamlLayout) -> None:
        self.layout = layout
        self.below: dict[Path, list[Path]] = {}
        for path in layout.comments:
            for depth in range(len(path) + 1):
                self.below.setdefault(path[:depth], []).append(path)
        self.above = {path[:depth] for path in layout.comments for depth in range(len(path))}

    def file(self, value: dict[str, Plain | None]) -> Iterator[str]:
        yield from self.comments([()] if () in self.layout.comments else [], "")
        if _is_empty(value):
            yield "{}"
        yield from self.mapping(value, (), "")

    def mapping(self, value: dict[str, Plain | None], path: Path, indent: str) -> Iterator[str]:
        before = ""
        is_commented = path in self.above
        for key, item in value.items():
            if item is None and not is_commented:
                continue
            here = (*path, key)
            if item is None:
                yield from self.comments(self.below.get(here, []), indent)
                continue
            written = written_key(key)
            if not path and self.layout.spaced:
                now = "short" if self.flow(item, here, WIDTH - len(written) - 1) else "tall"
                if before and "tall" in (before, now):
                    yield ""
                before = now
            if here in self.layout.comments:
                yield from self.comments([here], indent)
            if len(written) > _LONG_KEY:
                yield f"{indent}? {written}"
                yield from self.value(f"{indent}:", item, here, indent)
            else:
                yield from self.value(f"{indent}{written}:", item, here, indent)
        if is_commented:
            yield from self.remaining(value, path, indent)

    def items(self, value: list[Plain], path: Path, indent: str) -> Iterator[str]:
        for at, item in enumerate(value):
            here = (*path, at)
            yield from self.comments([here] if here in self.layout.comments else [], indent)
            if isinstance(item, dict) and not self.flow(item, here, WIDTH - len(indent)):
                first, *others = self.mapping(item, here, indent + "  ")
                yield f"{indent}- {first.strip()}".rstrip()
                yield from others
            else:
                yield from self.value(f"{indent}-", item, here, indent)
        yield from self.remaining(range(len(value)), path, indent)

    def value(self, head: str, item: Plain, path: Path, indent: str) -> Iterator[str]:
        """Yield a value after its key or dash, on the same line or below."""
        if isinstance(item, str) and self.wants_block(item, path):
            yield f"{head} |-"
            yield from (f"{indent}{self.layout.step}{line}" if line else "" for line in item.split("\n"))
        elif isinstance(item, str | int):
            yield f"{head} {_one(item, flow=False)}"
        elif line := self.flow(item, path, WIDTH - len(head)):
            yield f"{head} {line}"
        elif isinstance(item, dict):
            yield f"{head} {{}}" if _is_empty(item) else head
            yield from self.mapping(item, path, indent + self.layout.step)
        else:
            yield head if item else f"{head} []"
            yield from self.items(item, path, indent + self.layout.step)

    def wants_block(self, text: str, path: Path) -> bool:
        if "\n" in text or self.is_block(path):
            return fits_block(text)
        return len(text) > _LONG_TEXT and " " in text and not _is_plain(text, flow=False) and fits_block(text)

    def is_block(self, path: Path) -> bool:
        if not self.layout.blocks:
            return False
        key = next((step for step in reversed(path) if isinstance(step, str)), "")
        return key in self.layout.blocks

    def flow(self, item: Plain, path: Path, room: int) -> str:
        """Return a value on one line, `""` if it needs several lines or is too long."""
        if isinstance(item, str | int):
            text = _one(item, flow=True)
            return "" if isinstance(item, str) and (self.is_block(path) or "\n" in item) else text
        if path not in self.below and _is_empty(item):
            return "{}" if isinstance(item, dict) else "[]"
        tall = isinstance(item, dict) and self.layout.is_tall(path)
        if tall or self.below.get(path, [path]) != [path]:
            return ""
        return self.bracketed(item, path, room)

    def bracketed(self, item: dict[str, Plain | None] | list[Plain], path: Path, room: int) -> str:
        is_mapping = isinstance(item, dict)
        entries = item.items() if isinstance(item, dict) else enumerate(item)
        pieces: list[str] = []
        for step, each in entries:
            if each is None:
                continue
            if not (text := self.flow(each, (*path, step), room)):
                return ""
            pieces.append(f"{written_key(str(step))}: {text}" if is_mapping else text)
            room -= len(pieces[-1]) + 2
            if room < 0:
                return ""
        return f"{{{', '.join(pieces)}}}" if is_mapping else f"[{', '.join(pieces)}]"

    def remaining(self, steps: Mapping[str, object] | range, path: Path, indent: str) -> Iterator[str]:
        """Yield the comments on keys and items that are not there."""
        depth = len(path)
        found = [at for at in self.below.get(path, []) if len(at) > depth and at[depth] not in steps]
        yield from self.comments(found, indent)

    def comments(self, paths: Sequence[Path], indent: str) -> Iterator[str]:
        for path in paths:
            for line in "\n".join(self.layout.comments[path]).split("\n") if self.layout.comments[path] else ():
                clean = _HIDDEN.sub(" ", line).rstrip()
                yield f"{indent}{'#' if clean.startswith('#') else '# '}{clean}" if clean else ""


def _is_empty(item: dict[str, Plain | None] | list[Plain]) -> bool:
    return all(each is None for each in (item.values() if isinstance(item, dict) else item))


def written_key(key: str) -> str:
    """Return a key, in quotation marks if it needs them."""
    # `on` is a field of ours that everyone writes so; a language `no` is not.
    return key if key == "on" else scalar(key, flow=True)


def _one(item: str | int, *, flow: bool) -> str:
    if isinstance(item, bool):
        return "true" if item else "false"
    return str(item) if isinstance(item, int) else scalar(item, flow=flow)
