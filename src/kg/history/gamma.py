"""γ of the passages that annotators claim, through the library pygamma-agreement, which is an extra.

Y. Mathet, A. Widlöcher, J.-P. Métivier, "The Unified and Holistic Method Gamma (γ) for Inter-Annotator Agreement
Measure and Alignment", Computational Linguistics 41 (3), 2015, https://doi.org/10.1162/COLI_a_00227. The passages
of all annotators are aligned so that they differ as little as possible (the disorder); γ compares this with the
disorder of the same readings when each is moved to a random place of the text. Only passages count here, not what
the claims say of them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import ceil, prod
from statistics import fmean, pstdev
from typing import Any

from kg.errors import UsageError
from kg.history.agreement import Agreement, ComparedArticle, GammaFigures
from kg.text.spans import Span

SEED = 2015
"""Each article begins with it, so that its figure depends on nothing else."""
PRECISION = 0.02
"""The relative error of the disorder by chance, at a confidence of 95 % (section 5.3 of the paper)."""
FIRST_SAMPLES = 30
MAX_ARTICLES = 100
MAX_COMBINATIONS = 50_000
"""How many ways there may be to choose at most one claim of each annotator; time and memory grow with them."""


def with_gamma(agreement: Agreement) -> Agreement:
    """Return the agreement with γ of the passages, of at most `MAX_ARTICLES` articles in their order.

    Over several articles, disorders are added up, so that one with more claims weighs more. Raises `UsageError` if
    pygamma-agreement cannot be loaded.
    """
    try:
        import pygamma_agreement as library
    except ImportError as error:
        install = "pip install 'kg-claims[gamma]'"
        if error.name == "pygamma_agreement":
            raise UsageError(f"γ needs pygamma-agreement, and it is not installed: {install}") from error
        raise UsageError(f"γ needs pygamma-agreement, and it cannot be loaded here ({error}): {install}") from error
    disorders: dict[str, tuple[float, float]] = {}
    left_out: dict[str, str] = {}
    for compared in agreement.articles:
        if why := _why_not(compared):
            left_out[compared.article.id] = why
        elif len(disorders) == MAX_ARTICLES:
            left_out[compared.article.id] = f"only the first {MAX_ARTICLES} articles are computed"
        else:
            with _seeded(), _without_log():
                disorders[compared.article.id] = _disorders(library, compared)
    return agreement._replace(gamma=GammaFigures(disorders, left_out))


def _why_not(compared: ComparedArticle) -> str:
    claims = [compared.claims(name) for name in compared.annotators]
    combinations = prod(len(own) + 1 for own in claims)
    if not any(claims):
        return "nobody has a claim there"
    if any(claim.text_version != compared.article.text_version for own in claims for claim in own):
        return "it has claims of an earlier text"
    if combinations > MAX_COMBINATIONS:
        return f"its claims can be combined in {combinations:,} ways, at most {MAX_COMBINATIONS:,} are computed"
    return ""


def _disorders(library: Any, compared: ComparedArticle) -> tuple[float, float]:
    """Return the disorder of the passages, and its mean over readings at random places of the text.

    The library's `compute_gamma` does the same in threads, where the solver may write to stdout and lose options.
    """
    continuum = _continuum(library, [_passages(compared, name) for name in compared.annotators])
    continuum.bound_sup = float(len(compared.article.text))
    dissimilarity = library.PositionalSporadicDissimilarity()
    sampler = library.ShuffleContinuumSampler()
    sampler.init_sampling(continuum)
    observed = float(continuum.get_best_alignment(dissimilarity).disorder)
    samples: list[float] = []
    while (missing := _samples_needed(samples) - len(samples)) > 0:
        drawn = (sampler.sample_from_continuum for _ in range(missing))
        samples += [float(sample.get_best_alignment(dissimilarity).disorder) for sample in drawn]
    claims = continuum.avg_num_annotations_per_annotator
    return observed * claims, fmean(samples) * claims


def _samples_needed(samples: Sequence[float]) -> int:
    if len(samples) < FIRST_SAMPLES:
        return FIRST_SAMPLES
    mean = fmean(samples)
    return ceil((1.96 * pstdev(samples, mean) / (mean * PRECISION)) ** 2) if mean else 0


def _passages(compared: ComparedArticle, annotator: str) -> list[Span]:
    """Return the passages of an annotator, each from the first to the last character of its claim."""
    claims = (claim.parts for claim in compared.claims(annotator))
    return sorted(Span(min(part.start for part in each), max(part.end for part in each)) for each in claims)


def _continuum(library: Any, readings: Sequence[list[Span]]) -> Any:
    """Return the library's form of readings, whose order does not matter.

    A unit has the number of its passage among equal ones as its category: without, they would count as one.
    """
    from pyannote.core import Segment

    continuum = library.Continuum()
    for annotator, passages in enumerate(sorted(readings)):
        continuum.add_annotator(f"{annotator}")
        for number, (start, end) in enumerate(passages):
            category = number - passages.index(Span(start, end))
            continuum.add(f"{annotator}", Segment(float(start), float(end)), f"{category}")
    return continuum


@contextmanager
def _seeded() -> Iterator[None]:
    """Seed NumPy's global generator, from which the library draws, and restore it."""
    import numpy

    state = numpy.random.get_state()
    numpy.random.seed(SEED)
    try:
        yield
    finally:
        numpy.random.set_state(state)


@contextmanager
def _without_log() -> Iterator[None]:
    """Drop what the library logs for each alignment, on the root logger: that it takes the solver GLPK."""
    root, handler = logging.getLogger(), logging.NullHandler()  # without a handler, logging would add one to stderr

    def is_not_of_the_library(record: logging.LogRecord) -> bool:
        return "pygamma_agreement" not in record.pathname

    root.addHandler(handler)
    root.addFilter(is_not_of_the_library)
    try:
        yield
    finally:
        root.removeFilter(is_not_of_the_library)
        root.removeHandler(handler)
