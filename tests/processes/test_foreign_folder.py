"""No process that kg starts imports a module from the current folder: it may be a stranger's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from kg.processes.child import command
from support import SEEDS
from support.corpora import lay
from support.spark_cluster import why_no_spark

KG = str(Path(sys.executable).with_name("kg"))
PACKAGES = ("kg", "msgspec", "pyoxigraph", "click", "yaml", "numpy", "rdflib", "sitecustomize", "usercustomize")
ANNOTATIONS = "T1\tClaim 0 5\tWords\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a corpus with a module beside it for each name that could be imported; each leaves a trace."""
    folder = tmp_path / "corpus"
    shutil.copytree(SEEDS, folder)
    plant(folder, tmp_path / "trace")
    (tmp_path / "brat").mkdir()
    (tmp_path / "brat" / "a.txt").write_text("Words here.")
    (tmp_path / "brat" / "a.ann").write_text(ANNOTATIONS)
    plant(tmp_path / "brat", tmp_path / "trace")
    return folder


def plant(folder: Path, trace: Path) -> None:
    for name in (*sys.stdlib_module_names, *PACKAGES):
        (folder / f"{name}.py").write_text(f"open({str(trace)!r}, 'a').write({name + ' '!r})\n")


def traces(folder: Path) -> str:
    trace = folder.parent / "trace"
    return trace.read_text() if trace.exists() else ""


def run(folder: Path, *arguments: str, python: tuple[str, ...] = ()) -> int:
    # Without PYTHONSAFEPATH, which would hide the fault.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run([*(python or (KG,)), *arguments], cwd=folder, env=environment, capture_output=True)
    sys.stderr.write(done.stderr.decode())
    return done.returncode


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ["export", ".", "--jobs", "2", "-o", "../out.ttl"],
        ["validate", ".", "--jobs", "2"],
        ["query", "--corpus", ".", "-e", "ASK { ?a ?b ?c }"],
        ["site", ".", "-o", "../site", "--jobs", "2"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_command_runs_no_module_of_the_corpus(folder: Path, arguments: list[str]) -> None:
    assert (run(folder, *arguments), traces(folder)) == (0, "")


def test_an_import_runs_no_module_of_the_source(folder: Path) -> None:
    status = run(folder.parent / "brat", "import", "brat", ".", "-o", "../imported")
    assert (status, traces(folder)) == (0, "")


@pytest.mark.slow
def test_a_query_of_a_store_runs_no_module_beside_it(folder: Path) -> None:
    assert run(folder, "load", "../store", ".") == 0
    assert (run(folder, "query", "--store", "../store", "-e", "ASK { ?a ?b ?c }"), traces(folder)) == (0, "")


@contextmanager
def server(folder: Path) -> Iterator[str]:
    command = [KG, "serve", ".", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            yield next(word for line in process.stderr for word in line.split() if word.startswith("http://127"))
        finally:
            process.terminate()


@pytest.mark.slow
def test_a_server_runs_no_module_of_the_corpus(folder: Path) -> None:
    with server(folder) as url:
        connection = HTTPConnection(urlsplit(url).netloc)
        connection.request("GET", "/sparql?query=" + quote("ASK { ?a ?b ?c }"))
        status = connection.getresponse().status
    assert (status, traces(folder)) == (200, "")


@pytest.mark.skipif(bool(why_no_spark()), reason=why_no_spark())
@pytest.mark.slow
def test_spark_runs_no_module_of_the_corpus(tmp_path: Path) -> None:
    article = {"article": {"id": "n/a1", "text": "date 2020-02 Ja."}, "claims": {}}
    folder = lay(tmp_path / "corpus", {"x.jsonl": json.dumps(article)})
    plant(folder, tmp_path / "trace")
    arguments = ["export", ".", "--spark", "local[2]", "-o", "../out", "-f", "nq"]
    assert (run(folder, *arguments), traces(folder)) == (0, "")


def test_python_m_runs_no_module_of_the_corpus_once_kg_has_started(folder: Path) -> None:
    """What Python needs to find and start `kg`, it looks for in the current folder itself."""
    for file in folder.glob("*.py"):
        if file.stem not in ("multiprocessing", "pickle", "json", "msgspec", "click", "yaml", "subprocess", "ssl"):
            file.unlink()
    status = run(folder, "validate", ".", "--jobs", "2", python=(sys.executable, "-m", "kg"))
    assert (status, traces(folder)) == (0, "")


def test_a_script_starts_no_process_that_imports_from_the_current_folder(folder: Path) -> None:
    """As in a notebook: what the script itself imports is its own affair."""
    script = (
        "import sys; sys.path.remove(''); import os, subprocess, tempfile\n"
        "from kg.processes.pool import worker_pool\n"
        "sys.path.insert(0, '')\n"
        "with worker_pool(1) as pool: assert list(pool.in_order(os.path.basename, [('a/b',)])) == ['b']"
    )
    assert (run(folder, python=(sys.executable, "-c", script)), traces(folder)) == (0, "")


def test_a_child_gets_the_import_path_without_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", str(tmp_path), ".", "/elsewhere"])
    assert command("kg.x:y")[5:-1] == ["/elsewhere"]
