"""Limits of a child process: memory, processor time, size of files, and no network.

The operating system enforces them, so they apply to parsers and engines in other languages too. Windows has none.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_MOST_FILES = 65_536
SOCKET_CALLS = {
    "x86_64": (0xC000003E, (41, 42, 53, 425)),
    "aarch64": (0xC00000B7, (198, 203, 199, 425)),
    "riscv64": (0xC00000F3, (198, 203, 199, 425)),
}
"""By machine: its name in the kernel, and its numbers of socket, connect, socketpair and io_uring_setup."""


def limit_memory(more: int) -> None:
    """Limit this process to `more` bytes of memory above what it has now; only Linux can."""
    if in_use := _address_space():
        _limit("RLIMIT_AS", in_use + more)
    _limit("RLIMIT_CORE", 0)


def limit_seconds(more: float) -> None:
    """Limit this process to `more` further seconds of processor time, and two in which to end by itself."""
    if resource is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + more) + 2, allowed))


def limit_file_size(most: int) -> None:
    """Limit the files that this process writes to `most` bytes each."""
    _limit("RLIMIT_FSIZE", most)


def allow_many_files() -> None:
    """Raise the limit of open files as far as it goes: a store has a file for every 64 MB."""
    if resource is not None:
        allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(allowed, _MOST_FILES), allowed))


def refuse_files() -> None:
    """Forbid this process to open files and sockets; open ones stay open."""
    _limit("RLIMIT_NOFILE", 0)


def refuse_sockets() -> bool:
    """Forbid this thread and those that it starts to open sockets. Return whether that worked; only Linux can.

    https://docs.kernel.org/userspace-api/seccomp_filter.html
    """
    if not sys.platform.startswith("linux") or os.uname().machine not in SOCKET_CALLS:
        return False
    program = _filter(*SOCKET_CALLS[os.uname().machine])
    buffer = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("@HP", len(program) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, seccomp, mode_filter = 38, 22, 2
    return not (libc.prctl(no_new_privileges, 1, 0, 0, 0) or libc.prctl(seccomp, mode_filter, head, 0, 0))


def _limit(name: str, value: int) -> None:
    if resource is None:
        return
    kind = getattr(resource, name)
    allowed = resource.getrlimit(kind)[1]
    value = value if allowed == resource.RLIM_INFINITY else min(value, allowed)
    resource.setrlimit(kind, (value, value))


def _address_space() -> int:
    """Return how many bytes of address space are in use, 0 if the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _filter(machine: int, refused: tuple[int, ...]) -> bytes:
    """Return a program for the kernel that refuses these calls, and all calls in another machine's numbers."""
    load, equal, at_least, end = 0x20, 0x15, 0x35, 0x06
    number_at, machine_at = 0, 4
    allow, deny = 0x7FFF0000, 0x00050000 | 13  # EACCES
    last = len(refused) + 5
    checks = [
        (load, 0, 0, machine_at),
        (equal, 0, last - 2, machine),
        (load, 0, 0, number_at),
        # x86-64 has a second set of numbers, for programs of 32 bits.
        (at_least, last - 4, 0, 0x40000000),
        *((equal, last - 5 - at, 0, number) for at, number in enumerate(refused)),
        (end, 0, 0, allow),
        (end, 0, 0, deny),
    ]
    return b"".join(struct.pack("=HBBI", *check) for check in checks)
