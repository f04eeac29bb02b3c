"""Whose turn it is, and which form a client gets: the laws, without a server."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.publish.serve.content_request import chosen, language
from kg.publish.serve.query_scheduler import FairSemaphore, slot_for
from kg.publish.serve.responses import Refusal

OFFERS = {"html": ("text/html",), "ttl": ("text/turtle",), "json": ("application/ld+json", "application/json")}


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


async def settled() -> None:
    """Let everything happen that can."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_the_client_with_the_fewest_seats_comes_next() -> None:
    async def work() -> None:
        semaphore, order = FairSemaphore(2, 10, 9), []

        async def ask(client: str) -> None:
            async with slot_for(client, semaphore):
                order.append(client)
                await settled()

        asking = [asyncio.create_task(ask(client)) for client in ("a", "a", "a", "a", "b", "c")]
        await asyncio.gather(*asking)
        assert order == ["a", "a", "b", "a", "c", "a"]

    run(work())


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["ask", "leave", "cancel"])), max_size=40))
def test_no_seat_is_lost_and_nobody_waits_beside_a_free_one(steps: list[tuple[str, str]]) -> None:
    async def work() -> None:
        semaphore = FairSemaphore(2, 3, 9)
        inside: list[asyncio.Event] = []
        asking: list[asyncio.Task[None]] = []

        async def ask(client: str) -> None:
            with suppress(Refusal):
                async with slot_for(client, semaphore):
                    leaving = asyncio.Event()
                    inside.append(leaving)
                    try:
                        await leaving.wait()
                    finally:
                        inside.remove(leaving)

        for client, step in steps:
            if step == "ask":
                asking.append(asyncio.create_task(ask(client)))
            elif step == "leave" and inside:
                inside[0].set()
            elif asking:
                asking.pop(len(asking) // 2).cancel()
            await settled()
            assert semaphore.free + len(inside) == 2
            assert not (semaphore.free and semaphore.waiting)
            assert semaphore.waiting <= 3
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        assert (semaphore.free, semaphore.waiting) == (2, 0)

    run(work())


def test_slots_that_are_kept_from_a_client_are_for_others() -> None:
    async def work() -> None:
        semaphore = FairSemaphore(3, 10, 9, reserved=1)
        order: list[str] = []

        async def ask(client: str) -> None:
            await semaphore.take(client)
            order.append(client)

        asking = [asyncio.create_task(ask(client)) for client in ("a1", "a1", "a1", "a1", "b1")]
        await settled()
        assert (order, semaphore.waiting) == (["a1", "a1", "b1"], 2)
        semaphore.release("b1")
        await settled()
        assert (order, semaphore.free, semaphore.waiting) == (["a1", "a1", "b1"], 1, 2)
        semaphore.release("a1")
        await asyncio.gather(*asking[:3])
        await settled()
        assert (order, semaphore.free, semaphore.waiting) == (["a1", "a1", "b1", "a1"], 1, 1)
        for task in asking:
            task.cancel()

    run(work())


def test_who_waits_too_long_is_sent_away() -> None:
    async def work() -> None:
        semaphore = FairSemaphore(1, 3, 0.01)
        async with slot_for("a", semaphore):
            with pytest.raises(Refusal):
                await semaphore.take("b")
        assert (semaphore.free, semaphore.waiting) == (1, 0)

    run(work())


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "html"),
        ("*/*", "html"),
        ("text/turtle", "ttl"),
        ("TEXT/TURTLE;Q=1", "ttl"),
        ("text/html;q=0.2, text/turtle;q=0.3", "ttl"),
        ("text/*;q=0.1, text/turtle;q=0", "html"),
        ("text/html;level=1;q=0.1, */*;q=0.2", "ttl"),
        ("application/json", "json"),
        ("image/png, application/*;q=0.001", "json"),
        ("text/html;q=2, text/turtle;q=0.1", "ttl"),
        ("image/png", None),
        ("*/*;q=0", None),
        (",,;;q=,/", None),
    ],
)
def test_the_best_form_is_chosen(accept: str, form: str | None) -> None:
    assert chosen(accept, OFFERS) == form


@given(st.text())
def test_no_header_is_too_strange(accept: str) -> None:
    assert chosen(accept, OFFERS) in (*OFFERS, None)
    assert language(accept, ("nl", "en")) in ("nl", "en")


@pytest.mark.parametrize(
    ("accept", "tongue"),
    [("", "nl"), ("en-GB,en;q=0.9", "en"), ("fr, en;q=0.1", "en"), ("nl-BE;q=0.4, en;q=0.5", "en"), ("*", "nl")],
)
def test_the_best_language_is_chosen(accept: str, tongue: str) -> None:
    assert language(accept, ("nl", "en")) == tongue
