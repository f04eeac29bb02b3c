"""The files in docs/deploy: their commands are run in a shell, their settings given to what checks them.

Neither systemd nor a container engine runs them: docs/deploying.md says what was tried with those by hand.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from configparser import RawConfigParser
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from support import ROOT, SEEDS
from support.loaded import stores_of
from support.proxies import DEPLOY
from support.readme import blocks
from support.served import Server
from support.waiting import eventually

pytestmark = pytest.mark.slow
UNITS = ("kg-serve.service", "kg-load.service", "kg-load.timer")
SERVICES: Mapping[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
LOOK = "/sparql?query=ASK%20%7B%7D"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stores_of({"claims.store": SEEDS}, tmp_path_factory.mktemp("deployed"))["claims.store"]


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Containerfile, each with what follows it."""
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines if line and not line.startswith("#")]


def listed(name: str) -> list[str]:
    """Return the last value of an instruction that is written as a list."""
    value: list[str] = yaml.safe_load([rest for each, rest in instructions() if each == name][-1])
    return value


def in_unit(name: str) -> list[str]:
    """Return the command of a unit, without the program."""
    unit = RawConfigParser(strict=False)
    unit.read(DEPLOY / name)
    return shlex.split(unit["Service"]["ExecStart"])[1:]


def in_image(command: Sequence[str]) -> list[str]:
    """Return what a container runs for a command, without the program."""
    return [*listed("ENTRYPOINT")[1:], *command]


SERVING = {
    "kg-serve.service": in_unit("kg-serve.service"),
    "Containerfile": in_image(listed("CMD")),
    "compose.yaml": in_image(SERVICES["kg"]["command"]),
}


@contextmanager
def running(
    command: Sequence[str], store: Path, more: Mapping[str, str] | None = None
) -> Iterator[tuple[Server, Path]]:
    """Run a command that serves, with another store and port, until the block ends; give its log too."""
    log = store.parent / "log"
    replaced = [re.sub(r"^/(data|var/lib/kg)/claims\.store$", str(store), each) for each in command]
    loud = [each for each in replaced if each != "--quiet"]  # so that it says its port
    full = [sys.executable, "-m", "kg", *loud, "--port", "0"]
    with log.open("wb") as stderr, subprocess.Popen(full, stderr=stderr, env=os.environ | (more or {})) as process:
        try:
            eventually(lambda: process.poll() is not None or " serves " in log.read_text())
            ready = re.search(r":(\d+)/ serves", log.read_text())
            assert ready, log.read_text()
            yield Server(int(ready[1]), process), log
        finally:
            process.terminate()


@pytest.mark.parametrize("name", list(SERVING))
def test_the_command_serves(name: str, store: Path) -> None:
    with running(SERVING[name], store) as (server, _):
        assert server.ask(LOOK).status == 200


@pytest.mark.parametrize("name", ["kg-serve.service", "compose.yaml"])
def test_it_answers_to_the_name_that_the_proxies_send(name: str, store: Path) -> None:
    with running(SERVING[name], store) as (server, _):
        eventually(lambda: server.ask("/health", headers={"Host": "claims.example"}).status == 200)
        assert server.ask("/health", headers={"Host": "other.example"}).status == 421


def test_in_compose_it_answers_to_the_name_of_its_service(store: Path) -> None:
    with running(SERVING["compose.yaml"], store) as (server, _):
        assert server.ask(LOOK, headers={"Host": SERVICES["caddy"]["environment"]["KG_ADDRESS"]}).status == 200


def test_in_compose_it_believes_the_address_that_its_proxy_gives(store: Path) -> None:
    """It believes the client's address from a proxy on another machine only if a setting says so."""
    command = [*SERVING["compose.yaml"], "--access-log"]
    for settings, client in ((SERVICES["kg"]["environment"], "192.0.2.1"), ({}, "127.0.0.2")):
        with running(command, store, settings) as (server, log):
            server.ask("/nowhere", headers={"X-Forwarded-For": "192.0.2.1"}, source="127.0.0.2")
            server.process.terminate()
            server.process.wait()
        assert f"\n{client} - - " in "\n" + log.read_text()


@pytest.mark.parametrize("command", [in_unit("kg-load.service"), in_image(SERVICES["load"]["command"])])
def test_the_command_loads(command: list[str], tmp_path: Path) -> None:
    places = {"/srv/corpus": str(SEEDS), "/corpus": str(SEEDS)}
    replaced = [places.get(each, each.replace("/data/", "/var/lib/kg/")) for each in command]
    named = [each.replace("/var/lib/kg", str(tmp_path)) for each in replaced]

    assert subprocess.run([sys.executable, "-m", "kg", *named], check=False).returncode == 0
    assert (tmp_path / "claims.store" / "kg-store.json").is_file()


# systemd


@pytest.mark.parametrize("name", UNITS)
def test_systemd_knows_every_setting_of_a_unit(name: str, tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    for each in UNITS:
        (tmp_path / each).write_text((DEPLOY / each).read_text().replace("/opt/kg/bin/kg", sys.executable))
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / name)], capture_output=True, text=True, check=False
    )
    about_ours = [line for line in verified.stderr.splitlines() if "kg-" in line]

    assert (verified.returncode, about_ours) == (0, [])


@pytest.mark.parametrize("name", ["kg-serve.service", "kg-load.service"])
def test_a_unit_may_do_little(name: str) -> None:
    """systemd counts from 0, nothing, to 10, everything; a service without settings has 9.6."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", str(DEPLOY / name)]
    analysed = subprocess.run(command, capture_output=True, text=True, check=False)

    assert analysed.returncode == 0, analysed.stdout[-200:]


def test_a_server_that_is_stopped_has_time_to_complete_its_answers() -> None:
    from kg.publish.serve.limits import LIMITS

    unit = RawConfigParser(strict=False)
    unit.read(DEPLOY / "kg-serve.service")
    given = (unit["Service"]["TimeoutStopSec"], SERVICES["kg"]["stop_grace_period"].removesuffix("s"))

    assert all(int(seconds) >= LIMITS.connections.drain_seconds + 10 for seconds in given)
    assert unit["Service"]["KillMode"] == "mixed"  # else the workers, too, get the signal, and end at once


# Containers


@pytest.mark.skipif(not (ROOT / "src").is_dir(), reason="the image is built from the source, which is not here")
def test_the_image_has_all_that_an_installation_needs(tmp_path: Path) -> None:
    """What it copies is copied, and what it installs is built from that."""
    source = tmp_path / "src"
    for name, rest in instructions():
        if name == "COPY" and not rest.startswith("--from"):
            *froms, to = rest.split()
            target = tmp_path / to.strip("/")
            for each in froms:
                if (ROOT / each).is_dir():
                    shutil.copytree(ROOT / each, target, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    target.mkdir(parents=True, exist_ok=True)
                    shutil.copy(ROOT / each, target)
    installed = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--target", str(installed), str(source)], check=True, cwd=tmp_path)
    command = [sys.executable, "-m", "kg", "export", str(SEEDS), "-f", "nt", "-o", str(tmp_path / "claims.nt")]
    subprocess.run(command, check=True, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(installed)})

    assert (tmp_path / "claims.nt").read_bytes() == (ROOT / "dist" / "kg.nt").read_bytes()


def test_the_image_does_not_run_as_root() -> None:
    users = [rest for name, rest in instructions() if name == "USER"]

    assert [int(each) > 0 for each in users[-1].split(":")] == [True, True]


def test_the_health_check_of_the_image_tells_a_server_that_answers_from_one_that_does_not(store: Path) -> None:
    check = re.findall(r"CMD (\[.*\])", dict(instructions())["HEALTHCHECK"])[0]
    _, *code = yaml.safe_load(check)
    with running(SERVING["Containerfile"], store) as (server, _):
        checked = [sys.executable, *(each.replace(":8000/", f":{server.port}/") for each in code)]
        healthy = subprocess.run(checked, check=False).returncode
    stopped = subprocess.run(checked, check=False, stderr=subprocess.DEVNULL).returncode

    assert (healthy, stopped) == (0, 1)


# The page


def test_the_commands_of_the_page_change_what_they_name(tmp_path: Path) -> None:
    """Each `sed` finds its line, in our files and in Debian's."""
    debian = Path("/etc/nginx/nginx.conf")
    if not debian.is_file():
        pytest.skip("nginx is not installed")
    files = {f"/etc/systemd/system/{name}": DEPLOY / name for name in UNITS} | {
        "/etc/nginx/sites-available/claims": DEPLOY / "nginx.conf",
        "/etc/nginx/nginx.conf": debian,
    }
    commands = [
        line
        for block in blocks("sh", "docs/deploying.md")
        for line in block.splitlines()
        if line.startswith("sed ")
    ]
    for command in commands:
        name = command.rpartition(" ")[2]
        before = files[name].read_text()
        (tmp_path / "file").write_text(before)
        subprocess.run(["bash", "-c", command.replace(name, str(tmp_path / "file"))], check=True)
        changed = (tmp_path / "file").read_text()
        assert changed != before
        assert "claims.example" not in changed
        if name == str(debian):
            assert changed.startswith("worker_rlimit_nofile 20000;\n")
            assert "worker_connections 8192;" in changed

    assert len(commands) == 3
