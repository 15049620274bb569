"""Imports secrets from files: .env files, JSON objects of names and values, and output of `aws secretsmanager
batch-get-secret-value` or `get-secret-value`. If anything is refused, nothing is imported.

An existing secret with a different value stops the import, unless --update or --skip-existing is given.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from smtui.cli import diagnostics, import_long, inputs, output
from smtui.cli.exit_codes import Exit, UsageError
from smtui.cli.import_long import MAX_NAMES
from smtui.cli.unlocking import open_for
from smtui.system.paths import expand_home, is_file
from smtui.transfer import formats
from smtui.transfer.apply import apply_plan
from smtui.transfer.entry import Entry, add_prefixes, combine, refuse_duplicates
from smtui.transfer.formats import ImportFormat
from smtui.transfer.plan import CHANGES, Action, Progress, Step, make_plan, summarize
from smtui.transfer.target import ImportTarget

if TYPE_CHECKING:
    from smtui.backends.local import Vault

EXAMPLE = (
    "smtui import .env --prefix dev/ --dry-run\n"
    "smtui import .env --as-one dev/app\n"
    "aws secretsmanager batch-get-secret-value --filters Key=name,Values=prod/ | smtui import -"
)


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE", nargs="+", help="file to read; - is standard input")
    parser.add_argument("--prefix", metavar="TEXT", default="", help="add this to the beginning of every name")
    parser.add_argument("--as-one", metavar="NAME", help="import everything as one secret, a JSON object")
    parser.add_argument("--format", choices=[each.value for each in ImportFormat],
                        help="format of the files (default: detect)")
    parser.add_argument("--dry-run", action="store_true", help="list what would be imported, and change nothing")
    existing = parser.add_mutually_exclusive_group()
    existing.add_argument("--skip-existing", dest="difference", action="store_const", const=Action.SKIP,
                          default=Action.CONFLICT, help="leave existing secrets unchanged")
    existing.add_argument("--update", dest="difference", action="store_const", const=Action.UPDATE,
                          help="add a new version to existing secrets")


def run(args: argparse.Namespace) -> Exit:
    if any(map(_is_long, args.files)):
        return import_long.run(args)
    entries = _read_entries(args)
    with open_for(args) as vault:
        with diagnostics.show_progress() as bar:
            steps = _make_plan(vault, entries, args, bar)
            _apply_plan(vault, steps, args, bar)
        _report(steps, args)
    return Exit.DONE


def _is_long(path: str) -> bool:
    """Whether a file is too large to be read into memory."""
    place = expand_home(path)
    return path != "-" and is_file(place) and place.stat().st_size > import_long.LONG


def _read_entries(args: argparse.Namespace) -> list[Entry]:
    """The entries of all files, under their new names; read and validated before the vault is opened."""
    if args.as_one and args.prefix:
        raise UsageError("Use either --prefix or --as-one; --as-one takes the full name.")
    entries: list[Entry] = []
    for path in args.files:
        raw = inputs.read_stdin("an import") if path == "-" else inputs.read_file(path, "import")
        read = formats.parse(raw, "standard input" if path == "-" else path, args.format and ImportFormat(args.format))
        for note in read.notes:
            diagnostics.note(note)
        entries += read.entries
    refuse_duplicates(entries)
    if not entries:
        raise UsageError("Nothing to import.")
    return [combine(entries, args.as_one)] if args.as_one else add_prefixes(entries, args.prefix)


def _make_plan(vault: Vault, entries: list[Entry], args: argparse.Namespace, bar: Progress | None) -> list[Step]:
    """The steps of the import. Raises RefusedError if there is a conflict and this is not a dry run."""
    steps = make_plan(ImportTarget(vault, args.region), entries, args.difference, bar)
    conflicts = [step for step in steps if step.action is Action.CONFLICT]
    if conflicts and not args.dry_run:
        raise import_long.make_conflict_error(conflicts[:MAX_NAMES], len(conflicts))
    return steps


def _apply_plan(vault: Vault, steps: Sequence[Step], args: argparse.Namespace, bar: Progress | None) -> None:
    """Applies the changes in one transaction. A dry run rolls it back, so that what it lists has been tried."""
    changes = [step for step in steps if step.action in CHANGES]
    if not changes or (args.dry_run and vault.read_only):
        return
    try:
        with vault.transaction():
            apply_plan(ImportTarget(vault, args.region), changes, bar)
            if args.dry_run:
                raise import_long.DryRunError
    except import_long.DryRunError:
        return


def _report(steps: Sequence[Step], args: argparse.Namespace) -> None:
    """Prints one line per secret for a dry run, and a summary; neither has values."""
    if args.dry_run:
        for step in steps:
            output.write_line(f"{step.action:<12} {step.entry.name}{f'  ({step.reason})' if step.reason else ''}")
    empty = [step.entry.name for step in steps if step.action is Action.EMPTY]
    if empty:
        named = ", ".join(empty[:MAX_NAMES]) + (", ..." if len(empty) > MAX_NAMES else "")
        diagnostics.note(f"skipped, because a secret cannot be empty: {named}.")
    output.write_line(f"{'would import' if args.dry_run else 'imported'}: {summarize(steps)}")
