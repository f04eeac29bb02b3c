"""The command: its help and examples, what it says where, and its exit statuses."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import types
from inspect import cleandoc
from pathlib import Path

import click
import pytest

import kg.cli
from kg.cli import COMMANDS, cli, run
from kg.pipeline.publication import open_publication, published
from support import SEEDS
from support.editing import edited

KG = [sys.executable, "-m", "kg"]
CLAIMS = "000_411f4785dd135aae.claims.yaml"
pytestmark = pytest.mark.usefixtures("seeds")


def commands() -> list[tuple[str, click.Command]]:
    """Return every command with its name."""
    context = click.Context(cli)
    found: list[tuple[str, click.Command]] = [("", cli)]
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        found.append((name, command))
    return found


ARTICLE = "000_411f4785dd135aae.claims.yaml"
# Options whose examples need what is not here.
ELSEWHERE = {
    "--spark": "a cluster: tests/pipeline/test_spark.py has one",
    "--watch": "somebody who saves a file",
    "kg annotate": "somebody who ends it: tests/desk does",
    "kg proposals --by": "proposals: tests/history/test_proposals.py has some",
    "kg import proposals": "a corpus with a program: tests/history/test_proposals_import.py has one",
    "kg merge": "two corpora that differ: tests/history/test_merging.py has some",
    "kg revise": "a corrected article: tests/history/test_revising.py has one",
    "kg serve": "somebody who ends it: tests/publish/test_serve_hosts.py does",
    "HEAD~1": "a repository: tests/history/test_states.py has one",
    "localhost": "a running store: tests/query/test_remote_load.py has some",
}


def examples() -> list[str]:
    """Return the examples of every command's help."""
    lines: list[str] = []
    for _, command in commands():
        block = (command.help or "").partition("Example:\n")[2]
        lines += [line.strip() for line in block.splitlines() if line.strip()]
    return [line for line in lines if not any(option in line for option in ELSEWHERE)]


def kg_process(*arguments: str, **settings: object) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run([*KG, *arguments], text=True, capture_output="stdout" not in settings, **settings)  # type: ignore[call-overload,no-any-return]


def test_every_command_shows_an_example() -> None:
    assert [name for name, command in commands() if "\b\nExample:\n" not in cleandoc(command.help or "")] == []


def test_every_command_is_listed_with_the_help_it_has() -> None:
    assert {name: command.get_short_help_str(100) for name, command in commands() if name} == COMMANDS


@pytest.mark.parametrize("example", examples())
def test_every_example_runs(example: str) -> None:
    Path("my-shapes").mkdir()
    Path("my-shapes/mine.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "[] sh:targetClass <http://schema.org/Person> ; sh:nodeKind sh:IRI .\n",
        encoding="utf-8",
    )
    lay_annotations()
    assert run(["export", "-o", "somebody-elses.ttl"]) == run(["export", "-o", "claims.nq"]) == run(["build"]) == 0
    command, *arguments = shlex.split(example.partition(" >>")[0])
    assert command == "kg"
    assert run(arguments) == 0


def lay_annotations() -> None:
    """Write what the examples of `kg import`, `kg agree` and `kg adjudicate` read, and an earlier state."""
    config = Path("seeds", "corpus.yaml")
    annotators = "annotators:\n  anna: {name: Anna}\n  ben: {name: Ben}\n"
    config.write_text(config.read_text().replace("annotators:\n", annotators, 1))
    for name in ("anna", "ben"):
        reading = Path("seeds", "readings", name)
        reading.mkdir(parents=True)
        written = Path("seeds", ARTICLE).read_text(encoding="utf-8")
        (reading / ARTICLE).write_text(written.replace("by: editors", f"by: {name}", 1), encoding="utf-8")
    shutil.copytree("seeds", "before")
    for folder in ("annotated", "articles"):
        Path(folder).mkdir()
        Path(folder, "news.txt").write_text("Ann: Yes.\n")
    Path("annotated/news.ann").write_text("T1\tContent 5 8\tYes\n")
    Path("quotes.csv").write_text("article,speaker,words\nnews,Ann,Yes\n")
    Path("export.json").write_text("[]")


def test_help_imports_nothing_slow() -> None:
    slow = "rdflib pyshacl pyoxigraph msgspec yaml kg.rdf.terms kg.formats"
    code = (
        "import sys, kg.cli; status = kg.cli.run(sys.argv[1:]);"
        f"sys.exit(str([name for name in {slow.split()} if name in sys.modules]) if not status else status)"
    )
    done = subprocess.run([sys.executable, "-c", code, "--help"], text=True, capture_output=True)
    assert (done.stderr, done.returncode) == ("[]\n", 1)


@pytest.mark.parametrize("command", ["export", "validate", "site"])
def test_a_spreadsheet_instead_of_a_corpus_is_imported_first(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "quotes.csv"
    table.write_text("words\nYes\n")

    assert run([command, str(table)]) == 2
    assert capsys.readouterr().err == (
        f"kg: {table}: this is a spreadsheet. Make a corpus of it: kg import csv {table} -o FOLDER\n"
    )


def test_a_file_instead_of_the_folder_of_a_corpus_is_said_to_be_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "export.json"
    file.write_text("[]")

    assert run(["export", str(file)]) == 2
    assert capsys.readouterr().err == f"kg: {file}: this is a file. Name the folder that has your corpus.yaml.\n"


def test_help_lists_every_command() -> None:
    listed = re.findall(r"^  (\w+) +(.+)$", kg_process("--help").stdout.partition("Annotate:\n")[2], re.MULTILINE)
    assert listed == list(COMMANDS.items())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["exprot"], "There is no command `exprot`: did you mean `export`?"),
        (["frobnicate"], f"There is no command `frobnicate`: there are {', '.join(COMMANDS)}."),
        (
            ["export", "nowhere"],
            "kg: nowhere: there is no such folder. Name the folder that has your corpus.yaml.",
        ),
        (["export", "."], "kg: .: there is no corpus.yaml in it. Name the folder that has your corpus.yaml."),
        (
            ["load", "localhost:7878", "seeds"],
            "kg: localhost:7878: the URL of a store must begin with http:// or https://: did you mean "
            "http://localhost:7878?\n",
        ),
        (
            ["export", "seeds", "-f", "tutrle"],
            "The format must be one of ttl, nt, nq, trig, jsonld, rdfxml, web-annotation, csv, claimreview, "
            "not 'tutrle'. Did you mean `ttl`?",
        ),
        (["export", "seeds", "-o", "x.docx"], "The name of the file must end in one of .ttl"),
        (["export", "--unknown"], "No such option"),
        (["validate", "-"], "What comes from stdin must have its format named: give --input-format."),
        (
            ["validate", "nowhere"],
            "kg: nowhere: there is no such file or folder. Name the folder that has your corpus.yaml, or an RDF "
            "file.\n",
        ),
        *(
            (
                ["validate", file],
                f"kg: {file}: a file of a corpus is checked with all others. Name the folder that has "
                "corpus.yaml: kg validate seeds\n",
            )
            for file in (f"seeds/{CLAIMS}", "seeds/corpus.yaml", "seeds/entities.yaml")
        ),
        (
            ["validate", str(SEEDS.parent / "LICENSE")],
            "LICENSE'. Or name the format with --input-format.\n",
        ),
        (["load", "x.store", str(SEEDS.parent / "LICENSE")], "LICENSE'.\n"),
        (["schema"], "Name a file (corpus, entities, claims, reading, line)"),
        (["completion", "tcsh"], "'tcsh' is not one of"),
        (["query", "said-bye"], "There is no question `said-bye`: did you mean"),
    ],
)
def test_wrong_usage_says_what_to_do_and_ends_with_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert (out, said in err) == ("", True), err


def test_wrong_data_ends_with_1_and_is_shown_on_stderr(seeds: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited(seeds / CLAIMS, "speaker: macron", "speaker: micron")
    assert run(["export"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"seeds/{CLAIMS}:") and "[unknown-reference]" in err  # noqa: PT018


def test_a_file_that_is_not_there_ends_with_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "nowhere.ttl"]) == 3
    said = "it cannot be read: No such file or directory: check the name and its folder"
    assert capsys.readouterr() == ("", f"kg: nowhere.ttl: {said}\n")


def test_a_file_that_cannot_be_written_ends_with_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export", "-o", "nowhere/x.ttl"]) == 3
    said = "it could not be written: No such file or directory: check the name and its folder"
    assert capsys.readouterr() == ("", f"kg: nowhere/x.ttl: {said}\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    "arguments", [["export", str(SEEDS)], ["formats"], ["schema", "line"], ["validate", str(SEEDS)]]
)
def test_a_full_disk_ends_with_3(arguments: list[str]) -> None:
    if arguments[0] == "validate":
        arguments = [*arguments, "-f", "json"]
    with open("/dev/full", "wb") as full:
        done = kg_process(*arguments, stdout=full, stderr=subprocess.PIPE)
    said = "kg: No space left on device: free space on the disk"
    assert (done.stderr.splitlines()[-1:], done.returncode) == ([said], 3)


@pytest.mark.parametrize(("closed", "said"), [(">&-", "kg: stdout and stderr must be open, "), ("2>&-", "")])
def test_a_closed_output_ends_with_3(closed: str, said: str, seeds: Path) -> None:
    command = f'"{sys.executable}" -m kg export "{seeds}" -f nt {closed}'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr[: len(said)]) == (3, "", said)


def test_a_fault_of_ours_ends_with_70_and_a_traceback_only_for_debug(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command()
    def command() -> None:
        raise ZeroDivisionError("division by zero")

    broken = types.ModuleType("kg.cli.broken")
    broken.command = command  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "kg.cli.broken", broken)
    monkeypatch.setitem(kg.cli.COMMANDS, "broken", "Fails.")
    assert run(["broken"]) == 70
    assert capsys.readouterr() == (
        "",
        "kg: a fault of kg itself (ZeroDivisionError: division by zero): please report it.\n"
        "    `kg --debug …` shows where it happened.\n",
    )
    with pytest.raises(ZeroDivisionError):
        run(["--debug", "broken"])


def test_an_interrupt_ends_with_130() -> None:
    reader = subprocess.Popen(
        [*KG, "validate", "-", "--input-format", "nt"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert reader.stdin is not None
    reader.stdin.write(b"# a comment that fills the pipe until somebody reads it\n" * 20_000)
    reader.stdin.flush()
    reader.send_signal(signal.SIGINT)
    out, err = reader.communicate()
    assert (out, err, reader.returncode) == (b"", b"kg: interrupted\n", 130)


def test_a_reader_that_has_seen_enough_ends_it_with_141_and_silently() -> None:
    writer = subprocess.Popen(
        [*KG, "export", str(SEEDS), "-f", "nt"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert writer.stdout is not None
    assert writer.stderr is not None
    assert writer.stdout.readline().startswith(b"<https://kg.example/article/")
    writer.stdout.close()
    assert (writer.stderr.read(), writer.wait()) == (b"", 141)
    writer.stderr.close()


def test_data_is_on_stdout_and_all_else_on_stderr(seeds: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited(seeds / "entities.yaml", "name: {nl: Rusland, en: Russia}", "name: {nl: Frankrijk, en: Russia}")
    assert run(["export", "-f", "nt"]) == 0
    out, err = capsys.readouterr()
    assert {line[-2:] for line in out.splitlines()} == {" ."}
    assert err.startswith("seeds/entities.yaml:72:14: warning: ")


def test_quiet_says_only_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--quiet", "validate"]) == 0
    assert capsys.readouterr() == ("", "")


def test_fail_on_decides_what_ends_with_1(seeds: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited(seeds / "entities.yaml", "name: {nl: Rusland, en: Russia}", "name: {nl: Frankrijk, en: Russia}")
    statuses = [run(["validate", "--fail-on", severity]) for severity in ("violation", "warning", "info")]
    assert (statuses, capsys.readouterr().err) == (
        [0, 1, 1],
        "1 warning in 1 file: 1 article, 28 claims checked\n" * 3,
    )


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colour_is_for_terminals_whose_users_want_it(
    environment: dict[str, str], coloured: bool, seeds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pty = pytest.importorskip("pty", reason="needs a terminal")
    edited(seeds / CLAIMS, "speaker: macron", "speaker: micron")
    for name in ("NO_COLOR", "TERM", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"TERM": "xterm"} | environment).items():
        monkeypatch.setenv(name, value)
    ours, theirs = pty.openpty()
    done = subprocess.Popen([*KG, "validate"], stdout=theirs, stderr=subprocess.DEVNULL)
    os.close(theirs)
    shown = b""
    while not shown.count(b"^"):
        shown += os.read(ours, 4096)
    done.wait()
    os.close(ours)
    assert (b"\x1b[" in shown) == coloured


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_the_shell(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0
    assert "_KG_COMPLETE" in capsys.readouterr().out


def test_the_shell_is_told_the_commands() -> None:
    told = os.environ | {"_KG_COMPLETE": "bash_complete", "COMP_WORDS": "kg ex", "COMP_CWORD": "1"}
    assert kg_process(env=told).stdout == "plain,export\n"


def test_formats_lists_each_format(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["formats"]) == 0
    assert [re.split("  +", line) for line in capsys.readouterr().out.splitlines()] == [
        ["NAME", "SUFFIX", "MEDIA TYPE", "GRAPHS", "OTHER NAMES"],
        ["ttl", ".ttl", "text/turtle", "merged", "turtle"],
        ["nt", ".nt", "application/n-triples", "merged", "ntriples, n-triples"],
        ["nq", ".nq", "application/n-quads", "named", "nquads, n-quads"],
        ["trig", ".trig", "application/trig", "named"],
        ["jsonld", ".jsonld", "application/ld+json", "merged", "json-ld, json"],
        ["rdfxml", ".rdf", "application/rdf+xml", "merged", "rdf/xml, rdf-xml, rdf, xml, owl"],
        [
            "web-annotation",
            ".anno.jsonld",
            'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"',
            "none",
            "web-annotations, webannotation, anno, anno.json",
        ],
        ["csv", ".csv", "text/csv", "none"],
        ["claimreview", ".claimreview.json", "application/json", "none", "claim-review, claimreview.jsonld"],
    ]


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"kg, version {kg.__version__}\n"


def test_the_corpus_is_here_or_in_seeds(
    seeds: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", "-f", "nq"]) == 0
    there = capsys.readouterr().out
    monkeypatch.chdir(seeds)
    assert run(["export", "-f", "nq"]) == 0
    assert capsys.readouterr().out == there


def test_the_library_gives_what_the_command_writes(seeds: Path) -> None:
    findings: list[kg.Finding] = []
    graphs = list(published(open_publication(seeds).mapped_articles(), findings))
    assert findings == []
    assert [graph.iri.rpartition("/")[2] for graph in graphs] == ["000_411f4785dd135aae>", "entities>", "dataset>"]


def test_a_second_interruption_ends_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("click.echo", interrupted)

    assert run(["formats"]) == 130
