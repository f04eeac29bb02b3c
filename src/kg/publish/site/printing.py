"""The files of things, written by one process or by several; not one byte depends on how many there are.

A file has a name in the folder's list before a process writes it; only the number of those that changed comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from kg.errors import WorkerError
from kg.publish.site.folder import Folder, put
from kg.publish.site.layout import FORMATS, Layout
from kg.publish.site.pages import Pages

T = TypeVar("T")
_PORTION = 32
"""How many things a process is given at once."""
_AHEAD = 64
"""How many portions for each process are known at once, so that memory does not grow with the data set."""
_KILLED = (
    "a worker process was killed from outside, most often by the system for want of memory, so the site is not "
    "complete: run `kg site` again, with fewer `--jobs` if need be"
)


class Task(NamedTuple):
    """What every portion is written by: the store, the layout of its pages, and the folder of the site."""

    store: Path
    layout: Layout
    root: Path
    room: Path


def write_things(folder: Folder, pages: Pages, store: Path, jobs: int) -> Iterator[str]:
    """Write the pages and data of all things into a folder, and yield the path of each that is done."""
    task = Task(store, pages.layout, folder.root, folder.room)
    portions = _some(pages.things(), _PORTION)
    if jobs == 1:
        for portion in portions:
            _place(folder, pages.layout, portion)
            folder.changed += _write(task, portion, pages)
            yield from portion
        return
    # Imported here, because one process does not need it.
    from kg.processes.pool import worker_pool

    try:
        with worker_pool(jobs) as pool:
            for known in _some(portions, _AHEAD * jobs):
                for portion in known:
                    _place(folder, pages.layout, portion)
                written = pool.in_order(write_portion, ((task, portion) for portion in known))
                for portion, changed in zip(known, written, strict=True):
                    folder.changed += changed
                    yield from portion
    except WorkerError as error:
        raise WorkerError(_KILLED) from error


def write_portion(task: Task, portion: list[str]) -> int:
    """Write the files of things, and return how many changed. That is the whole of what a worker does."""
    return _write(task, portion, _opened(task.store, task.layout))


@lru_cache(maxsize=1)  # a worker opens the store once, for all portions that it is given
def _opened(store: Path, layout: Layout) -> Pages:
    return Pages(store, layout.languages, large=layout.large)


def _write(task: Task, portion: list[str], pages: Pages) -> int:
    files = (file for path in portion for file in files_of(pages, path))
    return sum(put(task.root / name, content, task.room) for name, content in files)


def _place(folder: Folder, layout: Layout, portion: list[str]) -> None:
    for path in portion:
        for name in _names(layout, path):
            folder.place(name)


def _names(layout: Layout, path: str) -> Iterator[str]:
    yield from (layout.file(path, language) for language in layout.languages)
    yield from (f"{path}.{form}" for form in FORMATS if layout.has_data(path))


def files_of(pages: Pages, path: str) -> Iterator[tuple[str, bytes]]:
    """Yield the names and the contents of a page's files: one a language, and its data, if it has any."""
    for language in pages.languages:
        page = pages.html(path, language)
        assert page is not None, path
        yield pages.layout.file(path, language), page
    for form in FORMATS if pages.layout.has_data(path) else ():
        if said := pages.data(path, form):
            yield f"{path}.{form}", said


def _some(all: Iterable[T], most: int) -> Iterator[list[T]]:
    """Yield lists of so many at most."""
    left = iter(all)
    while portion := list(islice(left, most)):
        yield portion
