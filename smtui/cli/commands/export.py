"""Writes secrets with their values in plain text: those that are named, those that begin with --prefix, those that
--filters finds, or all of the Region.

    json     what smtui import brings back: names, descriptions, tags and current values, bytes as base64
    dotenv   NAME='value' lines for programs that read .env files, named as smtui exec names its variables
    aws      what aws secretsmanager batch-get-secret-value prints

Older versions, further labels, policies, rotation, replicas and keys are in none of them: smtui backup copies all.
--output makes a file that only you can read. Every secret that is written stands in the trail.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from smtui.api.model import OPERATIONS
from smtui.cli import diagnostics, output, parameters
from smtui.cli.exit_codes import Exit, RefusedError, UsageError
from smtui.cli.unlocking import opened
from smtui.transfer.chosen import Chosen
from smtui.transfer.export import Exported, Format, Progress, export
from smtui.transfer.private_file import private_file

EXAMPLE = (
    "smtui export --prefix prod/ --output prod.json\n"
    "smtui export prod/db --format dotenv --output .env\n"
    "smtui export | gpg --encrypt --recipient me > all.json.gpg"
)
STANDARD_OUTPUT = "-"
FILTERS = next(each for each in parameters.parameters(OPERATIONS["ListSecrets"]) if each.member == "Filters")


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", metavar="NAME", nargs="*", help="secrets (name or ARN)")
    parser.add_argument("--prefix", metavar="TEXT", default="", help="those whose names begin so; dotenv cuts it off")
    parser.add_argument("--filters", nargs="+", metavar="Key=...,Values=...", help="those that list-secrets would find")
    parser.add_argument("--format", choices=[each.value for each in Format], default=Format.JSON.value,
                        help="json (default), dotenv or aws")
    parser.add_argument("--output", metavar="FILE",
                        help="make this file; - is standard output, also where that is a terminal")
    parser.add_argument("--force", action="store_true", help="take the place of a file that is there")


def run(args: argparse.Namespace) -> Exit:
    chosen = _chosen(args)
    if args.output is None and output.is_terminal():
        raise UsageError("An export shows every value in plain text: say where it should go.",
                         hint="--output FILE, a pipe, or --output - to have it here.")
    with opened(args) as vault, diagnostics.progress() as bar:
        done = _export(vault.client(region_name=args.region), chosen, args, bar)
    _report(done)
    return Exit.DONE


def _chosen(args: argparse.Namespace) -> Chosen:
    if args.names and (args.prefix or args.filters):
        raise UsageError("Name secrets, or narrow down by --prefix and --filters: not both.")
    filters = parameters.value(FILTERS, args.filters) if args.filters else []
    return Chosen(args.names, args.prefix, filters)


def _export(client: Any, chosen: Chosen, args: argparse.Namespace, bar: Progress | None) -> Exported:
    if args.output in (None, STANDARD_OUTPUT):
        return _something(export(client, chosen, Format(args.format), output.piece, bar))
    with private_file(Path(args.output).expanduser(), force=args.force) as file:
        return _something(export(client, chosen, Format(args.format), file.write, bar))


def _something(done: Exported) -> Exported:
    """A mistyped prefix is no success."""
    if not done.written:
        raise RefusedError("There is nothing to export.")
    return done


def _report(done: Exported) -> None:
    several = done.written != 1
    diagnostics.note(f"{done.written:,} secret{'s' if several else ''} in plain text: whoever can read "
                     f"{'them' if several else 'it'} there has {'them' if several else 'it'}.")
    if done.without_value:
        diagnostics.note(f"left out, for they have no value yet: {done.without_value:,}.")
