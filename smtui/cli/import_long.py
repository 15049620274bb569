"""`smtui import` of files that are too large for memory: each secret is imported as it is read."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from smtui.cli import diagnostics, import_reading, output
from smtui.cli.exit_codes import Exit, RefusedError
from smtui.cli.unlocking import open_for
from smtui.system.paths import expand_home
from smtui.transfer import long_file
from smtui.transfer.apply import import_entries
from smtui.transfer.entry import Entry, require_unique
from smtui.transfer.formats import ImportFormat
from smtui.transfer.long_file import LongKind
from smtui.transfer.opened_source import FileContent
from smtui.transfer.plan import Action, Step, count_unused_history, describe_unused_history, format_counts
from smtui.transfer.reimport import keep_names
from smtui.transfer.target import ImportTarget

LONG = long_file.LONG
"""Bytes; a file up to this size is read and validated before the vault is opened."""
MAX_NAMES = 10
"""Secrets that a message lists."""


class DryRunError(Exception):
    """Raised at the end of a dry run, to roll the transaction back."""


def is_long(path: str, args: argparse.Namespace) -> bool:
    """Whether a file is read secret by secret: no option needs all of its secrets together.

    Raises:
        OSError: if it cannot be read.
    """
    if path == "-" or args.as_one or args.last:
        return False
    kind = long_file.find_long_kind(expand_home(path), LONG)
    if kind is LongKind.VARIABLES and (args.expand or args.upper):
        return False
    is_wanted = kind is not None and args.format in (None, kind.value)
    return is_wanted or (kind is LongKind.LIST and args.format == ImportFormat.JSON)


def run(args: argparse.Namespace, long: Sequence[str]) -> Exit:
    """Imports the files in one transaction; those in `long` are read secret by secret. Raises SmtuiError."""
    short = [path for path in args.files if path not in long]
    held, contents = import_reading.read_entries(args, short) if short else ([], [])
    counts: Counter[Action] = Counter()
    conflicts: list[Step] = []
    rest = FileContent([], [], left_behind=[])
    with open_for(args) as vault:
        try:
            with vault.transaction(large=True):
                target = ImportTarget(vault, args.region)
                entries = chain(keep_names(target, held, args.prefix), _read_long(args, long, rest))
                conflicts = _import_entries(target, args, entries, counts, rest)
                if args.dry_run:
                    raise DryRunError
        except DryRunError:
            pass
    for note in [*(content.what for content in contents), *rest.notes]:
        diagnostics.note(note)
    import_reading.report_left_behind([*contents, rest])
    output.write_line(f"{'would import' if args.dry_run else 'imported'}: {format_counts(counts)}")
    if not args.dry_run:
        diagnostics.note(import_reading.PLAIN_TEXT_NOTE)
    if conflicts:
        raise make_conflict_error(conflicts, counts[Action.CONFLICT])
    return Exit.DONE


def _import_entries(
    target: ImportTarget, args: argparse.Namespace, entries: Iterable[Entry], counts: Counter[Action],
    rest: FileContent,
) -> list[Step]:
    """Imports and counts one entry after the other. Returns the conflicts; `rest` gets what stays behind.

    Raises:
        RefusedError: at the end, with all conflicts together, if this is not a dry run.
    """
    conflicts: list[Step] = []
    unused_history = 0
    steps = import_entries(target, require_unique(entries), args.difference)
    with diagnostics.show_progress() as bar, import_reading.suggest_last():
        for step in steps:
            counts[step.action] += 1
            unused_history += count_unused_history([step])
            if step.action is Action.CONFLICT and len(conflicts) < MAX_NAMES:
                conflicts.append(step)
            if args.dry_run:
                output.write_line(format_step(step))
            if bar:
                bar("importing", counts.total(), 0)
    rest.left_behind.extend(describe_unused_history(unused_history))
    if conflicts and not args.dry_run:
        raise make_conflict_error(conflicts, counts[Action.CONFLICT])
    return conflicts


def _read_long(args: argparse.Namespace, long: Sequence[str], rest: FileContent) -> Iterator[Entry]:
    """The entries of the long files; `rest` gets what is said about them at the end."""
    options = import_reading.make_options(args)
    for path in long:
        rest.notes.append(f"{path}: {long_file.describe(expand_home(path))}.")
        yield from long_file.read_entries(expand_home(path), args.prefix, rest.notes, options, rest.left_behind)


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
