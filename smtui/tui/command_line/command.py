"""A command of the command line, how a typed line is parsed, and what completes it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from smtui.rules.fuzzy import sort_matches
from smtui.text.sanitize import SafeText


class CommandError(Exception):
    """A line is not a command that can run here. The message says why."""


async def load_no_values() -> Sequence[str]:
    """Returns no suggestions, for an argument that cannot be completed."""
    return ()


async def load_no_problem(argument: str) -> str:
    """Refuses no argument."""
    return ""


@dataclass(frozen=True, slots=True)
class Command:
    """A command.

    Attributes:
        names: its names; the first one is shown.
        tooltip: what it does.
        run: runs it with its argument, which is empty if there is none.
        argument: what follows the name, such as `REGION`; empty if nothing may follow.
        needs_argument: whether something must follow.
        load_values: reads the values that complete the argument.
        find_problem: returns why an argument is refused; empty if it is not.
        load_problem: reads from the vault why an argument is refused; empty if it is not.
        is_fuzzy: whether the values are found by characters in order, the best match first, not by their start.
    """

    names: tuple[str, ...]
    tooltip: SafeText
    run: Callable[[str], object]
    argument: str = ""
    needs_argument: bool = False
    load_values: Callable[[], Awaitable[Sequence[str]]] = load_no_values
    find_problem: Callable[[str], str] = lambda argument: ""
    load_problem: Callable[[str], Awaitable[str]] = load_no_problem
    is_fuzzy: bool = False

    @property
    def name(self) -> str:
        """The name that is shown."""
        return self.names[0]

    @property
    def usage(self) -> str:
        """The name with its argument, such as `region REGION`."""
        if not self.argument:
            return self.name
        return f"{self.name} {self.argument}" if self.needs_argument else f"{self.name} [{self.argument}]"


def split_line(line: str) -> tuple[str, str]:
    """Returns the name and the argument of a line. Colons and spaces before the name are ignored."""
    name, _, argument = line.lstrip(": ").partition(" ")
    return name, argument.strip()


def find_command(name: str, commands: Sequence[Command], explain_missing: Callable[[str], str]) -> Command:
    """Returns the command with this name, or the only one that begins with it.

    Raises:
        CommandError: there is none, or there are several.
    """
    if exact := next((each for each in commands if name in each.names), None):
        return exact
    begun = [each for each in commands if any(word.startswith(name) for word in each.names)]
    if len(begun) == 1:
        return begun[0]
    if begun:
        raise CommandError(f"“{name}” could be {_join_or([each.name for each in begun])}.")
    raise CommandError(explain_missing(name))


def suggest_command(name: str, commands: Sequence[Command]) -> str:
    """Returns a sentence that names the nearest command, or how to see all."""
    known = [word for each in commands for word in each.names]
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"Did you mean “{near[0]}”?" if near else "Tab on an empty line lists the commands."


def parse_command(
    line: str, commands: Sequence[Command], explain_missing: Callable[[str], str]
) -> tuple[Command, str]:
    """Returns the command of a line and its argument.

    Args:
        line: what is typed.
        commands: the commands that can run.
        explain_missing: returns why a name is not among the commands.

    Raises:
        CommandError: the line cannot run. The message is a sentence for the user.
    """
    name, argument = split_line(line)
    command = find_command(name, commands, explain_missing)
    if argument and not command.argument:
        raise CommandError(f"“{command.name}” takes no argument.")
    if not argument and command.needs_argument:
        raise CommandError(f"Usage: {command.usage}")
    if argument and (problem := command.find_problem(argument)):
        raise CommandError(problem)
    return command, argument


def list_matches(line: str, commands: Sequence[Command]) -> list[Command]:
    """Lists the commands that a line can become: those that begin with its word, else those that contain it."""
    word, _ = split_line(line)
    if " " in line.lstrip(": "):
        return [each for each in commands if word in each.names]
    begun = [each for each in commands if any(name.startswith(word) for name in each.names)]
    return begun or [each for each in commands if any(word in name for name in each.names)]


def list_completions(line: str, commands: Sequence[Command], values: Callable[[Command], Sequence[str]]) -> list[str]:
    """Lists the lines that complete a line: the names of commands, or the values of an argument.

    Args:
        line: what is typed.
        commands: all commands.
        values: returns the values of a command's argument.
    """
    return list(_list_completions(line.lstrip(": "), commands, values))


def _list_completions(
    line: str, commands: Sequence[Command], values: Callable[[Command], Sequence[str]]
) -> Iterator[str]:
    name, space, begun = line.partition(" ")
    for command in commands:
        if space and name in command.names:
            find = sort_matches if command.is_fuzzy else _select_begun
            yield from (f"{name} {value}" for value in find(begun, values(command)) if value != begun)
        elif not space and (whole := next((word for word in command.names if word.startswith(name)), None)):
            yield f"{whole} " if command.argument else whole


def _select_begun(begun: str, values: Sequence[str]) -> list[str]:
    return [value for value in values if value.startswith(begun)]


def _join_or(words: Sequence[str]) -> str:
    quoted = [f"“{word}”" for word in words]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"
