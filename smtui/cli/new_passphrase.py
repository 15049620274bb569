"""How a new passphrase is chosen: given by a file descriptor, typed twice, or made of six random words."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from smtui.cli import diagnostics, terminal, unlocking
from smtui.cli.exit_codes import CannotUnlockError, UsageError
from smtui.cli.terminal import NoTerminalError, wipe

EMPTY = "A passphrase cannot be empty."
ADVICE = "--words makes one of six random words."
WAYS = "Run this in a terminal, or give the passphrase by a file descriptor."


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--words", action="store_true", help="make a passphrase of six random words, and show it")


def declare_descriptor(parser: argparse.ArgumentParser) -> None:
    """For commands in which --passphrase-fd is the way to the old one."""
    parser.add_argument("--new-passphrase-fd", metavar="N", type=int, help="read the new one from file descriptor N")


def _given(args: argparse.Namespace) -> bytearray | None:
    if args.new_passphrase_fd is None:
        return None
    return unlocking.line_of(args.new_passphrase_fd, "--new-passphrase-fd")


@contextmanager
def chosen(
    args: argparse.Namespace, given: Callable[[argparse.Namespace], bytearray | None] = _given
) -> Iterator[bytearray]:
    """The new passphrase, wiped afterwards. A weak one is taken, and answered with how long it would hold."""
    passphrase = _words() if args.words else given(args)
    if passphrase is None:
        passphrase = _typed_twice()
    if not passphrase:
        raise UsageError(EMPTY, hint=ADVICE)
    try:
        if not args.words:
            _warn_if_weak(passphrase)
        yield passphrase
    finally:
        wipe(passphrase)


def _warn_if_weak(passphrase: bytearray) -> None:
    from smtui.strength import estimate

    strength = estimate(passphrase)
    if strength is not None and strength.weak:
        diagnostics.warn(f"this passphrase is weak. {strength.sentence}", ADVICE)


def _typed_twice() -> bytearray:
    try:
        first = terminal.ask("New passphrase: ")
    except NoTerminalError:
        raise CannotUnlockError("There is no terminal to ask for a new passphrase.", hint=WAYS) from None
    if not first:
        raise UsageError(EMPTY, hint=ADVICE)
    again = terminal.ask("The same once more: ")
    same = first == again
    wipe(again)
    if not same:
        wipe(first)
        raise UsageError("The two passphrases differ; nothing was changed.")
    return first


def _words() -> bytearray:
    """Six words, shown on the terminal and nowhere else."""
    from smtui.ambient import Ambient
    from smtui.wordlist import random_words

    words = random_words(Ambient())
    if not terminal.tell(f"\nPassphrase:\n\n    {words}\n"):
        raise CannotUnlockError("There is no terminal to show the words on.", hint=WAYS)
    return bytearray(words.encode())
