"""Which vaults were opened lately, newest first: a list of paths beside the settings, for who has not opted out."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from smtui.bounded import read_bounded
from smtui.config import settings_path
from smtui.folder_lock import lock_folder
from smtui.private import atomic_write, make_folder

FILE = "recent.toml"
MOST = 10
LONGEST = 1 << 20


def recent_vaults(environ: Mapping[str, str] = os.environ) -> list[Path]:
    """None where the list cannot be read: nothing depends on it."""
    import tomllib

    try:
        listed = tomllib.loads(read_bounded(_file(environ), LONGEST).decode()).get("vaults", [])
    except (OSError, ValueError):
        return []
    return [Path(each) for each in listed if isinstance(each, str)] if isinstance(listed, list) else []


def remember(vault: Path, environ: Mapping[str, str] = os.environ) -> None:
    """The newest of them, from now on."""
    vault = vault.absolute()
    if recent_vaults(environ)[:1] != [vault]:
        _change(lambda before: [vault, *(each for each in before if each != vault)][:MOST], environ)


def forget(vault: Path | None = None, environ: Mapping[str, str] = os.environ) -> None:
    """One of them, or all."""
    _change(lambda before: [each for each in before if vault is not None and each != vault.absolute()], environ)


def _change(change: Callable[[list[Path]], Sequence[Path]], environ: Mapping[str, str]) -> None:
    """Reads and replaces the list while no other process does. Where it cannot be written, nothing is remembered."""
    import tomli_w

    file = _file(environ)
    with suppress(OSError, UnicodeError):
        make_folder(file.parent)
        with lock_folder(file.parent):
            vaults = change(recent_vaults(environ))
            if not vaults:
                file.unlink(missing_ok=True)
                return
            with atomic_write(file) as new:
                new.write(tomli_w.dumps({"vaults": [str(vault) for vault in vaults]}).encode())


def _file(environ: Mapping[str, str]) -> Path:
    return settings_path(environ).with_name(FILE)
