"""The index of the search in the browser: words in shards, articles and claims in portions, each a small script.

They are scripts and not JSON, so that they also load from a disk. `search.js` folds what a reader types as `folded`
folds what is indexed.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain, groupby
from operator import itemgetter
from typing import NamedTuple

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
_NUMBER = ~0 << _FIELD_BITS
_ENTRIES_AT_ONCE = 5_000
"""For how many articles and claims the words are kept in memory."""
_ROWS_AT_ONCE = 2_000
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # `json.dumps` makes one each time
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
    with temporary_database() as database:
        words = _WordPlaces(database)
        count = 0
        portions: dict[str, list[str]] = {language: [] for language in languages}
        for article in articles:
            for found, *rows in zip(article.words, *article.rows, strict=True):
                for language, row in zip(languages, rows, strict=True):
                    portions[language].append(row)
                words.add(count, found)
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


class _WordPlaces:
    """Where each word is: numbers of entries times 16, plus the places in the entry.

    They are kept in memory for some thousand entries, then in a database, a row for each word: a row for each place
    takes four times as long.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._waiting: defaultdict[str, array[int]] = defaultdict(partial(array, "Q"))
        database.execute(
            "CREATE TABLE words (word TEXT, first INTEGER, places BLOB, PRIMARY KEY (word, first)) WITHOUT ROWID"
        )
        database.execute("BEGIN")  # otherwise each row would be a transaction

    def add(self, entry: int, words: Mapping[str, int]) -> None:
        """Add the words of the next entry."""
        number, waiting = entry << _FIELD_BITS, self._waiting
        for word, fields in words.items():
            waiting[word].append(number + fields)
        if entry % _ENTRIES_AT_ONCE == _ENTRIES_AT_ONCE - 1:
            self._store()

    def by_word(self) -> Iterator[tuple[str, array[int]]]:
        """Yield each word with its places, sorted."""
        self._store()
        rows = self._database.execute("SELECT word, places FROM words ORDER BY word, first")
        rows.arraysize = _ROWS_AT_ONCE
        for word, group in groupby(rows, itemgetter(0)):
            yield word, array("Q", b"".join(places for _, places in group))

    def _store(self) -> None:
        rows = ((word, places[0], places.tobytes()) for word, places in self._waiting.items())
        self._database.executemany("INSERT INTO words VALUES (?, ?, ?)", rows)
        self._waiting.clear()


@lru_cache(maxsize=4096)  # claims have the same names and days
def folded(text: str) -> tuple[str, ...]:
    """Return the words of a text without case and accents, except those of one letter."""
    bare = text.lower()
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", bare)
        bare = "".join(letter for letter in plain if not unicodedata.category(letter).startswith("M"))
    return tuple(word for word in _WORD.findall(bare) if len(word) > 1)


def words_of(reader: LocalisedReader, entry: Iri) -> dict[str, int]:
    """Return the words that find an article or a claim, each with its places: a sum of `SPEAKER` and the others."""
    found: dict[str, int] = {}
    if not claim_line(reader, entry):
        found.update(dict.fromkeys(folded(reader.link(entry).name), SAID))
    for words, field in _words(reader, reader.quads.properties(entry)):
        for word in words:
            found[word] = found.get(word, 0) | field
    return found


def _words(reader: LocalisedReader, properties: Properties) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield the words that find an article or a claim, each time with the place in which they are."""
    said = [term for predicate in _SAID for term in properties.get(predicate, ())]
    yield from ((folded(text.value), SAID) for text in texts(said))
    for predicate, field in _NAMED.items():
        yield from ((reader.view(_words_of_names, Iri(term)), field) for term in properties.get(predicate, ()))
    for act in properties.get(KG.act, ()):
        yield from ((folded(label(act, language)), REST) for language in LANGUAGES)
    for text in texts([term for predicate in _DAYS for term in properties.get(predicate, ())]):
        yield folded(text.value), REST
        yield from ((folded(in_words(text.value, language)), REST) for language in LANGUAGES)


def _words_of_names(reader: LocalisedReader, iri: Iri) -> tuple[str, ...]:
    """Return the words of all names of a resource."""
    properties = reader.quads.properties(iri)
    names = (text.value for predicate in _NAMES for text in texts(properties.get(predicate, ())))
    return tuple(dict.fromkeys(chain.from_iterable(map(folded, (reader.link(iri).name, *names)))))


def _entries(reader: LocalisedReader, article: Iri) -> Iterator[Iri]:
    """Yield an article and its claims in the order of the text."""
    yield article
    lines = (claim_line(reader, claim) for claim in reader.quads.subjects(SCHEMA.appearance, article))
    for line in sorted((line for line in lines if line), key=lambda line: (line.number, line.path)):
        yield reader.quads.iri(line.path)


def _row(reader: LocalisedReader, entry: Iri) -> str:
    """Return a search result as JSON: path, form, speakers, act, what is claimed and its language, words, date,
    article, 1 if what is claimed is a quotation, and what of it is the annotator's reading.

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
        row += [", ".join(line.inferred.values())]
    return _json(row)


def _portion(portions: dict[str, list[str]], number: int) -> Iterator[SiteFile]:
    for language, rows in portions.items():
        name = f"{language}-{number}"
        yield SiteFile(f"search/{name}.js", _script(name, "[" + ",\n".join(rows) + "]"))
        rows.clear()


def _shards(words: _WordPlaces) -> Iterator[tuple[str, str]]:
    """Yield each shard: words with their entries, see `_entry_steps`."""
    for start, group in groupby(words.by_word(), key=lambda pair: pair[0][:2]):
        lines = (f"{_json(word)}:{_entry_steps(places)}" for word, places in group)
        yield "-".join(f"{ord(letter):x}" for letter in start), "{" + ",\n".join(lines) + "}"


def _entry_steps(places: array[int]) -> str:
    """Return the entries with a word: each the difference to the previous number times 16, plus the places."""
    if len(places) > COMMON:
        return "0"
    steps = (each - (before & _NUMBER) for each, before in zip(places, (0, *places), strict=False))
    return "[" + ",".join(map(str, steps)) + "]"


def _script(name: str, content: str) -> bytes:
    return f'kgSearch("{name}",{content});\n'.encode()
