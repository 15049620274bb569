"""The input field for a passphrase, which leaves no copies in memory.

Each key goes into a buffer that can be wiped, and the screen shows only a count. Only `take` hands over the bytes and
`peek` a read-only view; the field supports no copy or cut, and no attribute holds the text. A paste arrives from the
terminal as a `str`, which cannot be wiped.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.widget import Widget

from smtui.text.typed_text import normalize_line_breaks

ROOM = 256
DOT = "•"
CURSOR = "█"


class Typed:
    """A buffer of UTF-8 bytes. When it grows, it wipes the old memory."""

    __slots__ = ("_held", "_length", "count")

    def __init__(self) -> None:
        self._held = bytearray(ROOM)
        self._length = 0
        self.count = 0

    def __repr__(self) -> str:
        return "<typed>"

    def add(self, text: str) -> None:
        """Appends `text`; doubles the buffer as often as necessary."""
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
        """Removes the last character, which can be several bytes of UTF-8."""
        while self._length:
            self._length -= 1
            byte, self._held[self._length] = self._held[self._length], 0
            if byte & 0xC0 != 0x80:
                self.count -= 1
                return

    def clear(self) -> None:
        """Wipes the buffer."""
        wipe(self._held)
        self._length = self.count = 0

    def take(self) -> bytearray:
        """Returns the typed bytes and empties the buffer. The caller must wipe the result."""
        taken = bytearray(memoryview(self._held)[: self._length])
        self.clear()
        return taken

    def peek(self) -> memoryview:
        """Returns a read-only view of the typed bytes, without a copy. Release it before more is typed."""
        return memoryview(self._held)[: self._length].toreadonly()


def wipe(held: bytearray) -> None:
    """Overwrites `held` with zeros."""
    held[:] = bytes(len(held))


class Passphrase(Widget, can_focus=True):
    """A hidden text field: type, paste, Backspace, Ctrl+U to clear, Enter to submit."""

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
        """The content has changed."""

        def __init__(self, passphrase: Passphrase) -> None:
            super().__init__()
            self.passphrase = passphrase

        @property
        def control(self) -> Passphrase:
            """The field, so that `on` can select it."""
            return self.passphrase

    class Submitted(Changed):
        """The user pressed Enter. The message carries no text: the handler calls `take`."""

    count: var[int] = var(0)
    """The number of characters in the field."""

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
        """Returns the typed bytes and empties the field. The caller must wipe the result."""
        taken = self._typed.take()
        self.count = 0
        return taken

    def peek(self) -> memoryview:
        """Returns a read-only view of the typed bytes. Release it before more is typed."""
        return self._typed.peek()

    def clear(self) -> None:
        """Wipes the content."""
        self._typed.clear()
        self._post_changed()

    def type(self, text: str) -> None:
        """Appends `text` as if the user had typed it."""
        self._typed.add(text)
        self._post_changed()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether the key types a character here, so that no shortcut takes it."""
        return character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        if event.key in ("enter", "ctrl+j"):  # the terminal made a line feed of it before the program started
            self.post_message(self.Submitted(self))
        elif event.key == "backspace":
            self._typed.drop_last()
            self._post_changed()
        elif event.key == "ctrl+u":
            self.clear()
        elif event.is_printable and event.character is not None:
            self.type(event.character)
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Adds the pasted text without the line break that terminals append. Line breaks inside are kept."""
        event.stop()
        event.prevent_default()
        self.type(normalize_line_breaks(event.text).removesuffix("\n"))

    def on_unmount(self) -> None:
        self._typed.clear()

    def _post_changed(self) -> None:
        self.count = self._typed.count
        self.post_message(self.Changed(self))
