"""Plug-ins give what they give, only where it is asked for; a broken one breaks nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kg import plugins
from kg.cli import run
from kg.errors import CorpusError, UsageError
from kg.pipeline.publication import open_publication
from support import ROOT, SEEDS
from support.editing import edited
from support.plugin_packages import add_package

IMPORTER = """
import sys
from kg.plugins import hookimpl

DESCRIPTION = "for tests"

@hookimpl
def kg_importers():
    return {"ours": sys.modules[__name__]}

def read(source, mapping, texts):
    return iter(())
"""
NODES = """
from kg.plugins import hookimpl
from kg.rdf.terms import Node, iri, plain

@hookimpl
def kg_claim_nodes(claim):
    return [Node(claim.iri, {iri("%s"): [plain("x")]})]
"""
OWN = "https://news.example/terms#mark"
EXAMPLE = ROOT / "docs" / "plugin-example"


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder in which packages count as installed."""
    folder = tmp_path / "packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    plugins.installed.cache_clear()
    return folder


@pytest.fixture(autouse=True)
def _forget_plugins() -> None:
    plugins.installed.cache_clear()


def listing(corpus: Path, *names: str) -> Path:
    """Make corpus.yaml list plug-ins."""
    edited(corpus / "corpus.yaml", "language: nl", f"language: nl\nplugins: [{', '.join(names)}]")
    return corpus


def test_an_importer_of_a_plugin_is_listed_with_kg_s_own(
    packages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_package(packages, "ours_importer", IMPORTER, "[kg]\nours = ours_importer\n")

    assert run(["import", "--help"]) == 0
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.splitlines() if "for tests" in line] == ["ours"]
    assert err == ""


def test_a_plugin_that_cannot_be_imported_is_named_and_breaks_nothing(
    packages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_package(packages, "bad_plugin", "import there_is_no_such_module", "[kg]\nbad = bad_plugin\n")

    assert run(["import", "--help"]) == 0
    out, err = capsys.readouterr()
    assert "label-studio" in out
    assert err == (
        "kg: warning: the plug-in bad (bad-plugin 1.0) cannot be used: ModuleNotFoundError: "
        "No module named 'there_is_no_such_module'\n"
    )


def test_two_plugins_of_one_name_are_an_error_that_names_both(
    packages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_package(packages, "first_one", IMPORTER, "[kg]\nours = first_one\n")
    add_package(packages, "second_one", IMPORTER, "[kg]\nours = second_one\n")

    assert run(["import", "ours", str(packages), "-o", "new"]) == 2
    assert "two plug-ins have the name ours, of first-one 1.0 and of second-one 1.0" in capsys.readouterr().err


def test_two_importers_of_one_name_are_an_error_that_names_both(packages: Path) -> None:
    add_package(packages, "first_one", IMPORTER, "[kg]\none = first_one\n")
    add_package(packages, "second_one", IMPORTER, "[kg]\ntwo = second_one\n")

    with pytest.raises(
        UsageError, match=r"two plug-ins give ours: one \(first-one 1.0\) and two \(second-one 1.0\)"
    ):
        plugins.named_by_plugins("kg_importers")


def test_a_plugin_adds_to_the_graph_only_where_corpus_yaml_lists_it(packages: Path, seeds: Path) -> None:
    add_package(packages, "marks", NODES % OWN, "[kg]\nmarks = marks\n")

    assert run(["export", "seeds", "-o", "without.nt"]) == 0
    assert OWN not in Path("without.nt").read_text()
    listing(seeds, "marks")
    assert run(["export", "seeds", "-o", "with.nt"]) == 0
    added = set(Path("with.nt").read_text().splitlines()) - set(Path("without.nt").read_text().splitlines())
    assert sum(f"<{OWN}>" in line for line in added) == 28


def test_a_property_of_a_plugin_is_no_warning(
    packages: Path, seeds: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_package(packages, "marks", NODES % OWN, "[kg]\nmarks = marks\n")
    listing(seeds, "marks")

    assert run(["validate", "seeds"]) == 0
    assert capsys.readouterr() == ("", "nothing to report: 1 article, 28 claims checked\n")


def test_a_plugin_must_not_use_kg_s_own_properties(packages: Path, seeds: Path) -> None:
    add_package(packages, "bad_marks", NODES % "http://schema.org/text", "[kg]\nmarks = bad_marks\n")
    publication = open_publication(listing(seeds, "marks"))

    with pytest.raises(UsageError, match=r"the plug-in marks .* must use properties of its own"):
        list(publication.mapped_articles())


def test_a_plugin_that_a_corpus_lists_must_be_installed(seeds: Path) -> None:
    with pytest.raises(CorpusError) as raised:
        open_publication(listing(seeds, "marks"))

    (finding,) = raised.value.findings
    assert (finding.rule, finding.message) == (
        "plugin-missing",
        "the plug-in `marks` must be installed, and none is: install it, or delete it here",
    )


def test_an_export_without_plugins_does_not_look_for_any() -> None:
    script = (
        "import sys; from kg.cli import run; run(['export', sys.argv[1], '-f', 'ttl', '-o', '/dev/null']);"
        "print('pluggy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(SEEDS)], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


@pytest.mark.slow
def test_the_example_of_the_docs_installs_and_works(tmp_path: Path) -> None:
    """Its importer makes a corpus, its property is in the graph, its shape and its question work."""
    home = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--target", str(home)]
    subprocess.run([*pip, str(EXAMPLE)], check=True)
    (tmp_path / "cms").mkdir()
    (tmp_path / "cms" / "one.json").write_text(
        '{"id": "one", "title": "Storm", "day": "2020-02-20", "body": "Ann said: “Run fast.”",'
        ' "quotes": [{"who": "Ann", "from": 11, "to": 19}]}',
        encoding="utf-8",
    )

    def kg(*arguments: str) -> str:
        environment = {**os.environ, "PYTHONPATH": str(home), "PYTHONUTF8": "1"}
        command = [sys.executable, "-m", "kg", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    kg("import", "newsroom-cms", "cms", "-o", "corpus", "--language", "en")
    edited(tmp_path / "corpus" / "corpus.yaml", "language: en", "language: en\nplugins: [newsroom]")
    assert kg("query", "longest-claims", "-c", "corpus", "-f", "csv") == (
        "claim,words\nhttps://kg.example/claim/one/c01,2\n"
    )
