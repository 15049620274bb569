"""The command line's entry point: finds the command, runs it, and maps every error to a sentence and an exit code."""

from __future__ import annotations

from collections.abc import Sequence

from smtui.api.errors import SmtuiError
from smtui.cli import diagnostics, inputs, output
from smtui.cli.command_table import BY_NAME, COMMANDS, Command
from smtui.cli.exit_codes import Exit, RefusedError, UsageError, get_exit_code
from smtui.cli.parser import ALLOW_DEBUG, BEFORE_COMMAND
from smtui.cli.unlocking import take_passphrase


def main(argv: Sequence[str]) -> int:
    """Runs one command line in a process of its own. `argv` is without the program's name. Returns the exit code."""
    from smtui.system.hardening import harden

    harden(allow_debug=ALLOW_DEBUG in argv)
    return run(argv)


def run(argv: Sequence[str]) -> int:
    """Runs one command line inside the current process, without hardening it. Returns the exit code."""
    diagnostics.reset()
    inputs.reset()
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
        diagnostics.report(error)
        return get_exit_code(error)
    except OSError as error:
        output.abandon()
        where = f": {error.filename}" if error.filename else ""
        diagnostics.report(RefusedError(f"{error.strerror or 'Reading or writing failed'}{where}."))
        return Exit.REFUSED
    except Exception as error:
        diagnostics.report_unexpected(error)
        return Exit.REFUSED


def _run(argv: list[str]) -> Exit:
    before, name, rest = split(argv)
    if name in (None, "help", "--help", "-h"):
        return _show_help(before, rest, is_requested=name is not None)
    if name == "--version":
        from smtui import __version__

        output.write_line(f"smtui {__version__}")
        return Exit.DONE
    command = _find_command(str(name))
    if rest == ["help"]:
        rest = ["--help"]
    try:
        args = command.make_parser().parse_words([*before, *rest])
    except SystemExit:  # argparse raises it after printing help
        return Exit.DONE
    take_passphrase(args)
    return command.run(args)


def split(argv: list[str]) -> tuple[list[str], str | None, list[str]]:
    """Splits a command line into the global options before the command, the command, and the words after it."""
    at = 0
    while at < len(argv) and (option := argv[at].partition("=")[0]) in BEFORE_COMMAND:
        takes_next = BEFORE_COMMAND[option] and "=" not in argv[at]
        at += 2 if takes_next else 1
    before = argv[:at]
    return (before, argv[at], argv[at + 1 :]) if at < len(argv) else (before, None, [])


def _show_help(before: list[str], rest: list[str], *, is_requested: bool) -> Exit:
    from smtui.cli.overview import format_overview

    if rest and not rest[0].startswith("-"):
        _find_command(rest[0]).make_parser().print_help()
        return Exit.DONE
    if not is_requested and before:
        raise UsageError("Which command?", hint="smtui --help lists them.")
    output.write_line(format_overview())
    return Exit.DONE


def _find_command(name: str) -> Command:
    """The command of this name or alias. Raises UsageError, with a suggestion where a name is close."""
    found = BY_NAME.get(name)
    if found is not None:
        return found
    from difflib import get_close_matches

    near = get_close_matches(name, [each.name for each in COMMANDS], n=3, cutoff=0.55)
    hint = f"Did you mean {' or '.join(near)}?" if near else "smtui --help lists the commands."
    raise UsageError(f"There is no command '{name}'.", hint=hint)
