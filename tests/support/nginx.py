"""nginx, started for a test with settings of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getuser
from grp import getgrgid
from pathlib import Path

import pytest


def free_port() -> int:
    """Return a port of loopback that is free."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextmanager
def nginx(folder: Path, port: int, http: str) -> Iterator[None]:
    """Run nginx until the block ends; `http` are the settings of its `http` block, which listen on the port."""
    if not shutil.which("nginx"):
        pytest.skip("nginx is not installed")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"user {getuser()} {getgrgid(os.getgid()).gr_name};\npid {folder}/pid;\nerror_log {folder}/log;\n"
        f"daemon off;\nevents {{ worker_connections 4096; }}\nhttp {{\naccess_log off;\n{temporary}{http}\n}}\n"
    )
    command = ["nginx", "-e", f"{folder}/log", "-c", f"{folder}/nginx.conf"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as running:
        for _ in range(200):
            with socket.socket() as trying:
                if trying.connect_ex(("127.0.0.1", port)) == 0 or running.poll() is not None:
                    break
            time.sleep(0.05)
        yield
        running.terminate()
