"""Corpora made to take much time: each of a size that is chosen, so that twice as much must take twice as long.

Every shape is a function from a number to the files of a corpus, which `support.corpora.lay` writes. The number is
how many claims, fragments, entities or articles there are; texts grow with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

Files = dict[str, str]
ANNOTATION = {"by": "ann", "on": "2020-03-01"}
CONFIG = """\
base: https://kg.example/
title: {en: A corpus}
licence: https://creativecommons.org/licenses/by/4.0/
language: nl
annotators: {ann: {name: Ann}}
"""
ENTITIES = "ann-b: {type: Person, name: Ann B}\nbob-c: {type: Person, name: Bob C}\n"


def article(text: str, claims: Mapping[str, Mapping[str, Any]], **more: Any) -> Files:
    """Return the files of a corpus of one article; a claim without speaker is by `ann-b`."""
    fields = {"article": {"published": "2020-02-03"}, "annotation": ANNOTATION, **more}
    fields["claims"] = {id: {"speaker": "ann-b", "act": "states", **claim} for id, claim in claims.items()}
    return {"corpus.yaml": CONFIG, "entities.yaml": ENTITIES, "a.txt": text, "a.claims.yaml": json.dumps(fields)}


def numbered(count: int, **fields: Any) -> dict[str, dict[str, Any]]:
    """Return claims about `Nummer 0 is waar` and so on, each with further fields."""
    return {f"c{n}": {"words": f"Nummer {n} is waar", **fields} for n in range(count)}


def numbered_text(count: int, between: str = ". ") -> str:
    return between.join(f"Nummer {n} is waar" for n in range(count)) + "."


def spans_in_one_word(count: int) -> Files:
    """Many claims inside one very long word."""
    pieces = [f"q{n}z" for n in range(count)]
    return article(
        "x" * (count * 100) + "".join(pieces), {f"c{n}": {"words": each} for n, each in enumerate(pieces)}
    )


def words_in_words(count: int) -> Files:
    """Claims whose words are inside words everywhere and a whole word nowhere."""
    return article("xay" * count * 10, {f"c{n}": {"words": "a"} for n in range(count)})


def words_everywhere(count: int) -> Files:
    """Claims whose words are everywhere."""
    return article("ja " * count * 10, {f"c{n}": {"words": "ja"} for n in range(count)})


def missing_words(count: int) -> Files:
    """Claims whose words are not in a long text, which has words like them."""
    claims = {f"c{n}": {"words": f"Nummer {n} was waar en niet onwaar"} for n in range(count)}
    return article(numbered_text(count), claims)


def missing_among_alike(count: int) -> Files:
    """Claims whose words are nearly everywhere."""
    claims = {f"c{n}": {"words": "Nummer waar is de de de of niet"} for n in range(count)}
    return article("Nummer is de de waar. " * count, claims)


def missing_long_words(count: int) -> Files:
    """One claim with very long words, not in the article."""
    return article("de man zei ja. " * count, {"c0": {"words": "de man zei nee. " * count}})


def missing_letters(count: int) -> Files:
    """Words without a blank, not in a text without one."""
    return article("abcdefgh" * count, {f"c{n}": {"words": "abcdegfh" * 50} for n in range(count // 50)})


def one_passage(count: int) -> Files:
    """Many claims with the same passage, by two speakers."""
    text = "“Wij gaan morgen weg”, zei Ann B."
    speakers = ("ann-b", "bob-c")
    return article(
        text, {f"c{n}": {"words": "Wij gaan morgen weg", "speaker": speakers[n % 2]} for n in range(count)}
    )


def one_passage_told_apart(count: int) -> Files:
    """Many claims of one speaker with the same passage, each with a gist of its own."""
    return article(
        "“Wij gaan morgen weg”, zei Ann B.",
        {f"c{n}": {"words": "Wij gaan morgen weg", "gist": f"Zij gaan weg {n}."} for n in range(count)},
    )


def nested_overlaps(count: int) -> Files:
    """Claims inside each other, over many quotations."""
    words = [f"“w{n}”" for n in range(count)]
    text = " ".join(words) + " zei Ann B."
    step = max(count // 50, 1)
    return article(text, {f"c{n}": {"words": " ".join(words[n * step :])} for n in range(50)})


def overlaps_with_a_cue(count: int) -> Files:
    """Claims that share a long passage with quotation marks and their cue in it."""
    text = " ".join(f"“w{n}”, zei" for n in range(count))
    many = max(count // 100, 1)
    return article(
        text, {f"c{n}": {"words": text[: -n - 6], "cue": "zei", "gist": f"g{n}"} for n in range(0, many, 7)}
    )


def fragments(count: int) -> Files:
    """One claim of many parts."""
    return article(numbered_text(count), {"c0": {"words": [f"Nummer {n} is waar" for n in range(count)]}})


def fragments_of_two(count: int) -> Files:
    """Many claims of two parts, from both ends of the article."""
    claims = {f"c{n}": {"words": [f"Nummer {n} is waar", f"Nummer {count * 2 - n} is waar"]} for n in range(count)}
    return article(numbered_text(count * 2 + 1), claims)


def repeated_cue(count: int) -> Files:
    """Claims in one paragraph with a cue that is everywhere in it."""
    return article(numbered_text(count, ", zei Ann B, "), numbered(count, cue="zei", speaker_words="Ann B"))


def cue_far_away(count: int) -> Files:
    """Claims in one long paragraph, with a cue in another."""
    return article(f"Zei zij.\n\n{numbered_text(count)}", numbered(count, cue="Zei zij"))


def quoted_paragraphs(count: int) -> Files:
    """A quotation that goes on over many paragraphs, each with a claim whose cue is elsewhere."""
    text = "\n\n".join(f"“Nummer {n} is waar." for n in range(count))
    return article(f"Zei zij.\n\nx\n\n{text}”", numbered(count, cue="Zei zij"))


def one_quotation(count: int) -> Files:
    """Claims in one long quotation."""
    return article(f"Zij zei: “{numbered_text(count)}”", numbered(count))


def quotation_marks(count: int) -> Files:
    """A text of little but quotation marks."""
    return article(f"{'“' * count * 5}{numbered_text(count)}{'”' * count * 5}", numbered(count))


def blanks_between(count: int) -> Files:
    """Claims beside long runs of marks and blanks."""
    gap = "— \t" * 30
    return article(f"“x”{gap * count}{numbered_text(count)}", numbered(count, cue="x"))


def dates_with_words(count: int) -> Files:
    """Claims with the words of their dates, which are everywhere."""
    said = {"edtf": "2020-02-03", "words": "vandaag"}
    return article(numbered_text(count, " vandaag, "), numbered(count, said=said))


def odd_dates(count: int) -> Files:
    """Dates that are no dates, in long texts that look like some."""
    return article(numbered_text(count), numbered(count, said="2020-" * 40 + "~%?/[..,{}]"))


def long_odd_dates(count: int) -> Files:
    """One very long date."""
    return article("Ja.", {"c0": {"words": "Ja", "said": "[" + "2020-01-01.." * count + "]"}})


def occasions(count: int) -> Files:
    """As many occasions as claims."""
    said = {"edtf": "2020-02-03", "why": "x"}
    claims = {id: {**claim, "at": f"o{n}"} for n, (id, claim) in enumerate(numbered(count, said=said).items())}
    return article(
        numbered_text(count),
        claims,
        occasions={f"o{n}": {"name": f"O {n}", "date": "2020-02-03"} for n in range(count)},
    )


def sources(count: int) -> Files:
    """As many sources as claims, one of them unknown."""
    claims = {id: {**claim, "speaker": f"t{n}"} for n, (id, claim) in enumerate(numbered(count).items())}
    return article(
        numbered_text(count), claims, sources={f"s{n}": {"words": f"Nummer {n} is waar"} for n in range(count)}
    )


def related(count: int, targets: Callable[[int], list[str]], name: str = "reports") -> Files:
    """Claims with relations to others of the article."""
    claims = numbered(count)
    for n, claim in enumerate(claims.values()):
        if found := targets(n):
            claim["relations"] = {name: found}
    return article(numbered_text(count), claims)


def chain(count: int) -> Files:
    """Claims that report each other in a chain."""
    return related(count, lambda n: [f"c{n + 1}"] if n + 1 < count else [])


def circle(count: int) -> Files:
    """Claims that report each other in a circle."""
    return related(count, lambda n: [f"c{(n + 1) % count}"])


def clique(count: int) -> Files:
    """Claims that are all the same, and contradict and report each other; the number is that of their relations."""
    side = int(count**0.5) + 2
    claims = numbered(side)
    for n, claim in enumerate(claims.values()):
        others = [f"c{m}" for m in range(side) if m != n]
        claim["relations"] = {"same": others, "contradicts": others, "reports": others}
    return article(numbered_text(side), claims)


def same_chain(count: int) -> Files:
    """A chain of claims that are the same, and each contradicts the next."""
    claims = numbered(count)
    for one, other in pairwise(claims):
        claims[one]["relations"] = {"same": [other], "contradicts": [other]}
    return article(numbered_text(count), claims)


def unknown_relations(count: int) -> Files:
    """Relations to claims that are not there, each with a name of its own."""
    return related(count, lambda n: [f"x{n}"])


def repeated_relations(count: int) -> Files:
    """A list that names the same many times."""
    return article(
        "Ja. Nee.", {"c0": {"words": "Ja", "relations": {"same": ["c1"] * count}}, "c1": {"words": "Nee"}}
    )


def repeated_entities(count: int) -> Files:
    """A claim about the same entity many times."""
    return article("Ja.", {"c0": {"words": "Ja", "about": ["bob-c"] * count}})


def unknown_entities(count: int) -> Files:
    """Claims with unknown speakers, occasions, documents and topics."""
    claims = numbered(count)
    for n, claim in enumerate(claims.values()):
        claim |= {"speaker": f"anm-{n}", "at": f"event-{n}", "in": f"doc-{n}", "about": [f"topic-{n}"]}
    files = article(numbered_text(count), claims)
    files["entities.yaml"] = ENTITIES + "".join(f"{_id(n)}: {{type: Event, name: E {n}}}\n" for n in range(count))
    return files


def _id(n: int) -> str:
    return f"known-{n * 7919 % 100_003}"


def unknown_annotators(count: int) -> Files:
    """Articles by annotators who are not known, in a corpus with many."""
    files = {
        "corpus.yaml": CONFIG.replace(
            "ann:", "".join(f"{_id(n)}: {{name: A {n}}}, " for n in range(count)) + "ann:"
        )
    }
    files["entities.yaml"] = ENTITIES
    records = (
        {
            "article": {"id": f"a{n}", "text": "Ja.", "published": "2020"},
            "annotation": {"by": f"who-{n}", "on": "2020-03-01"},
        }
        for n in range(count)
    )
    files["x.jsonl"] = "".join(json.dumps(each) + "\n" for each in records)
    return files


def _entities(lines: str) -> Files:
    return article("Ja.", {"c0": {"words": "Ja"}}) | {"entities.yaml": ENTITIES + lines}


def entities_of_one_name(count: int) -> Files:
    """Entities that have the same name."""
    return _entities("".join(f"e{n}: {{type: Person, name: Ann B, also: [Ann]}}\n" for n in range(count)))


def entities_in_a_chain(count: int) -> Files:
    """Events, each a part of the next, and topics, each broader than the one before."""
    return _entities(
        "".join(
            f"e{n}: {{type: Event, name: E {n}, part_of: e{n + 1}}}\n"
            f"t{n}: {{type: Topic, name: T {n}, broader: t{n + 1}}}\n"
            for n in range(count)
        )
        + f"e{count}: {{type: Event, name: E}}\nt{count}: {{type: Topic, name: T}}\n"
    )


def entities_in_a_circle(count: int) -> Files:
    """Events, each a part of the next, and the last a part of the first."""
    return _entities(
        "".join(f"e{n}: {{type: Event, name: E {n}, part_of: e{(n + 1) % count}}}\n" for n in range(count))
    )


def aliases(count: int) -> Files:
    """An entity with many other names, all alike, and many that are twice there."""
    names = ", ".join(f"naam {n % (count // 2 + 1)}" for n in range(count))
    return _entities(f"e: {{type: Person, name: E, also: [{names}]}}\n")


def links(count: int) -> Files:
    """An entity with many links elsewhere, each twice."""
    names = ", ".join(f"https://x.example/{n % (count // 2 + 1)}" for n in range(count))
    return _entities(f"e: {{type: Person, name: E, same_as: [{names}]}}\n")


def roles(count: int) -> Files:
    """A person with many roles and many claims."""
    held = ", ".join(f"r{n}: {{title: Minister {n}, from: 1990, to: 2021}}" for n in range(count // 10))
    files = article(numbered_text(count // 10, " Ann B "), numbered(count // 10, speaker_words="Ann B"))
    files["entities.yaml"] = (
        f"ann-b: {{type: Person, name: Ann B, roles: {{{held}}}}}\nbob-c: {{type: Person, name: Bob C}}\n"
    )
    return files


def accepted(count: int) -> Files:
    """Warnings, and a reason for each to accept it."""
    said = {"edtf": "2020-02-04", "words": "maandag"}
    claims = numbered(count, said=said, accept={"date-against-words": "x", "said-outside-occasion": "y"})
    return article(numbered_text(count, " maandag "), claims)


def accepted_by_entities(count: int) -> Files:
    """Entities that accept a warning each."""
    return _entities(
        "".join(f"e{n}: {{type: Person, name: Ann B, accept: {{shared-name: x}}}}\n" for n in range(count))
    )


def wrong_fields(count: int) -> Files:
    """Claims with a wrong field each."""
    return article(numbered_text(count), numbered(count, act="stats", gis="x", due="morgen"))


def without_gist(count: int) -> Files:
    """Claims with a wrong field each, and a warning beside it."""
    return article(numbered_text(count), numbered(count, act="states", gist="", condition="Nummer 0 is waar"))


def decomposed(count: int) -> Files:
    """Words with composed letters of an article that has them decomposed."""
    text = ". ".join(f"cafe\u0301 {n}" for n in range(count))
    return article(text, {f"c{n}": {"words": f"caf\u00e9 {n}"} for n in range(count)})


def withdrawn(count: int) -> Files:
    """Withdrawn claims, each replaced by one that is not there."""
    gone = {f"w{n}": {"on": "2020-03-02", "why": "x", "replaced_by": f"v{n}"} for n in range(count)}
    return article(numbered_text(count), numbered(count), withdrawn=gone)


def inferred(count: int) -> Files:
    """A claim whose list of inferred fields is long."""
    return article("Ja.", {"c0": {"words": "Ja", "inferred": ["act"] * count}})


def transcript(count: int) -> Files:
    """A transcript of many turns."""
    text = "\n\n".join(f"ANN B: Nummer {n} is waar" for n in range(count))
    return article(text, numbered(count), article={"published": "2020-02-03", "transcript": True})


def long_labels(count: int) -> Files:
    """Lines that look like the labels of a transcript and are none."""
    text = ("_" * 60 + " " * 60) * count + "\n" + "A" * count * 50 + "\n" + "  - _*_ " * count
    return article(f"{text}\nJa", {"c0": {"words": "Ja"}}, article={"published": "2020-02-03", "transcript": True})


def header(count: int) -> Files:
    """A text that begins like a date that never ends."""
    files = article("date: " + "maandag, " * count + "12 " * count + "\nJa", {"c0": {"words": "Ja"}})
    return files | {"a.claims.yaml": files["a.claims.yaml"].replace('"published": "2020-02-03"', "")}


def cues_that_deny(count: int) -> Files:
    """A cue that is long and nearly a denial, many times."""
    cue = "sloot " * count
    return article(f"Ja, {cue}", {"c0": {"words": "Ja", "cue": cue}})


def blank_lines(count: int) -> Files:
    """Lines of blanks, of one text."""
    return article(
        ("\n" + " " * 30) * count * 3 + "Ja", {f"c{n}": {"words": "Ja", "gist": f"{n}"} for n in range(count)}
    )


def short_lines(count: int) -> Files:
    """Many lines without a blank one, with a claim on each and its cue at the end."""
    return article(numbered_text(count, "\n") + "\n\nZei zij", numbered(count, cue="Zei zij"))


def records(count: int, relate: Callable[[int], dict[str, Any]] | None = None, **more: Any) -> Files:
    """Return a corpus of many articles with a claim each."""
    lines = []
    for n in range(count):
        claim = {"speaker": "ann-b", "words": "Ja", "act": "states", **(relate(n) if relate else {})}
        record = {
            "article": {"id": f"a{n}", "text": "Ja, zei Ann B.", "published": "2020-02-03"},
            "annotation": ANNOTATION,
            "claims": {"c1": claim},
        }
        lines.append(json.dumps(record | more) + "\n")
    return {"corpus.yaml": CONFIG, "entities.yaml": ENTITIES, "x.jsonl": "".join(lines)}


def chain_of_articles(count: int) -> Files:
    """Articles that report each other in a chain."""
    return records(count, lambda n: {"relations": {"reports": [f"a{n + 1}/c1"]}} if n + 1 < count else {})


def same_articles(count: int) -> Files:
    """Articles whose claims are all the same, and contradict the next."""

    def relate(n: int) -> dict[str, Any]:
        return {"relations": {"same": [f"a{n + 1}/c1"], "contradicts": [f"a{n + 1}/c1"]}} if n + 1 < count else {}

    return records(count, relate)


def unknown_articles(count: int) -> Files:
    """Articles whose claims relate to articles that are not there."""
    return records(count, lambda n: {"relations": {"reports": [f"b{n}/c1"]}})


def accepting_articles(count: int) -> Files:
    """Articles that accept warnings which only other articles may set off."""

    def relate(n: int) -> dict[str, Any]:
        return {
            "accept": {"same-other-date": "x"},
            "relations": {"same": [f"a{(n + 1) % count}/c1"]},
            "speaker": "bob-c" if n % 2 else "ann-b",
        }

    return records(count, relate)


def double_articles(count: int) -> Files:
    """Articles of one id."""
    files = records(count)
    return files | {"x.jsonl": "".join(files["x.jsonl"].splitlines(True)[0] for _ in range(count))}


def relations_into_one_article(count: int) -> Files:
    """An article with many claims, and another article with a relation to each."""
    large = {
        "article": {"id": "b", "text": numbered_text(count), "published": "2020-02-03"},
        "annotation": ANNOTATION,
        "claims": {
            f"c{n}": {"speaker": "ann-b", "act": "states", "words": f"Nummer {n} is waar"} for n in range(count)
        },
    }
    other = {
        "article": {"id": "a", "text": numbered_text(count), "published": "2020-02-03"},
        "annotation": ANNOTATION,
        "claims": {
            f"c{n}": {
                "speaker": "ann-b",
                "act": "states",
                "words": f"Nummer {n} is waar",
                "relations": {"answers": [f"b/c{n}"], "same": [f"b/c{n}"], "reports": [f"b/x{n}"]},
            }
            for n in range(count)
        },
    }
    return {
        "corpus.yaml": CONFIG,
        "entities.yaml": ENTITIES,
        "x.jsonl": json.dumps(other) + "\n" + json.dumps(large) + "\n",
    }


def wrong_settings_and_articles(count: int) -> Files:
    """Entities with a mistake each, and as many articles with a warning."""
    files = records(count, lambda _: {"act": ""})
    lines = "".join(f"e{n}: {{type: Person, name: E {n}, place: nowhere-{n}}}\n" for n in range(count))
    return files | {"entities.yaml": ENTITIES + lines}


def own_fields(count: int) -> Files:
    """A corpus that declares many fields, and a claim with all of them."""
    declared = "".join(f"    f{n}: {{property: https://x.example/f{n}}}\n" for n in range(count))
    files = article("Ja.", {"c0": {"words": "Ja", **{f"f{n}": "x" for n in range(count)}}})
    return files | {"corpus.yaml": f"{CONFIG}fields:\n  claims:\n{declared}"}


def own_values(count: int) -> Files:
    """A field with many values to choose from, and as many wrong ones."""
    values = ", ".join(f"v{n}" for n in range(count))
    entry = f"{{property: https://x.example/f, several: true, values: [{values}]}}"
    declared = f"fields: {{claims: {{topic: {entry}}}}}\n"
    files = article("Ja.", {"c0": {"words": "Ja", "topic": [f"w{n}" for n in range(count)]}})
    return files | {"corpus.yaml": CONFIG + declared}


def yaml(text: str) -> Files:
    return article("Ja.", {"c0": {"words": "Ja"}}) | {"a.claims.yaml": text}


def yaml_brackets(count: int) -> Files:
    """Brackets inside each other."""
    return yaml("claims: " + "[" * count)


def yaml_mappings(count: int) -> Files:
    """Block mappings inside each other."""
    return yaml("\n".join(" " * n + "a:" for n in range(int((count * 20) ** 0.5))))


def yaml_aliases(count: int) -> Files:
    """Aliases of aliases."""
    return yaml("a: &a [x]\n" + "".join(f"b{n}: [*a, *a]\n" for n in range(count)))


def yaml_scalar(count: int) -> Files:
    """A scalar that fills the file."""
    return yaml("claims:\n  c0:\n    speaker: ann-b\n    words: >\n" + "      ja ja ja\n" * count)


def yaml_keys(count: int) -> Files:
    """Keys that are repeated."""
    return yaml("claims:\n" + "  c0: {speaker: ann-b, words: Ja}\n" * count)


def yaml_comments(count: int) -> Files:
    """Texts that are cut off by comments."""
    return yaml(
        "claims:\n" + "".join(f"  c{n}: {{speaker: ann-b}}\n  d{n}:\n    words: Ja # x\n" for n in range(count))
    )


def yaml_unclosed(count: int) -> Files:
    """A mistake at the end of a long file."""
    return yaml("".join(f"k{n}: [x, y]\n" for n in range(count)) + 'claims: {a: "b, [c')


def yaml_outdented(count: int) -> Files:
    """A wrong indentation at the end of a long file."""
    return yaml("claims:\n" + "".join(f"   c{n}: {{words: x}}\n" for n in range(count)) + "  d:\n    x\n   e:\n")


def yaml_escapes(count: int) -> Files:
    """Control characters, written as escapes."""
    return yaml("claims:\n" + "".join(f'  c{n}: {{speaker: ann-b, words: "Ja\\a"}}\n' for n in range(count)))


def yaml_quotes(count: int) -> Files:
    """Keys and values that need many looks ahead."""
    return yaml("? " * count + "x")


def yaml_numbers(count: int) -> Files:
    """A whole number with many digits."""
    digits = "9" * count * 10
    return yaml(
        f"article: {{version: {digits}}}\n"
        f"claims: {{c0: {{speaker: ann-b, words: {{words: Ja, start: {digits}}}}}}}\n"
    )


def unknown_keys(count: int) -> Files:
    """Keys that no file has."""
    return yaml("".join(f"claim{n}: x\n" for n in range(count)))


SHAPES: dict[str, Callable[[int], Files]] = {
    each.__name__: each
    for each in (
        spans_in_one_word,
        words_in_words,
        words_everywhere,
        missing_words,
        missing_among_alike,
        missing_long_words,
        missing_letters,
        one_passage,
        one_passage_told_apart,
        nested_overlaps,
        overlaps_with_a_cue,
        fragments,
        fragments_of_two,
        repeated_cue,
        cue_far_away,
        quoted_paragraphs,
        one_quotation,
        quotation_marks,
        blanks_between,
        dates_with_words,
        odd_dates,
        long_odd_dates,
        occasions,
        sources,
        chain,
        circle,
        clique,
        same_chain,
        unknown_relations,
        repeated_relations,
        repeated_entities,
        unknown_entities,
        unknown_annotators,
        entities_of_one_name,
        entities_in_a_chain,
        entities_in_a_circle,
        aliases,
        links,
        roles,
        accepted,
        accepted_by_entities,
        wrong_fields,
        without_gist,
        decomposed,
        withdrawn,
        inferred,
        transcript,
        long_labels,
        header,
        cues_that_deny,
        blank_lines,
        short_lines,
        chain_of_articles,
        same_articles,
        unknown_articles,
        accepting_articles,
        double_articles,
        relations_into_one_article,
        wrong_settings_and_articles,
        own_fields,
        own_values,
        yaml_brackets,
        yaml_mappings,
        yaml_aliases,
        yaml_scalar,
        yaml_keys,
        yaml_comments,
        yaml_unclosed,
        yaml_outdented,
        yaml_escapes,
        yaml_quotes,
        yaml_numbers,
        unknown_keys,
    )
}
"""Every shape by its name."""
