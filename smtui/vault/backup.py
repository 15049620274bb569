"""Whole, consistent copies of a vault that is in use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from smtui.api.errors import VaultExistsError, VaultPathError
from smtui.vault import path as vault_path
from smtui.vault.database import Database
from smtui.vault.placing import must_be_alone, place
from smtui.vault.refusals import translated

Progress = Callable[[str, int, int], None]
PAGES_AT_ONCE = 1000


def untold(what: str, done: int, of: int) -> None:
    """Progress that nobody wants to hear of. One that raises ends what it is told of; nothing half done is left."""


def copy_pages(source: Database, target: Database, progress: Progress = untold) -> None:
    """Copies every page as one moment of the source had it; each file keeps its own keys."""
    with source.snapshot(), translated(), target.connection.backup("main", source.connection, "main") as pages:
        while not pages.done:
            pages.step(PAGES_AT_ONCE)
            progress("copying", pages.page_count - pages.remaining, pages.page_count)


def backup(database: Database, target: Path, *, force: bool = False, progress: Progress = untold) -> None:
    """A copy that the same passphrase opens, verified by opening it. Raises VaultExistsError or VaultPathError."""
    if target.is_symlink() or (target.exists() and not target.is_file()):
        raise VaultPathError(f"{target} is not a regular file. It was left as it is.")
    if target.exists():
        if vault_path.identity(target) == vault_path.identity(database.path):
            raise VaultPathError("A vault cannot be its own backup.")
        if not force:
            raise VaultExistsError(f"There is already something at {target}. It was left as it is.")
    must_be_alone(target)
    place(target, ".part", database.keys, lambda copy: copy_pages(database, copy, progress), over=force)
    vault_path.confirm(target)
