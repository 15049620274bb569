"""`smtui import` of files that are too large for memory: each secret is imported as it is read."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from smtui.cli import diagnostics, output
from smtui.cli.exit_codes import Exit, RefusedError, UsageError
from smtui.cli.unlocking import open_for
from smtui.system.paths import expand_home
from smtui.transfer import json_stream, long_file
from smtui.transfer.apply import import_entries
from smtui.transfer.entry import Entry, add_prefix, require_unique
from smtui.transfer.formats import ImportFormat
from smtui.transfer.plan import Action, Step, format_counts
from smtui.transfer.target import ImportTarget

if TYPE_CHECKING:
    from smtui.backends.local import Vault

LONG = long_file.LONG
"""Bytes; a file up to this size is read and validated before the vault is opened."""
MAX_NAMES = 10
"""Secrets that a message lists."""


class DryRunError(Exception):
    """Raised at the end of a dry run, to roll the transaction back."""


def is_long(path: str) -> bool:
    """Whether a file is read secret by secret: a long list of secrets, or anything larger than any file in memory.

    Raises:
        OSError: if it cannot be read.
    """
    return path != "-" and long_file.is_long(expand_home(path), LONG)


def run(args: argparse.Namespace) -> Exit:
    """Imports the files in one transaction. Raises SmtuiError."""
    if args.as_one or args.format == ImportFormat.ENV or "-" in args.files:
        raise UsageError("A file of this size must be a list of secrets; --as-one and standard input are not possible.")
    counts: Counter[Action] = Counter()
    conflicts: list[Step] = []
    notes: list[str] = []
    with open_for(args) as vault:
        try:
            with vault.transaction(large=True):
                conflicts = _import_entries(vault, args, counts, notes)
                if args.dry_run:
                    raise DryRunError
        except DryRunError:
            pass
    for note in notes:
        diagnostics.note(note)
    output.write_line(f"{'would import' if args.dry_run else 'imported'}: {format_counts(counts)}")
    if conflicts:
        raise make_conflict_error(conflicts, counts[Action.CONFLICT])
    return Exit.DONE


def _import_entries(
    vault: Vault, args: argparse.Namespace, counts: Counter[Action], notes: list[str]
) -> list[Step]:
    """Imports and counts one entry after the other; `notes` gets sentences about them. Returns the conflicts.

    Raises:
        RefusedError: at the end, with all conflicts together, if this is not a dry run.
    """
    conflicts: list[Step] = []
    entries = require_unique(_read_entries(args, notes))
    steps = import_entries(ImportTarget(vault, args.region), entries, args.difference)
    with diagnostics.show_progress() as bar:
        for step in steps:
            counts[step.action] += 1
            if step.action is Action.CONFLICT and len(conflicts) < MAX_NAMES:
                conflicts.append(step)
            if args.dry_run:
                output.write_line(format_step(step))
            if bar:
                bar("importing", counts.total(), 0)
    if conflicts and not args.dry_run:
        raise make_conflict_error(conflicts, counts[Action.CONFLICT])
    return conflicts


def _read_entries(args: argparse.Namespace, notes: list[str]) -> Iterator[Entry]:
    with ExitStack() as files:
        for path in args.files:
            stream = files.enter_context(expand_home(path).open("rb"))
            for entry in json_stream.parse(stream, path, notes):
                yield add_prefix(entry, args.prefix)


def format_step(step: Step) -> str:
    """A line of the plan: what is done with a secret, why not, and what it was in its source."""
    reason = f"  ({step.reason})" if step.reason else ""
    return f"{step.action:<12} {step.entry.name}{reason}{f'  <- {step.entry.origin}' if step.entry.origin else ''}"


def make_conflict_error(conflicts: Sequence[Step], number: int) -> RefusedError:
    """The error for `number` secrets that cannot be imported; it names those in `conflicts`."""
    named = "; ".join(f"{step.entry.name} ({step.reason})" for step in conflicts)
    more = f"; and {number - MAX_NAMES:,} more" if number > MAX_NAMES else ""
    hint = "--dry-run lists all; --update adds new versions, --skip-existing leaves existing secrets unchanged."
    if not any(step.seen for step in conflicts):
        hint = f"Affected: {', '.join(f'{step.entry.name} ({step.entry.place})' for step in conflicts)}."
    return RefusedError(f"{number:,} secret{'' if number == 1 else 's'} cannot be imported: {named}{more}.",
                        hint=f"Nothing was imported. {hint}")
