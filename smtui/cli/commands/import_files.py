"""Imports secrets from files or folders. The format of each is detected from its content: .env files, JSON objects of
names and values, output of aws secretsmanager, and those in the list below. If anything is refused, nothing is
imported; in an AWS account, which has no transactions, completed changes stay, and the same import run again continues.

An existing secret with a different value stops the import, unless --update or --skip-existing is given. An encrypted
file asks for its own passphrase on the terminal. --dry-run shows the plan and exits as the import would.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from smtui.api.context import Feature
from smtui.cli import diagnostics, import_long, import_reading, output
from smtui.cli.call_costs import note_many_calls
from smtui.cli.chosen_context import find_context
from smtui.cli.exit_codes import Exit, UsageError
from smtui.cli.import_long import MAX_NAMES
from smtui.cli.unlocking import open_context_for
from smtui.transfer.apply import apply_each, apply_plan, describe_progress
from smtui.transfer.entry import Entry
from smtui.transfer.formats import ImportFormat, format_source_list
from smtui.transfer.opened_source import FileContent
from smtui.transfer.plan import CHANGES, Action, Progress, Step, count_unused_history, make_plan, summarize
from smtui.transfer.reimport import keep_names
from smtui.transfer.target import ImportTarget

if TYPE_CHECKING:
    from smtui.api.context import Context

__doc__ = f"{__doc__}\n{format_source_list()}\n"
EXAMPLE = (
    "smtui import .env --prefix dev/ --dry-run\n"
    "smtui import .env --as-one dev/app\n"
    "aws secretsmanager batch-get-secret-value --filters Key=name,Values=prod/ | smtui import -\n"
    "sops -d secrets.enc.yaml | smtui import -"
)


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE", nargs="+", help="file or folder to read; - is standard input")
    parser.add_argument("--prefix", metavar="TEXT", default="", help="add this to the beginning of every name")
    parser.add_argument("--as-one", metavar="NAME", help="import everything as one secret, a JSON object")
    parser.add_argument("--format", metavar="NAME", choices=[each.value for each in ImportFormat],
                        help="format of the files, a name from the list above (default: recognise each by its content)")
    parser.add_argument("--history", action="store_true", help="also import older values, as older versions")
    parser.add_argument("--attachments", action="store_true", help="also import attached files, as binary secrets")
    parser.add_argument("--trash", action="store_true", help="also import archived and deleted items")
    parser.add_argument("--split", action="store_true", help="import each field of an item as a secret")
    parser.add_argument("--last", action="store_true",
                        help="if a name is given twice with different values, take the last (default: refuse)")
    parser.add_argument("--expand", action="store_true",
                        help="replace ${NAME} in .env files by the value of a variable above it")
    parser.add_argument("--upper", action="store_true", help="write the names in .env files in capitals")
    parser.add_argument("--source-key-file", "--key-file", dest="key_file", metavar="FILE",
                        help="key file of an encrypted file")
    parser.add_argument("--source-passphrase-fd", metavar="N", type=int,
                        help="read the passphrase of an encrypted file from file descriptor N")
    parser.add_argument("--dry-run", action="store_true", help="list what would be imported, and change nothing")
    existing = parser.add_mutually_exclusive_group()
    existing.add_argument("--skip-existing", dest="difference", action="store_const", const=Action.SKIP,
                          default=Action.CONFLICT, help="leave existing secrets unchanged")
    existing.add_argument("--update", dest="difference", action="store_const", const=Action.UPDATE,
                          help="add a new version to existing secrets")


def run(args: argparse.Namespace) -> Exit:
    if args.as_one and args.prefix:
        raise UsageError("Use either --prefix or --as-one; --as-one takes the full name.")
    long = [path for path in args.files if import_long.is_long(path, args)]
    context = find_context(args) if long else None
    if long and (context is None or not context.is_aws):
        return import_long.run(args, long)
    entries, contents = import_reading.read_entries(args, args.files)
    with open_context_for(args) as vault:
        with diagnostics.show_progress() as bar:
            steps = _make_plan(vault, entries, args, bar)
            _apply_plan(vault, steps, args, bar)
        _report(steps, contents, args)
    return Exit.DONE


def _make_plan(vault: Context, entries: list[Entry], args: argparse.Namespace, bar: Progress | None) -> list[Step]:
    """The steps of the import. Raises RefusedError if there is a conflict and this is not a dry run."""
    target = ImportTarget(vault, args.region)
    steps = make_plan(target, keep_names(target, entries, args.prefix), args.difference, bar)
    conflicts = [step for step in steps if step.action is Action.CONFLICT]
    if conflicts and not args.dry_run:
        raise import_long.make_conflict_error(conflicts[:MAX_NAMES], len(conflicts))
    return steps


def _apply_plan(vault: Context, steps: Sequence[Step], args: argparse.Namespace, bar: Progress | None) -> None:
    """Applies the changes in one transaction. A dry run rolls it back, so that what it lists has been tried.

    Where there are no transactions, each change is applied alone, and a dry run tries nothing.
    """
    changes = [step for step in steps if step.action in CHANGES]
    note_many_calls(vault, len(changes))
    if not changes or (args.dry_run and (vault.read_only or not vault.can.is_atomic)):
        return
    if not vault.can.is_atomic:
        _apply_each(vault, changes, args, bar)
        return
    try:
        with vault.transaction():
            apply_plan(ImportTarget(vault, args.region), changes, bar)
            if args.dry_run:
                raise import_long.DryRunError
    except import_long.DryRunError:
        return


def _apply_each(context: Context, changes: Sequence[Step], args: argparse.Namespace, bar: Progress | None) -> None:
    """Applies one change after the other, and reports how many are done if the user interrupts it."""
    done = 0

    def count(what: str, number: int, total: int) -> None:
        nonlocal done
        done = number
        if bar:
            bar(what, number, total)

    diagnostics.note(context.can.explain(Feature.ATOMIC))
    try:
        apply_each(ImportTarget(context, args.region), changes, count)
    except KeyboardInterrupt:
        diagnostics.note(describe_progress(done, len(changes)))
        raise


def _report(steps: Sequence[Step], contents: list[FileContent], args: argparse.Namespace) -> None:
    """Prints one line per secret for a dry run, and a summary; neither has values.

    Raises:
        RefusedError: if a dry run has found conflicts, as the import would.
    """
    for content in contents:
        if content.what:
            diagnostics.note(content.what)
    if args.dry_run:
        for step in steps:
            output.write_line(import_long.format_step(step))
    empty = [step.entry.name for step in steps if step.action is Action.EMPTY]
    if empty:
        named = ", ".join(empty[:MAX_NAMES]) + (", ..." if len(empty) > MAX_NAMES else "")
        diagnostics.note(f"skipped, because a secret cannot be empty: {named}.")
    import_reading.report_left_behind(contents, count_unused_history(steps))
    output.write_line(f"{'would import' if args.dry_run else 'imported'}: {summarize(steps)}")
    if not args.dry_run and any(path != "-" for path in args.files) and not all(each.is_encrypted for each in contents):
        diagnostics.note(import_reading.PLAIN_TEXT_NOTE)
    conflicts = [step for step in steps if step.action is Action.CONFLICT]
    if conflicts:
        raise import_long.make_conflict_error(conflicts[:MAX_NAMES], len(conflicts))
