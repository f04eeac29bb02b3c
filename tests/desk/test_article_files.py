"""The files of an article, which two sessions of the desk and an editor change at the same time."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import sleep
from typing import Any

import pytest
import yaml

from kg.corpus import read_article, read_corpus, sources
from kg.corpus.editing import DELETED, Edit, EditError, assigned, edited, read_values, value_at
from kg.desk.article_files import ArticleFiles, Conflict, EditConflict, EditRequest, add_entity
from kg.errors import CorpusError, FileError, UsageError
from support import SEEDS
from support.annotated import TRAPS

ARTICLE = "000_411f4785dd135aae"
ACT = ("claims", "c03", "act")
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    shutil.copytree(SEEDS, folder)
    return folder


@pytest.fixture
def claims(corpus: Path) -> Path:
    return corpus / f"{ARTICLE}.claims.yaml"


@pytest.fixture
def files(corpus: Path) -> ArticleFiles:
    return ArticleFiles(corpus, ARTICLE)


def values_of(file: Path) -> Any:
    """Return what another reader of YAML reads."""
    return yaml.load(file.read_bytes(), LOADER)


def replace_in(file: Path, old: str, new: str) -> None:
    """Save a change in an editor."""
    text = file.read_bytes().decode()
    assert old in text
    file.write_bytes(text.replace(old, new, 1).encode())


def test_an_edit_changes_one_line_of_the_file(claims: Path, files: ArticleFiles) -> None:
    before = claims.read_text(encoding="utf-8")
    claims.chmod(0o640)

    files.apply([EditRequest(ACT, "denies", "states")])

    lines = zip(before.splitlines(), claims.read_text(encoding="utf-8").splitlines(), strict=True)
    assert [pair for pair in lines if pair[0] != pair[1]] == [("    act: states", "    act: denies")]
    assert claims.stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(claims.parent)) == sorted(os.listdir(SEEDS))


def test_the_byte_order_mark_and_the_line_ends_stay(claims: Path, files: ArticleFiles) -> None:
    raw = b"\xef\xbb\xbf" + claims.read_bytes().replace(b"\n", b"\r\n")
    claims.write_bytes(raw)

    files.apply([EditRequest((*ACT[:2], "note"), "👩‍👩‍👧 \u200fعربي\nx", None)])

    added = "\r\n    note: |-\r\n      👩‍👩‍👧 \u200fعربي\r\n      x".encode()
    written = claims.read_bytes()
    assert written.count(added) == 1
    assert written.replace(added, b"") == raw


def test_the_version_is_that_of_the_content(corpus: Path, claims: Path, files: ArticleFiles) -> None:
    first = files.version
    (corpus / f"{ARTICLE}.txt").write_text("date 2020 other", encoding="utf-8")
    second = files.version
    claims.unlink()
    third = files.version
    claims.write_bytes(b"")

    assert len({first, second, third, files.version}) == 4
    shutil.copytree(SEEDS, corpus, dirs_exist_ok=True)
    assert files.version == first
    assert files.text == (SEEDS / f"{ARTICLE}.txt").read_text(encoding="utf-8")
    assert files.claims_text == (SEEDS / f"{ARTICLE}.claims.yaml").read_text(encoding="utf-8")


def test_what_both_changed_is_a_conflict_and_nothing_is_written(claims: Path, files: ArticleFiles) -> None:
    replace_in(claims, "act: states", "act: admits")
    before = claims.read_bytes()

    with pytest.raises(EditConflict, match=r"^`claims/c03/act` was changed in the file") as found:
        files.apply(
            [EditRequest(("claims", "c01", "act"), "asks", "rejects"), EditRequest(ACT, "denies", "states")]
        )

    assert found.value.conflicts == (Conflict(ACT, "denies", "admits", "states"),)
    assert (claims.read_bytes(), files.undo_depth) == (before, 0)


def test_what_both_changed_to_the_same_is_none(claims: Path, files: ArticleFiles) -> None:
    replace_in(claims, "act: states", "act: denies")
    before = claims.read_bytes()

    files.apply([EditRequest(ACT, "denies", "states")])

    assert (claims.read_bytes(), files.undo_depth) == (before, 0)


def test_a_field_of_a_claim_that_somebody_deleted_does_not_bring_it_back(corpus: Path, files: ArticleFiles) -> None:
    other = ArticleFiles(corpus, ARTICLE)
    claim = value_at(read_values(files.claims_text, ""), ("claims", "c03"))
    other.apply([EditRequest(("claims", "c03"), None, claim)])

    with pytest.raises(EditConflict) as found:
        files.apply([EditRequest(("claims", "c03", "note"), "mine", None)])

    assert found.value.conflicts == (Conflict(("claims", "c03", "note"), "mine", None, None),)


def test_two_new_claims_of_one_id_are_a_conflict(corpus: Path, files: ArticleFiles) -> None:
    theirs = {"speaker": "nato", "words": "Hij"}
    ArticleFiles(corpus, ARTICLE).apply([EditRequest(("claims", "c99"), theirs, None, before="c02")])
    mine = {"speaker": "france", "words": "Parijs"}

    with pytest.raises(EditConflict) as found:
        files.apply([EditRequest(("claims", "c99"), mine, None)])

    assert found.value.conflicts == (Conflict(("claims", "c99"), mine, theirs, None),)


def test_the_first_claim_makes_a_claims_file_like_that_of_a_draft(corpus: Path) -> None:
    (corpus / "2021").mkdir()
    (corpus / "2021" / "Nieuw.txt").write_text("date 2020-02 “Ja”, zei Macron.", encoding="utf-8")
    files = ArticleFiles(corpus, "2021/Nieuw")

    files.apply([EditRequest(("claims", "c01"), {"speaker": "macron", "words": "Ja"}, None)])

    assert re.fullmatch(
        'article:\n  id: 2021/nieuw\n  sha256: "?[0-9a-f]{64}"?\n\nannotation: {status: draft}\n\n'
        "claims:\n  c01:\n    speaker: macron\n    words: Ja\n",
        files.claims_text,
    )
    (source,) = (each for each in sources(read_corpus(corpus)) if each.article == "2021/Nieuw")
    assert read_article(source).findings == ()
    files.undo()
    assert not (corpus / "2021" / "Nieuw.claims.yaml").exists()


def test_undo_goes_back_to_the_start_byte_by_byte(claims: Path, files: ArticleFiles) -> None:
    before = claims.read_bytes()
    content = read_values(files.claims_text, "")
    files.apply([EditRequest(ACT, "denies", "states")])
    files.apply([EditRequest(("claims", "c01"), None, content["claims"]["c01"])])
    files.apply(
        [
            EditRequest(("claims", "c99"), {"words": "Hij"}, None, before="c05"),
            EditRequest(("claims", "c99", "act"), "asks", None),
        ]
    )

    assert files.undo_depth == 3
    for _ in range(3):
        files.undo()
    assert (claims.read_bytes(), files.undo_depth) == (before, 0)
    with pytest.raises(EditError, match="nothing is left to undo"):
        files.undo()


def test_undo_keeps_what_an_editor_changed_elsewhere(claims: Path, files: ArticleFiles) -> None:
    replace_in(claims, "    act: rejects\n", "    act: rejects  # or denies?\n")
    before = claims.read_bytes()
    claim = value_at(read_values(files.claims_text, ""), ("claims", "c01"))
    files.apply([EditRequest(("claims", "c01"), None, claim)])
    replace_in(claims, "    act: invites\n", "    act: invites  # not urges\n")

    files.undo()

    assert claims.read_bytes() == before.replace(b"    act: invites\n", b"    act: invites  # not urges\n", 1)


def test_undo_finds_the_place_of_a_claim_again_among_other_claims(claims: Path, files: ArticleFiles) -> None:
    content = read_values(files.claims_text, "")
    files.apply([EditRequest(("claims", "c03"), None, content["claims"]["c03"])])
    replace_in(claims, "  c04:\n", "  # new\n  c98:\n    words: Hij\n  c04:\n")
    replace_in(claims, "inferred: to\n    note", "inferred: [to]\n    note")

    files.undo()

    now = values_of(claims)["claims"]
    assert now == {**content["claims"], "c02": now["c02"], "c98": {"words": "Hij"}}
    assert list(now).index("c03") + 1 == list(now).index("c04")
    assert "# new\n" in files.claims_text


def test_undo_does_not_overwrite_what_an_editor_changed(claims: Path, files: ArticleFiles) -> None:
    files.apply([EditRequest(ACT, "denies", "states")])
    replace_in(claims, "act: denies", "act: admits")
    before = claims.read_bytes()

    with pytest.raises(EditConflict) as found:
        files.undo()

    assert found.value.conflicts == (Conflict(ACT, "states", "admits", "denies"),)
    assert (claims.read_bytes(), files.undo_depth) == (before, 1)


def test_an_edit_waits_until_an_editor_has_written_its_file(claims: Path, files: ArticleFiles) -> None:
    whole = claims.read_bytes()
    claims.write_bytes(b"")  # as editors do that write into the old file
    editor = threading.Timer(0.1, lambda: claims.write_bytes(whole.replace(b"act: rejects", b"act: denies", 1)))
    editor.start()

    files.apply([EditRequest(ACT, "denies", "states")])

    editor.join()
    assert [values_of(claims)["claims"][id]["act"] for id in ("c01", "c03")] == ["denies", "denies"]
    assert len(values_of(claims)["claims"]) == 28


@pytest.mark.parametrize("into_the_old_file", [True, False])
def test_what_an_editor_saves_while_an_edit_is_written_is_merged(
    claims: Path, files: ArticleFiles, monkeypatch: pytest.MonkeyPatch, into_the_old_file: bool
) -> None:
    saves = [lambda text: text.replace(b"act: rejects", b"act: denies", 1)]
    _save_while_synced(monkeypatch, claims, saves, into_the_old_file=into_the_old_file)

    files.apply([EditRequest(ACT, "denies", "states")])

    assert saves == []
    assert [values_of(claims)["claims"][id]["act"] for id in ("c01", "c03")] == ["denies", "denies"]


def _save_while_synced(
    monkeypatch: pytest.MonkeyPatch, file: Path, saves: list[Callable[[bytes], bytes]], *, into_the_old_file: bool
) -> None:
    """Save a change in an editor when a writer has read the file, and is not yet ready to replace it."""
    sync = os.fsync

    def save_and_sync(descriptor: int) -> None:
        if saves:
            new = saves.pop()(file.read_bytes())
            if not into_the_old_file:
                file.unlink()
            file.write_bytes(new)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", save_and_sync)


def test_a_file_that_is_no_yaml_any_more_is_left_alone(claims: Path, files: ArticleFiles) -> None:
    claims.write_text("claims: [", encoding="utf-8")

    with pytest.raises(CorpusError, match="must be closed"):
        files.apply([EditRequest(ACT, "denies", "states")])

    assert claims.read_text(encoding="utf-8") == "claims: ["


def test_a_corpus_that_was_deleted_does_not_come_back(corpus: Path, files: ArticleFiles) -> None:
    shutil.rmtree(corpus)

    with pytest.raises(FileError, match="the corpus is not there any more"):
        files.apply([EditRequest(ACT, "denies", "states")])

    assert not corpus.exists()


def test_articles_of_json_lines_are_refused(corpus: Path) -> None:
    with pytest.raises(UsageError, match=r"articles in JSON Lines cannot be annotated here.*`NAME\.claims\.yaml`"):
        ArticleFiles(corpus, "talks.jsonl")


@pytest.mark.parametrize("article", ["../x", "/etc/passwd", "a/../../x", "", "a//b", "..\\x", "."])
def test_an_article_outside_the_corpus_is_refused(corpus: Path, article: str) -> None:
    with pytest.raises(UsageError, match="an article must be in its corpus"):
        ArticleFiles(corpus, article)


@pytest.mark.parametrize("linked", [f"{ARTICLE}.claims.yaml", "inner"])
def test_a_link_is_refused(corpus: Path, tmp_path: Path, linked: str) -> None:
    outside = tmp_path / "outside"
    (corpus / f"{ARTICLE}.claims.yaml").rename(outside) if linked != "inner" else shutil.copytree(SEEDS, outside)
    (corpus / linked).symlink_to(outside)

    with pytest.raises(FileError, match="a link is not followed here"):
        ArticleFiles(corpus, ARTICLE if linked != "inner" else f"inner/{ARTICLE}").apply(
            [EditRequest(ACT, "denies", "states")]
        )


def test_a_corpus_reached_through_a_link_is_the_corpus(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(corpus)

    ArticleFiles(tmp_path / "link", ARTICLE).apply([EditRequest(ACT, "denies", "states")])

    assert values_of(corpus / f"{ARTICLE}.claims.yaml")["claims"]["c03"]["act"] == "denies"


def test_an_entity_is_added_to_the_entities(corpus: Path) -> None:
    before = (corpus / "entities.yaml").read_text(encoding="utf-8")

    add_entity(corpus, "jan-jansen", {"nl": "Jan: “de bakker”"}, "Person")

    added = 'jan-jansen: {type: Person, name: {nl: "Jan: “de bakker”"}}\n'
    assert (corpus / "entities.yaml").read_text(encoding="utf-8") == before + added
    assert "jan-jansen" in read_corpus(corpus).entities


def test_the_first_entity_makes_the_file(corpus: Path) -> None:
    (corpus / "entities.yaml").unlink()

    add_entity(corpus, "jan", "Jan", "Person")

    assert values_of(corpus / "entities.yaml") == {"jan": {"type": "Person", "name": "Jan"}}


@pytest.mark.parametrize(
    ("id", "type", "message"),
    [
        ("macron", "Person", "is an entity already"),
        ("Jan", "Person", "cannot be the id of an entity"),
        ("unnamed", "Person", "cannot be the id of an entity"),
        ("jan", "Baker", "is no type of an entity: choose one of Person,"),
    ],
)
def test_an_entity_that_cannot_be_added_is_refused(corpus: Path, id: str, type: str, message: str) -> None:
    before = (corpus / "entities.yaml").read_bytes()

    with pytest.raises(UsageError, match=message):
        add_entity(corpus, id, "Jan", type)

    assert (corpus / "entities.yaml").read_bytes() == before


class Session:
    """A session of the desk, whose page shows what it last saw."""

    def __init__(self, corpus: Path) -> None:
        self.files = ArticleFiles(corpus, ARTICLE)
        self.seen = read_values(self.files.claims_text, "")
        self.done: list[tuple[Any, ...]] = []


class ThreeAtOnce:
    """Two sessions and an editor, which edit in an order drawn at random; `content` is what must be in the file.

    Each session edits what its page shows, which may be old. The editor saves between the others' edits, or in the
    middle of one; it reads the file again before it saves, as editors propose. `conflicts` counts refusals.
    """

    def __init__(self, corpus: Path, random: Random) -> None:
        self.file = corpus / f"{ARTICLE}.claims.yaml"
        self.random = random
        self.sessions = [Session(corpus), Session(corpus)]
        self.content = values_of(self.file)
        self.saved = self.conflicts = self.merged = self.undone = 0
        self.in_the_middle = False

    def step(self) -> None:
        """Let one of the three do something."""
        chance = self.random.random()
        session = self.random.choice(self.sessions)
        if chance < 0.3:
            self.save()
        elif chance < 0.45:
            session.seen = read_values(session.files.claims_text, "")
        elif chance < 0.55 and session.done:
            self.undo(session)
        else:
            self.in_the_middle = self.random.random() < 0.3
            self.edit(session)

    def save(self) -> None:
        """Change a cue or add a comment in the editor."""
        text = self.file.read_bytes().decode()
        assert values_of(self.file) == self.content
        self.saved += 1
        id = self.random.choice(list(self.content["claims"]))
        head = re.search(rf"(?m)^  {id}:\n", text)
        assert head
        text = f"{text[: head.end()]}    # editor {self.saved}\n{text[head.end() :]}"
        cue = re.compile(r"    cue: \w+\n").search(text, head.end())
        following = re.compile(r"(?m)^  \w+:").search(text, head.end())
        if cue and (not following or cue.start() < following.start()):
            text = f"{text[: cue.start()]}    cue: editor{self.saved}\n{text[cue.end() :]}"
            self.content["claims"][id]["cue"] = f"editor{self.saved}"
        self.file.write_bytes(text.encode())

    def edit(self, session: Session) -> None:
        """Write what the page of a session says, as often as it shows what is there."""
        ids = list(session.seen["claims"])[:6]
        field = self.random.choice(["cue", "cue", "act", "note", "gist", "about", "speaker_words"])
        way = ("claims", self.random.choice(ids), field)
        value = self.random.choice([*TRAPS[:-1], ["een", "twee"], {"nl": "ja: nee"}, None])
        if self.random.random() < 0.05:
            way, value = way[:2], None
        was = value_at(session.seen, way)
        try:
            session.files.apply([EditRequest(way, value, was)])
        except EditConflict as error:
            self.conflicts += 1
            assert error.conflicts == (Conflict(way, value, value_at(self.content, way), was),)  # noqa: PT017
            session.seen = read_values(session.files.claims_text, "")
            return
        old = value_at(self.content, way)
        assert old in (was, value)
        if old != value:
            session.done.append((way, old, value))
        self.put(way, value)
        self.put(way, value, session.seen)

    def undo(self, session: Session) -> None:
        way, old, new = session.done[-1]
        try:
            session.files.undo()
        except EditConflict:
            self.conflicts += 1
            is_gone = value_at(self.content, way[:2]) is None and len(way) > 2
            assert is_gone or value_at(self.content, way) not in (new, old)
            session.done.clear()
            session.files = ArticleFiles(session.files.root, ARTICLE)
            return
        self.undone += 1
        session.done.pop()
        self.put(way, old)

    def put(self, way: tuple[str, ...], value: Any, content: Any = None) -> None:
        content = self.content if content is None else content
        new = assigned(content, Edit(way, DELETED if value is None else value))
        content.clear()
        content.update(new)


@pytest.mark.parametrize(
    ("seed", "steps"),
    [(0, 15), *(pytest.param(seed, 500, marks=pytest.mark.slow) for seed in (1, 2))],
)
def test_two_sessions_and_an_editor_at_once_lose_nothing(
    corpus: Path, monkeypatch: pytest.MonkeyPatch, seed: int, steps: int
) -> None:
    three = ThreeAtOnce(corpus, Random(seed))
    comments = re.findall(r"(?m)#.*$", three.file.read_text(encoding="utf-8"))
    sync = os.fsync

    def save_and_sync(descriptor: int) -> None:
        if three.in_the_middle:
            three.in_the_middle = False
            three.merged += 1
            three.save()
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", save_and_sync)
    for _ in range(steps):
        three.step()
        assert values_of(three.file) == three.content

    text = three.file.read_text(encoding="utf-8")
    assert all(comment in text for comment in comments)
    assert edited(text, []) == text
    if steps > 100:
        assert min(three.conflicts, three.merged, three.undone, three.saved) > 10


COUNT = """
import sys
from pathlib import Path
from kg.corpus.editing import read_values, value_at
from kg.desk.article_files import ArticleFiles, EditConflict, EditRequest

files = ArticleFiles(Path(sys.argv[1]), sys.argv[2])
way = ("claims", "c03", "note")
for _ in range(int(sys.argv[3])):
    while True:
        was = value_at(read_values(files.claims_text, ""), way)
        try:
            number = int((was or "0").split()[0]) + 1
            files.apply([EditRequest(way, f"{number} {sys.argv[4]}", was)])
            break
        except EditConflict:
            pass
"""


@pytest.mark.slow
def test_two_processes_at_once_lose_no_edit(corpus: Path, files: ArticleFiles) -> None:
    command = [sys.executable, "-c", COUNT, str(corpus), ARTICLE, "100"]
    running = [subprocess.Popen([*command, name]) for name in "ab"]

    assert [process.wait(300) for process in running] == [0, 0]
    assert value_at(read_values(files.claims_text, ""), ("claims", "c03", "note")).split()[0] == "200"


@pytest.mark.slow
def test_a_killed_process_leaves_the_file_before_or_after_an_edit(corpus: Path, claims: Path) -> None:
    content = values_of(claims)
    command = [sys.executable, "-c", COUNT, str(corpus), ARTICLE, "100000", "x"]
    last = 0
    for delay in (0.0, 0.003, 0.011, 0.023, 0.05):
        process = subprocess.Popen(command)
        while _count(claims) == last:
            sleep(0.01)
        sleep(delay)
        process.kill()
        process.wait()

        now = values_of(claims)
        assert now["claims"]["c03"].pop("note")
        assert now == content
        assert _count(claims) > last
        last = _count(claims)


def _count(claims: Path) -> int:
    return int(values_of(claims)["claims"]["c03"].get("note", "0").split()[0])
