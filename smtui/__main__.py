"""The front door: without a command the screens open, with one the command line answers.

What is imported here is paid by every call, so each side is imported when it is chosen.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

SWITCHES = {"--demo", "--read-only", "--allow-debug"}
WITH_PATH = "--vault"


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code. `argv` is without the program's name."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    if _screens_meant(arguments):
        from smtui.tui.start import start

        return start(arguments)
    from smtui.cli.main import main as command_line

    return command_line(arguments)


def _screens_meant(arguments: list[str]) -> bool:
    """Nothing but switches of the screens: no command, no `--help`, no `--version`."""
    left = iter(arguments)
    for argument in left:
        if argument == WITH_PATH:
            if next(left, None) is None:
                return False
        elif argument not in SWITCHES and not argument.startswith(WITH_PATH + "="):
            return False
    return True


if __name__ == "__main__":
    sys.exit(main())
