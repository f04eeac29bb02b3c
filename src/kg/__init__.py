"""News articles and their hand-annotated claims - who said what, when - as linked data.

The names below are the public interface; each is imported when first used, so that the command starts at once.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.corpus.places import located
    from kg.errors import CorpusError, Finding, KgError, Place
    from kg.formats import FORMATS, format_named, write
    from kg.pipeline.publication import Publication, open_publication, published

__version__ = "0.1.0"

_HOMES = {
    "FORMATS": "kg.formats",
    "CorpusError": "kg.errors",
    "Finding": "kg.errors",
    "KgError": "kg.errors",
    "Place": "kg.errors",
    "Publication": "kg.pipeline.publication",
    "format_named": "kg.formats",
    "located": "kg.corpus.places",
    "open_publication": "kg.pipeline.publication",
    "published": "kg.pipeline.publication",
    "write": "kg.formats",
}

__all__ = [
    "FORMATS",
    "CorpusError",
    "Finding",
    "KgError",
    "Place",
    "Publication",
    "format_named",
    "located",
    "open_publication",
    "published",
    "write",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'kg' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
