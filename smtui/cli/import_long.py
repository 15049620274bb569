"""`smtui import` of files longer than memory should hold: each secret is brought in as it is read."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.cli import diagnostics, output
from smtui.cli.exit_codes import Exit, RefusedError, UsageError
from smtui.cli.unlocking import opened
from smtui.transfer import long_lists
from smtui.transfer.bringing import Into, bring_in
from smtui.transfer.entry import Entry, once_each, with_prefix
from smtui.transfer.plan import Step, Verdict, summed_up
from smtui.transfer.reading import Format

if TYPE_CHECKING:
    from smtui.backends.local import Vault

LONG = 16 * 1024 * 1024
"""Bytes; a shorter file is read, and judged, before the vault is opened."""
MOST_NAMED = 10


class DryRunError(Exception):
    """Raised at the end of a dry run, so that everything is taken back."""


def run(args: argparse.Namespace) -> Exit:
    if args.as_one or args.format == Format.ENV or "-" in args.files:
        raise UsageError("A file this long is imported as a list of secrets, and not together with standard input.")
    counts: Counter[Verdict] = Counter()
    with opened(args) as vault:
        try:
            with vault.transaction(large=True):
                _bring_in(vault, args, counts)
                if args.dry_run:
                    raise DryRunError
        except DryRunError:
            pass
    output.line(f"{'would import' if args.dry_run else 'imported'}: {summed_up(counts)}")
    return Exit.DONE


def _bring_in(vault: Vault, args: argparse.Namespace, counts: Counter[Verdict]) -> None:
    """One after the other, counted. Raises RefusedError at the end where some cannot be: those are named together."""
    conflicts: list[Step] = []
    steps = bring_in(Into(vault, args.region), once_each(_entries(args)), args.difference)
    with diagnostics.progress() as bar:
        for step in steps:
            counts[step.verdict] += 1
            if step.verdict is Verdict.CONFLICT and len(conflicts) < MOST_NAMED:
                conflicts.append(step)
            if args.dry_run:
                output.line(f"{step.verdict:<12} {step.entry.name}{f'  ({step.reason})' if step.reason else ''}")
            if bar:
                bar("importing", counts.total(), 0)
    if conflicts and not args.dry_run:
        raise refusal(conflicts, counts[Verdict.CONFLICT])


def _entries(args: argparse.Namespace) -> Iterator[Entry]:
    with ExitStack() as files:
        for path in args.files:
            stream = files.enter_context(Path(path).expanduser().open("rb"))
            for entry in long_lists.read(stream, path):
                yield with_prefix(entry, args.prefix)


def refusal(conflicts: Iterable[Step], number: int) -> RefusedError:
    """The error for those that cannot be imported, the first of them by name."""
    named = "; ".join(f"{step.entry.name} ({step.reason})" for step in conflicts)
    more = f"; and {number - MOST_NAMED:,} more" if number > MOST_NAMED else ""
    return RefusedError(f"{number:,} of these cannot be imported: {named}{more}.",
                   hint="--dry-run shows all; --update makes new versions, --skip-existing leaves alone what is there. "
                   "Nothing was imported.")
