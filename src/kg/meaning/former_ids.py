"""The ids that entities, articles and claims had before: their IRIs live on, and are never those of something else.

`formerly` has ids of this corpus, or whole IRIs under a base in `moved_from`: those of a corpus that was merged
into this one, and in which the same id meant something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, NamedTuple

from kg.annotations.classes import ClaimsFile
from kg.corpus.decoding import is_article_id, is_slug, is_version_number
from kg.errors import Path
from kg.meaning.reporter import Reporter, as_list
from kg.model import Claim, Occasion, Replaced, Source, Withdrawn
from kg.rdf.terms import Iri, Iris, iri_text

Kind = Literal["entity", "article", "claim"]
USED_AGAIN = "former-id-used-again"
Violation = Callable[[str, Path, str], None]
"""Reports a violation of a thing, given by its id, at a path below it."""


class FormerId(NamedTuple):
    """An id that a thing had, under a base that may be an earlier one of the corpus."""

    base: str
    id: str


class FormerContext(NamedTuple):
    """What former ids are read with."""

    iris: Iris
    moved_from: tuple[str, ...]
    report: Reporter


def former_ids(written: list[str] | str, kind: Kind, path: Path, context: FormerContext) -> Iterator[FormerId]:
    """Yield the ids in `formerly` of the thing at a path; what is none is reported and left out."""
    several = isinstance(written, list)
    context.report.no_repeats(as_list(written), (*path, "formerly"))
    is_id = is_article_id if kind == "article" else is_slug
    for n, each in enumerate(dict.fromkeys(as_list(written))):
        base = next((base for base in context.moved_from if each.startswith(f"{base}{kind}/")), "")
        id = each.removeprefix(f"{base}{kind}/")
        if is_id(id) or (base and kind == "claim" and is_article_id(id) and "/" in id):
            yield FormerId(base or context.iris.base, id)
            continue
        example = f"https://old.example/{kind}/{'article/c01' if kind == 'claim' else 'id'}"
        message = (
            f"`formerly` must be an id that this {kind} had before, or an IRI as {example} whose base is in "
            f"`moved_from` of corpus.yaml, not {each!r}: correct it"
        )
        at = (*path, "formerly", n) if several else (*path, "formerly")
        context.report.violation(at, "bad-former-id", message)


def former_iris(written: list[str] | str, path: Path, context: FormerContext) -> tuple[Iri, ...]:
    """Return the IRIs that an entity had before."""
    return tuple(Iris(base).entity(id) for base, id in former_ids(written, "entity", path, context))


def report_used_again(former: Mapping[str, list[str] | str], kind: Kind, violation: Violation) -> None:
    """Report each id that belonged to one thing and now belongs to another, or to two things before.

    `former` has the ids that each thing had before by the one that it has now.
    """
    first: dict[str, str] = {}
    for id, written in former.items():
        for each in dict.fromkeys(as_list(written)):
            if each == id:
                message = f"`formerly` must not have the id that this {kind} has now: delete it"
                violation(id, ("formerly",), message)
            elif each in former:
                message = f"a former id must never be used again, and `{each}` was that of `{id}`: give another"
                violation(each, (), message)
            elif (owner := first.setdefault(each, id)) != id:
                message = f"a former id must be that of one {kind}, and `{each}` is also at `{owner}`: delete one"
                violation(id, ("formerly",), message)


class Parts(NamedTuple):
    """The parts of an article that have IRIs of their own below its id."""

    claims: tuple[Claim, ...]
    withdrawn: tuple[Withdrawn, ...]
    occasions: tuple[Occasion, ...]
    sources: tuple[Source, ...]


def replaced_iris(id: str, file: ClaimsFile, parts: Parts, context: FormerContext) -> tuple[Replaced, ...]:
    """Return the IRIs that an article and its parts had before.

    If the article had another id, all its parts had other IRIs, too.
    """
    articles = list(former_ids(file.article.formerly, "article", ("article",), context))
    claims = dict(_former_claims(file, context))
    _report_used_again(id, file, context.report)
    if not articles and not any(claims.values()):
        return ()
    here = FormerId(context.iris.base, id)
    versions = [file.article.version, *(int(each) for each in file.article.earlier if is_version_number(each))]
    found = dict(_former_parts(articles, here, versions, parts))
    for iri in (*(each.iri for each in parts.claims), *(each.iri for each in parts.withdrawn)):
        name = _name(iri)
        names = [name, *(each.id for each in claims[name] if each.base == here.base)]
        found |= {Iris(base).claim(article, each): iri for base, article in (here, *articles) for each in names}
        found |= {Iri(f"<{base}claim/{each}>"): iri for base, each in claims[name] if base != here.base}
    return tuple(Replaced(old, new) for old, new in found.items() if old != new)


def _former_parts(
    articles: list[FormerId], here: FormerId, versions: list[int], parts: Parts
) -> Iterator[tuple[Iri, Iri]]:
    """Yield the earlier IRIs of an article that had other ids, and of its text, occasions and sources."""
    now = Iris(here.base)
    for base, article in articles:
        before = Iris(base)
        yield before.article(article), now.article(here.id)
        for version in versions:
            yield before.text(article, version), now.text(here.id, version)
        for occasion in parts.occasions:
            yield before.occasion(article, _name(occasion.iri)), occasion.iri
        for source in parts.sources:
            yield before.source(article, _name(source.iri)), source.iri


def _name(iri: Iri) -> str:
    return iri_text(iri).rpartition("/")[2]


def _former_claims(file: ClaimsFile, context: FormerContext) -> Iterator[tuple[str, list[FormerId]]]:
    for id, claim in file.claims.items():
        yield id, list(former_ids(claim.formerly, "claim", ("claims", id), context)) if claim.formerly else []
    for id, withdrawn in file.withdrawn.items():
        yield id, list(former_ids(withdrawn.formerly, "claim", ("withdrawn", id), context))


def _report_used_again(id: str, file: ClaimsFile, report: Reporter) -> None:
    """Report what is used again within one file; `kg.checks` compares the ids of articles."""

    def of_article(_: str, path: Path, message: str) -> None:
        report.violation(("article", *path), USED_AGAIN, message)

    def of_claim(claim: str, path: Path, message: str) -> None:
        root = ("claims", claim) if claim in file.claims else ("withdrawn", claim)
        report.violation((*root, *path), USED_AGAIN, message, at_key=not path)

    if file.article.formerly:
        report_used_again({id: file.article.formerly}, "article", of_article)
    former = {each: claim.formerly for each, claim in file.claims.items()}
    former |= {each: claim.formerly for each, claim in file.withdrawn.items() if each not in former}
    if any(former.values()):
        report_used_again(former, "claim", of_claim)
