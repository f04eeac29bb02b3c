"""The text of an article with its claims, each of them in full or as a line, and its occasions and sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from kg.publish.site.fragments import Fragments, away, escaped, when
from kg.publish.site.localisation import LocalText, in_words
from kg.publish.site.rendering import LONGEST_TITLE, claim_title, section

if TYPE_CHECKING:
    from kg.publish.site.articles import ArticleView, TextSegment
    from kg.publish.site.claims import ClaimLine, ClaimView, ReviewView
    from kg.publish.site.entities import EntityView


class ArticleFragments(Fragments):
    """All fragments of pages, those of an article and of claims in full included."""

    def _named(self) -> dict[str, Callable[..., str]]:
        return {
            **super()._named(),
            "passages": self._passages,
            "numbered": self._numbered,
            "parts": self._parts,
            "details": self._details,
            "annotated": self._annotated,
        }

    def _passages(self, article: ArticleView) -> str:
        """Return the published text of an article; a mark where text is left out."""
        missing = f'<span class="hidden" lang="{self.language}">{self._t["article-missing"]}</span>'
        gap = '<span aria-hidden="true">[…]</span>' if article.extent == "quotes" else ""
        found = []
        for passage in article.passages:
            found += [f'<p class="gap">{gap}{missing}</p>'] if gap else []
            found += [f"    <p>{self._paragraph(each, article.places)}</p>\n" for each in passage]
        return "".join(found) + (f'<p class="gap">{gap}</p>' if gap else "")

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
        who = self._names(claim.speakers) + (f", {escaped(claim.lead)}" if claim.lead else "")
        return (
            f'<a class="marker form-{claim.form}"{id} data-claim="{name}" href="{self._url(claim.path)}" '
            f'lang="{self.language}" aria-label="{self._number(claim)}: {who}">{claim.number}</a>'
        )

    def _number(self, claim: ClaimLine) -> str:
        return self._say("article-claim-number", number=claim.number)

    def _numbered(self, article: ArticleView, full: Mapping[str, ClaimView], page: str, site: str) -> str:
        """Return the claims of an article in its order, those in `full` as sections of its page."""
        found = []
        for line in article.claims:
            claim = full.get(line.path)
            shown = self._section(claim, page, site) if claim else self._line(line, with_article=False)
            places = f'value="{line.number}" data-places="{escaped(article.places[line.path])}"'
            found.append(f'    <li id="{_last(line)}" {places}>{shown}</li>\n')
        return "".join(found)

    def _parts(self, parts: Iterable[EntityView]) -> str:
        """Return the occasions and sources of an article as sections of its page."""
        return "".join(map(self._part, parts))

    def _part(self, thing: EntityView) -> str:
        name, found = self._text(thing.name), []
        for group in thing.claims:
            named = ((each.path, self._say("article-claim-number", number=each.number)) for each in group.lines)
            links = ", ".join(f'<a href="{self._url(path)}">{claim}</a>' for path, claim in named)
            found.append(f"    <p>{self._say(f'thing-{group.kind}', name=name)}: {links}</p>\n")
        is_described = thing.description and thing.description != thing.name
        return (
            f'  <section id="{escaped(section(thing.path))}">\n    <h3>{name}</h3>\n'
            f"{f'<p>{self._text(thing.description)}</p>' if thing.description and is_described else ''}"
            f"    {self._facts_of(thing)}\n{''.join(found)}"
            f'    <p>{self._t["claim-iri"]}: <span class="iri">{escaped(self.base + thing.path)}</span></p>\n'
            "  </section>\n"
        )

    def _section(self, claim: ClaimView, page: str, site: str) -> str:
        """Return a claim in full as a section of its article's page, whose address and site are given.

        `#embed.c01` in the address shows the claim alone.
        """
        name, base = _last(claim.line), escaped(self.base)
        at = f'<p class="more"><a href="#at-{name}">{self._t["claim-place-open"]}</a></p>'
        if claim.kept_to:
            kept = self._say("claim-kept-to", number=claim.kept_to.number)
            at = f'<p class="retracted"><a href="#corrections">{kept}</a></p>'
        address, line = f"{escaped(page)}#{name}", claim.line
        source = f'<p class="source"><a href="{address}" target="_blank" rel="noopener">{escaped(site)}</a></p>'
        return (
            f'<div class="embed" id="embed.{name}">{self._line(line, with_article=False)}\n{source}</div>\n'
            f"{at if claim.passages and claim.passages[0].exact else ''}"
            f'<details class="whole"{_citing(claim)}>\n<summary>{self._t["claim-details"]}</summary>\n'
            f"{self._details(claim)}\n{self._relations(claim)}{self._annotated(claim)}\n"
            f'<p>{self._t["claim-iri"]}: <a class="iri" href="{address}">{base}{escaped(line.path)}</a></p>\n'
            f"{self._frame(line, page)}</details>\n"
        )

    def _frame(self, claim: ClaimLine, page: str) -> str:
        """Return the HTML that shows a section alone in somebody else's page."""
        address = f'src="{escaped(page)}#embed.{_last(claim)}" title="{self._short(claim)}"'
        code = f'<iframe {address} width="100%" height="320" loading="lazy"></iframe>'
        return f'<p class="frame">{self._t["cite-embed"]}: <code>{escaped(code)}</code></p>\n'

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
            language = self._tongue(claim.original_language)
            yield "claim-translated", self._say("claim-translated-from", language=language)
        yield "claim-notes", self._texts(claim.notes)
        yield "claim-checked", "<br>".join(map(self._checked, claim.reviews))
        yield "claim-made-in", self._link(claim.made_in) if claim.made_in else None
        yield "claim-elsewhere", "<br>".join(away(each, each) for each in claim.elsewhere)
        yield "claim-inferred", ", ".join(map(escaped, inferred.values()))

    def _who(self, claim: ClaimView) -> str:
        found = f"{self._links(claim.line.speakers)}{self._reading(claim.line, 'author')}"
        if claim.roles:
            found += f", {self._t['claim-as']} {', '.join(map(escaped, claim.roles))}"
        if claim.likely_roles:
            found += f", {self._t['claim-probably-as']} {', '.join(map(escaped, claim.likely_roles))}"
        if claim.on_behalf_of:
            found += f", {self._t['claim-for']} {self._links(claim.on_behalf_of)}"
        if claim.speaker_words:
            named = f"{self._t['claim-named']} {self._quoted(claim.speaker_words)}"
            found += f'<br><span class="aside">{named}</span>'
        return found

    def _date(self, line: ClaimLine) -> str:
        day = line.when
        found = f"{when(day)}{self._reading(line, 'edtf')}"
        if day.source:
            found += f", {self._t['date-from-words']} {self._quoted(day.source)}"
        if day.probable and day.first and day.last and day.first != day.last:
            first, last = in_words(day.first, self.language), in_words(day.last, self.language)
            bounds = self._say("date-bounds", first=escaped(first), last=escaped(last))
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
            by = self._say("claim-annotated-by", who=self._link(about.by), day=escaped(about.day))
            found = f"{self._t['claim-annotated']} {by}"
            if about.contributors:
                who = ", ".join(map(self._link, about.contributors))
                found += f", {self._say('claim-contributors', who=who)}"
            if about.guideline:
                guideline = self._link(about.guideline)
                found += f", {self._say('claim-guideline', guideline=guideline)}"
            found += "."
        if about.reviewed_by:
            who = self._link(about.reviewed_by)
            found += f" {self._say('claim-reviewed', who=who, day=escaped(about.reviewed_on))}."
        return f"<p>{found}</p>\n"

    def _relations(self, claim: ClaimView) -> str:
        found = []
        for each in claim.related:
            others = "<br>".join(
                f'<a href="{self._url(other.path)}">{self._short(other)}</a>' for other in each.claims
            )
            label = f"{self._t[f'relation-{each.relation}']}{self._reading(claim.line, each.relation)}"
            found.append(f"  <div><dt>{label}</dt><dd>{others}</dd></div>\n")
        return f'<dl class="details">\n{"".join(found)}</dl>\n' if found else ""


def _citing(claim: ClaimView) -> str:
    """Return the attributes from which `citing.js` makes the citations of a section."""
    about = claim.annotated
    by = f' data-by="{escaped(about.by.name)}"' if about.by else ""
    day = f' data-day="{about.on}"' if about.on else ""
    return f' data-title="{escaped(claim_title(claim.line, LONGEST_TITLE))}"{by}{day}'


def _last(claim: ClaimLine) -> str:
    return escaped(claim.path.rpartition("/")[2])
