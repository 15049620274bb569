"""The one bridge from a key press to a blocking call.

A gesture is one coroutine, read top to bottom: ask, call, reload.

    @gesture
    async def action_restore(self) -> None:
        await call(self.client.restore_secret, SecretId=self.name)
        await self.reload()

`call` runs in the one thread that ever touches the vault, so calls happen in the order in which they were made.
What smtui raises on purpose ends the gesture with a sentence on the screen; anything else is a fault of ours and
ends the program.

A gesture belongs to the screen it began on, and so does every dialog it opens: where that screen is not on top any
more, because one has gone on to another, a dialog is not opened over that one, and the gesture ends there without a
word (`must_be_on_top`). A gesture of the app belongs to no screen, and may ask over any.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from functools import partial, wraps
from threading import Lock
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from textual import work
from textual.app import App
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.screen import Screen
from textual.worker import Worker

from smtui.api.errors import SmtuiError
from smtui.tui.ended_threads import end_threads

P = ParamSpec("P")
R = TypeVar("R")
Node = TypeVar("Node", bound=DOMNode)

GESTURE = "gesture"
READING = "reading"
"""Group of the workers that only show what there is: keys wait for them for a moment only."""
BACKGROUND = "background"
"""Group of the workers that nobody waits for."""
_screen: ContextVar[Screen[Any] | None] = ContextVar("screen of the gesture", default=None)
"""Where the gesture at work began; None for one of the app's own."""


class GestureApp(Protocol):
    """What a gesture asks of the app it runs in."""

    screen_stack: list[Screen[Any]]

    def report(self, error: SmtuiError) -> None:
        """Shows an error as a sentence."""

    @property
    def is_leaving(self) -> bool:
        """Whether the screens are being taken down."""


class ScreenLeftError(Exception):
    """The screen that a gesture began on is not on top any more: what it would ask now belongs nowhere."""


def must_be_on_top(app: App[Any]) -> None:
    """Raises ScreenLeftError in a gesture whose screen is not the one that `app` shows."""
    screen = _screen.get()
    if screen is not None and app.screen is not screen:
        raise ScreenLeftError



def _new_lane() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="smtui-vault")


_lane = _new_lane()


def end_vault_thread() -> None:
    """At the lock: on the stack of the thread lie remains of keys, and it goes with the thread, which ends when it has
    nothing more to do. The next call starts another."""
    global _lane
    ended, _lane = _lane, _new_lane()
    end_threads(ended)


async def call(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Runs `function` in the vault's thread and gives its answer, or raises its error, here."""
    return await asyncio.get_running_loop().run_in_executor(_lane, partial(function, *args, **kwargs))


async def look(give_up: Callable[[], object], function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """`call` for a reading that nobody may want any more: when the gesture is cancelled, `give_up` has to end it.

    It is told only while `function` runs, so it never ends what another gesture has begun.
    """
    reading = _Reading(partial(function, *args, **kwargs), give_up)
    try:
        return cast("R", await call(reading.run))
    except asyncio.CancelledError:
        reading.end()
        raise


class _Reading:
    """One reading in the vault's thread, which another thread may end."""

    def __init__(self, function: Callable[[], object], give_up: Callable[[], object]) -> None:
        self._function = function
        self._give_up = give_up
        self._lock = Lock()
        self._runs = self._unwanted = False

    def run(self) -> object:
        with self._lock:
            if self._unwanted:
                return None
            self._runs = True
        try:
            return self._function()
        finally:
            with self._lock:
                self._runs = False

    def end(self) -> None:
        with self._lock:
            self._unwanted = True
            if self._runs:
                self._give_up()


def gesture(
    method: Callable[Concatenate[Node, P], Coroutine[Any, Any, None]],
) -> Callable[Concatenate[Node, P], Worker[None]]:
    """Makes an async method of a screen or app a gesture: it may ask dialogs and `call`, and its errors are shown.

    The next key waits until it has ended or asks the user something (`InputQueue`).
    """
    return _make_worker(method, GESTURE)


def reading(
    method: Callable[Concatenate[Node, P], Coroutine[Any, Any, None]],
) -> Callable[Concatenate[Node, P], Worker[None]]:
    """A gesture that only reads for the screen and asks the user nothing: keys wait for it for a moment at most."""
    return _make_worker(method, READING)


def background(
    method: Callable[Concatenate[Node, P], Coroutine[Any, Any, None]],
) -> Callable[Concatenate[Node, P], Worker[None]]:
    """A gesture that no key began: no key waits for it."""
    return _make_worker(method, BACKGROUND)


def _make_worker(
    method: Callable[Concatenate[Node, P], Coroutine[Any, Any, None]], group: str,
) -> Callable[Concatenate[Node, P], Worker[None]]:
    @wraps(method)
    async def guarded(node: Node, *args: P.args, **kwargs: P.kwargs) -> None:
        _screen.set(_screen_of(node))
        try:
            await method(node, *args, **kwargs)
        except ScreenLeftError:
            pass
        except SmtuiError as error:
            cast("GestureApp", node.app).report(error)
        except NoMatches:
            if not _was_left(node):
                raise

    return cast("Callable[Concatenate[Node, P], Worker[None]]", work(guarded, group=group))


def _was_left(node: DOMNode) -> bool:
    """Whether its screen is gone, so that there is nothing to show on it any more."""
    app, screen = cast("GestureApp", node.app), _screen_of(node)
    return app.is_leaving or (screen is not None and screen not in app.screen_stack)


def _screen_of(node: DOMNode) -> Screen[Any] | None:
    """The screen that a node is on, or is; None for the app."""
    return next((each for each in node.ancestors_with_self if isinstance(each, Screen)), None)
