"""What the export of an INCEpTION or WebAnno project tells of each annotator's copy of a document."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from msgspec import Struct

_IN_PROGRESS = ("NEW", "INPROGRESS")
_LATEST = 4_102_444_800_000  # 2100


class Copy(Struct, frozen=True):
    """A document as one annotator has it: the state it is in, and when it was last changed, in milliseconds."""

    name: str = ""
    user: str = ""
    state: str | None = None
    timestamp: int | float | str | None = None
    updated: int | float | str | None = None

    @property
    def done(self) -> bool:
        """Whether the annotator has finished, or nothing says that not."""
        return (self.state or "").upper().replace("_", "").replace("-", "") not in _IN_PROGRESS

    @property
    def on(self) -> str:
        """When it was last changed, in UTC; `""` if that is not told."""
        for told in (self.updated, self.timestamp):
            if isinstance(told, int | float) and 0 < told < _LATEST:
                return datetime.fromtimestamp(told // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return ""


class _Project(Struct, frozen=True):
    annotation_documents: list[Copy] | None = None


def read_copies(raw: bytes) -> dict[tuple[str, str], Copy]:
    """Return the copies by document and annotator. Raises `ValueError` or `RecursionError` if it cannot."""
    project = msgspec.json.decode(raw, type=_Project)
    return {(copy.name, copy.user): copy for copy in project.annotation_documents or ()}
