"""The header and the footer of a screen. The footer shows keys, the running job and the clipboard countdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from rich.cells import cell_len
from textual import events, getters
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from smtui.text.sanitize import SafeText
from smtui.tui import key_names, keys

if TYPE_CHECKING:
    from smtui.tui.jobs.job import JobStatus
    from smtui.tui.shell import Shell

UNDO = "undo"
HELP = next(shortcut for shortcut in keys.SHORTCUTS if shortcut.id == "everywhere.help")
ASIDE = (UNDO, HELP.action)
"""Actions whose keys are at the right end of the footer."""


class Status(Static):
    """A text about running work, at the right end of the footer. It is hidden while there is nothing to show.

    Args:
        watched: the name of the reactive attribute of the app that holds the state.
        describe: formats a value of that attribute; an empty text hides the widget.
        calm: whether the text has the accent colour instead of the warning colour.
    """

    DEFAULT_CSS = """
    Status {
        width: auto;
        height: 1;
        padding: 0 1;
        background: $footer-background;
        color: $warning;
        display: none;
    }
    Status.-running {
        display: block;
    }
    Status.-calm {
        color: $accent;
    }
    """

    def __init__(self, watched: str, describe: Callable[[Any], str], *, calm: bool = False) -> None:
        super().__init__(classes="-calm" if calm else "")
        self._watched = watched
        self._describe = describe

    def on_mount(self) -> None:
        self.watch(self.app, self._watched, self._show)

    def _show(self, value: object) -> None:
        words = self._describe(value)
        self.set_class(bool(words), "-running")
        self.update(Content(words))


class Header(Horizontal):
    """The line at the top: the program, the place, special states such as read-only, and how soon the vault locks.

    Args:
        where: the name of the vault, then the Region.
        flags: short words for special states.
        colour: the colour of the context, behind its name; a key of `CONTEXT_COLOURS`, or empty.
    """

    DEFAULT_CSS = """
    Header {
        dock: top;
        height: 1;
        background: $panel;

        & > #place {
            width: 1fr;
            padding: 0 1;
            color: $text-muted;
        }
        & > Status {
            background: $panel;
        }
    }
    """

    def __init__(self, where: Sequence[SafeText], *flags: SafeText, colour: str = "") -> None:
        super().__init__()
        self._colour = colour
        self._words = _format_header(where, flags, colour)

    def compose(self) -> ComposeResult:
        yield Static(self._words, id="place")
        yield Status("locks_in", _describe_lock)

    def show(self, where: Sequence[SafeText], *flags: SafeText) -> None:
        """Replaces the place and the flags."""
        self.query_one("#place", Static).update(_format_header(where, flags, self._colour))


CONTEXT_COLOURS = {"red": "#b3261e", "orange": "#9a4b00", "yellow": "#705a00", "green": "#1e6b34", "cyan": "#0b6670",
                   "blue": "#1f4fb5", "magenta": "#8b2a8b", "grey": "#555555"}
"""The background of the name of a context, dark enough for white letters."""


def format_context_name(name: SafeText, colour: str) -> Content:
    """Formats the name of a context, on its colour if it has one (a key of `CONTEXT_COLOURS`)."""
    if colour:
        return Content.styled(f" {name} ", f"bold white on {CONTEXT_COLOURS[colour]}")
    return Content.styled(name, "bold $foreground")


def _format_header(where: Sequence[SafeText], flags: Sequence[SafeText], colour: str) -> Content:
    name = format_context_name(where[0], colour)
    place = Content(" · ").join([name, *map(Content, where[1:])])
    words: list[Content | tuple[str, str]] = [("smtui", "bold $primary"), Content("  "), place]
    for flag in flags:
        words += [Content("  "), (f" {flag} ", "bold $block-cursor-foreground on $warning")]
    return Content.assemble(*words)


def _describe_lock(seconds: int) -> str:
    """Formats the seconds until the idle lock, for example `locks in 42 s`; empty while it is not near."""
    return f"locks in {seconds} s" if seconds > 0 else ""


def _describe_countdown(seconds: int) -> str:
    """Formats the countdown, for example `clipboard 12 s`; empty if the clipboard holds nothing from smtui."""
    return f"clipboard {seconds} s" if seconds > 0 else ""


def _describe_waiting_keys(count: int) -> str:
    """Formats the number of waiting keys, for example `3 keys queued, Esc discards`; empty if there are none."""
    if count <= 0:
        return ""
    return f"{count:,} {'key' if count == 1 else 'keys'} queued, Esc discards"


def _describe_job(status: JobStatus | None) -> str:
    """Formats the state of the running job, for example `Check 34%`; empty if no job runs."""
    if status is None:
        return ""
    return f"{status.title} {'…' if status.fraction is None else f'{status.fraction:.0%}'}"


@dataclass(frozen=True, slots=True)
class FooterKey:
    """One entry of the footer. A click on it simulates its key.

    Args:
        key: the name of the key in Textual.
        spelled: the key as the footer shows it.
        words: what the key does.
        works: whether the action is enabled.
        is_first: whether the entry takes precedence when the footer has too little room.
        at: the column where the entry begins.
    """

    key: str
    spelled: str
    words: str
    works: bool
    is_first: bool = False
    at: int = 0

    @property
    def width(self) -> int:
        """The width in cells, with a space on both sides of the key and one after the words."""
        return cell_len(self.spelled) + cell_len(self.words) + 3

    def create_content(self) -> Content:
        """Makes the text of the entry. It is dim if the action is disabled."""
        dim = "" if self.works else " dim"
        return Content.assemble((f" {self.spelled} ", f"bold $footer-key-foreground{dim}"),
                                (f"{self.words} ", f"$footer-description-foreground{dim}"))


@runtime_checkable
class KeyNaming(Protocol):
    """A screen that renames entries of the footer: it maps the ids of shortcuts to the words, which may change."""

    @property
    def key_names(self) -> Mapping[str, str]: ...


class FooterKeys(Widget):
    """The keys that work on the screen, as many entries as fit in full. Keys that save or leave take precedence.

    Help is at the right end, next to undo if there is a change to undo.
    """

    DEFAULT_CSS = """
    FooterKeys {
        width: 1fr;
        height: 1;
        background: $footer-background;
    }
    """
    ALLOW_SELECT = False

    app: getters.app[Shell]

    def __init__(self, *, offers_help: bool) -> None:
        super().__init__()
        self._offers_help = offers_help
        self.entries: list[FooterKey] = []
        """The visible entries."""
        self._requests = 0
        self._line: Content | None = None
        self._drawn_for: object = None

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._draw_later)

    def _draw_later(self, _: object) -> None:
        """Requests a redraw and merges several requests into one.

        Textual sends the signal before the next frame and again after it when the focus changes. A redraw is expensive
        because it checks each of about fifty bindings.
        """
        self._requests += 1
        self.call_after_refresh(self.call_later, self.call_next, self._draw, self._requests)

    def _draw(self, request: int) -> None:
        """Redraws unless a newer request exists."""
        if request == self._requests:
            self._line = None
            self.refresh()

    def render(self) -> Content:
        """Returns the cached line, or a new one if the width, the undo entry or the keys of the user changed."""
        session = self.app.session
        drawn_for = self.size.width, session and session.undo.last, self.app.settings.keys
        if self._line is None or drawn_for != self._drawn_for:
            self._line, self._drawn_for = self._draw_line(), drawn_for
        return self._line

    def _draw_line(self) -> Content:
        self.entries = self._list_fitting_keys()
        line, at = Content(""), 0
        for entry in self.entries:
            line += Content(" " * (entry.at - at)) + entry.create_content()
            at = entry.at + entry.width
        return line

    def _list_fitting_keys(self) -> list[FooterKey]:
        """Lists the entries that fit, with their columns."""
        found = dict(self._list_keys())
        if HELP.action not in found and self._offers_help:
            self._add_help(found)
        aside = [found.pop(action) for action in ASIDE if action in found]
        end = self.size.width - sum(entry.width for entry in aside)
        fitting, at = [], 0
        for entry in _find_fitting(list(found.values()), end):
            fitting.append(replace(entry, at=at))
            at += entry.width
        for entry in aside:
            fitting.append(replace(entry, at=end))
            end += entry.width
        return fitting

    def _add_help(self, found: dict[str, FooterKey]) -> None:
        """Adds the entry of help on a dialog, whose bindings do not include it, if there is room."""
        key = self.app.settings.keys.get(HELP.id, HELP.keys).rpartition(",")[2]
        entry = FooterKey(key, key_names.spell_short(key), HELP.words, True)
        if sum(each.width for each in (entry, *found.values())) <= self.size.width:
            found[HELP.action] = entry

    def _list_keys(self) -> Iterator[tuple[str, FooterKey]]:
        """Yields each action and its entry. If several keys have the same action, the first one counts.

        A screen can rename entries, see `KeyNaming`.
        """
        session, listed = self.app.session, set()
        names = self.screen.key_names if isinstance(self.screen, KeyNaming) else {}
        undoable = session is not None and session.undo.last is not None
        for _, binding, enabled, _ in self.screen.active_bindings.values():
            if binding.show and binding.action not in listed and (binding.action != UNDO or undoable):
                listed.add(binding.action)
                words = names.get(binding.id or "", binding.description)
                yield binding.action, FooterKey(binding.key, self.app.get_key_display(binding), words, enabled,
                                          binding.id in keys.FIRST_IN_FOOTER)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        entry = next((each for each in self.entries if each.at <= event.x < each.at + each.width), None)
        if entry is not None and entry.works:
            self.app.simulate_key(entry.key)


def _find_fitting(entries: Sequence[FooterKey], room: int) -> list[FooterKey]:
    """Selects the entries that fit into `room` cells, in their order. Those with `is_first` take precedence."""
    chosen = []
    for index, entry in sorted(enumerate(entries), key=lambda each: not each[1].is_first):
        if entry.width <= room:
            chosen.append(index)
            room -= entry.width
    return [entries[index] for index in sorted(chosen)]


class Footer(Horizontal):
    """The line at the bottom: the keys of the screen, waiting keys, the running job and the clipboard countdown."""

    DEFAULT_CSS = """
    Footer {
        dock: bottom;
        height: 1;
        background: $footer-background;
    }
    """

    def __init__(self, *, offers_help: bool = True) -> None:
        super().__init__()
        self._offers_help = offers_help

    def compose(self) -> ComposeResult:
        yield FooterKeys(offers_help=self._offers_help)
        yield Status("keys_waiting", _describe_waiting_keys)
        yield Status("job_status", _describe_job, calm=True)
        yield Status("clears_in", _describe_countdown)
