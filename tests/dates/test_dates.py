"""EDTF: what is certain, what bounds it, what is probable, and what is refused."""

from __future__ import annotations

import datetime
import json
import re
from calendar import monthrange

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.dates.edtf import Edtf, interval, is_day, read, suggestions, without_marks
from support import ROOT
from support.calls import must_end
from support.shared_data import shared_file

DOCUMENT = ROOT / "docs" / "dates.md"
LISTS, EXAMPLES = "edtf/edtf-validate-lists.json", "edtf/python-edtf-examples.json"

MARKS = str.maketrans("", "", "?~%")


def loaded(name: str) -> dict[str, list]:
    return json.loads(shared_file(name).read_text("utf-8"))


def table(heading: str) -> list[list[str]]:
    """Return the rows of the first table under a heading of docs/dates.md."""
    section = DOCUMENT.read_text("utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines[2:]]


def shown(earliest: str, latest: str) -> str:
    return f"{earliest or 'open'} – {latest or 'open'}"


def bounds(text: str) -> str:
    try:
        date = read(text)
    except ValueError:
        return "refused"
    return shown(date.earliest, date.latest)


def complaint(text: str) -> str:
    with pytest.raises(ValueError, match=r"^[a-z].*[^.]$") as caught:
        read(text)
    return str(caught.value)


# --- what comes out


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ("2014~", "2024-?10", "2014~/2024-?10"),
        ("2024-10", "2024", "2024-10/2024-XX"),
        ("2024-10-05", "2024-10", "2024-10-05/2024-10-XX"),
        ("2014-10-01T10:00:00Z", "..", "2014-10-01/.."),
        ("", "2024", "/2024"),
        ("2014", "", "2014/"),
        ("", "", ""),
        ("[2014,2015]", "..", ""),
        ("2024", "2014", ""),
    ],
)
def test_two_dates_are_the_ends_of_an_interval(start: str, end: str, text: str) -> None:
    assert interval(start, end).text == text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("2024-?10", "2024-10"),
        ("[2020-02?..2020-03~]", "[2020-02..2020-03]"),
        ("2014%/..", "2014/.."),
        ("2020", "2020"),
    ],
)
def test_a_date_without_its_marks_is_what_nobody_doubts(written: str, text: str) -> None:
    assert without_marks(read(written)) == read(text)


def test_no_date_says_nothing():
    assert Edtf("") == Edtf(
        text="",
        certain="",
        earliest="",
        latest="",
        probable="",
        qualifier="",
        start="",
        end="",
        kind="",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-02-21", ("2020-02-21", "2020-02-21", "2020-02-21", "", "", "2020-02-21", "2020-02-21", "date")),
        ("2020-02", ("2020-02", "2020-02-01", "2020-02-29", "", "", "2020-02", "2020-02", "date")),
        (
            "2020-02-?21",
            ("2020-02", "2020-02-01", "2020-02-29", "2020-02-21", "uncertain", *["2020-02"] * 2, "date"),
        ),
        ("2020-02-21~", ("", "", "", "2020-02-21", "approximate", "", "", "date")),
        ("2004?-06-~11", ("", "", "", "2004-06-11", "both", "", "", "date")),
        ("1984%", ("", "", "", "1984", "both", "", "", "date")),
        ("1984?/2004-06-%11", ("", "", "2004-06-30", "", "both", "", "2004-06", "interval")),
        ("2014-10-01/..", ("", "2014-10-01", "", "", "", "2014-10-01", "", "interval")),
        ("../..", ("", "", "", "", "", "", "", "interval")),
        ("[1667,1760-12~]", ("", "", "", "", "approximate", "", "", "set")),
        ("[1667,1760-~12]", ("", "1667-01-01", "1760-12-31", "", "approximate", "", "", "set")),
        ("{1960,1961-12..}", ("", "1960-01-01", "", "", "", "", "", "list")),
        ("2011-~23", ("2011", "2011-01-01", "2011-12-31", "", "approximate", "2011", "2011", "date")),
        ("2011-?24", ("", "2010-12-01", "2012-02-29", "", "uncertain", "", "", "date")),
        ("-0043-03-15", ("", "", "", "", "", "", "", "date")),
    ],
)
def test_a_date_is_read_whole(text, expected):
    assert read(text) == Edtf(text, *expected)


@pytest.mark.parametrize("row", table("What comes out"), ids=lambda row: row[0])
def test_the_documented_table_is_what_comes_out(row):
    date = read(row[0])

    assert [date.text, date.certain, shown(date.earliest, date.latest), date.probable] == row


@pytest.mark.parametrize("row", table("How to write what you know"), ids=lambda row: row[2])
def test_the_advice_is_edtf(row):
    assert read(row[2]).text == row[2]


@pytest.mark.parametrize(
    ("code", "months"),
    [
        *[(21, "03-05"), (22, "06-08"), (23, "09-11"), (25, "03-05"), (26, "06-08"), (27, "09-11")],
        *[(29, "09-11"), (31, "03-05"), (32, "06-08")],
        *[(33, "01-03"), (34, "04-06"), (35, "07-09"), (36, "10-12")],
        *[(37, "01-04"), (38, "05-08"), (39, "09-12"), (40, "01-06"), (41, "07-12")],
    ],
)
def test_a_part_of_the_year_has_the_bounds_of_its_months(code, months):
    first, last = months.split("-")

    assert bounds(f"2001-{code}") == shown(read(f"2001-{first}").earliest, read(f"2001-{last}").latest)
    assert read(f"2001-{code}").certain == "2001"


@pytest.mark.parametrize("code", [24, 28, 30])
def test_a_season_over_new_year_may_belong_to_either_year(code):
    assert read(f"2019-{code}") == Edtf(f"2019-{code}", "", "2018-12-01", "2020-02-29", kind="date")


# --- what is refused


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a date must be written as 2020, 2020-02 or 2020-02-21, not left empty"),
        ("2020-13", "a month must be 01 to 12, or 21 to 41 for a season or a part of the year, not 13"),
        ("2020-02-30", "a day must exist, and there is no 2020-02-30"),
        ("2019-02-29", "a day must exist, and there is no 2019-02-29"),
        ("31/02/2020", "a day must exist, and '31/02/2020' means 2020-02-31, which does not"),
        ("30 februari 2020", "a day must exist, and '30 februari 2020' means 2020-02-30, which does not"),
        (
            "13/13/2020",
            "a date must be written as 2020, 2020-02, 2020-02-21 or otherwise in EDTF, not '13/13/2020'",
        ),
        ("19X1-02-29", "a day must exist, and there is no 19X1-02-29"),
        ("-0000", "the year before 0001 must be written as 0000, not -0000"),
        (
            "2020-02-21T10:00",
            "a time must be written as 2020-02-21T10:00:00 or 2020-02-21T10:00:00Z, not '2020-02-21T10:00': "
            "did you mean '2020-02-21'?",
        ),
        (
            "2020-05/2020-02",
            "the end must not begin before the start, as it does in '2020-05/2020-02': "
            "did you mean '2020-02/2020-05'?",
        ),
        (
            "2020-02-14/2020-02",
            "the end must not begin before the start, as it does in '2020-02-14/2020-02': "
            "did you mean '2020-02-14/2020-02-XX'?",
        ),
        (
            "/",
            "an interval must have a start and an end, as 2020-02-14/2020-02-16, not '/'",
        ),
        ("[]", "a set must be dates between [ and ], as [2019-10..2019-12], not '[]'"),
        ("[2019", "a set must be dates between [ and ], as [2019-10..2019-12], not '[2019'"),
        ("[2019,..]", "a set must contain dates or ranges as 2019-10..2019-12, not '..'"),
        (
            "[2019..,2020]",
            "a set may be open only before its first date and after its last, not as '[2019..,2020]'",
        ),
        ("?2004?", "a mark must be on one side of what it doubts, not on both sides as in '?2004?'"),
        ("vrijdag", "a date must be written as 2020, 2020-02, 2020-02-21 or otherwise in EDTF, not 'vrijdag'"),
        ("2" * 201, "a date must have 200 characters at most, not 201"),
    ],
)
def test_a_refusal_says_what_must_hold(text, said):
    assert complaint(text) == said


@pytest.mark.parametrize(
    ("written", "suggested"),
    [
        ("21 februari 2020", "2020-02-21"),
        ("21. Februar 2020", "2020-02-21"),
        ("1 août 2020", "2020-08-01"),
        ("3 juin 2020?", "2020-06-03?"),
        ("31 december 2020", "2020-12-31"),
        ("February 21, 2020", "2020-02-21"),
        ("mrt. 2020", "2020-03"),
        ("21-02-2020", "2020-02-21"),
        ("03/02/2020", "2020-02-03"),
        ("02/21/2020", "2020-02-21"),
        ("2020/02/21", "2020-02-21"),
        ("2020/02", "2020-02"),
        ("2020-2-21", "2020-02-21"),
        ("2020-2", "2020-02"),
        ("20200221", "2020-02-21"),
        (" 2020-02-21 ", "2020-02-21"),
        ("2020-02-21 ?", "2020-02-21?"),
        ("2020-02-xx", "2020-02-XX"),
        ("199u", "199X"),
        ("2014/open", "2014/.."),
        ("unknown/2014", "/2014"),
        ("2020-02-21t10:00:00z", "2020-02-21T10:00:00Z"),
        ("14-2-2020/16-2-2020", "2020-02-14/2020-02-16"),
        ("[2019-10 .. 2019-12]", "[2019-10..2019-12]"),
    ],
)
def test_what_was_evidently_meant_is_suggested(written, suggested):
    assert complaint(written).endswith(f": did you mean '{suggested}'?")


@pytest.mark.parametrize(
    "written", ["vrijdag", "99-99-2020", "2020-13-13", "2019-02-29", "21 blabla 2020", "0/0/0000"]
)
def test_nothing_is_suggested_where_nothing_is_evident(written):
    assert "did you mean" not in complaint(written)


def test_a_season_of_an_uncertain_year_may_be_in_the_last_of_them():
    assert bounds("201X-21") == shown("2010-03-01", "2019-05-31")


@pytest.mark.parametrize("text", ["2020-24/2019-24", "2020-24/2020-21", "2020-24/2019-12"])
def test_a_winter_is_the_last_season_of_its_own_year(text):
    assert complaint(text).startswith("the end must not begin before the start")
    assert read("/".join(reversed(text.split("/")))).text


# --- other readers


def test_every_valid_string_of_edtf_validate_is_read():
    valid = loaded(LISTS)["L0_L1_L2"]

    assert [read(text).text for text in valid] == valid
    assert len(valid) == 206


def test_every_invalid_string_of_edtf_validate_is_refused_with_a_sentence():
    invalid = [text for key, texts in loaded(LISTS).items() if key.startswith("invalid") for text in texts]

    assert len([complaint(text) for text in invalid]) == 56


def test_every_bad_example_of_python_edtf_is_refused_with_a_sentence():
    bad = [text for text in loaded(EXAMPLES)["BAD_EXAMPLES"] if text is not None]

    assert len([complaint(text) for text in bad]) == 16


def test_the_bounds_of_python_edtf_are_ours_but_for_the_documented_ones():
    """Marks are taken off first: the package pads doubted dates. Years outside 0001-9999 stay open."""
    differing = {}
    examples = loaded(EXAMPLES)["EXAMPLES"]
    for text, days in examples:
        # Of a doubted day the package gives one strict day and two padded ones.
        strict = days[:1] * 2 if len(days) in (1, 3) else days[:2]
        theirs = shown(*[day if is_day(day) else "" for day in strict])
        plain = text.translate(MARKS)
        if bounds(plain) != theirs:
            differing[plain] = [theirs, bounds(plain)]

    assert differing == {row[0]: row[1:3] for row in table("Where other readers differ")}
    assert len(examples) == 90


def test_blanks_are_all_that_is_wrong_with_the_refused_examples():
    for text, theirs, ours, _ in table("Where other readers differ"):
        if ours == "refused":
            assert bounds(text.replace(" ", "")) == theirs


def test_the_qualifiers_are_those_of_python_edtf():
    names = {(False, False): "", (True, False): "uncertain", (False, True): "approximate", (True, True): "both"}
    examples = loaded(EXAMPLES)["APPROXIMATE_UNCERTAIN_EXAMPLES"]

    assert [(text, read(text).qualifier) for text, _ in examples] == [
        (text, names[uncertain or both, approximate or both]) for text, (uncertain, approximate, both) in examples
    ]


# --- laws

unhurried = settings(deadline=None)  # a busy machine is no fault of the reader
days = st.dates(min_value=datetime.date(1, 1, 1)).map(str)
plain_dates = st.tuples(days, st.sampled_from([4, 7, 10])).map(lambda pair: pair[0][: pair[1]])


@st.composite
def unspecified(draw: st.DrawFn) -> str:
    """A date of which the last digits of the year, the month or the day are X, as level 1 has it."""
    year, month, _ = draw(days).split("-")
    return draw(
        st.sampled_from([year[:3] + "X", year[:2] + "XX", f"{year}-XX", f"{year}-{month}-XX", f"{year}-XX-XX"])
    )


@st.composite
def masked(draw: st.DrawFn) -> tuple[str, str]:
    """A day, and the same with any of its digits X."""
    day = draw(days)
    hidden = draw(st.sets(st.sampled_from([0, 1, 2, 3, 5, 6, 8, 9])))
    return day, "".join("X" if place in hidden else sign for place, sign in enumerate(day))


@st.composite
def marked(draw: st.DrawFn) -> str:
    """A date with marks to the left or to the right of its parts, some digits X, perhaps a season."""
    text = draw(plain_dates | unspecified() | masked().map(lambda pair: pair[1]))
    if draw(st.booleans()):
        text = f"{text[:4]}-{draw(st.integers(21, 41))}"
    marks = st.sampled_from(["", "", "?", "~", "%"])
    return "-".join(
        mark + part if draw(st.booleans()) else part + mark for part in text.split("-") for mark in [draw(marks)]
    )


@st.composite
def compound(draw: st.DrawFn) -> str:
    """Any EDTF string: a date, an interval, a set or a list."""
    first, second = draw(marked()), draw(marked())
    shapes = "{0}", "{0}/{1}", "{0}/..", "/{1}", "[{0},{1}]", "[..{0},{1}]", "{{{0},{1}..}}", "[{0}..{1}]"
    return draw(st.sampled_from(shapes)).format(first, second)


def contains(outer: Edtf, inner: Edtf) -> bool:
    """Tell whether the bounds of one hold those of the other; an open bound holds everything."""
    starts = not outer.earliest or (inner.earliest != "" and outer.earliest <= inner.earliest)
    return starts and (not outer.latest or (inner.latest != "" and outer.latest >= inner.latest))


def read_if_valid(text: str) -> Edtf:
    try:
        return read(text)
    except ValueError:
        assume(False)
        raise


@unhurried
@given(compound())
def test_the_bounds_are_in_order_and_are_days(text):
    date = read_if_valid(text)

    assert all(bound == "" or is_day(bound) for bound in (date.earliest, date.latest))
    assert not date.earliest or not date.latest or date.earliest <= date.latest


@unhurried
@given(compound())
def test_a_doubt_never_narrows_the_bounds(text):
    assert contains(read_if_valid(text), read(text.translate(MARKS)))


@unhurried
@given(marked())
def test_what_is_certain_was_written_and_has_the_bounds(text):
    date = read_if_valid(text)

    assert text.translate(MARKS).startswith(date.certain)
    assert not date.certain or contains(read(date.certain), date)
    assert (date.start, date.end) == (date.certain, date.certain)


@unhurried
@given(marked())
def test_what_is_probable_is_what_was_written_and_lies_within_the_bounds(text):
    date = read_if_valid(text)

    assert date.probable in ("", text.translate(MARKS))
    assert not date.probable or date.qualifier != ""
    assert not date.probable or (read(date.probable).certain == date.probable and date.probable != date.certain)
    assert not date.probable or contains(date, read(date.probable))


@unhurried
@given(plain_dates)
def test_without_marks_all_of_a_plain_date_is_certain(text):
    date = read(text)

    assert (date.certain, date.probable, date.qualifier, date.kind) == (text, "", "", "date")


@unhurried
@given(masked())
def test_unspecified_digits_are_bounded_by_the_first_and_last_day_that_fit(pair):
    day, text = pair
    date = read(text)
    pattern = text.replace("X", "[0-9]")

    assert not date.earliest or (date.earliest <= day and re.fullmatch(pattern, date.earliest))
    assert not date.latest or (day <= date.latest and re.fullmatch(pattern, date.latest))
    assert bool(date.latest) == (text[:4] != "XXXX")
    # the year 0000 may fit, and lies outside what is bounded
    assert date.earliest or re.fullmatch(text[:4].replace("X", "[0-9]"), "0000")


@unhurried
@given(plain_dates, plain_dates)
def test_an_interval_reaches_from_its_start_to_its_end(one, other):
    start, end = sorted((one, other), key=lambda text: read(text).earliest)

    assert read(f"{start}/{end}") == Edtf(
        f"{start}/{end}",
        earliest=read(start).earliest,
        latest=read(end).latest,
        start=start,
        end=end,
        kind="interval",
    )


@unhurried
@given(st.lists(plain_dates, min_size=1, max_size=8))
def test_a_set_reaches_from_its_first_to_its_last_day(texts):
    dates = [read(text) for text in texts]
    earliest, latest = min(date.earliest for date in dates), max(date.latest for date in dates)

    for text, kind in (f"[{','.join(texts)}]", "set"), (f"{{{','.join(texts)}}}", "list"):
        assert read(text) == Edtf(text, earliest=earliest, latest=latest, kind=kind)


@settings(max_examples=60, deadline=None)
@given(plain_dates | unspecified() | st.tuples(plain_dates, plain_dates).map("/".join))
def test_plain_dates_have_the_bounds_of_python_edtf(text):
    edtf = pytest.importorskip("edtf", reason="the package edtf is not installed")
    date = read_if_valid(text)
    theirs = edtf.parse_edtf(text)
    days = [
        f"{day.tm_year:04}-{day.tm_mon:02}-{day.tm_mday:02}"
        for day in (theirs.lower_strict(), theirs.upper_strict())
    ]

    assert (date.earliest, date.latest) == tuple(day if is_day(day) else "" for day in days)


@unhurried
@given(st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True) | days)
def test_a_day_is_what_the_calendar_has(text):
    try:
        expected = str(datetime.date.fromisoformat(text)) == text
    except ValueError:
        expected = False

    assert is_day(text) is expected


@unhurried
@given(st.text(alphabet="0123456789X-?~%/.,[]{}TZYSE: ", max_size=40) | st.text(max_size=210))
def test_any_text_is_read_or_refused_with_one_sentence(text):
    try:
        assert read(text).text == text
    except ValueError as error:
        said = str(error)
        assert re.fullmatch(r"[a-z].*[^.]", said, re.DOTALL)
        guess = re.search(r": did you mean '(.*)'\?$", said)
        assert not guess or read(guess[1]).text == guess[1]


@unhurried
@given(st.text(max_size=60))
def test_a_slip_has_few_readings(text):
    assert len(list(suggestions(text))) <= 7


@pytest.mark.parametrize(
    "text", ["XXXX-02-30", "XXXX-XX-3X/XXXX-02-30", f"[{','.join(['XXX1-02-29'] * 17)}]", "Y1E" + "9" * 190]
)
def test_the_worst_text_takes_no_time_that_grows_with_what_it_leaves_open(text):
    must_end(lambda: bounds(text))


def test_a_date_met_before_is_not_read_again():
    assert read("2020-02-21") is read("2020-02-21")


@pytest.mark.parametrize("year", [1, 4, 100, 1900, 2000, 2023, 2024, 9999])
def test_a_month_and_its_days_are_those_of_the_calendar(year):
    for month in range(1, 13):
        last = monthrange(year, month)[1]
        days = [f"{year:04}-{month:02}-{day:02}" for day in range(1, last + 1)]

        whole = days[0][:7]
        assert read(whole) == Edtf(whole, whole, days[0], days[-1], "", "", whole, whole, "date")
        assert [read(day) for day in days] == [Edtf(day, day, day, day, "", "", day, day, "date") for day in days]
        with pytest.raises(ValueError, match="a day must exist"):
            read(f"{year:04}-{month:02}-{last + 1:02}" if last < 31 else f"{year:04}-{month:02}-00")
