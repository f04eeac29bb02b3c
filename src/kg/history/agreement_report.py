"""Agreement as a table for the terminal, as CSV, and as an HTML page with the disagreements side by side."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path

from kg.history.agreement import FIELDS, Agreement, ComparedArticle, FieldFigures, PassageFigures, Values
from kg.query.tables import Rows, table

_TEMPLATE = Path(__file__).with_name("templates") / "agreement.html"
UNDEFINED = "–"
ALL = "all"
PASSAGE_COLUMNS = ("annotators", "claims", "both", "precision", "recall", "F1", "same words")
GAMMA = "gamma of the passages"
FIELD_COLUMNS = ("field", "alpha", "compared", "equal", "not by all")


def as_table(agreement: Agreement, width: int = 0, *, by_article: bool = False) -> Iterator[str]:
    """Yield the lines of the tables: the passages by pair, the fields, and with `by_article` each article.

    `width` is that of the terminal, 0 for any.
    """
    rows = [_passage_cells(figures) for figures in map(agreement.passages, agreement.pairs)]
    yield from table(Rows(PASSAGE_COLUMNS, tuple(rows)), width)
    yield from _gamma_lines(agreement)
    yield ""
    pairs = agreement.pairs if len(agreement.annotators) > 2 else []
    columns = (*FIELD_COLUMNS, *map(_pair_name, pairs))
    yield from table(Rows(columns, tuple(_field_cells(agreement, field, pairs) for field in FIELDS)), width)
    if by_article:
        yield ""
        cells = tuple(_article_cells(agreement, each.article.id) for each in agreement.articles)
        gamma = ("gamma",) if agreement.gamma else ()
        yield from table(Rows(("article", "F1", *gamma, *FIELDS), cells), width)


def as_csv(agreement: Agreement) -> str:
    """Return all figures as CSV (RFC 4180): a row for each article, annotators and figure; `all` is the whole."""
    stream = StringIO()
    writer = csv.writer(stream)
    writer.writerow(("article", "annotators", "figure", "value", "claims"))
    for article in (ALL, *(each.article.id for each in agreement.articles)):
        part = agreement if article == ALL else agreement.of_article(article)
        for pair in part.pairs:
            writer.writerows(_passage_records(article, part.passages(pair)))
        if part.gamma:
            writer.writerow((article, ALL, "gamma", _exact(part.gamma.value), _claims_compared(part)))
        for names in ((), *(part.pairs if len(agreement.annotators) > 2 else ())):
            who = _pair_name(names) or ALL
            writer.writerows(_field_record(article, who, part.field(field, names)) for field in FIELDS)
    return stream.getvalue()


def as_html(agreement: Agreement, names: Mapping[str, str]) -> str:
    """Return a page with the figures and, by article, what annotators read differently side by side.

    `names` are those of the entities by id.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        agreement=agreement,
        passage_columns=PASSAGE_COLUMNS,
        field_columns=FIELD_COLUMNS,
        passages=[_passage_cells(agreement.passages(pair)) for pair in agreement.pairs],
        fields=[_field_cells(agreement, field, ()) for field in FIELDS],
        articles=[
            (each, agreement.of_article(each.article.id).gamma, list(_differences(each, names)))
            for each in agreement.articles
        ],
        number=_number,
    )


def _differences(compared: ComparedArticle, names: Mapping[str, str]) -> Iterator[list[tuple[str, ...]]]:
    """Yield the rows for each claim that annotators read differently: a field, and what each of them gives."""
    for unit in compared.units:
        everybody = len(unit.claims) == len(compared.annotators)
        words = tuple(unit.claims[name].words if name in unit.claims else UNDEFINED for name in compared.annotators)
        rows = [("words", *words)]
        for field in FIELDS:
            cells = tuple(_shown(unit.values(field, name), names) for name in compared.annotators)
            if len(set(cells)) > 1 if everybody else field == "speaker":
                rows.append((field, *cells))
        if len(rows) > 1 or len(set(words)) > 1:
            yield rows


def _shown(values: Values, names: Mapping[str, str]) -> str:
    return ", ".join(sorted(names.get(value, value) for value in values)) or UNDEFINED


def _pair_name(pair: Sequence[str]) -> str:
    return " – ".join(pair)


def _number(value: float | None) -> str:
    return UNDEFINED if value is None else f"{value:.2f}"


def _passage_cells(figures: PassageFigures) -> tuple[str, ...]:
    claims = " / ".join(map(str, figures.claims))
    shares = map(_number, (figures.precision, figures.recall, figures.f1))
    return (_pair_name(figures.pair), claims, str(figures.both), *shares, str(figures.same_words))


def _gamma_lines(agreement: Agreement) -> Iterator[str]:
    """Yield γ of all annotators and articles, and a line for each article that was left out."""
    if agreement.gamma:
        yield ""
        yield f"{GAMMA}: {_number(agreement.gamma.value)}"
        yield from (f"  without {article}: {why}" for article, why in agreement.gamma.left_out.items())


def _claims_compared(agreement: Agreement) -> int:
    """Return how many claims all annotators have in the articles for which γ was computed."""
    computed = agreement.gamma.disorders if agreement.gamma else {}
    return sum(
        len(unit.claims) for each in agreement.articles if each.article.id in computed for unit in each.units
    )


def _field_cells(agreement: Agreement, field: str, pairs: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    figures = agreement.field(field)
    counts = map(str, (figures.compared, figures.equal, figures.one_sided))
    return (
        field,
        _number(figures.alpha),
        *counts,
        *(_number(agreement.field(field, pair).alpha) for pair in pairs),
    )


def _article_cells(agreement: Agreement, id: str) -> tuple[str, ...]:
    """Return the lowest F1 of any pair in an article, γ if it was asked for, then the alpha of each field."""
    part = agreement.of_article(id)
    f1 = [found for pair in part.pairs if (found := part.passages(pair).f1) is not None]
    gamma = (_number(part.gamma.value),) if part.gamma else ()
    return (id, _number(min(f1, default=None)), *gamma, *(_number(part.field(field).alpha) for field in FIELDS))


def _passage_records(article: str, figures: PassageFigures) -> Iterator[tuple[str, ...]]:
    pair, claims = _pair_name(figures.pair), str(max(figures.claims))
    for name in ("precision", "recall", "f1"):
        yield article, pair, name, _exact(getattr(figures, name)), claims
    yield article, pair, "same words", str(figures.same_words), str(figures.both)


def _field_record(article: str, annotators: str, figures: FieldFigures) -> tuple[str, ...]:
    return article, annotators, f"alpha of {figures.field}", _exact(figures.alpha), str(figures.compared)


def _exact(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}"
