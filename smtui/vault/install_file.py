"""Installs a vault file: writes it under a temporary name, verifies it, syncs it and moves it to its path.

An interruption leaves the previous file in place. The next installation removes what is left of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from smtui.api.errors import VaultBusyError, VaultExistsError, VaultFullError
from smtui.system import private_files
from smtui.vault import folder_lock
from smtui.vault import path as vault_path
from smtui.vault.database import Database
from smtui.vault.kdf import FileKeys
from smtui.vault.opening import create_empty, open_file

FillFile = Callable[[Database], None]


def install_file(
    target: Path, suffix: str, keys: FileKeys, fill: FillFile, *, replace: bool,
    on_installed: Callable[[], None] = lambda: None,
) -> None:
    """Creates a file under `keys`, fills it with `fill` and moves it to `target`; `replace` allows an existing file.

    A failure leaves `target` as it was. No process can open `target` between the move and the end of `on_installed`.
    The caller syncs the folder and decides what it means if the disk does not confirm the move.

    Raises VaultExistsError, VaultBusyError or VaultFullError.
    """
    temporary = target.with_name(target.name + suffix)
    if not replace:
        _check_free(target)
    remove_files(temporary)
    made: tuple[int, int] | None = None
    try:
        database = create_empty(temporary, keys)
        made = vault_path.read_identity(temporary)
        try:
            fill(database)
            database.checkpoint()
        finally:
            database.close()
        _verify_and_sync(temporary, keys, made)
        with vault_path.map_os_errors(), folder_lock.hold(target, exclusive=True):
            if not replace:
                _check_free(target)
            _move(temporary, target, replace=replace)
            on_installed()
    except BaseException:
        if made is not None and vault_path.read_identity(temporary) == made:
            remove_files(temporary)
        raise


def _move(temporary: Path, target: Path, *, replace: bool) -> None:
    try:
        private_files.move_into_place(temporary, target, over=replace)
    except FileExistsError:
        raise _make_exists_error(target) from None


def check_no_companions(target: Path) -> None:
    """Raises VaultExistsError if another vault's log or journal lies beside `target`: it would ruin the new vault."""
    for companion in vault_path.list_companions(target):
        if vault_path.read_identity(companion) is not None:
            raise VaultExistsError(f"{companion} exists: its vault is open or was not closed properly.",
                                   hint="Open and close that vault; if it no longer exists, remove the file.")


def _check_free(target: Path) -> None:
    if vault_path.read_identity(target) is not None:
        raise _make_exists_error(target)
    check_no_companions(target)


def _make_exists_error(target: Path) -> VaultExistsError:
    return VaultExistsError(f"{target} already exists. Nothing was written.")


def _verify_and_sync(temporary: Path, keys: FileKeys, made: tuple[int, int] | None) -> None:
    """Verifies that the file alone, without a log, opens, and syncs it."""
    if vault_path.read_identity(temporary) != made:
        raise VaultBusyError("Another program is writing to the same place.", hint="Try again when it has ended.")
    if any(vault_path.read_identity(companion) for companion in vault_path.list_companions(temporary)):
        raise VaultFullError(vault_path.DISK_FAILED)
    open_file(temporary, keys).close()
    with vault_path.map_os_errors(), temporary.open("rb+") as file:
        os.fsync(file.fileno())


def remove_files(path: Path) -> None:
    """Removes a file and those that SQLite may have created beside it."""
    for each in (path, *vault_path.list_companions(path)):
        with vault_path.map_os_errors(), suppress(FileNotFoundError, NotADirectoryError):
            each.unlink()
