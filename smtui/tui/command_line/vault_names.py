"""The argument of the command `vault`: the name of a vault that was opened recently, or the path of any vault."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

from smtui.system.paths import expand_home
from smtui.text.typed_text import can_be_typed


def list_vault_names(vaults: Iterable[Path]) -> list[str]:
    """Lists the names of vault files without their extension, and those that can be typed only; each name once."""
    return [name for name in dict.fromkeys(vault.stem for vault in vaults) if can_be_typed(name)]


def is_vault_path(argument: str) -> bool:
    """Whether the user typed a path instead of a name."""
    return "/" in argument or argument.startswith("~")


def find_vaults(argument: str, vaults: Sequence[Path]) -> list[Path]:
    """Finds the vaults that an argument names. A path names one vault, which need not exist yet.

    Args:
        argument: what was typed.
        vaults: the vaults that were opened recently.
    """
    if is_vault_path(argument):
        return [expand_home(argument).absolute()]
    return [vault for vault in vaults if argument in (vault.name, vault.stem)]


def find_vault_problem(argument: str, vaults: Sequence[Path], open_vault: Path | None) -> str:
    """Returns why an argument names no vault that can be opened now; empty if it names one.

    Args:
        argument: what was typed.
        vaults: the vaults that were opened recently.
        open_vault: the vault that is open; None if none is.
    """
    found = find_vaults(argument, vaults)
    if len(found) > 1:
        return f"{len(found)} recent vaults are called “{argument}”. Enter the path of one."
    if found:
        return "This vault is already open." if open_vault is not None and found[0] == open_vault.absolute() else ""
    near = get_close_matches(argument, list_vault_names(vaults), n=1, cutoff=0.5)
    hint = f"Did you mean “{near[0]}”?" if near else "Enter the path of the file, such as ~/team.vault."
    return f"No recent vault is called “{argument}”. {hint}"
