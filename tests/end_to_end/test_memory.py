"""The memory that a command needs does not depend on how many articles there are."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from support.corpora import CONFIG, lay

# Not `ru_maxrss`, which starts with what the process had that started this one.
MEASURE = """
import sys
from pathlib import Path
from kg.cli import run
status = run(sys.argv[1:])
print(*(line for line in Path("/proc/self/status").read_text().split("\\n") if "VmHWM" in line), file=sys.stderr)
sys.exit(status)
"""
FEW, MANY = 200, 2000
MOST = 8_000_000
"""What the peak may grow by, in bytes: the caches fill, ids are short. One article and its graph take 10 kB."""
SHARED = {"corpus.yaml": CONFIG + "annotators: {ann: {name: Ann}}\n"}
ANNOTATION = {"by": "ann", "on": "2020-03-01"}
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not tell the peak so"),
]


def record(number: int, *, more: int = 60, **fields: str) -> dict[str, Any]:
    """Return an article with a long text and a relation to the one before; its claim may have more fields."""
    words = f"Nummer {number} is waar"
    claim: dict[str, Any] = {"speaker": "ann-b", "words": words, **fields}
    if number:
        claim["relations"] = {"answers": [f"a{number - 1:05}/c01"]}
    text = f"date 2020-02-03 “{words}”, zei Ann B. " + f"Daarna zei zij over {number} niets meer. " * more
    return {"article": {"id": f"a{number:05}", "text": text}, "annotation": ANNOTATION, "claims": {"c01": claim}}


def warned_of(number: int) -> dict[str, Any]:
    """Return an article with a much longer text, and with a warning: a claim was said on one day."""
    return record(number, more=250, said="2020-02-01/2020-02-02")


def lay_lines(folder: Path, records: Iterable[dict[str, Any]]) -> Path:
    """Write a corpus of JSON Lines."""
    return lay(folder, SHARED | {"x.jsonl": "".join(f"{json.dumps(each)}\n" for each in records)})


def lay_articles(folder: Path, form: str, count: int) -> Path:
    """Write a corpus of many articles, about which there is nothing to find."""
    records = [record(number) for number in range(count)]
    if form == "jsonl":
        return lay_lines(folder, records)
    files = {f"{each['article']['id']}.txt": each["article"]["text"] for each in records}
    files |= {f"{each['article']['id']}.claims.yaml": json.dumps({**each, "article": {}}) for each in records}
    return lay(folder, SHARED | files)


def peak(*arguments: str | Path) -> int:
    """Return how many bytes a command takes at most, in one process of its own."""
    command = [sys.executable, "-c", MEASURE, *arguments, "--jobs", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stderr.split()[-2]) * 1024


@pytest.mark.parametrize(("form", "output"), [("jsonl", "kg.jsonld"), ("yaml", "kg.trig"), ("jsonl", "kg.rdf.zst")])
def test_an_export_of_ten_times_as_many_articles_takes_no_more_memory(
    form: str, output: str, tmp_path: Path
) -> None:
    few, many = (
        peak("export", lay_articles(tmp_path / str(count), form, count), "-o", tmp_path / output)
        for count in (FEW, MANY)
    )

    assert many - few < MOST


def test_validating_ten_times_as_many_articles_takes_no_more_memory(tmp_path: Path) -> None:
    few, many = (peak("validate", lay_articles(tmp_path / str(count), "jsonl", count)) for count in (FEW, MANY))

    assert many - few < MOST


def test_telling_of_ten_times_as_many_articles_a_finding_each_takes_no_more_memory(tmp_path: Path) -> None:
    """A finding is kept, its line is not: here it is as long as ten of them."""
    few, many = (
        peak("validate", lay_lines(tmp_path / str(count), (warned_of(number) for number in range(count))))
        for count in (FEW, MANY)
    )

    assert many - few < MOST
