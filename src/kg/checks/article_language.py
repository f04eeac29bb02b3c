"""Which language a long article is in, if it is not the one declared."""

from __future__ import annotations

from kg.checks.rules import finding
from kg.errors import Finding, Spot
from kg.model import Article

# Frequent words that few texts in the other languages have.
_FREQUENT = {
    "nl": "het een van niet zijn voor naar ook maar wordt werd uit heeft door bij dat te aan om deze dit nog",
    "en": "the of and that was with his for be by have from are this which it as has had",
    "de": "der das und ist nicht ein eine zu den mit sich auf für dem auch im von wird werden",
    "fr": "le la les des et est une dans pour qui pas sur avec du au par ce sont il",
}
_WORDS = {tag: frozenset(words.split()) for tag, words in _FREQUENT.items()}
_SAMPLE = 800
_ENOUGH = 5
_FEWEST_WORDS = 120


def other_language(text: str, tag: str) -> str:
    """Return the language that a long text is clearly in, of four, if it is not the one of the tag; else `""`."""
    own = _WORDS.get(tag)
    sample = set(text[:_SAMPLE].lower().split())
    if own is None or len(own & sample) >= _ENOUGH:
        return ""
    if max([len(frequent & sample) for frequent in _WORDS.values()]) < _ENOUGH:
        return ""
    words = text.lower().split()
    if len(words) < _FEWEST_WORDS:
        return ""
    counts = {each: sum(word in frequent for word in words) for each, frequent in _WORDS.items()}
    most = max(counts, key=counts.__getitem__)
    # Running text has about a quarter of such words.
    return "" if most == tag or counts[most] * 10 < len(words) or counts[tag] * 5 > counts[most] else most


def language_finding(article: Article, file: Spot) -> Finding | None:
    """Return a finding if a long article is clearly in another of four languages than the one declared."""
    tag = article.language.partition("-")[0]
    if not (most := other_language(article.text, tag)):
        return None
    message = (
        f"the article must be in the language declared, and it is in {most!r}, not {tag!r}: write "
        f"`language: {most}`"
    )
    return finding("another-language", message, file._replace(path=("article", "language")))
