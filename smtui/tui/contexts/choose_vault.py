"""The dialog to choose another vault: a recently opened one, or one by its path."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from smtui.system import recent_vaults
from smtui.system.paths import is_absent
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.bridge import call
from smtui.tui.dialogs.ask_path import AskPath
from smtui.tui.dialogs.leavable import LeavableDialog
from smtui.tui.dialogs.read_first import read_for_dialog
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.pick_list import PickList

if TYPE_CHECKING:
    from smtui.tui.shell import Shell

TITLE = SafeText("Open which vault?")
BY_PATH = "another, by its path…"
WHERE = SafeText("Where is it?")
CREATED_IF_MISSING = SafeText("Where there is no file yet, a new vault is made.")


class ChooseVault(LeavableDialog[int]):
    """A dialog that returns the index of the chosen vault, or the number of vaults for "another, by its path".

    Args:
        vaults: the paths, each with whether the file exists.
    """

    BINDINGS = keys.list_bindings("dialog")
    CSS_PATH = "../dialogs/pick.tcss"

    def __init__(self, vaults: Sequence[tuple[Path, bool]]) -> None:
        super().__init__()
        self._vaults = vaults

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield Static(Content(TITLE), classes="title")
            yield PickList([*(_create_row(path, there) for path, there in self._vaults), Content(BY_PATH)])
        yield Footer()

    @on(OptionList.OptionSelected)
    def _select(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)

    def action_cancel(self) -> None:
        self.dismiss(None)


def _create_row(path: Path, there: bool) -> Content:
    missing = Content("") if there else Content.styled("  ✗ not there", "$text-muted")
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
