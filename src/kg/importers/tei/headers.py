"""A `teiHeader` → what is known of the article.

https://tei-c.org/release/doc/tei-p5-doc/en/html/HD.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kg.dates import edtf as dates
from kg.importers.core.documents import ArticleMetadata, Name, Skipped, authority_iri
from kg.importers.tei.nodes import Node

_DATE = re.compile(r"\d{4}(?:-\d\d){0,2}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_SITE = re.compile(r"https?://[^/?#]*/?")
_SITE_WHY = "it is the address of a whole site, not of this text"
_WORDS_WHY = "it has no `when`, and its words are no date such as 2020-02-21, 2020-02 or 2020"
_SOURCES = ("bibl", "biblStruct", "biblFull", "recording")


class Header(NamedTuple):
    """What a header tells of the article."""

    article: ArticleMetadata
    publisher: Name | None
    authors: tuple[Name, ...]
    skipped: tuple[Skipped, ...]


def read_header(node: Node | None, language: str) -> Header:
    """Return what a header says, of the source where it describes one, else of the file itself."""
    language = language if _LANGUAGE.fullmatch(language) else ""
    if node is None:
        return Header(ArticleMetadata(language=language), None, (), ())
    statement = next(node.find("fileDesc", "titleStmt"), None)
    sources = [each for source in node.find("fileDesc", "sourceDesc") for each in source.children(*_SOURCES)]
    origins = sources or list(node.find("fileDesc", "publicationStmt"))
    skipped: list[Skipped] = []
    article = ArticleMetadata(
        headline=_headline(statement, language) if statement else "",
        published=next(_dates([*origins, *node.find("profileDesc", "settingDesc", "setting")], skipped), ""),
        url=next(_addresses(origins, skipped), ""),
        language=language,
    )
    publisher = next((each for origin in origins for each in origin.below("publisher")), None)
    authors = [_someone(each, "") for each in statement.children("author")] if statement else []
    return Header(
        article,
        _someone(publisher, "Organization", language) if publisher else None,
        tuple(each for each in authors if each.name),
        tuple(skipped),
    )


def _addresses(origins: list[Node], skipped: list[Skipped]) -> Iterator[str]:
    """Yield the web addresses of a source; note those that are of a whole site, as of a parliament."""
    for each in origins:
        for idno in each.below("idno"):
            url = authority_iri("", idno.text())
            if url and _SITE.fullmatch(url):
                skipped.append(Skipped("attribute", f"idno: {url}", _SITE_WHY, idno.element.at))
            elif url:
                yield url


def _headline(statement: Node, language: str) -> str:
    """Return the main title in the language of the text, with the subtitle behind a colon."""
    titles = list(statement.children("title"))
    titles = [each for each in titles if each.get("xml:lang") in ("", language)] or titles
    main = next((each.text() for each in titles if each.get("type") in ("", "main")), "")
    under = next((each.text() for each in titles if each.get("type") == "sub"), "")
    return ": ".join(filter(None, (main, under)))


def _dates(nodes: list[Node], skipped: list[Skipped]) -> Iterator[str]:
    """Yield the dates that stand in these, as EDTF; note those that are none."""
    for node in nodes:
        for date in node.below("date"):
            written, words = _edtf(date), date.text()
            if not written and words and not _DATE.fullmatch(words):
                skipped.append(Skipped("attribute", f"date: {words}", _WORDS_WHY, date.element.at))
                continue
            try:
                if written := written or words:
                    dates.read(written)
                    yield written
            except ValueError as error:
                why = f"a date must be written as 2020-02-21 or 2020-02: {error}"
                skipped.append(Skipped("attribute", f"date: {written}", why, date.element.at))


def _edtf(date: Node) -> str:
    """Return a date's attributes as EDTF: a day within bounds is a set, what lasted an interval."""
    if when := date.get("when"):
        return when
    if (first := date.get("notBefore")) and (last := date.get("notAfter")):
        return f"[{first}..{last}]"
    if (first := date.get("from")) and (last := date.get("to")):
        return f"{first}/{last}"
    return ""


def _someone(node: Node, type: str, language: str = "") -> Name:
    """Return a publisher or an author by the name in it, in the language of the text if there are several."""
    names = [*node.children("persName", "orgName", "name")]
    inside = next((each for each in names if each.get("xml:lang") == language), names[0] if names else node)
    type = {"persName": "Person", "orgName": "Organization"}.get(inside.name, type)
    same_as = [authority_iri("", each) for each in f"{node.get('ref')} {inside.get('ref')}".split()]
    return Name(inside.text(), type, tuple(dict.fromkeys(filter(None, same_as))))
