"""Dossiers: two speakers side by side, with each answer at what it answers, and nothing that nobody annotated."""

from __future__ import annotations

import re

import pytest

from kg.publish.site import Pages
from kg.publish.site.dossiers import Dossier, dossier
from support.corpora import CONFIG, lay
from support.pages_of import Reading, pages_of

DISPUTE = {
    "corpus.yaml": CONFIG,
    "entities.yaml": "".join(
        f"{id}: {{type: Person, name: {id.title()}}}\n" for id in ("erdogan", "macron", "merkel", "peace")
    ).replace("peace: {type: Person, name: Peace}", "peace: {type: Topic, name: Peace}"),
    "a.txt": "date 2020-02-03 “Een”, zei Macron. “Twee”, zei Erdogan. “Drie”, zei Merkel. "
    "“Vier”, zei Erdogan. “Vijf”, zei een man. “Zes”, zei Macron.\n",
    "a.claims.yaml": "claims:\n"
    "  c01: {speaker: macron, words: Een}\n"
    "  c02: {speaker: erdogan, words: Twee, said: 2020-02-01, relations: {answers: c01}}\n"
    "  c03: {speaker: merkel, words: Drie, about: erdogan, said: 2020-02-02}\n"
    "  c04: {speaker: erdogan, words: Vier, about: macron, to: macron, said: 2020-02-02}\n"
    "  c05: {speaker: man, words: Vijf, relations: {answers: c04}}\n"
    "  c06: {speaker: macron, words: Zes, about: peace, said: 2020-02-02}\n"
    "sources: {man: {words: een man}}\n",
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    room = tmp_path_factory.mktemp("dispute")
    return pages_of(lay(room / "corpus", DISPUTE), room)


@pytest.fixture(scope="module")
def dispute(pages: Pages) -> Dossier:
    return dossier(pages.readers["en"], pages.quads.iri("entity/erdogan"), pages.quads.iri("entity/macron"))


def test_only_two_named_speakers_who_respond_have_a_dossier(pages: Pages) -> None:
    """Merkel speaks about Erdogan, and responds to nobody; an unnamed source does."""
    found = [path for path in pages.overviews() if path.startswith("debate/")]
    assert found == ["debate/erdogan/macron"]
    assert pages.html("debate/macron/erdogan", "en") is pages.html("debate/erdogan/merkel", "en") is None


def test_a_dossier_has_answers_what_they_answer_and_what_is_directed_at_the_other(dispute: Dossier) -> None:
    """What was answered comes first: its day is not known."""
    assert [(each.side, each.line.path, each.is_to, each.is_about) for each in dispute.entries] == [
        ("other", "claim/a/c01", False, False),
        ("one", "claim/a/c02", False, False),
        ("one", "claim/a/c04", True, True),
    ]


def test_an_answer_is_linked_to_what_it_answers(pages: Pages, dispute: Dossier) -> None:
    replies = [
        (each.line.path, reply.relation, reply.to.path) for each in dispute.entries for reply in each.replies
    ]
    page = (pages.html("debate/erdogan/macron", "en") or b"").decode()
    assert replies == [("claim/a/c02", "answers", "claim/a/c01")]
    assert re.findall(r'class="reply">(.*?) <a href="(.*?)">', page) == [("It answers", "#claim/a/c01")]
    assert "claim/a/c01" in Reading(page).ids


def test_the_debate_leads_to_the_dossier(pages: Pages) -> None:
    page = (pages.html("debate", "en") or b"").decode()
    links = [link for link in Reading(page).links if link.startswith("debate/")]
    assert set(links) == {"debate/erdogan/macron.en.html"}


def test_the_pages_of_both_lead_to_their_dossier(pages: Pages) -> None:
    paths = ("entity/erdogan", "entity/macron", "entity/merkel")
    found = [Reading((pages.html(path, "en") or b"").decode()).links for path in paths]
    assert [any(link.endswith("debate/erdogan/macron.en.html") for link in links) for links in found] == [
        True,
        True,
        False,
    ]
