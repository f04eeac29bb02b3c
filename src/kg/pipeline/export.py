"""Validate a corpus and write it to one file or stream: whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from os import PathLike
from pathlib import Path
from typing import IO, NamedTuple

from kg.errors import CorpusError, Finding, UsageError
from kg.files.atomic_writes import atomic_file
from kg.files.compression import COMPRESSIONS, Compression, compressing
from kg.files.temporary import output_at_end
from kg.formats import CLAIM_FORMATS, ClaimFormat, Format, any_format_named, any_format_of, format_for
from kg.pipeline.documents import Document
from kg.pipeline.publication import Publication
from kg.pipeline.run import Progress, make_plan, write_publication

Target = str | PathLike[str] | IO[bytes]
Watch = Callable[[int], AbstractContextManager[Progress]]
"""Called with the number of articles (0 if not counted); its context gives the callback for progress."""


class Export(NamedTuple):
    """The result of an export: its findings, and notes on what was written or left out: one a line."""

    findings: list[Finding]
    note: str = ""


@contextmanager
def unwatched(_size: int) -> Iterator[Progress]:
    """Watch an export without showing its progress."""
    yield lambda _done, _found: None


class ExportOptions(NamedTuple):
    """How to export. `format` is the name of one; left out, the suffix of the file says it.

    `https` is whether the terms of schema.org are https; `jobs` are processes, None for one a core.
    """

    format: str = ""
    https: bool = False
    jobs: int | None = 1


def export(publication: Publication, target: Target, options: ExportOptions, watch: Watch | None = None) -> Export:
    """Write a corpus to a file or a binary stream, and return its warnings.

    Raises `CorpusError` if there is a violation; then nothing is written.
    """
    form, compression = chosen_format(options.format, target)
    if options.https and form.name in CLAIM_FORMATS:
        raise UsageError(f"`--schema-org` is for RDF, and {form.name} is always the same: leave it out.")
    beside = Path(target).absolute().parent if isinstance(target, str | PathLike) else None
    plan = make_plan(publication.corpus, options.jobs, beside=beside, counted=watch is not None)
    opened = atomic_file(Path(target)) if isinstance(target, str | PathLike) else output_at_end(target)
    index = publication.index
    with opened as stream:
        with compressing(stream, compression) as packed, (watch or unwatched)(plan.size) as progress:
            noted = form.notes(packed) if isinstance(form, ClaimFormat) and form.notes else None
            writer = format_for(form.name, index)
            document = Document(writer, noted or packed, index.iris.base, https=options.https)
            written = write_publication(publication, [document], plan, progress)
        if any(finding.severity == "violation" for finding in written.findings):
            raise CorpusError(written.findings)
    note = _note(form, document, written.findings) if isinstance(form, ClaimFormat) else ""
    notes = [written.remark or note, noted.notes() if noted else ""]
    return Export(written.findings, "\n".join(each for each in notes if each))


def _note(form: ClaimFormat, document: Document, findings: Sequence[Finding]) -> str:
    """Return what users need to know about what is not in the document, `""` for nothing."""
    rule, note = form.leaves_out
    left_out = sum(finding.rule == rule for finding in findings) if rule else 0
    return note.format(number=left_out) if left_out else form.if_empty if document.is_empty else ""


def chosen_format(name: str, target: Target) -> tuple[Format | ClaimFormat, Compression]:
    """Return the format named, else that of the file's suffix, else Turtle; and the compression of the suffix."""
    if not isinstance(target, str | PathLike):
        return any_format_named(name or "ttl"), ""
    if name:
        return any_format_named(name), COMPRESSIONS.get(Path(target).suffix, "")
    return any_format_of(str(target))
