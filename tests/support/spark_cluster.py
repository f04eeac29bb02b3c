"""A Spark cluster of this machine's own: a master and two workers, each a process that a test may kill."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

from support.triple_servers import free_port
from support.waiting import descendants, eventually

_REGISTERED = "Successfully registered with master"
# For short runs: no second compiler, one collector.
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
# Small splits, so that few articles are many tasks; and every task that can be run twice is.
SETTINGS = f"""
spark.driver.extraJavaOptions {QUICK}
spark.executor.extraJavaOptions {QUICK}
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
spark.sql.adaptive.enabled false
spark.ui.enabled false
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
spark.driver.memory 512m
spark.executor.memory 512m
spark.sql.shuffle.partitions 2
spark.sql.files.maxPartitionBytes 64k
spark.sql.files.openCostInBytes 1k
spark.sql.files.minPartitionNum 1
spark.speculation true
spark.speculation.interval 20ms
spark.speculation.minTaskRuntime 1ms
spark.speculation.multiplier 1.01
spark.speculation.quantile 0.1
"""


def why_no_spark() -> str:
    """Return why Spark cannot be run here, `""` where it can."""
    if find_spec("pyspark") is None:
        return "needs PySpark: pip install 'kg-claims[spark]'"
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        return "needs Java: apt-get install default-jre-headless"
    return "" if Path("/proc/self/stat").exists() else "needs /proc to find the processes of a worker"


class Cluster:
    """The address of the master, and the processes of the workers."""

    def __init__(self, master: str, workers: list[subprocess.Popen[bytes]]) -> None:
        self.master, self.workers = master, workers

    def kill_worker(self) -> None:
        """Kill the last worker and the executors that it started, at once and without warning."""
        worker = self.workers.pop()
        for pid in [worker.pid, *descendants(worker.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        worker.wait()


@contextmanager
def spark_cluster(folder: Path, settings: str = "") -> Iterator[Cluster]:
    """Start a cluster whose files and logs stand in a folder, and stop it when the block ends."""
    conf = folder / "conf"
    conf.mkdir()
    (conf / "spark-defaults.conf").write_text(SETTINGS + settings)
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setenv("SPARK_CONF_DIR", str(conf))
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("SPARK_DAEMON_JAVA_OPTS", QUICK)
        patch.setenv("SPARK_DAEMON_MEMORY", "256m")
        port = free_port()
        master = f"spark://127.0.0.1:{port}"
        options = ["--host", "127.0.0.1", "--webui-port", "0"]
        _started(stack, folder / "master.log", ["master.Master", *options, "--port", str(port)])
        options += ["--cores", "1", "--memory", "600m", "--work-dir", str(folder / "work"), master]
        logs = [folder / f"worker-{number}.log" for number in (1, 2)]
        workers = [_started(stack, log, ["worker.Worker", *options]) for log in logs]
        for log in logs:
            eventually(lambda: log.read_text(errors="replace")[-2000:], lambda said: _REGISTERED in said)  # noqa: B023
        yield Cluster(master, workers)


def _started(stack: ExitStack, log: Path, command: list[str]) -> subprocess.Popen[bytes]:
    import pyspark

    spark_class = Path(pyspark.__file__).parent / "bin" / "spark-class"
    program, *options = command
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [str(spark_class), f"org.apache.spark.deploy.{program}", *options], stdout=stream, stderr=stream
        )
    stack.callback(_stopped, process)
    return process


def _stopped(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
