"""Tests of gestures: from a key to a blocking call in the vault's thread, and back with its result or error."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace

import pytest
from textual.screen import Screen

import smtui
from smtui.text.sanitize import sanitize
from smtui.tui.bridge import Lane, call, gesture, look, use_lane
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.unlock.screen import UnlockScreen
from tests.tui.conftest import MakeApp, until
from tests.waiting import LIMIT

HOSTILE = "[@click=app.quit]x[/] \x1b]52;c;ZXZpbA==\x07"


class Gestures(Screen[None]):
    """A screen with a gesture that asks a question and then calls."""

    def __init__(self, done: list[str]) -> None:
        super().__init__()
        self.done = done

    @gesture
    async def ask_then_call(self) -> None:
        if await self.app.push_screen_wait(Confirm(sanitize("Sure?"), sanitize("Really."), "Do it")):
            self.done.append(await call(str.upper, "called"))

    @gesture
    async def note_thread(self, found: list[int]) -> None:
        found.append(await call(threading.get_ident))

    @gesture
    async def fail(self, error: Exception) -> None:
        await call(raise_, error)
        self.done.append("went on")


def raise_(error: Exception) -> None:
    raise error


async def test_calls_share_one_thread_and_keep_their_order() -> None:
    """Calls run one after the other in their order, outside of the event loop."""
    order: list[int] = []
    await asyncio.gather(*(call(order.append, number) for number in range(50)))
    threads = {await call(threading.get_ident) for _ in range(5)}

    assert order == list(range(50))
    assert len(threads) == 1
    assert threads != {threading.get_ident()}


ENDLESS = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


async def test_a_reading_that_nobody_wants_any_more_is_ended(vault: smtui.Vault) -> None:
    """The cancelled read raises in the vault's thread without effect, and the next call runs."""
    database, begun = vault._state.database, threading.Event()
    database.connection.set_progress_handler(lambda: begun.set() is not None)
    reading = asyncio.create_task(look(vault.interrupt, database.fetch_rows, ENDLESS))
    await asyncio.to_thread(begun.wait)
    reading.cancel()

    async with asyncio.timeout(LIMIT):
        assert await call(vault.client().list_secrets)
    assert reading.cancelled()


async def test_ending_a_reading_that_has_not_begun_ends_nothing_else() -> None:
    """The call of another gesture completes."""
    ended, read, go_on = [], [], threading.Event()
    other = asyncio.create_task(call(go_on.wait))
    reading = asyncio.create_task(look(lambda: ended.append(1), read.append, 1))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    go_on.set()

    assert await other
    assert await call(lambda: (ended, read)) == ([], [])


async def test_a_gesture_goes_on_after_the_answer(app: MakeApp) -> None:
    """The gesture asks, and then calls."""
    running, done = app(), []
    async with running.run_test(size=(80, 24)) as pilot:
        running.push_screen(screen := Gestures(done))
        screen.ask_then_call()
        await until(pilot, lambda: isinstance(running.screen, Confirm))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: done)

        assert done == ["CALLED"]


async def test_the_lock_ends_a_gesture_that_waits_for_an_answer(app: MakeApp) -> None:
    """After the lock, no call of an earlier gesture runs."""
    running, done = app(), []
    async with running.run_test(size=(80, 24)) as pilot:
        running.push_screen(screen := Gestures(done))
        screen.ask_then_call()
        await until(pilot, lambda: isinstance(running.screen, Confirm))
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(running.screen, UnlockScreen))

        assert not running.workers
        assert done == []


@pytest.mark.parametrize("error", [smtui.ClientError(HOSTILE, hint="Do this."), smtui.VaultBusyError(HOSTILE)])
async def test_what_is_raised_on_purpose_becomes_a_sentence(app: MakeApp, error: Exception) -> None:
    """The gesture ends with a notification, in which markup and control characters have no effect."""
    running, done = app(), []
    async with running.run_test(size=(80, 24)) as pilot:
        running.push_screen(screen := Gestures(done))
        await screen.fail(error).wait()
        await pilot.pause()
        (notification,) = running._notifications

        assert done == []
        assert notification.message.startswith("[@click=app.quit]x[/] ␛]52")
        assert "\x1b" not in notification.message
        assert notification.markup is False


async def test_an_error_of_the_service_carries_its_name(app: MakeApp, client) -> None:  # type: ignore[no-untyped-def]
    """The title is the error code, the text the service's message."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        running.push_screen(screen := Gestures([]))
        try:
            client.describe_secret(SecretId="nothing")
        except smtui.ClientError as error:
            await screen.fail(error).wait()
            await pilot.pause()
            (notification,) = running._notifications

            assert notification.title == "ResourceNotFoundException"
            assert notification.message == error.message


class Looking(Screen[None]):
    """A screen with a gesture that shows the result of a slow call."""

    def __init__(self, answer: threading.Event) -> None:
        super().__init__()
        self.answer = answer
        self.seen: list[str] = []

    @gesture
    async def look(self) -> None:
        try:
            await call(self.answer.wait, 20)
        except asyncio.CancelledError:
            self.seen.append("cancelled")
        self.query_one("#gone")


async def test_a_screen_calls_in_the_threads_of_its_session(app: MakeApp) -> None:
    """Also when other threads are in use already, as after the lock; and so does a dialog on top of it."""
    running, found = app(), list[int]()
    async with running.run_test(size=(80, 24)) as pilot:
        lane = Lane()
        below, dialog, alone = Gestures([]), Gestures([]), Gestures([])
        below.session = SimpleNamespace(lane=lane)  # type: ignore[attr-defined]
        use_lane(Lane())
        for screen in (alone, below, dialog):
            await running.push_screen(screen)
        for screen in (below, dialog, alone):
            await screen.note_thread(found).wait()
        await pilot.pause()

    own = await lane.run(threading.get_ident)
    assert found[:2] == [own, own] and found[2] != own


async def test_a_screen_that_was_left_has_nothing_to_show(app: MakeApp) -> None:
    """A result that arrives after its screen was closed causes no error."""
    running, answer = app(), threading.Event()
    async with running.run_test(size=(80, 24)) as pilot:
        await running.push_screen(screen := Looking(answer))
        late = screen.look()
        await running.pop_screen()
        answer.set()
        await until(pilot, lambda: late.is_finished)
        assert late.error is None
