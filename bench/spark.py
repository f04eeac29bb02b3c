"""Measures a cluster on this machine: `python -m bench.spark --articles 5000`, in an environment with `kg[spark]`.

The same corpus in JSON Lines is exported to N-Quads, validated, by one and two jobs and by Spark on one and two
workers of one core each, in turns. A cluster is started for each number of workers; its start is not timed.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.corpus import write_corpus
from bench.machine import machine
from bench.measure import measured
from bench.report import table

TIMEOUT = 3600
REGISTERED = "Successfully registered with master"
SETTINGS = """
spark.ui.enabled false
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
spark.driver.memory 1g
spark.executor.memory 1g
spark.sql.files.maxPartitionBytes 8m
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        write_corpus(room / "corpus", given.articles, form="jsonl")
        os.environ |= {"SPARK_CONF_DIR": str(room), "SPARK_LOCAL_IP": "127.0.0.1"}
        (room / "spark-defaults.conf").write_text(SETTINGS)
        walls: dict[str, list[float]] = {}
        for number in range(given.rounds):
            for jobs in (1, 2):
                walls.setdefault(f"`--jobs {jobs}`", []).append(exported(room, ["--jobs", str(jobs)]))
            for workers in (1, 2):
                with cluster(room / f"cluster-{number}-{workers}", workers) as master:
                    name = f"Spark, {workers} worker{'s' * (workers > 1)}"
                    walls.setdefault(name, []).append(exported(room, ["--spark", master]))
        print(f"{machine()['date']}, {given.articles:,} articles, the median of {given.rounds} rounds\n")
        print(report(walls))


def exported(room: Path, options: list[str]) -> float:
    """Return the seconds that an export took. Raises `SystemExit` where it failed, or lost or doubled a triple."""
    out, log = room / "out", room / "log"
    to = out if "--spark" in options else out.with_suffix(".nq")
    command = [sys.executable, "-m", "kg", "--quiet", "export", str(room / "corpus"), "-o", str(to), *options]
    usage = measured(command, timeout=TIMEOUT, folder=room, log=log)
    if usage.status:
        raise SystemExit(f"{command}: {log.read_text()}")
    if "--spark" in options:
        with out.with_suffix(".nq").open("rb") as stream:
            triples = sum(1 for _ in stream)
        if json.loads((out / "manifest.json").read_text())["triples"] != triples:
            raise SystemExit("Spark wrote another number of triples")
    return usage.wall


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[str]:
    """Start a master and workers of one core each, yield the master's address, and stop them."""
    folder.mkdir()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    master = f"spark://127.0.0.1:{port}"
    options = ["--host", "127.0.0.1", "--webui-port", "0"]
    with ExitStack() as stack:
        started(stack, folder / "master.log", ["master.Master", *options, "--port", str(port)])
        options += ["--cores", "1", "--memory", "1g", "--work-dir", str(folder / "work"), master]
        logs = [folder / f"worker-{number}.log" for number in range(workers)]
        for log in logs:
            started(stack, log, ["worker.Worker", *options])
        for log in logs:
            wait_for(log)
        yield master


def started(stack: ExitStack, log: Path, command: list[str]) -> None:
    """Start a program of Spark's, which ends with the stack."""
    import pyspark

    program, *options = command
    spark_class = str(Path(pyspark.__file__).parent / "bin" / "spark-class")
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [spark_class, f"org.apache.spark.deploy.{program}", *options], stdout=stream, stderr=stream
        )
    stack.callback(process.wait)
    stack.callback(process.terminate)


def wait_for(log: Path) -> None:
    """Wait until a worker has found its master."""
    for _ in range(600):
        if REGISTERED in log.read_text(errors="replace"):
            return
        time.sleep(0.1)
    raise SystemExit(f"no worker: {log.read_text(errors='replace')[-2000:]}")


def report(walls: dict[str, list[float]]) -> str:
    """Return a table of the medians, each against one job and against the same with one core."""
    middle = {name: median(some) for name, some in walls.items()}
    first = next(iter(middle.values()))
    names = list(middle)
    rows = [
        (
            name,
            f"{middle[name]:.1f}",
            f"{middle[name] / first:.2f}",
            f"{middle[names[at - 1]] / middle[name]:.2f} times faster" if at % 2 else "",
        )
        for at, name in enumerate(names)
    ]
    return table(("export", "wall s", "against one job", "two against one"), rows)


if __name__ == "__main__":
    main()
