"""Copies a value to the clipboard in the agent, whose modules are loaded already, for `smtui copy`.

Only for a process with the display, the tools and the settings of the agent; any other copies by itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from smtui.api.errors import SmtuiError
from smtui.clipboard.backends import list_backends
from smtui.clipboard.clipboard import Clipboard
from smtui.server.command_variables import read_target
from smtui.system.settings import load_settings

SHARED = (
    "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "HOME", "PATH", "SMTUI_CONFIG", "SSH_CONNECTION", "SSH_TTY", "TMUX",
    "TMUX_TMPDIR", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "XDG_SESSION_TYPE",
)
"""The variables that decide about the clipboard and the settings. `smtui.cli.quick` sends those that are set."""
ELSEWHERE = "The agent has another clipboard or other settings."


class ClipboardCopier:
    """Copies for the processes that ask the agent. Each copy is cleared by a process that survives the agent."""

    def __init__(self) -> None:
        self._clipboard = Clipboard(linger=True)
        self._lock = Lock()

    def copy(self, read: Callable[[str], dict[str, Any]], word: str, environ: Mapping[str, Any]) -> dict[str, str]:
        """Copies the value of `NAME[#KEY]`.

        Args:
            read: GetSecretValue of a secret.
            word: the target.
            environ: the variables of SHARED that the process has.

        Returns:
            The sentence for the user.

        Raises:
            SmtuiError: the process has to copy by itself, or the value cannot be read or copied.
        """
        own = {name: os.environ[name] for name in SHARED if name in os.environ}
        if dict(environ) != own or next(iter(list_backends(None)), None) is None:
            raise SmtuiError(ELSEWHERE)  # without a tool, the terminal of that process may copy (OSC 52)
        value = read_target(read, word)
        with self._lock:
            copied = self._clipboard.copy(value if isinstance(value, bytes) else value.encode(),
                                          load_settings().clipboard_timeout)
        return {"sentence": copied.sentence}
