"""Opens a web page in the user's browser. Python's `webbrowser` would also run what $BROWSER says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

from smtui.api.errors import SmtuiError
from smtui.system.inheritance import build_environment
from smtui.system.subprocesses import start_program

PATIENCE = 2.0
"""Seconds in which an opener that fails has ended."""
OPENERS = (("xdg-open",), ("wslview",), ("termux-open-url",))
DESKTOP = ("XDG_CURRENT_DESKTOP", "XDG_SESSION_DESKTOP", "XDG_CONFIG_DIRS", "XDG_DATA_DIRS", "XDG_DATA_HOME",
           "XDG_CONFIG_HOME", "DESKTOP_SESSION", "KDE_FULL_SESSION", "KDE_SESSION_VERSION")
"""Variables by which an opener finds the desktop's browser."""
_started: list[subprocess.Popen[bytes]] = []
"""Openers that may still run; some end with the browser."""


class NoBrowserError(SmtuiError):
    """No browser could be opened."""

    hint = "The URL can be copied with the keys of the value."


def open_in_browser(url: str, environ: Mapping[str, str] = os.environ) -> None:
    """Opens a URL that `smtui.rules.web_url.check_url` has accepted.

    Raises:
        NoBrowserError: no program can open it, or it failed.
    """
    command = find_opener(environ)
    _started[:] = [each for each in _started if each.poll() is None]
    try:
        started = start_program(
            [*command, url],
            environ={**build_environment(environ), **{name: environ[name] for name in DESKTOP if name in environ}})
        _started.append(started)
        if started.wait(PATIENCE):
            raise NoBrowserError(f"{command[0]} could not open the URL.")
    except subprocess.TimeoutExpired:
        pass  # it ends with the browser
    except OSError as error:
        raise NoBrowserError(f"{command[0]} could not be started.") from error


def find_opener(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Returns the command that opens a URL as its last argument.

    Raises:
        NoBrowserError: there is none.
    """
    if sys.platform == "darwin":
        return ("open",)
    if sys.platform == "win32":
        return ("rundll32", "url.dll,FileProtocolHandler")
    found = next((each for each in OPENERS if shutil.which(each[0], path=environ.get("PATH"))), None)
    if found is None:
        raise NoBrowserError("No program that opens URLs was found (xdg-open, wslview or termux-open-url).")
    return found
