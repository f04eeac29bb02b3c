"""Why a request is not answered, as HTTP says it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Refusal(Exception):  # noqa: N818  # no fault, but an answer
    """A status, a message that a person can read, and further headers."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] = _NOTHING) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers


def busy(message: str, seconds: int = 5) -> Refusal:
    """Return the refusal of what would be answered at another time."""
    return Refusal(503, message, {"Retry-After": str(seconds)})
