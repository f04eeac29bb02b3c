"""`kg adjudicate`."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.console import harmless, in_colour, note, note_json_lines, show_findings
from kg.cli.options import corpus_and_articles
from kg.errors import CorpusError, FileError, UsageError, numbered

if TYPE_CHECKING:
    from kg.api import Corpus
    from kg.history.adjudication import Adjudication, ArticleChoices, Choices, OpenClaim
    from kg.history.decisions import Decision
    from kg.history.published_claims import Decided
    from kg.pipeline.publication import Publication

_NOBODY = "Say who decides with --by NAME: an annotator of corpus.yaml."
_NOTHING = "–"
_NUMBER = re.compile(r" \([0-9]+\)$")
"""What tells claims with the same words apart."""
_ALONE = ("words", "speaker", "act", "form", "gist", "said", "to", "about", "relations")
"""The fields that are shown of a claim that only one annotator found."""


@click.command(short_help="Decide which reading of each claim is published.")
@click.argument("names", nargs=-1, metavar="[CORPUS | ARTICLE.txt …]", type=click.Path(path_type=Path))
@click.option("--by", default="", metavar="NAME", help="Who decides: an annotator of corpus.yaml.")
@click.option("--on", default="", metavar="DATE", help="The day of the decisions.", show_default="today")
@click.option(
    "--take",
    "takes",
    multiple=True,
    metavar="NAME",
    help="Publish what this annotator read; of several, the first who read the claim.",
)
@click.option("--decisions", "file", type=click.Path(dir_okay=False), help="A YAML file with decisions.")
@click.option("--dry-run", is_flag=True, help="Only say what would be published.")
def command(
    names: Sequence[Path], *, takes: Sequence[str], file: str | None, dry_run: bool, **signature: str
) -> int:
    """Publish the claims that all annotators of an article agree on, and ask about each of the others.

    The readings are in readings/NAME/, as for kg agree. What is published names who read it so in `contributors`,
    and each reading keeps what was decided: you can stop at any time, and are not asked again. Without --by, list
    what is left to decide in a CORPUS.

    \b
    Example:
      kg adjudicate seeds
      kg adjudicate seeds --by anna
      kg adjudicate seeds/000_411f4785dd135aae.txt --by anna --take ben --dry-run
    """
    from kg.history.adjudication import read_choices

    corpus, articles = _opened(names, **signature)
    if not articles and not signature["by"]:
        if takes or file or dry_run:
            raise UsageError(_NOBODY)
        _list_articles(corpus)
        return 0
    choices = read_choices(file) if file else {}
    _refuse_unknown(corpus, articles, takes, choices)
    asks = not (takes or file or dry_run) and sys.stdin.isatty() and sys.stdout.isatty()
    for article in _articles(corpus, articles, choices):
        session = _Session(corpus, article, **signature)
        session.take_agreed(takes, choices.get(article.article, {}), dry_run=dry_run)
        goes_on = session.ask() if asks else True
        if not dry_run:
            session.report()
        if not goes_on:
            break
    return 0


def _opened(names: Sequence[Path], **signature: str) -> tuple[Corpus, Sequence[str]]:
    """Return the corpus and which of its articles are named, unless whoever is named cannot decide."""
    from kg.api import Corpus
    from kg.corpus.folder import reading_names
    from kg.history.shared_files import finish_changes
    from kg.pipeline.publication import open_publication

    root, articles = corpus_and_articles(names)
    finish_changes(Path(root))
    publication = open_publication(root)
    corpus = Corpus(publication)
    _refuse_stranger(publication, **signature)
    if not articles:
        note_json_lines(publication, reading_names(publication.corpus))
    return corpus, articles


def _articles(corpus: Corpus, named: Sequence[str], choices: Choices) -> Iterator[Adjudication]:
    """Yield the named articles; without names, those with claims to decide or choices from a file."""
    for article in named or list(corpus.readings()):
        found = corpus.adjudication(article)
        if named or found.claims or article in choices:
            yield found


def _refuse_stranger(publication: Publication, by: str, on: str) -> None:
    """Raise `UsageError` if whoever is named cannot decide, before anything else is done."""
    from kg.history.decisions import Adjudicator, refuse_stranger

    if by:
        refuse_stranger(publication, Adjudicator(by, on or date.today().isoformat()))


def _refuse_unknown(corpus: Corpus, articles: Sequence[str], takes: Sequence[str], choices: Choices) -> None:
    """Raise `UsageError` for an annotator, an article, a claim or a field of the options that is not there."""
    from kg.history.adjudication import chosen
    from kg.history.readings import PUBLISHED
    from kg.text.nearest_name import nearest

    read = corpus.readings()
    readers = {PUBLISHED, *(name for article in articles or read for name in read.get(article, ()))}
    known = ", ".join(sorted(readers - {PUBLISHED})) or "nobody"
    for name in takes:
        if name not in readers:
            raise UsageError(f"--take {name}: {name} has no reading here, there are those of {known}.")
    for article, of_article in choices.items():
        if article not in read:
            near = nearest(article, read)
            advice = f"did you mean {near}?" if near else f"there are readings of {', '.join(read) or 'none'}."
            raise UsageError(f"Nobody has a reading of the article {article}, which the decisions name: {advice}")
        found = corpus.adjudication(article)
        readings = found.readings.readings
        for key in of_article:
            name, _, claim = key.partition("/")
            if name not in readings or claim not in readings[name].claims:
                raise UsageError(
                    f"The decisions name the claim {key} of {article}, and no finished reading has it: "
                    "name it as NAME/CLAIM, with the claim's id in the reading of NAME."
                )
        chosen(found.claims, of_article)


def _list_articles(corpus: Corpus) -> None:
    """Show how many claims of each article are to be decided on."""
    from kg.query.tables import Rows, table

    rows = []
    for article, names in corpus.readings().items():
        found = corpus.adjudication(article)
        agreed = sum(claim.is_agreed for claim in found.claims)
        who = ", ".join(f"{name} (draft)" if name in found.readings.drafts else name for name in names)
        rows.append((article, who, str(agreed), str(len(found.claims) - agreed)))
    if not rows:
        raise UsageError("No annotator has a reading here, such as readings/anna/ARTICLE.claims.yaml.")
    for line in table(Rows(("article", "annotators", "agreed", "to decide"), tuple(rows)), _width()):
        click.echo(line)
    if any(row[2:] != ("0", "0") for row in rows):
        note("`kg adjudicate --by NAME` publishes what is agreed, and asks about the others.")


def _width() -> int:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0


class _Session:
    """The adjudication of one article in the terminal."""

    def __init__(self, corpus: Corpus, article: Adjudication, by: str, on: str) -> None:
        drafts = " and ".join(article.readings.drafts)
        if not article.readings.readings:
            left = f": {drafts} is still a draft" if drafts else ""
            raise UsageError(f"No annotator has a finished reading of {article.article}{left}.")
        if not (by or article.signed_by):
            raise UsageError(_NOBODY)
        if drafts:
            note(f"left out as drafts: the readings of {drafts}")
        self._article = article
        self._signature = {"by": by or article.signed_by, "on": on or date.today().isoformat()}
        self._show = _Display(corpus.entities)
        self._skipped: list[frozenset[tuple[str, str]]] = []
        self._decided: list[Decided] = []
        self._asks = False

    def take_agreed(self, takes: Sequence[str], choices: ArticleChoices, *, dry_run: bool) -> None:
        """Publish what the options say, and of what they leave open all on which annotators agree."""
        from kg.history.adjudication import chosen, preferred

        made, gone = chosen(self._article.claims, choices)
        if gone:
            note(f"nothing is left to decide of {', '.join(gone)}")
        given = {each for decision in made for each in decision.claims.items()}
        left = [claim for claim in self._article.claims if given.isdisjoint(claim.claims.items())]
        agreed = [claim.agreed() for claim in left if claim.is_agreed]
        others = preferred([claim for claim in left if not claim.is_agreed], takes)
        if agreed:
            note(f"{numbered(len(agreed), 'claim')} on which all agree")
        decisions = [*agreed, *made, *others]
        if decisions:
            self._decide(decisions, dry_run=dry_run)
        if dry_run:
            note("nothing was written")

    def _decide(self, decisions: Sequence[Decision], *, dry_run: bool = False) -> None:
        found = self._article.decide(decisions, dry_run=dry_run, **self._signature)
        self._decided.append(found)
        for id, decision in found.published.items():
            parts = ", ".join(f"{field}: {name}" for field, name in decision.fields.items())
            who = " and ".join(decision.accepted) or decision.take
            others = f" ({parts})" if parts else ""
            click.echo(f"{self._article.article}/{id}: as {who} read it{others}")
        for decision in decisions:
            if not decision.take:
                click.echo(f"left out: {', '.join(map('/'.join, decision.claims.items()))}")
        for each in found.notes:
            note(each)

    def ask(self) -> bool:
        """Ask about one claim after the other, until all are decided; return False if somebody quits."""
        self._asks = True
        self._decided.clear()  # what all agree on is not taken back
        while claims := [each for each in self._article.claims if _key(each) not in self._skipped]:
            self._show.claim(claims[0], len(claims))
            if not self._answered(claims[0]):
                return False
        return True

    def _answered(self, claim: OpenClaim) -> bool:
        """Ask for a key until it answers the question; return False to quit."""
        while True:
            key = self._show.key(claim)
            if key == "q":
                return False
            if key == "s":
                self._skipped.append(_key(claim))
                return True
            if key == "u":
                return self._undo()
            decision = self._decision(claim, key)
            if decision is None:
                continue
            try:
                self._decide([decision])
            except CorpusError as error:
                show_findings(error.findings)
                note("so it cannot be published: choose otherwise")
                continue
            return True

    def _decision(self, claim: OpenClaim, key: str) -> Decision | None:
        """Return the decision that a key makes, if it makes one."""
        if key == "x" and not claim.published:
            return claim.decision()
        if key == "f" and len(claim.differing) > 1:
            return self._by_field(claim)
        number = int(key) - 1 if key.isdecimal() else -1
        return claim.decision(claim.names[number]) if 0 <= number < len(claim.names) else None

    def _by_field(self, claim: OpenClaim) -> Decision | None:
        """Ask whose value to take for each field that readings give differently; None if the person goes back."""
        fields = {}
        for field in claim.differing:
            name = self._show.choice(claim, field)
            if not name:
                return None
            fields[field] = name
        take = next(iter(fields.values()))
        return claim.decision(take, {field: name for field, name in fields.items() if name != take})

    def _undo(self) -> bool:
        """Take the last decision back, which is then asked again."""
        if self._decided:
            try:
                self._article.undo(self._decided.pop())
                click.echo("taken back")
            except FileError as error:
                note(f"not taken back: {error}")
        return True

    def report(self) -> None:
        """Say what is left."""
        left = len(self._article.claims)
        if left:
            how = "" if self._asks else ", in a terminal or with --take or --decisions"
            note(f"{self._article.article}: {numbered(left, 'claim')} left to decide{how}")
        else:
            note(f"{self._article.article}: all claims are decided")


def _key(claim: OpenClaim) -> frozenset[tuple[str, str]]:
    return frozenset(claim.claims.items())


class _Display:
    """Shows claims and asks for keys; `names` are those of the entities by id."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def claim(self, claim: OpenClaim, left: int) -> None:
        """Show a claim in its sentence, and who read what."""
        from kg.query.tables import Rows, table

        click.echo(f"\n{numbered(left, 'claim')} to decide\n")
        start, end = claim.words
        before, words, after = (
            harmless(claim.text[slice(*each)])
            for each in ((claim.sentence.start, start), claim.words, (end, claim.sentence.end))
        )
        marked = click.style(words, bold=True, underline=True) if in_colour(sys.stdout) else f"[{words}]"
        sentence = f"{before}{marked}{after}"
        click.echo(f"  {' '.join(sentence.split())}\n")
        columns = ("", *(f"[{n}] {name}" for n, name in enumerate(claim.names, 1)))
        fields = claim.differing if len(claim.names) > 1 else _ALONE
        rows = [
            (field, *(self._shown(claim, field, name) for name in claim.names))
            for field in fields or _ALONE
            if any(claim.values.get(field, {}).values())
        ]
        for line in table(Rows(columns, tuple(rows)), _width()):
            click.echo(f"  {line}")
        if alike := ", ".join(self._alike(claim)):
            click.echo(f"\n  alike: {alike}")
        if claim.absent:
            click.echo(f"\n  {' and '.join(claim.absent)} did not find it")

    def _alike(self, claim: OpenClaim) -> Iterator[str]:
        """Yield what all who read a claim give alike, if something else differs."""
        for field, values in claim.values.items() if claim.differing else ():
            if field not in claim.differing and field != "words" and any(values.values()):
                yield f"{field} {self._shown(claim, field, claim.names[0])}"

    def _shown(self, claim: OpenClaim, field: str, name: str) -> str:
        values = claim.values.get(field, {}).get(name, frozenset())
        shown = sorted(_NUMBER.sub("", self._names.get(each, each)) for each in values)
        return harmless("; ".join(shown)) or _NOTHING

    def key(self, claim: OpenClaim) -> str:
        """Ask what to do with a claim."""
        choices = [f"[{n}] {_of(name)}" for n, name in self._numbered(claim)]
        choices += ["[f] field by field"] if len(claim.differing) > 1 else []
        choices += [] if claim.published else ["[x] leave out"]
        return _key_of(f"\n  {'  '.join(choices)}  [s] skip  [u] undo  [q] quit: ")

    def choice(self, claim: OpenClaim, field: str) -> str:
        """Ask whose value of a field to take; return `""` to go back."""
        choices = "  ".join(f"[{n}] {self._shown(claim, field, name)}" for n, name in self._numbered(claim))
        while True:
            key = _key_of(f"  {field}: {choices}  [b] back: ")
            if key in ("b", "q"):
                return ""
            if key.isdecimal() and 0 < int(key) <= len(claim.names):
                return claim.names[int(key) - 1]

    def _numbered(self, claim: OpenClaim) -> Iterator[tuple[int, str]]:
        return enumerate(claim.names, 1)


def _of(name: str) -> str:
    return "what is published" if name == "published" else f"{name}’s"


def _key_of(question: str) -> str:
    """Return a key that somebody presses, which is shown after the question; the end of the input is `q`."""
    click.echo(question, nl=False)
    try:
        key = click.getchar() or "q"
    except EOFError:
        key = "q"
    click.echo(key if key.isprintable() else "")
    return key.lower()
