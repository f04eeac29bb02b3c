"""The entities that all generated articles share: some three hundred people, organisations, places and topics."""

from __future__ import annotations

from typing import Any, NamedTuple

from bench.chance import Chance
from bench.wordlists import COUNTRIES, FIRST_NAMES, LAST_NAMES, PLACES, SUBJECTS

Entities = dict[str, dict[str, Any]]
PEOPLE = 120


class Cast(NamedTuple):
    """The entities, and the ids of those that articles choose from. `names` are plain, by id."""

    entities: Entities
    names: dict[str, str]
    people: list[str]
    bodies: list[str]
    media: list[str]
    places: list[str]
    events: list[str]
    topics: list[str]


def cast(seed: int) -> Cast:
    """Return the entities of a seed."""
    chance = Chance(f"{seed}/entities")
    places: Entities = {f"place-{_slug(name)}": {"type": "Place", "name": name} for name in PLACES}
    bodies = _bodies()
    media = _media()
    people = _people(chance, list(bodies))
    events = _events(chance, list(places))
    topics = _topics(chance)
    entities = {"bench": {"type": "Organization", "name": "The benchmark"}}
    for some in (places, bodies, media, people, events, topics):
        entities |= some
    return Cast(
        entities,
        {id: _plain(entity["name"]) for id, entity in entities.items()},
        *(list(some) for some in (people, bodies, media, places, events, topics)),
    )


def _bodies() -> Entities:
    """Return what speaks and is no person: states, groups of states, ministries, organisations."""
    found: Entities = {}
    for name in COUNTRIES:
        found[f"state-{_slug(name)}"] = {
            "type": "Country",
            "name": {"nl": name, "fr": f"La {name}", "en": f"{name}n Republic"},
            "also": [f"de {name}se regering"],
            "same_as": [f"https://states.example/id/{_slug(name)}#it"],
        }
        found[f"allies-{_slug(name)}"] = {"type": "Group", "name": f"De bondgenoten van {name}"}
    for name in SUBJECTS:
        id = _slug(name)
        found[f"ministry-{id}"] = {"type": "GovernmentOrganization", "name": {"nl": f"Ministerie van {name}"}}
        found[f"institute-{id}"] = {
            "type": "Organization",
            "name": {"nl": f"Instituut {name} & Co.", "en": f'Institute "{name}"'},
            "same_as": [f"http://institutes.example/{id}?q=a&b=%20"],
        }
    return found


def _media() -> Entities:
    return {
        f"paper-{_slug(name)}": {"type": "NewsMediaOrganization", "name": f"De {name}er Courant"} for name in PLACES
    }


def _people(chance: Chance, bodies: list[str]) -> Entities:
    names = [f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES]
    found: Entities = {}
    for n, name in enumerate(chance.several(names, PEOPLE)):
        since = chance.between(1995, 2014)
        roles = {
            "chair": _role("voorzitter", "chair", chance.pick(bodies), f"{since}-01-01", f"{since + 9}-12-31"),
            "speaker": _role("woordvoerder", "speaker", chance.pick(bodies), f"{since + 10}-03", ""),
        }
        found[f"person-{n:03}"] = {
            "type": "Person",
            "name": name,
            "also": [name.partition(" ")[2]],
            "same_as": [f"https://people.example/{n}", f"https://people.example/name/{n}#é"],
            "roles": roles if chance.happens(0.6) else {"chair": roles["chair"]},
        }
    return found


def _role(dutch: str, english: str, body: str, since: str, until: str) -> dict[str, Any]:
    role = {"title": {"nl": dutch, "en": english}, "organization": body, "from": since}
    return role | {"to": until} if until else role


def _events(chance: Chance, places: list[str]) -> Entities:
    found: Entities = {}
    for n, subject in enumerate(SUBJECTS):
        year, month = chance.between(2008, 2014), chance.between(1, 9)
        found[f"summit-{_slug(subject)}"] = {
            "type": "Event",
            "name": {"nl": f"Top over {subject} {year}", "en": f"Summit {n + 1}"},
            "date": f"{year}-{month:02}-11/{year}-{month:02}-14",
            "place": chance.pick(places),
        }
    return found


def _topics(chance: Chance) -> Entities:
    found: Entities = {}
    for subject in SUBJECTS:
        for nl, en in (("beleid", "policy"), ("kosten", "costs"), ("toekomst", "future")):
            entity: dict[str, Any] = {"type": "Topic", "name": {"nl": f"{subject}: {nl}", "en": f"{subject} {en}"}}
            if chance.happens(0.3):
                entity["description"] = {"en": f'What is said of the {en} of {subject}: "all" <of it> & more 😀'}
            found[f"topic-{_slug(subject)}-{en}"] = entity
    return found


def _plain(name: str | dict[str, str]) -> str:
    return name if isinstance(name, str) else next(iter(name.values()))


def _slug(name: str) -> str:
    return "".join(letter for letter in name.lower() if "a" <= letter <= "z")
