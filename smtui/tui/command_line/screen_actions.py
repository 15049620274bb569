"""The commands of a screen: its enabled actions, by the names of their shortcuts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from smtui.text.sanitize import SafeText
from smtui.tui import keys
from smtui.tui.command_line.command import Command, suggest_command
from smtui.tui.command_line.general_commands import REASONS, list_general_commands
from smtui.tui.reading_screen import ReadingScreen

if TYPE_CHECKING:
    from smtui.tui.shell import Shell


def list_commands(app: Shell, screen: Screen[Any]) -> list[Command]:
    """Lists the commands that can run now. An action of the screen takes precedence over a general command."""
    actions = list(_list_actions(app, screen))
    names = {name for each in actions for name in each.names}
    return [*(each for each in list_general_commands(app) if not names.intersection(each.names)), *actions]


def _list_actions(app: Shell, screen: Screen[Any]) -> Iterator[Command]:
    """Yields the enabled actions of a screen, each name once."""
    shortcuts, names = {each.id: each for each in keys.list_commands()}, set[str]()
    for active in screen.active_bindings.values():
        shortcut = shortcuts.get(active.binding.id or "")
        if shortcut is not None and active.enabled and names.isdisjoint(shortcut.command_names):
            names.update(shortcut.command_names)
            run = partial(app.run_action, shortcut.action, active.node)
            yield Command(shortcut.command_names, SafeText(shortcut.tooltip), lambda _, run=run: app.call_later(run))  # type: ignore[misc]


def explain_missing_command(name: str, commands: Sequence[Command], screen: Screen[Any]) -> str:
    """Returns why no command has this name: it works elsewhere, the screen denies it, or it does not exist."""
    shortcut = next((each for each in keys.list_commands() if name in each.command_names), None)
    if name in REASONS:
        return REASONS[name]
    if shortcut is None:
        return f"Unknown command “{name}”. {suggest_command(name, commands)}"
    denied = screen.find_denied_reason(shortcut.action) if isinstance(screen, ReadingScreen) else ""
    return denied or f"“{name}” does not work on this screen."
