"""A prompt for a passphrase which leaves no copies behind.

Every key goes into a buffer that can be wiped, and what is on the screen is a count. The bytes leave by `take` alone;
there is no copying, no cutting and no attribute that holds them as text. A paste arrives from the terminal as one
`str` and cannot be wiped.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.widget import Widget

from smtui.tui.pasted import with_line_feeds

ROOM = 256
DOT = "•"
CURSOR = "█"


class Typed:
    """UTF-8 bytes in one place. When more room is needed the old place is wiped."""

    __slots__ = ("_held", "_length", "count")

    def __init__(self) -> None:
        self._held = bytearray(ROOM)
        self._length = 0
        self.count = 0

    def __repr__(self) -> str:
        return "<typed>"

    def add(self, text: str) -> None:
        data = text.encode("utf-8", "surrogatepass")
        while self._length + len(data) > len(self._held):
            roomier = bytearray(2 * len(self._held))
            roomier[: self._length] = memoryview(self._held)[: self._length]
            wipe(self._held)
            self._held = roomier
        self._held[self._length : self._length + len(data)] = data
        self._length += len(data)
        self.count += len(text)

    def drop_last(self) -> None:
        while self._length:
            self._length -= 1
            byte, self._held[self._length] = self._held[self._length], 0
            if byte & 0xC0 != 0x80:
                self.count -= 1
                return

    def clear(self) -> None:
        wipe(self._held)
        self._length = self.count = 0

    def take(self) -> bytearray:
        """What was typed, handed over once; the buffer is empty afterwards, and the receiver wipes what it got."""
        taken = bytearray(memoryview(self._held)[: self._length])
        self.clear()
        return taken

    def peek(self) -> memoryview:
        """What was typed, to look at without a copy. Released before anything more is typed."""
        return memoryview(self._held)[: self._length].toreadonly()


def wipe(held: bytearray) -> None:
    held[:] = bytes(len(held))


class Passphrase(Widget, can_focus=True):
    """Type, paste, Backspace, Ctrl+U to start again, Enter to submit."""

    DEFAULT_CSS = """
    Passphrase {
        height: 3;
        padding: 0 1;
        border: round $border-blurred;
        background: $surface;
    }
    Passphrase:focus {
        border: round $primary;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = []

    class Changed(Message):
        """Something was typed or removed."""

        def __init__(self, passphrase: Passphrase) -> None:
            super().__init__()
            self.passphrase = passphrase

        @property
        def control(self) -> Passphrase:
            return self.passphrase

    class Submitted(Changed):
        """Enter was pressed. Carries nothing typed: whoever handles it calls `take`."""

    count: var[int] = var(0)
    """How many characters are typed."""

    def __init__(self, placeholder: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._placeholder = placeholder
        self._typed = Typed()

    def render(self) -> Content:
        cursor = CURSOR if self.has_focus else ""
        if not self.count:
            return Content.assemble(cursor, (self._placeholder, "$text-muted"))
        room = max(self.content_size.width - 8, 1)
        return Content.assemble(DOT * min(self.count, room), cursor, (f"  {self.count}", "$text-muted"))

    def watch_count(self) -> None:
        self.refresh()

    def take(self) -> bytearray:
        taken = self._typed.take()
        self.count = 0
        return taken

    def peek(self) -> memoryview:
        return self._typed.peek()

    def clear(self) -> None:
        self._typed.clear()
        self._changed()

    def type(self, text: str) -> None:
        """As if somebody had typed it."""
        self._typed.add(text)
        self._changed()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Letters are typed here, whatever they mean elsewhere."""
        return character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            self.post_message(self.Submitted(self))
        elif event.key == "backspace":
            self._typed.drop_last()
            self._changed()
        elif event.key == "ctrl+u":
            self.clear()
        elif event.is_printable and event.character is not None:
            self.type(event.character)
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """A line break at the end is the terminal's; one inside is kept, for it may be meant."""
        event.stop()
        event.prevent_default()
        self.type(with_line_feeds(event.text).removesuffix("\n"))

    def on_unmount(self) -> None:
        self._typed.clear()

    def _changed(self) -> None:
        self.count = self._typed.count
        self.post_message(self.Changed(self))
