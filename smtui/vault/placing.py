"""How a vault file comes to its place: written under another name, verified, on disk, and then moved there.

Whenever that is interrupted, what was at the place before is there still. What was left of an interrupted one is
taken away by the next.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from smtui import private
from smtui.api.errors import VaultBusyError, VaultExistsError, VaultFullError
from smtui.vault import path as vault_path
from smtui.vault import threshold
from smtui.vault.database import Database
from smtui.vault.kdf import FileKeys
from smtui.vault.opening import create_empty, open_file

Fill = Callable[[Database], None]


def place(
    target: Path, suffix: str, keys: FileKeys, fill: Fill, *, over: bool, placed: Callable[[], None] = lambda: None
) -> None:
    """A new file at `target` under `keys`, with what `fill` puts into it; `over` one that is there, or not.

    A failure leaves `target` as it was. Nobody opens anything there between the replacing and the end of `placed`.
    The folder is not synced: that a file has come to its place can no longer be taken back, so it is the caller's to
    say what it means if the disk does not confirm it.
    """
    beside = target.with_name(target.name + suffix)
    if not over:
        _must_be_free(target)
    remove(beside)
    made: tuple[int, int] | None = None
    try:
        database = create_empty(beside, keys)
        made = vault_path.identity(beside)
        try:
            fill(database)
            database.settle()
        finally:
            database.close()
        _must_be_whole(beside, keys, made)
        with vault_path.refusals(), threshold.crossing(target, alone=True):
            if not over:
                _must_be_free(target)
            _move(beside, target, over=over)
            placed()
    except BaseException:
        if made is not None and vault_path.identity(beside) == made:
            remove(beside)
        raise


def _move(beside: Path, target: Path, *, over: bool) -> None:
    try:
        private.move_into_place(beside, target, over=over)
    except FileExistsError:
        raise _taken(target) from None


def must_be_alone(target: Path) -> None:
    """A log or journal that lies where a new vault would have its own belongs to another one, and would ruin it."""
    for companion in vault_path.companions(target):
        if vault_path.identity(companion) is not None:
            raise VaultExistsError(f"{companion} lies there, of a vault that is open or was not closed in order.",
                                   hint="Open that vault and close it; or, if it is no more, remove the file.")


def _must_be_free(target: Path) -> None:
    if vault_path.identity(target) is not None:
        raise _taken(target)
    must_be_alone(target)


def _taken(target: Path) -> VaultExistsError:
    return VaultExistsError(f"There is already something at {target}. It was left as it is.")


def _must_be_whole(beside: Path, keys: FileKeys, made: tuple[int, int] | None) -> None:
    """The file alone, without any log beside it, is on disk and opens."""
    if vault_path.identity(beside) != made:
        raise VaultBusyError("Another program is writing to the same place.", hint="Try again when it has ended.")
    if any(vault_path.identity(companion) for companion in vault_path.companions(beside)):
        raise VaultFullError(vault_path.REFUSED)
    open_file(beside, keys).close()
    with vault_path.refusals(), beside.open("rb+") as file:
        os.fsync(file.fileno())


def remove(path: Path) -> None:
    """Takes a file away, and what SQLite may have made beside it."""
    for each in (path, *vault_path.companions(path)):
        with vault_path.refusals(), suppress(FileNotFoundError, NotADirectoryError):
            each.unlink()
