"""Tests of the input queue: keys that arrive together have the same effect as single keys."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

import smtui
from smtui.clipboard.clipboard import Clipboard
from smtui.tui import input_queue
from smtui.tui.app import SmtuiApp
from smtui.tui.input_queue import find_urgent_shortcuts
from smtui.tui.secret_list.deletion import DeletionPlan
from smtui.tui.secret_list.paged_list import PagedList
from smtui.tui.secret_list.screen import SecretsScreen
from smtui.tui.unlock.screen import UnlockScreen
from smtui.tui.workarounds import KeyParser
from tests.conftest import PASSPHRASE, Clock
from tests.tui.conftest import MakeApp, Steady, screen_text, until

ESC, ENTER, CTRL_L, CTRL_S, TAB = "\x1b", "\r", "\x0c", "\x13", "\t"
NAMES = ("dev/token", "prod/db", "prod/paydb", "prod/web", "zebra")


def send(app: SmtuiApp, text: str) -> None:
    """Sends the events of one terminal read."""
    parser = KeyParser()
    for event in [*parser.feed(text), *parser.feed("")]:
        app.post_message(event)


async def rest(pilot: Pilot[None]) -> None:
    """Waits until no key is queued and all started work is finished."""
    await pilot.pause()
    await until(pilot, lambda: pilot.app.input.is_idle)  # type: ignore[attr-defined]


@pytest.fixture
def make(
    tmp_path: Path, clock: Clock, cheap_kdf: None, monotonic: Steady, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MakeApp]:
    """Yields a function that creates apps on identical vaults."""
    monkeypatch.setattr("smtui.engine.names.generate_suffix", lambda ambient: "AbCdEf")
    made: list[smtui.Vault] = []

    def one() -> SmtuiApp:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        vault = smtui.create_vault(folder / "team.vault", PASSPHRASE, clock=clock)
        for number, name in enumerate(NAMES):
            vault.client().create_secret(
                Name=name, SecretString='{"user": "app", "password": "first"}', Description=f"The {name}",
                ClientRequestToken=f"{number:08}-0000-4000-8000-000000000000",
            )  # fmt: skip
        made.append(vault)
        return SmtuiApp(vault.path, vault=vault, monotonic=monotonic, pasteboard=Clipboard(monotonic=monotonic))

    yield one
    for vault in made:
        vault.close()


def end_of(app: SmtuiApp) -> tuple[Any, ...]:
    """Returns the screens, the focus and the input of the app."""
    return (
        [type(screen).__name__ for screen in app.screen_stack[1:]],
        (type(app.focused).__name__, app.focused.id) if app.focused and app.focused.display else None,
        [field.value for field in app.screen.query(Input)],
        [area.text for area in app.screen.query(TextArea)],
        screen_text(app) if not app.screen.query("PasswordChoices") else "",
    )


async def run(app: SmtuiApp, pieces: list[str]) -> tuple[Any, ...]:
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "secrets" in screen_text(app))
        for piece in pieces:
            send(app, piece)
            await rest(pilot)
        lists = [each for screen in app.screen_stack for each in screen.query(PagedList)]
        await until(pilot, lambda: not any(each.busy for each in lists))
        await pilot.pause()
        return end_of(app)


SEQUENCES = (
    ["/", *"paydb"],
    ["/", *"paydb", ENTER, ENTER],
    ["/", *"pay", ESC, ESC, "j", "j", ENTER],
    [*"ne"],
    [*"the quick brown fox jumps over the lazy dog"],
    [*"delete all that is there, please"],
    ["d", TAB, *"12"],
    ["a", *"new/one", TAB, *"what it is", TAB, *"key", TAB, *"value", CTRL_S],
    ["a", *"new/one", ESC],
    ["o", "p"],
    [":", *"sort by", ENTER],
    ["o", "v", "j", "j", ESC, "/", *"web"],
    ["j", ENTER, "2", "j", "1", "i", *" changed", ENTER],
    [ENTER, "t", *"team", TAB, *"pay", CTRL_S, "h"],
    ["p", ESC, "p", ESC, "?", ESC, "G", " ", "k", " ", "t"],
    ["G", ENTER, "e", *"more", ESC],
    ["/", *"prod", ENTER, " ", " ", "d"],
)


@pytest.mark.parametrize("keys", SEQUENCES, ids=lambda keys: repr("".join(keys)))
async def test_at_once_is_as_one_by_one(make: MakeApp, keys: list[str]) -> None:
    """Screens, focus and text are the same."""
    assert await run(make(), ["".join(keys)]) == await run(make(), keys)


@pytest.mark.parametrize("seed", range(6))
async def test_any_sentence_at_once_is_as_one_by_one(make: MakeApp, seed: int) -> None:
    """The test uses random keys, except those that quit or lock."""
    chance = random.Random(seed)
    keys = chance.choices(["adeghijlnoptuvxyFCZ1234= /?:", ENTER, ESC, TAB], [30, 2, 2, 1], k=14)
    keys = [chance.choice(key) for key in keys]
    keys = [key for before, key in pairwise(["", *keys]) if (before, key) != (ESC, TAB)]  # one key: Shift+Tab
    assert await run(make(), ["".join(keys)]) == await run(make(), keys)


async def test_the_work_for_a_key_does_not_grow_with_the_keys_that_wait(
    make: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A paste without brackets is as many keys as characters. Each one is judged when it comes, not once for each."""
    judged: list[object] = []

    def judge(event: Any, own: Any) -> set[str]:
        judged.append(event)
        return find_urgent_shortcuts(event, own)

    monkeypatch.setattr("smtui.tui.input_queue.find_urgent_shortcuts", judge)
    running = make()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        judged.clear()
        send(running, "/" + "x" * 300)
        await until(pilot, lambda: running.input.is_idle and not running.input.is_waiting and len(judged) > 300)

        assert len(judged) < 4 * 301


async def test_a_word_typed_ahead_answers_no_question(make: MakeApp) -> None:
    """The y in it confirms nothing, and the n closes nothing; pressed afterwards, they do."""
    app = make()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "secrets" in screen_text(app))
        send(app, "delete everything now")
        await rest(pilot)
        assert [type(screen) for screen in app.screen_stack[1:]] == [SecretsScreen, DeletionPlan]

        send(app, "n")
        await rest(pilot)
        assert [type(screen) for screen in app.screen_stack[1:]] == [SecretsScreen]
        assert f"{len(NAMES)} secrets" in screen_text(app)


async def test_no_key_acts_on_the_screen_before(make: MakeApp) -> None:
    """If a word's first letter opens a dialog, the others go to the dialog."""
    app = make()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "secrets" in screen_text(app))
        send(app, "/paydb")
        await rest(pilot)
        assert [type(screen) for screen in app.screen_stack[1:]] == [SecretsScreen]
        assert app.screen.query_one("#filter", Input).value == "paydb"

        send(app, ESC + ESC + "d" * 6 + "e" * 6)
        await rest(pilot)
        assert [type(screen) for screen in app.screen_stack[1:]] == [SecretsScreen, DeletionPlan]


async def test_a_slow_call_holds_back_no_lock(make: MakeApp) -> None:
    """Keys wait for a slow call, as the footer says; Ctrl+L works at once."""
    app, slow = make(), Event()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "secrets" in screen_text(app))
        app.run_task(lambda app, session: asyncio.to_thread(slow.wait))
        try:
            send(app, "ne")
            await until(pilot, lambda: "2 keys queued" in screen_text(app))
            send(app, CTRL_L)
            await until(pilot, lambda: isinstance(app.screen, UnlockScreen))
            assert not app.input.is_waiting
        finally:
            slow.set()


async def test_keys_that_are_dropped_while_they_wait_do_not_stop_the_program(
    make: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The queue ends instead of turning round without a pause, in which no other key and no signal is handled."""
    turns = 0
    wait_for_turn = input_queue.InputQueue._wait_for_turn

    async def count(queue: input_queue.InputQueue) -> None:
        nonlocal turns
        turns += 1
        assert turns < 1000, "the queue turns round"
        await wait_for_turn(queue)

    monkeypatch.setattr(input_queue.InputQueue, "_wait_for_turn", count)
    app, slow = make(), Event()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "secrets" in screen_text(app))
        app.run_task(lambda app, session: asyncio.to_thread(slow.wait))
        try:
            send(app, "ne")
            await until(pilot, lambda: "2 keys queued" in screen_text(app))
            app.input.drop()
            await pilot.pause(0.1)
        finally:
            slow.set()
        await until(pilot, lambda: app.input.is_idle)
        send(app, "/web")
        await rest(pilot)
        assert app.screen.query_one("#filter", Input).value == "web"


async def test_an_escape_that_was_typed_ahead_and_arrives_late_overtakes_nothing(
    make: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a busy machine it may reach the queue only when the keys before it have waited for long.

    With this limit, keys have waited for long enough at once.
    """
    monkeypatch.setattr(input_queue, "STUCK_AFTER", -0.1)
    app, slow = make(), Event()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "secrets" in screen_text(app))
        escape = events.Key("escape", None)
        app.run_task(lambda app, session: asyncio.to_thread(slow.wait))
        try:
            send(app, "/w")
            await until(pilot, lambda: "2 keys queued" in screen_text(app))
            app.input.put(escape)
            assert not app.input._overtaking
        finally:
            slow.set()
        await rest(pilot)
        assert app.screen.query_one("#filter", Input).value == "w", "the keys before it were not dropped"


async def test_escape_takes_back_what_waits(make: MakeApp) -> None:
    """Esc discards the waiting keys, and later keys work while the slow call continues."""
    app, slow = make(), Event()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "secrets" in screen_text(app))
        app.run_task(lambda app, session: asyncio.to_thread(slow.wait))
        try:
            send(app, "ne")
            await until(pilot, lambda: "2 keys queued" in screen_text(app))
            send(app, ESC)
            await until(pilot, lambda: not app.input.is_waiting)
            send(app, "/web")
            await until(pilot, lambda: app.screen.query_one("#filter", Input).value == "web")
        finally:
            slow.set()


async def test_a_passphrase_typed_ahead_and_what_follows_it(make: MakeApp) -> None:
    """The lock, the passphrase, Enter and a filter arrive together; the filter applies to the new list."""
    app = make()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "secrets" in screen_text(app))
        send(app, CTRL_L + PASSPHRASE + ENTER + "/web")
        await until(pilot, lambda: app.session is not None and isinstance(app.screen, SecretsScreen))
        await rest(pilot)

        assert app.screen.query_one("#filter", Input).value == "web"
        await pilot.press("ctrl+q")
