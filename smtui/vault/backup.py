"""Whole, consistent copies of a vault that is in use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from smtui.api.errors import VaultExistsError, VaultPathError
from smtui.vault import path as vault_path
from smtui.vault.database import Database
from smtui.vault.install_file import check_no_companions, install_file
from smtui.vault.sqlite_errors import map_errors

Progress = Callable[[str, int, int], None]
PAGES_AT_ONCE = 1000


def ignore_progress(what: str, done: int, of: int) -> None:
    """The default progress callback. A callback that raises cancels the work, and nothing half done remains."""


def copy_pages(source: Database, target: Database, progress: Progress = ignore_progress) -> None:
    """Copies every page of one snapshot of the source; each file keeps its own keys."""
    with source.snapshot(), map_errors(), target.connection.backup("main", source.connection, "main") as pages:
        while not pages.done:
            pages.step(PAGES_AT_ONCE)
            progress("copying", pages.page_count - pages.remaining, pages.page_count)


def backup(database: Database, target: Path, *, force: bool = False, progress: Progress = ignore_progress) -> None:
    """Writes a copy that the same passphrase opens, and verifies it by opening it.

    Raises VaultExistsError, VaultMissingError, VaultPathError or VaultFullError.
    """
    if target.is_symlink() or (target.exists() and not target.is_file()):
        raise VaultPathError(f"{target} is not a regular file. It was not changed.")
    if target.exists():
        if vault_path.read_identity(target) == vault_path.read_identity(database.path):
            raise VaultPathError("A vault cannot be its own backup.")
        if not force:
            raise VaultExistsError(f"{target} already exists. Nothing was written.")
    check_no_companions(target)
    database.check_identity()
    install_file(target, ".part", database.keys, lambda copy: copy_pages(database, copy, progress), replace=force)
    vault_path.confirm_on_disk(target)
