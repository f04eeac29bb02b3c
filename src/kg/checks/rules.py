"""The consistency rules: what each reports, and what must not set it off; and the warnings that annotators accept.

`docs/checks.md` is made from `RULES`. `accept: {rule: reason}` on a claim, an article, an entity, a role or an
occasion silences the warnings of a rule there. It never silences a violation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Literal, NamedTuple

from kg.annotations.classes import ClaimsFile, EntityEntry
from kg.errors import Finding, Path, Severity, Spot

Group = Literal["relations", "acts", "time", "people", "words", "entities", "graph"]


class Rule(NamedTuple):
    """A consistency rule: what it reports, and what looks similar and is right (`""` for a violation)."""

    group: Group
    severity: Severity
    reports: str
    but_not: str = ""


RULES: dict[str, Rule] = {
    "same-and-contradicts": Rule(
        "relations",
        "violation",
        "Two claims are the same statement by `same`, directly or through others, and also "
        "`contradicts` each other.",
    ),
    "circle-of-reports": Rule(
        "relations", "violation", "A claim reports itself: it `reports` a claim that, through others, reports it."
    ),
    "same-other-speakers": Rule(
        "relations",
        "warning",
        "`same` joins claims of different speakers.",
        "One article names the speaker, the other does not; a minister here, the ministry there; one claim has a "
        "second speaker.",
    ),
    "same-other-date": Rule(
        "relations",
        "warning",
        "`same` joins claims that were certainly made on different days, more than a day apart.",
        "The dates are a day apart, because of time zones; one of them is open.",
    ),
    "relation-to-later-claim": Rule(
        "relations",
        "warning",
        "A claim answers, repeats or retracts a claim that was certainly made later, by more than a day.",
        "The dates overlap, or are a day apart, because of time zones.",
    ),
    "retracts-another-speaker": Rule(
        "relations",
        "warning",
        "A claim retracts the claim of another speaker.",
        "A spokesman takes back what was said unnamed; a party takes back what its chairman said.",
    ),
    "denial-of-nothing": Rule(
        "relations",
        "warning",
        "A claim denies, rejects or excludes, and its full text (`gist`) is the same as that of the "
        "claim it answers, or as the article's words for what was denied.",
        "Both are denials; the claim that is answered is a question; the words are quoted, or have a negation.",
    ),
    "act-against-cue": Rule(
        "acts",
        "warning",
        'The act affirms and the cue denies ("ontkende", "did not say"), or the act denies and the cue affirms '
        '("bevestigde", "ontkent niet").',
        '"Ontkende niet" for confirms; "not only said"; "gelooft niet" for believes.',
    ),
    "date-against-words": Rule(
        "time",
        "warning",
        "A weekday, a day, a month or a year in the words of a date is not that of the date.",
        '"Nacht van maandag op dinsdag"; "begroting 2019"; "na vrijdag"; an uncertain date whose bounds have such '
        "a day.",
    ),
    "said-outside-occasion": Rule(
        "time",
        "warning",
        "A claim is dated outside the days of its occasion.",
        "The dates overlap, or are a day apart, because of time zones.",
    ),
    "annotated-before-article": Rule(
        "time",
        "warning",
        "An article was annotated or reviewed before it certainly appeared, by more than a day.",
        "It was annotated on the eve; its date is open.",
    ),
    "annotated-long-after": Rule(
        "time",
        "warning",
        "A day of annotating is more than a year after the newest other day that the corpus gives for anything. "
        "The clock does not count.",
        "An old article that is annotated now, where no other article says when it was annotated.",
    ),
    "header-against-published": Rule(
        "time",
        "warning",
        "The date before an article's text and `published` exclude each other.",
        "One of them is more exact than the other: `date 2020-02` and `published: 2020-02-21`.",
    ),
    "speaker-words-of-another": Rule(
        "people",
        "warning",
        "`speaker_words` are the whole name of a person who is not the speaker.",
        '"De NAVO-baas" for NATO; a namesake; the spokesman of a person.',
    ),
    "title-not-held": Rule(
        "people",
        "warning",
        "`speaker_words` have a title that the speaker certainly did not hold on that day.",
        '"Voormalig", "ex-", "former", "designate"; the same title held twice.',
    ),
    "reviewed-by-annotator": Rule(
        "people",
        "warning",
        "A person reviewed their own annotations.",
        "A desk, of type Organization, where colleagues review each other.",
    ),
    "words-with-attribution": Rule(
        "words",
        "warning",
        "A passage goes on over a closing quotation mark and the words of attribution (“Yes”, he said).",
        "A passage with a quotation inside that ends in the paper's own words.",
    ),
    "cue-in-another-paragraph": Rule(
        "words",
        "warning",
        "The cue occurs in none of the paragraphs of the claim's words.",
        "A quotation that continues in the next paragraph, or follows a paragraph that ends with a colon.",
    ),
    "quotation-of-two": Rule(
        "words",
        "warning",
        "The same quoted words are those of two speakers who did not speak together.",
        "One claim has both speakers; the one reports what the other said; quotation marks within the quotation.",
    ),
    "claim-twice": Rule(
        "words",
        "warning",
        "Two claims have the same speaker, words, act and text.",
        "The same words belong to two claims that differ in speaker, act or `gist`.",
    ),
    "another-language": Rule(
        "words",
        "warning",
        "A long article is written in another language than the one declared (nl, en, de, fr).",
        "Long quotations in another language; a short text; a language that is not one of the four.",
    ),
    "rating-outside-scale": Rule(
        "entities",
        "violation",
        "A rating is not between `worst` and `best`, whichever of them is the higher number.",
    ),
    "circle-of-parts": Rule(
        "entities", "violation", "An event or place is part of itself, directly or through others."
    ),
    "bad-edtf": Rule("graph", "violation", "A literal of the type EDTF is not EDTF."),
    "date-against-edtf": Rule(
        "graph",
        "violation",
        "A bound, the certain or the probable part, or the qualifier is not what the EDTF says.",
    ),
    "date-without-edtf": Rule("graph", "violation", "A date has bounds, and no EDTF that they were read from."),
    "basis-of-date": Rule("graph", "violation", "The basis of a date is not what its words show."),
    "date-of-occasion": Rule(
        "graph", "violation", "A claim that has the date of its occasion or document by its basis has another."
    ),
    "date-of-article": Rule("graph", "violation", "An undated claim has another last day than its article."),
    "role-of-another": Rule("graph", "violation", "A claim is spoken in a role of somebody else."),
    "role-not-held": Rule(
        "graph",
        "violation",
        "A claim is spoken in a role that was not held then, or a role that was held is missing.",
    ),
    "reviewed-before-annotated": Rule("graph", "violation", "Annotations were reviewed before they were made."),
    "said-after-end": Rule(
        "graph",
        "warning",
        "A claim is dated more than a day after `schema:deathDate` or `schema:dissolutionDate` of its speaker.",
        "Memoirs and letters, which have a first appearance; claims without a date of their own.",
    ),
    "quotation-of-another": Rule("graph", "violation", "A quotation and its claim have different speakers."),
    "quotation-without-words": Rule("graph", "violation", "A quotation is not among the words of its claim."),
    "form-against-quotations": Rule(
        "graph", "violation", "A direct or partial claim lacks quotations, or another claim has some."
    ),
    "language-of-article": Rule(
        "graph", "violation", "Words of the article have another language than the article."
    ),
    "inferred-nothing": Rule("graph", "violation", "`kg:inferred` names a property that the claim does not have."),
    "other-article": Rule("graph", "violation", "A claim or quotation is in another article than it should be."),
    "other-claim": Rule("graph", "violation", "An annotation has the claim of another as its body."),
    "position": Rule("graph", "violation", "Positions occur twice, or are not in the order of the words."),
    "mentions": Rule("graph", "violation", "An article mentions other things than its claims name."),
    "annotations-differ": Rule(
        "graph", "violation", "The annotations of one article differ in who made them, when, by which guideline."
    ),
    "annotators-differ": Rule(
        "graph", "violation", "The interpreter of a claim is not the creator of its annotation."
    ),
    "claim-without-annotation": Rule("graph", "violation", "A claim is not the body of exactly one annotation."),
    "passage-offsets": Rule(
        "graph",
        "violation",
        "A passage has other offsets or another text than its IRI says, or ends after its text.",
    ),
    "passage-length": Rule("graph", "violation", "A passage has more or fewer characters than its offsets say."),
    "passage-characters": Rule(
        "graph", "violation", "A passage has other characters than its text, or than a passage that overlaps it."
    ),
    "text-digest": Rule("graph", "violation", "A text does not have the digest that it states."),
    "words-of-passage": Rule(
        "graph",
        "violation",
        "Words, a cue, a name or the words of a date are missing, or not those of their passages.",
    ),
    "target-of-another": Rule(
        "graph", "violation", "The target of an annotation is not the passage of its claim's words."
    ),
    "passage-of-another-article": Rule(
        "graph", "violation", "A claim is anchored in the text of another article than the one it appears in."
    ),
    "claim-without-words": Rule(
        "graph", "violation", "A claim has neither words nor a text, and other claims have."
    ),
    "relation-to-no-claim": Rule("graph", "violation", "A relation leads to something else than a claim."),
    "relation-to-itself": Rule("graph", "violation", "A claim relates to itself."),
    "relation-to-withdrawn": Rule("graph", "violation", "A relation leads to a withdrawn claim."),
    "labels-differ": Rule(
        "graph",
        "violation",
        "Properties that say the same differ: title and name, name and preferred label, a review and its claim.",
    ),
    "shared-identifier": Rule("graph", "violation", "Two things are the same as one thing elsewhere."),
    "unknown-scheme": Rule(
        "graph",
        "violation",
        "An address that pages and programs make a link of (`schema:url`, a licence, a copy) has a scheme such as "
        "`javascript:`, `data:` or `file:`.",
    ),
    "wrong-base": Rule("graph", "violation", "The data set's base is not that of its own IRI."),
    "of-another-dataset": Rule(
        "graph",
        "violation",
        "A graph or an annotation is part of no data set or of another, or has another licence.",
    ),
    "dangling-reference": Rule("graph", "violation", "A reference below the data set's own base leads to nothing."),
    "unused-part": Rule("graph", "violation", "Nothing refers to a part of a claim, article or entity."),
    "entity-types": Rule("graph", "violation", "An entity lacks a base class of its type, or has two types."),
    "identifier-of-another": Rule("graph", "violation", "An article's identifier is not that of its IRI."),
    "wrong-count": Rule("graph", "violation", "The data set counts other triples or instances than there are."),
    "changed-graph": Rule("graph", "violation", "A graph does not have the digest that it states."),
    "accept-unused": Rule(
        "entities",
        "warning",
        "`accept` silences nothing: the warning is gone, its name is misspelt, or it is a violation.",
        "An accepted warning that only another article sets off.",
    ),
}

ACROSS = frozenset(
    (
        "same-other-speakers",
        "same-other-date",
        "relation-to-later-claim",
        "retracts-another-speaker",
        "denial-of-nothing",
        "annotated-long-after",
    )
)
"""Rules that may need other articles: whether an `accept` silences one of them is known only at the end."""

Acceptance = tuple[Path, str]
"""The path of the entry that accepts, and the rule."""


def finding(rule: str, message: str, spot: Spot) -> Finding:
    """Return a finding of a rule; if it is a warning, with how to accept it."""
    severity = RULES[rule].severity
    detail = f"if it is right as it is: accept: {{{rule}: why}}" if severity == "warning" else ""
    return Finding(severity, message, rule, spot, detail)


def acceptances(file: ClaimsFile) -> list[Acceptance]:
    """Return what an article, its occasions and its claims accept."""
    found: list[Acceptance] = [(("article",), rule) for rule in file.article.accept]
    for id, occasion in file.occasions.items():
        if occasion.accept:
            found += [(("occasions", id), rule) for rule in occasion.accept]
    for id, claim in file.claims.items():
        if claim.accept:
            found += [(("claims", id), rule) for rule in claim.accept]
    return found


def entity_acceptances(entities: Mapping[str, EntityEntry]) -> list[Acceptance]:
    """Return what the entities and their roles accept."""
    found: list[Acceptance] = []
    for id, entity in entities.items():
        found += [((id,), rule) for rule in entity.accept]
        for role_id, role in entity.roles.items():
            found += [((id, "roles", role_id), rule) for rule in role.accept]
    return found


def without_accepted(
    findings: Iterable[Finding], accepted: Sequence[Acceptance]
) -> tuple[list[Finding], list[Acceptance]]:
    """Return the findings that nobody accepts, and the acceptances that silenced none."""
    unused = dict.fromkeys(accepted)
    known = frozenset(accepted)
    left = []
    for each in findings:
        by = _accepting(each, known)
        if not by:
            left.append(each)
        for acceptance in by:
            unused.pop(acceptance, None)
    return left, list(unused)


def _accepting(finding: Finding, accepted: Set[Acceptance]) -> list[Acceptance]:
    """Return what accepts a finding: the entries around it; an article is all but its claims and occasions."""
    if finding.severity == "violation":
        return []
    path = finding.at.path if isinstance(finding.at, Spot) else ()
    owners = {path[:n] for n in range(1, len(path) + 1)}
    if path[:1] not in (("claims",), ("occasions",)):
        owners.add(("article",))
    return [(owner, finding.rule) for owner in owners if (owner, finding.rule) in accepted]


def unused_acceptances(unused: Iterable[Acceptance], spot: Spot) -> Iterator[Finding]:
    """Yield a warning for each acceptance that silenced nothing; `spot` is any place in its file."""
    for owner, rule in unused:
        message = f"`accept` must name a warning of this entry, and `{rule}` is none"
        known = RULES.get(rule)
        if known and known.severity == "violation":
            message = f"`accept` silences warnings only, and `{rule}` is a violation: correct what it reports"
        else:
            message += ": correct the name, or delete it if the warning is gone"
        at = Spot(spot.file, (*owner, "accept", rule), spot.line, at_key=True)
        yield Finding("warning", message, "accept-unused", at)
