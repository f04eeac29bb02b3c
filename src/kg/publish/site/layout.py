"""Where each page stands: its file's name from the path of its IRI, and back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

FORMATS = ("ttl", "jsonld", "nt")
"""The formats in which a thing's data stand beside its page."""
MISSING = "404"
"""The path of the page that hosts show where there is none."""
_PARTS = ("claim/", "occasion/", "source/")
"""What belongs to one article each."""
_PART = re.compile(r"(claim|occasion|source)/(.+)/([^/#]+)")


class Layout(NamedTuple):
    """How pages are laid out. `languages` begins with the one whose pages have no tag in their names; in a `large`
    site, claims, occasions and sources are sections of their article's page."""

    languages: tuple[str, ...]
    large: bool = False

    def file(self, path: str, language: str) -> str:
        """Return the name of a page's file: of `claim/a/c01` in Dutch it is `claim/a/c01.nl.html`.

        A path may end in a fragment.
        """
        place, mark, fragment = path.partition("#")
        if self.large and (match := _PART.fullmatch(place)):
            place, mark, fragment = f"article/{match[2]}", "#", section(place)
        tag = "" if language == self.languages[0] else f".{language}"
        return f"{place or 'index'}{tag}.html{mark}{fragment}"

    def has_page(self, path: str) -> bool:
        """Tell whether a thing has a page of its own."""
        return not (self.large and path.startswith(_PARTS))

    def has_data(self, path: str) -> bool:
        """Tell whether a thing's data stand beside its page: in a large site only those of articles do."""
        return not self.large or path.startswith("article/") or path == "dataset"


def section(path: str) -> str:
    """Return the name of a thing's section in its article's page: of `occasion/a/talk` it is `occasion.talk`."""
    kind, _, rest = path.partition("/")
    name = rest.rpartition("/")[2]
    return name if kind == "claim" else f"{kind}.{name}"


def page_named(name: str, languages: Sequence[str]) -> tuple[str, str] | None:
    """Return the path and the language of the page in a file; None where the name is none of a page's."""
    place, dot, suffix = name.rpartition(".")
    if not dot or suffix != "html":
        return None
    path, dot, language = place.rpartition(".")
    if not dot or language not in languages[1:]:
        path, language = place, languages[0]
    return ("" if path == "index" else path), language


def relative(target: str, page: str) -> str:
    """Return the way from one file to another, as `../entity/x.html`."""
    return "../" * page.count("/") + target
