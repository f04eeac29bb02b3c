"""The process that reads a foreign file, with limits on its memory, so that no file can take the machine down.

    python -m kg.importers.core.child < REQUEST > FRAMES

The request is one line; when the other end of stdin is gone, so is this process.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import IO

import msgspec

from kg.errors import KgError
from kg.importers.core.entry_points import find_importer
from kg.importers.core.frames import Chosen, Done, Failed, Request, failed, write_frame

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

_SILENCE = 1.0


def main() -> None:
    """Read what the request asks for, and write it to stdout."""
    request = msgspec.json.decode(sys.stdin.buffer.readline(), type=Request)
    Thread(target=_end_with_parent, daemon=True).start()
    # Whatever a reader prints goes where it can do no harm.
    frames = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    os.dup2(2, 1)
    try:
        _read(request, frames)
    except KgError as error:
        write_frame(frames, failed(error))
    except OSError as error:
        write_frame(frames, Failed("file", f"{error.filename or request.source}: {error.strerror or error}"))
    except MemoryError:
        most = f"{request.memory // 1_000_000:,} MB"
        why = f"a document of it needs more than {most} of memory: split it, or allow more with `--memory`"
        write_frame(frames, Failed("file", f"{request.source}: {why}"))
    except RecursionError:
        write_frame(frames, Failed("file", f"{request.source}: it nests deeper than can be read: write it flatter"))
    frames.flush()
    os._exit(0)  # nothing that a reader left behind is waited for


def _read(request: Request, frames: IO[bytes]) -> None:
    importer = find_importer(request.importer)
    confine(request.memory)
    source = Path(request.source)
    mapping = request.mapping or importer.preset(source)
    write_frame(frames, Chosen(mapping))
    told = monotonic()
    for item in importer.read(source, mapping, Path(request.texts) if request.texts else None):
        write_frame(frames, item)
        # Not only when the buffer is full: slow readers would seem to come to nothing.
        if (now := monotonic()) > told + _SILENCE:
            frames.flush()
            told = now
    write_frame(frames, Done())


def confine(memory: int) -> None:
    """Leave this process no more than so many further bytes of memory, where the system can."""
    if resource is None or sys.platform == "darwin":
        return
    with open("/proc/self/statm", encoding="ascii") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    allowed = resource.getrlimit(resource.RLIMIT_AS)[1]
    most = used + memory if allowed == resource.RLIM_INFINITY else min(used + memory, allowed)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _end_with_parent() -> None:
    # Not by `sys.stdin`: a thread that waits in there keeps Python from ending in peace.
    while os.read(0, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
