"""The same corpus gives the same bytes on every machine, and whatever people write comes back from every format."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.formats import FORMATS
from kg.pipeline.publication import open_publication, published
from kg.rdf.terms import Graph, plain
from kg.rdf.vocab import SCHEMA
from support.corpora import CONFIG, lay
from support.hostile import texts
from support.mapped_corpora import CORPORA
from support.reading import document, meant, read_by_oxigraph, readings

# Writes the digest of each format, all from one process.
DIGESTS = f"""
import hashlib, sys
from pathlib import Path
from kg.cli import run
folder, out = map(Path, sys.argv[1:])
for name in {list(FORMATS)}:
    assert run(["--quiet", "export", str(folder), "-f", name, "-o", str(out / name)]) == 0
    print(name, hashlib.sha256((out / name).read_bytes()).hexdigest())
"""
# Every character that some syntax treats in a way of its own, and some that few programs expect.
EVERY = (
    "\"\\\n\t'<>&#@^_:;,.(){}[]$%`~/?=]]><!--&amp; ''' \"\"\" \\u0041 \\n @nl ^^<x> _:b @value "
    "null true 12 -1 - --- ... "
    "\x80\x85\x9f\xa0\xad\u200b\u200d\u200e\u2028\u2029\u202e\ufeff\ufffd\U0010ffff "
    "e\u0301 \u0130ı 日本 العربية 😀 👩‍👩‍👧 "
    "“”„‟«»‹›‚‘’"
)


def digests(folder: Path, out: Path, *, cwd: Path | None = None, **environment: str) -> str:
    """Return the SHA-256 of a corpus in each format, written by a process in an environment."""
    out.mkdir()
    command = [sys.executable, "-c", DIGESTS, str(folder), str(out)]
    done = subprocess.run(command, cwd=cwd, env=os.environ | environment, text=True, capture_output=True)
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout


@pytest.mark.parametrize("name", CORPORA)
def test_bytes_do_not_depend_on_the_hash_seed_the_locale_or_the_folder(name: str, tmp_path: Path) -> None:
    first = digests(CORPORA[name], tmp_path / "a", PYTHONHASHSEED="1")
    odd = {
        "LC_ALL": "C",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONUTF8": "0",
        "TZ": "Pacific/Kiritimati",
        "COLUMNS": "20",
    }
    assert digests(CORPORA[name], tmp_path / "b", cwd=tmp_path, PYTHONHASHSEED="2", **odd) == first
    # Another place, another order of directory entries, another time.
    copied = tmp_path / "elsewhere" / "copy"
    for file in sorted(CORPORA[name].rglob("*.*"), reverse=True):
        if file.is_file():
            to = copied / file.relative_to(CORPORA[name])
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, to)
            os.utime(to, (0, 0))
    inside = digests(Path(), tmp_path / "c", cwd=copied, PYTHONHASHSEED="3", LC_ALL="C.UTF-8")
    assert inside == first


def quoted(text: str) -> str:
    """Return a text as YAML and JSON both read it."""
    return re.sub(
        "[\x7f-\x9f\u2028\u2029\ufeff]", lambda odd: f"\\u{ord(odd[0]):04x}", json.dumps(text, ensure_ascii=False)
    )


def laid(folder: Path, text: str) -> Path:
    """Lay a corpus in which people wrote the text wherever they write: in YAML and in JSON Lines."""
    odd, words = quoted(text), f"Begin x{text}x eind"
    name = f"{{nl: {odd}, en: {quoted('x' + text)}}}"
    claim = (
        f"{{speaker: [a, b], words: {quoted(words)}, cue: zei, gist: {odd}, note: {name}, "
        f"said: {{edtf: 2020-02, why: {odd}}}, at: talk}}"
    )
    return lay(
        folder,
        {
            "corpus.yaml": CONFIG.replace("{en: A corpus}", name) + f"description: {odd}\ntext: full\n",
            "entities.yaml": f"a: {{type: Person, name: {odd}, also: [{quoted('y' + text)}], description: {odd}}}\n"
            f"b: {{type: Group, name: {name}, also: [{odd}]}}\n"
            f"c: {{type: Topic, name: {name}, description: {odd}}}\n",
            "one.txt": f"date 2020-03 {words}, zei A.",
            "one.claims.yaml": f"article: {{headline: {odd}}}\nclaims: {{c01: {claim}}}\n"
            f"occasions: {{talk: {{name: {name}, date: 2020-02}}}}\n"
            f"withdrawn: {{c02: {{on: 2020-03-01, why: {odd}}}}}\n",
            "two.jsonl": json.dumps(
                {
                    "article": {"id": "two", "published": "2020-03", "text": f"{words}, zei B.", "headline": text},
                    "claims": {"c01": {"speaker": "b", "words": words, "speaker_words": words, "about": "c"}},
                }
            ),
        },
    )


def graphs_of(folder: Path) -> list[Graph]:
    """Return the graphs of a corpus in which nothing is wrong."""
    findings: list[object] = []
    graphs = list(published(open_publication(folder).mapped_articles(), findings))  # type: ignore[arg-type]
    assert [finding for finding in findings if finding.severity == "violation"] == []  # type: ignore[attr-defined]
    return graphs


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", FORMATS)
def test_every_hostile_character_comes_back_from_every_format(name: str, tmp_path: Path) -> None:
    graphs = graphs_of(laid(tmp_path, EVERY))
    expected = meant(graphs, named=FORMATS[name].named_graphs)
    for read in readings(name, document(name, graphs)):
        assert read == expected


@settings(max_examples=30, deadline=None)
@given(texts.filter(str.strip), st.sampled_from(list(FORMATS)))
def test_whatever_people_write_is_read_validated_and_comes_back(text: str, name: str) -> None:
    with TemporaryDirectory() as folder:
        graphs = graphs_of(laid(Path(folder), text))
    assert read_by_oxigraph(name, document(name, graphs)) == meant(graphs, named=FORMATS[name].named_graphs)


@settings(max_examples=20, deadline=None)
@given(texts.filter(str.strip))
def test_a_name_is_published_as_it_was_written(text: str) -> None:
    with TemporaryDirectory() as folder:
        graphs = graphs_of(laid(Path(folder), text))
    names = {
        name for graph in graphs for node in graph.nodes for name in node.properties.get(SCHEMA.alternateName, ())
    }
    assert names == {plain(text), plain("y" + text)}
