"""Fixtures that run the app with Pilot on a real vault, with test clocks and fake tools."""

from __future__ import annotations

import asyncio
import gc
import stat
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
from textual import events
from textual._context import visible_screen_stack
from textual.app import App
from textual.pilot import Pilot
from textual.strip import Strip
from textual.timer import Timer
from textual.widgets import Input

import smtui
from smtui.clipboard.clipboard import Clipboard
from smtui.system.settings import Settings
from smtui.tui.app import SmtuiApp
from smtui.tui.bridge import Lane, use_lane
from smtui.tui.jobs import verifier
from smtui.tui.workarounds import needs_painting
from tests import waiting
from tests.conftest import Clock, frozen_caches
from tests.tui.dispatch_cache import cache_dispatch
from tests.tui.painting import assemble_no_frames
from tests.tui.style_cache import cache_styles

MakeApp = Callable[..., SmtuiApp]
Steps = Callable[[Pilot[None]], Awaitable[None]]
BOB = "arn:aws:iam::000000000000:user/bob"
unfreeze, list_objects = gc.unfreeze, gc.get_objects
LONGEST_DEBOUNCE = 0.35
LONGEST_WAIT = 180.0
"""Seconds to wait for changes in this process; tests.waiting waits for child processes."""
SAMPLES = (
    ("prod/payments/db", "Main database", {"team": "pay", "env": "prod"}),
    ("prod/payments/stripe", "Stripe, live mode", {"team": "pay", "env": "prod"}),
    ("prod/web/session", "Signs the cookies", {"team": "web", "env": "prod"}),
    ("dev/web/flags", "Client side", {"team": "web", "env": "dev"}),
    ("shared/wifi", "", {}),
)


class Steady:
    """A monotonic clock that tests set."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class FakeTool:
    """A fake `xclip` that keeps the clipboard in a file and records its arguments."""

    def __init__(self, folder: Path) -> None:
        self._held = folder / "clipboard"
        self._called = folder / "called"
        tool = folder / "bin" / "xclip"
        tool.parent.mkdir()
        tool.write_text(
            f"#!/bin/sh\nheld={self._held}\n"
            f'echo "$@" >> {self._called}\n'
            'case "$*" in *-o*) cat $held ;; *) cat > $held.new; mv $held.new $held ;; esac\n'
        )
        tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
        self.environ = {"PATH": f"{tool.parent}:/usr/bin:/bin", "DISPLAY": ":99"}

    @property
    def held(self) -> bytes:
        return self._held.read_bytes() if self._held.exists() else b""

    def somebody_copies(self, data: bytes) -> None:
        self._held.write_bytes(data)

    @property
    def arguments(self) -> str:
        return self._called.read_text()


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Disables animations and the background verification."""
    monkeypatch.setattr(verifier, "DELAY", 3600)  # test_verifier tests the background verification
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setattr("textual.constants.TEXTUAL_ANIMATIONS", "none")


@pytest.fixture(autouse=True)
def independent_of_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes pauses last until all messages are handled, and keeps notifications until a test has read them."""
    monkeypatch.setattr(SmtuiApp, "NOTIFICATION_TIMEOUT", 2 * waiting.LIMIT)
    if waiting.HAS_PROC:
        monkeypatch.setattr("textual.pilot.wait_for_idle", waiting.wait_for_idle)
        monkeypatch.setattr("textual.app.wait_for_idle", waiting.wait_for_idle)


@pytest.fixture
def never_idle(monkeypatch: pytest.MonkeyPatch, independent_of_speed: None) -> None:
    """Shortens the pauses, for an app in which a thread works until the test stops it."""
    for name in ("textual.pilot.wait_for_idle", "textual.app.wait_for_idle"):
        monkeypatch.setattr(name, partial(waiting.wait_for_idle, max_sleep=0.1))


@pytest.fixture(autouse=True)
def lane_of_a_vault() -> None:
    """Each app begins with one thread, as the program does; the account of a test before may have left more."""
    use_lane(Lane())


@pytest.fixture(autouse=True)
def frames(monkeypatch: pytest.MonkeyPatch) -> None:
    assemble_no_frames(monkeypatch)


@pytest.fixture(autouse=True)
def caches(monkeypatch: pytest.MonkeyPatch) -> None:
    cache_styles(monkeypatch)
    cache_dispatch(monkeypatch)


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps what was frozen before the first test frozen, so that the collections of each lock take less time.

    The app unfreezes all objects at each lock, to find and clear the caches of libraries.
    """
    monkeypatch.setattr(gc, "unfreeze", lambda: None)
    monkeypatch.setattr(gc, "get_objects", lambda: [*frozen_caches, *list_objects()])


@pytest.fixture
def snap_compare(snap_compare: Any) -> Callable[..., bool]:
    """Takes the plugin's snapshot only after the screen has stopped changing."""

    def compare(app: SmtuiApp, *, run_before: Steps | None = None, **how: Any) -> bool:
        async def come_to_rest(pilot: Pilot[None]) -> None:
            if run_before is not None:
                await run_before(pilot)
            await until_still(pilot)

        return bool(snap_compare(app, run_before=come_to_rest, **how))

    return compare


@pytest.fixture
def monotonic() -> Steady:
    return Steady()


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeTool:
    """Returns a fake clipboard tool, the only one in the PATH."""
    fake = FakeTool(tmp_path)
    for name, value in fake.environ.items():
        monkeypatch.setenv(name, value)
    return fake


@pytest.fixture
def app(vault: smtui.Vault, monotonic: Steady) -> MakeApp:
    """Returns a function that creates the app on the test's vault, unlocked unless `locked`."""

    def make(*, locked: bool = False, settings: Settings | None = None, **more: Any) -> SmtuiApp:
        more.setdefault("pasteboard", Clipboard(monotonic=monotonic))
        return SmtuiApp(vault.path, settings, vault=None if locked else vault, monotonic=monotonic, **more)

    return make


@pytest.fixture
def one_time_and_place(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Disables the blinking cursor and sets the time zone to UTC."""
    monkeypatch.setattr(Input.cursor_blink, "_default", False)
    with monkeypatch.context() as within:
        within.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def filled(client: Any, clock: Clock) -> Any:
    """Returns the client after it created five secrets at intervals of an hour."""
    for number, (name, description, tags) in enumerate(SAMPLES):
        client.create_secret(
            Name=name, Description=description, SecretString=f"value-of-{name}",
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
            ClientRequestToken=f"{number:08}-0000-4000-8000-000000000000",
        )  # fmt: skip
        clock.forward(hours=1)
    return client


DATABASE = ('{"user": "app", "password": "first-word", "port": 5432}', '{"user": "app", "password": "second-word", '
            '"port": 5432}')


@pytest.fixture
def database(client: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Returns the client of a vault with `prod/db`, which has two versions and a fixed ARN."""
    monkeypatch.setattr("smtui.engine.names.generate_suffix", lambda ambient: "AbCdEf")
    client.create_secret(
        Name="prod/db", Description="Main database", SecretString=DATABASE[0],
        Tags=[{"Key": "team", "Value": "pay"}], ClientRequestToken=version_id(1),
    )  # fmt: skip
    clock.forward(days=1)
    client.put_secret_value(SecretId="prod/db", SecretString=DATABASE[1], ClientRequestToken=version_id(2))
    clock.forward(hours=1)
    return client


def version_id(number: int) -> str:
    return f"{number:08}-0000-4000-8000-000000000000"


def said(app: SmtuiApp) -> list[str]:
    """Returns the messages of the current notifications."""
    return [toast.message for toast in app._notifications]


def screen_text(app: App[Any]) -> str:
    """Returns the text of the screen."""
    return "\n".join("".join(segment.text for segment in line).rstrip() for line in render_screen(app))


def render_screen(app: App[Any]) -> list[Strip]:
    """Returns the lines of the next frame.

    A dialog draws the screens in the background from a list that Textual sets before each frame, and caches the result.
    Without the list, this function would cache an empty background.
    """
    visible_screen_stack.set(app._background_screens)
    return app.screen._compositor.render_strips()


async def until(pilot: Pilot[None], true: Callable[[], object]) -> None:
    """Pauses until `true` returns a true value.

    Raises:
        TimeoutError: The value is not true within LONGEST_WAIT seconds.
    """
    async with asyncio.timeout(LONGEST_WAIT):
        while not true():
            await pilot.pause()
    await pilot.pause()


async def until_still(pilot: Pilot[None]) -> None:
    """Pauses until the app is idle and two successive screens are equal, including colours.

    The time between them is the longest debounce of a screen. Timers of one event loop fire in order, so all debounce
    timers have fired by then, even on a busy machine.
    """
    app, before = cast("SmtuiApp", pilot.app), None
    async with asyncio.timeout(waiting.LIMIT):
        while (now := None if is_at_work(app) else render_screen(app)) is None or now != before:
            before = now
            await asyncio.sleep(LONGEST_DEBOUNCE)
            await pilot.pause()


def is_at_work(app: SmtuiApp) -> bool:
    """Returns whether something is in progress that ends without a key: an input, a read, a check, a pause.

    Background jobs do not count; a test holds them when a snapshot shows them.
    """
    if not app.input.is_idle or needs_painting(app.screen):
        return True
    asking = [worker for worker, dialog in app.input._dialogs.items() if dialog in app.screen_stack]
    waiting_or_passed = {*asking, *app.input._passed}
    timers = (timer for node in app.screen.walk_children(with_self=True) for timer in node._timers)
    working = any(not worker.is_finished and worker not in waiting_or_passed for worker in app.workers)
    return working or any(map(_will_fire, timers))


def _will_fire(timer: Timer) -> bool:
    """Returns whether the timer fires only once and within LONGEST_DEBOUNCE.

    Later timers, such as the timeout of a notification, do not count.
    """
    waits = timer._task is not None and not timer._task.done()
    return waits and timer._repeat == 0 and timer._interval <= LONGEST_DEBOUNCE


async def palette_is_ready(pilot: Pilot[None]) -> None:
    """Waits until the command palette has searched all its providers."""
    palette = pilot.app.screen
    await until(pilot, lambda: palette.query("CommandList"))
    await until(pilot, lambda: all(worker.is_finished for worker in pilot.app.workers if worker.node is palette))


async def paste(pilot: Pilot[None], text: str) -> None:
    """Sends a paste event with the whole text, as a terminal does."""
    pilot.app.post_message(events.Paste(text))
    await pilot.pause()


async def types(pilot: Pilot[None], text: str) -> None:
    """Presses the keys of `text`."""
    names = {" ": "space", "-": "minus", "?": "question_mark", "/": "slash", ".": "full_stop"}
    await pilot.press(*(names.get(character, character) for character in text))


@pytest.fixture
def other(vault: smtui.Vault, database: Any) -> Iterator[Any]:
    """Yields the client of another session with the same vault."""
    with vault.reopen() as own:
        yield own.client(caller=BOB)
