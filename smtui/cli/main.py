"""From a command line to an exit code: choose the command, run it, and let no traceback out."""

from __future__ import annotations

from collections.abc import Sequence

from smtui.api.errors import SmtuiError
from smtui.cli import diagnostics, inputs, output
from smtui.cli.command_table import BY_NAME, Command
from smtui.cli.exit_codes import Exit, RefusedError, UsageError, exit_of
from smtui.cli.parser import ALLOW_DEBUG, BEFORE_COMMAND
from smtui.cli.unlocking import take_passphrase


def main(argv: Sequence[str]) -> int:
    """A process of its own for one command line (without the program's name); answers its exit code."""
    from smtui.hardening import harden

    harden(allow_debug=ALLOW_DEBUG in argv)
    return run(argv)


def run(argv: Sequence[str]) -> int:
    """One command line inside a process, which stays as it is."""
    diagnostics.begin()
    inputs.begin()
    try:
        code = _run(list(argv))
        output.finish()
        return code
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        output.abandon()
        return Exit.BROKEN_PIPE
    except SmtuiError as error:
        diagnostics.refused(error)
        return exit_of(error)
    except OSError as error:
        output.abandon()
        where = f": {error.filename}" if error.filename else ""
        diagnostics.refused(RefusedError(f"{error.strerror or 'Reading or writing failed'}{where}."))
        return Exit.REFUSED
    except Exception as error:
        diagnostics.broken(error)
        return Exit.REFUSED


def _run(argv: list[str]) -> Exit:
    before, name, rest = split(argv)
    if name in (None, "help", "--help", "-h"):
        return _help(before, rest, asked=name is not None)
    if name == "--version":
        from smtui import __version__

        output.line(f"smtui {__version__}")
        return Exit.DONE
    command = _command(str(name))
    if rest == ["help"]:
        rest = ["--help"]
    try:
        args = command.parser().understood([*before, *rest])
    except SystemExit:  # argparse, after it printed help
        return Exit.DONE
    take_passphrase(args)
    return command.run(args)


def split(argv: list[str]) -> tuple[list[str], str | None, list[str]]:
    """Global options before the command, the command, and what follows it."""
    at = 0
    while at < len(argv) and (option := argv[at].partition("=")[0]) in BEFORE_COMMAND:
        takes_next = BEFORE_COMMAND[option] and "=" not in argv[at]
        at += 2 if takes_next else 1
    before = argv[:at]
    return (before, argv[at], argv[at + 1 :]) if at < len(argv) else (before, None, [])


def _help(before: list[str], rest: list[str], *, asked: bool) -> Exit:
    from smtui.cli.overview import overview

    if rest and not rest[0].startswith("-"):
        _command(rest[0]).parser().print_help()
        return Exit.DONE
    if not asked and before:
        raise UsageError("Which command?", hint="smtui --help lists them.")
    output.line(overview())
    return Exit.DONE


def _command(name: str) -> Command:
    found = BY_NAME.get(name)
    if found is not None:
        return found
    from difflib import get_close_matches

    near = get_close_matches(name, BY_NAME, n=3, cutoff=0.55)
    hint = f"Did you mean {' or '.join(near)}?" if near else "smtui --help lists the commands."
    raise UsageError(f"There is no command '{name}'.", hint=hint)
