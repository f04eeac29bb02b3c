"""A virtual environment for each tool, made once in the working folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

PACKAGES: dict[str, tuple[str, ...]] = {
    "kg": (str(ROOT),),
    "kg-compiled": (str(ROOT),),
    "naive": ("PyYAML", "rdflib", "pyshacl"),
    "morph-kgc": ("morph-kgc",),
    "maplib": ("maplib",),
    "sdm-rdfizer": ("rdfizer",),
    "pyshacl-turbo": ("pyshacl-turbo",),
    "shacl": ("shacl",),
    "shacl-rust": ("shacl-rust",),
}
"""What is installed for each tool, by the name of its environment."""

IMPORTS: dict[str, str] = {
    "kg": "kg",
    "kg-compiled": "kg",
    "naive": "pyshacl",
    "morph-kgc": "morph_kgc",
    "maplib": "maplib",
    "sdm-rdfizer": "rdfizer",
    "pyshacl-turbo": "pyshacl_turbo",
    "shacl": "shacl",
    "shacl-rust": "shacl_rust",
}


class Unavailable(Exception):  # noqa: N818, reads as what it says
    """A tool that cannot be had here; the message says why."""


def environment(workdir: Path, name: str) -> Path:
    """Return the folder of the programs of a tool's environment, made if need be; those of `kg` are always new.

    Raises `Unavailable` where it cannot be installed or imported.
    """
    folder = workdir / "venvs" / name
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    if not programs.exists():
        venv.create(folder, with_pip=True)
        _pip(programs, "install", "-q", *PACKAGES[name])
    elif name == "kg":
        _pip(programs, "install", "-q", "--force-reinstall", "--no-deps", *PACKAGES[name])
    if name == "kg-compiled":
        wheel = _compiled(folder / "wheelhouse")
        _pip(programs, "install", "-q", "--force-reinstall", "--no-deps", str(wheel))
    _run([str(programs / "python"), "-c", f"import {IMPORTS[name]}"], programs)
    return programs


def versions(programs: Path, name: str) -> dict[str, str]:
    """Return the versions of the packages that a tool's environment was made for."""
    wanted = ["kg-claims"] if name.startswith("kg") else [package.lower() for package in PACKAGES[name]]
    listed = json.loads(_pip(programs, "list", "--format", "json"))
    return {each["name"]: each["version"] for each in listed if each["name"].lower().replace("_", "-") in wanted}


def _compiled(folder: Path) -> Path:
    """Return a wheel that is partly compiled, built in a folder from a source distribution."""
    shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)]
    _run(command, folder.parent, HATCH_BUILD_HOOK_ENABLE_MYPYC="true")
    (wheel,) = folder.glob("*.whl")
    return wheel


def _pip(programs: Path, *arguments: str) -> str:
    return _run([str(programs / "python"), "-m", "pip", "--disable-pip-version-check", *arguments], programs)


def _run(command: Sequence[str], folder: Path, **variables: str) -> str:
    environment = os.environ | variables
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False, env=environment)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise Unavailable(lines[-1])
    return done.stdout
