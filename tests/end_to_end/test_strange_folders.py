"""A stranger's folder of links, pipes and devices: nothing outside is shown or copied, and nothing hangs."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from support import SEEDS

SECRET = "PASSWORD-7f3a"
KG = [sys.executable, "-P", "-m", "kg"]

# The files of each importer, which lie outside of the folder that is given, with links to them in it.
IMPORTS = {
    "brat": {"a.ann": f"T1\tContent 0 13\t{SECRET}\n", "a.txt": SECRET},
    "csv": {"a.csv": f"article,text,words\na,{SECRET},{SECRET}\n"},
    "tei": {
        "a.xml": f"<TEI xmlns='http://www.tei-c.org/ns/1.0'><text><body><p><said>{SECRET}</said></p></body></text></TEI>"
    },
    "doccano": {"a.jsonl": f'{{"id": 1, "text": "{SECRET}", "label": [[0, 13, "Content"]]}}\n'},
    "label-studio": {"a.json": f'[{{"id": 1, "data": {{"text": "{SECRET}"}}, "annotations": []}}]'},
    "claimreview": {
        "a.json": f'{{"@type": "ClaimReview", "claimReviewed": "{SECRET}", "url": "https://x.example/"}}'
    },
    "web-annotation": {
        "a.json": f'{{"id": "https://x.example/1", "type": "Annotation", "target": {{"source": "a", "selector": '
        f'{{"type": "TextQuoteSelector", "exact": "{SECRET}"}}}}}}',
        "a.txt": SECRET,
    },
    "quotebank": {"a.json": f'{{"quoteID": "1", "quotation": "{SECRET}", "speaker": "x", "urls": []}}\n'},
    "webanno-tsv": {"a.tsv": f"#FORMAT=WebAnno TSV 3.3\n\n\n#Text={SECRET}\n1-1\t0-13\t{SECRET}\t\n"},
    "uima-cas": {
        "a.xmi": "<xmi:XMI xmlns:xmi='http://www.omg.org/XMI' xmlns:cas='http:///uima/cas.ecore' xmi:version='2.0'>"
        f"<cas:Sofa xmi:id='1' sofaString='{SECRET}'/></xmi:XMI>"
    },
    "xlsx": {"a.xlsx": SECRET},
}


def kg(*arguments: str) -> str:
    """Run the command, which must end by itself and without a fault of its own; return all it says."""
    done = subprocess.run(
        [*KG, *arguments], capture_output=True, timeout=300, env={**os.environ, "KG_SECRET": SECRET}
    )
    said = (done.stdout + done.stderr).decode(errors="replace")
    assert "a fault of kg itself" not in said
    assert "Traceback" not in said
    return said


def written(folder: Path) -> Iterable[str]:
    return (path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file())


def strange(folder: Path, suffix: str, outside: Path) -> None:
    """Put a link, a pipe and a device of each kind into a folder, called as files that are read there."""
    for name, target in {
        "out": outside,
        "environ": Path("/proc/self/environ"),
        "zero": Path("/dev/zero"),
        "random": Path("/dev/urandom"),
        "nowhere": Path("gone"),
        "round": Path(f"round{suffix}"),
    }.items():
        os.symlink(target, folder / f"{name}{suffix}")
    os.mkfifo(folder / f"pipe{suffix}")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(folder / f"socket{suffix}"))


@pytest.fixture
def corpus(seeds: Path) -> Path:
    Path("secret").write_text(f"{SECRET}: [\n")
    return seeds


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "suffix"),
    [
        *(("validate", suffix) for suffix in (".txt", ".claims.yaml", ".jsonl", ".jsonl.gz", ".yml")),
        ("export", ".jsonl"),
        ("build", ".txt"),
    ],
)
def test_a_corpus_shows_nothing_from_outside(corpus: Path, command: str, suffix: str) -> None:
    strange(corpus, suffix, Path("../secret"))

    said = kg(command, str(corpus))

    assert "[link]" in said
    assert SECRET not in said


@pytest.mark.slow
@pytest.mark.parametrize("name", ["corpus.yaml", "entities.yaml", "entities/a.yaml", "entities/a.yml", "entities"])
@pytest.mark.parametrize("target", ["/proc/self/environ", "/dev/zero", "SECRET", "PIPE", "SECRETS"])
def test_settings_show_nothing_from_outside(corpus: Path, name: str, target: str) -> None:
    Path("secrets").mkdir()
    shutil.move("secret", "secrets/secret.yaml")
    file = corpus / name
    file.parent.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    if target == "PIPE":
        os.mkfifo(file)
    else:
        os.symlink(
            {"SECRET": Path("secrets/secret.yaml").absolute(), "SECRETS": Path("secrets").absolute()}.get(
                target, target
            ),
            file,
        )

    assert SECRET not in kg("validate", str(corpus))


def test_a_line_of_a_file_beside_a_link_is_shown_as_ever(corpus: Path) -> None:
    Path(corpus, "ja.txt").write_text("Ja, zei zij.\n")
    Path(corpus, "ja.claims.yaml").write_text("article: {headlin: Ja}\n")
    os.symlink("ja.claims.yaml", corpus / "nee.claims.yaml")
    os.symlink("ja.txt", corpus / "nee.txt")

    said = kg("validate", str(corpus))

    assert said.count("    article: {headlin: Ja}\n") == 2


@pytest.mark.parametrize("name", ["out", "environ", "zero", "pipe", "socket", "round", "nowhere"])
def test_a_draft_is_made_of_no_file_from_outside(corpus: Path, name: str) -> None:
    strange(corpus, ".txt", Path("../secret"))

    said = kg("new", f"{corpus}/{name}.txt")

    assert SECRET not in said
    assert not (corpus / f"{name}.claims.yaml").exists()


@pytest.mark.parametrize("format", IMPORTS)
def test_an_import_copies_nothing_from_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    monkeypatch.chdir(tmp_path)
    source, outside = tmp_path / "source", tmp_path / "outside"
    source.mkdir()
    outside.mkdir()
    for name, content in IMPORTS[format].items():
        (outside / name).write_text(content)
        os.symlink(outside / name, source / name)
        strange(source, Path(name).suffix, outside / name)
    os.symlink(outside, source / "folder")

    said = kg("import", format, "source", "-o", "corpus")

    assert SECRET not in said
    assert not any(SECRET in content for content in written(tmp_path / "corpus"))


@pytest.mark.parametrize("name", ["a.ann", "a.txt"])
def test_a_file_beside_the_one_that_was_named_is_not_followed_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("source").mkdir()
    Path("secret").write_text(SECRET)
    Path("source/a.ann").write_text("T1\tContent 0 13\n")
    os.symlink("../secret", "source/a.txt")

    said = kg("import", "brat", f"source/{name}", "-o", "corpus")

    assert SECRET not in said
    assert not any(SECRET in content for content in written(tmp_path / "corpus") if name == "a.ann")


def test_a_source_that_was_named_may_be_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("elsewhere").mkdir()
    for name, content in IMPORTS["doccano"].items():
        Path("elsewhere", name).write_text(content)
        os.symlink(Path("elsewhere", name), name)

    kg("import", "doccano", "a.jsonl", "-o", "corpus")

    assert any(SECRET in content for content in written(tmp_path / "corpus"))


def test_texts_shapes_and_parts_of_a_graph_are_not_followed_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("source", "texts", "shapes"):
        Path(name).mkdir()
    Path("source/a.csv").write_text("article,words,speaker\na,Ja,x\n")
    Path("secret").write_text(f"Ja {SECRET}")
    strange(Path("texts"), ".txt", Path("../secret"))
    os.symlink("../secret", "texts/a.txt")
    strange(Path("shapes"), ".ttl", Path("../secret"))
    shutil.copytree(SEEDS, "seeds")

    assert SECRET not in kg("import", "csv", "source", "--texts", "texts", "-o", "corpus")
    assert not any(SECRET in content for content in written(tmp_path / "corpus"))
    said = kg("validate", "seeds", "--shapes", "shapes")
    assert "this link leads out of the folder of shapes" in said
    assert SECRET not in said


def test_the_parts_of_a_graph_are_not_followed_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("parts").mkdir()
    Path("secret").write_text(f"<x> <y> {SECRET}")
    os.symlink("../secret", "parts/a.nq")
    Path("parts/manifest.json").write_text(
        '{"kg": "1", "format": "nq", "media_type": "application/n-quads", "compression": "", "base": "https://x/", '
        '"articles": 1, "claims": 1, "triples": 1, "findings": {}, "findings_files": [], '
        '"parts": [{"file": "a.nq", '
        '"articles": 1, "claims": 1, "triples": 1, "bytes": 1, "sha256": ""}]}'
    )

    said = kg("load", "a.store", "parts")

    assert "it names a.nq, which does not exist" in said
    assert SECRET not in said


@pytest.mark.parametrize("kind", ["link", "pipe"])
@pytest.mark.parametrize(
    ("command", "file"),
    [("build", "dist/SHA256SUMS"), ("load", "a.store/kg-store.json"), ("load", "parts/manifest.json")],
)
def test_what_an_earlier_run_left_in_a_folder_is_read_only_if_it_is_there(
    corpus: Path, command: str, file: str, kind: str
) -> None:
    path = Path(file)
    path.parent.mkdir()
    if kind == "pipe":
        os.mkfifo(path)
    else:
        os.symlink(Path("secret").absolute(), path)
    arguments = {
        "dist": [str(corpus), "-o", "dist"],
        "a.store": ["a.store", str(corpus)],
        "parts": ["b.store", "parts"],
    }

    assert SECRET not in kg(command, *arguments[path.parts[0]])


def test_a_publication_that_nobody_named_is_not_verified_behind_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("outside").mkdir()
    Path("outside/SHA256SUMS").write_text(SECRET)
    os.symlink("outside", "dist")

    assert kg("verify") == "kg: dist: it is a link, which is only followed if you name it: kg verify dist\n"


@pytest.mark.parametrize(
    ("suffix", "command", "said"),
    [
        (".txt", ["validate", "."], "a file must have at most 10 MB"),
        (".xml", ["import", "tei", ".", "-o", "../corpus"], "the file must be well-formed XML"),
    ],
)
def test_a_file_of_128_gigabytes_is_not_read_to_its_end(
    suffix: str, command: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes no room on the disk: it is one hole."""
    shutil.copytree(SEEDS, tmp_path / "folder")
    monkeypatch.chdir(tmp_path / "folder")
    with open(f"hole{suffix}", "wb") as file:
        file.truncate(1 << 37)

    assert said in kg(*command)
