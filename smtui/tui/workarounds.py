"""All uses of Textual's internals and corrections of its faults. Review this file at each upgrade of Textual."""

from __future__ import annotations

import gc
import os
import re
import selectors
import sys
import unicodedata
from codecs import getincrementaldecoder
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import _lru_cache_wrapper
from typing import Any, ClassVar, Generic

from rich.text import Text
from textual import events, on
from textual._context import active_message_pump
from textual._xterm_parser import XTermParser
from textual.app import App, ReturnType
from textual.await_complete import AwaitComplete
from textual.binding import BindingsMap
from textual.cache import FIFOCache, LRUCache
from textual.content import Content
from textual.css.model import RuleSet
from textual.css.query import NoMatches
from textual.css.stylesheet import Stylesheet
from textual.driver import Driver
from textual.drivers import _writer_thread
from textual.geometry import Region
from textual.keys import KEY_TO_UNICODE_NAME
from textual.message import Message
from textual.message_pump import MessagePump
from textual.notifications import Notification, SeverityLevel
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.widget import Widget
from textual.widgets import Input, TextArea, _toast
from textual.worker import WorkerFailed

from smtui.system.hardening import describe_incident
from smtui.system.terminal_end import TERMINAL

LIBRARIES = ("textual", "rich", "smtui")
SHORTEST_TOAST = 0.1
"""Seconds for which a notification is shown at least."""

# Textual 8.2 does not find the characters of the keys that it renamed. It treats them as keys that a text field does
# not consume, so the footer offers "/ Filter" although "/" types a slash.
RENAMED_KEYS = {"slash": "/", "backslash": "\\", "at": "@", "minus": "-", "plus": "+", "underscore": "_"}
KEY_TO_UNICODE_NAME.update({key: unicodedata.name(character) for key, character in RENAMED_KEYS.items()})


class ParsedRules(LRUCache[tuple[object, ...], list[RuleSet]]):
    """The parsed rules of each source of a stylesheet. As a separate type, it is not cleared at the lock."""


class CachedStylesheet(Stylesheet):
    """Parses each source once per theme (set of variables).

    Textual 8.2 parses all stylesheets again when a screen brings its own, which takes a tenth of a second.
    """

    THEMES, SOURCES = 8, 1024
    """The maximum number of cached sets of variables, and of sources for each of them."""
    _parsed: ClassVar[OrderedDict[frozenset[tuple[str, str]], ParsedRules]] = OrderedDict()

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._parse_cache = self._find_parsed()

    def set_variables(self, variables: dict[str, str]) -> None:
        """Sets the variables of a theme and selects the cache for them."""
        self._parse_cache = ParsedRules(1)  # Textual clears the current cache: protect the shared one
        super().set_variables(variables)
        self._parse_cache = self._find_parsed()

    def reparse(self) -> None:
        """Parses with the cache. Textual parses a new stylesheet without it."""
        self.parse()

    def _find_parsed(self) -> ParsedRules:
        key = frozenset(self._variables.items())
        parsed = self._parsed.setdefault(key, ParsedRules(self.SOURCES))
        self._parsed.move_to_end(key)
        while len(self._parsed) > self.THEMES:
            self._parsed.popitem(last=False)
        return parsed


class LastingWriter(_writer_thread.WriterThread):
    """The writer thread of the terminal, which survives a lost terminal and reports it.

    The thread of Textual 8.2 ends with an error, and each later write then blocks forever.
    """

    def run(self) -> None:
        """Writes the queued texts; after a hangup, takes them from the queue without writing them."""
        there = True
        while (text := self._queue.get()) is not None:
            if there and not self._write(text):
                there = False
                TERMINAL.handle_hangup()
        self._write("")

    def _write(self, text: str) -> bool:
        """Writes `text`; flushes when the queue is empty, so that a shell or editor can follow. False on an error."""
        try:
            self._file.write(text)
            if self._queue.empty():
                self._file.flush()
        except OSError:
            return False
        return True


class ExpiringToast(_toast.Toast):
    """A notification on a screen, which expires there at the earliest after SHORTEST_TOAST seconds.

    Textual 8.2 shows the notifications again on each screen, with a timer for the rest of their time. If that time ends
    at this moment, the rest is negative, and a timer with a negative interval never waits: the program hangs.
    """

    def __init__(self, notification: Notification) -> None:
        super().__init__(notification)
        self._timeout = max(self._timeout, SHORTEST_TOAST)


_toast.Toast = ExpiringToast  # type: ignore[misc]  # the rack of notifications makes them by this name


class KeyParser(XTermParser):
    """Reports Esc and a key that arrive together as two keys, and keeps no pasted text.

    Textual 8.2 reports them as Alt and the key, or loses Esc. No shortcut uses Alt. The local variables of its parser
    keep a pasted text, such as a passphrase, until the next paste.
    """

    def feed(self, data: str) -> Iterable[Message]:
        """Yields the messages of `data`. After a paste, begins with a new generator, which keeps no text."""
        for message in super().feed(data):
            if isinstance(message, events.Paste):
                self._gen.close()
                self._gen = self.parse(self._tokens.append)
                self._awaiting = next(self._gen)
            yield message

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if alt:
            yield events.Key("escape", "\x1b")
        yield from super()._sequence_to_key_events(sequence)


with suppress(ImportError):  # not available on Windows, which has another driver
    from textual.drivers import linux_driver

    class LastingDriver(linux_driver.LinuxDriver):
        """Stops reading at the end of the terminal, where Textual 8.2 reads again in a busy loop."""

        def run_input_thread(self) -> None:
            parser, decode = KeyParser(self._debug), getincrementaldecoder("utf-8")("replace").decode
            with selectors.SelectSelector() as selector:
                selector.register(self.fileno, selectors.EVENT_READ)
                while not self.exit_event.is_set():
                    if selector.select(0.1) and not self._forward_input(parser, decode):
                        TERMINAL.handle_hangup()
                        return
                    self._post_messages(parser.tick())

        def _forward_input(self, parser: KeyParser, decode: Callable[[bytes], str]) -> bool:
            """Reads once and forwards the messages; False at the end of the terminal.

            A function of its own, so that no variable keeps what was typed until the next read. The first bytes of a
            character are no text yet, and an empty text would end the parser.
            """
            data = self._read()
            if text := decode(data):
                self._post_messages(parser.feed(text))
            return bool(data)

        def _read(self) -> bytes:
            try:
                return os.read(self.fileno, 4096)
            except OSError:  # EIO: in a background process group, or after a hangup
                return b""

        def _post_messages(self, found: Iterable[Message]) -> None:
            for message in found:
                self.process_message(message)

    linux_driver.WriterThread = LastingWriter  # type: ignore[attr-defined]


def forget_what_waits(screen: Screen[Any]) -> None:
    """Drops the callbacks that a screen runs after its next painting.

    Textual 8.2 adds them to the screen that is on top at that moment. The lowest screen is never painted, so its
    callbacks would keep all removed screens in memory.
    """
    screen._callbacks.clear()


def has_messages(pump: MessagePump) -> bool:
    """Whether messages wait in the queue of `pump`. Textual 8.2 has no public method for it."""
    return not pump._message_queue.empty() or pump._pending_message is not None


def is_on_top(screen: Screen[Any]) -> bool:
    """Whether `screen` is the top of the stack, so that the user acts on it and it can be dismissed.

    `Screen.is_current` of Textual 8.2 is also true for a screen below a translucent dialog; `dismiss` would then remove
    the dialog instead.
    """
    return screen.app.screen_stack[-1:] == [screen]


class ClosableScreen(Screen[ScreenResultType]):
    """A screen that closes only itself, and once.

    `dismiss` of Textual 8.2 removes the top of the stack, whichever screen that is. An action that ends below another
    dialog would close that dialog, and its own screen could never be closed again.
    """

    _is_closed = False
    _closes_with: tuple[ScreenResultType | None] | None = None

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Closes the screen with `result`. If another screen covers it, it closes when that one is gone."""
        self._closes_with = (result,)
        if self._is_closed or not is_on_top(self):
            return AwaitComplete()
        self._is_closed = True
        return super().dismiss(result)

    @property
    def is_closing(self) -> bool:
        """Whether the screen is closed or closes as soon as it is on top."""
        return self._closes_with is not None

    @on(events.ScreenResume)
    def _close_after_the_cover(self) -> None:
        if self._closes_with is not None:
            self.dismiss(*self._closes_with)


class ClosableModalScreen(ModalScreen[ScreenResultType], ClosableScreen[ScreenResultType]):
    """A modal screen that closes only itself. Textual finds the rules for `ModalScreen` by the first base class."""


def is_visible(screen: Screen[Any]) -> bool:
    """Whether `screen` is the top of the stack or shows through the dialogs above it."""
    return screen.is_current


def needs_painting(screen: Screen[Any]) -> bool:
    """Whether a painting, a layout or a callback is pending. Textual 8.2 has no public method for it."""
    return bool(screen._dirty_widgets or screen._callbacks or screen._layout_required)


def set_border_title(widget: Widget, title: Content) -> None:
    """Shows a title in the top border of a widget, and paints only that line.

    Textual 8.2 paints the widget anew with all it contains, and reads a title that is text as markup.
    """
    if widget._border_title is None or not widget._border_title.is_same(title):
        widget._border_title = title
        widget.refresh(Region(0, 0, widget.outer_size.width, 1).translate(-widget.content_offset))


_INPUT_KEYS = frozenset(BindingsMap(Input.BINDINGS).key_to_bindings)
_TEXT_AREA_KEYS = frozenset(BindingsMap(TextArea.BINDINGS).key_to_bindings)


def consumes_key(field: Widget, event: events.Key) -> bool:
    """Whether a key edits `field` or moves its cursor. Textual 8.2 reports only the printable keys.

    The keys that a subclass adds do not count: they can act on something else, as Ctrl+Y of the filter does on the
    list.
    """
    edits = _TEXT_AREA_KEYS if isinstance(field, TextArea) else _INPUT_KEYS
    return field.check_consume_key(event.key, event.character) or event.key in edits


def forget_what_was_shown(app: App[Any]) -> None:
    """Clears, at the lock, all caches that hold texts or widgets that were shown.

    Textual 8.2 keeps a removed widget that watched an attribute of the app until that attribute changes. Textual and
    Rich 15 cache texts that were measured, cut, drawn or edited, and their widgets with them; `re` caches patterns. All
    of these are computed again when needed.
    """
    for watchers in getattr(app, "__watchers", {}).values():
        watchers[:] = [(node, watch) for node, watch in watchers if not node._closing]
    gc.unfreeze()
    for found in gc.get_objects():
        if type(found) is _lru_cache_wrapper and _may_be_cleared(found):
            found.cache_clear()
        elif type(found) in (LRUCache, FIFOCache):
            found.clear()
    re.purge()
    gc.collect()


def _may_be_cleared(cached: _lru_cache_wrapper[Any]) -> bool:
    """Whether a cache may be cleared: a bounded one, or one of `LIBRARIES`. Others may hold a singleton."""
    is_bounded = cached.cache_parameters()["maxsize"] is not None
    return is_bounded or (cached.__module__ or "").partition(".")[0] in LIBRARIES

__all__ = ["QuietApp"]


class QuietApp(App[ReturnType], Generic[ReturnType]):
    """An app that reports a crash in one sentence. Textual 8.2 prints the local variables of every frame.

    It also gives public names to internals of Textual.
    """

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self.stylesheet = CachedStylesheet(variables=self.get_css_variables())

    def _handle_exception(self, error: Exception) -> None:
        """Ignores `NoMatches` from a removed screen, and passes on all other errors.

        A screen that is removed while it is mounted, as by the lock, has no widgets, so its `on_mount` or its worker
        cannot find them.
        """
        cause = error.error if isinstance(error, WorkerFailed) else error
        if isinstance(cause, NoMatches) and self._is_of_removed_screen():
            return
        self._crash = cause
        super()._handle_exception(self._crash if isinstance(self._crash, Exception) else error)

    def _is_of_removed_screen(self) -> bool:
        """Whether the current message belongs to a screen that is no longer on a stack, or to one of its widgets."""
        pump: MessagePump | None = active_message_pump.get(None)
        while pump is not None and not isinstance(pump, Screen):
            pump = pump._parent
        return pump is not None and not any(pump in stack for stack in self._screen_stacks.values())

    def _fatal_error(self) -> None:
        error = getattr(self, "_crash", None) or sys.exception() or RuntimeError()
        self._exit_renderables.append(Text(describe_incident(error)))
        self._close_messages_no_wait()

    def get_driver_class(self) -> type[Driver]:
        """Returns `LastingDriver` on Linux and macOS, and Textual's driver on Windows."""
        return LastingDriver if sys.platform != "win32" else super().get_driver_class()

    def fail(self, error: Exception) -> None:
        """Ends the program because of an unexpected error in a task that Textual did not start."""
        self._handle_exception(error)

    @property
    def is_leaving(self) -> bool:
        """Whether the app is closing its screens."""
        return self._exit or not self.is_running

    @property
    def inner_clipboard(self) -> str:
        """The text that Ctrl+V pastes into the fields of this app."""
        return self._clipboard

    @inner_clipboard.setter
    def inner_clipboard(self, text: str) -> None:
        self._clipboard = text

    def remove_notification(self, message: str) -> None:
        """Removes the notifications with this text."""
        for shown in [each for each in self._notifications if each.message == message]:
            self._unnotify(shown)

    def notify(
        self, message: str, *, title: str = "", severity: SeverityLevel = "information",
        timeout: float | None = None, markup: bool = True,
    ) -> None:
        """Shows a notification. A new one with the severity information replaces the old ones of that severity."""
        if severity == "information":
            for shown in [each for each in self._notifications if each.severity == severity]:
                self._unnotify(shown, refresh=False)
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)
