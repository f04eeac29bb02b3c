"""One run's own folder: the rows that tasks wrote there, and the names that they get in the end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from kg.errors import FileError, Finding, Place
from kg.files.compression import Compression, compressed
from kg.pipeline.spark.manifest import Sum
from kg.pipeline.spark.parts import FINDINGS, GRAPH, SHARES, SUMS, Work, finding_line, part_rows
from kg.pipeline.spark.storage import Storage, StoredFile

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# As Spark names what its tasks write: `part-00007-….c000.txt.gz`.
_WRITTEN = re.compile(r"part-([0-9]+)-")
_FINDING = "file string, line int, column int, severity string, " + ", ".join(
    f"{name} string" for name in ("rule", "message", "detail", "focus", "path", "value")
)
# Most stores rename in a moment; an object store copies, on its side.
_RENAMES_AT_ONCE = 16


class Run(NamedTuple):
    """A run: its session, the folder that is published, and the name of the run's own folder in it."""

    session: SparkSession
    target: Storage
    name: str

    @property
    def shares(self) -> str:
        """Where the shares of all articles stand; empty where there are none."""
        return self.target.address(self._rows(SHARES)) if self.target.exists(self._rows(SHARES)) else ""

    def write(self, blocks: DataFrame, work: Work, compression: Compression) -> None:
        """Write the rows of every task, each kind into files of its own. Spark commits them together, once."""
        shared = self.session.sparkContext.broadcast(work)
        rows = blocks.rdd.mapPartitionsWithIndex(lambda part, lines: part_rows(part, lines, shared.value))
        frame = self.session.createDataFrame(rows, "holds string, value string", verifySchema=False)
        frame.write.partitionBy("holds").text(self.target.address(self.name), compression=compression or "none")

    def sums(self) -> list[Sum]:
        """Return the sums of the parts, by their numbers."""
        if not self.target.exists(self._rows(SUMS)):
            return []
        rows = self.session.read.text(self.target.address(self._rows(SUMS))).collect()
        return sorted((msgspec.json.decode(row.value, type=Sum) for row in rows), key=lambda held: held.part)

    def findings(self, most: int) -> list[Finding]:
        """Return the worst findings of the tasks."""
        if not self.target.exists(self._rows(FINDINGS)):
            return []
        frame = self.session.read.schema(_FINDING).json(self.target.address(self._rows(FINDINGS)))
        worst = frame.orderBy(frame.severity == "info", frame.severity == "warning", "file", "line", "column")
        return [_finding(**row.asDict()) for row in worst.limit(most).collect()]

    def settle_findings(self, about: list[Finding]) -> list[str]:
        """Give the files of findings their names, add those of the whole, and return the names."""
        files = list(self._settled(FINDINGS, "findings", ".jsonl").values())
        if about:
            files.append(f"{self.name}/findings-about.jsonl")
            self.target.write(files[-1], "".join(f"{finding_line(each)}\n" for each in about).encode())
        return files

    def settle_parts(self, sums: Iterable[Sum], suffix: str) -> dict[int, str]:
        """Give the parts their names, and return these by the task's number.

        Raises `FileError` unless exactly those stand there that the tasks say they wrote, at their length.
        """
        standing = self._standing(GRAPH)
        told = {held.part: held.bytes for held in sums if held.bytes}
        plain = {number: file.size for number, file in standing.items() if not file.is_packed}
        wrong = {number for number, size in plain.items() if told.get(number) != size}
        wrong |= standing.keys() ^ told.keys()
        if wrong:
            where = self.target.address(self._rows(GRAPH))
            raise FileError(f"{where}: parts must stand as they were written, {sorted(wrong)} do not: export again")
        return self._settled(GRAPH, "part", suffix)

    def write_about(self, text: bytes, suffix: str, compression: Compression) -> str:
        """Write the part of what is told once, and return its name."""
        name = f"{self.name}/about{suffix}{'.gz' if compression else ''}"
        self.target.write(name, b"".join(compressed([text], compression)))
        return name

    def tidy(self) -> None:
        """Delete what only the run needed, and a graph that was not published."""
        for leftover in (self._rows(SHARES), self._rows(SUMS), self._rows(GRAPH), f"{self.name}/_SUCCESS"):
            self.target.delete(leftover)

    def _rows(self, holds: str) -> str:
        return f"{self.name}/holds={holds}"

    def _standing(self, holds: str) -> dict[int, StoredFile]:
        """Return the files that tasks wrote, by the number of the task."""
        found: dict[int, StoredFile] = {}
        for file in self.target.files(self._rows(holds)):
            if match := _WRITTEN.match(file.name.rpartition("/")[2]):
                if int(match[1]) in found:
                    raise FileError(f"{file.address}: a task must write one file, this one wrote two: export again")
                found[int(match[1])] = file
        return found

    def _settled(self, holds: str, stem: str, suffix: str) -> dict[int, str]:
        standing = self._standing(holds)
        packed = {number: ".gz" if file.is_packed else "" for number, file in standing.items()}
        names = {number: f"{self.name}/{stem}-{number:05}{suffix}{packed[number]}" for number in standing}
        with ThreadPoolExecutor(_RENAMES_AT_ONCE) as pool:
            list(pool.map(self.target.rename, (file.name for file in standing.values()), names.values()))
        self.target.delete(self._rows(holds))
        return names


def _finding(*, file: str, line: int, column: int, **fields: str) -> Finding:
    return Finding(**fields, at=Place(file, line, column) if file else None)  # type: ignore[arg-type]  # severity
