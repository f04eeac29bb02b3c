"""Says what the OWL API and HermiT, both of which owlready2 ships with, find wrong in an ontology.

`python tests/support/owl_profile.py FILE` writes a line for each violation of the OWL 2 DL profile, for an
inconsistency and for each class that nothing can be in; nothing for an ontology in which all is well.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jpype
import owlready2

HERMIT = Path(owlready2.__file__).parent / "hermit" / "HermiT.jar"


def faults(file: str) -> Iterator[str]:
    """Yield what is wrong in the ontology in a file."""
    jpype.startJVM(classpath=[str(HERMIT)])
    java: Any = jpype.JClass
    manager = java("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
    ontology = manager.loadOntologyFromOntologyDocument(java("java.io.File")(file))
    profile = java("org.semanticweb.owlapi.profiles.OWL2DLProfile")()
    yield from (f"not OWL 2 DL: {each}" for each in profile.checkOntology(ontology).getViolations())
    try:
        reasoner = java("org.semanticweb.HermiT.Reasoner")(ontology)
    except java("java.lang.Exception") as refused:
        yield f"refused by HermiT: {refused}"
        return
    if not reasoner.isConsistent():
        yield "inconsistent"
        return
    for each in reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom():
        yield f"nothing can be in {each}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{fault}\n" for fault in faults(sys.argv[1]))
