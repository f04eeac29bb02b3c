"""Who is measured, and by which command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

from bench.case import Case
from bench.equality import Normal, as_written, iris_decoded, moments_in_z

RESULTS = "results.json"
IN_Z = "writes the `Z` of a moment as `+00:00`; compared after writing it back"
DECODED = (
    "percent-encodes `/`, `?`, `#` and `&` in IRIs that are objects, compared after decoding them; it also trims "
    "texts and writes `'` as `\\\\'` and a year as `2018.0`"
)
PEERS = Path(__file__).resolve().parent / "peers"
Command = Callable[[Path, Case], list[str]]
"""Makes a command from the folder of an environment's programs and a case."""


class Contender(NamedTuple):
    """A tool with a task; `output` is the file of the case that its command writes.

    `validated` says whether what it writes is validated; `normal` is applied to its terms before they are compared,
    `caveat` says why.
    """

    name: str
    environment: str
    task: Literal["write", "validate"]
    command: Command
    output: str
    validated: bool = False
    normal: Normal = as_written
    caveat: str = ""


def contenders(*, jobs: bool) -> list[Contender]:
    """Return all contenders in the order in which they alternate; `jobs` tells whether `kg export` has `--jobs`."""
    return [*_kg(jobs), *_writers(), *_validators()]


def _kg(jobs: bool) -> list[Contender]:
    found = []
    one, two = (("--jobs", "1"), ("--jobs", "2")) if jobs else ((), ())
    for name, corpus, form, options in (
        ("kg, YAML to Turtle", "yaml", "ttl", one),
        ("kg, JSONL to Turtle", "jsonl", "ttl", one),
        ("kg, JSONL to N-Triples", "jsonl", "nt", one),
        ("kg, JSONL to N-Triples, not validated", "jsonl", "nt", (*one, "--no-validate")),
    ):
        found.append(_exporter(name, corpus, form, options))
    if jobs:
        found.append(_exporter("kg, YAML to Turtle, two jobs", "yaml", "ttl", two))
        found.append(_exporter("kg, JSONL to Turtle, two jobs", "jsonl", "ttl", two))
        found.append(_exporter("kg compiled, JSONL to Turtle", "jsonl", "ttl", one, "kg-compiled"))
        found.append(_exporter("kg compiled, JSONL to Turtle, two jobs", "jsonl", "ttl", two, "kg-compiled"))
    return found


def _exporter(name: str, corpus: str, form: str, options: tuple[str, ...], environment: str = "kg") -> Contender:
    output = f"{name.lower().replace(',', '').replace(' ', '-')}.{form}"

    def command(programs: Path, case: Case) -> list[str]:
        return [str(programs / "kg"), "export", str(case / corpus), "-o", str(case / output), *options]

    return Contender(name, environment, "write", command, output, "--no-validate" not in options)


def _writers() -> list[Contender]:
    return [
        Contender("PyYAML + rdflib + pySHACL", "naive", "write", _naive, "naive.ttl", True, moments_in_z, IN_Z),
        Contender("Morph-KGC, one process", "morph-kgc", "write", _morph_kgc(1), "morph-kgc-1.nt"),
        Contender("Morph-KGC, two processes", "morph-kgc", "write", _morph_kgc(2), "morph-kgc-2.nt"),
        _maplib("maplib to N-Triples", "maplib.nt", "ntriples"),
        _maplib("maplib to Turtle", "maplib.ttl", "turtle"),
        Contender(
            "SDM-RDFizer",
            "sdm-rdfizer",
            "write",
            _sdm_rdfizer,
            "sdm-rdfizer.nt",
            normal=iris_decoded,
            caveat=DECODED,
        ),
    ]


def _validators() -> list[Contender]:
    return [
        Contender("kg's shapes", "kg", "validate", _validator("kg_validate.py", "nq"), RESULTS),
        Contender("pySHACL", "naive", "validate", _validator("pyshacl_validate.py"), RESULTS),
        Contender(
            "pyshacl-turbo",
            "pyshacl-turbo",
            "validate",
            _validator("pyshacl_validate.py", extra="turbo"),
            RESULTS,
        ),
        Contender("shacl (Rust)", "shacl", "validate", _validator("rust_validate.py", extra="shacl"), RESULTS),
        Contender(
            "shacl-rust (Rust)",
            "shacl-rust",
            "validate",
            _validator("rust_validate.py", extra="shacl_rust"),
            RESULTS,
        ),
    ]


def _naive(programs: Path, case: Case) -> list[str]:
    output = case / "naive.ttl"
    return [*_peer(programs, "naive.py"), *map(str, (case / "nodes", case / "shapes.ttl", output))]


def _morph_kgc(processes: int) -> Command:
    return lambda programs, case: [
        *(str(programs / "python"), "-m", "morph_kgc"),
        str(case / "tables" / f"morph-kgc-{processes}.ini"),
    ]


def _maplib(name: str, output: str, form: str) -> Contender:
    def command(programs: Path, case: Case) -> list[str]:
        return [*_peer(programs, "maplib_tables.py"), str(case / "tables"), str(case / output), form]

    return Contender(name, "maplib", "write", command, output, normal=moments_in_z, caveat=IN_Z)


def _sdm_rdfizer(programs: Path, case: Case) -> list[str]:
    return [str(programs / "python"), "-m", "rdfizer", "-c", str(case / "tables" / "sdm-rdfizer.ini")]


def _validator(script: str, graph: str = "nt", extra: str = "") -> Command:
    """Return the command of a validator; it writes focus nodes, paths and components into `results.json`."""
    return lambda programs, case: [
        *_peer(programs, script),
        *(str(case / f"{case.graph}.{graph}"), str(case / "shapes.ttl"), str(case / RESULTS)),
        *((extra,) if extra else ()),
    ]


def _peer(programs: Path, script: str) -> list[str]:
    return [str(programs / "python"), str(PEERS / script)]
