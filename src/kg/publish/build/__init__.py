"""The whole publication in a folder, all or nothing.

One build at a time holds the lock of the folder's `.kg-build/`. There it writes the new files (`new/`) and a second
name for each old file that will change (`old/`), synced to disk, and then the journal, which says what moves.
Before the journal stands, the folder is as it was; from then on each file moves in by a rename, what no longer
belongs is deleted, and the journal goes. A step that fails turns `journal` into `undo`, and the old files move
back. A build that was killed leaves one of the two, and the next build first completes the one or the other.
Files that no earlier build wrote (its SHA256SUMS lists them) are never touched.
"""

from __future__ import annotations

from kg.publish.build.contents import Built, build, build_in_jobs

__all__ = ["Built", "build", "build_in_jobs"]
