"""The queue that delivers keys, clicks and pastes one at a time, each after the previous one has taken effect.

A terminal delivers keys that were typed ahead in one read. Without the queue, all of them would act on the screen that
was shown before the first: typing `/paydb` would open the password generator.

A key has taken effect when the widgets from the focused one up to the app have handled their messages, and each running
gesture has ended or waits for the user (its dialog is shown). Keys that type into a text field do not wait for gestures
that only read, such as a search, and Escape does not wait for a dialog that is still reading. Other keys wait for
reads, but only for a short time. In an account, where each call waits for the network, they wait as short for gestures;
only those of a form hold back what is typed into it, but not Escape.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable
from weakref import WeakKeyDictionary, WeakSet

from textual import events
from textual.command import CommandPalette
from textual.message_pump import MessagePump
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, TextArea
from textual.worker import Worker, get_current_worker

from smtui.tui import keys
from smtui.tui.bridge import GESTURE, READING
from smtui.tui.workarounds import consumes_key, has_messages, needs_painting

if TYPE_CHECKING:
    from smtui.tui.clipboard_app import CopyingApp

INPUT = (events.Key, events.Paste, events.MouseDown, events.MouseUp)
"""The events that the queue holds back."""
READ_PATIENCE, ACCOUNT_PATIENCE = 2.0, 0.1
"""Seconds for which a key waits for the read of the screen: of a vault, and of an account, which may take long.

In an account, also those for which a key waits for a gesture that is not that of a form.
"""
STUCK_AFTER = 0.5
"""Seconds without progress after which a newly pressed urgent key is delivered at once."""
URGENT_AFTER = 3.0
"""Seconds without progress after which a waiting urgent key overtakes the keys before it."""
PAINT_PATIENCE = 0.2
"""Seconds for which a key waits until the effect of the previous one is painted."""
SHOWN_AFTER = 0.5
"""Seconds of waiting after which the footer shows that keys wait."""
URGENT = frozenset({"escape", "ctrl+c"})
SUSPEND = "everywhere.put_aside"
LEAVING_ACTIONS = frozenset({"everywhere.lock", "everywhere.leave"})
URGENT_ACTIONS = LEAVING_ACTIONS | {SUSPEND}
URGENT_SHORTCUTS = tuple(shortcut for shortcut in keys.SHORTCUTS if shortcut.id in URGENT_ACTIONS)
MOST_WAITING = 100_000
"""The maximum number of waiting events; further ones are dropped."""
MOST_PASSES = 8
TICK = 0.05
"""Seconds after which a wait checks its condition again."""


@runtime_checkable
class FillsLater(Protocol):
    """A screen that reads after a pause, or in a worker outside the `READING` group."""

    @property
    def pending_read(self) -> object | None:
        """The timer or worker that will fill the screen; None if nothing is pending."""


@runtime_checkable
class CanBeLeftWhileReading(Protocol):
    """A screen that Escape closes while it is still reading, which ends the read."""

    can_be_left_while_reading: bool


def is_exit_key(event: events.Event, own: Mapping[str, str]) -> bool:
    """Whether the event is a key of the shortcuts that lock or quit everywhere."""
    return bool(find_urgent_shortcuts(event, own) & LEAVING_ACTIONS)


def is_newly_pressed(event: events.Event, progress_at: float) -> bool:
    """Whether a key was pressed `STUCK_AFTER` seconds after the last progress.

    A key that was typed ahead may arrive that late too, after what earlier keys did kept the loop busy.
    """
    return event.time - progress_at > STUCK_AFTER


class InputQueue:
    """Keys, clicks and pastes that wait to be delivered.

    Args:
        app: the app that receives the events.
        deliver: passes one event to the app, and returns when the app has forwarded it.
        show_count: is called with the number of events that have waited longer than `SHOWN_AFTER`, or 0.
        get_patience: returns the seconds for which a key waits for the read of the screen.
    """

    def __init__(
        self, app: CopyingApp, deliver: Callable[[events.Event], Awaitable[None]], show_count: Callable[[int], None],
        get_patience: Callable[[], float] = lambda: READ_PATIENCE,
    ) -> None:
        self._show_count = show_count
        self._get_patience = get_patience
        self._app = app
        self._deliver = deliver
        self._waiting: deque[events.Event] = deque()
        self._urgent: deque[events.Event] = deque()
        """The waiting events that may be urgent. Looking for them in a long paste would slow down every key."""
        self._typed_ahead_until = 0.0
        """Events from before this time are no longer accepted; see `drop_typed_ahead`."""
        self._progress_at = 0.0
        self._seen = 0
        self._overtaking = False
        self._task: asyncio.Task[None] | None = None
        self._settled = True
        self._dialogs: WeakKeyDictionary[Worker[Any], Screen[Any]] = WeakKeyDictionary()
        self._passed: WeakSet[Worker[object]] = WeakSet()
        """Workers that keys no longer wait for."""
        self._act_until: WeakKeyDictionary[object, float] = WeakKeyDictionary()
        self._read_until: WeakKeyDictionary[object, float] = WeakKeyDictionary()

    def put(self, event: events.Event) -> None:
        """Adds an event. Called in the message loop of the app."""
        if event.time < self._typed_ahead_until and not is_exit_key(event, self._app.settings.keys):
            return
        if len(self._waiting) < MOST_WAITING:
            patience = min(STUCK_AFTER, self._get_patience())
            if self._is_urgent(event) and self._is_stuck(patience) and is_newly_pressed(event, self._progress_at):
                self._overtaking = True
            self._waiting.append(event)
            if find_urgent_shortcuts(event, self._app.settings.keys):
                self._urgent.append(event)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def drop(self) -> None:
        """Drops all waiting events."""
        self._waiting.clear()
        self._urgent.clear()

    def drop_typed_ahead(self) -> None:
        """Drops all events that were typed until now, also those that the app has not received yet.

        Keys that lock or quit stay. Called when another program gives the terminal back: what was typed before that
        program showed itself was meant for it, and must not confirm the dialog that follows it.
        """
        self._typed_ahead_until = self._now
        kept = [event for event in self._waiting if is_exit_key(event, self._app.settings.keys)]
        self._waiting = deque(kept)
        self._urgent = deque(kept)

    @property
    def is_waiting(self) -> bool:
        """Whether events wait."""
        return bool(self._waiting)

    @property
    def is_idle(self) -> bool:
        """Whether no event waits, and all delivered ones have taken effect."""
        done = self._task is None or self._task.done()
        return done and not self._is_acting() and not self._is_reading() and not needs_painting(self._app.screen)

    def close(self) -> None:
        """Drops all waiting events and stops the delivery."""
        self.drop()
        if self._task is not None:
            self._task.cancel()

    @contextmanager
    def let_keys_through(self, worker: Worker[Any], dialog: Screen[Any]) -> Iterator[None]:
        """A context in which keys do not wait for `worker` while its `dialog` is shown."""
        self._dialogs[worker] = dialog
        try:
            yield
        finally:
            self._dialogs.pop(worker, None)

    def let_pass(self, worker: Worker[Any]) -> None:
        """Keys no longer wait for `worker`."""
        self._passed.add(worker)

    def let_pass_later(self, seconds: float) -> asyncio.TimerHandle:
        """Keys wait at most `seconds` for the calling worker, which shows its own progress. Returns the timer."""
        return asyncio.get_running_loop().call_later(seconds, self.let_pass, get_current_worker())

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    # Delivery.

    async def _run(self) -> None:
        try:
            while self._waiting or not self._settled:
                await self._wait_for_turn()
                if self._waiting:
                    event = take_next(self._waiting, self._urgent)
                    self._progress_at = self._now
                    self._overtaking = self._settled = False
                    await self._deliver(event)
                self._settled = await self._settle()
        except Exception as error:
            self._app.fail(error)
        finally:
            self._show_count(0)

    async def _wait_for_turn(self) -> None:
        """Waits until the first event may be delivered. An urgent key can become the first meanwhile."""
        began = self._now
        while self._waiting and not self._overtake():
            if not self._settled:
                self._settled = await self._settle()
            elif self._is_free(self._waiting[0]):
                break
            else:
                self._settled = False
                await asyncio.sleep(TICK if self._now - began > TICK else 0.001)
            if self._now - began > SHOWN_AFTER:
                self._show_count(len(self._waiting))
        self._show_count(0)

    def _overtake(self) -> bool:
        """Whether an urgent key has waited long enough.

        If so, drops the events before it and no longer waits for the running gestures.
        """
        if not self._has_urgent_key():
            return False
        while not self._is_urgent(self._waiting[0]):
            take_next(self._waiting, self._urgent)
        self._passed.update(self._list_running(GESTURE))
        return True

    def _is_urgent(self, event: events.Event) -> bool:
        """Whether the event is a key that closes, locks, quits or suspends, with the user's own keys.

        In a text area, Ctrl+Z only undoes typing.
        """
        found = find_urgent_shortcuts(event, self._app.settings.keys)
        return bool(found) and (found != {SUSPEND} or not self._is_typing(event))

    # Whether the previous event has taken effect.

    def _is_free(self, event: events.Event) -> bool:
        """Whether no running gesture holds this event back."""
        if self._is_acting():
            return False
        if self._is_typing(event):
            return True
        leaves = isinstance(self._app.screen, CanBeLeftWhileReading) and self._is_urgent(event)
        return not self._is_unpainted() and (leaves or not self._is_reading())

    def _is_unpainted(self) -> bool:
        """Whether the effect of the last event is not painted yet. A dialog above it would prevent the painting."""
        return self._now - self._progress_at < PAINT_PATIENCE and needs_painting(self._app.screen)

    def _is_acting(self) -> bool:
        """Whether a gesture runs that does not wait for the user, and that keys wait for.

        In an account they wait for it only for a short time, unless it is that of a form.
        """
        acting = [worker for worker in self._list_running(GESTURE)
                  if self._dialogs.get(worker) not in self._app.screen_stack]
        patience = self._get_patience()
        if patience >= STUCK_AFTER or isinstance(self._app.screen, ModalScreen):
            return bool(acting)
        until = self._now + patience
        return any(self._now < self._act_until.setdefault(worker, until) for worker in acting)

    def _list_running(self, group: str) -> list[Worker[object]]:
        """Returns the running workers of a group that keys wait for."""
        return [worker for worker in self._app.workers
                if worker.group == group and not worker.is_finished and worker not in self._passed]

    def _is_reading(self) -> bool:
        """Whether the current screen is reading, and has been for less than `READ_PATIENCE`."""
        screen = self._app.screen
        readers: list[object] = [worker for worker in self._list_running(READING)
                                 if screen in worker.node.ancestors_with_self]
        if isinstance(screen, CommandPalette):
            readers += [worker for worker in self._app.workers if worker.node is screen and not worker.is_finished]
        if isinstance(screen, FillsLater) and (pending := screen.pending_read) is not None:
            readers.append(pending)
        until = self._now + self._get_patience()
        return any(self._now < self._read_until.setdefault(each, until) for each in readers)

    def _is_typing(self, event: events.Event) -> bool:
        """Whether the event only edits the text of the focused field."""
        field = self._app.focused
        if not isinstance(field, Input | TextArea):
            return False
        if isinstance(event, events.Paste):
            return True
        if not isinstance(event, events.Key) or event.key == "enter":
            return False
        return consumes_key(field, event)

    async def _settle(self) -> bool:
        """Lets the widgets from the focused one up to the app handle their messages. False if an urgent key waits."""
        for _ in range(MOST_PASSES):
            screen, focused = self._app.screen, self._app.focused
            path = list((focused or screen).ancestors_with_self)
            for pump in path:
                if not await self._has_handled(pump):
                    return False
            unchanged = self._app.screen is screen and self._app.focused is focused
            if unchanged and not any(has_messages(pump) for pump in path):
                break
        return True

    async def _has_handled(self, pump: MessagePump) -> bool:
        """Waits until `pump` has handled the messages now in its queue. False if an urgent key would have to wait."""
        handled = asyncio.Event()
        if pump.call_later(handled.set):
            while not handled.is_set() and pump.is_running:
                if self._has_urgent_key():
                    return False
                await _wait(handled, TICK)
        return True

    def _has_urgent_key(self) -> bool:
        """Whether an urgent key waits and may overtake."""
        patience = self._get_patience()
        stuck_after = URGENT_AFTER if patience >= STUCK_AFTER else patience
        return any(map(self._is_urgent, self._urgent)) and (self._overtaking or self._is_stuck(stuck_after))

    def _is_stuck(self, seconds: float) -> bool:
        """Whether a gesture has run for `seconds` without progress: no new screen, no change of the running workers."""
        screens, workers = self._app.screen_stack, self._app.workers
        seen = hash((*map(id, screens), *sorted(id(worker) for worker in workers if worker.is_running)))
        if seen != self._seen:
            self._seen, self._progress_at = seen, self._now
        return (self._is_acting() or not self._settled) and self._now - self._progress_at > seconds


def take_next(waiting: deque[events.Event], urgent: deque[events.Event]) -> events.Event:
    """Removes the first waiting event, also from those that may be urgent, and returns it."""
    event = waiting.popleft()
    if urgent and urgent[0] is event:
        urgent.popleft()
    return event


def find_urgent_shortcuts(event: events.Event, own: Mapping[str, str]) -> set[str]:
    """Returns the ids of the urgent shortcuts that have a key, or the key itself if it is always urgent.

    Args:
        own: the keys that the user chose, by the ids of the shortcuts.
    """
    if not isinstance(event, events.Key):
        return set()
    found = {each.id for each in URGENT_SHORTCUTS if event.key in own.get(each.id, each.keys).split(",")}
    return found | ({event.key} & URGENT)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
