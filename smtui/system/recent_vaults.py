"""The list of recently opened vaults, newest first, in a file next to the settings file."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from smtui.system.bounded_read import read_bounded
from smtui.system.folder_lock import lock_folder
from smtui.system.private_files import atomic_write, make_folder
from smtui.system.settings import get_settings_path

FILE = "recent.toml"
MAX_VAULTS = 10
MAX_BYTES = 1 << 20


def list_recent_vaults(environ: Mapping[str, str] = os.environ) -> list[Path]:
    """Returns the paths, newest first; an empty list if the file is missing or not valid."""
    import tomllib

    try:
        listed = tomllib.loads(read_bounded(_get_path(environ), MAX_BYTES).decode()).get("vaults", [])
    except (OSError, ValueError):
        return []
    return [Path(each) for each in listed if isinstance(each, str)] if isinstance(listed, list) else []


def remember_vault(vault: Path, environ: Mapping[str, str] = os.environ) -> None:
    """Moves a vault to the start of the list, which holds at most MAX_VAULTS."""
    vault = vault.absolute()
    if list_recent_vaults(environ)[:1] != [vault]:
        _change_list(lambda before: [vault, *(each for each in before if each != vault)][:MAX_VAULTS], environ)


def forget_vaults(vault: Path | None = None, environ: Mapping[str, str] = os.environ) -> None:
    """Removes one vault from the list, or all without an argument."""
    _change_list(lambda before: [each for each in before if vault is not None and each != vault.absolute()], environ)


def _change_list(change: Callable[[list[Path]], Sequence[Path]], environ: Mapping[str, str]) -> None:
    """Changes the list under a lock. If the file cannot be written, the list stays unchanged."""
    import tomli_w

    file = _get_path(environ)
    with suppress(OSError, UnicodeError):
        make_folder(file.parent)
        with lock_folder(file.parent):
            vaults = change(list_recent_vaults(environ))
            if not vaults:
                file.unlink(missing_ok=True)
                return
            with atomic_write(file) as new:
                new.write(tomli_w.dumps({"vaults": [str(vault) for vault in vaults]}).encode())


def _get_path(environ: Mapping[str, str]) -> Path:
    return get_settings_path(environ).with_name(FILE)
