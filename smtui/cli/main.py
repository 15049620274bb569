"""The command line's entry point: finds the command, runs it, and maps every error to a sentence and an exit code."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from smtui.api.errors import SmtuiError
from smtui.cli import diagnostics, inputs, output
from smtui.cli.abbreviations import expand_abbreviation
from smtui.cli.command_table import BY_NAME, COMMANDS, CliCommand
from smtui.cli.exit_codes import Exit, RefusedError, UsageError, get_exit_code
from smtui.cli.global_options import BEFORE_COMMAND
from smtui.cli.parser import ALLOW_DEBUG, KEY_FILE, OURS, VAULT_KEY_FILE
from smtui.cli.unlocking import take_passphrase

AWS_SERVICE = "secretsmanager"
"""The aws CLI's word before an operation, which may stand here too."""
KEEP_UNLOCKED = frozenset({"agent", "serve"})
"""The commands that lock a vault and continue, so that what they freed must not stay in memory."""
NAMES_BEFORE_COMMAND = (*BEFORE_COMMAND, "--help", "--version")


def main(argv: Sequence[str]) -> int:
    """Runs one command line in a process of its own. `argv` is without the program's name. Returns the exit code."""
    from smtui.system.hardening import harden

    if not KEEP_UNLOCKED.isdisjoint(argv):
        from smtui.system.freed_memory import overwrite_freed_memory

        overwrite_freed_memory()
    harden(allow_debug=ALLOW_DEBUG in argv)
    return run(argv)


def run(argv: Sequence[str]) -> int:
    """Runs one command line inside the current process, without hardening it. Returns the exit code."""
    diagnostics.reset()
    inputs.reset()
    return run_step(lambda: _run(list(argv)))


def run_step(step: Callable[[], Exit | None]) -> int:
    """Runs the code of a command, and reports its error. Returns the exit code."""
    try:
        code = step()
        output.finish()
        return Exit.DONE if code is None else code
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
    if name == AWS_SERVICE:
        more, name, rest = split(rest)
        before += more
    if name in (None, "help", "--help", "-h"):
        return _show_help(before, rest, is_requested=name is not None)
    if name == "--version":
        from smtui import __version__

        output.write_line(f"smtui {__version__}")
        return Exit.DONE
    command = _find_command(str(name))
    diagnostics.begin_command(command.name)
    if rest == ["help"]:
        rest = ["--help"]
    try:
        args = command.make_parser().parse_words([*before, *rest])
    except SystemExit:  # argparse raises it after printing help
        return Exit.DONE
    take_passphrase(args)
    return command.run(args)


def split(argv: list[str]) -> tuple[list[str], str | None, list[str]]:
    """Splits a command line into the global options before the command, the command, and the words after it.

    Abbreviated options come back in full. Raises UsageError if the value of an option is missing.
    """
    before: list[str] = []
    words = iter(argv)
    for word in words:
        word = expand_abbreviation(word, NAMES_BEFORE_COMMAND, OURS)
        option, equals, _ = word.partition("=")
        if option not in BEFORE_COMMAND:
            return before, word, list(words)
        if option == KEY_FILE:
            word = word.replace(KEY_FILE, VAULT_KEY_FILE, 1)
        before.append(word)
        if BEFORE_COMMAND[option] and not equals:
            before.append(_take_value(option, next(words, None)))
    return before, None, []


def _take_value(option: str, word: str | None) -> str:
    if word is None or word.startswith("--"):
        raise UsageError(f"argument {option}: expected one argument", hint=f"Use {option}=VALUE or {option} VALUE.")
    return word


def _show_help(before: list[str], rest: list[str], *, is_requested: bool) -> Exit:
    from smtui.cli.overview import format_overview

    if rest and not rest[0].startswith("-"):
        _find_command(rest[0]).make_parser().print_help()
        return Exit.DONE
    if not is_requested and before:
        raise UsageError("Which command?", hint="smtui --help lists them.")
    output.write_line(format_overview())
    return Exit.DONE


def _find_command(name: str) -> CliCommand:
    """The command of this name or alias. Raises UsageError, with a suggestion where a name is close."""
    found = BY_NAME.get(name)
    if found is not None:
        return found
    from difflib import get_close_matches

    if name.startswith("-"):
        near = get_close_matches(name, NAMES_BEFORE_COMMAND, n=2)
        raise UsageError(f"unknown option: {name.partition('=')[0]}",
                         hint=f"Did you mean {' or '.join(near)}?" if near else "The options of a command follow it.")
    near = get_close_matches(name, [each.name for each in COMMANDS], n=3, cutoff=0.55)
    hint = f"Did you mean {' or '.join(near)}?" if near else "smtui --help lists the commands."
    raise UsageError(f"Unknown command '{name}'.", hint=hint)
