"""The parts of pages that occur in great numbers: links, claims in lists, timelines, facts about entities.

They are functions and not templates, which take six times as long. Templates call them as `f.link` and so on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from kg.publish.site.localisation import DateView, LocalText, strings
from kg.publish.site.rendering import external, licence_name, shortened

if TYPE_CHECKING:
    from kg.publish.site.charts import SpeakerExchange, Timeline
    from kg.publish.site.claims import ClaimLine
    from kg.publish.site.entities import EntityView
    from kg.publish.site.store_reader import OwnFact, PageLink

_CACHE_SIZE = 4096
_MARKED = ' class="marked"'
_NAVIGATION = {
    "articles": "articles",
    "people": "people",
    "entity/topics": "topics",
    "events": "events",
    "outlets": "outlets",
    "debate": "debate",
    "explore": "explore",
    "search": "search",
    "query": "query",
}
"""The sections of the site in the navigation, by the paths of their pages."""
_special = re.compile("[&<>\"']").search


def escaped(text: str) -> str:
    """Return a text escaped for HTML: most texts need nothing."""
    return str(escape(text)) if _special(text) else text


def away(address: str, name: str) -> str:
    """Return a link out of the site; the name alone if the address is no web address."""
    return (
        f'<a href="{escaped(address)}" rel="noopener">{escaped(name)}</a>' if external(address) else escaped(name)
    )


class Fragments:
    """The fragments of pages in one language; `url` returns the address of a path, as seen from the page."""

    def __init__(self, language: str, base: str, url: Callable[[str], str]) -> None:
        self.language = language
        self.base = base
        self._strings = strings(language)
        self._t = {key: escaped(text) for key, text in self._strings.items()}
        self._url = lru_cache(_CACHE_SIZE)(lambda path: escaped(url(path)))
        self._link = lru_cache(_CACHE_SIZE)(self._made_link)

    def for_templates(self) -> SimpleNamespace:
        """Return the fragments by the names that templates call them by, as HTML that needs no escaping."""
        return SimpleNamespace(**{name: _safe(function) for name, function in self._named().items()})

    def _named(self) -> dict[str, Callable[..., str]]:
        return {
            "lang": self._lang,
            "text": self._text,
            "away": away,
            "link": self._link,
            "links": self._links,
            "names": self._names,
            "own": self._own,
            "when": when,
            "form": self._form,
            "said": self._said,
            "verbatim": self._verbatim,
            "short": self._short,
            "reading": self._reading,
            "line": self._line,
            "lines": self._lines,
            "facts": self._facts_of,
            "timeline": self._timeline,
            "exchanges": self._exchanges,
            "navigation": lru_cache(_CACHE_SIZE)(self._navigation),
            "footer": lru_cache(_CACHE_SIZE)(self._footer),
        }

    def _navigation(self, shown: str, path: str, with_query: bool) -> str:
        """Return the links to the sections of the site; `shown` is the section in which a page is."""
        found = []
        for target, name in _NAVIGATION.items():
            current = f' aria-current="{"page" if path == target else "true"}"' if name == shown else ""
            if target != "query" or with_query:
                link = f'<a href="{self._url(target)}"{current}>{self._t[f"nav-{name}"]}</a>'
                found.append(f"      <li>{link}</li>\n")
        return "".join(found)

    def _footer(self, feed: str, licence: str) -> str:
        pages = {"dataset": "nav-dataset", "ontology": "nav-ontology", "shapes": "nav-shapes"}
        links = {self._url(path): self._t[key] for path, key in {**pages, "changes": "changes-title"}.items()}
        links[escaped(feed)] = self._t["nav-feed"]
        entries = "".join(f'    <li><a href="{url}">{name}</a></li>\n' for url, name in links.items())
        of_licence = away(licence, licence_name(licence))
        used = f"{self._say('footer-licence', licence=of_licence)} " if licence else ""
        return f"  <ul>\n{entries}  </ul>\n  <p>{used}{self._t['footer-made']}</p>\n"

    def _say(self, key: str, /, **values: object) -> str:
        """Return an interface string with values filled in, which are HTML."""
        return self._strings[key].format(**values)

    def _lang(self, code: str) -> str:
        return f' lang="{escaped(code)}" dir="auto"' if code and code != self.language else ""

    def _text(self, words: LocalText) -> str:
        return f"<span{self._lang(words.language)}>{escaped(words.value)}</span>"

    def _made_link(self, to: PageLink) -> str:
        if "://" in to.path:
            return away(to.path, to.name)
        if to.path:
            return f'<a href="{self._url(to.path)}"{self._lang(to.language)}>{escaped(to.name)}</a>'
        return f"<span{self._lang(to.language)}>{escaped(to.name)}</span>"

    def _links(self, links: Iterable[PageLink]) -> str:
        return ", ".join(map(self._link, links))

    def _names(self, links: Iterable[PageLink]) -> str:
        return ", ".join(escaped(each.name) for each in links)

    def _own(self, facts: Iterable[OwnFact]) -> str:
        return "".join(
            f"<div><dt>{self._text(fact.label)}</dt>"
            f"<dd>{self._links(fact.links)}{', '.join(map(escaped, fact.texts))}</dd></div>"
            for fact in facts
        )

    def _form(self, name: str) -> str:
        label = self._t[f"form-{name}"]
        return f'<span class="form form-{name}"><span class="swatch" aria-hidden="true">Aa</span>{label}</span>'

    def _reading(self, line: ClaimLine, field: str) -> str:
        """Return the mark of a field that is the annotator's reading."""
        return f' <span class="aside">({self._t["claim-reading"]})</span>' if field in line.inferred else ""

    def _words(self, claim: ClaimLine) -> str:
        assert claim.words
        parts = "".join(
            f"<q{_MARKED if each.marked else ''}>{escaped(each.text)}</q>"
            if each.is_quotation
            else escaped(each.text)
            for each in claim.segments
        )
        return f'<span class="words"{self._lang(claim.words.language)}>{parts}</span>'

    def _said(self, claim: ClaimLine) -> str:
        if claim.text and claim.text != claim.words:
            return f'<span class="claimed"{self._lang(claim.text.language)}>{escaped(claim.text.value)}</span>\n'
        if claim.text:
            return f"{self._words(claim)}\n"
        if claim.words:
            return f'<span class="label">{self._t["claim-words"]}</span> {self._words(claim)}\n'
        return f'<span class="words missing">{self._t["no-words"]}</span>\n'

    def _verbatim(self, claim: ClaimLine) -> str:
        if not claim.text or not claim.words or claim.text == claim.words:
            return ""
        label = f'<span class="label">{self._t["claim-words"]}</span>'
        return f'<p class="verbatim">{label} {self._words(claim)}</p>'

    def _short(self, claim: ClaimLine) -> str:
        act = f" ({escaped(claim.act_label)})" if claim.act_label else ""
        return f"{self._names(claim.speakers)}: {escaped(shortened(claim.text or claim.words))}{act}"

    def _line(self, claim: ClaimLine, with_article: bool = True, added: str = "") -> str:  # as in templates
        act = (
            f' <span class="act">· {escaped(claim.lead)}</span>{self._reading(claim, "act")}' if claim.lead else ""
        )
        meta = f"{self._form(claim.form)} <span>{when(claim.when)}{self._reading(claim, 'edtf')}</span>"
        if with_article and claim.article:
            meta += f" <span>{self._t['claim-in']} {self._link(claim.article)}</span>"
        if added:
            meta += f" <span>{self._say('claim-added', day=escaped(added))}</span>"
        if claim.retraction:
            retraction = self._t["claim-retraction"]
            meta += f' <a class="retracted" href="{self._url(claim.retraction)}">{retraction}</a>'
        return (
            f'<article class="claim form-{claim.form}">\n'
            f'  <p class="who">{self._links(claim.speakers)}{self._reading(claim, "author")}{act}</p>\n'
            f'  <p class="what"><a href="{self._url(claim.path)}">{self._said(claim)}</a>'
            f"{self._reading(claim, 'text') if claim.text else ''}</p>\n"
            f"  {self._verbatim(claim)}\n"
            f'  <p class="meta">{meta}</p>\n'
            "</article>\n"
        )

    def _lines(self, claims: Iterable[ClaimLine], with_article: bool = True) -> str:
        entries = "".join(f"  <li>{self._line(claim, with_article)}</li>\n" for claim in claims)
        return f'<ol class="claims">\n{entries}</ol>\n'

    def _facts_of(self, thing: EntityView) -> str:
        """Return what is known of an entity, an occasion or a source."""
        return f'<dl class="facts">\n    {self._own(thing.own)}\n{self._facts(self._further(thing))}  </dl>\n'

    def _further(self, thing: EntityView) -> Iterator[tuple[str, str | None]]:
        day = thing.when and when(thing.when)
        if thing.when and thing.when.source:
            day = f"{day}, {self._t['date-from-words']} {self._quoted(thing.when.source)}"
        yield "thing-also", ", ".join(map(self._text, thing.also))
        yield "thing-when", day
        yield "thing-outlet", self._link(thing.outlet) if thing.outlet else None
        yield "thing-where", self._link(thing.place) if thing.place else None
        yield "thing-part-of", self._link(thing.part_of) if thing.part_of else None
        yield "thing-broader", self._links(thing.broader)
        yield "thing-narrower", self._links(thing.narrower)
        yield "thing-on-behalf-of", self._links(thing.on_behalf_of)
        yield "thing-same-as", "<br>".join(away(each, each) for each in thing.same_as)

    def _timeline(self, drawn: Timeline) -> str:
        """Return the ticks of a timeline, and its claims as links."""
        height, circle = drawn.height, '<circle cx="{}" cy="{}" r="4.5"/>'
        ticks = (
            f'    <line class="grid" x1="{x}" x2="{x}" y1="0" y2="{height - 22}"/>'
            f'<text class="tick" x="{x + 3 if x < 680 else x - 46}" y="{height - 6}">{label}</text>\n'
            for x, label in drawn.ticks
        )
        marks = (
            f'    <a tabindex="-1" href="{self._url(claim.path)}" class="mark form-{claim.form}">'
            f"<title>{escaped(claim.when.words)}{f', {escaped(claim.act_label)}' if claim.act_label else ''}: "
            f'{escaped(shortened(claim.text or claim.words))}</title><line x1="{x1}" x2="{x2}" y1="{y}" y2="{y}"/>'
            f"{circle.format(dot, y) if dot >= 0 else ''}</a>\n"
            for x1, x2, y, dot, claim in drawn.marks
        )
        return "".join((*ticks, *marks))

    def _exchanges(
        self, all: Iterable[SpeakerExchange], is_answer: bool, dossiers: Mapping[tuple[str, str], str]
    ) -> str:
        """Return the answers of a speaker to others, or those of others."""
        found = []
        for each in all:
            label, dossier = escaped(each.label), dossiers.get(each.between)
            does = f'<a href="{self._url(dossier)}">{label}</a>' if dossier else label
            found.append(
                f'    <li><span class="dot kind-{each.kind}" aria-hidden="true"></span>'
                f'{self._link(each.other if is_answer else each.speaker)} <span class="aside">{does}</span> '
                f'<span class="number">{each.times}</span></li>\n'
            )
        return "".join(found)

    def _facts(self, facts: Iterable[tuple[str, str | None]]) -> str:
        """Return a row of the details for each fact with a value: the key of its name, and the value."""
        return "".join(f"<div><dt>{self._t[key]}</dt><dd>{value}</dd></div>" for key, value in facts if value)

    def _quoted(self, words: LocalText | None) -> str:
        return f"“{self._text(words)}”" if words else ""


def _safe(function: Callable[..., str]) -> Callable[..., Markup]:
    """Return a fragment whose result a template does not escape."""
    return lambda *arguments: Markup(function(*arguments))


def when(date: DateView) -> str:
    """Return a date in words, with the day itself for programs if it is known."""
    words = escaped(date.words)
    return f'<time datetime="{escaped(date.probable)}">{words}</time>' if date.probable else words
