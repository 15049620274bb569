"""Child processes: what they get to see of our environment, and how a module of ours is run as one."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

PASSED_ON = frozenset({
    "PATH", "HOME", "LANG", "LC_ALL", "TERM", "TZ", "SYSTEMROOT", "TMUX", "TMUX_TMPDIR",
    "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "XDG_SESSION_TYPE", "DBUS_SESSION_BUS_ADDRESS",
})  # fmt: skip


def environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """An allow-list: a passphrase that came by the environment goes no further."""
    return {name: value for name, value in (environ or os.environ).items() if name in PASSED_ON}


def module_command(module: str) -> list[str]:
    return [sys.executable, "-m", module]


def module_environment() -> dict[str, str]:
    """For `module_command`, run from a folder that is not ours, so that nothing lying there is imported."""
    return {**environment(), "PYTHONPATH": str(Path(__file__).parents[1])}
