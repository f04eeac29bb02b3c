"""The library: what `import kg` gives. Every example in its docstrings runs, and nothing invalid is published."""

from __future__ import annotations

import doctest
import gzip
import inspect
import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
import rdflib
from rdflib.compare import isomorphic

import kg
import kg.api
from kg.cli import run
from support import ROOT, SEEDS
from support.corrections import corrections
from support.editing import edited
from support.readings import newsroom, newsroom_with_program

PUBLIC = [getattr(kg, name) for name in kg.__all__]


def violated(corpus: Path) -> Path:
    """Misspell a key: a violation in an otherwise valid corpus."""
    edited(corpus / "000_411f4785dd135aae.claims.yaml", "cue: weerlegt", "que: weerlegt")
    return corpus


def proposals(file: str, *quotations: str) -> None:
    """Write what a program proposes for the article `port`."""
    lines = [{"article": "port", "quotation": each, "speaker": "bos"} for each in quotations]
    Path(file).write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")


@pytest.mark.usefixtures("seeds")
def test_every_example_in_a_docstring_runs() -> None:
    newsroom(Path("newsroom"))
    newsroom_with_program(Path("news"))
    proposals("earlier.jsonl", "stays open", "hundreds will lose their jobs")
    kg.open("news").propose("earlier.jsonl", by="spotter")
    proposals("out.jsonl", "We will pay for the dyke", "We will pay for the dike")
    corrections(Path("corrections").absolute())
    Path("quotes.csv").write_text("text,speaker,words\nAnn said: We will.,Ann,We will\n", encoding="utf-8")

    results = doctest.testmod(kg.api, extraglobs={"kg": kg})

    assert (results.failed, results.attempted > 15) == (0, True)


def test_all_that_is_public_has_a_docstring_and_its_functions_an_example() -> None:
    functions = [each for each in PUBLIC if inspect.isfunction(each)]
    functions += [
        function
        for name, function in vars(kg.Corpus).items()
        if not name.startswith("_") and inspect.isfunction(function)
    ]

    assert [each for each in PUBLIC if not each.__doc__] == []
    # `forget` needs a running store; `tests/query/test_several_corpora.py` tests it with several.
    without = ["forget", "graphs", "to_pandas"]
    assert [each.__name__ for each in functions if ">>> " not in (each.__doc__ or "")] == without


@pytest.mark.slow
def test_a_name_that_is_not_public_is_an_error_for_a_type_checker(tmp_path: Path) -> None:
    (tmp_path / "uses.py").write_text("import kg\n\nreveal_type(kg.open)\nkg.nothing\n")
    checker = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "uses.py"]
    done = subprocess.run(checker, cwd=tmp_path, capture_output=True, text=True, check=False)
    if "No module named mypy" in done.stderr:
        pytest.skip("mypy is not installed")

    assert 'Module has no attribute "nothing"' in done.stdout
    assert "def (folder: str | os.PathLike[str]" in done.stdout


def test_a_file_is_as_kg_export_writes_it(seeds: Path) -> None:
    assert run(["export", "seeds", "-o", "one.ttl"]) == 0
    kg.open(seeds).write("two.ttl")
    kg.open(seeds).write(Path("three.ttl.gz"))
    stream = BytesIO()
    kg.open(seeds).write(stream, format="ttl")

    expected = Path("one.ttl").read_bytes()
    assert Path("two.ttl").read_bytes() == expected
    assert gzip.decompress(Path("three.ttl.gz").read_bytes()) == expected
    assert stream.getvalue() == expected


def test_a_corpus_with_a_violation_is_not_written(seeds: Path) -> None:
    corpus = kg.open(violated(seeds))

    for publish in (
        lambda: corpus.write("out.ttl"),
        corpus.to_rdflib,
        corpus.to_oxigraph,
        lambda: corpus.query("articles"),
        lambda: kg.load(corpus, "out.store"),
        lambda: list(corpus.claims()),
    ):
        with pytest.raises(kg.CorpusError) as raised:
            publish()
        assert [finding.rule for finding in raised.value.findings] == ["unknown-key"]
    assert sorted(path.name for path in Path().iterdir()) == ["seeds"]


def test_a_report_has_places_and_raises_for_violations(seeds: Path) -> None:
    report = kg.open(violated(seeds)).validate()

    (finding,) = report
    assert (finding.at, report.ok) == (kg.Place("seeds/000_411f4785dd135aae.claims.yaml", 28, 5), False)
    assert '"ruleId": "unknown-key"' in report.to_sarif()
    with pytest.raises(kg.CorpusError):
        report.raise_for_violations()


def test_further_shapes_are_checked_too(seeds: Path) -> None:
    Path("mine.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix schema: <http://schema.org/> .\n"
        "<urn:mine> a sh:NodeShape ; sh:targetClass schema:NewsArticle ; sh:property [\n"
        '  sh:path schema:headline ; sh:minCount 1 ; sh:message "Give a headline." ] .\n'
    )

    assert [finding.message for finding in kg.open(seeds).validate(["mine.ttl"])] == ["Give a headline."]


def test_rdflib_gets_the_graph_that_is_written() -> None:
    corpus = kg.open(SEEDS)
    stream = BytesIO()
    corpus.write(stream, format="nt")

    assert isomorphic(rdflib.Graph().parse(data=stream.getvalue(), format="nt"), _merged(corpus.to_rdflib()))


def _merged(dataset: rdflib.Dataset) -> rdflib.Graph:
    graph = rdflib.Graph()
    for triple in dataset.triples((None, None, None)):
        graph.add(triple)
    return graph


def test_oxigraph_gets_the_quads_that_are_written() -> None:
    corpus = kg.open(SEEDS)
    stream = BytesIO()
    corpus.write(stream, format="nq")

    assert len(corpus.to_oxigraph()) == len(stream.getvalue().splitlines())


def test_a_data_frame_has_a_row_for_each_claim() -> None:
    frame = kg.open(SEEDS).to_pandas()

    assert len(frame) == 28
    row = frame[frame.id == "000_411f4785dd135aae/c26"].iloc[0]
    assert (row.speakers, row.said_edtf, row.text) == (
        ("macron",),
        "[2019-10..2019-12]",
        "De NAVO is hersendood.",
    )


def test_a_question_takes_the_values_of_its_options() -> None:
    corpus = kg.open(SEEDS)

    assert len(corpus.query("said-between", from_="2020-02-01", to="2020-02-29")) == 26
    assert corpus.query("ASK { ?s a schema:Claim }") == [{"answer": "true"}]
    with pytest.raises(kg.UsageError, match="did you mean `macron`"):
        corpus.query("said-by", speaker="macrn")
    with pytest.raises(kg.UsageError, match="there is no question 'said'"):
        corpus.query("said")
    with pytest.raises(kg.UsageError, match=r"said-by takes .* not speeker"):
        corpus.query("said-by", speeker="macron")


def test_no_public_name_is_that_of_a_module() -> None:
    """Importing `kg.formats` would put the module in the place of a function of that name."""
    modules = {path.stem for path in Path(kg.__file__).parent.iterdir()}

    assert modules & set(kg.__all__) == set()


def test_the_version_is_that_of_the_package() -> None:
    assert f'version = "{kg.__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
