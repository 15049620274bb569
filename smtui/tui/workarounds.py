"""Where we lean on Textual's insides. An upgrade of Textual starts by reading this file and trying to empty it."""

from __future__ import annotations

import gc
import os
import re
import selectors
import sys
import unicodedata
from codecs import getincrementaldecoder
from collections import OrderedDict
from collections.abc import Iterable
from contextlib import suppress
from functools import _lru_cache_wrapper
from typing import Any, ClassVar, Generic

from rich.text import Text
from textual import events
from textual._context import active_message_pump
from textual._xterm_parser import XTermParser
from textual.app import App, ReturnType
from textual.cache import FIFOCache, LRUCache
from textual.css.model import RuleSet
from textual.css.query import NoMatches
from textual.css.stylesheet import Stylesheet
from textual.driver import Driver
from textual.drivers import _writer_thread
from textual.keys import KEY_TO_UNICODE_NAME
from textual.message import Message
from textual.message_pump import MessagePump
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import WorkerFailed

from smtui.system.hardening import describe_incident
from smtui.system.terminal_end import TERMINAL

LIBRARIES = ("textual", "rich", "smtui")

# Textual 8.2 does not find the characters of the keys that it renamed, and so takes them for keys which a field leaves
# to the screen: the footer offered "/ Filter" while "/" typed a slash.
RENAMED_KEYS = {"slash": "/", "backslash": "\\", "at": "@", "minus": "-", "plus": "+", "underscore": "_"}
KEY_TO_UNICODE_NAME.update({key: unicodedata.name(character) for key, character in RENAMED_KEYS.items()})


class ParsedRules(LRUCache[tuple[object, ...], list[RuleSet]]):
    """The rules of each source of a stylesheet, by its text; a type of its own, so that the lock leaves it alone."""


class CachedStylesheet(Stylesheet):
    """Textual 8.2 parses all stylesheets again whenever a screen brings one of its own: a tenth of a second for each.

    This one parses each source once for the same variables, that is, for one theme.
    """

    THEMES, SOURCES = 8, 1024
    """How many are remembered: sets of variables, and sources for each of them."""
    _parsed: ClassVar[OrderedDict[frozenset[tuple[str, str]], ParsedRules]] = OrderedDict()

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._parse_cache = self._find_parsed()

    def set_variables(self, variables: dict[str, str]) -> None:
        self._parse_cache = ParsedRules(1)  # instead of the remembered one, since Textual empties what it finds
        super().set_variables(variables)
        self._parse_cache = self._find_parsed()

    def reparse(self) -> None:
        self.parse()

    def _find_parsed(self) -> ParsedRules:
        key = frozenset(self._variables.items())
        parsed = self._parsed.setdefault(key, ParsedRules(self.SOURCES))
        self._parsed.move_to_end(key)
        while len(self._parsed) > self.THEMES:
            self._parsed.popitem(last=False)
        return parsed


class LastingWriter(_writer_thread.WriterThread):
    """Textual 8.2's thread that writes to the terminal dies with it, and whoever writes then waits for ever.

    This one goes on taking what it is given, and tells of the hangup: all is locked and left.
    """

    def run(self) -> None:
        there = True
        while (text := self._queue.get()) is not None:
            if there and not self._sent(text):
                there = False
                TERMINAL.handle_hangup()
        self._sent("")

    def _sent(self, text: str) -> bool:
        """The end of it is on its way too once nothing more waits: before a shell or an editor has its turn."""
        try:
            self._file.write(text)
            if self._queue.empty():
                self._file.flush()
        except OSError:
            return False
        return True


class KeyParser(XTermParser):
    """Textual 8.2 takes Esc and the key after it, read together, for that key with Alt, or loses the Esc.

    No key of ours has Alt, and what was typed ahead arrives together: it is Esc, and then the other key.
    """

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if alt:
            yield events.Key("escape", "\x1b")
        yield from super()._sequence_to_key_events(sequence)


with suppress(ImportError):  # Windows has a driver of its own
    from textual.drivers import linux_driver

    class LastingDriver(linux_driver.LinuxDriver):
        """Textual 8.2 reads the end of a terminal again and again, at full speed. Here it ends the reading."""

        def run_input_thread(self) -> None:
            parser, decode = KeyParser(self._debug), getincrementaldecoder("utf-8")("replace").decode
            with selectors.SelectSelector() as selector:
                selector.register(self.fileno, selectors.EVENT_READ)
                while not self.exit_event.is_set():
                    if selector.select(0.1):
                        data = self._read()
                        if not data:
                            TERMINAL.handle_hangup()
                            return
                        self._tell(parser.feed(decode(data)))
                    self._tell(parser.tick())

        def _read(self) -> bytes:
            try:
                return os.read(self.fileno, 4096)
            except OSError:  # EIO: another program leads the session, or the terminal hung up
                return b""

        def _tell(self, found: Iterable[Message]) -> None:
            for message in found:
                self.process_message(message)

    linux_driver.WriterThread = LastingWriter  # type: ignore[attr-defined]


def forget_what_waits(screen: Screen[Any]) -> None:
    """Textual 8.2 leaves what is to follow the next painting to the screen in sight at that moment.

    The lowest screen is that for an instant, and paints never: it would keep alive every screen that was over it.
    """
    screen._callbacks.clear()


def has_messages(pump: MessagePump) -> bool:
    """Whether messages wait in its queue. Textual 8.2 does not tell."""
    return not pump._message_queue.empty() or pump._pending_message is not None


def is_on_top(screen: Screen[Any]) -> bool:
    """Whether `screen` covers all others, so that it may be dismissed.

    `Screen.is_current` of Textual 8.2 is also true of a screen beneath a translucent dialog. Its `dismiss` then
    removes the dialog in its place.
    """
    return screen.app.screen is screen


def needs_painting(screen: Screen[Any]) -> bool:
    """Whether the next frame will show or do something more. Textual 8.2 does not tell."""
    return bool(screen._dirty_widgets or screen._callbacks or screen._layout_required)


def consumes_key(field: Widget, event: events.Key) -> bool:
    """Whether a key types into `field` or moves in it. Textual 8.2 tells only which keys it prints."""
    return field.check_consume_key(event.key, event.character) or event.key in field._bindings.key_to_bindings


def forget_what_was_shown(app: App[Any]) -> None:
    """At the lock: nothing that was removed from the screen is remembered, whole widgets or single texts.

    Textual 8.2 keeps a widget that watched the app until what it watched changes again. It and Rich 15 remember texts
    that were measured, cut, drawn or edited, by functions and by methods, which remember their widget as well; and
    `re` remembers patterns. All of these are caches: who needs an answer again works it out again.
    """
    for watchers in getattr(app, "__watchers", {}).values():
        watchers[:] = [(node, watch) for node, watch in watchers if not node._closing]
    for found in gc.get_objects():
        if type(found) is _lru_cache_wrapper and _may_be_cleared(found):
            found.cache_clear()
        elif type(found) in (LRUCache, FIFOCache):
            found.clear()
    re.purge()
    gc.collect()


def _may_be_cleared(cached: _lru_cache_wrapper[Any]) -> bool:
    """One without bounds may stand for the only one of something, so only where we know that none does."""
    is_bounded = cached.cache_parameters()["maxsize"] is not None
    return is_bounded or (cached.__module__ or "").partition(".")[0] in LIBRARIES

__all__ = ["QuietApp"]


class QuietApp(App[ReturnType], Generic[ReturnType]):
    """Where Textual 8.2 prints a crash with the local variables of every frame, this prints one sentence.

    It also calls private parts by one name, so that nobody else has to.
    """

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self.stylesheet = CachedStylesheet(variables=self.get_css_variables())

    def _handle_exception(self, error: Exception) -> None:
        """A screen that was removed while it was being mounted, as by the lock, never had its widgets: its `on_mount`
        finds none of them, and nobody misses what it would have shown.
        """
        if isinstance(error, NoMatches) and self._is_of_removed_screen():
            return
        self._crash = error.error if isinstance(error, WorkerFailed) else error
        super()._handle_exception(self._crash if isinstance(self._crash, Exception) else error)

    def _is_of_removed_screen(self) -> bool:
        """Whether the message at work is one of a screen, or of a widget on a screen, that is on no stack any more."""
        pump: MessagePump | None = active_message_pump.get(None)
        while pump is not None and not isinstance(pump, Screen):
            pump = pump._parent
        return pump is not None and not any(pump in stack for stack in self._screen_stacks.values())

    def _fatal_error(self) -> None:
        error = getattr(self, "_crash", None) or sys.exception() or RuntimeError()
        self._exit_renderables.append(Text(describe_incident(error)))
        self._close_messages_no_wait()

    def get_driver_class(self) -> type[Driver]:
        """Textual's own, but for the terminal of Linux and macOS."""
        return LastingDriver if sys.platform != "win32" else super().get_driver_class()

    def fail(self, error: Exception) -> None:
        """Ends the program because of a fault of its own, found in a task that Textual did not start."""
        self._handle_exception(error)

    @property
    def is_leaving(self) -> bool:
        """Screens are being taken down."""
        return self._exit or not self.is_running

    @property
    def inner_clipboard(self) -> str:
        """What Ctrl+V pastes between two fields of this app."""
        return self._clipboard

    @inner_clipboard.setter
    def inner_clipboard(self, text: str) -> None:
        self._clipboard = text

    def notify(
        self, message: str, *, title: str = "", severity: SeverityLevel = "information",
        timeout: float | None = None, markup: bool = True,
    ) -> None:
        """What was merely told goes when something new is told; warnings and errors stay their time."""
        if severity == "information":
            for told in [each for each in self._notifications if each.severity == severity]:
                self._unnotify(told, refresh=False)
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)
