"""Times the parts of a peer's run, and prints them as the last line that the benchmark reads."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Phases:
    """CPU seconds by phase, in the order they were first entered; entered again, they add up."""

    def __init__(self) -> None:
        self.cpu: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        start = time.process_time()
        try:
            yield
        finally:
            self.cpu[name] = self.cpu.get(name, 0.0) + time.process_time() - start

    def report(self, **facts: object) -> None:
        """Print the phases and further facts, such as whether the graph conforms."""
        print(json.dumps({"phases": {name: round(cpu, 4) for name, cpu in self.cpu.items()}, **facts}))
