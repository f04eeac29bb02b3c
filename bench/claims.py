"""Generated claims: sentences in which somebody says something, and their annotations."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from bench.chance import Chance
from bench.datings import Dating, dating
from bench.entities import Cast
from bench.prose import Prose

Claim = dict[str, Any]
FEWEST, MOST = 13, 17
"""How many claims an article has."""

ACTS = (
    *("states",) * 8,
    *("believes", "asks", "proposes", "urges", "demands", "invites", "promises", "announces", "warns", "agrees"),
    *("rejects", "excludes", "denies", "confirms", "admits", "accuses", "criticises", "praises", "retracts"),
)
NEEDS_GIST = ("denies", "rejects", "excludes", "retracts", "asks")
LATER = ("answers", "repeats")
"""Relations to what was said before."""
RELATIONS = ("answers", "reports", "repeats", "supports", "qualifies", "contradicts")
WORDINGS = (*("quoted",) * 4, "split", "partly", *("reported",) * 3, "mentioned")


class Speaker(NamedTuple):
    """Who speaks: as an annotation has it, and as the text names them; `""` in the paper's own voice."""

    given: list[str] | str
    named: str


def article_id(number: int) -> str:
    """Return the id of an article: a folder for each thousand of them."""
    return f"{number // 1000:03}/{number:06}"


class Claims:
    """Adds claims to an article. `passages` are words that must stand in its text once."""

    def __init__(self, chance: Chance, cast: Cast, prose: Prose, published: date) -> None:
        self.chance = chance
        self.cast = cast
        self.prose = prose
        self.published = published
        # An article is about a few things and lets a few people speak.
        self.people = chance.several(cast.people, 5)
        self.bodies = chance.several(cast.bodies, 4)
        self.topics = chance.several(cast.topics, 5)
        self.claims: dict[str, Claim] = {}
        self.occasions: dict[str, dict[str, Any]] = {}
        self.sources: dict[str, dict[str, Any]] = {}
        self.passages: list[str] = []

    def add(self, article: int) -> None:
        """Add a paragraph with one more claim, and its annotation. `article` is the number of the article."""
        chance = self.chance
        speaker = self._speaker()
        claim: Claim = {"speaker": speaker.given}
        if speaker.named:
            claim["speaker_words"] = speaker.named
        when = self._when(claim)
        if speaker.given == "article":
            self._own_voice(claim, when)
        else:
            self._attributed(claim, speaker, when)
        claim["act"] = chance.pick(ACTS)
        if claim["act"] in NEEDS_GIST or claim.get("form") == "mentioned" or chance.happens(0.1):
            claim["gist"] = {language: self.prose.words(5, 9) + "." for language in ("nl", "en")}
        self._about(claim, article)
        self.claims[f"c{len(self.claims) + 1:02}"] = claim

    def _speaker(self) -> Speaker:
        chance, cast = self.chance, self.cast
        lot = chance.below(100)
        if lot < 8:
            return Speaker("article", "")
        spokesman = self.prose.language.spokesman.format(name=cast.names[chance.pick(self.bodies)])
        if lot < 12:
            return Speaker("unnamed", spokesman)
        if lot < 20:
            source = self.sources.setdefault("spokesman", {"words": spokesman, "for": chance.pick(self.bodies)})
            return Speaker("spokesman", source["words"])
        if lot < 24:
            several = chance.several(self.people, 2)
            return Speaker(several, ", ".join(cast.names[id] for id in several))
        one = chance.pick(self.bodies if lot < 44 else self.people)
        return Speaker(one, cast.names[one])

    def _when(self, claim: Claim) -> str:
        """Give the claim an occasion, a date or neither; return the words for it that its sentence must hold."""
        chance, cast = self.chance, self.cast
        if chance.happens(0.05):
            claim["at"] = chance.pick(cast.events)
            return ""
        when = dating(chance, self.prose.language, self.published)
        if not chance.happens(0.4):
            return self._dated(claim, "said", when)
        claim["at"] = f"o{chance.between(1, 2)}"
        if claim["at"] in self.occasions:
            return ""
        self.occasions[claim["at"]] = occasion = {
            "type": chance.pick(("interview", "speech", "press conference")),
            "outlet": chance.pick(cast.media),
            "place": chance.pick(cast.places),
        }
        return self._dated(occasion, "date", when)

    def _dated(self, annotation: dict[str, Any], field: str, when: Dating) -> str:
        if when.date:
            annotation[field] = when.date
        return when.words

    def _own_voice(self, claim: Claim, when: str) -> None:
        words = self.prose.words(8, 14)
        self.prose.paragraph(f"{words} {when}.")
        claim["words"] = self._passage(words)

    def _attributed(self, claim: Claim, speaker: Speaker, when: str) -> None:
        chance, prose = self.chance, self.prose
        wording = chance.pick(WORDINGS)
        words, more = prose.words(6, 12), prose.words(4, 8)
        claim["cue"] = chance.pick(prose.language.says)
        sentence = chance.pick(getattr(prose.language, wording)).format(
            who=speaker.named, cue=claim["cue"], when=when and f" {when}", words=words, more=more
        )
        prose.paragraph(sentence)
        if wording == "split":
            claim["words"] = [self._passage(words), self._passage(more)]
        elif wording == "partly":
            start = sentence.index(words)
            claim["words"] = self._passage(sentence[start : sentence.index(more, start + len(words)) + len(more)])
        else:
            claim["words"] = self._passage(words)
        if wording == "mentioned":
            claim["form"] = "mentioned"
            last = words.rpartition(" ")[2]
            if words.count(last) == 1:
                claim["words"] = {"words": last, "in": words}

    def _passage(self, words: str) -> str:
        self.passages.append(words)
        return words

    def _about(self, claim: Claim, article: int) -> None:
        chance = self.chance
        claim["about"] = chance.several(self.topics, chance.pick((1, 1, 2)))
        if chance.happens(0.3):
            claim["to"] = chance.several(self.bodies + self.people, chance.pick((1, 1, 2)))
        if chance.happens(0.1):
            claim["translated"] = "de"
        if chance.happens(0.1):
            claim["note"] = {"en": f"Read twice; {self.prose.sentence()}"}
        if self.claims and chance.happens(0.5):
            relation, other = chance.pick(RELATIONS), chance.pick(list(self.claims))
            if relation in LATER and not _may_follow(claim, self.claims[other]):
                relation = "supports"
            claim["relations"] = {relation: other}
        elif article and chance.happens(0.04):
            earlier = article_id(article - 1 - chance.below(min(article, 50)))
            claim["relations"] = {"supports": f"{earlier}/c{chance.between(1, FEWEST):02}"}
        inferred = [field for field in ("at", "act", "to", "about", "relations") if field in claim]
        if chance.happens(0.3):
            claim["inferred"] = chance.several(inferred, chance.between(1, 2))


def _may_follow(claim: Claim, other: Claim) -> bool:
    """Tell whether a claim may have been made after another: on one occasion, or nobody knows when."""
    if "said" in claim or "said" in other:
        return False
    return "at" not in claim or claim["at"] == other.get("at")
