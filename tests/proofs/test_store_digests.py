"""After each random edit of a corpus, every digest in four running stores is that of the triples there."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from kg.cli import run
from kg.query.remote_store import StoreAddresses, connect
from kg.query.verification import verify_remote
from support.edited_corpus import EditedCorpus
from support.edited_values import CONFIG
from support.triple_servers import KINDS, Server

pytestmark = pytest.mark.slow

BASES = CONFIG["base"].right


def test_every_digest_verifies_after_each_edit(
    tmp_path: Path,
    servers: Callable[[str], Server],
    monkeypatch: pytest.MonkeyPatch,
    rounds: Callable[[int, int], int],
    show_figure: Callable[[str], None],
) -> None:
    """Before every tenth load the corpus moves to another base, which empties the old one."""
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))
    corpus = EditedCorpus(tmp_path / "corpus", Random(11))
    loads = graphs = 0
    bases = []
    while loads < rounds(3, 100):
        base = write(corpus)
        # An edit may be a mistake, which is never loaded: then the next ones follow.
        if run(["-q", "validate", str(corpus.folder), "--fail-on", "violation"]) == 0:
            graphs += sum(verified(servers(kind), corpus.folder, base, monkeypatch) for kind in KINDS)
            loads += 1
            bases.append(base)
            if loads % 10 == 1:
                (corpus.config["base"],) = [each for each in BASES if each != base]
        corpus.edit()
    moves = sum(one != other for one, other in pairwise(bases))
    show_figure(
        f"{loads} loads after {len(corpus.log)} random edits ({moves} moved the corpus) into {len(KINDS)} stores: "
        f"{graphs} digests recomputed, 0 differ"
    )


def write(corpus: EditedCorpus) -> str:
    """Write a corpus that names each base as an earlier one of the other, and return its base."""
    corpus.write()
    file = corpus.folder / "corpus.yaml"
    settings = json.loads(file.read_bytes())
    settings["moved_from"] = [each for each in BASES if each != settings["base"]]
    file.write_text(json.dumps(settings))
    return str(settings["base"])


def verified(server: Server, folder: Path, base: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Load a corpus, verify the store, and return how many graphs it has."""
    for name in ("KG_USER", "KG_PASSWORD"):
        monkeypatch.setenv(name, server.login.get(name, ""))
    assert (server.kind, run(["-q", "load", server.url, str(folder), "--delete"])) == (server.kind, 0)
    with connect(server.url, None, 60, StoreAddresses()) as store:
        found = verify_remote(store, server.url)
        assert (server.kind, [*store.bases()], found.findings) == (server.kind, [base], [])
    return found.graphs
