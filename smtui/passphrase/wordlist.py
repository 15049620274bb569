"""Random passphrases from the EFF's long list of 7,776 words, which is part of the package dicewarepy."""

from __future__ import annotations

from importlib.resources import files

from smtui.system.ambient import Ambient

WORDS = 6
"""The default number of words."""
WORDS_BITS = 77.5
"""log2(7776 ** 6), the entropy of WORDS words."""


def load_words() -> tuple[str, ...]:
    """Returns the words of the list. Each line of the file contains five dice and a word."""
    lines = (files("dicewarepy") / "wordlists" / "eff_large_wordlist.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line.split()[1] for line in lines if line.strip())


def generate_words(ambient: Ambient, count: int = WORDS) -> str:
    """Returns `count` independent words separated by spaces, each uniformly distributed over the list."""
    every = load_words()
    return " ".join(every[ambient.randbelow(len(every))] for _ in range(count))
