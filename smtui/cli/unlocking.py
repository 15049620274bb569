"""Ways to an open vault: where the passphrase comes from, and in which order they are tried.

What was given for this call comes first (`--passphrase-fd`, `$SMTUI_PASSPHRASE_FILE`, `$SMTUI_PASSPHRASE`), then the
key in the OS keyring where that was opted in, then the person at the terminal, who may try three times. A passphrase
is a line: its line break is not part of it, everything else is.
"""

from __future__ import annotations

import argparse
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

from smtui.api.errors import WrongPassphraseError
from smtui.backends import handed
from smtui.bounded import open_for_reading, read_descriptor
from smtui.cli import diagnostics, rollback_warning, terminal
from smtui.cli.exit_codes import CannotUnlockError, UsageError
from smtui.cli.terminal import LONGEST, NoTerminalError, wipe

if TYPE_CHECKING:
    from smtui.backends.local import Vault

TRIES = 3
MOST_TOLD = 20
HANDED_OVER = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")
"""What a shell has opened already."""
WAYS = "Give the passphrase by --passphrase-fd N or $SMTUI_PASSPHRASE_FILE, or run this in a terminal."


@contextmanager
def opened(args: argparse.Namespace) -> Iterator[Vault]:
    """The vault that the options name, unlocked, its notices told; closed at the end.

    Within a rotation function, it is as much of the vault as the function was handed.
    """
    if handed.is_handed():
        with handed.HandedVault() as vault:
            yield cast("Vault", vault)
        return
    path = vault_path(args)
    examine(path)
    with closing(_unlocked(path, args), args) as vault:
        yield vault


@contextmanager
def closing(vault: Vault, args: argparse.Namespace) -> Iterator[Vault]:
    """Tells what a vault has to say, and closes it whatever happens. Raises OlderFileError."""
    with vault:
        for notice in vault.notices:
            diagnostics.warn(notice)
        rollback_warning.must_be_meant(vault, accepted=args.accept_older)
        try:
            yield vault
        finally:
            _tell_deletions(vault)
            if reminder := vault.maintenance.take_check_reminder():
                diagnostics.note(reminder)


def _tell_deletions(vault: Vault) -> None:
    """What was deleted permanently meanwhile because its time had come."""
    deletions = vault.maintenance.take_deletion_notices()
    for sentence in deletions[:MOST_TOLD]:
        diagnostics.note(sentence)
    if len(deletions) > MOST_TOLD:
        diagnostics.note(f"and {len(deletions) - MOST_TOLD:,} more; smtui trail lists them.")


def vault_path(args: argparse.Namespace) -> Path:
    """The path of the vault the options name."""
    from smtui import config

    if args.vault == "":
        raise UsageError("--vault names no file: give a path.")
    if args.vault:
        return config.vault_path(args.vault)
    return config.vault_path(None, config.load_settings())


def default_path() -> str:
    """Where the vault is that a call without --vault opens."""
    return str(vault_path(argparse.Namespace(vault=None)))


def examine(path: Path, *, recovery_code: str | None = None) -> None:
    """Raises what is wrong with the file before anybody types; with an empty code, as recovery would judge it."""
    from smtui.backends.opening import open_vault

    with suppress(WrongPassphraseError):  # what is sure to come, where nothing else is wrong
        open_vault(path, recovery_code=recovery_code).close()


def _unlocked(path: Path, args: argparse.Namespace) -> Vault:
    passphrase = given(args)
    if passphrase is not None:
        return _by_passphrase(path, passphrase, args)
    return _by_keyring(path, args) or _by_asking(path, args)


def _by_passphrase(path: Path, passphrase: bytearray, args: argparse.Namespace) -> Vault:
    """By a passphrase, which is wiped."""
    from smtui.backends.opening import open_vault

    if not passphrase:
        raise CannotUnlockError("The passphrase is empty.")
    try:
        return open_vault(path, passphrase, read_only=args.read_only)
    finally:
        wipe(passphrase)


def _by_keyring(path: Path, args: argparse.Namespace) -> Vault | None:
    """By the key the OS keyring holds, where the person opted in and it still fits."""
    from smtui.backends import stored_key

    key = stored_key.load(path)
    if key is None:
        return None
    from smtui.backends.opening import open_vault

    try:
        return open_vault(path, key=key, read_only=args.read_only)
    except WrongPassphraseError:
        diagnostics.note("the key in the OS keyring does not open this vault any more: smtui keyring store renews it.")
        return None


def _by_asking(path: Path, args: argparse.Namespace) -> Vault:
    for left in reversed(range(TRIES)):
        try:
            passphrase = terminal.ask(f"Passphrase for {path}: ")
        except NoTerminalError:
            raise CannotUnlockError("No passphrase was given, and there is no terminal to ask on.", hint=WAYS) from None
        try:
            return _by_passphrase(path, passphrase, args)
        except WrongPassphraseError as error:
            if not left:
                raise
            diagnostics.refused(error)
    raise AssertionError("the last try returns or raises")


def take_passphrase(args: argparse.Namespace) -> None:
    """Reads what --passphrase-fd gives, before anything else reads there: it may be standard input."""
    args.passphrase = None if args.passphrase_fd is None else line_of(args.passphrase_fd, "--passphrase-fd")


def given(args: argparse.Namespace) -> bytearray | None:
    """The passphrase given for this call without asking anybody, or None."""
    typed = os.environ.pop("SMTUI_PASSPHRASE", None)
    if args.passphrase is not None:
        found: bytearray = args.passphrase
        return found
    if path := os.environ.get("SMTUI_PASSPHRASE_FILE"):
        return _from_file(path)
    return None if typed is None else bytearray(os.fsencode(typed))


def line_of(descriptor: int, option: str) -> bytearray:
    """The next line of a file descriptor, and not a byte more: what follows belongs to others."""
    from smtui.children import withhold_descriptor

    typed = bytearray()
    withhold_descriptor(descriptor)
    try:
        while (byte := os.read(descriptor, 1)) not in (b"", b"\n"):
            typed += byte
            if len(typed) > LONGEST:
                raise UsageError(f"{option} {descriptor}: the line is longer than {LONGEST:,} bytes.")
    except OSError as error:
        raise UsageError(f"{option} {descriptor}: {error.strerror}.") from None
    return _without_line_break(typed)


def _from_file(path: str) -> bytearray:
    from smtui.children import withhold_file

    try:
        descriptor = open_for_reading(Path(path).expanduser())
        try:
            if not path.startswith(HANDED_OVER):
                _must_be_private(descriptor, path)
            held = bytearray(read_descriptor(descriptor, LONGEST))
        finally:
            os.close(descriptor)
        withhold_file(Path(path).expanduser())
    except OSError as error:
        raise CannotUnlockError(f"Cannot read $SMTUI_PASSPHRASE_FILE ({path}): {error.strerror}.") from None
    if b"\n" in held.rstrip(b"\r\n"):
        raise CannotUnlockError("$SMTUI_PASSPHRASE_FILE holds more than one line.")
    return _without_line_break(held)


def _must_be_private(descriptor: int, path: str) -> None:
    """A file that others can read or write is refused, as ssh refuses such a key. Raises CannotUnlockError."""
    found = os.fstat(descriptor)
    if os.name != "posix" or not stat.S_ISREG(found.st_mode):
        return
    if found.st_uid not in (os.geteuid(), 0):
        raise CannotUnlockError(f"$SMTUI_PASSPHRASE_FILE ({path}) belongs to another user. It was not read.",
                           hint="Use a file of your own.")
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        mode = f"{stat.S_IMODE(found.st_mode):04o}"
        raise CannotUnlockError(f"$SMTUI_PASSPHRASE_FILE ({path}) is open to others (mode {mode}). It was not read.",
                           hint=f"Make it private: chmod 600 {path}")


def _without_line_break(typed: bytearray) -> bytearray:
    return typed.removesuffix(b"\n").removesuffix(b"\r")

