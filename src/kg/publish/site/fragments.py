"""The parts of pages that occur in great numbers: links, claims in lists and in full, the text of an article.

They are functions and not templates, which take six times as long. Templates call them as macros of `_macros.html`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from kg.publish.site.localisation import DateView, LocalText, in_words, say, strings
from kg.publish.site.rendering import external, shortened

if TYPE_CHECKING:
    from kg.publish.site.articles import TextSegment
    from kg.publish.site.claims import ClaimLine, ClaimView, ReviewView
    from kg.publish.site.store_reader import OwnFact, PageLink

_CACHE_SIZE = 4096
_MARKED = ' class="marked"'
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
        self._t = {key: escaped(text) for key, text in strings(language).items()}
        self._url = lru_cache(_CACHE_SIZE)(lambda path: escaped(url(path)))
        self._link = lru_cache(_CACHE_SIZE)(self._made_link)

    def macros(self) -> Mapping[str, Callable[..., Markup]]:
        """Return the fragments by the names of their macros."""
        made: dict[str, Callable[..., str]] = {
            "lang": self._lang,
            "text": self._text,
            "away": away,
            "link": self._link,
            "links": self._links,
            "names": self._names,
            "own": self._own,
            "when": _when,
            "form": self._form,
            "said": self._said,
            "verbatim": self._verbatim,
            "short": self._short,
            "reading": self._reading,
            "line": self._line,
            "lines": self._lines,
            "paragraph": self._paragraph,
            "details": self._details,
            "annotated": self._annotated,
            "section": self._section,
        }
        return {name: _safe(function) for name, function in made.items()}

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
        meta = f"{self._form(claim.form)} <span>{_when(claim.when)}{self._reading(claim, 'edtf')}</span>"
        if with_article and claim.article:
            meta += f" <span>{self._t['claim-in']} {self._link(claim.article)}</span>"
        if added:
            meta += f" <span>{say(self.language, 'claim-added', day=added)}</span>"
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

    def _paragraph(self, segments: Iterable[TextSegment], places: Mapping[str, str]) -> str:
        """Return a paragraph of an article: passages of claims, and the number of each claim where it starts."""
        found = []
        for segment in segments:
            found += [self._marker(claim, segment.at, places) for claim in segment.starting]
            text, claim = escaped(segment.text), segment.claim
            found.append(
                f'<a class="passage form-{claim.form}" data-at="{segment.at}" '
                f'data-claim="{_last(claim)}" href="{self._url(claim.path)}">{text}</a>'
                if claim
                else text
            )
        return "".join(found)

    def _marker(self, claim: ClaimLine, at: int, places: Mapping[str, str]) -> str:
        name = _last(claim)
        id = f' id="at-{name}"' if places[claim.path].startswith(f"{at}-") else ""
        number = say(self.language, "article-claim-number", number=claim.number)
        lead = f", {escaped(claim.lead)}" if claim.lead else ""
        return (
            f'<a class="marker form-{claim.form}"{id} data-claim="{name}" href="{self._url(claim.path)}" '
            f'lang="{self.language}" aria-label="{number}: {self._names(claim.speakers)}{lead}">{claim.number}</a>'
        )

    def _facts(self, facts: Iterable[tuple[str, str | None]]) -> str:
        """Return a row of the details for each fact with a value: the key of its name, and the value."""
        return "".join(f"<div><dt>{self._t[key]}</dt><dd>{value}</dd></div>" for key, value in facts if value)

    def _details(self, claim: ClaimView) -> str:
        line = claim.line
        means = f'<br><span class="aside">{self._t[f"form-{line.form}-means"]}</span>'
        return (
            f'<dl class="details">\n'
            f"  {self._facts([('claim-who', self._who(claim))])}\n"
            f"  {self._facts([('claim-when', self._date(line))])}\n"
            f"{self._facts(self._circumstances(claim))}"
            f"  {self._facts([('claim-form', self._form(line.form) + means)])}\n"
            f"{self._facts(self._further_facts(claim))}"
            f"{self._own(claim.own)}\n</dl>\n"
        )

    def _circumstances(self, claim: ClaimView) -> Iterator[tuple[str, str | None]]:
        """Yield the addressee, the topics, the place and the form of a claim."""
        line, read = claim.line, self._reading
        address = self._links(line.addressees)
        act = (
            f'<a href="{self._url(f"ontology#acts-{line.act}")}">{escaped(line.act_label)}</a>' if line.act else ""
        )
        yield "claim-due", claim.due and f"{escaped(claim.due)}{read(line, 'due')}"
        yield "claim-condition", self._quoted(claim.condition)
        yield "claim-to", address and f"{address}{read(line, 'addressee')}"
        yield "claim-about", self._links(claim.about) + read(line, "about") if claim.about else None
        yield "claim-where", self._where(claim)
        yield "claim-act", act and f"{act}{read(line, 'act')}"
        yield "claim-cue", self._quoted(claim.cue)

    def _further_facts(self, claim: ClaimView) -> Iterator[tuple[str, str | None]]:
        """Yield the texts of a claim in each language, what is known of it elsewhere, and the inferred fields."""
        inferred = claim.line.inferred
        yield "claim-in-full", self._texts(claim.texts) + self._reading(claim.line, "text") if claim.texts else None
        if claim.original_language:
            language = Markup(self._tongue(claim.original_language))
            yield "claim-translated", say(self.language, "claim-translated-from", language=language)
        yield "claim-notes", self._texts(claim.notes)
        yield "claim-checked", "<br>".join(map(self._checked, claim.reviews))
        yield "claim-made-in", self._link(claim.made_in) if claim.made_in else None
        yield "claim-elsewhere", "<br>".join(away(each, each) for each in claim.elsewhere)
        yield "claim-inferred", ", ".join(map(escaped, inferred.values()))

    def _who(self, claim: ClaimView) -> str:
        found = f"{self._links(claim.line.speakers)}{self._reading(claim.line, 'author')}"
        if claim.on_behalf_of:
            found += f", {self._t['claim-for']} {self._links(claim.on_behalf_of)}"
        if claim.roles:
            found += f", {self._t['claim-as']} {', '.join(map(escaped, claim.roles))}"
        if claim.likely_roles:
            found += f", {self._t['claim-probably-as']} {', '.join(map(escaped, claim.likely_roles))}"
        if claim.speaker_words:
            named = f"{self._t['claim-named']} {self._quoted(claim.speaker_words)}"
            found += f'<br><span class="aside">{named}</span>'
        return found

    def _date(self, line: ClaimLine) -> str:
        day = line.when
        found = f"{_when(day)}{self._reading(line, 'edtf')}"
        if day.source:
            found += f", {self._t['date-from-words']} {self._quoted(day.source)}"
        if day.probable and day.first and day.last and day.first != day.last:
            first, last = in_words(day.first, self.language), in_words(day.last, self.language)
            bounds = say(self.language, "date-bounds", first=first, last=last)
            found += f'    <br><span class="aside">{bounds}</span>\n'
        if day.why:
            found += (
                f"    <details><summary>{self._t['date-reckoned']}</summary>"
                f"<p>{self._text(day.why)}</p></details>\n"
            )
        return f"{found}  "

    def _where(self, claim: ClaimView) -> str:
        found = []
        if claim.occasion:
            found.append(f"{self._link(claim.occasion)}{self._reading(claim.line, 'recordedAt')}")
        if claim.place:
            found.append(self._link(claim.place))
        return ", ".join(found)

    def _tongue(self, code: str) -> str:
        return self._t.get(f"language-{code.partition('-')[0]}", escaped(code))

    def _quoted(self, words: LocalText | None) -> str:
        return f"“{self._text(words)}”" if words else ""

    def _texts(self, texts: Sequence[LocalText]) -> str:
        return "<br>".join(map(self._text, texts))

    def _checked(self, review: ReviewView) -> str:
        found = self._quoted(review.verdict)
        if review.classed:
            found += f" ({escaped(review.classed)})"
        if review.number:
            found += f" {escaped(review.number)}{f'/{escaped(review.best)}' if review.best else ''}"
        if review.by:
            found += f" {self._t['claim-checked-by']} {self._link(review.by)}"
        if review.on:
            found += f", {escaped(review.on)}"
        return f"{found}: {away(review.address, review.address)}" if review.address else found

    def _annotated(self, claim: ClaimView) -> str:
        """Return who annotated and who reviewed a claim."""
        about, found = claim.annotated, ""
        if about.by:
            by = say(self.language, "claim-annotated-by", who=Markup(self._link(about.by)), day=about.day)
            found = f"{self._t['claim-annotated']} {by}"
            if about.guideline:
                guideline = Markup(self._link(about.guideline))
                found += f", {say(self.language, 'claim-guideline', guideline=guideline)}"
            found += "."
        if about.reviewed_by:
            who = Markup(self._link(about.reviewed_by))
            found += f" {say(self.language, 'claim-reviewed', who=who, day=about.reviewed_on)}."
        return f"<p>{found}</p>\n"

    def _section(self, claim: ClaimView) -> str:
        """Return a claim in full as a section of its article's page."""
        at = f'<p class="more"><a href="#at-{_last(claim.line)}">{self._t["claim-place-open"]}</a></p>'
        return (
            f"{self._line(claim.line, with_article=False)}\n"
            f"{at if claim.passages and claim.passages[0].exact else ''}"
            f'<details class="whole">\n<summary>{self._t["claim-details"]}</summary>\n'
            f"{self._details(claim)}\n{self._relations(claim)}{self._annotated(claim)}\n"
            f'<p>{self._t["claim-iri"]}: <span class="iri">{escaped(self.base + claim.line.path)}</span></p>\n'
            "</details>\n"
        )

    def _relations(self, claim: ClaimView) -> str:
        found = []
        for each in claim.related:
            others = "<br>".join(
                f'<a href="{self._url(other.path)}">{self._short(other)}</a>' for other in each.claims
            )
            label = f"{self._t[f'relation-{each.relation}']}{self._reading(claim.line, each.relation)}"
            found.append(f"  <div><dt>{label}</dt><dd>{others}</dd></div>\n")
        return f'<dl class="details">\n{"".join(found)}</dl>\n' if found else ""


def _safe(function: Callable[..., str]) -> Callable[..., Markup]:
    """Return a fragment whose result a template does not escape."""
    return lambda *arguments: Markup(function(*arguments))


def _when(date: DateView) -> str:
    words = escaped(date.words)
    return f'<time datetime="{escaped(date.probable)}">{words}</time>' if date.probable else words


def _last(claim: ClaimLine) -> str:
    return escaped(claim.path.rpartition("/")[2])
