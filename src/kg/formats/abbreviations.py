"""Prefixed names and relative IRIs, used only where every reader agrees: no escapes, `..` or percent signs.

Relative IRIs: https://www.rfc-editor.org/rfc/rfc3986#section-5.2
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_LOCAL = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_REMEMBERED = 2048
_NAMESPACE_END = re.compile(r".*[/#]")
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9]*")
# A base that all readers resolve alike: no `.` or `..` to remove, no empty segment, no query.
_BASE = re.compile(r"https?://[A-Za-z0-9.:-]+/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*/)*")
# Segments of letters, digits and single dots inside.
_RELATIVE = r"[A-Za-z0-9_-]++(?:[/.][A-Za-z0-9_-]++)*(?:#[A-Za-z0-9_-]++(?:\.[A-Za-z0-9_-]++)*)?"


class Abbreviations:
    """Prefixes and a base. `base` is `""` unless every reader resolves the given one alike."""

    def __init__(self, prefixes: Mapping[str, str], base: str) -> None:
        self.prefixes = dict(prefixes)
        self.base = base if _BASE.fullmatch(base) else ""
        # Without a base this matches nothing.
        self._under_base = re.compile(re.escape(self.base) + _RELATIVE if self.base else "(?!)")
        self._base_length = len(self.base)
        # IRIs under the base, split after their last `#` or `/`: each head with its relative form, and the tails.
        # Any known head and any known tail join to an IRI under the base, so neither needs the expression again.
        self._heads: dict[str, str] = {}
        self._tails: set[str] = set()
        self._prefix_of: dict[str, str] = {}
        for prefix, namespace in prefixes.items():
            if not _PREFIX.fullmatch(prefix):
                raise ValueError(f"a prefix is letters and digits, not {prefix!r}")
            self._prefix_of.setdefault(namespace, prefix)

    def prefixed(self, iri: str) -> str:
        """Return a bare IRI as `prefix:local`, or `""`."""
        match = _NAMESPACE_END.match(iri)
        if match is None:
            return ""
        namespace = match.group()
        prefix = self._prefix_of.get(namespace)
        if prefix is None:
            return ""
        local = iri[len(namespace) :]
        return f"{prefix}:{local}" if _LOCAL.fullmatch(local) else ""

    def relative(self, iri: str) -> str:
        """Return a bare IRI relative to the base, or `""`."""
        end = (iri.rfind("#") + 1) or (iri.rfind("/") + 1)
        head, tail = iri[:end], iri[end:]
        if tail in self._tails and (start := self._heads.get(head)) is not None:
            return start + tail
        if not self._under_base.fullmatch(iri):
            return ""
        if len(self._heads) + len(self._tails) >= _REMEMBERED:
            self._heads.clear()
            self._tails.clear()
        self._tails.add(tail)
        start = self._heads[head] = head[self._base_length :]
        return start + tail
