"""Starting Spark, and saying what is missing."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

from kg.errors import FileError, UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Log = Literal["FATAL", "WARN"]

# What no cluster's own settings may change.
SETTINGS = {
    # Python workers start in a folder that may be a stranger's, and must not import from it.
    "spark.executorEnv.PYTHONSAFEPATH": "1",
}


@contextmanager
def spark_session(master: str, *, log: Log = "FATAL") -> Iterator[SparkSession]:
    """Open a session on a master (`spark://host:7077`, `yarn`, `k8s://…`, `local[2]`), which ends with the block.

    `log` is the mildest of what Spark itself says on stderr.

    Raises `UsageError` where PySpark or Java is missing, `FileError` where Spark fails, in the block too.
    """
    _require(master)
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    # Workers run the Python of the driver, unless the cluster's user says otherwise.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master).appName("kg export")
    builder = builder.config("spark.log.level", log).config(
        "spark.ui.showConsoleProgress", str(sys.stderr.isatty()).lower()
    )
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    try:
        session = builder.getOrCreate()
        try:
            yield session
        finally:
            session.stop()
    except (PySparkException, Py4JError) as error:
        raise FileError(f"Spark at {master} gave up: {_reason(str(error))}") from error


def _require(master: str) -> None:
    if master.startswith("sc://"):
        raise UsageError(
            f"{master}: Spark Connect runs no tasks of ours: give the master itself, as spark://HOST:7077 or yarn."
        )
    if find_spec("pyspark") is None:
        raise UsageError("`--spark` needs PySpark, and it is not installed: pip install 'kg-claims[spark]'")
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise UsageError(
            "`--spark` needs Java 17 or later, and there is none: on Debian, apt-get install default-jre-headless; "
            "elsewhere set JAVA_HOME"
        )


def _reason(message: str) -> str:
    """Return the line of a Java or Python stack trace that says what happened."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    causes = [line for line in lines if line.startswith("Caused by: ")]
    errors = [line for line in lines if "Error: " in line.split(" ", 1)[0] + " " and not line.startswith("at ")]
    return (errors or causes or lines or ["it said nothing"])[-1].removeprefix("Caused by: ")
