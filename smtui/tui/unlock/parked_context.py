"""A context that stays open while another one is shown: its session, and where the user was in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

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
