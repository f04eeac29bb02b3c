"""`kg release`: whole or not at all, the same bytes again, what changed, and what archives ask for."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import jsonschema
import pytest
import rdflib

import kg
from kg.cli import run
from kg.errors import FileError
from kg.files.atomic_writes import atomic_folder
from kg.pipeline.publication import open_publication
from kg.pipeline.run import Progress, make_plan
from kg.publish.release import ReleaseRequest, make_release
from kg.publish.site import Pages
from kg.publish.site.changes import changed_days
from kg.publish.site.store_reader import QuadReader
from kg.query.store import hold_generation
from support import ROOT
from support.editing import edited
from support.readings import ARTICLE, newsroom
from support.triple_servers import STARTERS

CLAIM = rdflib.URIRef("https://kg.example/claim/port/c01")
DAY = rdflib.Literal("2026-07-01", datatype=rdflib.XSD.date)
METADATA = """\
publisher: union
creator: [anna, ben]
identifier: https://doi.org/10.5281/zenodo.1
keywords: [port, {en: dykes}]
description: {en: 'Who said "what" about the port'}
funding: [{funder: union, name: {en: Ports}, number: "12"}]
"""
PREFIXES = """\
@base <https://kg.example/> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix schema: <http://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
Printed = Callable[..., str]


@pytest.fixture
def released(capsys: pytest.CaptureFixture[str]) -> Printed:
    """Return what runs `kg release` and returns what it says."""

    def release(*arguments: str, status: int = 0) -> str:
        assert run(["release", *arguments]) == status
        return capsys.readouterr().err

    return release


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a corpus with metadata."""
    monkeypatch.chdir(tmp_path)
    found = newsroom(Path("corpus"))
    with (found / "corpus.yaml").open("a", encoding="utf-8") as file:
        file.write(METADATA)
    return found


def correct(corpus: Path) -> None:
    """Reword a claim, withdraw another, and add one."""
    file = corpus / ARTICLE
    edited(file, "words: The port stays open", "words: The port stays")
    content = file.read_text(encoding="utf-8")
    added = "  c05: {speaker: union, words: fears, act: believes}\n"
    withdrawn = "withdrawn: {c04: {on: 2026-05-30, why: The union did not say so.}}\n"
    file.write_text(content[: content.index("  c04: ")] + added + withdrawn, encoding="utf-8")


@pytest.fixture
def two(corpus: Path, released: Printed) -> Path:
    """Return the folder of two releases, between which a corpus was corrected."""
    released("1.0", "corpus", "--issued", "2026-05-20")
    correct(corpus)
    released("1.1", "corpus", "--issued", "2026-06-01")
    return Path("releases")


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder."""
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def graph_of(release: Path) -> rdflib.Graph:
    """Return the graph of a release."""
    graph = rdflib.Graph()
    graph.parse(release / "kg.ttl", format="turtle")
    return graph


def test_a_release_says_what_changed(corpus: Path, released: Printed) -> None:
    assert "releases/1.0: the first release\n" in released("1.0", "corpus", "--issued", "2026-05-20")
    correct(corpus)
    said = released("1.1", "corpus", "--issued", "2026-06-01")
    assert "releases/1.1: 1 claim added, 1 claim withdrawn, 1 claim reworded since 1.0\n" in said
    changes = Path("releases/1.1/CHANGES.md").read_text(encoding="utf-8")
    assert changes.startswith(
        "# 1.1\n\nSince 1.0, issued on 2026-05-20:\n\n**1 claim added, 1 claim withdrawn, 1 claim reworded**\n"
    )


def test_the_same_corpus_gives_the_same_bytes(two: Path) -> None:
    first = contents(two)
    shutil.move(two, "before")
    shutil.copytree("before/1.0", two / "1.0")
    kg.open("corpus").release("1.1", issued="2026-06-01", jobs=2)
    assert contents(two) == first


@pytest.mark.usefixtures("two")
def test_a_release_is_never_changed(released: Printed) -> None:
    before = contents(Path("releases"))
    said = released("1.1", "corpus", "--issued", "2026-06-01", status=2)
    assert "this release exists, and a release is never changed" in said
    assert "version 1.0 is released already" in released(
        "1.0", "corpus", "--issued", "2026-07-01", "-o", "releases/x", status=2
    )
    assert "it was issued on 2026-06-01" in released("1.2", "corpus", "--issued", "2026-05-31", status=2)
    assert "2026-6-1" in released("1.2", "corpus", "--issued", "2026-6-1", status=2)
    assert "a version must be" in released("../1.2", "corpus", "--issued", "2026-07-01", status=2)
    assert "after that of the last release, 1.1: give 1.2" in released(
        "1.0.9", "corpus", "--issued", "2026-07-01", status=2
    )
    assert "this is inside the release" in released(
        "1.2", "corpus", "--issued", "2026-07-01", "-o", "releases/1.1/data/1.2", status=2
    )
    assert "--output is the folder of this release alone" in released(
        "1.2", "corpus", "--issued", "2026-07-01", "-o", "releases", status=2
    )
    assert contents(Path("releases")) == before


def test_nothing_is_released_of_a_corpus_with_a_violation(two: Path, corpus: Path, released: Printed) -> None:
    edited(corpus / ARTICLE, "act: denies", "act: dances")
    assert "dances" in released("1.2", "corpus", "--issued", "2026-07-01", status=1)
    assert sorted(os.listdir(two)) == ["1.0", "1.1"]


def test_the_graph_says_what_a_claim_was(two: Path) -> None:
    graph = graph_of(two / "1.1")
    prov, schema = rdflib.Namespace("http://www.w3.org/ns/prov#"), rdflib.Namespace("http://schema.org/")
    earlier = rdflib.URIRef(f"{CLAIM}#release-1.0")
    assert list(graph.objects(CLAIM, prov.wasRevisionOf)) == [earlier]
    assert [str(each) for each in graph.objects(CLAIM, rdflib.DCTERMS.modified)] == ["2026-06-01"]
    digest = str(graph.value(earlier, schema.sha256))
    with (two / "1.0" / "claims.csv").open(encoding="utf-8") as file:
        assert dict(csv.reader(file))["port/c01"] == digest
    changed = sorted(str(each) for each in graph.subjects(prov.wasRevisionOf) if "/claim/" in each)
    assert changed == [str(CLAIM)]
    added = rdflib.URIRef("https://kg.example/claim/port/c05")
    assert [str(each) for each in graph.objects(added, rdflib.DCTERMS.issued)] == ["2026-06-01"]
    dataset = rdflib.URIRef("https://kg.example/dataset")
    current = graph.value(dataset, rdflib.URIRef("http://www.w3.org/ns/dcat#hasCurrentVersion"))
    assert str(current) == "https://kg.example/dataset#release-1.1"
    assert str(graph.value(current, rdflib.URIRef("http://www.w3.org/ns/dcat#previousVersion"))).endswith(
        "#release-1.0"
    )
    assert str(graph.value(dataset, rdflib.URIRef("http://www.w3.org/ns/dcat#version"))) == "1.1"


def test_a_digest_of_a_claim_is_as_the_docs_say(two: Path) -> None:
    kg_ = "https://w3id.org/kg-claims#"
    left_out = {f"<{kg_}{each}>" for each in ("wordsAt", "cueAt", "speakerWordsAt", "dateWordsAt")}
    left_out.add("<http://schema.org/position>")
    lines = (two / "1.1/kg.nq").read_text(encoding="utf-8").splitlines(keepends=True)
    claim, part = f"<{CLAIM}> ", f"<{CLAIM}#"
    own = [
        line
        for line in lines
        if (line.startswith(claim) or (line.startswith(part) and not line.startswith(f"{part}annotation")))
        and "/graph/article/" in line.rpartition(" <")[2]
        and line.split(" ")[1] not in left_out
    ]
    expected = hashlib.sha256("".join(sorted(own)).encode()).hexdigest()
    assert f"port/c01,{expected}\n" in (two / "1.1/claims.csv").read_text(encoding="utf-8")


def test_what_is_gone_says_nothing_more_of_itself(two: Path, corpus: Path, released: Printed) -> None:
    edited(corpus / ARTICLE, "withdrawn: {", "withdrawn: {c01: {on: 2026-06-20, why: Never said.}, ")
    content = (corpus / ARTICLE).read_text(encoding="utf-8")
    start, end = content.index("  c01:\n"), content.index("  c02:\n")
    kept = (content[:start] + content[end:]).replace("    relations: {supports: c01}\n", "")
    (corpus / ARTICLE).write_text(kept, encoding="utf-8")
    released("1.2", "corpus", "--issued", "2026-07-01")

    graph = graph_of(two / "1.2")
    assert not [each for each in graph.subjects() if str(each).startswith(f"{CLAIM}#")]
    assert run(["validate", "releases/1.2/kg.nq"]) == 0


def test_revisions_of_earlier_releases_stay(two: Path, corpus: Path, released: Printed) -> None:
    edited(corpus / ARTICLE, "words: The port stays", "words: stays open")
    released("1.2", "corpus", "--issued", "2026-07-01")
    edited(corpus / ARTICLE, "act: denies", "act: rejects")
    released("1.10", "corpus", "--issued", "2026-07-01")

    graph = graph_of(two / "1.10")
    version, chain = CLAIM, []
    while version := graph.value(version, rdflib.URIRef("http://www.w3.org/ns/prov#wasRevisionOf")):
        chain.append(str(version).partition("#")[2])
    assert chain == ["release-1.1", "release-1.0"]
    assert str(graph.value(CLAIM, rdflib.DCTERMS.modified)) == "2026-07-01"


def test_where_words_are_and_who_reviewed_them_is_no_change_of_a_claim(
    two: Path, corpus: Path, released: Printed
) -> None:
    edited(corpus / ARTICLE, "on: 2026-05-20", "on: 2026-05-21")
    edited(corpus / ARTICLE, "  c05: {speaker: union, words: fears, act: believes}\n", "")
    released("1.2", "corpus", "--issued", "2026-07-01")
    graph = graph_of(two / "1.2")
    assert [
        str(each) for each in graph.subjects(rdflib.DCTERMS.modified) if "/claim/" in each and "#" not in each
    ] == [str(CLAIM)]


def test_another_id_or_base_is_no_change_of_a_claim(two: Path, corpus: Path, released: Printed) -> None:
    kg.rename_entity(corpus, "bos", "mayor-bos")
    kg.rename_claim(corpus, "port/c01", "c09")
    kg.rename_article(corpus, "dyke", "sea")
    edited(
        corpus / "corpus.yaml",
        "base: https://kg.example/",
        "base: https://new.example/\nmoved_from: https://kg.example/",
    )
    released("1.2", "corpus", "--issued", "2026-07-01")

    graph = graph_of(two / "1.2")
    claim = rdflib.URIRef("https://new.example/claim/port/c09")
    assert [str(each) for each in graph.objects(claim, rdflib.DCTERMS.modified)] == ["2026-06-01"]
    assert not [each for each in graph.subjects(rdflib.DCTERMS.issued, DAY) if "/claim/" in each]
    assert not [each for each in graph.subjects(rdflib.DCTERMS.modified, DAY) if "/claim/" in each]
    changes = Path("releases/1.2/CHANGES.md").read_text(encoding="utf-8")
    assert "**1 claim renamed, 1 article renamed, 1 entity renamed, 2 settings changed**" in changes


def test_the_versions_of_a_claim_with_another_id_are_found_where_it_is_and_go_with_it(
    two: Path, corpus: Path, released: Printed
) -> None:
    kg.rename_claim(corpus, "port/c01", "c09")
    released("1.2", "corpus", "--issued", "2026-07-01")
    revised = rdflib.URIRef("http://www.w3.org/ns/prov#wasRevisionOf")
    renamed = rdflib.URIRef("https://kg.example/claim/port/c09")
    version = rdflib.URIRef(f"{renamed}#release-1.0")
    graph = graph_of(two / "1.2")
    assert [*graph.objects(renamed, revised)] == [version]
    assert (version, rdflib.RDF.type, rdflib.URIRef("http://www.w3.org/ns/prov#Entity")) in graph
    assert not [each for each in graph.subjects() if str(each).startswith(f"{CLAIM}#")]

    content = (corpus / ARTICLE).read_text(encoding="utf-8")
    start, end = content.index("  c09:\n"), content.index("  c02:\n")
    kept = (content[:start] + content[end:]).replace("    relations: {supports: c09}\n", "")
    withdrawn = "withdrawn: {c09: {on: 2026-07-20, why: Never said., formerly: c01}, "
    (corpus / ARTICLE).write_text(kept.replace("withdrawn: {", withdrawn), encoding="utf-8")

    assert "releases/1.3: 1 claim withdrawn, 1 claim changed since 1.2\n" in released(
        "1.3", "corpus", "--issued", "2026-08-01"
    )
    found = (str(each).partition("#") for each in graph_of(two / "1.3").subjects())
    subjects = {each[0] for each in found if each[2].startswith("release")}
    assert subjects == {"https://kg.example/dataset", "https://kg.example/claim/port/c02"}


@pytest.mark.slow
def test_a_release_is_verified_validated_loaded_and_shown(two: Path) -> None:
    release = str(two / "1.1")
    assert kg.verify(release).ok
    for form in ("ttl", "nq", "jsonld", "rdf"):
        assert run(["validate", f"{release}/kg.{form}"]) == 0
    assert run(["load", "store", release, "--no-pages"]) == 0
    assert kg.verify("store").ok
    assert run(["site", release, "-o", "site", "--language", "en", "--without-query"]) == 0
    assert "release-1.0" in Path("site/claim/port/c01.ttl").read_text(encoding="utf-8")
    assert kg.load(release, "other") == sum(1 for _ in (two / "1.1/kg.nq").open(encoding="utf-8"))


def test_what_changed_since_a_day_is_a_question_and_a_page(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kg.load(two / "1.1", "store")
    capsys.readouterr()
    assert run(["query", "changed-since", "--since", "2026-05-25", "--store", "store", "--format", "csv"]) == 0
    answer = [row.split(",") for row in capsys.readouterr().out.splitlines()[1:]]
    assert [(row[0], row[1], row[-1]) for row in answer] == [
        ("2026-06-01", "added in a release", "1"),
        ("2026-06-01", "changed in a release", "1"),
        ("2026-05-30", "withdrawn", "1"),
    ]
    pages = Pages(QuadReader(hold_generation(Path("store"))))
    newest = next(changed_days(pages.readers["en"], pages.dataset))
    assert (newest.day, newest.releases) == ("1 June 2026", ("1.1",))
    assert [line.path for line in newest.changed] == ["claim/port/c01"]
    page = (pages.html("changes", "nl") or b"").decode()
    assert "Uitgave 1.1 van de dataset." in page
    assert "Gewijzigd in een uitgave" in page
    atom = "{http://www.w3.org/2005/Atom}"
    entries = ElementTree.fromstring(pages.file("feed.atom") or b"").iter(f"{atom}entry")
    updated = {entry.findtext(f"{atom}id"): entry.findtext(f"{atom}updated") for entry in entries}
    assert updated[str(CLAIM)] == "2026-06-01T00:00:00Z"


def test_a_release_that_was_edited_is_found(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = two / "1.1" / "kg.nq"
    file.write_text(
        file.read_text(encoding="utf-8").replace("jobs", "cats").replace("dyke is", "dyke was"), encoding="utf-8"
    )
    assert run(["verify", str(two / "1.1")]) == 1
    assert run(["site", str(two / "1.1"), "-o", "site"]) == 3
    assert "was changed since the release was made" in capsys.readouterr().err


def test_two_releases_are_compared_by_their_digests(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "releases/1.0", "releases/1.1"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("1 claim added, 1 claim withdrawn, 1 claim reworded\n\nport\n")
    lines = set((two / "1.0/kg.nq").read_text(encoding="utf-8").splitlines())
    for line in (two / "1.1/changes.rdfp").read_text(encoding="utf-8").splitlines()[1:-1]:
        (lines.remove if line[0] == "D" else lines.add)(line[2:])
    assert lines == set((two / "1.1/kg.nq").read_text(encoding="utf-8").splitlines())


def test_the_feed_names_what_was_withdrawn_corrected_and_added(two: Path) -> None:
    atom = "{http://www.w3.org/2005/Atom}"
    feed = ElementTree.parse(two / "1.1/feed.atom").getroot()
    assert [entry.findtext(f"{atom}title") for entry in feed.iter(f"{atom}entry")] == [
        "Release 1.1: 1 claim added, 1 claim withdrawn, 1 claim reworded",
        "Withdrawn: port/c04",
        "Corrected: port/c01",
        "Added: port/c05",
    ]
    assert {entry.findtext(f"{atom}updated") for entry in feed.iter(f"{atom}entry")} == {"2026-06-01T00:00:00Z"}


def test_the_crate_lists_the_files_with_their_sums(two: Path) -> None:
    folder = two / "1.1"
    crate = json.loads((folder / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    by_id = {each["@id"]: each for each in crate["@graph"]}
    root = by_id["./"]
    assert (root["datePublished"], root["license"]["@id"]) == (
        "2026-06-01",
        "https://creativecommons.org/licenses/by/4.0/",
    )
    listed = {each["@id"] for each in root["hasPart"]}
    assert listed == contents(folder).keys() - {"ro-crate-metadata.json", "SHA256SUMS"}
    for name in listed:
        assert by_id[name]["sha256"] == hashlib.sha256((folder / name).read_bytes()).hexdigest()
    assert {each["@id"] for each in root["author"]} <= by_id.keys()


def test_a_reader_of_crates_reads_it(two: Path) -> None:
    crates = pytest.importorskip("rocrate.rocrate", reason="rocrate is not installed")
    crate = crates.ROCrate(two / "1.1")
    assert crate.name == "A newsroom"
    assert crate.get("kg.nq")["encodingFormat"] == "application/n-quads"


def test_the_description_for_datacite_is_valid(two: Path) -> None:
    schema = pytest.importorskip("datacite.schema45", reason="datacite is not installed")
    described = json.loads((two / "1.1/datacite.json").read_text(encoding="utf-8"))
    schema.validator.validate(described)
    assert (described["doi"], described["version"], described["publicationYear"]) == (
        "10.5281/zenodo.1",
        "1.1",
        "2026",
    )
    assert described["fundingReferences"] == [
        {"funderName": "Harbour union", "awardNumber": "12", "awardTitle": "Ports"}
    ]


def test_the_citation_is_valid(two: Path) -> None:
    import yaml

    schema = json.loads((ROOT / "tests/data/citation/schema-1.2.0.json").read_text(encoding="utf-8"))
    citation = yaml.load((two / "1.1/CITATION.cff").read_text(encoding="utf-8"), yaml.BaseLoader)
    jsonschema.validate(citation, schema)
    assert citation["abstract"] == 'Who said "what" about the port'


def test_what_archives_demand_and_nobody_gave_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, released: Printed
) -> None:
    monkeypatch.chdir(tmp_path)
    newsroom(Path("corpus"))
    said = released("1.0", "corpus", "--issued", "2026-05-20")
    assert "datacite.json and CITATION.cff left out: they need `creator` and `publisher` in corpus.yaml" in said
    assert not Path("releases/1.0/datacite.json").exists()


@pytest.mark.usefixtures("corpus")
def test_what_other_commands_are_writing_beside_a_release_stays(released: Printed) -> None:
    with atomic_folder(Path("releases/merged")) as staged:
        (staged / "corpus.yaml").touch()
        released("1.0", "corpus", "--issued", "2026-05-20")
    assert sorted(os.listdir("releases")) == ["1.0", "merged"]
    assert os.listdir("releases/merged") == ["corpus.yaml"]


@pytest.mark.slow
@pytest.mark.usefixtures("corpus")
def test_a_killed_release_leaves_none_or_all(
    released: Printed, record_property: Callable[[str, object], None]
) -> None:
    chance = Random(7)
    command = [sys.executable, "-m", "kg", "release", "1.0", "corpus", "--issued", "2026-05-20"]
    started = time.monotonic()
    subprocess.run([*command, "-o", "whole/1.0"], check=True, capture_output=True)
    takes = time.monotonic() - started
    whole = contents(Path("whole/1.0"))
    outcomes = []
    for _ in range(25):
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        time.sleep(takes * chance.uniform(0.2, 2))
        process.send_signal(signal.SIGKILL)
        process.wait()
        found = contents(Path("releases/1.0")) if Path("releases/1.0").exists() else {}
        assert found in ({}, whole)
        outcomes.append(bool(found))
        shutil.rmtree("releases/1.0", ignore_errors=True)
    record_property("whole", sum(outcomes))
    released("1.0", "corpus", "--issued", "2026-05-20")
    assert not [name for name in os.listdir("releases") if re.match(r"\.kg", name)]


def test_the_page_shows_what_is_printed(
    corpus: Path, released: Printed, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs/releasing.md").read_text(encoding="utf-8")
    first = released("1.0", "corpus", "--issued", "2026-05-20")
    correct(corpus)
    second = released("1.1", "corpus", "--issued", "2026-06-01")
    printed = [line for line in f"{first}{second}".splitlines() if line.startswith("releases/")]
    assert [line for line in page.splitlines() if line.startswith("releases/")] == printed
    kg.load("releases/1.1", "store")
    capsys.readouterr()
    assert run(["query", "changed-since", "--since", "2026-05-25", "--store", "store"]) == 0
    assert f"```text\n{capsys.readouterr().out}```" in page
    graph = graph_of(Path("releases/1.1"))
    turtle = page.partition("```turtle\n")[2].partition("```")[0]
    shown = rdflib.Graph()
    shown.parse(data=PREFIXES + turtle, format="turtle")
    assert set(shown) <= set(graph)
    listed = re.findall(r"`([\w.-]+\.\w+|SHA256SUMS)`", page.partition("| file | |")[2].partition("\n\n")[0])
    assert set(listed) <= contents(Path("releases/1.1")).keys() | {"kg.nq"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("graphs.csv", r",(\d+)\n", r",9\1\n", "each row must have a graph"),
        ("graphs.csv", r",0,", r",-1,", "each row must have a graph"),
        ("graphs.csv", r"(?s)\n.*", "\na,b\n", "each row must have a graph"),
        ("graphs.csv", r"(?s)\n.*", "\n", "was changed since the release was made"),
        ("graphs.csv", r"\n[^\n]*\n$", "\n", "was changed since the release was made"),
        ("kg.nq", r"(?s)$", "\n", "was changed since the release was made"),
        ("graphs.csv", r"(?s)\n.*", f"\n{'a' * 200_000}\n", "each row must have a graph"),
        ("release.json", r"(?s).*", "[]", "this is no release that kg wrote"),
        ("release.json", r'"version": "1.1"', '"version": "../1"', "this is no release that kg wrote"),
        ("kg.nq", r"<(https://kg.example/claim/port/c01)> ", r"x\1x ", "a line of N-Quads must be as kg writes it"),
    ],
)
def test_a_strangers_release_is_refused_in_words(  # noqa: PLR0913  # what is edited, and how
    two: Path, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str, said: str
) -> None:
    path = two / "1.1" / file
    content = path.read_text(encoding="utf-8")
    path.write_text(re.sub(old, new, content), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != content
    assert run(["diff", "releases/1.0", "releases/1.1"]) == 3
    assert said in capsys.readouterr().err


def test_a_release_that_fails_leaves_no_folder(corpus: Path, released: Printed) -> None:
    edited(corpus / ARTICLE, "words: The port stays open", "words: The port stays shut")

    released("1.0", "corpus", "--issued", "2026-05-20", status=1)

    assert not Path("releases").exists()


def test_a_corpus_that_changes_while_it_is_released_is_not_released(corpus: Path, released: Printed) -> None:
    """What it says that it changed would not be what it changed."""
    released("1.0", "corpus", "--issued", "2026-05-20")
    publication = open_publication(corpus)

    @contextmanager
    def watch(label: str) -> Iterator[Progress]:
        if label == "Writing":
            edited(corpus / ARTICLE, "words: The port stays open", "words: The port stays")
        yield lambda _done, _findings: None

    plan = make_plan(publication.corpus, 1)
    with pytest.raises(FileError, match="corpus: somebody changed the corpus while the release was made"):
        make_release(publication, ReleaseRequest("1.1", "2026-06-01", Path("releases/1.1"), plan, watch))
    assert not Path("releases/1.1").exists()


def test_a_release_without_its_graph_is_said_to_be_damaged(
    two: Path, released: Printed, capsys: pytest.CaptureFixture[str]
) -> None:
    (two / "1.1/kg.nq").unlink()

    said = "kg: releases/1.1: a release must have a kg.nq, and it is missing: copy the release again.\n"
    for command in (["diff", "releases/1.0"], ["load", "claims.store"], ["site", "-o", "pages"]):
        assert run([command[0], *command[1:], "releases/1.1"]) == 3
        assert capsys.readouterr() == ("", said)
    assert said.removeprefix("kg: ") in released("1.2", "corpus", "--issued", "2026-07-01", status=3)
    assert not Path("claims.store").exists()


@pytest.mark.parametrize("missing", ["release.json", "graphs.csv"])
def test_a_release_that_was_copied_in_part_is_not_passed_over(two: Path, released: Printed, missing: str) -> None:
    """The next release would say what changed since another one."""
    (two / "1.1" / missing).unlink()

    said = released("1.2", "corpus", "--issued", "2026-07-01", status=3)

    assert f"releases/1.1: a release must have a {missing}, and it is missing: copy the release again." in said
    assert not (two / "1.2").exists()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["oxigraph", "virtuoso"])
def test_releases_are_loaded_one_after_the_other_into_a_running_store(
    two: Path, kind: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the graphs that differ are sent: the article about the dyke stays."""
    with STARTERS[kind](Path("server").absolute()) as server:
        monkeypatch.setenv("KG_USER", server.user)
        monkeypatch.setenv("KG_PASSWORD", server.password)
        assert run(["load", server.url, "releases/1.0", "--verify"]) == 0
        capsys.readouterr()
        assert run(["load", server.url, "releases/1.1", "--verify"]) == 0
        assert "graphs put: 3, deleted: 0, left as they were: 2" in capsys.readouterr().err
        assert kg.verify(server.url).ok
        assert kg.load(two / "1.0", server.url) < kg.load(two / "1.1", server.url)
