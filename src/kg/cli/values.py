"""Values of options that go into a corpus: what a corpus does not take is wrong usage, told before any work."""

from __future__ import annotations

import click

from kg.meaning.reporter import language_fault


def language_tag(value: str) -> str:
    """Return a language tag as it was given; `""` is none."""
    if value and (fault := language_fault(value)):
        raise click.BadParameter(fault)
    return value
