"""What all articles of a new corpus share, checked before any of them is read."""

from __future__ import annotations

from kg.corpus import Corpus
from kg.errors import CorpusError, Finding, Place, Spot
from kg.meaning import read_index


def check_shared(corpus: Corpus) -> None:
    """Raise `CorpusError` with the violations in a `corpus.yaml` and in entities, each in its own file."""
    violations = [each for each in read_index(corpus).findings if each.severity == "violation"]
    if violations:
        raise CorpusError(map(_placed, violations))


def _placed(finding: Finding) -> Finding:
    """Return a finding with a place that its file can have: in a table, no way leads to a value."""
    if isinstance(finding.at, Spot) and not finding.at.file.endswith((".yaml", ".yml")):
        return finding._replace(at=Place(finding.at.file, 0, 0))
    return finding
