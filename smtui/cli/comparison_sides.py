"""The sides of `smtui compare` and `smtui promote` as words: a context, a vault file, or a file that can be imported.

    NAME[@REGION]    a context; an AWS profile is one too
    .[@REGION]       the vault or context that the options of the command select
    PATH[@REGION]    a vault file, such as a backup, opened without writing
    PATH             a file that `smtui import` can read
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.api.arn import is_region
from smtui.api.context import Capabilities
from smtui.api.errors import ContextMissingError, VaultFormatError, VaultMissingError, WrongPassphraseError
from smtui.api.record import make_field, record
from smtui.backends import rotation_session
from smtui.cli import import_reading
from smtui.cli.chosen_context import find_context, open_account
from smtui.cli.exit_codes import CannotUnlockError, UsageError
from smtui.cli.terminal import wipe
from smtui.cli.unlocking import get_vault_path, open_context_for, open_copy, open_for
from smtui.comparison.sides import ClientSide, EntriesSide, Side
from smtui.system.context_settings import is_context_name, split_region
from smtui.system.paths import expand_home, is_folder, is_taken

if TYPE_CHECKING:
    from smtui.api.context import Context
    from smtui.api.types import Client

OWN = "."
VARIABLE = "SMTUI_PASSPHRASE"


@record
class OpenSide:
    """A side that is open. `title` opens it again; `is_copy` if it is a vault file that was opened without writing.

    `can` says what its context can do.
    """

    title: str
    side: Side
    account: str = ""
    region: str = ""
    is_copy: bool = False
    can: Capabilities = make_field(default_factory=Capabilities)

    @property
    def client(self) -> Client:
        """The client of a context. Raises UsageError for a file."""
        if not isinstance(self.side, ClientSide):
            raise UsageError(f"{self.title} is a file that can be imported, not a context.")
        return self.side.client


@contextmanager
def open_sides(
    words: tuple[str, str], args: argparse.Namespace, as_copies: tuple[bool, bool] = (True, True)
) -> Iterator[list[OpenSide]]:
    """Opens the left and the right side for the length of the block.

    Args:
        words: the sides as the user named them.
        args: the options of the command.
        as_copies: whether the left side and the right side are opened without writing if they are vault files. The
            reads of other vaults are in their audit logs.

    Raises:
        SmtuiError: a side cannot be opened.
    """
    if rotation_session.is_rotation_function():
        raise UsageError("A rotation function cannot compare contexts.")
    given = _GivenPassphrase(args)
    try:
        with ExitStack() as stack:
            yield [given.enter(stack, word, as_copy=as_copy) for word, as_copy in zip(words, as_copies, strict=True)]
    finally:
        given.wipe()


class _GivenPassphrase:
    """The passphrase that the options or the environment give, for both sides; where it is wrong, the user is asked."""

    def __init__(self, args: argparse.Namespace) -> None:
        self._args = args
        self._line = None if args.passphrase is None else bytearray(args.passphrase)
        self._variable = os.environ.get(VARIABLE)

    def enter(self, stack: ExitStack, word: str, *, as_copy: bool) -> OpenSide:
        """Opens a side until the stack is closed. Raises SmtuiError."""
        if self._line is not None:
            self._args.passphrase = bytearray(self._line)
        if self._variable is not None:
            os.environ[VARIABLE] = self._variable
        try:
            return stack.enter_context(_open_side(word, self._args, as_copy=as_copy))
        except WrongPassphraseError as error:
            if self._line is None and self._variable is None:
                raise
            self._args.passphrase = None
            try:
                return stack.enter_context(_open_side(word, self._args, as_copy=as_copy))
            except CannotUnlockError:
                raise error from None
        finally:
            os.environ.pop(VARIABLE, None)

    def wipe(self) -> None:
        if self._line is not None:
            wipe(self._line)
        self._variable = None


@contextmanager
def _open_side(word: str, args: argparse.Namespace, *, as_copy: bool) -> Iterator[OpenSide]:
    name, region = _split_region(word)
    path = expand_home(name)
    if name == OWN:
        opened = _open_selected(args, region)
    elif _is_path(name, path):
        if not _is_vault(path):
            yield _read_file(word)
            return
        opened = _open_file(path, args, region, as_copy=as_copy)
    else:
        opened = _open_named(name, args, region)
    with opened as side:
        yield side


def _split_region(word: str) -> tuple[str, str | None]:
    """NAME and REGION of NAME@REGION. A path that exists is one, whatever it ends with."""
    name, at, region = word.rpartition("@")
    if not at or is_taken(expand_home(word)) or not is_region(region):
        return word, None
    return name, region


def _is_path(name: str, path: Path) -> bool:
    """Whether a word is a path rather than the name of a context."""
    if name == "-" or not is_context_name(name):
        return True
    from smtui.backends import contexts

    try:
        contexts.find_context(name)
    except ContextMissingError:
        if is_taken(path):
            return True
        raise
    return False


def _is_vault(path: Path) -> bool:
    """Whether a file is a vault, by its first bytes. Raises VaultError if there is nothing."""
    if is_folder(path) or str(path) == "-":
        return False
    from smtui.backends.opening import examine

    try:
        examine(path)
    except VaultFormatError:
        return False
    except VaultMissingError:
        raise UsageError(f"{path} is neither a context nor a file.",
                         hint="smtui contexts lists the contexts.") from None
    return True


def _read_file(word: str) -> OpenSide:
    """The entries of a file, as `smtui import` without options makes them. Raises SmtuiError."""
    from smtui.cli.command_table import BY_NAME

    entries, _ = import_reading.read_entries(BY_NAME["import"].make_parser().parse_words([word]), [word])
    title = word if word == "-" else str(expand_home(word).absolute())
    return OpenSide(title, EntriesSide(tuple(entries)))


@contextmanager
def _open_selected(args: argparse.Namespace, region: str | None) -> Iterator[OpenSide]:
    given = argparse.Namespace(**vars(args))
    given.region = region or args.region
    chosen = find_context(given)
    with open_context_for(given) as context:
        yield _make_side(context, given.region, chosen.name if chosen else str(get_vault_path(given).absolute()))


@contextmanager
def _open_file(path: Path, args: argparse.Namespace, region: str | None, *, as_copy: bool) -> Iterator[OpenSide]:
    given = argparse.Namespace(**vars(args))
    given.context, given.vault, given.region = [], str(path), region
    with open_copy(path, given) if as_copy else open_for(given) as vault:
        yield replace(_make_side(vault, region, str(path.absolute())), is_copy=as_copy)


@contextmanager
def _open_named(name: str, args: argparse.Namespace, region: str | None) -> Iterator[OpenSide]:
    from smtui.backends import contexts

    given = argparse.Namespace(**vars(args))
    given.context, given.vault, given.region = [name], None, region
    found = contexts.find_context(split_region(name)[0])
    with open_account(found, given) if found.is_aws else open_for(given) as context:
        yield _make_side(context, region, name)


def _make_side(context: Context, region: str | None, name: str) -> OpenSide:
    region = region or context.region_name
    return OpenSide(f"{name}@{region}", ClientSide(context.client(region_name=region)), context.account_id, region,
                    can=context.can)
