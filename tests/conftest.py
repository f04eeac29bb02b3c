"""Fixtures that several test files share, and how properties are tested."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from support import SEEDS
from support.loaded import Loads
from support.query_cases import Kg
from support.triple_servers import servers

__all__ = ["servers"]

# No deadline and no check of speed: the machine may be busy. CI looks at the same examples each time, so that a
# change is not blamed for what it did not do; everyone else looks at new ones.
SLOWNESS = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
settings.register_profile("kg", deadline=None, suppress_health_check=SLOWNESS)
settings.register_profile("ci", settings.get_profile("kg"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "kg")

# A shell starts what runs in its background deaf to Ctrl-C, and so would be every process that the tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def user_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the cache and its key out of the user's own folders."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("XDG_CACHE_HOME", "XDG_DATA_HOME"):
            patch.setenv(variable, str(tmp_path_factory.mktemp(variable.lower())))
        yield


@pytest.fixture
def seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder with a copy of the seed corpus in it, and return the copy."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(SEEDS, "seeds")
    return Path("seeds")


@pytest.fixture
def no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each run read its corpus anew."""
    monkeypatch.setenv("KG_CACHE", "off")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Run Chromium for the tests of a module."""
    from support.browsers import launched  # which skips the test if there is none

    with launched() as chromium:
        yield chromium


@pytest.fixture
def visit(browser: Any) -> Iterator[Any]:
    """Open a window, and return the `Visit` to it."""
    from support.browsers import Visit

    opened = Visit(browser)
    yield opened
    opened.context.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system in memory, of 8 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root may mount a small file system")
    done = subprocess.run([mount, "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.fixture
def load(capfd: pytest.CaptureFixture[str]) -> Loads:
    return Loads(capfd)


@pytest.fixture
def kg(capfd: pytest.CaptureFixture[str]) -> Kg:
    return Kg(capfd)
