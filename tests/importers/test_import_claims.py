"""Documents of other tools → articles with claims: which spans belong together, their fields and reviews."""

from __future__ import annotations

import csv
import io
import re
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from kg.annotations.classes import ClaimEntry, ClaimReview, EntityEntry, Rating
from kg.errors import Place
from kg.importers.core.claim_fields import is_review_attribute, with_reviews
from kg.importers.core.claim_grouping import group_claims
from kg.importers.core.corpora import ImportOptions, write_corpus
from kg.importers.core.documents import ArticleMetadata, LabelledSpan, Name, Skipped, SpanLink, links_by_owner
from kg.importers.core.mapping import PRESETS, Mapping
from kg.importers.core.names import NameRegister
from kg.text.spans import Span
from support.calls import lines_run
from support.documents import CONFIG, document, imported, link, mark, tree
from support.readme import commands
from support.shells import run

TEXT = 'The minister said: "We will\r\nnot pay". He denied it. The minister said no.'
NO_DATE = "its date of publication is unknown, so `published` is XXXX: fill it in"


def test_words_cue_and_speaker_belong_together_over_links_of_any_direction(tmp_path: Path) -> None:
    news = document(
        TEXT,
        [
            mark("T1", "Source", TEXT, "The minister"),
            mark("T2", "cue", TEXT, "said"),
            mark("T3", "CONTENT", TEXT, "We will\r\nnot pay", note="ours"),
            mark("T4", "Source", TEXT, "He"),
            mark("T5", "Content", TEXT, "no", nth=1),
        ],
        [link("a", "T2", "T1"), link("b", "T3", "T2"), link("c", "T4", "T5"), link("supports", "T5", "T3")],
        by="Ann B",
        on="2020-03-01",
        article=ArticleMetadata(published="2020-02"),
    )

    report = imported(tmp_path / "new", [news])

    assert tree(tmp_path / "new") == {
        "names.csv": "name,count,first,entity,type,same_as\nThe minister,1,news.ann:1:1,,,\n",
        "news.txt": 'The minister said: "We will\nnot pay". He denied it. The minister said no.',
        "news.claims.yaml": """\
article:
  published: 2020-02
  sha256: "73bda0000f01a099b9dd18bad158c3b60b9231327e3ffd20bd5f170c5fd7abda"

annotation: {by: ann-b, on: 2020-03-01}

claims:
  # news.ann:3:1
  c01:
    speaker: unnamed
    words: We will not pay
    speaker_words: {words: The minister, start: 0}
    cue: {words: said, start: 13}
    note: ours
  # news.ann:5:1
  c02:
    speaker: unnamed
    words: "no"
    speaker_words: He
    relations: {supports: c01}
""",
    }
    assert (report.read, report.written) == (
        {"article": 1, "span": 5, "claim": 2, "link": 4},
        {"article": 1, "span": 5, "claim": 2, "link": 4},
    )


def test_a_record_has_its_arguments_together(tmp_path: Path) -> None:
    marks = [
        LabelledSpan("E1", "Attribution", (), Place("news.ann", 1, 1), attributes={"act": ("Asks",)}),
        mark("T1", "Person", TEXT, "He"),
        mark("T2", "Thing", TEXT, "it"),
    ]
    news = document(TEXT, marks, [link("Speaker", "E1", "T1"), link("Message", "E1", "T2")])

    imported(tmp_path / "new", [news])

    assert "words: it\n    speaker_words: He\n    act: asks\n" in tree(tmp_path / "new")["news.claims.yaml"]


def claims_of(folder: Path) -> list[dict[str, str]]:
    """Return the speaker's words, the cue and the words of each claim of the only article."""
    parts = re.split(r"^  c\d+:\n", tree(folder)["news.claims.yaml"], flags=re.MULTILINE)[1:]
    wanted = ("speaker_words", "words", "cue", "act")
    return [
        {field: found[1] for field in wanted if (found := re.search(rf"^    {field}: (.*)$", part, re.MULTILINE))}
        for part in parts
    ]


def marked(text: str, *marks: str) -> list[LabelledSpan]:
    """Return marks `T1`, `T2`, …, each written as its label and its words: `Source: Kaag`."""
    labels_and_words = [each.split(": ") for each in marks]
    return [mark(f"T{n}", label, text, words) for n, (label, words) in enumerate(labels_and_words, start=1)]


def linked(*links: str) -> list[SpanLink]:
    """Return links without a label, each written as the ids of its ends: `T2 T1`."""
    return [link("", *each.split()) for each in links]


TWO_SPEAKERS = ("Source: Kaag", "Cue: said", "Source: Rutte", "Cue: denied", "Content: it rains")
THEIR_LINKS = ("T2 T1", "T2 T5", "T4 T3", "T4 T5")


def test_two_events_that_share_their_content_are_two_claims(tmp_path: Path) -> None:
    text = "Kaag said and Rutte denied that it rains."
    links = [replace(each, label="Content" if each.target == "T5" else "Source") for each in linked(*THEIR_LINKS)]

    report = imported(tmp_path / "new", [document(text, marked(text, *TWO_SPEAKERS), links)])

    assert claims_of(tmp_path / "new") == [
        {"speaker_words": "Kaag", "words": "it rains", "cue": "said"},
        {"speaker_words": "Rutte", "words": "it rains", "cue": "denied"},
    ]
    assert (report.read, report.written) == (
        {"article": 1, "span": 5, "claim": 2, "link": 4},
        {"article": 1, "span": 5, "claim": 2, "link": 4},
    )


def test_a_cue_without_a_speaker_beside_words_of_several_speakers_is_reported(tmp_path: Path) -> None:
    text = "Kaag said and Rutte denied, reportedly, that it rains."
    marks = marked(text, *TWO_SPEAKERS, "Cue: reportedly")

    report = imported(tmp_path / "new", [document(text, marks, linked(*THEIR_LINKS, "T6 T5"))])

    rows = list(csv.DictReader(io.StringIO(tree(tmp_path / "new")["import.csv"])))
    why = "several people say the words that it is linked to, or these were left out: link it to a speaker"
    assert [(row["record"], row["why"]) for row in rows if row["kind"] == "span"] == [("T6", why)]
    assert (report.written["claim"], report.lost("link")) == (2, 1)


def test_many_events_that_share_their_content_take_linear_time() -> None:
    def steps(count: int) -> int:
        spans = [LabelledSpan("W", "Content", (Span(0, 1),), AT)]
        links = []
        for number in range(count):
            spans += [LabelledSpan(f"{label}{number}", label, (Span(0, 1),), AT) for label in ("Cue", "Source")]
            links += [link("", f"Cue{number}", "W"), link("", f"Cue{number}", f"Source{number}")]
        news = document("A", spans, links)
        assert len(group_claims(news, PRESETS["attribution"]).claims) == count
        return lines_run(lambda: group_claims(news, PRESETS["attribution"]))

    assert steps(1000) < 5 * steps(250)


def test_a_word_for_the_speaker_or_the_cue_that_the_marked_one_contradicts_is_reported(tmp_path: Path) -> None:
    text = "She said no."
    attributes = {"speaker words": ("He",), "cue": ("say",)}
    marks = [
        mark("T1", "Source", text, "She"),
        mark("T2", "Cue", text, "said"),
        mark("T3", "Content", text, "no", attributes=attributes),
    ]

    imported(tmp_path / "new", [document(text, marks, [link("", "T2", "T1"), link("", "T2", "T3")])])

    assert claims_of(tmp_path / "new") == [{"speaker_words": "She", "words": '"no"', "cue": "said"}]
    rows = list(csv.DictReader(io.StringIO(tree(tmp_path / "new")["import.csv"])))
    assert sorted(row["record"] for row in rows if row["kind"] == "attribute") == ["cue: say", "speaker words: He"]


def test_of_two_claims_with_the_same_words_one_may_be_left_out(tmp_path: Path) -> None:
    text = "Kaag said and Rutte denied that it rains."
    marks = marked(text, *TWO_SPEAKERS)
    marks[3] = replace(marks[3], attributes={"act": ("denies",)})
    links = linked(*THEIR_LINKS)

    report = imported(tmp_path / "new", [document(text, marks, links)])

    assert claims_of(tmp_path / "new") == [{"speaker_words": "Kaag", "words": "it rains", "cue": "said"}]
    assert [report.read[kind] for kind in ("claim", "span", "link")] == [2, 5, 4]
    assert [report.written[kind] for kind in ("claim", "span", "link")] == [1, 3, 2]
    assert [report.lost(kind) for kind in ("claim", "span", "link")] == [1, 2, 2]


def test_two_cues_of_one_speaker_are_of_one_claim_and_two_speakers_of_one_event_speak_together(
    tmp_path: Path,
) -> None:
    text = "Kaag and Rutte said, and repeated, that it rains."
    marks = marked(text, "Source: Kaag", "Source: Rutte", "Cue: said", "Cue: repeated", "Content: it rains")
    links = [link("", cue, each) for cue in ("T3", "T4") for each in ("T1", "T2", "T5")]

    imported(tmp_path / "new", [document(text, marks, links)])

    (claim,) = claims_of(tmp_path / "new")
    assert claim["cue"] == "[said, repeated]"


def test_a_cue_whose_words_are_refused_does_not_move_to_another_claim_of_the_speaker(tmp_path: Path) -> None:
    text = "She said A and denied B."
    marks = marked(text, "Source: She", "Cue: said", "Content: A", "Cue: denied", "Content: B")
    marks[4] = replace(marks[4], text="C")
    links = linked("T2 T3", "T2 T1", "T4 T5", "T4 T1")

    report = imported(tmp_path / "new", [document(text, marks, links)])

    assert claims_of(tmp_path / "new") == [{"speaker_words": "She", "words": "A", "cue": "said"}]
    assert (report.read["claim"], report.written["claim"], report.lost("claim")) == (2, 1, 1)


def acts_of(folder: Path, text: str, *cues: str, mapping: Mapping | None = None, **fields: object) -> list[str]:
    """Return the act and what is inferred of the claims in a text; each has a cue of these, and begins after it."""
    marks, links = [], []
    for number, cue in enumerate(cues):
        words = text.partition(cue)[2].strip(" .,").split(".")[0]
        marks += [mark(f"T{number}1", "Cue", text, cue), mark(f"T{number}2", "Content", text, words, **fields)]
        links.append(link("", f"T{number}1", f"T{number}2"))
    wanted = ImportOptions(
        replace(CONFIG, language="en"), mapping or replace(PRESETS["attribution"], act="from-cue")
    )
    news = document(text, marks, links)
    write_corpus(folder, [news], NameRegister({}, {}), wanted)
    parts = re.split(r"^  c\d+:\n", tree(folder)["news.claims.yaml"], flags=re.MULTILINE)[1:]
    return [", ".join(re.findall(r"^    ((?:act|inferred): .*)$", part, re.MULTILINE)) for part in parts]


def test_a_claim_without_an_act_gets_none_unless_the_mapping_asks_for_it(tmp_path: Path) -> None:
    text = "She warned that it rains."

    assert acts_of(tmp_path / "a", text, "warned", mapping=PRESETS["attribution"]) == [""]
    assert acts_of(tmp_path / "b", text, "warned") == ["act: warns, inferred: act"]


@pytest.mark.parametrize(
    ("text", "cue", "expected"),
    [
        ("She has warned that it rains.", "has warned that", "act: warns, inferred: act"),
        ("She did not warn that it rains.", "warn", ""),
        ("She has never warned that it rains.", "warned", ""),
        ("Has she warned that it rains?", "warned", ""),
        ("If she warned that it rains.", "warned", ""),
        ("She was happy that it rains.", "was happy", ""),
        ("She denied that it rains.", "denied", ""),
    ],
)
def test_the_act_of_a_cue_is_that_of_its_verb_but_not_in_doubt(
    tmp_path: Path, text: str, cue: str, expected: str
) -> None:
    assert acts_of(tmp_path / "new", text, cue) == [expected]


def test_an_act_that_the_file_gives_is_not_inferred(tmp_path: Path) -> None:
    given = acts_of(tmp_path / "new", "She warned that it rains.", "warned", attributes={"act": ("states",)})

    assert [each for each in given if "inferred" in each] == []


@pytest.mark.parametrize(
    ("text", "cue", "expected"),
    [
        ("She was certain that it rains.", "was certain", "act: believes, inferred: act"),
        ("Nobody was certain that it rains.", "was certain", ""),
        ("She did not deny that it rains.", "did not deny", "act: confirms, inferred: act"),
    ],
)
def test_a_mapping_may_give_the_acts_of_cues(tmp_path: Path, text: str, cue: str, expected: str) -> None:
    mapping = replace(PRESETS["attribution"], acts={"Was Certain": "believes", "did not deny": "confirms"})

    assert acts_of(tmp_path / "new", text, cue, mapping=mapping) == [expected]


def test_a_denial_without_a_gist_is_reported_and_one_with_it_has_its_act(tmp_path: Path) -> None:
    text = "Kaag said that it rains. Rutte denied it."
    marks = [
        mark("T1", "Cue", text, "denied"),
        mark("T2", "Content", text, "it", nth=1),
        mark("T3", "Cue", text, "said"),
        mark("T4", "Content", text, "it rains"),
    ]
    news = document(text, marks, [link("", "T1", "T2"), link("", "T3", "T4")])
    gist = [
        replace(each, attributes={"gist": ("It does not rain",)}) if each.id == "T2" else each for each in marks
    ]
    wanted = ImportOptions(replace(CONFIG, language="en"), replace(PRESETS["attribution"], act="from-cue"))

    report = write_corpus(tmp_path / "new", [news], NameRegister({}, {}), wanted)
    write_corpus(tmp_path / "gist", [replace(news, marks=tuple(gist))], NameRegister({}, {}), wanted)

    (denied,) = [each for each in report.flagged.most_common(9) if "denies" in each.why]
    assert (denied.times, denied.places, report.written["claim"]) == (1, ("news.ann:2:1",), 2)
    assert "act: denies" not in tree(tmp_path / "new")["news.claims.yaml"]
    assert (
        "    act: denies\n    gist: It does not rain\n    inferred: act\n"
        in tree(tmp_path / "gist")["news.claims.yaml"]
    )


def test_parts_that_a_file_has_in_another_order_than_the_text_are_sorted(tmp_path: Path) -> None:
    text = "“It is,” she said, “late.”"
    late, it_is = (mark("T1", "Content", text, words).parts[0] for words in ("late.", "It is,"))
    said = LabelledSpan("T1", "Content", (late, it_is), Place("news.ann", 1, 1), "late. It is,")

    imported(tmp_path / "new", [document(text, [said])])

    assert claims_of(tmp_path / "new") == [{"words": '["It is,", late.]'}]


def test_a_speaker_of_several_claims_is_one_source_and_two_spans_are_two(tmp_path: Path) -> None:
    text = "The minister said A. The minister said B, and C."
    marks = [
        mark("T1", "Source", text, "The minister"),
        mark("T2", "Content", text, "A"),
        mark("T3", "Source", text, "The minister", nth=1),
        mark("T4", "Content", text, "B"),
        mark("T5", "Content", text, "C"),
    ]
    news = document(text, marks, [link("", "T1", "T2"), link("", "T3", "T4"), link("", "T3", "T5")])

    imported(tmp_path / "new", [news])

    assert (
        tree(tmp_path / "new")["news.claims.yaml"].partition("sources:")[2]
        == """
  s-the-minister:
    words: The minister

claims:
  # news.ann:2:1
  c01:
    speaker: unnamed
    words: A
    speaker_words: {words: The minister, start: 0}
  # news.ann:4:1
  c02:
    speaker: s-the-minister
    words: B
    speaker_words: {words: The minister, start: 21}
  # news.ann:5:1
  c03:
    speaker: s-the-minister
    words: C
    speaker_words: {words: The minister, start: 21}
"""
    )


@pytest.mark.parametrize(
    ("records", "links"),
    [
        ((), ("T2 T3", "T4 T5", "T1 T2", "T1 T4")),
        (("E6", "E7"), ("E6 T1", "E6 T2", "E6 T3", "E7 T1", "E7 T4", "E7 T5")),
    ],
    ids=["linked", "in records"],
)
def test_each_claim_of_one_speaker_has_its_own_cue(
    tmp_path: Path, records: tuple[str, ...], links: tuple[str, ...]
) -> None:
    text = "She said A and denied B."
    marks = marked(text, "Source: She", "Cue: said", "Content: A", "Cue: denied", "Content: B")
    marks += [LabelledSpan(id, "Event", (), Place("news.ann", int(id[1:]), 1)) for id in records]

    imported(tmp_path / "new", [document(text, marks, linked(*links))])

    assert claims_of(tmp_path / "new") == [
        {"speaker_words": "She", "words": "A", "cue": "said"},
        {"speaker_words": "She", "words": "B", "cue": "denied"},
    ]


def test_a_name_is_the_entity_that_the_table_says_and_no_other(tmp_path: Path) -> None:
    text = "Trump said A. Donald Trump said B."
    marks = [
        mark("T1", "Source", text, "Trump"),
        mark("T2", "Content", text, "A"),
        mark("T3", "Source", text, "Donald Trump"),
        mark("T4", "Content", text, "B"),
    ]
    news = document(text, marks, [link("", "T1", "T2"), link("", "T3", "T4")])

    imported(
        tmp_path / "new",
        [news],
        known={"Donald Trump": "trump"},
        entities={"trump": EntityEntry("Person", "Donald Trump")},
    )

    new = tree(tmp_path / "new")
    assert new["names.csv"] == "name,count,first,entity,type,same_as\nTrump,1,news.ann:1:1,,,\n"
    assert new["news.claims.yaml"].count("speaker: trump\n") == 1


def test_a_name_with_a_type_becomes_an_entity_once(tmp_path: Path) -> None:
    ann = Name("Ann", "Person", ("http://example.org/ann",))
    also = Name("Ann B", "Person", ("http://example.org/ann",))
    marks = [
        mark("T1", "Content", TEXT, "denied it", names={"speaker": (ann,)}),
        mark("T2", "Content", TEXT, "not pay", names={"speaker": (also,)}),
    ]

    imported(tmp_path / "new", [document(TEXT, marks)])

    assert tree(tmp_path / "new")["entities.yaml"] == (
        "ann: {type: Person, name: Ann, also: [Ann B], same_as: [http://example.org/ann]}\n"
    )


def test_what_is_left_out_is_reported_with_its_place_and_reason(tmp_path: Path) -> None:
    wrong = mark("T1", "Content", TEXT, "We will")
    marks = [
        LabelledSpan("T1", "Content", wrong.parts, wrong.at, "We shall"),
        mark("T2", "PER", TEXT, "He"),
        mark("T3", "Cue", TEXT, "denied"),
        mark("T4", "Content", TEXT, "it", attributes={"mood": ("bad",), "said": ("soon",)}),
    ]

    report = imported(tmp_path / "new", [document(TEXT, marks)])

    rows = list(csv.DictReader(io.StringIO(tree(tmp_path / "new")["import.csv"])))
    assert [(row["outcome"], row["line"], row["record"], row["why"]) for row in rows] == [
        (
            "skipped",
            "1",
            "T1",
            "the file says that 'We shall' is here, but the text has 'We will': correct the offsets",
        ),
        ("skipped", "4", "mood: bad", "the mapping's `fields` do not say which field this is"),
        ("skipped", "4", "said: soon", rows[2]["why"]),
        ("skipped", "2", "T2", "the mapping's `spans` do not say what `PER` is"),
        ("skipped", "3", "T3", "no link leads from it to the words of a claim"),
        ("open", "4", "speaker", "no speaker is linked to this claim: say who said it"),
        ("open", "", "news", NO_DATE),
    ]
    assert rows[2]["why"].startswith("`said`: ")
    assert (report.read["span"], report.written["span"], report.skipped["span"]) == (4, 1, 3)


def test_a_claim_whose_act_is_not_understood_is_left_out_and_not_taken_for_a_statement(tmp_path: Path) -> None:
    marks = [
        mark("T1", "Content", TEXT, "it", attributes={"act": ("shouts",)}),
        mark("T2", "Content", TEXT, "no", nth=1, attributes={"act": ("denies",)}),
    ]

    report = imported(tmp_path / "new", [document(TEXT, marks)])

    rows = list(csv.DictReader(io.StringIO(tree(tmp_path / "new")["import.csv"])))
    assert [(row["kind"], row["record"]) for row in rows if row["outcome"] == "skipped"] == [
        ("attribute", "act: shouts"),
        ("span", "T1"),
        ("span", "T2"),
    ]
    assert "its act 'shouts' is not understood: `act` must be one of states, believes, " in rows[1]["why"]
    assert "gist" in rows[-1]["why"]
    assert (report.read["claim"], report.written["claim"]) == (2, 0)


def test_a_claim_that_is_left_out_is_in_the_file_as_a_comment(tmp_path: Path) -> None:
    marks = [
        mark("T1", "Content", TEXT, "it"),
        mark("T2", "Content", TEXT, "no", nth=1, attributes={"act": ("denies",)}),
    ]

    imported(tmp_path / "new", [document(TEXT, marks)])

    why = (
        "a claim that denies must have a `gist`, because its words alone say the opposite: write the claim in full"
    )
    assert (
        tree(tmp_path / "new")["news.claims.yaml"]
        == f"""\
article:
  published: XXXX
  sha256: "73bda0000f01a099b9dd18bad158c3b60b9231327e3ffd20bd5f170c5fd7abda"

claims:
  # news.ann:1:1
  c01:
    speaker: unnamed
    words: it
  # news.ann:2:1
  # Left out: {why}; then take it in.
  # c02:
  #   speaker: unnamed
  #   words: "no"
  #   act: denies
"""
    )


def test_a_label_means_what_the_mapping_says(tmp_path: Path) -> None:
    mapping = Mapping(
        spans={"Zitat": "words", "Wer": "speaker", "Satz": "ignore"},
        fields={"Art": "act"},
        values={"act": {"Nein": "asks"}},
    )
    marks = [
        mark("T1", "zitat", TEXT, "it", attributes={"art": ("nein",)}),
        mark("T2", "Wer", TEXT, "He"),
        mark("T3", "Satz", TEXT, "He denied it"),
    ]

    imported(tmp_path / "new", [document(TEXT, marks, [link("x", "T1", "T2")])], mapping=mapping)

    new = tree(tmp_path / "new")
    assert "words: it\n    speaker_words: He\n    act: asks\n" in new["news.claims.yaml"]
    assert "T3,1,the mapping's `spans` leave `Satz` out\n" in new["import.csv"]


def test_a_language_that_nobody_knows_is_reported(tmp_path: Path) -> None:
    marks = [mark("T1", "Content", TEXT, "it")]
    wanted = ImportOptions(replace(CONFIG, language="und"), PRESETS["attribution"])
    told = ArticleMetadata(published="2020-02", language="en")

    report = write_corpus(
        tmp_path / "new",
        [document(TEXT, marks, article=told), document(TEXT, marks, article=replace(told, language=""))],
        NameRegister({}, {}),
        wanted,
    )

    (why,) = [each for each in report.flagged.most_common(9) if "language" in each.why]
    assert (why.why, why.times) == ("its language is unknown: give it with `--language`, such as nl", 1)


COUNT = 10_000
AT = Place("x", 1, 1)


@pytest.mark.parametrize(("label", "kind"), [("Source", "speakers"), ("Cue", "cues")])
def test_a_mark_that_ten_thousand_claims_share_is_found_from_each_at_once(label: str, kind: str) -> None:
    shared = LabelledSpan("S", label, (Span(0, 2),), AT)

    def group(many: int) -> None:
        claims = [LabelledSpan(f"T{number}", "Content", (Span(3, 7),), AT) for number in range(many)]
        news = document("He said", [shared, *claims], [link("", each.id, "S") for each in claims])
        groups = group_claims(news, PRESETS["attribution"])
        assert [getattr(each, kind) for each in groups.claims] == [(shared,)] * many

    few, more = (lines_run(partial(group, many)) for many in (COUNT // 10, COUNT))

    assert more < 12 * few


REVIEWED_AT = Place("a.json", 1, 1)


def claim_of(attributes: dict[str, str], **by: Name) -> tuple[ClaimEntry, list[Skipped], NameRegister]:
    """Return the claim of a mark with these attributes, what was left out, and the names that were read."""
    names, skipped = NameRegister({}, {}), []
    mark = LabelledSpan(
        "m",
        "Claim",
        (),
        REVIEWED_AT,
        attributes={
            key: tuple(value.split()) if key == "appearances" else (value,) for key, value in attributes.items()
        },
        names={f"review.{number[1:]}.by": (name,) for number, name in by.items()},
    )
    return with_reviews(ClaimEntry("unnamed", "Ja"), mark, names, skipped), skipped, names


def test_reviews_come_in_the_order_of_their_numbers() -> None:
    claim, skipped, names = claim_of(
        {
            "review.10.url": "https://a.example/10",
            "review.2.rating.value": "4.5",
            "review.2.rating.best": "5",
            "review.2.rating.name": "Mostly true",
            "review.2.published": "2020-02-21T10:00:00Z",
            "first_appearance": "https://a.example/1",
            "appearances": "https://a.example/2 https://a.example/2",
        },
        n2=Name("The Checkers", "Organization"),
    )

    assert claim == ClaimEntry(
        "unnamed",
        "Ja",
        first_appearance="https://a.example/1",
        appearances=["https://a.example/2"],
        reviews=[
            ClaimReview(
                by="the-checkers",
                published="2020-02-21",
                rating=Rating(value="4.5", best="5", name="Mostly true"),
            ),
            ClaimReview(url="https://a.example/10"),
        ],
    )
    assert skipped == []
    assert names.entities == {"the-checkers": EntityEntry("Organization", "The Checkers")}


def test_what_cannot_be_in_a_review_is_reported_and_the_rest_is_kept() -> None:
    claim, skipped, _ = claim_of(
        {
            "review.1.url": "a.example",
            "review.1.published": "in spring",
            "review.1.rating.value": "four",
            "review.1.rating.name": "Mostly true",
            "review.2.published": "2020",
            "first_appearance": "radio",
        },
        n1=Name("Somebody"),
    )

    assert claim.reviews == [ClaimReview(rating=Rating(name="Mostly true"))]
    assert [each.what for each in skipped] == [
        "first_appearance: radio",
        "review.1.url: a.example",
        "review.1.published: in spring",
        "review.1.rating.value: four",
        "review.1.by: Somebody",
        "review.2",
    ]


def test_an_attribute_is_review_attribute_by_its_whole_name() -> None:
    names = (
        "review.1.url",
        "review.12.rating.best",
        "appearances",
        "review",
        "review.0.url",
        "review.1.rating",
        "url",
    )

    assert [name for name in names if is_review_attribute(name)] == [
        "review.1.url",
        "review.12.rating.best",
        "appearances",
    ]


@pytest.mark.parametrize("name", ["claimreview", "quotebank"])
def test_the_pages_of_claimreview_and_quotebank_show_what_comes_out(name: str, tmp_path: Path) -> None:
    shown = list(commands(f"docs/importing/{name}.md"))

    assert [run(each.text, tmp_path) for each in shown] == [each.output for each in shown]


def test_a_link_is_kept_only_between_spans_of_one_annotator() -> None:
    links = [SpanLink("cue", "1", target, Place("a.ann", 1, 1)) for target in ("2", "3", "4")]

    kept, skipped = links_by_owner(links, {"1": "ann", "2": "ann", "3": "bob"})

    assert kept == {"ann": links[:1]}
    assert [(each.what, each.why) for each in skipped] == [
        ("1 → 3", "its spans are of two annotators"),
        ("1 → 4", "one of the two spans that it links was not read"),
    ]
