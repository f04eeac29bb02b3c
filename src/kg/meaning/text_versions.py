"""The versions of an article's text: which there are, and the context in which claims kept to one are read."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from msgspec.structs import replace

from kg.annotations.classes import ClaimEntry
from kg.corpus.decoding import is_version_number
from kg.corpus.reader import WrittenText
from kg.dates.edtf import Edtf
from kg.errors import Path
from kg.meaning.context import ArticleContext
from kg.model import NONE, EarlierText, TextVersion
from kg.text.quotation_marks import quoted_spans
from kg.text.spans import Span


def open_earlier_texts(context: ArticleContext) -> None:
    """Add to a context one for each earlier text; report versions that cannot be."""
    article = context.article
    current = context.file.article.version
    for number in context.file.article.earlier:
        path: Path = ("article", "earlier", number)
        if not is_version_number(number) or int(number) >= current:
            message = (
                f"an earlier text must have a number from 1 and below `version` ({current}), not {number!r}: "
                "correct one of them"
            )
            context.report.violation(path, "unknown-text-version", message, at_key=True)
        elif int(number) + 1 < current and str(int(number) + 1) not in context.file.article.earlier:
            message = (
                f"the texts from an earlier one to version {current} must all be kept, and {int(number) + 1} is "
                "missing: add it, or delete this one"
            )
            context.report.violation(path, "unknown-text-version", message, at_key=True)
    for text in article.earlier:
        if text.version < current and str(text.version) in context.file.article.earlier:
            context.earlier[text.version] = _earlier_context(text, context)


def _earlier_context(text: WrittenText, context: ArticleContext) -> ArticleContext:
    """Return a context that finds words in an earlier text, and shares all else with that of the article."""
    has_text = context.article.has_text and bool(text.text.strip())
    article = replace(context.article, text=text.text, text_file=text.file, header=text.header, has_text=has_text)
    earlier = ArticleContext(article, context.file, context.index)
    earlier.version = text.version
    earlier.current = context
    earlier.quoted_spans = quoted_spans(text.text, context.language)
    earlier.report = context.report
    earlier.language, earlier.published = context.language, context.published
    earlier.corrected, earlier.publisher = context.corrected, context.publisher
    earlier.authors = context.authors
    earlier.occasions, earlier.sources, earlier.needs = context.occasions, context.sources, context.needs
    earlier.inherited_dates, earlier.earlier = context.inherited_dates, context.earlier
    return earlier


def text_version(context: ArticleContext) -> TextVersion:
    """Return the current version of the text; report a text that is not the one that was annotated."""
    article, entry = context.article, context.file.article
    digest = _digest(article.text)
    if entry.sha256 and entry.sha256 != digest and article.has_text:
        name = article.id if article.line else article.text_file
        message = (
            "the text must be the one that was annotated, whose SHA-256 this is, and it has changed since. If the "
            f"paper corrected it, put the annotated text back and run `kg revise {name} NEW.txt` with the new one. "
            "If not, write the new hash"
        )
        context.report.violation(("article", "sha256"), "text-changed", message, detail=f"sha256: {digest}")
    version = _version(entry.version, digest, context)
    return (
        replace(version, issued=_issued(entry.version, context.corrected, context)) if context.earlier else version
    )


def earlier_texts(context: ArticleContext) -> tuple[EarlierText, ...]:
    """Return the earlier texts, the newest first; report those that are not the ones that were annotated."""
    found = []
    for number in sorted(context.earlier, reverse=True):
        text = context.earlier[number].article.text
        digest = _digest(text)
        entry = context.file.article.earlier[str(number)]
        path: Path = ("article", "earlier", str(number))
        if text and entry.sha256 != digest:
            message = (
                f"version {number} of the text must be the one that was annotated, whose SHA-256 this is, and it "
                "has changed since: put back the text as it was"
            )
            context.report.violation((*path, "sha256"), "text-changed", message, detail=f"sha256: {digest}")
        corrected = context.report.edtf(entry.corrected, (*path, "corrected")) if entry.corrected else None
        version = _version(number, digest, context)
        found.append(EarlierText(replace(version, issued=_issued(number, corrected, context)), text))
    return tuple(found)


def _version(number: int, digest: str, context: ArticleContext) -> TextVersion:
    iris, article = context.iris, context.article
    before = iris.text(article.id, number - 1) if number > 1 else NONE
    return TextVersion(iris.text(article.id, number), digest, before, number)


def _issued(number: int, corrected: Edtf | None, context: ArticleContext) -> str:
    """Return when the paper published a version: the first with the article, the others when it corrected it."""
    if number == 1:
        return context.published.edtf.certain
    return corrected.certain if corrected else ""


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def context_of(claim: ClaimEntry, path: Path, context: ArticleContext) -> ArticleContext:
    """Return the context of the text that a claim's words are in; report a version that there is not."""
    number = claim.text_version
    if not number or number == context.file.article.version:
        return context
    if number in context.earlier:
        return context.earlier[number]
    known = [*sorted(context.earlier), context.file.article.version]
    message = (
        f"the text must be one that is kept, version {' or '.join(map(str, known))}, not {number}: correct "
        "`text_version`, or leave it out for the current text"
    )
    context.report.violation((*path, "text_version"), "unknown-text-version", message)
    return context


def context_of_shared(claims: Iterable[ClaimEntry], context: ArticleContext) -> ArticleContext:
    """Return the context of the newest text that one of some claims is in: there are the words they share."""
    current = context.file.article.version
    numbers = [claim.text_version or current for claim in claims] if context.earlier else []
    return context.earlier.get(max(numbers, default=current), context)


def earlier_words(
    claim: ClaimEntry, path: Path, context: ArticleContext
) -> tuple[tuple[int, tuple[Span, ...]], ...]:
    """Return the spans of a claim's words in texts before its own, by number; report words that are not there."""
    found = []
    own = claim.text_version or context.file.article.version
    for number, words in claim.earlier.items():
        at: Path = (*path, "earlier", number)
        version = int(number) if is_version_number(number) else 0
        if version not in context.earlier or version >= own:
            message = (
                f"`earlier` has the words of a claim in texts before version {own} that are kept, and {number!r} "
                "is none: correct the number, or delete the words"
            )
            context.report.violation(at, "unknown-text-version", message, at_key=True)
            continue
        here = context.earlier[version]
        if isinstance(words, list):
            spans = [here.find(each, (*at, n)) for n, each in enumerate(words)]
        else:
            spans = [here.find(words, at)]
        if spans and all(spans):
            found.append((version, tuple(sorted(span for span in spans if span))))
    return tuple(sorted(found))


def is_reworded_since_review(claim: ClaimEntry, context: ArticleContext) -> bool:
    """Tell whether a claim's words are others than in the text that was reviewed."""
    reviewed = context.file.annotation.reviewed
    seen = reviewed.text_version if reviewed else 0
    return bool(seen) and any(is_version_number(each) and int(each) >= seen for each in claim.earlier)
