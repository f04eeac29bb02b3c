"""Measures a cluster on this machine: `python -m bench.spark --articles 5000`, in an environment with `kg[spark]`.

The same corpus in JSON Lines is exported to N-Quads, validated, by one and two jobs and by Spark on one and two
workers, in turns. A cluster is started for each number of workers; its start is not timed. On Linux a worker has a
core of its own, for all that its Java does too, while master and driver run where there is room; and what executors
take of the processor is told.
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
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from statistics import median
from threading import Event, Thread

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


@dataclass
class Cpu:
    """Seconds of the processor."""

    python: float
    java: float


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
        cpu: dict[str, list[Cpu]] = {}
        for number in range(given.rounds):
            for jobs in (1, 2):
                walls.setdefault(f"`--jobs {jobs}`", []).append(exported(room, ["--jobs", str(jobs)]))
            for workers in (1, 2):
                with cluster(room / f"cluster-{number}-{workers}", workers) as master:
                    name = f"Spark, {workers} worker{'s' * (workers > 1)}"
                    with executors() as seen:
                        walls.setdefault(name, []).append(exported(room, ["--spark", master]))
                    cpu.setdefault(name, []).append(seen)
        print(f"{machine()['date']}, {given.articles:,} articles, the median of {given.rounds} rounds\n")
        print(report(walls))
        print(report_executors(cpu, given.articles))


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
        for core, log in enumerate(logs):
            started(stack, log, ["worker.Worker", *options], core=core)
        for log in logs:
            wait_for(log)
        yield master


def started(stack: ExitStack, log: Path, command: list[str], *, core: int | None = None) -> None:
    """Start a program of Spark's, on one core if that is named, which ends with the stack."""
    import pyspark

    def pin() -> None:
        if core is not None and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {core})

    program, *options = command
    spark_class = str(Path(pyspark.__file__).parent / "bin" / "spark-class")
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [spark_class, f"org.apache.spark.deploy.{program}", *options],
            stdout=stream,
            stderr=stream,
            preexec_fn=pin,
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


@contextmanager
def executors() -> Iterator[Cpu]:
    """Yield what the executors of this machine take of its processors until the block ends, known only then."""
    cpu = Cpu(0, 0)
    seen: dict[tuple[bool, str], float] = {}
    stop = Event()

    def watch() -> None:
        while not stop.wait(0.1):
            seen.update(found for pid in os.listdir("/proc") if pid.isdigit() for found in executor(pid))

    watching = Thread(target=watch)
    if Path("/proc/self/stat").exists():
        watching.start()
    try:
        yield cpu
    finally:
        stop.set()
        if watching.ident:
            watching.join()
        cpu.python = sum(seconds for (is_java, _), seconds in seen.items() if not is_java)
        cpu.java = sum(seconds for (is_java, _), seconds in seen.items() if is_java)


def executor(pid: str) -> Iterator[tuple[tuple[bool, str], float]]:
    """Yield whether a process is an executor's Java, its number and its seconds; nothing if it is no executor's."""
    with suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        is_java = b"CoarseGrainedExecutorBackend" in command
        if is_java or b"pyspark.daemon" in command:
            user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
            yield (is_java, pid), (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def report_executors(cpu: dict[str, list[Cpu]], articles: int) -> str:
    """Return a table of the medians of the processor's seconds for 1,000 articles."""
    rows = [
        (name, *(f"{1000 * median(seconds) / articles:.1f}" for seconds in zip(*map(astuple, some), strict=True)))
        for name, some in cpu.items()
    ]
    return table(("executors, CPU s for 1,000 articles", "Python", "Java"), rows)


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
