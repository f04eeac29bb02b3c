"""The index of the search in the browser: words in shards, articles and claims in portions, each a small script.

They are scripts and not JSON, so that they also load from a disk. `search.js` folds what a reader types as `folded`
folds what is indexed.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from msgspec.msgpack import Decoder

from kg.files.temporary import temporary_database
from kg.publish.site.claims import claim_line
from kg.publish.site.localisation import LANGUAGES, in_words, label, texts, when
from kg.publish.site.machine_files import SiteFile
from kg.publish.site.rendering import speaker_names
from kg.publish.site.store_reader import LocalisedReader, Properties
from kg.rdf.terms import Iri
from kg.rdf.vocab import KG, SCHEMA

PORTION = 50
"""How many articles and claims a portion has."""
COMMON = 20_000
"""A word in more articles and claims than this finds nothing by itself, and is ignored if there are other words."""
SPEAKER, SAID, ABOUT, REST = 8, 4, 2, 1
"""Where a word is found, as bits: in the speaker's names, in what is said or the headline, in topics, elsewhere."""
_FIELD_BITS = 4
_ROWS_AT_ONCE = 2_000
_WORD = re.compile(r"[^\W_]+")
_NAMES = (SCHEMA.name, SCHEMA.alternateName)
_SAID = (SCHEMA.text, KG.words, SCHEMA.headline)
_DAYS = (KG.probably, SCHEMA.dateCreated, SCHEMA.datePublished)
_NAMED = {
    SCHEMA.author: SPEAKER,
    SCHEMA.about: ABOUT,
    KG.addressee: ABOUT,
    SCHEMA.recordedAt: REST,
    SCHEMA.publisher: REST,
}


class ArticleEntries(NamedTuple):
    """What the index has of an article and its claims, in the order of the text.

    `rows` are the results as JSON, those of each language; `words` are those of each entry, see `words_of`.
    """

    rows: Sequence[Sequence[str]]
    words: Sequence[Mapping[str, int]]


decode_entries = Decoder(ArticleEntries).decode


def search_index(readers: Iterable[LocalisedReader], articles: Iterable[Iri]) -> Iterator[SiteFile]:
    """Yield the files of the index over articles and their claims. Raises `FileError` if the disk is full."""
    languages = list(readers)
    entries = (article_entries(languages, article) for article in articles)
    return search_files([reader.language for reader in languages], entries)


def article_entries(readers: Sequence[LocalisedReader], article: Iri) -> ArticleEntries:
    """Return what the index has of an article and its claims."""
    found = list(_entries(readers[0], article))
    rows = [[_row(reader, entry) for entry in found] for reader in readers]
    return ArticleEntries(rows, [words_of(readers[0], entry) for entry in found])


def search_files(languages: Sequence[str], articles: Iterable[ArticleEntries]) -> Iterator[SiteFile]:
    """Yield the files of the index. Raises `FileError` if the disk is full."""
    with temporary_database() as words:
        words.execute(
            "CREATE TABLE words (word TEXT, entry INTEGER, fields INTEGER, PRIMARY KEY (word, entry)) WITHOUT ROWID"
        )
        words.execute("BEGIN")  # otherwise each word would be a transaction
        count = 0
        portions: dict[str, list[str]] = {language: [] for language in languages}
        for article in articles:
            for found, *rows in zip(article.words, *article.rows, strict=True):
                for language, row in zip(languages, rows, strict=True):
                    portions[language].append(row)
                words.executemany(
                    "INSERT INTO words VALUES (?, ?, ?)", ((word, count, fields) for word, fields in found.items())
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
        about = json.dumps({"portion": PORTION, "shards": shards}, separators=(",", ":"))
        yield SiteFile("search/index.js", _script("index", about))


def folded(text: str) -> list[str]:
    """Return the words of a text without case and accents, except those of one letter."""
    if text.isascii():
        return [word for word in _WORD.findall(text.lower()) if len(word) > 1]
    plain = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(letter for letter in plain if not unicodedata.category(letter).startswith("M"))
    return [word for word in _WORD.findall(bare) if len(word) > 1]


def words_of(reader: LocalisedReader, entry: Iri) -> dict[str, int]:
    """Return the words that find an article or a claim, each with its places: a sum of `SPEAKER` and the others."""
    found: dict[str, int] = {}
    title = [] if claim_line(reader, entry) else [(reader.link(entry).name, SAID)]
    for text, field in (*title, *_texts(reader, reader.quads.properties(entry))):
        for word in folded(text):
            found[word] = found.get(word, 0) | field
    return found


def _texts(reader: LocalisedReader, properties: Properties) -> Iterator[tuple[str, int]]:
    """Yield the texts that find an article or a claim, each with the place in which it is."""
    said = [term for predicate in _SAID for term in properties.get(predicate, ())]
    yield from ((text.value, SAID) for text in texts(said))
    for predicate, field in _NAMED.items():
        for term in properties.get(predicate, ()):
            about = reader.quads.properties(Iri(term))
            yield reader.link(Iri(term)).name, field
            yield from ((text.value, field) for name in _NAMES for text in texts(about.get(name, ())))
    for act in properties.get(KG.act, ()):
        yield from ((label(act, language), REST) for language in LANGUAGES)
    for text in texts([term for predicate in _DAYS for term in properties.get(predicate, ())]):
        yield text.value, REST
        yield from ((in_words(text.value, language), REST) for language in LANGUAGES)


def _entries(reader: LocalisedReader, article: Iri) -> Iterator[Iri]:
    """Yield an article and its claims in the order of the text."""
    yield article
    lines = (claim_line(reader, claim) for claim in reader.quads.subjects(SCHEMA.appearance, article))
    for line in sorted((line for line in lines if line), key=lambda line: (line.number, line.path)):
        yield reader.quads.iri(line.path)


def _row(reader: LocalisedReader, entry: Iri) -> str:
    """Return a search result as JSON: path, form, speakers, act, what is claimed and its language, words, date,
    article, 1 if what is claimed is a quotation.

    The words are `""` if they are what is claimed. For an article: its path, `""`, publisher, `""`, title and its
    language, `""`, date.
    """
    line = claim_line(reader, entry)
    if line is None:
        title, properties = reader.link(entry), reader.quads.properties(entry)
        publisher = reader.one(properties.get(SCHEMA.publisher, ()))
        day = when(properties, SCHEMA.datePublished, reader.language).words
        row: list[object] = [title.path, "", publisher.name if publisher else "", ""]
        row += [title.name, title.language, "", day]
    else:
        said, words = line.text or line.words, line.words if line.text and line.text != line.words else None
        is_quotation = said == line.words and all(each.is_quotation for each in line.segments)
        row = [line.path, line.form, speaker_names(line), line.lead]
        row += [said.value if said else "", said.language if said else "", words.value if words else ""]
        row += [line.when.words, line.article.name if line.article else "", int(bool(said) and is_quotation)]
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def _portion(portions: dict[str, list[str]], number: int) -> Iterator[SiteFile]:
    for language, rows in portions.items():
        name = f"{language}-{number}"
        yield SiteFile(f"search/{name}.js", _script(name, "[" + ",\n".join(rows) + "]"))
        rows.clear()


def _shards(words: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Yield each shard: words with their entries, see `_entry_steps`."""
    rows = words.execute("SELECT word, entry, fields FROM words ORDER BY word, entry")
    rows.arraysize = _ROWS_AT_ONCE
    by_word = (
        (word, [(entry, fields) for _, entry, fields in group]) for word, group in groupby(rows, itemgetter(0))
    )
    for start, group in groupby(by_word, key=lambda pair: pair[0][:2]):
        lines = (f"{json.dumps(word, ensure_ascii=False)}:{_entry_steps(entries)}" for word, entries in group)
        yield "-".join(f"{ord(letter):x}" for letter in start), "{" + ",\n".join(lines) + "}"


def _entry_steps(entries: list[tuple[int, int]]) -> str:
    """Return the entries with a word: each the difference to the previous number times 16, plus the places."""
    if len(entries) > COMMON:
        return "0"
    before = [0, *(entry for entry, _ in entries)]
    steps = (
        ((entry - last) << _FIELD_BITS) + fields for (entry, fields), last in zip(entries, before, strict=False)
    )
    return "[" + ",".join(map(str, steps)) + "]"


def _script(name: str, content: str) -> bytes:
    return f'kgSearch("{name}",{content});\n'.encode()
