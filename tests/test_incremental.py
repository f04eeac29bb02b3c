"""A run that takes what earlier runs found out says and writes what one does that knows nothing: byte for byte."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from edited_corpus import CLAIM, CONFIG, ENTITIES, FILE, NAMES, TEXTS, Article, EditedCorpus
from kg.build import build_in_jobs
from kg.cache import Memory
from kg.cache.place import FOLDER
from kg.corpus import read_corpus
from kg.errors import CorpusError
from kg.findings import in_order
from kg.jobs import Plan, write_publication
from kg.meaning import read_index
from kg.positions import located
from kg.publication import Publication, checker
from kg.resources import shapes_files
from kg.shapes import Shapes, compile_shapes
from publications import snapshot

LONG = os.environ.get("KG_TEST_LONG")
"""Set to a number, so many corpora are edited fifty times each, differently in each run."""
STEPS = 50

numbers = st.integers(0, 9)
names = st.sampled_from(NAMES)


class StoppedError(Exception):
    """A run that was killed."""


def opened(folder: Path, shapes: Shapes) -> Publication:
    """Open a corpus with shapes that are compiled once for all."""
    corpus = read_corpus(folder)
    return Publication(corpus, read_index(corpus), checker("kg", shapes))


def validated(publication: Publication, memory: Memory | None) -> object:
    """Return all that a validation says."""
    found = [
        (unit.id, unit.file, unit.line, unit.draft, unit.defines, unit.needs, unit.holds, unit.findings)
        for unit in publication.units(memory)
    ]
    return found, in_order(located([finding for unit in found for finding in unit[-1]]))


def built(publication: Publication, folder: Path, memory: Memory | None) -> object:
    """Return all that a build says and writes."""
    try:
        said: object = build_in_jobs(folder, publication, Plan(), lambda _done, _found: None, memory)
    except CorpusError as error:
        said = error.findings
    return said, snapshot(folder)


class Edits(RuleBasedStateMachine):
    """Edits a corpus; after each edit a run with the records must equal one without."""

    shapes: Shapes

    @initialize()
    def lay(self) -> None:
        memory = Path("/dev/shm")
        self.room = Path(tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else None))
        (self.room / "corpus").mkdir()
        self.corpus = EditedCorpus(self.room / "corpus")
        self.corpus.write()
        self.step = 0

    def teardown(self) -> None:
        shutil.rmtree(self.room)

    def _some(self, number: int, *, lines: bool) -> Article | None:
        articles = list((self.corpus.lines if lines else self.corpus.articles).values())
        return articles[number % len(articles)] if articles else None

    @rule(
        which=numbers, lines=st.booleans(), field=st.sampled_from(list(CLAIM)), value=numbers, id=st.integers(1, 3)
    )
    def edit_a_claim(self, which: int, lines: bool, field: str, value: int, id: int) -> None:
        if article := self._some(which, lines=lines):
            article.claims.setdefault(f"c0{id}", {})[field] = value

    @rule(which=numbers, lines=st.booleans())
    def delete_a_claim(self, which: int, lines: bool) -> None:
        if (article := self._some(which, lines=lines)) and article.claims:
            article.claims.pop(next(iter(article.claims)))

    @rule(which=numbers, lines=st.booleans(), field=st.sampled_from(list(FILE)), value=numbers)
    def edit_a_file(self, which: int, lines: bool, field: str, value: int) -> None:
        if article := self._some(which, lines=lines):
            article.file[field] = value

    @rule(which=numbers, lines=st.booleans(), text=st.sampled_from(range(len(TEXTS))))
    def edit_a_text(self, which: int, lines: bool, text: int) -> None:
        if article := self._some(which, lines=lines):
            article.text = text

    @rule(which=numbers, lines=st.booleans(), state=st.sampled_from(["whole", "whole", "bare", "broken"]))
    def break_or_mend(self, which: int, lines: bool, state: str) -> None:
        if article := self._some(which, lines=lines):
            article.state = state

    @rule(name=names, lines=st.booleans(), number=numbers)
    def add(self, name: str, lines: bool, number: int) -> None:
        articles = self.corpus.lines if lines else self.corpus.articles
        articles.setdefault(f"{name}{number}" if lines else name, Article())

    @rule(number=numbers, lines=st.booleans())
    def delete(self, number: int, lines: bool) -> None:
        articles = self.corpus.lines if lines else self.corpus.articles
        if len(articles) > 1:
            articles.pop(list(articles)[number % len(articles)])

    @rule(number=numbers, name=names)
    def rename(self, number: int, name: str) -> None:
        old = list(self.corpus.articles)[number % len(self.corpus.articles)]
        self.corpus.articles[name] = self.corpus.articles.pop(old)

    @rule(number=numbers, blank=st.integers(0, 2))
    def move_lines(self, number: int, blank: int) -> None:
        items = list(self.corpus.lines.items())
        self.corpus.lines = dict(items[number:] + items[:number])
        self.corpus.blank = blank

    @rule(id=st.sampled_from(list(ENTITIES)), value=numbers)
    def edit_an_entity(self, id: str, value: int) -> None:
        self.corpus.entities[id] = value

    @rule(apart=st.booleans())
    def move_an_entity(self, apart: bool) -> None:
        self.corpus.apart = apart

    @rule(field=st.sampled_from(list(CONFIG)), value=numbers)
    def edit_the_settings(self, field: str, value: int) -> None:
        self.corpus.config[field] = value

    @rule()
    def set_all_times_alike(self) -> None:
        self.corpus.touch_all()

    @rule(damage=st.data())
    def damage(self, damage: st.DataObject) -> None:
        """Change a byte, cut the file off, or put another's records in its place."""
        records = self.room / "corpus" / FOLDER / "records"
        content = bytearray(records.read_bytes()) if records.exists() else bytearray()
        if not content:
            return
        at = damage.draw(st.integers(0, len(content) - 1))
        kind = damage.draw(st.sampled_from(["byte", "cut", "empty", "doubled"]))
        if kind == "byte":
            content[at] ^= damage.draw(st.integers(1, 255))
        records.write_bytes({"byte": content, "cut": content[:at], "empty": b"", "doubled": content * 2}[kind])

    @rule(name=st.sampled_from(["kg.nt", "kg.ttl", "kg.rdf"]), kind=st.sampled_from(["change", "delete"]))
    def damage_the_publication(self, name: str, kind: str) -> None:
        file = self.room / "dist" / name
        if file.exists():
            times = file.stat()
            content = file.read_bytes()
            file.unlink()
            if kind == "change":
                file.write_bytes(content.replace(b"a", b"b"))
                os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))

    @rule(after=st.integers(0, 3), builds=st.booleans())
    def run_and_be_stopped(self, after: int, builds: bool) -> None:
        self.corpus.write()
        publication = self._opened()
        if not isinstance(publication, Publication):
            return

        left = iter(range(after))

        def stop(_done: int, _found: int) -> None:
            if next(left, None) is None:
                raise StoppedError

        with suppress(StoppedError, CorpusError), publication.remembering() as memory:
            if builds:
                build_in_jobs(self.room / "dist", publication, Plan(), stop, memory)
            else:
                write_publication(publication, [], Plan(), stop, memory)

    @invariant()
    def is_as_a_fresh_run(self) -> None:
        """After three edits of four something is run: the edits of some runs are several."""
        self.step += 1
        if self.step % 4 == 0:
            return
        self.corpus.write()
        publication = self._opened()
        if not isinstance(publication, Publication):
            return
        with publication.remembering() as memory:
            if self.step % 4 == 1:
                assert validated(publication, memory) == validated(publication, None)
            else:
                self._build("public" if self.step % 24 == 2 else "dist", publication, memory)

    def _build(self, folder: str, publication: Publication, memory: Memory) -> None:
        said, files = built(publication, self.room / folder, memory)
        fresh = self.room / "fresh"
        shutil.rmtree(fresh, ignore_errors=True)
        expected, fresh_files = built(publication, fresh, None)
        assert said == expected
        if fresh_files:
            assert files == fresh_files

    def _opened(self) -> Publication | tuple[object, ...]:
        try:
            return opened(self.room / "corpus", self.shapes)
        except CorpusError as error:
            return error.findings


Edits.shapes = compile_shapes(shapes_files())
TestEdits = Edits.TestCase
TestEdits.settings = settings(
    max_examples=int(LONG or 12),
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=not LONG,
    database=None,
    phases=[Phase.generate] if not LONG else list(Phase),
    suppress_health_check=list(HealthCheck),
)
