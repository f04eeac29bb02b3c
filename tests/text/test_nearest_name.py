"""What is said of a name that nothing has: what `difflib` finds among all, without comparing with each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher, get_close_matches

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.meaning.corpus_index import entity_names
from kg.model import Entity
from kg.rdf.terms import Iri, literal_value, plain
from kg.text.nearest_name import FEW, LIKE_A_NAME, REMEMBERED, KnownNames, nearest, nearest_in_order

NAMES = st.text("abcDE-é漢 ß", min_size=1, max_size=12) | st.text(
    st.characters(exclude_categories=["C"]), min_size=1, max_size=300
)
ENTITIES = st.dictionaries(NAMES, st.lists(NAMES, max_size=3), max_size=12)


def entity(*names: str) -> Entity:
    """Return an entity with these names."""
    return Entity(Iri("<https://kg.example/entity/x>"), (), tuple(map(plain, names)))


def known(count: int) -> dict[str, Entity]:
    """Return entities, few of which have similar names."""
    return {f"{number:03}-{chr(0x61 + number % 26) * 8}": entity(f"Nr {number}") for number in range(count)}


def advice(name: str, entities: Mapping[str, Entity]) -> str:
    """Return what is said of a name after comparing it with all ids, then with all names."""
    ids = {id.casefold(): id for id in sorted(entities)}
    named = {name.casefold(): id for id, each in entities.items() for name in texts(each)} | ids
    near = get_close_matches(name.casefold(), ids, 1, LIKE_A_NAME) or get_close_matches(
        name.casefold(), named, 1, LIKE_A_NAME
    )
    if near:
        return f"did you mean `{named[near[0]]}`?"
    if not entities:
        return "none is defined, define it"
    if len(entities) <= FEW:
        return f"correct it ({', '.join(f'`{id}`' for id in sorted(entities))}), or define it"
    return "correct it, or define it"


def texts(entity: Entity) -> Iterator[str]:
    """Yield the names of an entity as they were given to it."""
    yield from (literal_value(name).lexical for name in (*entity.names, *entity.also))


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows with each text that is compared letter by letter."""
    found: list[str] = []
    ratio = SequenceMatcher.ratio
    monkeypatch.setattr(SequenceMatcher, "ratio", lambda self: found.append(self.a) or ratio(self))
    return found


@given(ENTITIES, NAMES)
def test_the_nearest_of_any_names_is_the_one_that_difflib_finds(names: dict[str, list[str]], name: str) -> None:
    entities = {id: entity(*each) for id, each in names.items()}

    assert KnownNames(entities, entity_names).advice(name) == advice(name, entities)


@given(ENTITIES.filter(bool), st.data())
def test_the_nearest_of_a_slip_is_the_one_that_difflib_finds(
    names: dict[str, list[str]], data: st.DataObject
) -> None:
    entities = {id: entity(*each) for id, each in names.items()}
    written = data.draw(st.sampled_from([*names, *(name for each in names.values() for name in each)]))
    at = data.draw(st.integers(0, len(written)))
    slip = written[:at] + data.draw(NAMES)[:3] + written[at + data.draw(st.integers(0, 3)) :]

    assert KnownNames(entities, entity_names).advice(slip) == advice(slip, entities)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("macon", "did you mean `macron`?"),
        ("MACRON", "did you mean `macron`?"),
        ("Frankrijk", "did you mean `france`?"),
        ("xyzzy", "correct it (`france`, `macron`), or define it"),
    ],
)
def test_an_entity_is_near_by_its_id_or_else_by_its_names(name: str, said: str) -> None:
    assert (
        KnownNames({"macron": entity("Emmanuel Macron"), "france": entity("Frankrijk")}, entity_names).advice(name)
        == said
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("macon", "did you mean `macron`?"),
        ("Unamed", "did you mean `unnamed`?"),
        ("frankrijk", "did you mean `frankrijk-1`?"),
        ("xyzzy", "correct it (`france`, `frankrijk-1`, `macron`, `unnamed`), or define it"),
    ],
)
def test_others_are_known_beside_the_entities_by_their_ids(name: str, said: str) -> None:
    names = KnownNames({"macron": entity("Emmanuel Macron"), "france": entity("Frankrijk")})
    assert names.advice(name, KnownNames(dict.fromkeys(("unnamed", "frankrijk-1")))) == said


@given(ENTITIES, ENTITIES, NAMES)
def test_others_are_as_if_they_were_ids_of_entities(
    names: dict[str, list[str]], more: dict[str, list[str]], name: str
) -> None:
    entities = {id: entity(*each) for id, each in names.items()}
    others = {id: entity() for id in more if id.casefold() not in {each.casefold() for each in names}}

    assert KnownNames(entities, entity_names).advice(name, KnownNames(dict.fromkeys(others))) == KnownNames(
        entities | others, entity_names
    ).advice(name)


def test_a_name_is_compared_only_with_those_that_may_be_the_nearest(compared: list[str]) -> None:
    entities = {f"speaker-{number:04}": entity() for number in range(2000)}

    assert KnownNames(entities, entity_names).advice("speaker-1234x") == "did you mean `speaker-1234`?"
    assert len(compared) < 40


def test_a_name_that_is_unknown_again_is_not_compared_again(compared: list[str]) -> None:
    names = KnownNames(known(20))
    first = names.advice("005-ffff")
    compared.clear()

    assert (names.advice("005-ffff"), compared) == (first, [])


def test_no_more_is_remembered_than_of_the_last_thousand_names(compared: list[str]) -> None:
    names = KnownNames(known(20))
    first = names.advice("005-ffff")
    for number in range(REMEMBERED):
        names.advice(f"?{number}")
    compared.clear()

    assert (names.advice("005-ffff"), bool(compared)) == (first, True)


def test_the_names_are_taken_apart_once() -> None:
    class Walked(dict[str, Entity]):
        walks = 0

        def items(self):  # type: ignore[no-untyped-def]
            self.walks += 1
            return super().items()

    entities = Walked(known(20))
    names = KnownNames(entities)
    for number in range(5):
        names.advice(f"{number}")

    assert entities.walks == 1


@given(NAMES, st.lists(NAMES, max_size=6))
def test_the_nearest_in_order_is_as_like_as_the_nearest(name: str, known: list[str]) -> None:
    def ratio(each: str) -> float:
        return SequenceMatcher(None, each, name).ratio()

    found = nearest_in_order(name, known)

    assert bool(found) == bool(nearest(name, known))
    if found:
        assert found == next(each for each in known if ratio(each) == ratio(nearest(name, known)))


def test_of_names_that_are_equally_like_another_the_first_is_the_nearest_in_order() -> None:
    assert nearest("speeker", ["speaker", "spreker"]) == "spreker"
    assert nearest_in_order("speeker", ["speaker", "spreker"]) == "speaker"
