"""News articles and their hand-annotated claims - who said what, when - as linked data.

The names below are the public interface; each is imported when first used, so that the command starts at once.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.api import (
        Corpus,
        Report,
        diff,
        forget,
        format_names,
        import_,
        load,
        merge,
        rdf_patch,
        rename_article,
        rename_claim,
        rename_entity,
        verify,
    )
    from kg.api import open_corpus as open
    from kg.errors import CorpusError, FileError, Finding, KgError, Place, UsageError
    from kg.history.anchor_decisions import AnchorDecision
    from kg.meaning.records import ArticleRecord, ClaimRecord, DateRecord

__version__ = "0.2.0"

_HOMES = {
    "AnchorDecision": ("kg.history.anchor_decisions", "AnchorDecision"),
    "ArticleRecord": ("kg.meaning.records", "ArticleRecord"),
    "ClaimRecord": ("kg.meaning.records", "ClaimRecord"),
    "Corpus": ("kg.api", "Corpus"),
    "CorpusError": ("kg.errors", "CorpusError"),
    "DateRecord": ("kg.meaning.records", "DateRecord"),
    "FileError": ("kg.errors", "FileError"),
    "Finding": ("kg.errors", "Finding"),
    "KgError": ("kg.errors", "KgError"),
    "Place": ("kg.errors", "Place"),
    "Report": ("kg.api", "Report"),
    "UsageError": ("kg.errors", "UsageError"),
    "diff": ("kg.api", "diff"),
    "forget": ("kg.api", "forget"),
    "format_names": ("kg.api", "format_names"),
    "import_": ("kg.api", "import_"),
    "load": ("kg.api", "load"),
    "merge": ("kg.api", "merge"),
    "open": ("kg.api", "open_corpus"),
    "rdf_patch": ("kg.api", "rdf_patch"),
    "rename_article": ("kg.api", "rename_article"),
    "rename_claim": ("kg.api", "rename_claim"),
    "rename_entity": ("kg.api", "rename_entity"),
    "verify": ("kg.api", "verify"),
}

__all__ = [
    "AnchorDecision",
    "ArticleRecord",
    "ClaimRecord",
    "Corpus",
    "CorpusError",
    "DateRecord",
    "FileError",
    "Finding",
    "KgError",
    "Place",
    "Report",
    "UsageError",
    "diff",
    "forget",
    "format_names",
    "import_",
    "load",
    "merge",
    "open",
    "rdf_patch",
    "rename_article",
    "rename_claim",
    "rename_entity",
    "verify",
]

if not TYPE_CHECKING:  # a type checker sees the imports above, and knows that there is nothing else

    def __getattr__(name: str) -> object:
        if name in _HOMES:
            module, attribute = _HOMES[name]
            return getattr(import_module(module), attribute)
        raise AttributeError(f"module 'kg' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
