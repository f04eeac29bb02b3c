"""The index of the search in the browser: words in shards and claims in portions, each a small script.

They are scripts and not JSON, so that they also load from a disk. `search.js` folds what a reader types as `folded`
folds what is indexed.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby

from kg.files.temporary import temporary_database
from kg.publish.site.claims import ClaimLine, claim_line
from kg.publish.site.localisation import LANGUAGES, in_words, texts
from kg.publish.site.machine_files import SiteFile
from kg.publish.site.rendering import speaker_names
from kg.publish.site.store_reader import LocalisedReader
from kg.rdf.terms import Iri
from kg.rdf.vocab import KG, SCHEMA

PORTION = 100
"""How many claims a portion has."""
COMMON = 20_000
"""A word in more claims than this finds nothing by itself, and is ignored if there are other words."""
_ROWS_AT_ONCE = 2_000
_WORD = re.compile(r"[^\W_]+")
_NAMES = (SCHEMA.name, SCHEMA.alternateName)


def search_index(readers: Iterable[LocalisedReader], articles: Iterable[Iri]) -> Iterator[SiteFile]:
    """Yield the files of the index over the claims of articles. Raises `FileError` if the disk is full."""
    languages = list(readers)
    with temporary_database() as words:
        words.execute("CREATE TABLE words (word TEXT, claim INTEGER, PRIMARY KEY (word, claim)) WITHOUT ROWID")
        words.execute("BEGIN")  # otherwise each word would be a transaction
        count = 0
        portions: dict[str, list[str]] = {reader.language: [] for reader in languages}
        for claim in _claims(languages[0], articles):
            lines = [(reader.language, claim_line(reader, claim)) for reader in languages]
            for language, line in lines:
                if line:
                    portions[language].append(_row(line))
            words.executemany(
                "INSERT OR IGNORE INTO words VALUES (?, ?)",
                ((word, count) for word in words_of(languages[0], claim)),
            )
            count += 1
            if count % PORTION == 0:
                yield from _portion(portions, count // PORTION - 1)
        if count % PORTION:
            yield from _portion(portions, count // PORTION)
        shards = []
        for shard, content in _shards(words):
            shards.append(shard)
            yield SiteFile(f"search/{shard}.js", _script(shard, content))
        about = json.dumps({"claims": count, "portion": PORTION, "shards": shards}, separators=(",", ":"))
        yield SiteFile("search/index.js", _script("index", about))


def folded(text: str) -> list[str]:
    """Return the words of a text without case and accents, except those of one letter."""
    if text.isascii():
        return [word for word in _WORD.findall(text.lower()) if len(word) > 1]
    plain = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(letter for letter in plain if not unicodedata.category(letter).startswith("M"))
    return [word for word in _WORD.findall(bare) if len(word) > 1]


def words_of(reader: LocalisedReader, claim: Iri) -> set[str]:
    """Return the words that find a claim: its own, those of its speakers, topics and article, and its dates."""
    properties = reader.quads.properties(claim)
    found = [text.value for text in texts([*properties.get(SCHEMA.text, ()), *properties.get(KG.words, ())])]
    for predicate in (SCHEMA.author, SCHEMA.about, KG.addressee, SCHEMA.recordedAt):
        for term in properties.get(predicate, ()):
            about = reader.quads.properties(Iri(term))
            found.append(reader.link(Iri(term)).name)
            found += [text.value for name in _NAMES for text in texts(about.get(name, ()))]
    for term in properties.get(SCHEMA.appearance, ()):
        found += [text.value for text in texts(reader.quads.properties(Iri(term)).get(SCHEMA.headline, ()))]
    for text in texts([*properties.get(KG.probably, ()), *properties.get(SCHEMA.dateCreated, ())]):
        found += [text.value, *(in_words(text.value, language) for language in LANGUAGES)]
    return {word for text in found for word in folded(text)}


def _claims(reader: LocalisedReader, articles: Iterable[Iri]) -> Iterator[Iri]:
    for article in articles:
        lines = (claim_line(reader, claim) for claim in reader.quads.subjects(SCHEMA.appearance, article))
        for line in sorted((line for line in lines if line), key=lambda line: (line.number, line.path)):
            yield reader.quads.iri(line.path)


def _row(line: ClaimLine) -> str:
    """Return a search result as JSON: path, form, speakers, act, what is claimed, its language, the words, date.

    The last item is 1 if what is claimed is a quotation. The words are `""` if they are what is claimed.
    """
    said, words = line.text or line.words, line.words if line.text and line.text != line.words else None
    is_quotation = said == line.words and all(each.is_quotation for each in line.segments)
    row = [
        *(line.path, line.form, speaker_names(line), line.lead),
        *(said.value if said else "", said.language if said else "", words.value if words else ""),
        *(line.when.words, int(bool(said) and is_quotation)),
    ]
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def _portion(portions: dict[str, list[str]], number: int) -> Iterator[SiteFile]:
    for language, rows in portions.items():
        name = f"{language}-{number}"
        yield SiteFile(f"search/{name}.js", _script(name, "[" + ",\n".join(rows) + "]"))
        rows.clear()


def _shards(words: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Yield each shard: words with the numbers of their claims, as differences to the previous number."""
    rows = words.execute("SELECT word, claim FROM words ORDER BY word, claim")
    rows.arraysize = _ROWS_AT_ONCE
    by_word = ((word, [claim for _, claim in group]) for word, group in groupby(rows, key=lambda row: row[0]))
    for start, group in groupby(by_word, key=lambda pair: pair[0][:2]):
        entries = (f"{json.dumps(word, ensure_ascii=False)}:{_differences(claims)}" for word, claims in group)
        yield "-".join(f"{ord(letter):x}" for letter in start), "{" + ",\n".join(entries) + "}"


def _differences(claims: list[int]) -> str:
    if len(claims) > COMMON:
        return "0"
    differences = (claim - before for claim, before in zip(claims, [0, *claims], strict=False))
    return "[" + ",".join(map(str, differences)) + "]"


def _script(name: str, content: str) -> bytes:
    return f'kgSearch("{name}",{content});\n'.encode()
