"""`kg revise`."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.console import harmless, note
from kg.errors import CorpusError, UsageError, numbered

if TYPE_CHECKING:
    from kg.history.anchor_decisions import AnchorDecision
    from kg.history.revising import ChangedThing, Revised, RevisedFile

UNDECIDED = 1


@click.command(short_help="Give an article the text that its paper corrected.")
@click.argument("article", type=click.Path(path_type=Path), metavar="ARTICLE.txt")
@click.argument("new", type=click.Path(path_type=Path), metavar="NEW.txt")
@click.option("--issued", default="", metavar="DATE", help="When the paper published the new text: 2026-11-04.")
@click.option("--reanchor", multiple=True, metavar="ID", help="Take the nearest passage for this claim.")
@click.option("--keep", multiple=True, metavar="ID", help="Keep this claim to the earlier text.")
@click.option("--withdraw", multiple=True, nargs=2, metavar="ID WHY", help="Withdraw this claim, for a reason.")
@click.option("--reviews-hold", multiple=True, metavar="ID", help="Its fact-checks hold for the new words, too.")
@click.option("--decisions", type=click.Path(path_type=Path), metavar="FILE", help="Decisions in YAML.")
@click.option("--on", default="", metavar="DATE", help="The day of withdrawals.", show_default="today")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing.")
def command(article: Path, new: Path, *, issued: str, on: str, dry_run: bool, **options: Any) -> int:
    """Replace the text of an article by NEW.txt, the text that its paper corrected.

    The earlier text is kept beside it, as ARTICLE.1.txt. Claims whose words are still at their place stay as they
    are. For each claim whose words changed or are gone you decide, here or by the options: re-anchor it at the
    nearest passage, keep it to the earlier text, or withdraw it. Nothing is written before all is decided.

    \b
    Example:
      kg revise seeds/jobs.txt jobs-corrected.txt --issued 2026-11-04
      kg revise seeds/jobs.txt new.txt --reanchor c01 --keep c03 --withdraw c04 "The paper took it out."
    """
    from kg.api import open_corpus
    from kg.corpus.folder import JSON_LINES
    from kg.drafts import corpus_of_text
    from kg.history.readings import IN_JSON_LINES
    from kg.history.shared_files import finish_changes

    if article.name.endswith(JSON_LINES):
        raise UsageError(f"{article}: {IN_JSON_LINES}")
    root, id = corpus_of_text(article)
    finish_changes(root)
    revise = partial(open_corpus(root).revise, id, new, issued=issued)
    on = on or date.today().isoformat()
    decisions = _decisions(on, options)
    if sys.stdin.isatty() and sys.stdout.isatty() and not dry_run:
        named = [str(article), str(new), *(["--issued", issued] if issued else [])]
        asked = _asked(revise, decisions, on, named)
        if asked is None:
            return UNDECIDED
        revised = asked
    else:
        revised = revise(decisions, dry_run=dry_run)
    for line in _report(revised, dry_run=dry_run):
        click.echo(harmless(line))
    if revised.undecided:
        note("Nothing was written. Decide with --reanchor ID, --keep ID, --withdraw ID WHY, or in a terminal.")
        return UNDECIDED
    return 0


def _decisions(on: str, options: Mapping[str, Any]) -> dict[str, AnchorDecision]:
    """Return the decisions that the options give."""
    from kg.files.text_files import read_text
    from kg.history.anchor_decisions import AnchorDecision, read_decisions

    file = options["decisions"]
    found = read_decisions(read_text(str(file)), str(file), on) if file else {}
    hold = options["reviews_hold"]
    given = [(id, AnchorDecision("reanchor", reviews_hold=id in hold)) for id in options["reanchor"]]
    given += [(id, AnchorDecision("keep")) for id in options["keep"]]
    given += [(id, AnchorDecision("withdraw", why, on)) for id, why in options["withdraw"]]
    for id, decision in given:
        if id in found:
            raise UsageError(f"{id} is decided twice: decide it once.")
        found[id] = decision
    return found


def _asked(
    revise: Callable[..., Revised], decisions: dict[str, AnchorDecision], on: str, named: Sequence[str]
) -> Revised | None:
    """Ask for what is not decided, then revise; None if the user stops. `named` are the arguments to go on with."""
    while True:
        try:
            revised = revise(decisions)
        except CorpusError:
            if decisions:
                _note_how_to_go_on(named, decisions)
            raise
        if not revised.undecided:
            return revised
        if not _ask(revised, decisions, on, partial(revise, dry_run=True)):
            _note_how_to_go_on(named, decisions)
            return None


def _ask(
    revised: Revised,
    decisions: dict[str, AnchorDecision],
    on: str,
    check: Callable[[Mapping[str, AnchorDecision]], object],
) -> bool:
    """Ask for decisions that are missing, on claims first; return False if the user stops, also by Ctrl-C.

    `check` raises `UsageError` for words that are not in the new text.
    """

    def check_words(id: str, decision: AnchorDecision) -> None:
        if decision.words:
            check({**decisions, id: decision})

    # Whether sources and occasions must be decided on depends on the claims.
    things = [each for each in revised.undecided if each.is_claim] or revised.undecided
    for number, thing in enumerate(things, 1):
        for line in _lines_about(thing, f"{number} of {len(things)}"):
            click.echo(harmless(line))
        try:
            decision = _ask_about(thing, _question(thing, revised.version - 1), on, check_words)
        except click.Abort:
            click.echo()  # a terminal shows ^C where the cursor is
            decision = None
        if decision is None:
            return False
        decisions[thing.id] = decision
    return True


def _ask_about(
    thing: ChangedThing, question: str, on: str, check: Callable[[str, AnchorDecision], None]
) -> AnchorDecision | None:
    """Ask until there is a decision that passes the check; return None if the user stops."""
    while (key := _prompt(question)[:1].lower()) != "s":
        try:
            if decision := _answer(key, thing, on):
                check(thing.id, decision)
                return decision
        except UsageError as error:
            note(str(error))
    return None


def _prompt(question: str) -> str:
    answer: str = click.prompt(question, default="", show_default=False, prompt_suffix=" ")
    return answer.strip()


def _question(thing: ChangedThing, version: int) -> str:
    choices = ["[r]e-anchor there"] if thing.is_near else []
    choices.append("give other [t]ext")
    choices += [f"[k]eep to version {version}", "[w]ithdraw"] if thing.is_claim else []
    return f"{', '.join(choices)}, or [s]top?"


def _answer(key: str, thing: ChangedThing, on: str) -> AnchorDecision | None:
    """Return the decision for a key; None to ask again. Raises `UsageError` for one without a reason."""
    from kg.history.anchor_decisions import AnchorDecision

    if key == "k" and thing.is_claim:
        return AnchorDecision("keep")
    if key == "w" and thing.is_claim:
        why = _prompt("Why? This is published:")
        if not why:
            raise UsageError(f"{thing.id}: a reason is needed to withdraw it.")
        return AnchorDecision("withdraw", why, on)
    if key == "r" and thing.is_near:
        return _unless_checked(thing, {})
    if key == "t":
        fields = dict.fromkeys(each.anchor.field for each in thing.anchors)
        of = {field: f"{'words of ' if field in ('said', 'due') else ''}{field}" for field in fields}
        words = {field: _prompt(f"The new {of[field]}, or nothing to leave it out:") or None for field in fields}
        return None if words.get("words", "-") is None else _unless_checked(thing, words)
    return None


def _unless_checked(thing: ChangedThing, words: Mapping[str, Any]) -> AnchorDecision | None:
    """Return the decision to re-anchor, None if fact-checks of the old words do not hold for the new ones."""
    from kg.history.anchor_decisions import AnchorDecision

    if not thing.fact_checks:
        return AnchorDecision("reanchor", words=words)
    checks = numbered(thing.fact_checks, "fact-check")
    if click.confirm(f"Its {checks} were of the old words. Do they hold for the new ones?"):
        return AnchorDecision("reanchor", words=words, reviews_hold=True)
    return None


def _note_how_to_go_on(arguments: Sequence[str], decisions: Mapping[str, AnchorDecision]) -> None:
    """Say by which command the decisions so far are given, and which of them only a file can give."""
    from kg.corpus.writer import flow_value

    given = [*arguments]
    for id, decision in decisions.items():
        if not decision.words:
            given += [f"--{decision.how}", id, *([decision.why] if decision.why else [])]
            given += ["--reviews-hold", id] if decision.reviews_hold else []
    days = {decision.on for decision in decisions.values() if decision.how == "withdraw"}
    given += [part for day in sorted(days) for part in ("--on", day)]
    with_words = {id: decision for id, decision in decisions.items() if decision.words}
    given += ["--decisions", "FILE"] if with_words else []
    note(f"Nothing was written. To go on from here: {shlex.join(['kg', 'revise', *given])}")
    if with_words:
        note("FILE must have the words that you gave:")
    for id, decision in with_words.items():
        hold: dict[str, str | None] = {"reviews": "hold"} if decision.reviews_hold else {}
        words = {field: "" if each is None else each for field, each in decision.words.items()}
        note(f"  {flow_value({id: {**words, **hold}})[1:-1]}")


def _report(revised: Revised, *, dry_run: bool) -> Iterator[str]:
    for number, thing in enumerate(revised.undecided, 1):
        yield from _lines_about(thing, f"{number} of {len(revised.undecided)}")
    if revised.undecided:
        yield ""
    is_done = not dry_run and not revised.undecided
    state, earlier = "is" if is_done else "would be", revised.version - 1
    counts = _counts(revised.published, earlier)
    yield f"{revised.article} {state} at version {revised.version} of its text: {counts}"
    for each in revised.readings:
        yield f"the reading of {each.annotator}: {_counts(each, earlier)}"
    yield from revised.notes
    for file in revised.files if is_done else ():
        yield f"written: {file}"


def _counts(file: RevisedFile, earlier: int) -> str:
    parts = [f"{numbered(file.unchanged, 'claim')} unchanged"]
    for ids, what in (
        (file.reanchored, "re-anchored"),
        (file.kept, f"kept to version {earlier}"),
        (file.withdrawn, "withdrawn"),
    ):
        parts += [f"{len(ids)} {what} ({', '.join(ids)})"] if ids else []
    return ", ".join(parts)


def _lines_about(thing: ChangedThing, position: str) -> Iterator[str]:
    """Yield what changed in the words of a claim or another thing."""
    checks = f", with {numbered(thing.fact_checks, 'fact-check')}" if thing.fact_checks else ""
    yield ""
    yield f"{thing.id} ({position}){checks}"
    for anchor, nearest in thing.anchors:
        blank = " " * len(anchor.field)
        yield f"  {anchor.field} was  {anchor.words}"
        yield f"  {blank} now  {nearest.words if nearest else 'nothing like it'}"
        for difference in nearest.differences if nearest else ():
            yield f"  {blank}      {difference}"
