"""Confirms a change: shows it on the terminal and asks for a word."""

from __future__ import annotations

from smtui.cli import terminal
from smtui.cli.exit_codes import RefusedError, UsageError

YES = "yes"


def require_confirmation(text: str, act: str) -> None:
    """Shows `text` and asks for a confirmation of `act`, a verb with its object such as `copy prod/db`.

    Raises:
        UsageError: if there is no terminal.
        RefusedError: if the answer is not yes.
    """
    terminal.write(text)
    try:
        answer = terminal.ask_text(f"Type {YES} to {act}: ")
    except terminal.NoTerminalError:
        raise UsageError("There is no terminal to confirm on. Nothing was changed.",
                         hint="--yes confirms without a prompt, --dry-run only shows the plan.") from None
    if answer.strip().lower() != YES:
        raise RefusedError("Not confirmed. Nothing was changed.")
