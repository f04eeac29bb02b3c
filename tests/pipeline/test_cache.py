"""What a run takes from earlier ones: only what rests on the same files, entities, settings, shapes and code."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from kg.cli import run
from kg.errors import Finding
from kg.files.digests import sha256_of
from kg.pipeline.cache import folder_and_key, records
from kg.pipeline.publication import Publication, open_publication
from kg.pipeline.run import RunPlan, make_plan, prefer_one_process, validate_publication
from kg.publish.build import build_in_jobs
from kg.rdf.terms import Iri, Node
from support.corpora import CONFIG, lay
from support.editing import edited
from support.file_sets import snapshot

FILES = {
    "corpus.yaml": CONFIG + "annotators: {ann: {name: Ann}}\n",
    "entities.yaml": "ann-b: {type: Person, name: Ann B}\nacme: {type: Organization, name: Acme}\n",
    **{f"{name}.txt": f"date 2020-02-03 “Ja”, zei {name}.\n" for name in "abc"},
    "a.claims.yaml": "annotation: {by: ann, on: 2020-03-01}\nclaims: {c01: {speaker: ann-b, words: Ja}}\n",
    "b.claims.yaml": "annotation: {by: ann, on: 2020-03-02}\nclaims: {c01: {speaker: acme, words: Ja}}\n",
    "c.claims.yaml": "annotation: {by: ann, on: 2020-03-03}\nclaims: {c01: {speaker: unnamed, words: Ja}}\n",
}


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a corpus, of a user who has nothing yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user" / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user" / "data"))
    (tmp_path / "user").mkdir()
    return lay(tmp_path / "corpus", FILES)


def cache_files() -> list[Path]:
    """Return the files of all caches in the folder that is set now."""
    folder = folder_and_key.cache_folder()
    assert folder
    return sorted(folder.glob("kg-*.sqlite"))


def kept(corpus: Path) -> Path:
    """Return the file of the cache of a corpus, which was validated just now."""
    checked(corpus)
    return max(cache_files(), key=lambda path: path.stat().st_mtime_ns)


def quiet(_done: int, _found: int) -> None:
    """Show no progress."""


def checked(folder: Path, *, fresh: bool = False) -> tuple[list[str], list[Finding]]:
    """Validate a corpus. Return the articles that were mapped and checked, and all findings."""
    publication, seen = watched(folder)
    with publication.open_cache(fresh=fresh) as cache:
        findings = validate_publication(publication, RunPlan(), quiet, cache).findings
    return seen, findings


def built(folder: Path, output: Path) -> list[str]:
    """Build a corpus. Return the articles that were mapped and checked."""
    publication, seen = watched(folder)
    with publication.open_cache() as cache:
        build_in_jobs(output, publication, RunPlan(), quiet, cache)
    return seen


def watched(folder: Path) -> tuple[Publication, list[str]]:
    """Open a publication that notes the ids of the articles that are checked."""
    publication, seen = open_publication(folder), list[str]()

    def check(nodes: Iterable[Node], types: dict[Iri, tuple[Iri, ...]]) -> list[object]:
        nodes = list(nodes)
        article = nodes[0].subject.partition("/article/")[2].removesuffix(">")
        seen.extend([article] if article else [])
        return publication.check(nodes, types)  # type: ignore[return-value]

    return replace(publication, check=check), seen


def fresh_build(folder: Path, output: Path) -> dict[str, bytes | None]:
    publication = open_publication(folder)
    build_in_jobs(output, publication, RunPlan(), quiet)
    return snapshot(output)


def test_what_has_not_changed_is_not_mapped_again(corpus: Path) -> None:
    first, second = checked(corpus)[0], checked(corpus)[0]

    assert (first, second) == (["a", "b", "c"], [])


def test_what_was_validated_is_mapped_once_more_for_its_text_and_then_never(corpus: Path, tmp_path: Path) -> None:
    checked(corpus)

    assert built(corpus, tmp_path / "dist") == ["a", "b", "c"]
    assert built(corpus, tmp_path / "dist") == []


def test_an_edit_redoes_its_article(corpus: Path, tmp_path: Path) -> None:
    built(corpus, tmp_path / "dist")
    edited(corpus / "b.claims.yaml", "words: Ja", "words: Ja, note: edited")

    assert built(corpus, tmp_path / "dist") == ["b"]
    assert snapshot(tmp_path / "dist") == fresh_build(corpus, tmp_path / "fresh")


def test_another_earlier_text_redoes_its_article(corpus: Path) -> None:
    (corpus / "b.1.txt").write_text("Nee")
    edited(corpus / "b.claims.yaml", "annotation:", "article: {version: 2, earlier: {1: {sha256: x}}}\nannotation:")
    first = checked(corpus)[1]
    (corpus / "b.1.txt").write_text("Ooit")
    seen, findings = checked(corpus)

    assert seen == ["b"]
    assert [each.detail for each in findings] != [each.detail for each in first]


def test_an_entity_of_another_type_redoes_who_uses_it(corpus: Path) -> None:
    checked(corpus)
    edited(corpus / "entities.yaml", "type: Person", "type: Place")
    seen, findings = checked(corpus)

    assert seen == ["a"]
    assert findings
    assert findings == checked(corpus)[1] == checked(corpus, fresh=True)[1]


def test_a_name_that_was_looked_for_among_all_follows_all(corpus: Path) -> None:
    edited(corpus / "b.claims.yaml", "speaker: acme", "speaker: bernard")
    before = checked(corpus)[1]
    edited(corpus / "entities.yaml", "name: Ann B}", "name: Ann B, also: [Bernard]}")
    seen, after = checked(corpus)

    assert seen == ["b"]
    assert [finding.message for finding in after] == [
        "`speaker` must name an entity, a source of this file, `unnamed` or "
        "`article`, and there is no `bernard`: did you mean `ann-b`?"
    ]
    assert before != after


def test_each_article_with_the_same_unknown_name_follows_all(corpus: Path) -> None:
    """Also where what is said of the name was worked out for the article before."""
    edited(corpus / "b.claims.yaml", "speaker: acme", "speaker: bernard")
    edited(corpus / "c.claims.yaml", "speaker: unnamed", "speaker: bernard")
    checked(corpus)
    edited(corpus / "entities.yaml", "name: Ann B}", "name: Ann B, also: [Bernard]}")

    assert checked(corpus)[0] == ["b", "c"]


@pytest.mark.parametrize(
    ("file", "old", "new", "redone"),
    [
        (
            "entities.yaml",
            "name: Ann B}",
            "name: Ann B, roles: {chair: {title: chair, organization: acme}}}",
            ["a"],
        ),
        ("entities.yaml", "name: Acme}", "name: Acme, same_as: [acme.example]}", ["b"]),
        ("entities.yaml", "date: 2020-01-15", "date: 2020-01-16", ["d"]),
        ("entities.yaml", "date: 2020-01-15", "description: a fair", ["d"]),
        ("entities.yaml", "type: Event, name: Fair, date: 2020-01-15", "type: Topic, name: Fair", ["d"]),
    ],
)
def test_whatever_an_article_sees_of_an_entity_counts(
    tmp_path: Path, file: str, old: str, new: str, redone: list[str]
) -> None:
    """Its roles and its date; and a fault, which the article then does not report."""
    at_the_fair = {
        "entities.yaml": FILES["entities.yaml"] + "fair: {type: Event, name: Fair, date: 2020-01-15}\n",
        "d.txt": FILES["a.txt"],
        "d.claims.yaml": FILES["c.claims.yaml"].replace("words: Ja", "words: Ja, at: fair"),
    }
    corpus = lay(tmp_path / "corpus", FILES | at_the_fair)
    checked(corpus)
    edited(corpus / file, old, new)

    assert checked(corpus)[0] == redone


def test_an_entity_that_moves_to_another_file_redoes_who_uses_it(corpus: Path) -> None:
    """What is wrong with it is reported there."""
    checked(corpus)
    edited(corpus / "entities.yaml", "acme: {type: Organization, name: Acme}\n", "")
    lay(corpus, {**FILES, "entities.yaml": (corpus / "entities.yaml").read_text()})
    (corpus / "entities").mkdir()
    (corpus / "entities" / "more.yaml").write_text("acme: {type: Organization, name: Acme}\n")

    assert checked(corpus)[0] == ["b"]


def test_an_entity_of_another_name_redoes_no_article(corpus: Path) -> None:
    checked(corpus)
    edited(corpus / "entities.yaml", "name: Ann B", "name: Ann B., also: [Annie]")

    assert checked(corpus)[0] == []


def test_an_entity_that_was_missing_redoes_who_wanted_it(corpus: Path) -> None:
    edited(corpus / "b.claims.yaml", "speaker: acme", "speaker: bob")
    assert [finding.rule for finding in checked(corpus)[1]] == ["unknown-reference"]
    edited(corpus / "entities.yaml", "ann-b:", "bob: {type: Person, name: Bob}\nann-b:")

    assert checked(corpus) == (["b"], [])


@pytest.mark.parametrize(
    ("file", "old", "new"), [("corpus.yaml", "name: Ann", "name: Bob"), ("corpus.yaml", "A corpus", "Another")]
)
def test_other_settings_redo_everything(corpus: Path, file: str, old: str, new: str) -> None:
    checked(corpus)
    edited(corpus / file, old, new)

    assert checked(corpus)[0] == ["a", "b", "c"]


def test_other_shapes_redo_everything(corpus: Path, tmp_path: Path) -> None:
    checked(corpus)
    (tmp_path / "more.ttl").write_text("<https://shapes.example/s> a <http://www.w3.org/ns/shacl#NodeShape> .\n")
    publication = open_publication(corpus, more_shapes=[tmp_path / "more.ttl"])
    with publication.open_cache() as cache:
        assert cache.knows_nothing


def test_another_version_of_kg_redoes_everything(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every line of its code counts, released or not."""
    checked(corpus)
    shutil.copytree(records.PACKAGE, tmp_path / "kg", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(records, "PACKAGE", tmp_path / "kg")
    monkeypatch.setattr(records, "digest_of_code", records.digest_of_code.__wrapped__)
    assert checked(corpus)[0] == []
    edited(tmp_path / "kg" / "mappers" / "graphs.py", "\n", "\n# edited\n")

    assert checked(corpus)[0] == ["a", "b", "c"]


def test_fresh_ignores_what_is_known_and_keeps_what_it_finds(corpus: Path) -> None:
    checked(corpus)

    assert checked(corpus, fresh=True)[0] == ["a", "b", "c"]
    assert checked(corpus)[0] == []


@pytest.mark.parametrize("hours", [-1, 0, 1])
@pytest.mark.parametrize("settled", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_change_that_no_size_or_time_of_modification_shows_is_noticed(
    hours: int, settled: bool, corpus: Path, tmp_path: Path
) -> None:
    """At the time of the version before, or after the clock was set back or forward; at once, or much later."""
    if settled:
        time.sleep(2.2)  # the coarsest clock of a file system has ticks of two seconds
    file, output = corpus / "a.claims.yaml", tmp_path / "dist"
    before = file.stat()
    built(corpus, output)
    edited(file, "on: 2020-03-01", "on: 2020-03-04")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + hours * 3600 * 10**9))

    assert built(corpus, output) == ["a"]
    assert snapshot(output) == fresh_build(corpus, tmp_path / "fresh")


def test_a_file_that_was_only_touched_is_read_and_not_mapped(corpus: Path) -> None:
    checked(corpus)
    (corpus / "a.txt").touch()

    assert checked(corpus)[0] == []


def test_findings_of_unchanged_articles_are_reported_again(corpus: Path) -> None:
    edited(corpus / "a.claims.yaml", "words: Ja", "words: Nee")
    first, second = checked(corpus), checked(corpus)

    assert first[1]
    assert second == ([], first[1])


def test_findings_name_files_as_the_corpus_is_called_now(
    corpus: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edited(corpus / "a.claims.yaml", "words: Ja", "words: Nee")
    run(["validate", str(corpus)])
    absolute = capsys.readouterr().out
    monkeypatch.chdir(corpus)
    run(["validate", "."])

    assert capsys.readouterr().out == absolute.replace(f"{corpus}/", "")


def line(id: str, words: str) -> str:
    """Return an article as a line of JSON Lines."""
    claims = {"c01": {"speaker": "ann-b", "words": words}}
    annotation = {"by": "ann", "on": "2020-03-01"}
    article = {"id": id, "text": "date 2020-02-03 “Ja”, zei Ann."}
    return json.dumps({"article": article, "annotation": annotation, "claims": claims}) + "\n"


def test_lines_that_moved_are_known_and_their_findings_move_with_them(tmp_path: Path) -> None:
    articles = [line("a", "Ja"), line("b", "Nee"), line("c", "Ja")]
    shared = {name: FILES[name] for name in ("corpus.yaml", "entities.yaml")}
    corpus = lay(tmp_path / "corpus", {**shared, "m.jsonl": "".join(articles)})
    checked(corpus)
    (corpus / "m.jsonl").write_text("\n" + articles[0] + line("n", "Ja") + articles[1])
    seen, findings = checked(corpus)

    assert seen == ["n"]
    assert [finding.at and finding.at.line for finding in findings if finding.rule == "words-not-found"] == [4]
    assert findings == checked(corpus, fresh=True)[1]


@pytest.mark.slow
def test_a_cache_that_is_damaged_anywhere_changes_no_finding(corpus: Path) -> None:
    edited(corpus / "b.claims.yaml", "words: Ja", "words: Nee")
    _, expected = checked(corpus)
    file = kept(corpus)
    whole, chance = file.read_bytes(), random.Random(3)
    for at in chance.sample(range(len(whole)), 60):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1 :])
        assert (at, checked(corpus)[1]) == (at, expected)
        file.write_bytes(whole[:at])
        assert (at, checked(corpus)[1]) == (at, expected)
    file.write_bytes(b"nothing of the kind" * 1000)
    assert [checked(corpus)[0] for _ in range(3)] == [["a", "b", "c"], ["a", "b", "c"], []]


def test_a_row_counts_only_in_its_own_place(corpus: Path) -> None:
    """Signed rows that were moved about say nothing of another article, or of an earlier version of one."""
    edited(corpus / "b.claims.yaml", "words: Ja", "words: Nee")
    _, expected = checked(corpus)
    file = kept(corpus)
    with closing(sqlite3.connect(file)) as database:
        numbers = [number for (number,) in database.execute("select number from article")]
        rows = dict(
            zip(numbers, database.execute("select payload, signature from article").fetchall(), strict=True)
        )
        for number, row in zip(numbers, [*list(rows.values())[1:], rows[numbers[0]]], strict=True):
            database.execute("update article set payload = ?, signature = ? where number = ?", (*row, number))
        database.commit()

    assert checked(corpus) == (["a", "b", "c"], expected)


def warnings_of_build(corpus: Path, output: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    """Build by the command, and return what it warns of."""
    assert run(["--quiet", "build", str(corpus), "-o", str(output), *options]) == 0
    return capsys.readouterr().err.splitlines()


def changed_since(file: Path) -> str:
    return f"kg: warning: {file} was changed since kg wrote it: the change is not in the new publication"


def spoil(file: Path, how: str) -> None:
    """Change a file, in its size or not, and give it back its time of modification."""
    content, times = file.read_bytes(), file.stat()
    middle = len(content) // 2
    if how == "a bit":
        content = content[:middle] + bytes([content[middle] ^ 4]) + content[middle + 1 :]
    elif how == "the first bit":
        content = bytes([content[0] ^ 1]) + content[1:]
    elif how == "the last bit":
        content = content[:-1] + bytes([content[-1] ^ 1])
    else:
        content = content[:middle]
    file.write_bytes(content)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.mark.parametrize("how", ["a bit", "the first bit", "the last bit", "half"])
@pytest.mark.parametrize("name", ["kg.nq", "kg.rdf"])
def test_a_document_that_was_changed_is_not_copied_from_and_named(
    name: str, how: str, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not even the parts of it that were not changed: it is made anew, as if it had not been there."""
    built(corpus, tmp_path / "dist")
    spoil(tmp_path / "dist" / name, how)

    assert warnings_of_build(corpus, tmp_path / "dist", capsys) == [changed_since(tmp_path / "dist" / name)]
    assert snapshot(tmp_path / "dist") == fresh_build(corpus, tmp_path / "fresh")
    assert warnings_of_build(corpus, tmp_path / "dist", capsys) == []


@pytest.mark.parametrize("options", [[], ["--fresh"]])
def test_any_file_of_a_publication_that_somebody_changed_is_named(
    options: list[str], corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also those that are written anew in any case."""
    built(corpus, tmp_path / "dist")
    names = ("context.jsonld", "kg.ttl", "shapes/claim.ttl")
    for name in names:
        with (tmp_path / "dist" / name).open("a") as stream:
            stream.write("# mine\n")

    assert warnings_of_build(corpus, tmp_path / "dist", capsys, *options) == [
        changed_since(tmp_path / "dist" / name) for name in names
    ]
    assert snapshot(tmp_path / "dist") == fresh_build(corpus, tmp_path / "fresh")


def test_a_list_of_checksums_that_somebody_changed_proves_nothing(corpus: Path, tmp_path: Path) -> None:
    """A word was changed in a document, and its checksum made anew."""
    built(corpus, tmp_path / "dist")
    file, sums = tmp_path / "dist" / "kg.nq", tmp_path / "dist" / "SHA256SUMS"
    before = sha256_of(file)
    edited(file, "Ja", "Nu")
    edited(sums, before, sha256_of(file))

    assert built(corpus, tmp_path / "dist") == ["a", "b", "c"]
    assert snapshot(tmp_path / "dist") == fresh_build(corpus, tmp_path / "fresh")


@pytest.mark.parametrize("what", ["missing", "folder", "link"])
def test_a_document_that_is_no_longer_a_file_is_not_copied_from(what: str, corpus: Path, tmp_path: Path) -> None:
    built(corpus, tmp_path / "old")
    file = tmp_path / "old" / "kg.nq"
    moved = file.rename(tmp_path / "kg.nq")
    if what == "folder":
        file.mkdir()
    elif what == "link":
        file.symlink_to(moved)

    assert built(corpus, tmp_path / "dist") == ["a", "b", "c"]
    assert snapshot(tmp_path / "dist") == fresh_build(corpus, tmp_path / "fresh")


def test_a_copy_of_the_publication_is_as_good_as_the_publication(corpus: Path, tmp_path: Path) -> None:
    """Only the content decides: other inodes and times, as after `git checkout`, cause no work."""
    built(corpus, tmp_path / "dist")
    shutil.copytree(tmp_path / "dist", tmp_path / "copy")
    shutil.rmtree(tmp_path / "dist")
    (tmp_path / "copy").rename(tmp_path / "dist")

    assert built(corpus, tmp_path / "dist") == []


def test_a_publication_that_another_build_has_replaced_is_not_copied_from(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = lay(tmp_path / "other", FILES | {"a.txt": "date 2020-02-03 Met een lach: “Ja”, zei a.\n"})
    built(corpus, tmp_path / "dist")
    built(other, tmp_path / "dist")

    assert warnings_of_build(corpus, tmp_path / "dist", capsys) == []
    assert snapshot(tmp_path / "dist") == fresh_build(corpus, tmp_path / "fresh")


def test_articles_in_another_order_are_copied(tmp_path: Path) -> None:
    """The earlier document is then not read from its beginning to its end."""
    lines = [line(id, "Ja") for id in "abcde"]
    shared = {name: FILES[name] for name in ("corpus.yaml", "entities.yaml")}
    corpus = lay(tmp_path / "corpus", {**shared, "m.jsonl": "".join(lines)})
    built(corpus, tmp_path / "dist")
    (corpus / "m.jsonl").write_text("".join(lines[number] for number in (4, 1, 3, 0)))

    assert built(corpus, tmp_path / "dist") == []
    assert snapshot(tmp_path / "dist") == fresh_build(corpus, tmp_path / "fresh")


def test_a_build_that_fails_keeps_what_the_one_before_it_wrote(corpus: Path, tmp_path: Path) -> None:
    """The next one maps only what was wrong."""
    built(corpus, tmp_path / "dist")
    edited(corpus / "b.claims.yaml", "words: Ja", "words: Nee")
    assert run(["--quiet", "build", str(corpus), "-o", str(tmp_path / "dist")]) == 1
    edited(corpus / "b.claims.yaml", "words: Nee", "words: Ja, note: mended")

    assert built(corpus, tmp_path / "dist") == ["b"]
    assert snapshot(tmp_path / "dist") == fresh_build(corpus, tmp_path / "fresh")


def test_several_processes_record_too(corpus: Path, tmp_path: Path) -> None:
    publication = open_publication(corpus)
    plan = make_plan(publication.corpus, 2, beside=tmp_path)
    with publication.open_cache() as cache:
        assert prefer_one_process(plan, publication, cache) == plan
        build_in_jobs(tmp_path / "dist", publication, plan, quiet, cache)
    expected = snapshot(tmp_path / "dist")

    assert built(corpus, tmp_path / "dist") == []
    assert snapshot(tmp_path / "dist") == expected == fresh_build(corpus, tmp_path / "fresh")


def test_one_process_is_enough_where_little_has_changed(corpus: Path, tmp_path: Path) -> None:
    checked(corpus)
    edited(corpus / "a.claims.yaml", "words: Ja", "words: Ja, note: edited")
    publication = open_publication(corpus)
    plan = make_plan(publication.corpus, 2, beside=tmp_path)
    with publication.open_cache() as cache:
        assert (plan.jobs, prefer_one_process(plan, publication, cache).jobs) == (2, 1)
        with cache.open_documents(["kg.nt"]):
            assert prefer_one_process(plan, publication, cache).jobs == 2


# Where it is kept, and what is believed


def test_nothing_is_kept_in_the_corpus(corpus: Path, tmp_path: Path) -> None:
    before = snapshot(corpus)
    built(corpus, tmp_path / "dist")
    folder = tmp_path / "user" / "cache" / "kg"
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".sqlite"}

    assert snapshot(corpus) == before
    assert files[".gitignore"] == b"*\n"
    assert files["CACHEDIR.TAG"].startswith(b"Signature: 8a477f597d28d172789f06886806bc55")
    assert sorted(files) == [".gitignore", "CACHEDIR.TAG"]


def test_records_may_lie_elsewhere_or_nowhere(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_CACHE", "off")
    assert [checked(corpus)[0] for _ in range(2)] == [["a", "b", "c"]] * 2
    assert list((tmp_path / "user").iterdir()) == []
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))
    assert [checked(corpus)[0] for _ in range(2)] == [["a", "b", "c"], []]
    other = lay(tmp_path / "other", FILES)

    assert [checked(other)[0] for _ in range(2)] == [["a", "b", "c"], []]
    assert checked(corpus)[0] == []


@pytest.mark.parametrize("where", [".kg-cache", ".cache/kg", "cache"])
def test_a_cache_that_comes_with_a_corpus_is_not_believed(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Somebody validates a corpus, spoils it, and sends it with what their own kg has signed."""
    (tmp_path / "theirs").mkdir()
    with monkeypatch.context() as theirs:
        theirs.setenv("XDG_DATA_HOME", str(tmp_path / "theirs"))
        theirs.setenv("KG_CACHE", str(corpus / where))
        their_file = kept(corpus)
        content = their_file.read_bytes()
    spoilt = corpus / "a.claims.yaml"
    before = spoilt.stat()
    spoilt.write_text(spoilt.read_text().replace("words: Ja", "words: Ne"))
    os.utime(spoilt, ns=(before.st_atime_ns, before.st_mtime_ns))
    monkeypatch.setenv("KG_CACHE", str(corpus / where))
    for file in (kept(corpus), their_file, corpus / where / "records"):
        file.write_bytes(content)

    assert [finding.rule for finding in checked(corpus)[1]] == ["words-not-found"]


def test_a_cache_whose_findings_were_blanked_is_not_believed(corpus: Path) -> None:
    edited(corpus / "b.claims.yaml", "words: Ja", "words: Nee")
    _, expected = checked(corpus)
    file = kept(corpus)
    content = file.read_bytes()
    assert b"violation" in content
    file.write_bytes(content.replace(b"violation", b"informati"))

    assert checked(corpus)[1] == expected


def test_only_the_user_can_read_the_key(corpus: Path, tmp_path: Path) -> None:
    checked(corpus)
    key = tmp_path / "user" / "data" / "kg" / "cache.key"

    assert (key.stat().st_mode & 0o777, key.stat().st_size) == (0o600, 32)
    assert key.parent.stat().st_mode & 0o777 == 0o700
    assert list(key.parent.iterdir()) == [key]


@pytest.mark.skipif(os.name != "posix", reason="files have no modes here")
@pytest.mark.parametrize("spoil", ["chmod", "cut"])
def test_a_key_that_others_may_know_or_that_is_damaged_is_replaced(
    corpus: Path, tmp_path: Path, spoil: str
) -> None:
    checked(corpus)
    key = tmp_path / "user" / "data" / "kg" / "cache.key"
    before = key.read_bytes()
    if spoil == "chmod":
        key.chmod(0o640)
    else:
        key.write_bytes(before[:16])

    assert [checked(corpus)[0] for _ in range(2)] == [["a", "b", "c"], []]
    assert (key.stat().st_mode & 0o777, key.stat().st_size) == (0o600, 32)
    assert key.read_bytes() != before


@pytest.mark.skipif(os.name != "posix", reason="files have no modes here")
@pytest.mark.parametrize("spoil", ["folder", "link", "fifo"])
def test_what_is_no_file_is_not_taken_for_a_key(corpus: Path, tmp_path: Path, spoil: str) -> None:
    """Neither a FIFO, which would have us wait for ever, nor what a link leads to."""
    key = tmp_path / "user" / "data" / "kg" / "cache.key"
    key.parent.mkdir(parents=True)
    if spoil == "folder":
        key.mkdir()
    elif spoil == "link":
        key.symlink_to(lay(tmp_path, {"known.key": "k" * 32}) / "known.key")
    else:
        os.mkfifo(key)
    before = key.lstat().st_ino

    assert [checked(corpus)[0] for _ in range(2)] == [["a", "b", "c"]] * 2
    assert key.lstat().st_ino == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may give files away")
def test_a_home_of_another_user_gets_neither_key_nor_records(corpus: Path, tmp_path: Path) -> None:
    """As root has it by `sudo`."""
    os.chown(tmp_path / "user", 65534, 65534)
    assert [checked(corpus)[0] for _ in range(2)] == [["a", "b", "c"]] * 2
    assert list((tmp_path / "user").iterdir()) == []
    os.chown(tmp_path / "user", os.geteuid(), -1)
    checked(corpus)
    key = tmp_path / "user" / "data" / "kg" / "cache.key"
    os.chown(key, 65534, 65534)

    assert [checked(corpus)[0] for _ in range(2)] == [["a", "b", "c"]] * 2
    assert key.stat().st_uid == 65534


@pytest.mark.parametrize("home", ["", "here", None])
def test_without_a_home_nothing_is_kept(corpus: Path, monkeypatch: pytest.MonkeyPatch, home: str | None) -> None:
    """Above all not in the folder one is in, to which a relative path would lead."""
    monkeypatch.chdir(corpus)
    before = snapshot(corpus)
    for variable in ("XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(variable, "relative")
    if home is None:
        monkeypatch.delenv("HOME")
        monkeypatch.setattr("os.path.expanduser", lambda path: path)
    else:
        monkeypatch.setenv("HOME", home)

    assert [checked(corpus)[0] for _ in range(2)] == [["a", "b", "c"]] * 2
    assert snapshot(corpus) == before


@pytest.mark.parametrize("place", ["cache", "data"])
def test_where_nothing_can_be_kept_everything_is_done(corpus: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "user" / place).write_text("in the way")

    assert [checked(corpus)[0] for _ in range(2)] == [["a", "b", "c"]] * 2


def test_the_caches_used_longest_ago_are_deleted_first(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpora = [corpus, lay(tmp_path / "second", FILES), lay(tmp_path / "third", FILES)]
    first, second = kept(corpora[0]), kept(corpora[1])
    checked(corpora[0])
    monkeypatch.setattr(folder_and_key, "MOST_BYTES", int(2.5 * first.stat().st_size))
    other = first.with_name("of-somebody-else.sqlite")
    other.write_bytes(bytes(1000))
    os.utime(other, (0, 0))
    third = kept(corpora[2])

    assert [path.exists() for path in (first, second, third, other)] == [True, False, True, True]


@pytest.mark.slow
def test_two_runs_at_once_do_not_harm_each_other(corpus: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kg", "--quiet", "build", str(corpus), "-o"]
    for note in ("one", "two"):
        edited(corpus / "a.claims.yaml", "words: Ja", f"words: Ja, note: {note}" if note == "one" else "words: Ja")
        runs = [subprocess.Popen([*command, str(tmp_path / name)]) for name in ("left", "right")]
        assert [each.wait() for each in runs] == [0, 0]
        expected = fresh_build(corpus, tmp_path / note)
        assert snapshot(tmp_path / "left") == snapshot(tmp_path / "right") == expected


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no SIGKILL")
def test_a_run_killed_at_any_moment_does_no_harm(corpus: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kg", "--quiet", "build", str(corpus), "-o", str(tmp_path / "dist")]
    start = time.perf_counter()
    subprocess.run(command, check=True)
    whole = time.perf_counter() - start
    for moment in (0.5, 0.7, 0.8, 0.9):
        edited(corpus / "a.claims.yaml", "claims:", f"# {moment}\nclaims:")
        process = subprocess.Popen(command)
        time.sleep(moment * whole)
        process.kill()
        process.wait()
    subprocess.run(command, check=True)

    assert snapshot(tmp_path / "dist") == fresh_build(corpus, tmp_path / "fresh")
