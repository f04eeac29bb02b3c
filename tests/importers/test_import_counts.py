"""Counts in are counts out: what is read is written or left out, by counts that are made here another way."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import openpyxl
import pytest

from kg.importers.core.annotations_import import ImportSettings, import_annotations
from kg.importers.core.import_report import ImportReport
from support.inception import TYPES, tsv, view, xmi
from support.shared_data import shared_file
from support.shells import run
from support.tei_files import laid, tei

KINDS = ("article", "claim", "span", "link")
TEXT = "The minister said taxes will rise. Ann Bolt denied that it was so, adding that it was late.\n"


def at(words: str, nth: int = 0) -> tuple[int, int]:
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(words, start + 1)
    return start, start + len(words)


def brought_in(tool: str, source: Path, mapping: str = "", **more: str) -> tuple[ImportReport, list[dict]]:  # type: ignore[type-arg]
    """Return the report of an import, and the lines of the corpus."""
    folder = source.parent.parent / "corpus"
    file = source.parent.parent / "mapping.yaml"
    if mapping:
        file.write_text(mapping)
    settings = ImportSettings(str(file) if mapping else "", language="en", json_lines=True, **more)
    report = import_annotations(tool, [source], folder, settings)
    return report, [json.loads(line) for line in (folder / "articles.jsonl").read_text().splitlines()]


def assert_adds_up(report: ImportReport, lines: list[dict], folder: Path) -> None:  # type: ignore[type-arg]
    """Assert that each kind adds up, and that the written corpus and import.csv have these counts."""
    for kind in KINDS:
        assert report.read[kind] == report.written[kind] + report.lost(kind), kind
    assert report.written["article"] == len(lines)
    assert report.written["claim"] == sum(len(line["claims"]) for line in lines)
    rows: Counter[str] = Counter()
    if (folder / "corpus" / "import.csv").exists():
        for row in csv.DictReader((folder / "corpus" / "import.csv").read_text("utf-8-sig").splitlines()):
            rows[row["kind"]] += int(row["count"]) if row["outcome"] == "skipped" else 0
    assert [rows[kind] for kind in ("article", "span", "link")] == [
        report.lost(kind) for kind in ("article", "span", "link")
    ]


class Case(NamedTuple):
    """A source of a tool: its files, its mapping, and what it has, counted here."""

    tool: str
    files: dict[str, str]
    count: Callable[[str], tuple[int, int, int, int]]
    """Articles, claims, spans and links in the files, joined."""
    mapping: str = ""


def span(id: str, label: str, words: str, nth: int = 0) -> str:
    start, end = at(words, nth)
    return f"{id}\t{label} {start} {end}\t{words}\n"


BRAT = (
    span("T1", "Source", "The minister")
    + span("T2", "Cue", "said")
    + span("T3", "Content", "taxes will rise")
    + span("T4", "Source", "Ann Bolt")
    + span("T5", "Cue", "denied")
    + f"T6\tContent {at('it was so')[0]} {at('it was so')[1]};{at('that')[0]} {at('that')[1]}\tit was so that\n"
    + span("T7", "Cue", "adding")
    + "T8\tContent 80 900\tfar beyond\n"
    + "T9\tContent 0 5\tother\n"
    + "T9\tContent 0 3\tThe\n"
    + span("T10", "Source", "inister")
    + span("T11", "Content", "late")
    + span("T12", "Place", "taxes")
    + "T13\tContent nowhere\tx\n"
    + "E1\tCue:T2 Source:T1 Content:T3\nE2\tCue:T5 Source:T4 Content:T6\nE3\tCue:T7 Source:T4 Content:T8\n"
    + "R1\tSays Arg1:T10 Arg2:T11\nR2\tsupports Arg1:T3 Arg2:T6\nR3\tanswers Arg1:T11 Arg2:T9\n*\tEquiv T1 T4 T10\n"
)


def in_brat(text: str) -> tuple[int, int, int, int]:
    spans = re.findall(r"^T\d+\t(\S+)", text, re.MULTILINE)
    events = re.findall(r"^E\d+\t\S+((?: \S+)*)", text, re.MULTILINE)
    same = re.findall(r"^\*\t\S+ \S+((?: \S+)*)", text, re.MULTILINE)
    links = sum(len(each.split()) for each in (*events, *same)) + len(re.findall(r"^R", text, re.MULTILINE))
    return 1, spans.count("Content"), len(spans), links


TEI = """<p>The <said xml:id="a">minister <note>so <said>in a note</said></note>said</said> <q next="#b">no</q>
<quote xml:id="b">words</quote> <said/> <del><q>deleted</q></del>
<seg id="7 8" type="speaker">Ann</seg> <seg id="7" type="intExpr">says</seg> <said id="7">yes</said>
<said id="8" prev="#z">late</said> <seg type="frame" id="9">and</seg> <seg>plain</seg>
<seg id="s9" type="speaker">Bob</seg> <said SpeakerID="s9">never</said></p>"""


def in_tei(text: str) -> tuple[int, int, int, int]:
    elements = [(each.tag.rpartition("}")[2], each.attrib) for each in ElementTree.fromstring(text).iter()]
    names = Counter(name for name, _ in elements)
    claims = names["said"] + names["q"] + names["quote"]
    said = {attributes.get("id") for name, attributes in elements if name == "said"}
    shared = [id for name, attributes in elements if name == "seg" for id in attributes.get("id", "").split()]
    pointers = [each for _, attributes in elements for each in ("next", "prev", "SpeakerID") if each in attributes]
    return 1, claims, claims + names["seg"], sum(id in said for id in shared) + len(pointers)


DOCCANO = json.dumps(
    {
        "text": TEXT,
        "entities": [
            {"id": 1, "label": "Source", "start_offset": 0, "end_offset": 12},
            {"id": 2, "label": "Content", "start_offset": at("taxes")[0], "end_offset": at("rise")[1]},
            {"id": 3, "label": "Content", "start_offset": 80, "end_offset": 900},
            {"id": 4, "label": "Content", "start_offset": "x", "end_offset": 9},
            {"id": 5, "label": "Other", "start_offset": 0, "end_offset": 3},
        ],
        "relations": [
            {"id": 1, "from_id": 1, "to_id": 2, "type": "Says"},
            {"id": 2, "from_id": 1, "to_id": 3, "type": "Says"},
            {"id": 3, "from_id": 1, "to_id": 5, "type": "Says"},
            {"id": 4, "from_id": 1},
        ],
    }
)


def in_doccano(text: str) -> tuple[int, int, int, int]:
    record = json.loads(text)
    claims = sum(each["label"] == "Content" for each in record["entities"])
    return 1, claims, len(record["entities"]), len(record["relations"])


def region(id: str, label: str, start: int, end: int) -> dict[str, object]:
    value = {"start": start, "end": end, "text": TEXT[start:end], "labels": [label]}
    return {"id": id, "from_name": "label", "to_name": "text", "type": "labels", "value": value}


LABEL_STUDIO = json.dumps(
    [
        {
            "id": 1,
            "data": {"text": TEXT},
            "annotations": [
                {
                    "id": 1,
                    "result": [
                        region("a", "Source", 0, 12),
                        region("b", "Content", *at("taxes will rise")),
                        region("c", "Content", 80, 900),
                        {"from_id": "a", "to_id": "b", "type": "relation", "direction": "right", "labels": ["x"]},
                        {"from_id": "a", "to_id": "c", "type": "relation", "direction": "right", "labels": ["x"]},
                    ],
                }
            ],
        }
    ]
)


def in_label_studio(text: str) -> tuple[int, int, int, int]:
    results = [each for task in json.loads(text) for one in task["annotations"] for each in one["result"]]
    labels = [label for each in results if "value" in each for label in each["value"]["labels"]]
    return 1, labels.count("Content"), len(labels), sum(each["type"] == "relation" for each in results)


WEB_ANNOTATION = json.dumps(
    [
        {
            "id": f"#{number}",
            "type": "Annotation",
            "body": [{"type": "TextualBody", "purpose": "tagging", "value": label}],
            "target": {"selector": [{"type": "TextQuoteSelector", "exact": words}]},
        }
        for number, (label, words) in enumerate(
            [("Source", "The minister"), ("Content", "taxes will rise"), ("Content", "not there"), ("X", "late")]
        )
    ]
    + [
        {
            "id": "#r",
            "type": "Annotation",
            "motivation": "linking",
            "body": [{"type": "TextualBody", "purpose": "tagging", "value": "says"}],
            "target": [{"id": "#0"}, {"id": end}],
        }
        for end in ("#1",)
    ]
)


def in_web_annotation(text: str) -> tuple[int, int, int, int]:
    annotations = json.loads(text)
    tags = [each["body"][0]["value"] for each in annotations if "motivation" not in each]
    return 1, tags.count("Content"), len(tags), sum("motivation" in each for each in annotations)


TSV = tsv(
    "#Text=Rutte said yes no .",
    "1-1\t0-5\tRutte\tSource\t_\t_",
    "1-2\t6-10\tsaid\tCue\tSource[0];Content[0]\t1-1;1-3",
    "1-3\t11-14\tyes\tContent\t_\t_",
    "1-4\t15-17\tno\tContent\t_\t_",
    "1-5\t18-19\t.\tOther\tSource\t1-9",
    layers=(
        "#T_SP=webanno.custom.Quote|value|ROLE_webanno.custom.Quote:arguments_webanno.custom.Link|webanno.custom.Quote",
    ),
)


def in_tsv(text: str) -> tuple[int, int, int, int]:
    rows = [line.split("\t") for line in text.splitlines() if re.match(r"\d+-\d+\t", line)]
    links = sum(len(row[5].split(";")) for row in rows if row[5] != "_")
    return 1, sum(row[3] == "Content" for row in rows), len(rows), links


XMI = xmi(
    '<custom:Attribution xmi:id="5" sofa="1" begin="0" end="5" type="Source"/>',
    '<custom:Attribution xmi:id="6" sofa="1" begin="11" end="14" type="Content"/>',
    '<custom:Attribution xmi:id="7" sofa="1" begin="11" end="99" type="Content"/>',
    '<custom:Attribution xmi:id="8" sofa="1" begin="6" end="10" type="Cue" cue="4"/>',
    '<custom:SimpleSpan xmi:id="4" sofa="1" begin="6" end="10"/>',
    '<custom:Relation xmi:id="9" sofa="1" begin="0" end="5" Governor="5" Dependent="6" value="x"/>',
    '<custom:Relation xmi:id="10" sofa="1" begin="0" end="5" Governor="5" Dependent="7" value="x"/>',
    view("Rutte said yes no .", 4, 5, 6, 7, 8, 9, 10),
)


def in_xmi(text: str) -> tuple[int, int, int, int]:
    spans = len(re.findall(r"<custom:(?:Attribution|SimpleSpan) ", text))
    return 1, text.count('type="Content"'), spans, text.count("<custom:Relation ") + text.count(' cue="')


CSV = f"""article,text,id,words,speaker,relations
a,"{TEXT.strip()}",c1,taxes will rise,The minister,
a,,c2,it was so,Ann Bolt,answers c1; supports c9
a,,c3,not there at all,,
,,,lost,,
"""


def in_csv(text: str) -> tuple[int, int, int, int]:
    rows = list(csv.DictReader(text.splitlines()))
    links = sum(len(re.findall(r"\w+ c\d", row["relations"] or "")) for row in rows)
    return len({row["article"] for row in rows} - {""}), len(rows), len(rows), links


REVIEW = {"@type": "ClaimReview", "url": "https://e.org/r", "itemReviewed": {"@type": "Claim"}}
CLAIMREVIEW = json.dumps(
    [{**REVIEW, "claimReviewed": "Taxes rise", "url": "https://e.org/1"}, {**REVIEW, "claimReviewed": " "}]
)
QUOTEBANK = json.dumps(
    {
        "articleID": "a",
        "title": "T",
        "date": "2020-01-01",
        "url": "https://e.org/",
        "quotations": [
            {
                "quoteID": "q1",
                "quotation": "Taxes rise.",
                "leftContext": "He said",
                "rightContext": ".",
                "speaker": "",
            },
            {"quoteID": "q2", "quotation": " ", "leftContext": "He said", "rightContext": ".", "speaker": ""},
        ],
    }
)


def in_quotebank(text: str) -> tuple[int, int, int, int]:
    quotations = text.count('"quoteID"')
    return 1, quotations, quotations, 0


def in_claimreview(text: str) -> tuple[int, int, int, int]:
    reviews = text.count('"claimReviewed"')
    return 1, reviews, reviews, 0


MINE = "{spans: {Source: speaker, Cue: cue, Content: words}, relations: {supports: supports, answers: answers}}"
CASES = [
    Case("brat", {"a.ann": BRAT, "a.txt": TEXT}, in_brat, MINE),
    Case("tei", {"a.xml": tei(TEI)}, in_tei),
    Case("doccano", {"a.jsonl": DOCCANO}, in_doccano, MINE),
    Case("label-studio", {"a.json": LABEL_STUDIO}, in_label_studio, MINE),
    Case("web-annotation", {"a.json": WEB_ANNOTATION}, in_web_annotation, MINE),
    Case("webanno-tsv", {"a.tsv": TSV}, in_tsv, MINE),
    Case("uima-cas", {"a.xmi": XMI, "TypeSystem.xml": TYPES}, in_xmi, MINE),
    Case("csv", {"a.csv": CSV}, in_csv),
    Case("claimreview", {"a.json": CLAIMREVIEW}, in_claimreview),
    Case("quotebank", {"a.json": QUOTEBANK}, in_quotebank),
]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.tool)
def test_each_kind_of_each_format_is_written_or_left_out(case: Case, tmp_path: Path) -> None:
    source = laid(tmp_path / "in", case.files)
    texts = {"texts": str(laid(tmp_path / "texts", {"a.txt": TEXT}))} if case.tool == "web-annotation" else {}
    first = next(iter(case.files.values()))

    report, lines = brought_in(case.tool, source / next(iter(case.files)), case.mapping, **texts)

    assert tuple(report.read[kind] for kind in KINDS) == case.count(first)
    assert_adds_up(report, lines, tmp_path)


def test_what_is_left_out_is_named_with_its_reason_and_adds_up(tmp_path: Path) -> None:
    laid(tmp_path / "in", {"a.ann": BRAT, "a.txt": TEXT})
    (tmp_path / "mapping.yaml").write_text(MINE)

    told = run("kg import brat in -o corpus --mapping mapping.yaml --language en", tmp_path)

    for kind in KINDS:
        read, written, *lost = map(int, re.findall(r"\d+", re.search(rf"^{kind}s: .*$", told, re.MULTILINE)[0]))  # type: ignore[index]
        reasons = re.search(rf"^{kind}s: .*\n((?:  .*\n)*)", told, re.MULTILINE)[1]  # type: ignore[index]
        assert read - written == sum(lost) == sum(map(int, re.findall(r"^  (\d+) ×", reasons, re.MULTILINE)))


SHARED = [
    ("brat", "brat", "{spans: {V: words, N: speaker}, relations: {}}", "*.ann"),
    ("doccano", "doccano/relation_extraction.jsonl", "{spans: {PERSON: words}}", "relation_extraction.jsonl"),
    ("label-studio", "label-studio/export.json", "{spans: {Person: words}}", "export.json"),
    ("uima-cas", "uima-cas/small_cas.xmi", "{spans: {Sentence: words}}", "small_cas.xmi"),
]


def spans_of_shared(tool: str, text: str) -> tuple[int, int]:
    """Return how many claims and spans a file of another project has."""
    if tool == "brat":
        labels = re.findall(r"^T\d+\t(\S+)", text, re.MULTILINE)
        return labels.count("V"), len(labels)
    if tool == "uima-cas":
        return text.count("<cassis:Sentence "), len(re.findall("<cassis:(?:Sentence|Token) ", text))
    if tool == "doccano":
        labels = [each["label"] for line in text.splitlines() for each in json.loads(line).get("entities", ())]
        return labels.count("PERSON"), len(labels)
    results = [each for task in json.loads(text) for one in task["annotations"] for each in one["result"]]
    labels = [label for each in results if "value" in each for label in each["value"].get("labels", ())]
    return labels.count("Person"), len(labels)


@pytest.mark.parametrize(("tool", "name", "mapping", "pattern"), SHARED, ids=[each[0] for each in SHARED])
def test_files_of_other_projects_are_counted(
    tool: str, name: str, mapping: str, pattern: str, tmp_path: Path
) -> None:
    source = shared_file(f"annotation-tools/{name}")
    folder = source if source.is_dir() else source.parent
    text = "".join(each.read_text() for each in sorted(folder.glob(pattern)))
    (tmp_path / "in").mkdir()
    (tmp_path / "mapping.yaml").write_text(mapping)
    settings = ImportSettings(str(tmp_path / "mapping.yaml"), language="en", json_lines=True)

    report = import_annotations(tool, [source], tmp_path / "corpus", settings)

    lines = [json.loads(line) for line in (tmp_path / "corpus" / "articles.jsonl").read_text().splitlines()]
    assert (report.read["claim"], report.read["span"]) == spans_of_shared(tool, text)
    assert_adds_up(report, lines, tmp_path)


DAMAGE = [
    ("uima-cas", {"a.xmi": XMI, "b.xmi": "<xmi:XMI", "TypeSystem.xml": TYPES}),
    ("webanno-tsv", {"a.tsv": TSV, "b.tsv": "#FORMAT=WebAnno TSV 3.3\n\n\n1-1\tx\n"}),
    ("tei", {"a.xml": tei(TEI), "b.xml": "<TEI"}),
    ("doccano", {"a.jsonl": DOCCANO, "b.jsonl": "{"}),
    ("label-studio", {"a.json": LABEL_STUDIO, "b.json": "[{"}),
    ("claimreview", {"a.json": CLAIMREVIEW, "b.json": "[{"}),
    ("csv", {"a.csv": CSV, "b.csv": 'words,text\n"x'}),
]


@pytest.mark.parametrize(("tool", "files"), DAMAGE, ids=[each[0] for each in DAMAGE])
def test_one_damaged_file_is_reported_and_the_others_are_imported(
    tool: str, files: dict[str, str], tmp_path: Path
) -> None:
    laid(tmp_path / "in", files)
    (tmp_path / "mapping.yaml").write_text(MINE)
    mapping = "" if tool in ("tei", "csv", "claimreview") else "--mapping mapping.yaml"

    told = run(f"kg import {tool} in -o corpus {mapping} --language en; echo status $?", tmp_path)

    assert told.startswith("articles: 2 read, 1 written, 1 left out\n")
    assert "1 file could not be read to the end: the corpus is of the others\n" in told
    assert told.endswith("status 1\n")
    rows = list(csv.DictReader((tmp_path / "corpus" / "import.csv").read_text("utf-8-sig").splitlines()))
    assert [Path(row["file"]).stem for row in rows if row["kind"] == "article"] == ["b"]


@pytest.mark.parametrize("tool", [each[0] for each in DAMAGE])
def test_a_damaged_file_that_is_given_alone_is_an_error(tool: str, tmp_path: Path) -> None:
    files = dict(DAMAGE)[tool]
    laid(tmp_path, files)

    told = run(
        f"kg import {tool} {next(each for each in files if each.startswith('b'))} -o corpus; echo $?", tmp_path
    )

    assert told.endswith("\n1\n")
    assert not (tmp_path / "corpus").exists()


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.tool)
def test_a_link_to_a_file_outside_the_source_is_not_followed(case: Case, tmp_path: Path) -> None:
    laid(tmp_path / "in", {name.replace("a.", "b."): content for name, content in case.files.items()})
    for name, content in case.files.items():
        if name.startswith("a."):
            laid(tmp_path / "outside", {name: content.replace("taxes", "SECRET").replace("Rutte", "SECRET")})
            (tmp_path / "in" / name).symlink_to(tmp_path / "outside" / name)
    texts = str(laid(tmp_path / "texts", {"a.txt": TEXT})) if case.tool == "web-annotation" else ""
    (tmp_path / "mapping.yaml").write_text(case.mapping)
    settings = ImportSettings(str(tmp_path / "mapping.yaml") if case.mapping else "", texts=texts, json_lines=True)

    report = import_annotations(case.tool, [tmp_path / "in"], tmp_path / "corpus", settings)

    assert "SECRET" not in (tmp_path / "corpus" / "articles.jsonl").read_text()
    assert report.written["article"] == 1
    names = {name for name in case.files if name.startswith("a.") and not name.endswith(".txt")}
    rows = list(csv.DictReader((tmp_path / "corpus" / "import.csv").read_text("utf-8-sig").splitlines()))
    assert {Path(row["record"]).name for row in rows if "leads out of it" in row["why"]} >= names


def workbook(file: Path) -> Path:
    """Write the rows of `CSV` as a workbook."""
    book = openpyxl.Workbook()
    for row in csv.reader(CSV.splitlines()):
        book.active.append(row)
    file.parent.mkdir()
    book.save(file)
    return file


def test_the_rows_of_a_workbook_are_written_or_left_out(tmp_path: Path) -> None:
    file = workbook(tmp_path / "in" / "a.xlsx")

    report, lines = brought_in("xlsx", file)

    header, *rows = openpyxl.load_workbook(file).active.iter_rows(values_only=True)
    links = sum(len(re.findall(r"\w+ c\d", row[header.index("relations")] or "")) for row in rows)
    articles = {row[header.index("article")] for row in rows} - {None}
    assert [report.read[kind] for kind in KINDS] == [len(articles), len(rows), len(rows), links]
    assert_adds_up(report, lines, tmp_path)


def test_one_damaged_workbook_is_reported_and_the_others_are_imported(tmp_path: Path) -> None:
    file = workbook(tmp_path / "in" / "a.xlsx")
    (tmp_path / "in" / "b.xlsx").write_bytes(file.read_bytes()[:2000])

    told = run("kg import xlsx in -o corpus --language en; echo status $?", tmp_path)

    assert told.startswith("articles: 2 read, 1 written, 1 left out\n")
    assert told.endswith("status 1\n")
    assert run("kg import xlsx in/b.xlsx -o other; echo status $?", tmp_path).endswith("status 1\n")
    assert not (tmp_path / "other").exists()
