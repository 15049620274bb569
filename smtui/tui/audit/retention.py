"""The task that sets how many days the audit log keeps events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtui.api.limits import MAX_RETENTION_DAYS
from smtui.text.sanitize import SafeText
from smtui.tui.bridge import call
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.dialogs.one_line import NO_CHANGES, ask_line
from smtui.tui.dialogs.read_first import read_for_dialog

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

QUESTION = SafeText("Audit log retention in days (0 = unlimited)")
DROPPED = SafeText("Older events are permanently deleted, in batches. The rest can still be verified.")


async def set_retention(app: Shell, session: Session) -> None:
    """Asks for a number of days and stores it. A limit needs confirmation, because it deletes older events."""
    now = await read_for_dialog(app, QUESTION, lambda: call(_read_days, session.vault))
    if now is None:
        return
    seen = now

    async def store(typed: str) -> str:
        nonlocal seen
        days = min(int(typed), MAX_RETENTION_DAYS)
        if days == seen:
            return ""
        question = Confirm(SafeText(f"Set audit log retention to {days:,} days?"), DROPPED, "Set retention")
        if days and not await app.push_screen_wait(question):
            return NO_CHANGES
        others = await call(_set_days, session.vault, seen, days)
        if others is not None:
            seen = others
            return f"Changed by others. {describe_retention(others)} {NO_CHANGES}"
        app.notify(describe_retention(days))
        return ""

    await ask_line(app, QUESTION, store, str(now), longest=5, noun="a number of days", find_problem=_find_problem)


def _find_problem(typed: str) -> str:
    return "" if typed.strip().isdecimal() else "Enter a whole number of days; 0 = unlimited."


def _read_days(vault: Vault) -> int:
    """Runs in the vault's thread; 0 means no limit."""
    return vault.audit.retention_days or 0


def _set_days(vault: Vault, seen: int, days: int) -> int | None:
    """Sets the retention if it is still `seen`; otherwise returns the present one. Runs in the vault's thread."""
    with vault.transaction():
        found = _read_days(vault)
        if found != seen:
            return found
        vault.audit.set_retention(days or None)
        return None


def describe_retention(days: int) -> SafeText:
    """Describes the retention; 0 days stand for no limit."""
    return SafeText(f"Audit log retention: {days:,} days." if days else "Audit log retention: unlimited.")
