"""Commands of kg in a terminal of their own, in which somebody types when they are asked."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
from select import select

from support.waiting import eventually

# How questions end that a key answers; those that end otherwise want a line.
_KEY = ("quit ?", "quit:", "back:")
_LINE = (":", "decide")


class Terminal:
    """`kg` in a terminal with a given number of columns; it is killed when the block ends."""

    def __init__(self, *arguments: str, columns: int = 200) -> None:
        self._mine, theirs = pty.openpty()
        command = [sys.executable, "-m", "kg", *arguments]
        environment = {**os.environ, "NO_COLOR": "1", "TERM": "xterm", "COLUMNS": str(columns)}
        self._process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
        )
        os.close(theirs)
        self._seen = b""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._mine)

    def after(self, until: str = "") -> str:
        """Return what is shown until kg waits for an answer, once some words were shown."""
        return eventually(self._read, lambda seen: until in seen and self._waits(seen))

    def typed(self, keys: str, *, until: str = "") -> str:
        """Type keys, and return what is shown then."""
        self._seen = b""
        os.write(self._mine, keys.encode())
        return self.after(until)

    def ended(self, keys: str) -> str:
        """Type the keys with which the command ends well, and return what is shown then."""
        self._seen = b""
        os.write(self._mine, keys.encode())
        assert eventually(lambda: (self._read(), self._process.poll()), lambda found: found[1] is not None)[1] == 0
        return self._read()

    def _read(self) -> str:
        while select([self._mine], [], [], 0)[0]:
            try:
                self._seen += os.read(self._mine, 65536)
            except OSError:  # Linux's end of a terminal whose other side was closed
                break
        return self._seen.decode(errors="replace")

    def _waits(self, seen: str) -> bool:
        """Tell whether kg waits for a key, or for a line, or has ended; a key that it does not wait for is lost."""
        shown = seen.rstrip()
        if shown.endswith(_KEY):
            return not termios.tcgetattr(self._mine)[3] & termios.ICANON
        return shown.endswith(_LINE)
