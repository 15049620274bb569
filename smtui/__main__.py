"""The entry point: starts the TUI if there is no command, else the command line.

Each is imported only when it is needed, because every call pays for the imports here.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

SWITCHES = {"--demo", "--read-only", "--allow-debug"}
WITH_VALUE = ("--vault", "--context", "--key-file")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs smtui and returns its exit code. `argv` is without the program's name."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    if _is_tui(arguments):
        from smtui.tui.start import start

        return start(arguments)
    from smtui.cli.quick import run

    code = run(arguments)
    if code is not None:
        return code
    from smtui.cli.main import main as command_line

    return command_line(arguments)


def _is_tui(arguments: list[str]) -> bool:
    """Whether there are only options of the TUI: no command, no `--help`, no `--version`."""
    left = iter(arguments)
    for argument in left:
        if argument in WITH_VALUE:
            if next(left, "--").startswith("--"):
                return False  # the command line reports the missing value
        elif argument not in SWITCHES and argument.partition("=")[0] not in WITH_VALUE:
            return False
    return True


if __name__ == "__main__":
    sys.exit(main())
