"""A corpus written as web annotations and read again: its claims say the same, but for what is told here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.importers.core.report import ImportReport
from kg.pipeline.publication import Publication, open_publication
from kg.rdf.terms import literal_value
from kg.rdf.vocab import DCTERMS, KG, SCHEMA, SKOS
from support import SEEDS
from support.corpora import lay
from support.round_trips import back

# Where something was said, how its date was reckoned, who looked it over, by which guideline.
LOST = {
    *(KG[name] for name in ("dateBasis", "dateWords", "dateWhy", "dateQualifier", "probably", "reviewedBy")),
    *(KG.reviewedOn, SCHEMA.recordedAt, DCTERMS.conformsTo),
}


def there_and_back(corpus: Path, folder: Path) -> tuple[Publication, Publication, ImportReport]:
    """Return a corpus, what came of it, and what was said on the way."""
    before = open_publication(corpus, engine="none")
    report = back(corpus, folder / "claims.anno.jsonld", "web-annotation")
    return before, open_publication(folder / "back", engine="none"), report


def said(publication: Publication) -> dict[tuple[str, str], set[str]]:
    """Return what the graph says of each claim and of its parts, but for what is known to be lost."""
    nodes = [
        node for unit in publication.mapped_articles() if unit.graph and not unit.draft for node in unit.graph.nodes
    ]
    found: dict[tuple[str, str], set[str]] = {}
    for node in nodes:
        if "/claim/" in node.subject:
            for predicate, objects in node.properties.items():
                if predicate not in LOST and (kept := set(_plain(predicate, objects))):
                    found[node.subject, predicate] = kept
    return found


def _plain(predicate: str, objects: list[Any]) -> Iterator[str]:
    """Yield values as they come back: of the gists the first, in the language of the article."""
    for each in objects[:1] if predicate == SCHEMA.abstract else objects:
        # That the occasion was inferred is left out with the occasion.
        if each != SCHEMA.recordedAt:
            yield literal_value(each).lexical if predicate in (SCHEMA.abstract, SKOS.editorialNote) else each


def differences(before: Publication, after: Publication) -> list[str]:
    one, other = said(before), said(after)
    return [
        f"{subject} {predicate}: {one.get((subject, predicate))} {other.get((subject, predicate))}"
        for subject, predicate in sorted(one.keys() | other.keys())
        if one.get((subject, predicate)) != other.get((subject, predicate))
    ]


def test_the_seed_corpus_comes_back(tmp_path: Path) -> None:
    before, after, report = there_and_back(SEEDS, tmp_path)

    assert differences(before, after) == []
    # Those are the gists in another language.
    assert (report.written["claim"], report.skipped) == (28, {"attribute": 13})


TOKENS = ("ja", "NAVO", "zei", "“Nee”,", "😀", "l’OTAN", "is.", "“de", "vrede”", "ja.\n", "e\u0301", "Ann")
ENTITIES = {
    "ann": {"type": "Person", "name": "Ann", "same_as": ["https://x.example/ann"]},
    "nato": {"type": "Organization", "name": {"nl": "de NAVO", "en": "NATO"}},
    "peace": {"type": "Topic", "name": "peace: a topic"},
}
CONFIG = {
    "base": "https://kg.example/",
    "title": "Test",
    "licence": "https://creativecommons.org/licenses/by/4.0/",
    "language": "nl",
    "annotators": {"bob": {"name": "Bob"}},
}
notes = st.sampled_from(["", "speaker: no", "two\nlines", "{}", "“x” … y", "null", "# no"])


@st.composite
def corpora(draw: st.DrawFn) -> dict[str, str]:
    """Draw the files of a corpus of one article."""
    tokens = draw(st.lists(st.sampled_from(TOKENS), min_size=4, max_size=25))
    starts = [sum(len(token) + 1 for token in tokens[:n]) for n in range(len(tokens))]
    ids = [f"c{n:02}" for n in range(1, draw(st.integers(1, 4)) + 1)]
    claims = {id: _claim(draw, tokens, starts, [other for other in ids if other != id]) for id in ids}
    file = {"annotation": {"by": "bob", "on": "2020-03-01"}, "claims": claims}
    return {
        "corpus.yaml": json.dumps(CONFIG),
        "entities.yaml": json.dumps(ENTITIES),
        "sub/a.txt": f"date 2020-02 {' '.join(tokens)}",
        "sub/a.claims.yaml": json.dumps(file, ensure_ascii=False),
    }


def _claim(draw: st.DrawFn, tokens: list[str], starts: list[int], others: list[str]) -> dict[str, Any]:
    bounds = sorted(draw(st.lists(st.integers(0, len(tokens)), min_size=2, max_size=4, unique=True)))
    words = [
        {"words": " ".join(tokens[first:end]).strip(), "start": str(starts[first])}
        for first, end in zip(bounds[::2], bounds[1::2], strict=False)
    ]
    entities = st.lists(st.sampled_from(sorted(ENTITIES)[:2]), max_size=2, unique=True)
    claim = {
        "speaker": draw(entities) or draw(st.sampled_from(["unnamed", "article"])),
        "words": words if len(words) > 1 else words[0],
        "act": draw(st.sampled_from(["states", "denies", "urges"])),
        "form": draw(st.sampled_from(["", "mentioned"])),
        "gist": "A gist.",
        "said": draw(st.sampled_from(["", "2020-01", "2020-02-01/2020-02-02", "[2019-10..2019-12]"])),
        "cue": draw(st.sampled_from([[], ["zei"] if "zei" in tokens else []])),
        "to": draw(entities),
        "about": draw(st.sampled_from([[], ["peace"], ["peace", "nato"]])),
        "translated": draw(st.sampled_from(["", "de"])),
        "inferred": draw(st.sampled_from([[], ["act", "gist"]])),
        "relations": {
            draw(st.sampled_from(["answers", "supports"])): draw(
                st.lists(st.sampled_from(others or ["-"]), unique=True)
            )
        },
        "note": draw(notes),
    }
    if not others:
        del claim["relations"]
    return {field: value for field, value in claim.items() if value}


@settings(max_examples=12)
@given(files=corpora())
def test_whatever_a_claim_says_comes_back(files: dict[str, str]) -> None:
    with TemporaryDirectory() as folder:
        before, after, report = there_and_back(lay(Path(folder, "corpus"), files), Path(folder))

        assert differences(before, after) == []
        assert report.skipped == {}
