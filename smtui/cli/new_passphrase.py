"""Obtains a new passphrase: from a file descriptor, typed twice, or generated as six random words."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from smtui.cli import diagnostics, terminal, unlocking
from smtui.cli.exit_codes import CannotUnlockError, UsageError
from smtui.cli.terminal import NoTerminalError, wipe

EMPTY = "A passphrase cannot be empty."
WORDS_HINT = "--words generates a passphrase of six random words."
TERMINAL_HINT = "Run this in a terminal, or pass the passphrase through a file descriptor."


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--words", action="store_true", help="generate a passphrase of six random words, and show it")


def declare_descriptor(parser: argparse.ArgumentParser) -> None:
    """Adds --new-passphrase-fd, for commands whose --passphrase-fd is for the old passphrase."""
    parser.add_argument("--new-passphrase-fd", metavar="N", type=int,
                        help="read the new passphrase from file descriptor N")


def _read_descriptor(args: argparse.Namespace) -> bytearray | None:
    if args.new_passphrase_fd is None:
        return None
    return unlocking.read_line(args.new_passphrase_fd, "--new-passphrase-fd")


@contextmanager
def read_new_passphrase(
    args: argparse.Namespace, read_given: Callable[[argparse.Namespace], bytearray | None] = _read_descriptor
) -> Iterator[bytearray]:
    """The new passphrase for the length of the block; it is wiped afterwards. A weak one causes a warning.

    `read_given` reads the one given without a prompt, if any. Raises UsageError, CannotUnlockError.
    """
    passphrase = _generate_words() if args.words else read_given(args)
    if passphrase is None:
        passphrase = _ask_twice()
    if not passphrase:
        raise UsageError(EMPTY, hint=WORDS_HINT)
    try:
        if not args.words:
            _warn_if_weak(passphrase)
        yield passphrase
    finally:
        wipe(passphrase)


def _warn_if_weak(passphrase: bytearray) -> None:
    from smtui.passphrase.strength import estimate_strength

    strength = estimate_strength(passphrase)
    if strength is not None and strength.is_weak:
        diagnostics.warn(f"this passphrase is weak. {strength.sentence}", WORDS_HINT)


def _ask_twice() -> bytearray:
    try:
        first = terminal.ask("New passphrase: ")
    except NoTerminalError:
        raise CannotUnlockError("There is no terminal to ask for a new passphrase.", hint=TERMINAL_HINT) from None
    if not first:
        raise UsageError(EMPTY, hint=WORDS_HINT)
    again = terminal.ask("Repeat passphrase: ")
    same = first == again
    wipe(again)
    if not same:
        wipe(first)
        raise UsageError("The passphrases do not match. Nothing was changed.")
    return first


def _generate_words() -> bytearray:
    """Generates six words and shows them on the terminal, nowhere else."""
    from smtui.passphrase.wordlist import generate_words
    from smtui.system.ambient import Ambient

    words = generate_words(Ambient())
    if not terminal.write(f"\nPassphrase:\n\n    {words}\n"):
        raise CannotUnlockError("There is no terminal to show the words on.", hint=TERMINAL_HINT)
    return bytearray(words.encode())
