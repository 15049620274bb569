"""The first names of many secrets: as text, and as a dialog to choose one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.dialogs.pick import Pick

if TYPE_CHECKING:
    from smtui.tui.base_screen import SessionScreen

FEW = 3
NONE = SafeText("No secrets.")


def format_names(names: Sequence[str], count: int) -> str:
    """Formats names as `a, b, c and 7 more`, where `count` is the number of all secrets."""
    few = names[:FEW]
    more = count - len(few)
    return f"{', '.join(few)}{f' and {more:,} more' if more else ''}"


async def pick_secret(screen: SessionScreen[Any], question: SafeText, names: Sequence[str], count: int) -> str | None:
    """Asks for one of the names.

    Args:
        screen: the screen that asks.
        question: the title of the dialog.
        names: the first names.
        count: the number of all secrets.

    Returns:
        The name; None if the user cancels.
    """
    more = f" (first {len(names)} of {count:,})" if count > len(names) else ""
    dialog = Pick(sanitize(f"{question}{more}"), [sanitize(name) for name in names], NONE)
    picked = await screen.app.push_screen_wait(dialog)
    return None if picked is None else names[picked]
