"""What `kg annotate` says before it serves anything."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from kg.cli import run
from support.desks import CLAIMS, TEXT, new_corpus


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    new_corpus(tmp_path / "other", x=(TEXT, None))
    return new_corpus(tmp_path / "corpus", a=(TEXT, CLAIMS))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere: there is no such folder."),
        (["corpus/b.txt"], "corpus/b.txt: there is no such file: name the text of an article"),
        (["corpus", "corpus/a.txt"], "corpus: an article must be a text file, this is a folder"),
        (["corpus/a.txt", "other/x.txt"], "The articles must be of one corpus, these are of several"),
        (["lone.txt"], "lone.txt: an article must be in a corpus"),
        (["lines"], "lines: no article here can be annotated: it must be a text `NAME.txt`"),
    ],
)
def test_what_cannot_be_annotated_is_said(
    corpus: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    (corpus.parent / "lone.txt").write_text(TEXT, encoding="utf-8")
    (new_corpus(corpus.parent / "lines") / "all.jsonl").write_text(
        '{"article": {"id": "a", "text": "date 2020 A."}}\n', encoding="utf-8"
    )

    assert run(["annotate", "--no-browser", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_a_port_that_is_taken_is_said(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run(["annotate", "--no-browser", "--port", str(port), str(corpus)]) == 3

    assert f"127.0.0.1:{port} cannot be served on: " in (said := capsys.readouterr().err)
    assert said.endswith("Name another --port, or none.\n")


def test_wrong_entities_are_shown_at_their_line(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (corpus / "entities.yaml").write_text("berg: {type: Robot, name: Berg}\n", encoding="utf-8")

    assert run(["annotate", "--no-browser", str(corpus)]) == 1
    assert "entities.yaml:1:14: " in capsys.readouterr().err
