"""`kg release`: a publication with a version, what changed since the last one, and what archives ask for."""

from __future__ import annotations

from kg.publish.release.release import Released, ReleaseRequest, make_release

__all__ = ["ReleaseRequest", "Released", "make_release"]
