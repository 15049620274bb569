"""The dialog to choose another vault: a recently opened one, or one by its path."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual.content import Content

from smtui.system import recent_vaults
from smtui.system.paths import is_absent
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.bridge import call
from smtui.tui.dialogs.ask_path import AskPath
from smtui.tui.dialogs.pick import Pick
from smtui.tui.dialogs.read_first import read_for_dialog

if TYPE_CHECKING:
    from smtui.tui.shell import Shell

TITLE = SafeText("Open vault")
BY_PATH = "Other path…"
WHERE = SafeText("Path of the vault")
CREATED_IF_MISSING = SafeText("If the file does not exist, a new vault is created.")


class ChooseVault(Pick):
    """A dialog that returns the index of the chosen vault, or the number of vaults for "another, by its path".

    Args:
        vaults: the paths, each with whether the file exists.
    """

    def __init__(self, vaults: Sequence[tuple[Path, bool]]) -> None:
        super().__init__(TITLE, [*(_create_row(path, there) for path, there in vaults), Content(BY_PATH)])


def _create_row(path: Path, there: bool) -> Content:
    missing = Content("") if there else Content.styled("  ✗ missing", "$text-muted")
    return Content.assemble(Content(sanitize(path)), missing)


async def choose_vault(app: Shell) -> Path | None:
    """Asks for a vault, and for a path if the user wants one that is not in the list; None if the user cancels."""
    vaults = await read_for_dialog(app, TITLE, lambda: call(list_known_vaults))
    if vaults is None:
        return None
    picked = await app.push_screen_wait(ChooseVault(vaults)) if vaults else 0
    if picked is None:
        return None
    if picked < len(vaults):
        return vaults[picked][0]
    return await app.push_screen_wait(AskPath(WHERE, CREATED_IF_MISSING))


def list_known_vaults() -> list[tuple[Path, bool]]:
    """Lists the recently opened vaults, each with whether the file exists."""
    return [(path, not is_absent(path)) for path in recent_vaults.list_recent_vaults()]
