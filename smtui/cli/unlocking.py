"""Unlocks the vault for a command: the sources of the passphrase, and their order.

First what was given for this command (`--passphrase-fd`, `$SMTUI_PASSPHRASE_FILE`, `$SMTUI_PASSPHRASE`), then the key
in the OS keyring if the user stored it, then a prompt with three attempts. A passphrase is one line without its line
break. A vault with a key file needs that too (`--key-file`, `$SMTUI_KEY_FILE`), except with the key in the keyring.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from smtui.api.errors import KeyFileError, WrongPassphraseError
from smtui.backends import rotation_session
from smtui.cli import chosen_context, diagnostics, rollback_warning, terminal
from smtui.cli.exit_codes import CannotUnlockError, UsageError
from smtui.cli.terminal import MAX_BYTES, NoTerminalError, wipe
from smtui.system import private_files
from smtui.system.bounded_read import open_for_reading, read_descriptor
from smtui.system.paths import expand_home
from smtui.system.private_files import NotPrivateError

if TYPE_CHECKING:
    from smtui.api.context import Context
    from smtui.backends.key_files import KeyFile
    from smtui.backends.local import Vault

T = TypeVar("T")
ATTEMPTS = 3
MAX_DELETIONS = 20
"""Permanent deletions that are reported one by one."""
INHERITED_DESCRIPTORS = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")
"""Paths of files that the shell has already opened."""
KEY_FILE_HINT = "Use --key-file PATH or $SMTUI_KEY_FILE. If it is lost: smtui recover, with the recovery code."
UNLOCK_HINT = "Use --passphrase-fd N or $SMTUI_PASSPHRASE_FILE, or run this in a terminal."


@contextmanager
def open_context_for(args: argparse.Namespace) -> Iterator[Context]:
    """The vault or AWS account that the options select, for the length of the block.

    Raises:
        SmtuiError: like `open_for`; or the account cannot be reached or signed in to.
    """
    chosen = chosen_context.find_context(args)
    if chosen is not None and chosen.is_aws:
        with chosen_context.open_account(chosen, args) as account:
            yield account
        return
    with open_for(args) as vault:
        yield vault


@contextmanager
def open_for(args: argparse.Namespace) -> Iterator[Vault]:
    """The unlocked vault that the options select, for the length of the block.

    Within a rotation function it is the part of the vault that the function may use.

    Raises:
        NotAvailableError: the options select an AWS account.
        SmtuiError: if the vault cannot be opened, or is older than this machine last saw.
    """
    if rotation_session.is_rotation_function():
        with rotation_session.RotationSession() as vault:
            yield cast("Vault", vault)
        return
    path = get_vault_path(args)
    check_file(path)
    with report_and_close(_unlock(path, args), args) as vault:
        yield vault


@contextmanager
def open_copy(path: Path, args: argparse.Namespace) -> Iterator[Vault]:
    """A vault file such as a backup, opened without writing. It may be older than this machine last saw of the vault.

    Raises:
        SmtuiError: if it cannot be opened.
    """
    args.read_only = True
    check_file(path)
    with _unlock(path, args) as vault:
        yield vault


def open_to_keep(args: argparse.Namespace) -> Vault:
    """The unlocked vault that the options select, for a server that closes it. Raises SmtuiError."""
    if rotation_session.is_rotation_function():
        raise UsageError("A rotation function cannot start an agent or an endpoint.")
    path = get_vault_path(args)
    check_file(path)
    vault = _unlock(path, args)
    try:
        _report_notices(vault, args)
    except BaseException:
        vault.close()
        raise
    return vault


@contextmanager
def report_and_close(vault: Vault, args: argparse.Namespace) -> Iterator[Vault]:
    """Reports the notices of an open vault, and closes it at the end of the block. Raises OlderFileError."""
    with vault:
        _report_notices(vault, args)
        try:
            yield vault
        finally:
            _report_deletions(vault)
            if reminder := vault.maintenance.take_check_reminder():
                diagnostics.note(reminder)


def _report_notices(vault: Vault, args: argparse.Namespace) -> None:
    """Reports the notices of an open vault. Raises OlderFileError."""
    for notice in vault.notices:
        diagnostics.warn(notice)
    rollback_warning.require_confirmation(vault, is_accepted=args.accept_older)


def _report_deletions(vault: Vault) -> None:
    """Reports what was permanently deleted during this command because its recovery window ended."""
    deletions = vault.maintenance.take_deletion_notices()
    for sentence in deletions[:MAX_DELETIONS]:
        diagnostics.note(sentence)
    if len(deletions) > MAX_DELETIONS:
        diagnostics.note(f"and {len(deletions) - MAX_DELETIONS:,} more; smtui audit lists them.")


def get_vault_path(args: argparse.Namespace) -> Path:
    """The path of the vault that the options select. Raises UsageError, SettingsError, ContextError."""
    from smtui.system import settings

    context = chosen_context.find_context(args)
    chosen_context.require_file(context)
    args.read_only = chosen_context.is_read_only(args, context)
    if context is not None:
        return settings.get_vault_path(context.vault)
    if args.vault == "":
        raise UsageError("--vault names no file: give a path.")
    if args.vault:
        return settings.get_vault_path(args.vault)
    return settings.get_vault_path(None, settings.load_settings())


def get_default_path() -> str:
    """The path of the vault that a command without --vault opens. Raises SettingsError."""
    from smtui.system import settings

    return str(settings.get_vault_path(None, settings.load_settings()))


def check_file(path: Path, *, recovery_code: str | None = None) -> None:
    """Checks before any prompt that the file can be opened at all; with an empty code, that it can be recovered.

    Raises:
        VaultError: what is wrong with the file.
    """
    from smtui.backends.opening import open_vault

    with suppress(WrongPassphraseError):  # expected if nothing else is wrong
        open_vault(path, recovery_code=recovery_code).close()


def _unlock(path: Path, args: argparse.Namespace) -> Vault:
    passphrase = read_given_passphrase(args)
    opened = open_with_keyring(path, args) if passphrase is None else None
    if opened is not None:
        return opened
    with read_key_file(path, args) as key_file:
        if passphrase is not None:
            return _open_with(path, passphrase, key_file, args)
        return repeat_prompt(lambda: _open_with(path, ask_for_passphrase(path), key_file, args))


def _open_with(path: Path, passphrase: bytearray, key_file: KeyFile | None, args: argparse.Namespace) -> Vault:
    """Opens the vault with a passphrase, which is wiped, and its key file, if it has one."""
    from smtui.backends.opening import open_vault

    if not passphrase:
        raise CannotUnlockError("The passphrase is empty.")
    try:
        return open_vault(path, passphrase, key_file=key_file, read_only=args.read_only)
    finally:
        wipe(passphrase)


def open_with_keyring(path: Path, args: argparse.Namespace) -> Vault | None:
    """Opens the vault with the key in the OS keyring, if one is stored and still valid."""
    from smtui.backends import stored_key

    key = stored_key.load(path)
    if key is None:
        return None
    from smtui.backends.opening import open_vault

    try:
        return open_vault(path, key=key, read_only=args.read_only)
    except WrongPassphraseError:
        diagnostics.note("the key in the OS keyring no longer opens this vault; smtui keyring store replaces it.")
        return None


def ask_for_passphrase(path: Path) -> bytearray:
    try:
        return terminal.ask(f"Passphrase for {path}: ")
    except NoTerminalError:
        raise CannotUnlockError("No passphrase was given, and there is no terminal to prompt on.",
                                hint=UNLOCK_HINT) from None


def repeat_prompt(prompt_and_open: Callable[[], T]) -> T:
    """Returns what `prompt_and_open` opens; calls it again, at most `ATTEMPTS` times, when it is refused.

    Raises:
        WrongPassphraseError: the last attempt was refused too.
    """
    for left in reversed(range(ATTEMPTS)):
        try:
            return prompt_and_open()
        except WrongPassphraseError as error:
            if not left:
                raise
            diagnostics.report(error)
    raise AssertionError("the last attempt returns or raises")


def take_passphrase(args: argparse.Namespace) -> None:
    """Reads the line of --passphrase-fd before anything else reads that descriptor: it may be standard input."""
    args.passphrase = None if args.passphrase_fd is None else read_line(args.passphrase_fd, "--passphrase-fd")


def read_given_passphrase(args: argparse.Namespace) -> bytearray | None:
    """The passphrase given without a prompt, or None. Raises CannotUnlockError."""
    typed = os.environ.pop("SMTUI_PASSPHRASE", None)
    if args.passphrase is not None:
        found: bytearray = args.passphrase
        return found
    if path := os.environ.get("SMTUI_PASSPHRASE_FILE"):
        return _read_passphrase_file(path)
    return None if typed is None else bytearray(os.fsencode(typed))


def read_line(descriptor: int, option: str) -> bytearray:
    """The next line of a file descriptor, and no byte after it. Raises UsageError, which names `option`."""
    from smtui.system.inheritance import withhold_descriptor

    typed = bytearray()
    withhold_descriptor(descriptor)
    try:
        while (byte := os.read(descriptor, 1)) not in (b"", b"\n"):
            typed += byte
            if len(typed) > MAX_BYTES:
                raise UsageError(f"{option} {descriptor}: the line is longer than {MAX_BYTES:,} bytes.")
    except OSError as error:
        raise UsageError(f"{option} {descriptor}: {error.strerror}.") from None
    return _remove_line_break(typed)


@contextmanager
def read_key_file(path: Path, args: argparse.Namespace) -> Iterator[KeyFile | None]:
    """The key file of the vault at `path` for the length of the block, before any prompt; None if it has none.

    Raises:
        CannotUnlockError: the vault has one and none is given, it cannot be read, or the vault has none.
    """
    from smtui.backends import key_files

    if not key_files.needs_key_file(path):
        if args.vault_key_file is not None:
            raise CannotUnlockError(f"{path} has no key file.", hint="Omit --key-file. smtui passwd can add one.")
        yield None
        return
    given = find_key_file(args)
    if given is None:
        raise CannotUnlockError(f"{path} needs its key file in addition to the passphrase.", hint=KEY_FILE_HINT)
    loaded = load_key_file(given, path)
    try:
        yield loaded
    finally:
        loaded.wipe()


def find_key_file(args: argparse.Namespace) -> str | None:
    """The path of the key file that the options or $SMTUI_KEY_FILE name. Raises UsageError for an empty option."""
    given: str | None = args.vault_key_file
    if given == "":
        raise UsageError("--key-file names no file: give a path.")
    return given or os.environ.get("SMTUI_KEY_FILE") or None


def load_key_file(given: str, path: Path) -> KeyFile:
    """Reads the key file of the vault at `path`, withheld from child processes. The caller wipes it.

    Raises CannotUnlockError.
    """
    from smtui.backends import key_files
    from smtui.system.inheritance import withhold_file

    try:
        loaded = key_files.read_key_file(given, path)
    except KeyFileError as error:
        raise CannotUnlockError(str(error), hint=error.hint) from None
    withhold_file(expand_home(given))
    return loaded


def _read_passphrase_file(path: str) -> bytearray:
    from smtui.system.inheritance import withhold_file

    try:
        descriptor = open_for_reading(expand_home(path))
        try:
            if not path.startswith(INHERITED_DESCRIPTORS):
                private_files.require_private(descriptor, path)
            held = bytearray(read_descriptor(descriptor, MAX_BYTES))
        finally:
            os.close(descriptor)
        withhold_file(expand_home(path))
    except NotPrivateError as error:
        raise CannotUnlockError(f"$SMTUI_PASSPHRASE_FILE ({path}) {error.reason}. It was not read.",
                                hint=error.hint) from None
    except OSError as error:
        raise CannotUnlockError(f"Cannot read $SMTUI_PASSPHRASE_FILE ({path}): {error.strerror}.") from None
    if b"\n" in held.rstrip(b"\r\n"):
        raise CannotUnlockError("$SMTUI_PASSPHRASE_FILE has more than one line.")
    return _remove_line_break(held)


def _remove_line_break(typed: bytearray) -> bytearray:
    return typed.removesuffix(b"\n").removesuffix(b"\r")

