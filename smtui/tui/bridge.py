"""Gestures: coroutines that handle a user action and run blocking calls in the vault's thread.

A gesture reads top to bottom: ask, call, reload.

    @gesture
    async def action_restore(self) -> None:
        await call(self.client.restore_secret, SecretId=self.name)
        await self.reload()

`call` runs in the threads of the context that is shown when the gesture begins, see `Lane`. A vault has one, so its
calls run in the order in which they were made. A `SmtuiError` ends the gesture with a message on the screen; any other
exception is a bug and ends the program.

A gesture belongs to the screen on which it began, and so do its dialogs. If that screen is no longer on top, the
gesture neither opens a dialog above the other screen nor reveals, copies or writes what it has read, but ends silently
(`must_be_on_top`). A gesture of the app belongs to no screen, and may open a dialog above any.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from functools import partial, wraps
from threading import Event, Lock
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from textual import work
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.screen import Screen
from textual.worker import Worker

from smtui.api.errors import SmtuiError, VaultReadOnlyError
from smtui.system.key_threads import KeyThreadPool
from smtui.system.unwanted_calls import run_wanted
from smtui.tui.workarounds import is_on_top

P = ParamSpec("P")
R = TypeVar("R")
Node = TypeVar("Node", bound=DOMNode)

GESTURE = "gesture"
READING = "reading"
"""The group of workers that only read for a screen: keys wait for them only for a short time."""
BACKGROUND = "background"
"""The group of workers that no key waits for."""
_screen: ContextVar[Screen[Any] | None] = ContextVar("screen of the gesture", default=None)
"""The screen on which the current gesture began; None for a gesture of the app."""


class GestureApp(Protocol):
    """The methods of the app that gestures use."""

    screen_stack: list[Screen[Any]]

    def report(self, error: SmtuiError) -> None:
        """Shows an error as a message."""

    async def confirm_change(self, operation: str) -> bool:
        """Asks whether an operation may change the account that is shown."""

    @property
    def is_leaving(self) -> bool:
        """Whether the app is closing its screens."""


class ScreenLeftError(Exception):
    """The screen on which a gesture began is no longer on top, so the gesture must not act any more."""


def must_be_on_top() -> None:
    """Checks that the screen of the current gesture is on top. Call it after a read, before the action of the user.

    Raises:
        ScreenLeftError: it is not.
    """
    screen = _screen.get()
    if screen is not None and not is_on_top(screen):
        raise ScreenLeftError


class ConfirmationNeeded(BaseException):  # no error: `call` asks, and makes the call again
    """A call would change an account that asks before changes, and the user was not asked yet. Nothing was sent.

    It is no `Exception`, so that no code between the call and the gesture takes it for a refusal.
    """

    def __init__(self, operation: str) -> None:
        super().__init__(operation)
        self.operation = operation


class NotConfirmedError(SmtuiError):
    """The user declined a change."""


@dataclass(slots=True)
class Approval:
    """Whether the user has confirmed that the current gesture may change an account that asks before changes."""

    app: GestureApp
    is_given: bool = False


_approval: ContextVar[Approval | None] = ContextVar("approval of the gesture", default=None)


def require_confirmation(operation: str) -> None:
    """Lets a change of an account pass if the user has confirmed it. Runs in the thread of the call.

    Raises:
        ConfirmationNeeded: the user was not asked yet.
        VaultReadOnlyError: there is no gesture that could ask.
    """
    approval = _approval.get()
    if approval is None:
        raise VaultReadOnlyError(f"{operation} was not sent: the account asks before changes.")
    if not approval.is_given:
        raise ConfirmationNeeded(operation)


def approve_changes() -> None:
    """Records that the user has confirmed the changes of the current gesture, in a dialog that names the account."""
    approval = _approval.get()
    if approval is not None:
        approval.is_given = True


async def run_confirmed(run: Callable[[], Awaitable[R]]) -> R:
    """Awaits `run()`; if it needs a confirmation, asks the user and awaits it once more.

    Only reads were made before, because the first change of a gesture is the one that is asked about.

    Raises:
        NotConfirmedError: the user declined.
    """
    try:
        return await run()
    except ConfirmationNeeded as needed:
        approval = _approval.get()
        if approval is None or not await approval.app.confirm_change(needed.operation):
            raise NotConfirmedError(f"Not confirmed. {needed.operation} was not sent.") from None
        approval.is_given = True
        return await run()


class Lane:
    """The threads in which the calls of one context run.

    Args:
        threads: 1 for a vault, whose file one thread uses at a time; more for an account, where each call waits for the
            network. Changes of an account keep their order all the same, see `smtui.backends.aws.connection`.
    """

    def __init__(self, threads: int = 1) -> None:
        self._threads = threads
        self._executor = self._make_executor()

    def _make_executor(self) -> KeyThreadPool:
        return KeyThreadPool(self._threads, "smtui-vault")

    async def run(self, function: Callable[[], R]) -> R:
        """Runs `function` in a thread. If the caller is cancelled, it does not start, or learns of it.

        See `smtui.system.unwanted_calls`.
        """
        unwanted = Event()
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._executor, copy_context().run, run_wanted, unwanted, function)
        except asyncio.CancelledError:
            unwanted.set()
            raise

    def run_from_thread(self, function: Callable[[], R]) -> R:
        """Runs `function` in a thread of the lane, for a thread of another one, which waits for it."""
        return self._executor.submit(copy_context().run, function).result()

    def end(self) -> None:
        """Ends the threads once their calls are done, because remains of keys lie on their stacks.

        A further call starts new ones.
        """
        ended, self._executor = self._executor, self._make_executor()
        ended.end()


THREADS_OF_ACCOUNT = 8
"""How many calls to an account wait for their answers at the same time at most."""
_current = Lane()
_lane: ContextVar[Lane | None] = ContextVar("lane of the gesture", default=None)
"""The lane of the context in which the current gesture began."""


def get_lane() -> Lane:
    """The lane of the context that is shown."""
    return _current


def use_lane(lane: Lane) -> None:
    """Makes `lane` that of the gestures that begin from now on."""
    global _current
    _current = lane


async def call(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Runs `function` in a thread of the context and returns its result.

    Raises:
        Exception: whatever `function` raises.
    """
    lane, made = _lane.get() or _current, partial(function, *args, **kwargs)
    return await run_confirmed(lambda: lane.run(made))


async def look(give_up: Callable[[], object], function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Runs a read in a thread of the context. When the gesture is cancelled, `give_up` must interrupt the read.

    `give_up` is called only while `function` runs, so it cannot end the read of another gesture.

    Raises:
        Exception: whatever `function` raises.
    """
    reading = _Reading(partial(function, *args, **kwargs), give_up)
    try:
        return cast("R", await call(reading.run))
    except asyncio.CancelledError:
        reading.end()
        raise


class _Reading:
    """A read that another thread can end."""

    def __init__(self, function: Callable[[], object], give_up: Callable[[], object]) -> None:
        self._function = function
        self._give_up = give_up
        self._lock = Lock()
        self._runs = self._unwanted = False

    def run(self) -> object:
        """Runs the function, unless the read was ended before; then returns None."""
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
        """Ends the read if it runs, and prevents it if it has not begun."""
        with self._lock:
            self._unwanted = True
            if self._runs:
                self._give_up()


def gesture(
    method: Callable[Concatenate[Node, P], Coroutine[Any, Any, None]],
) -> Callable[Concatenate[Node, P], Worker[None]]:
    """Makes an async method of a screen or the app a gesture: it may open dialogs and use `call`; its errors are shown.

    The next key waits until the gesture ends or asks the user something (`InputQueue`).
    """
    return _make_worker(method, GESTURE)


def reading(
    method: Callable[Concatenate[Node, P], Coroutine[Any, Any, None]],
) -> Callable[Concatenate[Node, P], Worker[None]]:
    """Makes an async method a gesture that only reads for the screen: keys wait for it only for a short time."""
    return _make_worker(method, READING)


def background(
    method: Callable[Concatenate[Node, P], Coroutine[Any, Any, None]],
) -> Callable[Concatenate[Node, P], Worker[None]]:
    """Makes an async method a gesture that no key waits for."""
    return _make_worker(method, BACKGROUND)


def _make_worker(
    method: Callable[Concatenate[Node, P], Coroutine[Any, Any, None]], group: str,
) -> Callable[Concatenate[Node, P], Worker[None]]:
    @wraps(method)
    async def run_guarded(node: Node, *args: P.args, **kwargs: P.kwargs) -> None:
        screen = _find_screen(node)
        _screen.set(screen)
        _lane.set(_find_lane(cast("GestureApp", node.app), screen))
        if group == GESTURE:
            _approval.set(Approval(cast("GestureApp", node.app)))
        try:
            await method(node, *args, **kwargs)
        except ScreenLeftError:
            pass
        except SmtuiError as error:
            cast("GestureApp", node.app).report(error)
        except NoMatches:
            if not _is_left(node):
                raise

    return cast("Callable[Concatenate[Node, P], Worker[None]]", work(run_guarded, group=group))


def _is_left(node: DOMNode) -> bool:
    """Whether the node's screen is gone, or the app is closing its screens."""
    app, screen = cast("GestureApp", node.app), _find_screen(node)
    return app.is_leaving or (screen is not None and screen not in app.screen_stack)


def _find_lane(app: GestureApp, screen: Screen[Any] | None) -> Lane:
    """The lane of the session that the screen, or the next one below it, is about; otherwise that in use.

    While the screens of a session are removed, they may read once more: not in the threads of what is shown next.
    """
    stack = app.screen_stack
    below = stack[: stack.index(screen) + 1] if screen in stack else [screen]
    sessions = (getattr(each, "session", None) for each in reversed(below))
    return next((cast("Lane", session.lane) for session in sessions if session is not None), _current)


def _find_screen(node: DOMNode) -> Screen[Any] | None:
    """Returns the screen that contains the node, or the node itself if it is a screen; None for the app."""
    return next((each for each in node.ancestors_with_self if isinstance(each, Screen)), None)
