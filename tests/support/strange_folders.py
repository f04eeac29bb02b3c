"""Folders as strangers might send them, each a corpus with something that waits to be run, followed or unpacked.

`outside` is a folder beside them whose files nobody may read. Code that is run adds a file to `ran`.
"""

from __future__ import annotations

import gzip
import io
import os
import shutil
import socket
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from backports import zstd

from support import SEEDS

SECRET = "PASSWORD-7f3a"
SUFFIXES = (
    ".txt",
    ".claims.yaml",
    ".jsonl",
    ".jsonl.gz",
    ".yml",
    ".csv",
    ".json",
    ".ann",
    ".xml",
    ".tsv",
    ".xmi",
    ".xlsx",
    ".ttl",
    ".nq",
)
FILES = (
    "corpus.yaml",
    "entities.yaml",
    "a.claims.yaml",
    "extra/a.ttl",
    "dist/SHA256SUMS",
    "dist/kg.nq",
    "kg-store.json",
    "manifest.json",
)
DEPENDENCIES = (
    "kg",
    "click",
    "yaml",
    "_yaml",
    "msgspec",
    "httpx",
    "jinja2",
    "rdflib",
    "pyoxigraph",
    "pyshacl",
    "pluggy",
    "backports",
    "zstandard",
)


class Place(NamedTuple):
    """The folder to fill, the folder whose files must not be read, and the one that shows what ran."""

    folder: Path
    outside: Path
    ran: Path

    @property
    def code(self) -> str:
        return f"import pathlib; pathlib.Path({str(self.ran)!r}, __name__).touch()\n"

    def write(self, name: str, content: str | bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def link(self, name: str, target: str | Path) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(path, ignore_errors=True)
        path.unlink(missing_ok=True)
        path.symlink_to(target)


def standard_modules(place: Place) -> None:
    for name in sys.stdlib_module_names:
        place.write(f"{name}.py", place.code)


def standard_packages(place: Place) -> None:
    for name in sys.stdlib_module_names:
        place.write(f"{name}/__init__.py", place.code)


def dependencies(place: Place) -> None:
    for name in DEPENDENCIES:
        place.write(f"{name}.py", place.code)
        place.write(f"{name}/__init__.py", place.code)
        place.write(f"{name}/__main__.py", place.code)


def start_files(place: Place) -> None:
    for name in ("sitecustomize", "usercustomize", "conftest", "setup", "__init__", "__main__", "noxfile", "tasks"):
        place.write(f"{name}.py", place.code)


def path_files(place: Place) -> None:
    for folder in (".", "lib/python3.11/site-packages", "site-packages", ".venv/lib/python3.11/site-packages"):
        place.write(f"{folder}/a.pth", place.code)
    place.write("pyvenv.cfg", "home = .\ninclude-system-site-packages = true\n")
    place.write("python311._pth", ".\nimport site\n")


def configurations(place: Place) -> None:
    command = f"touch {place.ran}/shell"
    place.write(
        "pyproject.toml",
        f"[tool.kg]\nplugins = ['a']\n[build-system]\nrequires = []\nbuild-backend = 'setup'\n# {command}\n",
    )
    for name in (
        "setup.cfg",
        "tox.ini",
        "pytest.ini",
        ".env",
        ".envrc",
        ".bashrc",
        "pip.conf",
        ".netrc",
        "Makefile",
        ".npmrc",
    ):
        place.write(name, f"[global]\nall:\n\t{command}\nKG_PLUGINS=a\nPYTHONSTARTUP=setup.py\n")


def compiled(place: Place) -> None:
    for name in ("_json", "yaml", "kg", "msgspec/_core"):
        for suffix in (".so", ".cpython-311-x86_64-linux-gnu.so", ".abi3.so", ".pyc", ".pyd", ".dll"):
            place.write(f"{name}{suffix}", b"\x7fELF not a library")
        place.write(f"__pycache__/{name}.cpython-311.pyc", b"\x00" * 64)


def links_out(place: Place) -> None:
    for suffix in SUFFIXES:
        place.link(f"out{suffix}", place.outside / "secret")


def links_for_files(place: Place) -> None:
    for name in FILES[1:]:
        place.link(name, place.outside / "secret")


def links_to_the_system(place: Place) -> None:
    for suffix in SUFFIXES:
        for n, target in enumerate(
            ("/proc/self/environ", "/proc/self/mem", "/etc/shadow", "/dev/mem", "/proc/kcore")
        ):
            place.link(f"system{n}{suffix}", target)


def links_in_circles(place: Place) -> None:
    for suffix in SUFFIXES:
        place.link(f"one{suffix}", f"two{suffix}")
        place.link(f"two{suffix}", f"one{suffix}")
    place.link("deeper/here", "..")
    place.link("entities", ".")


def linked_folders(place: Place) -> None:
    for name in ("more", "extra", "entities", "dist", "shapes", "texts"):
        place.link(name, place.outside)


def pipes(place: Place) -> None:
    for suffix in SUFFIXES:
        os.mkfifo(place.folder / f"pipe{suffix}")


def pipes_for_files(place: Place) -> None:
    for name in FILES[1:]:
        path = place.folder / name
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        os.mkfifo(path)


def devices(place: Place) -> None:
    for n, target in enumerate(("zero", "urandom", "full", "tty", "stdin")):
        for suffix in SUFFIXES:
            place.link(f"device{n}{suffix}", f"/dev/{target}")


def sockets(place: Place) -> None:
    # The path at which a socket is made must be short.
    with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{short}/socket")
        for suffix in SUFFIXES:
            os.link(f"{short}/socket", place.folder / f"socket{suffix}")


def zip_bombs(place: Place) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.jsonl", "admin.jsonl", "xl/workbook.xml", "[Content_Types].xml", "../../outside/secret"):
            archive.writestr(name, b"0" * 30_000_000)
    for name in ("a.zip", "a.xlsx", "a.jsonl.zip"):
        place.write(name, packed.getvalue())


def gzip_bombs(place: Place) -> None:
    packed = gzip.compress(b"0" * 200_000_000)
    for name in ("a.jsonl.gz", "a.ttl.gz", "dist/kg.nq.gz"):
        place.write(name, packed)


def zstd_bombs(place: Place) -> None:
    packed = zstd.compress(b"0" * 500_000_000)
    for name in ("a.jsonl.zst", "a.nq.zst"):
        place.write(name, packed)


def tar_files(place: Place) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        entry = tarfile.TarInfo("../outside/written")
        entry.type, entry.linkname = tarfile.SYMTYPE, str(place.outside / "secret")
        archive.addfile(entry)
    for name in ("a.tar", "a.txt", "a.jsonl", "a.xlsx"):
        place.write(name, packed.getvalue())


def sheets_with_entities(place: Place) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/worksheets/sheet1.xml"):
            archive.writestr(name, _with_entity(place, "workbook"))
    place.write("a.xlsx", packed.getvalue())


def _with_entity(place: Place, root: str) -> str:
    bomb = "".join(f"<!ENTITY e{n + 1} '{f'&e{n};' * 10}'>" for n in range(9))
    outside = f"<!ENTITY out SYSTEM 'file://{place.outside}/secret'>"
    return f"<?xml version='1.0'?><!DOCTYPE {root} [<!ENTITY e0 'ha'>{bomb}{outside}]><{root}>&out;&e9;</{root}>"


def xml_entities(place: Place) -> None:
    place.write("a.xml", _with_entity(place, "TEI"))
    place.write("a.xmi", _with_entity(place, "XMI"))
    place.write("typesystem.xml", _with_entity(place, "typeSystemDescription"))
    place.write("a.rdf", _with_entity(place, "RDF"))


def sparse_files(place: Place) -> None:
    for suffix in SUFFIXES:
        with open(place.folder / f"sparse{suffix}", "wb") as file:
            file.truncate(1 << 37)


def odd_names(place: Place) -> None:
    for name in (
        "a\nb",
        "a\x1b]0;x\x07\x1b[2J",
        "\u202eabc",
        "--help",
        "-o",
        "$(touch x)",
        "`id`",
        ";id",
        "%s%n",
        "x" * 200,
        "\udcff",
    ):
        for suffix in (".txt", ".claims.yaml", ".jsonl", ".ann", ".csv"):
            place.write(f"{name}{suffix}", "x")


def colliding_names(place: Place) -> None:
    for name in ("A.txt", "a.TXT", "a.txt", "a.Claims.yaml", "CORPUS.YAML", "con.txt", "e\u0301.txt", "\u00e9.txt"):
        place.write(name, "date 2020-02-03\nJa.\n")


def unreadable(place: Place) -> None:
    for suffix in SUFFIXES:
        place.write(f"unreadable{suffix}", "closed")
        (place.folder / f"unreadable{suffix}").chmod(0)
    (place.folder / "closed").mkdir(mode=0)


def deep_folders(place: Place) -> None:
    place.write(f"{'d/' * 400}a.txt", "date 2020-02-03\nJa.\n")


def many_files(place: Place) -> None:
    for n in range(2000):
        place.write(f"many/a{n}.txt", "")


def yaml_objects(place: Place) -> None:
    call = f"!!python/object/apply:os.system ['touch {place.ran}/yaml']"
    bomb = "".join(f"b{n + 1}: &b{n + 1} [{f'*b{n}, ' * 9}]\n" for n in range(9))
    place.write("entities.yaml", f"a: {call}\n")
    place.write("a.txt", "date 2020-02-03\nJa.\n")
    place.write("a.claims.yaml", f"b0: &b0 [x]\n{bomb}<<: *b9\n")
    place.write("b.claims.yaml", "[" * 100_000)


def graphs(place: Place) -> None:
    secret = f"file://{place.outside}/secret"
    place.write("extra/a.ttl", f"@base <{secret}> . <> <http://www.w3.org/2002/07/owl#imports> <{secret}> .\n")
    for name in ("a.json", "a.jsonld", "dist/kg.jsonld"):
        place.write(name, f'{{"@context": "{secret}", "@id": "x", "@graph": [], "@import": "http://127.0.0.1:9/"}}')
    place.write(
        "shapes/a.ttl",
        f"<{secret}> a <http://www.w3.org/ns/shacl#NodeShape> ; <http://www.w3.org/ns/shacl#js> 'x' .\n",
    )


def settings(place: Place) -> None:
    text = (place.folder / "corpus.yaml").read_text()
    place.write("corpus.yaml", f"{text}plugins: [os, subprocess, setup, kg_evil]\n")
    place.write("kg_evil.py", place.code)
    place.write("kg_evil-1.0.dist-info/entry_points.txt", "[kg]\nkg_evil = kg_evil\n")
    place.write("kg_evil-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: kg_evil\nVersion: 1.0\n")
    place.write(
        "headline.txt",
        "date 2020-02-03\n{{ ''.__class__.__mro__ }} {% include 'secret' %} ${jndi:ldap://127.0.0.1}\n",
    )


def versioned(place: Place) -> None:
    command = f"touch {place.ran}/git"
    place.write(".git/config", f"[core]\n\tfsmonitor = {command}\n\tsshCommand = {command}\n\thooksPath = hooks\n")
    for name in ("post-checkout", "pre-commit"):
        place.write(f".git/hooks/{name}", f"#!/bin/sh\n{command}\n")
        (place.folder / ".git/hooks" / name).chmod(0o755)
    place.write(".cache/kg/cache.sqlite", b"SQLite format 3\x00" + b"\x00" * 4000)
    place.write("dist/.kg-cache", "x")


def many_at_once(place: Place) -> None:
    for fill in (
        standard_modules,
        start_files,
        configurations,
        links_out,
        pipes,
        sockets,
        odd_names,
        graphs,
        versioned,
    ):
        fill(place)


FOLDERS: tuple[Callable[[Place], None], ...] = (
    many_at_once,
    standard_modules,
    links_out,
    pipes,
    zip_bombs,
    odd_names,
    standard_packages,
    dependencies,
    start_files,
    path_files,
    configurations,
    compiled,
    links_for_files,
    links_to_the_system,
    links_in_circles,
    linked_folders,
    pipes_for_files,
    devices,
    sockets,
    gzip_bombs,
    zstd_bombs,
    tar_files,
    sheets_with_entities,
    xml_entities,
    sparse_files,
    colliding_names,
    unreadable,
    deep_folders,
    yaml_objects,
    graphs,
    settings,
    versioned,
    many_files,
)
"""All folders; the first has what many of the others have."""


def make(fill: Callable[[Place], None], parent: Path) -> Place:
    """Make a folder of the seeds and what a stranger adds, beside one with files of the same names."""
    place = Place(parent / "folder", parent / "outside", parent / "ran")
    shutil.copytree(SEEDS, place.folder)
    place.outside.mkdir()
    place.ran.mkdir()
    place.write("shapes/shape.ttl", "<urn:x> a <http://www.w3.org/ns/shacl#NodeShape> .\n")
    for name in ("secret", "secret.yaml", "a.ttl", "SHA256SUMS", *(f"a{suffix}" for suffix in SUFFIXES)):
        (place.outside / name).write_text(f"{SECRET}: [\n")
    fill(place)
    return place


def commands(importers: Iterable[str]) -> list[list[str]]:
    """Return each command that reads a folder, run in it; a file that is named may be a link, and is read."""
    return [
        ["validate", "."],
        ["validate", ".", "-f", "github", "--fresh"],
        ["export", ".", "-f", "nt"],
        ["build", ".", "-o", "../dist"],
        ["site", ".", "-o", "../site"],
        ["load", "../a.store", "."],
        ["load", "../b.store", "dist"],
        ["query", "articles"],
        ["query", "articles", "--store", "."],
        ["verify"],
        ["verify", "."],
        ["schema", "-o", "../schemas"],
        ["schema", "claims"],
        ["validate", ".", "--shapes", "shapes"],
        ["new", "a.txt"],
        *(["import", each, ".", "-o", f"../{each}"] for each in importers),
        [
            "import",
            "csv",
            ".",
            "-o",
            "../csv-and-texts",
            "--texts",
            ".",
            "--like",
            ".",
            "--entities",
            "entities.yaml",
        ],
    ]
