"""Short forms of IRIs, only where nothing can be mistaken: no escapes, no `..`, no percent signs.

Relative IRIs: https://www.rfc-editor.org/rfc/rfc3986#section-5.2
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_LOCAL = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_REMEMBERED = 2048
_NAMESPACE_END = re.compile(r".*[/#]")
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9]*")
# A base in which readers cannot differ: no `.` or `..` to remove, no empty segment, no query.
_BASE = re.compile(r"https?://[A-Za-z0-9.:-]+/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*/)*")
# Segments of letters, digits and single dots inside.
_RELATIVE = r"[A-Za-z0-9_-]++(?:[/.][A-Za-z0-9_-]++)*+(?:#[A-Za-z0-9_-]++(?:\.[A-Za-z0-9_-]++)*+)?"


class Abbreviations:
    """Prefixes and a base. `base` is `""` where the given one is no IRI that every reader resolves alike."""

    def __init__(self, prefixes: Mapping[str, str], base: str) -> None:
        self.prefixes = dict(prefixes)
        self.base = base if _BASE.fullmatch(base) else ""
        # Without a base this matches nothing.
        self._under_base = re.compile(re.escape(self.base) + _RELATIVE if self.base else "(?!)")
        self._base_length = len(self.base)
        # Of relative IRIs, what stands before `#` in them, and what behind.
        self._wholes: dict[str, str] = {}
        self._fragments: set[str] = set()
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
        whole, hash, fragment = iri.partition("#")
        if fragment in self._fragments and (start := self._wholes.get(whole)):
            return f"{start}#{fragment}"
        if not self._under_base.fullmatch(iri):
            return ""
        if len(self._wholes) + len(self._fragments) >= _REMEMBERED:
            self._wholes.clear()
            self._fragments.clear()
        if hash:
            self._fragments.add(fragment)
        start = self._wholes[whole] = whole[self._base_length :]
        return f"{start}{hash}{fragment}"
