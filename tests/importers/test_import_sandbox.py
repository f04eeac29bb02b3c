"""A foreign file is read by a process of its own: whatever that does, there is a clear error, and nothing hangs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kg import plugins
from kg.errors import CorpusError, FileError, Finding, KgError, Place, UsageError
from kg.importers.core import sandbox
from kg.importers.core.documents import AnnotatedText, Item, LabelledSpan, Skipped
from kg.importers.core.mapping import Mapping
from kg.importers.core.sandbox import ChosenMapping, ReadRequest, read_items
from kg.text.spans import Span
from support.plugin_packages import add_package

# A package that adds an importer, as anybody's may.
MODULE = """
import os
import sys, signal, sys, time
from kg.errors import *
from kg.importers.core.documents import *
from kg.importers.core.mapping import Mapping
from kg.plugins import hookimpl
from kg.text.spans import Span

DESCRIPTION = "for tests"
AT = Place("x", 3, 4)

@hookimpl
def kg_importers():
    return {"for-tests": sys.modules[__name__]}

def preset(source):
    return Mapping(spans={"Said": "words"})

def read(source, mapping, texts):
    what = source.name
    if what == "good":
        print("readers may print")
        yield AnnotatedText("a", "Ja.", AT, (LabelledSpan("T1", "Said", (Span(0, 2),), AT, "Ja"),))
        yield Skipped("span", "T2", "why", AT, 3)
    elif what == "halves":
        yield AnnotatedText("a", "\\ud83d", AT)
        yield Skipped("span", "\\ud83d", "why", AT)
    elif what == "wrong":
        raise CorpusError([Finding("violation", "must be so", "a-rule", AT, "detail")])
    elif what == "unreadable":
        raise FileError("x: cannot be read")
    elif what == "wanting":
        raise UsageError("x: needs y")
    elif what == "large":
        yield AnnotatedText("a", "x" * 500_000_000, AT)
    elif what == "killed":
        yield AnnotatedText("a", "Ja.", AT)
        os.kill(os.getpid(), signal.SIGKILL)
    elif what == "deep":
        def down(): return down()
        down()
    elif what == "dull":
        for _ in range(3):
            time.sleep(1.2)
            yield Heartbeat()
        yield AnnotatedText("a", "Ja.", AT)
    elif what == "calling":
        import socket
        socket.create_connection(("127.0.0.1", 9), timeout=5)
    elif what == "named":
        yield AnnotatedText("a", "Ja.", Place("\\udcff.ann", 1, 1))
    elif what == "slow":
        yield AnnotatedText("a", "Ja.", AT)
        time.sleep(100)
    elif what == "faulty":
        raise KeyError("a fault")
    elif what == "missing":
        open("there-is-no-such-file")
"""
AT = Place("x", 3, 4)
JA = AnnotatedText("a", "Ja.", AT, (LabelledSpan("T1", "Said", (Span(0, 2),), AT, "Ja"),))


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = tmp_path / "packages"
    add_package(packages, "test_importer", MODULE, "[kg]\nfor-tests = test_importer\n")
    monkeypatch.syspath_prepend(packages)
    monkeypatch.chdir(tmp_path)
    plugins.installed.cache_clear()


def read(what: str, mapping: Mapping | None = None) -> list[ChosenMapping | Item]:
    return list(read_items(ReadRequest("for-tests", what, "", mapping, 100_000_000)))


def test_an_importer_of_another_package_reads_with_its_own_mapping() -> None:
    assert read("good") == [
        ChosenMapping(Mapping(spans={"Said": "words"})),
        JA,
        Skipped("span", "T2", "why", AT, 3),
    ]


def test_a_mapping_that_is_given_is_read_with() -> None:
    mapping = Mapping(spans={"Other": "cue"}, values={"act": {"x": "asks"}})

    assert read("good", mapping)[0] == ChosenMapping(mapping)


def test_half_a_character_is_reported_and_does_not_end_the_reading() -> None:
    why = "it has half of a character in it (a lone surrogate): write it whole"

    assert read("halves")[1:] == [Skipped("article", "?", why, AT), Skipped("span", "?", why, AT)]


def test_what_is_wrong_with_a_file_arrives_as_findings() -> None:
    with pytest.raises(CorpusError) as caught:
        read("wrong")

    assert caught.value.findings == (Finding("violation", "must be so", "a-rule", AT, "detail"),)


@pytest.mark.parametrize(
    ("what", "kind", "message"),
    [
        ("unreadable", FileError, "x: cannot be read"),
        ("wanting", UsageError, "x: needs y"),
        (
            "missing",
            FileError,
            "missing: it cannot be read: No such file or directory (there-is-no-such-file): check the name and its "
            "folder",
        ),
        (
            "large",
            FileError,
            "large: a document of it needs more than 100 MB of memory: split it, or allow more with `--memory`",
        ),
        (
            "deep",
            FileError,
            "deep: it nests deeper than can be read: write it flatter",
        ),
        (
            "killed",
            FileError,
            "killed: its reader was killed from outside, most often for want of memory: try again",
        ),
        ("faulty", FileError, "faulty: its reader failed, please report it: KeyError: 'a fault'"),
    ],
)
def test_whatever_a_reader_does_there_is_one_clear_error(what: str, kind: type[KgError], message: str) -> None:
    with pytest.raises(kind) as caught:
        read(what)

    assert str(caught.value) == message


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can refuse sockets")
def test_a_reader_reaches_no_network() -> None:
    with pytest.raises(FileError, match="calling: Permission denied"):
        read("calling")


@pytest.mark.slow
def test_a_reader_that_says_it_is_alive_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "PATIENCE", 2.0)

    assert read("dull") == [ChosenMapping(Mapping(spans={"Said": "words"})), AnnotatedText("a", "Ja.", AT)]


@pytest.mark.parametrize("what", ["named", "\udcff.csv"])
def test_a_file_whose_name_is_no_utf_8_is_reported(what: str) -> None:
    with pytest.raises(FileError) as raised:
        read(what)

    assert str(raised.value).endswith(": a file must have a name in UTF-8, this one has not: rename it")


def test_a_reader_that_comes_to_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "PATIENCE", 1.0)

    with pytest.raises(FileError, match="slow: for 1 seconds nothing more could be read: split the file"):
        read("slow")
