"""What an open context is known by, as a vault is by its file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smtui.system.context_settings import ContextSettings


def make_account_path(name: str) -> Path:
    """What the session of an account is known by, as that of a vault is by its file. There is no such file."""
    return Path(f"aws:{name}")


def make_context_path(path: Path, account: ContextSettings | None) -> Path:
    """What a context is known by: the absolute path of the vault, or that of `make_account_path`."""
    return (path if account is None else make_account_path(account.name)).absolute()
