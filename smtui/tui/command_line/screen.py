"""The command line: one line at the bottom of the screen, with the commands that match above it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from smtui.text.sanitize import sanitize
from smtui.tui.bridge import gesture, reading
from smtui.tui.command_line.command import (
    Command,
    CommandError,
    list_completions,
    list_matches,
    parse_command,
    split_line,
)
from smtui.tui.command_line.line_input import LineInput
from smtui.tui.widgets.chrome import Footer
from smtui.tui.workarounds import ClosableModalScreen

MAX_SHOWN = 8
"""The number of commands or values above the line."""
Answer = tuple[Command, str, str]
"""A command, its argument, and the line as it is remembered."""


class CommandLine(ClosableModalScreen[Answer | None]):
    """Returns the command that the user typed, with its argument; None if the user closes it.

    Args:
        commands: the commands that can run.
        history: the lines that ran before, oldest first.
        explain_missing: returns why a name is not among the commands.
    """

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "Input"

    line = getters.query_one(LineInput)
    matches = getters.query_one("#matches", Static)

    def __init__(
        self, commands: Sequence[Command], history: Sequence[str], explain_missing: Callable[[str], str],
    ) -> None:
        super().__init__()
        self._commands = commands
        self._history = history
        self._explain_missing = explain_missing
        self._values: dict[str, Sequence[str]] = {}

    def compose(self) -> ComposeResult:
        with Vertical(id="area"):
            yield Static(id="matches")
            with Horizontal(id="prompt"):
                yield Static(":", id="colon")
                yield LineInput(self._history, self._list_completions)
        yield Footer(offers_help=False)

    def on_mount(self) -> None:
        self._show_matches()

    def _list_completions(self, line: str) -> list[str]:
        return list_completions(line, self._commands, lambda command: self._values.get(command.name, ()))

    # Suggestions.

    @on(Input.Changed)
    def _update(self) -> None:
        self._load_values()
        self._show_matches()

    @reading
    async def _load_values(self) -> None:
        """Reads the values of the argument that is being typed, once."""
        name, _ = split_line(self.line.value)
        command = next((each for each in self._commands if name in each.names), None)
        if command is not None and command.argument and command.name not in self._values:
            self._values[command.name] = ()
            self._values[command.name] = [sanitize(value) for value in await command.load_values()]
            self._show_matches()

    def _show_matches(self) -> None:
        typed = self.line.value
        found = self._list_completions(typed) if " " in typed.lstrip(": ") else []
        values = [each.partition(" ")[2] for each in found]
        rows = _format_values(values) if values else _format_commands(list_matches(typed, self._commands))
        self.matches.set_class(False, "-error")
        self.matches.update(Content("\n").join(rows))

    @on(Input.Submitted)
    @gesture
    async def _run(self) -> None:
        typed = self.line.value
        if not typed.strip(": "):
            self.dismiss()
            return
        try:
            command, argument = parse_command(typed, self._commands, self._explain_missing)
            if argument and (problem := await command.load_problem(argument)):
                raise CommandError(problem)
        except CommandError as error:
            self.matches.set_class(True, "-error")
            self.matches.update(Content(f"✗ {sanitize(error)}"))
        else:
            self.dismiss((command, argument, f"{command.name} {argument}".strip()))

    @on(LineInput.Closed)
    def _close(self) -> None:
        self.dismiss()


def _format_commands(commands: Sequence[Command]) -> list[Content]:
    shown = commands[:MAX_SHOWN]
    width = max((len(each.usage) for each in shown), default=0)
    rows = [Content.assemble((f"{each.usage:<{width}}  ", "bold"), (each.tooltip, "$text-muted")) for each in shown]
    return [*rows, *_format_rest(len(commands))]


def _format_values(values: Sequence[str]) -> list[Content]:
    return [*(Content(value) for value in values[:MAX_SHOWN]), *_format_rest(len(values))]


def _format_rest(count: int) -> list[Content]:
    return [Content.styled(f"and {count - MAX_SHOWN} more", "$text-muted")] if count > MAX_SHOWN else []
