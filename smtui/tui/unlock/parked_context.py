"""A context that stays open while another one is shown: its session, and where the user was in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smtui.system.context_settings import ContextSettings
    from smtui.tui.session import Session
    from smtui.tui.unlock.return_place import ReturnPlace


@dataclass(frozen=True, slots=True)
class ParkedContext:
    """An open context that is not shown.

    Args:
        session: its session, with the undo history.
        path: the path by which the vault was opened.
        account: the settings of an AWS account; None for a vault.
        place: the list, its filter, cursor and marks, and what was open above it; None if nothing was shown yet.
    """

    session: Session
    path: Path
    account: ContextSettings | None
    place: ReturnPlace | None


def make_account_path(name: str) -> Path:
    """What the session of an account is known by, as that of a vault is by its file. There is no such file."""
    return Path(f"aws:{name}")


def make_context_path(path: Path, account: ContextSettings | None) -> Path:
    """What a context is known by: the absolute path of the vault, or that of `make_account_path`."""
    return (path if account is None else make_account_path(account.name)).absolute()
