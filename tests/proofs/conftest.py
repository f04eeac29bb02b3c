"""Proofs: tests that repeat one question many times and print a figure.

They are slow tests that ask a few times; `KG_PROOFS=full pytest -m slow tests/proofs` asks as often as docs say.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

WANTS_ALL = os.environ.get("KG_PROOFS") == "full"


@pytest.fixture
def rounds() -> Callable[[int, int], int]:
    """Choose how often to ask: the first number, or the second with `KG_PROOFS=full`."""
    return lambda few, many: many if WANTS_ALL else few


@pytest.fixture
def show_figure(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Print a sentence with a figure below the results of the tests."""
    return lambda sentence: record_property("figure", sentence)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures of the proofs that passed."""
    passed = terminalreporter.stats.get("passed", [])
    figures = [value for report in passed for name, value in report.user_properties if name == "figure"]
    if figures:
        terminalreporter.section("figures")
        for figure in figures:
            terminalreporter.write_line(figure)
