"""The two lines that frame a main screen: what this is, above; the keys and the clipboard's countdown, below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import var
from textual.widgets import Footer, Static

from smtui.shown import Shown
from smtui.tui.workarounds import FooterKey

if TYPE_CHECKING:
    from smtui.tui.app import SmtuiApp
    from smtui.tui.long_work import Progress

UNDO = "undo"
ASIDE = (UNDO, "help")
"""Actions whose keys stand at the right end."""


class Masthead(Static):
    """One line at the top: the program, where we are, and what is out of the ordinary (`flags`, such as read-only)."""

    DEFAULT_CSS = """
    Masthead {
        dock: top;
        height: 1;
        padding: 0 1;
        background: $panel;
        color: $text-muted;
    }
    """

    def __init__(self, where: Shown, *flags: Shown) -> None:
        words: list[Content | tuple[str, str]] = [("smtui", "bold $primary"), Content("  "), Content(where)]
        for flag in flags:
            words += [Content("  "), (f" {flag} ", "bold $block-cursor-foreground on $warning")]
        super().__init__(Content.assemble(*words))


class Countdown(Static):
    """`clipboard 12 s`, while something of ours is on it."""

    DEFAULT_CSS = """
    Countdown {
        width: auto;
        height: 1;
        padding: 0 1;
        background: $footer-background;
        color: $warning;
        display: none;
    }
    Countdown.-running {
        display: block;
    }
    """

    seconds: var[int] = var(0)

    def on_mount(self) -> None:
        self.watch(self.app, "clears_in", self._show)

    def _show(self, seconds: int) -> None:
        self.set_class(seconds > 0, "-running")
        self.update(Content(f"clipboard {seconds} s"))


class Working(Static):
    """`check 34 %`, while a long work goes on beside."""

    DEFAULT_CSS = """
    Working {
        width: auto;
        height: 1;
        padding: 0 1;
        background: $footer-background;
        color: $accent;
        display: none;
    }
    Working.-running {
        display: block;
    }
    """

    def on_mount(self) -> None:
        self.watch(self.app, "working", self._show)

    def _show(self, progress: Progress | None) -> None:
        self.set_class(progress is not None, "-running")
        if progress is not None:
            share = "…" if progress.share is None else f"{progress.share:.0%}"
            self.update(Content(f"{progress.title} {share}"))


class Keys(Footer):
    """The keys that work here, as many as there is room for in full.

    Help is always in sight at the right end, and beside it undo, once there is something to undo.
    """

    app: getters.app[SmtuiApp]
    _made_for = 0

    def compose(self) -> ComposeResult:
        found = [key for key in super().compose() if isinstance(key, FooterKey) and self._is_meant(key)]
        aside = sorted((key for key in found if key.action in ASIDE), key=lambda key: ASIDE.index(key.action))
        self._made_for = self.size.width or self.app.size.width
        room = self._made_for - sum(map(_width, aside))
        for key in found:
            if key.action not in ASIDE and _width(key) <= room:
                room -= _width(key)
                yield key
        yield (between := Static())
        between.styles.width = max(0, room)
        yield from aside

    def _is_meant(self, key: FooterKey) -> bool:
        session = self.app.session
        return key.action != UNDO or (session is not None and session.undo.last is not None)

    def on_resize(self) -> None:
        if self.size.width != self._made_for:
            self.call_after_refresh(self.recompose)


def _width(key: FooterKey) -> int:
    """With a space around the key and one behind the words."""
    return cell_len(key.key_display) + cell_len(key.description) + 3


class KeyBar(Horizontal):
    """The footer: the keys that work here, and the countdown at its right end."""

    DEFAULT_CSS = """
    KeyBar {
        dock: bottom;
        height: 1;
        background: $footer-background;
    }
    KeyBar Footer {
        dock: none;
        width: 1fr;
    }
    """

    def compose(self) -> ComposeResult:
        yield Keys(show_command_palette=False)
        yield Working()
        yield Countdown()
