"""Reads the files of `smtui import` before the vault is opened, and asks for the passphrases of encrypted ones."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from smtui.cli import diagnostics, inputs, terminal
from smtui.cli.exit_codes import CannotUnlockError, UsageError
from smtui.cli.terminal import NoTerminalError
from smtui.cli.unlocking import ATTEMPTS, read_line
from smtui.system.paths import expand_home, is_folder
from smtui.transfer import formats
from smtui.transfer.combination import combine, describe_losses
from smtui.transfer.dotenv import EnvOptions
from smtui.transfer.entry import Entry, add_prefixes, refuse_duplicates
from smtui.transfer.errors import RepeatedNameError, SourcePassphraseError
from smtui.transfer.formats import ImportFormat
from smtui.transfer.item import LeftBehind
from smtui.transfer.mapping import MappingOptions, merge_left_behind
from smtui.transfer.opened_source import FileContent
from smtui.transfer.plan import describe_unused_history
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey

STANDARD_INPUT = "standard input"
PLAIN_TEXT_NOTE = "the imported file still exists, in plain text."


def read_entries(args: argparse.Namespace, paths: Sequence[str]) -> tuple[list[Entry], list[FileContent]]:
    """The entries of the files, under their new names; and what each file is. Raises SmtuiError."""
    key = _read_key(args)
    env_options = EnvOptions(args.last, args.expand, args.upper)
    contents = [_read_content(open_source(path, env_options), key, args) for path in paths]
    for content in contents:
        for note in content.notes:
            diagnostics.note(note)
    entries = [entry for content in contents for entry in content.entries]
    if args.last:
        entries = [*{entry.name: entry for entry in entries}.values()]
    with suggest_last():
        refuse_duplicates(entries)
    if not entries:
        report_left_behind(contents)
        raise UsageError("Nothing to import.")
    if not args.as_one:
        return add_prefixes(entries, args.prefix), contents
    losses = describe_losses(entries, _list_left_behind(contents))
    first, *others = (replace(content, left_behind=[]) for content in contents)
    return [combine(entries, args.as_one)], [replace(first, left_behind=losses), *others]


@contextmanager
def suggest_last() -> Iterator[None]:
    """Adds the option that helps to the hint of an error about a name that is given twice."""
    try:
        yield
    except RepeatedNameError as error:
        error.hint = f"{error.hint} --last takes the last one."
        raise


def open_source(path: str, env_options: EnvOptions) -> SourceFile:
    """The content of a file, of a folder, or of standard input. Raises UsageError."""
    if path == "-":
        return SourceFile(inputs.read_stdin("an import"), STANDARD_INPUT, env_options=env_options)
    place = expand_home(path)
    if is_folder(place):
        return SourceFile(b"", path, place, is_folder=True)
    return SourceFile(inputs.read_file(path, "import"), path, place, env_options=env_options)


def make_options(args: argparse.Namespace) -> MappingOptions:
    """What the options say about the items of the files. One secret for all has no older values nor attachments."""
    is_combined = bool(args.as_one)
    return MappingOptions(
        args.history and not is_combined, args.attachments and not is_combined, args.trash, args.split)


def report_left_behind(contents: list[FileContent], unused_history: int = 0) -> None:
    """Notes what no secret was made of, by kind and number; `unused_history` is that of secrets that exist."""
    left = merge_left_behind([*_list_left_behind(contents), *describe_unused_history(unused_history)])
    if left:
        diagnostics.note(f"not imported: {'; '.join(map(str, left))}.")


def _list_left_behind(contents: list[FileContent]) -> list[LeftBehind]:
    return [each for content in contents for each in content.left_behind]


def _read_key(args: argparse.Namespace) -> SourceKey:
    """What the options give to open encrypted files. Raises UsageError."""
    passphrase: str | None = None
    if args.source_passphrase_fd is not None:
        passphrase = terminal.take_text(read_line(args.source_passphrase_fd, "--source-passphrase-fd"))
    if args.key_file is None:
        return SourceKey(passphrase)
    return SourceKey(passphrase, inputs.read_file(args.key_file, "--key-file"), Path(args.key_file))


def _read_content(file: SourceFile, key: SourceKey, args: argparse.Namespace) -> FileContent:
    """Reads a file. Asks for its passphrase if it needs one and the options give none. Raises SmtuiError."""
    format = ImportFormat(args.format) if args.format else None
    options = make_options(args)
    attempts = ATTEMPTS
    while True:
        try:
            return formats.read_source(file, format, key, options)
        except SourcePassphraseError as error:
            if args.source_passphrase_fd is not None or not attempts:
                raise CannotUnlockError(str(error), hint=error.hint) from None
            if error.is_wrong and attempts < ATTEMPTS:
                diagnostics.report(error)
            key = SourceKey(_ask_for_passphrase(file.name), key.key_file, key.key_path)
            attempts -= 1


def _ask_for_passphrase(file: str) -> str:
    try:
        return terminal.ask_text(f"Passphrase of {file}: ")
    except NoTerminalError:
        raise CannotUnlockError(f"{file} is encrypted, and there is no terminal to ask for its passphrase.",
                                hint="Use --source-passphrase-fd N, or run this in a terminal.") from None
