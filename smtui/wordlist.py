"""Passphrases of random words, from the EFF's list of 7,776, which the package dicewarepy carries."""

from __future__ import annotations

from importlib.resources import files

from smtui.ambient import Ambient

WORDS = 6
WORDS_BITS = 77.5
"""log2(7776 ** 6)"""


def words() -> tuple[str, ...]:
    """The list, in which each line is five dice and a word."""
    lines = (files("dicewarepy") / "wordlists" / "eff_large_wordlist.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line.split()[1] for line in lines if line.strip())


def random_words(ambient: Ambient, count: int = WORDS) -> str:
    """`count` words, each uniform over the list and independent of the others, with spaces between."""
    every = words()
    return " ".join(every[ambient.randbelow(len(every))] for _ in range(count))
