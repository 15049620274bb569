"""Brings secrets in from files: .env files, JSON objects of names and values, and what `aws secretsmanager
batch-get-secret-value` or `get-secret-value` printed. All of it or, where anything is refused, nothing.

A secret that is there with another value stops the import, unless --update or --skip-existing says what to do.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.cli import diagnostics, import_long, inputs, output
from smtui.cli.exit_codes import Exit, UsageError
from smtui.cli.import_long import MOST_NAMED
from smtui.cli.unlocking import opened
from smtui.transfer import reading
from smtui.transfer.bringing import Into, carry_out
from smtui.transfer.entry import Entry, as_one, prefixed, refuse_doubles
from smtui.transfer.plan import CHANGING, Progress, Step, Verdict, plan, summary
from smtui.transfer.reading import Format

if TYPE_CHECKING:
    from smtui.backends.local import Vault

EXAMPLE = (
    "smtui import .env --prefix dev/ --dry-run\n"
    "smtui import .env --as-one dev/app\n"
    "aws secretsmanager batch-get-secret-value --filters Key=name,Values=prod/ | smtui import -"
)


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE", nargs="+", help="the files to read; - is standard input")
    parser.add_argument("--prefix", metavar="TEXT", default="", help="put this before every name")
    parser.add_argument("--as-one", metavar="NAME", help="make one secret of it all, a JSON object")
    parser.add_argument("--format", choices=[each.value for each in Format], help="what the files are (default: look)")
    parser.add_argument("--dry-run", action="store_true", help="list what would happen, and change nothing")
    existing = parser.add_mutually_exclusive_group()
    existing.add_argument("--skip-existing", dest="difference", action="store_const", const=Verdict.SKIP,
                          default=Verdict.CONFLICT, help="leave secrets alone that are there")
    existing.add_argument("--update", dest="difference", action="store_const", const=Verdict.UPDATE,
                          help="give secrets that are there a new version")


def run(args: argparse.Namespace) -> Exit:
    if any(map(_is_long, args.files)):
        return import_long.run(args)
    entries = _entries(args)
    with opened(args) as vault:
        with diagnostics.progress() as bar:
            steps = _planned(vault, entries, args, bar)
            _carry_out(vault, steps, args, bar)
        _report(steps, args)
    return Exit.DONE


def _is_long(path: str) -> bool:
    """Whether a file is more than should be held in memory."""
    place = Path(path).expanduser()
    return path != "-" and place.is_file() and place.stat().st_size > import_long.LONG


def _entries(args: argparse.Namespace) -> list[Entry]:
    """What the files hold, under the names it is to have; read and judged before the vault is opened."""
    if args.as_one and args.prefix:
        raise UsageError("--prefix goes with many secrets, --as-one with one: give the whole name there.")
    entries: list[Entry] = []
    for path in args.files:
        raw = inputs.standard_input("import") if path == "-" else inputs.file(path, "import")
        read = reading.read(raw, "standard input" if path == "-" else path, args.format and Format(args.format))
        for note in read.notes:
            diagnostics.note(note)
        entries += read.entries
    refuse_doubles(entries)
    if not entries:
        raise UsageError("There is nothing to import.")
    return [as_one(entries, args.as_one)] if args.as_one else prefixed(entries, args.prefix)


def _planned(vault: Vault, entries: list[Entry], args: argparse.Namespace, bar: Progress | None) -> list[Step]:
    """The steps; a dry run shows them, conflicts too, and otherwise a conflict ends the import."""
    steps = plan(Into(vault, args.region), entries, args.difference, bar)
    conflicts = [step for step in steps if step.verdict is Verdict.CONFLICT]
    if conflicts and not args.dry_run:
        raise import_long.refusal(conflicts[:MOST_NAMED], len(conflicts))
    return steps


def _carry_out(vault: Vault, steps: Sequence[Step], args: argparse.Namespace, bar: Progress | None) -> None:
    """Does it in one transaction. A dry run does it too, and takes it back: what it lists has been tried."""
    changes = [step for step in steps if step.verdict in CHANGING]
    if not changes or (args.dry_run and vault.read_only):
        return
    try:
        with vault.transaction():
            carry_out(Into(vault, args.region), changes, bar)
            if args.dry_run:
                raise import_long.DryRunError
    except import_long.DryRunError:
        return


def _report(steps: Sequence[Step], args: argparse.Namespace) -> None:
    """One line a secret for a dry run, and the sum of it all; no value in either."""
    if args.dry_run:
        for step in steps:
            output.line(f"{step.verdict:<12} {step.entry.name}{f'  ({step.reason})' if step.reason else ''}")
    empty = [step.entry.name for step in steps if step.verdict is Verdict.EMPTY]
    if empty:
        named = ", ".join(empty[:MOST_NAMED]) + (", ..." if len(empty) > MOST_NAMED else "")
        diagnostics.note(f"left out, for a secret cannot be empty: {named}.")
    output.line(f"{'would import' if args.dry_run else 'imported'}: {summary(steps)}")
