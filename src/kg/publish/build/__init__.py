"""`kg build`: the whole publication in a folder, all or nothing."""

from __future__ import annotations

from kg.publish.build.publication_files import Built, build, build_in_jobs, build_into

__all__ = ["Built", "build", "build_in_jobs", "build_into"]
