"""`kg proposals`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.console import harmless, in_colour, note, note_json_lines
from kg.cli.options import corpus_and_articles
from kg.corpus.reader import read_json
from kg.corpus.writer import Plain, flow_value
from kg.corpus.yaml_reader import read_yaml
from kg.errors import CorpusError, FileError, Finding, KgError, UsageError, numbered
from kg.files.text_files import read_lines
from kg.pipeline.publication import Publication, open_publication

if TYPE_CHECKING:
    from kg.history.decisions import Adjudicator
    from kg.history.proposals import Choice, Proposal
    from kg.history.published_claims import Decided

_AROUND = 240
"""How many characters of the article are shown before and after the words."""
_KEYS = "a accept · c change · r refuse · s skip · u undo · q quit"
_NAMING = ("speaker", "to", "about", "for", "in", "at")
_HEAD = ("speaker", "speaker_words", "cue", "act", "form", "gist", "said")


@click.command(short_help="Decide about the claims that a program proposes.")
@click.argument("names", nargs=-1, metavar="[CORPUS | ARTICLE.txt …]", type=click.Path(path_type=Path))
@click.option("--by", metavar="NAME", default="", help="Who decides: a person among the annotators.")
@click.option("--on", metavar="DAY", default="", help="The day of the decision.", show_default="today")
@click.option("--accept", metavar="ID", multiple=True, help="Accept a proposal: port/spotter/c01.")
@click.option("--refuse", metavar="ID", multiple=True, help="Refuse a proposal.")
@click.option(
    "--set", "fields", metavar="FIELD=VALUE", multiple=True, help="With --accept: another value, or none."
)
@click.option("--why", default="", help="The reason.")
@click.option(
    "--decisions",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='JSON Lines with "accept" or "refuse", "set" and "why".',
)
@click.option("--dry-run", is_flag=True, help="Say what would be decided, and write nothing.")
def command(names: Sequence[Path], by: str, on: str, *, dry_run: bool, **given: Any) -> int:
    """List what programs propose, and decide about each: accept it, also with other fields, or refuse it.

    In a terminal with --by, each proposal is shown in its article, with what kg validate would say of it, and is
    decided by a key; it is written at once. Otherwise they are listed. What is accepted is published, and names
    both the program and the person; what is refused stays in the program's reading, and is not asked again.

    \b
    Example:
      kg proposals
      kg proposals --by anna
      kg proposals --by anna --accept port/spotter/c01 --set act=promises
      kg proposals --by anna --refuse port/spotter/c02 --why "Not said by her."
    """
    from kg.history.decisions import Adjudicator, refuse_stranger
    from kg.history.proposals import open_proposals, programs
    from kg.history.shared_files import finish_changes

    root, articles = corpus_and_articles(names)
    finish_changes(Path(root))
    publication = open_publication(root)
    person = Adjudicator(by, on or date.today().isoformat())
    decisions = list(_given_decisions(**given))
    _refuse_second_decisions(decisions)
    if decisions and not by:
        raise UsageError("Say who decides with --by NAME: a person among the annotators of corpus.yaml.")
    if by:
        refuse_stranger(publication, person)
    if decisions:
        return _decide(publication, decisions, person, dry_run=dry_run)
    waiting = list(open_proposals(publication, articles))
    if not articles:
        note_json_lines(publication, programs(publication))
    if by and sys.stdin.isatty() and not dry_run:
        return _ask(publication, waiting, person)
    _list(waiting, "" if by else ": kg proposals --by NAME")
    return 0


def _list(waiting: Sequence[Proposal], advice: str) -> None:
    """Print a line for each proposal, and how many there are."""
    for line in _listed(waiting):
        click.echo(harmless(line))
    if waiting:
        note(f"{numbered(len(waiting), 'proposal')} to decide{advice}")
    else:
        note("nothing to decide: `kg import proposals` takes what a program proposes")


def _given_decisions(
    accept: Sequence[str], refuse: Sequence[str], fields: Sequence[str], why: str, decisions: Path | None
) -> Iterator[tuple[str, Choice]]:
    """Yield the decisions in options and in a file, by the proposals' names."""
    from kg.history.proposals import Choice

    if fields and len(accept) != 1:
        raise UsageError("--set changes the one proposal of --accept: give each with a command of its own.")
    if why and not accept and not refuse:
        raise UsageError("--why is the reason of a decision: name a proposal with --accept or --refuse.")
    changes: dict[str, Plain | None] = {}
    for field, value in map(_assigned, fields):
        if field in changes:
            raise UsageError(f"--set {field}: this field is given twice: give it once.")
        changes[field] = value
    for id in accept:
        yield id, Choice(True, changes, why)
    for id in refuse:
        yield id, Choice(False, why=why)
    if decisions:
        yield from _decisions_in(decisions)


def _decisions_in(decisions: Path) -> Iterator[tuple[str, Choice]]:
    """Yield the decisions in a file of JSON Lines. Raises `UsageError` at a line that is none."""
    from kg.history.proposals import Choice

    for line in read_lines(str(decisions)):
        values = read_json(line.raw, str(decisions), line.number).value
        wanted = values if isinstance(values, dict) else {}
        kinds = [each for each in ("accept", "refuse") if isinstance(wanted.get(each), str)]
        changed, reason = wanted.get("set", {}), wanted.get("why", "")
        known = wanted.keys() <= {"accept", "refuse", "set", "why"}
        if len(kinds) != 1 or not known or not isinstance(changed, dict) or not isinstance(reason, str):
            raise UsageError(
                f'{decisions}:{line.number}: a decision must be as {{"accept": "port/spotter/c01", "set": {{"act": '
                '"promises"}, "why": "…"}, or with "refuse"'
            )
        yield wanted[kinds[0]], Choice(kinds[0] == "accept", changed, reason)


def _refuse_second_decisions(decisions: Sequence[tuple[str, Choice]]) -> None:
    """Raise `UsageError` if a proposal is decided more than once."""
    counts = Counter(id for id, _ in decisions)
    if twice := next((id for id, count in counts.items() if count > 1), ""):
        raise UsageError(f"{twice} is decided twice: decide it once.")


def _assigned(text: str) -> tuple[str, Plain | None]:
    """Return the field and the value of `act=promises`; the value is YAML, and none deletes the field."""
    field, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"{text}: a change must be as act=promises, or as act= for none")
    return field.strip(), _value(value) if value.strip() else None


def _value(text: str) -> Plain:
    """Return a value as in a claims file; what is no list and no mapping is a text, whatever signs it has."""
    text = text.strip()
    if text[:1] not in ("[", "{", '"', "'"):
        return text
    read: Any = read_yaml(f"value: {text}\n", "the value").value
    value: Plain = read["value"]
    return value


def _decide(
    publication: Publication, decisions: Sequence[tuple[str, Choice]], person: Adjudicator, *, dry_run: bool
) -> int:
    """Make decisions one after the other; one that cannot be made does not stop the others."""
    from kg.history.proposals import find_proposal, settle

    failed = 0
    for id, choice in decisions:
        try:
            proposal = find_proposal(publication, id)
            decided = settle(publication, proposal, choice, person, dry_run=dry_run)
        except KgError as error:
            if len(decisions) == 1:
                raise
            failed += 1
            named = "" if str(error).startswith(id) else f"{id}: "
            click.echo(harmless(f"kg: {named}{error}"), err=True)
        else:
            note(_said(proposal, choice, decided))
    note(f"{'nothing is written' if dry_run else 'signed'}: {person.by}, {person.on}")
    return 1 if failed else 0


def _said(proposal: Proposal, choice: Choice, decided: Decided) -> str:
    """Return a line about a decision that was made."""
    if not choice.accepted:
        return f"{proposal.id}: refused"
    state = "" if _is_published(decided) else " (its claims file is a draft until all are decided)"
    return "\n  ".join([f"{proposal.id}: accepted as {', '.join(decided.claims)}{state}", *decided.notes])


def _is_published(decided: Decided) -> bool:
    return not any(b"status: draft" in (each.after or b"") for each in decided.files[:1])


def _listed(proposals: Sequence[Proposal]) -> Iterator[str]:
    """Yield a line for each proposal: its name, speaker, words and act."""
    for each in proposals:
        fields = {"act": "", **each.fields}
        speaker = flow_value(fields["speaker"])
        more = " · ".join(filter(None, (str(fields["act"]), _state(each))))
        yield f"{each.id}  {speaker}: {each.record.words}" + (f"  ({more})" if more else "")


def _state(proposal: Proposal) -> str:
    if known := proposal.known_as():
        return f"published already as {known}"
    return f"to decide: {' and '.join(proposal.open_fields)}" if proposal.open_fields else ""


def _ask(publication: Publication, waiting: Sequence[Proposal], person: Adjudicator) -> int:
    """Show the proposals one by one, and write each decision at once."""
    from kg.history.proposals import find_proposal

    made: list[tuple[int, Decided]] = []
    number = 0
    while number < len(waiting):
        try:
            # Read again: what was accepted before may have the same words, and others may decide too.
            proposal = find_proposal(publication, waiting[number].id)
        except UsageError as error:
            _complain(error)
            number += 1
            continue
        head = f"{number + 1} of {len(waiting)}"
        action = _one(publication, proposal, person, head, may_undo=bool(made))
        if action == "quit":
            break
        if action == "undo":
            before, decided = made.pop()
            number = before if _is_taken_back(publication, decided) else number
        else:
            if not isinstance(action, str):
                made.append((number, action))
            number += 1
    left = len(waiting) - len(made)
    note(f"{numbered(len(made), 'decision')}, signed {person.by}, {person.on}; {left} left to decide")
    return 0


def _is_taken_back(publication: Publication, decided: Decided) -> bool:
    """Take a decision back, unless somebody has changed a file since, which is said."""
    from kg.history.published_claims import undo

    try:
        undo(publication, decided)
    except FileError as error:
        _complain(error)
        return False
    click.echo("taken back")
    return True


def _one(
    publication: Publication, proposal: Proposal, person: Adjudicator, head: str, *, may_undo: bool
) -> Decided | str:
    """Ask about one proposal until it is decided, skipped or left; return what was decided, or the action."""
    from kg.history.proposals import Choice, settle

    changes: dict[str, Plain | None] = {}
    _show(publication, proposal, Choice(True, changes), person, head)
    while True:
        key = _key()
        try:
            if key == "a":
                decided = settle(publication, proposal, Choice(True, changes), person)
                click.echo(harmless(_said(proposal, Choice(True), decided)))
                return decided
            if key == "r":
                choice = Choice(False, why=click.prompt("  why (or nothing)", default="", show_default=False))
                decided = settle(publication, proposal, choice, person)
                click.echo(harmless(_said(proposal, choice, decided)))
                return decided
            if key == "c":
                _ask_changes(changes, lambda: _remarks(publication, proposal, Choice(True, changes), person))
                _show(publication, proposal, Choice(True, changes), person, head)
            elif key == "u" and not may_undo:
                click.echo("nothing to take back")
            elif key in "suq":
                return {"s": "skip", "u": "undo", "q": "quit"}[key]
        except KgError as error:
            _complain(error)


def _key() -> str:
    """Return the key that somebody presses; the end of the input and Ctrl-C quit."""
    click.echo(f"{_KEYS} ? ", nl=False)
    try:
        key = click.getchar().casefold()[:1]
    except (EOFError, KeyboardInterrupt):
        key = "q"
    key = key if key and key in "acrsuq" else "?"
    click.echo(key)
    return key


def _ask_changes(changes: dict[str, Plain | None], remarks: Callable[[], list[str]]) -> None:
    """Ask for fields until an empty line, and add them to the changes; say at once what is found because of one."""
    from kg.history.proposals import refuse_unknown_field

    known = remarks()
    while text := click.prompt("  field=value (or nothing)", default="", show_default=False):
        try:
            field, value = _assigned(text)
            refuse_unknown_field(field)
        except KgError as error:
            _complain(error)
            continue
        changes[field] = value
        before, known = known, remarks()
        for line in known:
            if line not in before:
                click.echo(harmless(f"  {line}"))


def _complain(error: KgError) -> None:
    for line in _lines_of(error):
        click.echo(harmless(f"  {line}"))


def _lines_of(error: KgError) -> list[str]:
    return list(map(_sentence, error.findings)) if isinstance(error, CorpusError) else [str(error)]


def _remarks(publication: Publication, proposal: Proposal, choice: Choice, person: Adjudicator) -> list[str]:
    """Return what kg says of a proposal that is accepted so."""
    from kg.history.proposals import outlook

    try:
        return list(map(_sentence, outlook(publication, proposal, choice, person)))
    except KgError as error:
        return _lines_of(error)


def _sentence(finding: Finding) -> str:
    return f"{finding.severity}: {finding.message} [{finding.rule}]"


def _show(publication: Publication, proposal: Proposal, choice: Choice, person: Adjudicator, head: str) -> None:
    """Print a proposal in its article, with its fields and what kg finds."""
    from kg.api import Corpus

    program = publication.corpus.config.annotators[proposal.by]
    click.echo()
    click.echo(harmless(f"{proposal.id} · {head} · {program.name} {program.version}"))
    click.echo(_passage(proposal))
    for line in _fields({**proposal.fields, **choice.changes}, Corpus(publication).entities):
        click.echo(harmless(f"  {line}"))
    if known := proposal.known_as(choice.changes):
        click.echo(harmless(f"  {known} says this already: accepting names {proposal.by} there too"))
    elif others := [*proposal.same_words.values(), *proposal.overlapping]:
        click.echo(harmless(f"  published of these words: {', '.join(others)}"))
    for line in _remarks(publication, proposal, choice, person):
        click.echo(harmless(f"  {line}"))


def _fields(fields: Mapping[str, Any], entities: Mapping[str, str]) -> Iterator[str]:
    """Yield each field on a line, the most important first; an entity with its name."""
    order = sorted(fields, key=lambda field: _HEAD.index(field) if field in _HEAD else len(_HEAD))
    width = max(map(len, fields))
    for field in order:
        value = fields[field]
        if field != "words" and value is not None:
            shown = " ⏎ ".join(value.splitlines()) if isinstance(value, str) else flow_value(value)
            name = entities.get(shown, "") if field in _NAMING else ""
            yield f"{field:{width}}  {shown}" + (f" ({name})" if name else "")


def _passage(proposal: Proposal) -> str:
    """Return the words in their article, in colour or in brackets, without what would disturb a terminal."""
    text, pieces, at = proposal.text, [], 0
    parts = sorted((part.start, part.end) for part in proposal.record.parts)
    first, last = max(parts[0][0] - _AROUND, 0), min(parts[-1][1] + _AROUND, len(text))
    at = first
    for start, end in parts:
        words = harmless(text[start:end])
        marked = click.style(words, bold=True, underline=True) if in_colour(sys.stdout) else f"[{words}]"
        pieces += [harmless(text[at:start]), marked]
        at = end
    around = (
        ("…" if first else "") + "".join([*pieces, harmless(text[at:last])]) + ("…" if last < len(text) else "")
    )
    return "\n".join(f"  | {line}" for line in around.strip().split("\n"))
