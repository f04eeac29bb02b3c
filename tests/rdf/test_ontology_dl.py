"""The ontology is in the profile OWL 2 DL and consistent: the OWL API and HermiT read it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support import ROOT

pytestmark = pytest.mark.slow
FILE = ROOT / "ontology" / "kg.ttl"
FAULTS = {
    "kg:wrong a owl:DatatypeProperty ; rdfs:range xsd:date .": "refused by HermiT",
    "kg:wrong a owl:DatatypeProperty, owl:ObjectProperty .": "not OWL 2 DL",
    "kg:wrong rdfs:subClassOf <urn:undeclared> .": "not OWL 2 DL",
    "acts:denies a owl:Nothing .": "inconsistent",
}


def faults(file: Path) -> list[str]:
    """Return what the OWL API and HermiT find wrong, one line each."""
    pytest.importorskip("owlready2", reason="the OWL API and HermiT come with owlready2")
    pytest.importorskip("jpype", reason="JPype1 calls them")
    if not shutil.which("java"):
        pytest.skip("there is no Java for the OWL API and HermiT")
    command = [sys.executable, str(ROOT / "tests" / "support" / "owl_profile.py"), str(file)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
    return run.stdout.splitlines()


def test_the_ontology_is_in_owl_2_dl_and_consistent() -> None:
    assert faults(FILE) == []


@pytest.mark.parametrize("fault", FAULTS, ids=FAULTS.values())
def test_the_check_finds_what_is_wrong(tmp_path: Path, fault: str) -> None:
    (tmp_path / "kg.ttl").write_text(f"{FILE.read_text(encoding='utf-8')}\n{fault}\n", encoding="utf-8")

    assert FAULTS[fault] in {each.partition(":")[0] for each in faults(tmp_path / "kg.ttl")}
