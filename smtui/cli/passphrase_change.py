"""Changes the passphrase of an open vault, and its key file and key derivation if the options say so."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from smtui.api.errors import KeyFileError
from smtui.backends import stored_key
from smtui.cli import diagnostics, new_passphrase, output, recovery_code, unlocking
from smtui.cli.exit_codes import CannotUnlockError, UsageError
from smtui.system.paths import expand_home, is_absent

if TYPE_CHECKING:
    from smtui.backends.key_files import KeyFile
    from smtui.backends.local import Vault

KDF_MEMORY = (64, 256)
KEEP_COPY = "Keep a copy of it elsewhere: without it only the recovery code opens the vault."
CHOICES = "--key-file PATH keeps it, --new-key-file PATH replaces it, --no-key-file removes it."


def declare(parser: argparse.ArgumentParser) -> None:
    """Adds the options of a command that changes the passphrase."""
    new_passphrase.declare(parser)
    new_passphrase.declare_descriptor(parser)
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--new-key-file", metavar="PATH",
                       help="require this key file from now on; created with random content if missing")
    group.add_argument("--no-key-file", action="store_true", help="stop requiring a key file")
    declare_cost(parser, "unchanged")
    recovery_code.declare(parser)


def declare_cost(parser: argparse.ArgumentParser, default: str) -> None:
    parser.add_argument("--kdf-memory", metavar="MIB", type=int, choices=KDF_MEMORY,
                        help="memory of the key derivation, 64 or 256 MiB: with 256, a guess at the passphrase costs "
                             f"about 4 times as much, and so does an unlock (default: {default})")


def change_passphrase(vault: Vault, args: argparse.Namespace) -> None:
    """Asks for the new passphrase, re-encrypts the vault, and says what has changed. Raises SmtuiError."""
    maintenance = vault.maintenance
    had_key_file, memory = maintenance.has_key_file, maintenance.kdf_memory
    with _read_new_key_file(vault, args) as key_file, stored_key.update_after_change(vault), \
            new_passphrase.read_new_passphrase(args) as passphrase:
        maintenance.change_passphrase(passphrase, key_file=key_file, without_key_file=args.no_key_file,
                                      kdf_memory=args.kdf_memory)
    output.write_line(f"{vault.path}: passphrase changed")
    if args.new_key_file is not None:
        output.write_line(f"{vault.path}: the key file is {args.new_key_file} from now on")
    elif had_key_file and args.no_key_file:
        output.write_line(f"{vault.path}: no key file is needed from now on")
    if memory != maintenance.kdf_memory:
        output.write_line(f"{vault.path}: key derivation with {maintenance.kdf_memory} MiB instead of {memory} MiB")


@contextmanager
def _read_new_key_file(vault: Vault, args: argparse.Namespace) -> Iterator[KeyFile | None]:
    """The key file from now on, for the length of the block; None for the present one, and for none.

    Raises:
        CannotUnlockError: it cannot be read; or the vault has one that was not needed to open it, and the options do
            not say what to do.
        UsageError: it cannot be created.
    """
    path = args.new_key_file
    if path is not None:
        create_if_missing(path)
    elif vault.maintenance.has_key_file and not vault.maintenance.knows_key_file and not args.no_key_file:
        path = unlocking.find_key_file(args)
        if path is None:
            raise CannotUnlockError("This vault has a key file: choose whether to keep, replace or remove it.",
                                    hint=CHOICES)
    if path is None:
        yield None
        return
    loaded = unlocking.load_key_file(path, vault.path)
    try:
        yield loaded
    finally:
        loaded.wipe()


def create_if_missing(path: str) -> None:
    """Creates a new key file if there is nothing at the path, and says so. Raises UsageError."""
    if not path:
        raise UsageError("--new-key-file names no file: give a path.")
    if is_absent(expand_home(path)):
        from smtui.backends import key_files

        try:
            key_files.create_key_file(path)
        except KeyFileError as error:
            raise UsageError(str(error)) from None
        diagnostics.note(f"created the key file {path}. {KEEP_COPY}")
