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
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.api.arn import is_region
from smtui.api.errors import ContextMissingError, VaultFormatError, VaultMissingError, WrongPassphraseError
from smtui.api.record import record
from smtui.backends import rotation_session
from smtui.cli import import_reading
from smtui.cli.chosen_context import open_account
from smtui.cli.exit_codes import CannotUnlockError, UsageError
from smtui.cli.terminal import wipe
from smtui.cli.unlocking import open_context_for, open_copy, open_for
from smtui.comparison.sides import ClientSide, EntriesSide, Side
from smtui.system.context_settings import is_context_name, split_region
from smtui.system.paths import expand_home, is_folder, is_taken

if TYPE_CHECKING:
    from smtui.api.context import Context

OWN = "."
VARIABLE = "SMTUI_PASSPHRASE"


@record
class OpenSide:
    """A side that is open. `place` names it in a plan: the account and the Region, or the file."""

    title: str
    side: Side
    account: str = ""
    region: str = ""
    context: Context | None = None


@contextmanager
def open_sides(
    words: tuple[str, str], args: argparse.Namespace, *, writes_right: bool = False
) -> Iterator[list[OpenSide]]:
    """Opens the left and the right side for the length of the block.

    Args:
        words: the sides as the user named them.
        args: the options of the command.
        writes_right: whether the right side is to be changed. A vault file is otherwise opened without writing.

    Raises:
        SmtuiError: a side cannot be opened.
    """
    if rotation_session.is_rotation_function():
        raise UsageError("A rotation function cannot compare contexts.")
    given = _GivenPassphrase(args)
    try:
        with ExitStack() as stack:
            yield [given.enter(stack, word, is_written=is_written)
                   for word, is_written in zip(words, (False, writes_right), strict=True)]
    finally:
        given.wipe()


class _GivenPassphrase:
    """The passphrase that the options or the environment give, for both sides; where it is wrong, the user is asked."""

    def __init__(self, args: argparse.Namespace) -> None:
        self._args = args
        self._line = None if args.passphrase is None else bytearray(args.passphrase)
        self._variable = os.environ.get(VARIABLE)

    def enter(self, stack: ExitStack, word: str, *, is_written: bool) -> OpenSide:
        """Opens a side until the stack is closed. Raises SmtuiError."""
        if self._line is not None:
            self._args.passphrase = bytearray(self._line)
        if self._variable is not None:
            os.environ[VARIABLE] = self._variable
        try:
            return stack.enter_context(_open_side(word, self._args, is_written=is_written))
        except WrongPassphraseError as error:
            if self._line is None and self._variable is None:
                raise
            self._args.passphrase = None
            try:
                return stack.enter_context(_open_side(word, self._args, is_written=is_written))
            except CannotUnlockError:
                raise error from None
        finally:
            os.environ.pop(VARIABLE, None)

    def wipe(self) -> None:
        if self._line is not None:
            wipe(self._line)
        self._variable = None


@contextmanager
def _open_side(word: str, args: argparse.Namespace, *, is_written: bool) -> Iterator[OpenSide]:
    name, region = _split_region(word)
    path = expand_home(name)
    if name == OWN:
        opened = _open_selected(args, region)
    elif _is_path(name, path):
        if not _is_vault(path):
            yield _read_file(word)
            return
        opened = _open_file(path, args, region, is_written=is_written)
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
    from smtui.backends.contexts import find_context

    try:
        find_context(name)
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
    return OpenSide(word, EntriesSide(tuple(entries)))


@contextmanager
def _open_selected(args: argparse.Namespace, region: str | None) -> Iterator[OpenSide]:
    given = argparse.Namespace(**vars(args))
    given.region = region or args.region
    with open_context_for(given) as context:
        yield _make_side(context, given.region)


@contextmanager
def _open_file(path: Path, args: argparse.Namespace, region: str | None, *, is_written: bool) -> Iterator[OpenSide]:
    given = argparse.Namespace(**vars(args))
    given.context, given.vault, given.region = [], str(path), region
    with open_for(given) if is_written else open_copy(path, given) as vault:
        yield _make_side(vault, region)


@contextmanager
def _open_named(name: str, args: argparse.Namespace, region: str | None) -> Iterator[OpenSide]:
    from smtui.backends.contexts import find_context

    given = argparse.Namespace(**vars(args))
    given.context, given.vault, given.region = [name], None, region
    found = find_context(split_region(name)[0])
    with open_account(found, given) if found.is_aws else open_for(given) as context:
        yield _make_side(context, region)


def _make_side(context: Context, region: str | None) -> OpenSide:
    region = region or context.region_name
    return OpenSide(f"{context.title}@{region}", ClientSide(context.client(region_name=region)), context.account_id,
                    region, context)
