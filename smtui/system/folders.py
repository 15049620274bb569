"""The user's folders for configuration, data and state, where the platform wants them.

`platformdirs` knows them. It takes long to import, so the usual case of Linux is found here without it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

NAME = "smtui"
_ON_LINUX = {
    "config": ("XDG_CONFIG_HOME", ".config"), "data": ("XDG_DATA_HOME", ".local/share"),
    "state": ("XDG_STATE_HOME", ".local/state"),
}
"""For each kind the variable that names the folder, and its default in the home folder."""


def find_folder(kind: str) -> Path:
    """The folder of this user for files of a kind: `config`, `data` or `state`."""
    variable, default = _ON_LINUX[kind]
    given, home = os.environ.get(variable, ""), os.environ.get("HOME", "")
    if sys.platform == "linux" and home.startswith("/"):
        if given.startswith("/") and given == given.strip():
            return Path(given) / NAME
        if not given:
            return Path(home) / default / NAME
    import platformdirs

    found: Path = getattr(platformdirs, f"user_{kind}_path")(NAME)
    return found
