"""Exports secrets with their values, in plain text except in the format bitwarden-protected: those given by NAME, by
--prefix or by --filters, or all secrets of the Region. NAME:LABEL and NAME~1 export another version than the current
one.

The variable names of dotenv and docker-env are those of smtui exec; json and aws contain binary values as base64. What
a format cannot carry is omitted, and counted on standard error. No format contains several versions, further staging
labels, policies, rotation, replicas or KMS keys; smtui backup copies everything. --output creates a file that only you
can read. The audit log records every exported secret.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from smtui.api.model import OPERATIONS
from smtui.cli import diagnostics, output, parameters, terminal
from smtui.cli.call_costs import note_many_calls
from smtui.cli.commands.execute import declare_naming, read_naming
from smtui.cli.exit_codes import Exit, UsageError
from smtui.cli.target import parse_version
from smtui.cli.unlocking import open_context_for, read_line
from smtui.system.paths import expand_home
from smtui.transfer.export import FORMATS, ExportCounts, ExportFormat, Progress, export
from smtui.transfer.export_options import ExportOptions
from smtui.transfer.private_file import write_private_file
from smtui.transfer.selection import Selection

if TYPE_CHECKING:
    from smtui.api.context import Context

EXAMPLE = (
    "smtui export --prefix prod/ --output prod.json\n"
    "smtui export prod/db --format dotenv --output .env\n"
    "smtui export | gpg --encrypt --recipient me > all.json.gpg"
)
STANDARD_OUTPUT = "-"
FILTERS = next(each for each in parameters.list_parameters(OPERATIONS["ListSecrets"]) if each.member == "Filters")


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", metavar="NAME[:LABEL|~N]", nargs="*", help="secret (name or ARN) and its version")
    parser.add_argument("--prefix", metavar="TEXT", default="",
                        help="secrets whose names start with TEXT; dotenv omits it from variable names")
    parser.add_argument("--filters", nargs="+", metavar="Key=...,Values=...",
                        help="secrets that match the filters of list-secrets")
    parser.add_argument("--format", choices=[each.value for each in FORMATS], default=ExportFormat.JSON.value,
                        help="; ".join(f"{format}: {entry.description}" for format, entry in FORMATS.items())
                        + f" (default: {ExportFormat.JSON})")
    declare_naming(parser)
    parser.add_argument("--export-passphrase-fd", metavar="N", type=int,
                        help="read the passphrase of bitwarden-protected from file descriptor N (default: a prompt)")
    parser.add_argument("--output", metavar="FILE",
                        help="file to create; - is standard output, even if that is a terminal")
    parser.add_argument("--force", action="store_true", help="replace an existing file")


def run(args: argparse.Namespace) -> Exit:
    chosen = _parse_selection(args)
    is_encrypted = FORMATS[ExportFormat(args.format)].is_encrypted
    if args.output is None and output.is_terminal() and not is_encrypted:
        raise UsageError("An export contains every value in plain text, so it is not written to a terminal.",
                         hint="Use --output FILE, a pipe, or --output - for this terminal.")
    options = ExportOptions(naming=read_naming(args), passphrase=_read_passphrase(args) if is_encrypted else None)
    with open_context_for(args) as vault, diagnostics.show_progress() as bar:
        done = _export(vault, chosen, args, options, bar)
    _report(done, is_encrypted=is_encrypted)
    return Exit.DONE


def _read_passphrase(args: argparse.Namespace) -> str:
    """The passphrase that will protect the export, asked for twice. Raises UsageError, CannotUnlockError."""
    if args.export_passphrase_fd is not None:
        passphrase = repeated = terminal.take_text(read_line(args.export_passphrase_fd, "--export-passphrase-fd"))
    else:
        passphrase = terminal.ask_text("New passphrase for the export: ")
        repeated = terminal.ask_text("Repeat passphrase: ")
    if not passphrase or passphrase != repeated:
        raise UsageError("The passphrase for the export is empty." if not passphrase else
                         "The passphrases for the export do not match.")
    return passphrase


def _parse_selection(args: argparse.Namespace) -> Selection:
    if args.names and (args.prefix or args.filters):
        raise UsageError("Use either NAME, or --prefix and --filters.")
    for name in args.names:
        parse_version(name)
    filters = parameters.parse_value(FILTERS, args.filters) if args.filters else []
    return Selection(args.names, args.prefix, filters)


def _export(
    vault: Context, chosen: Selection, args: argparse.Namespace, options: ExportOptions, bar: Progress | None
) -> ExportCounts:
    def write(send: Callable[[bytes], object]) -> ExportCounts:
        client = vault.client(region_name=args.region)
        return export(client, chosen, ExportFormat(args.format), send, bar, options, together=vault.reading,
                      announce=partial(note_many_calls, vault) if vault.can.has_costs else None)

    if args.output in (None, STANDARD_OUTPUT):
        return write(output.write_chunk)
    with write_private_file(expand_home(args.output), force=args.force) as file:
        return write(file.write)


def _report(done: ExportCounts, *, is_encrypted: bool) -> None:
    plural = "" if done.written == 1 else "s"
    if is_encrypted:
        diagnostics.note(f"exported {done.written:,} secret{plural}, encrypted with the passphrase of the export.")
    else:
        diagnostics.note(f"exported {done.written:,} secret{plural} in plain text: anyone who can read the output has "
                         f"the value{plural}.")
    for what, number in done.left_out.items():
        diagnostics.note(f"omitted: {what}: {number:,}.")
    if done.without_value:
        diagnostics.note(f"skipped {done.without_value:,} without a value.")
