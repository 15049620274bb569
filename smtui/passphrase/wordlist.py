"""Random passphrases from the EFF's long list of 7,776 words.

The list lies beside this module, unchanged: five dice and a word on each line.
Source: Joseph Bonneau, "EFF's New Wordlists for Random Passphrases", Electronic Frontier Foundation, 19 July 2016,
https://www.eff.org/deeplinks/2016/07/new-wordlists-random-passphrases and https://www.eff.org/dice
License: Creative Commons Attribution 3.0 United States, https://creativecommons.org/licenses/by/3.0/us/
"""

from __future__ import annotations

from pathlib import Path

from smtui.system.ambient import Ambient

WORDS = 6
"""The default number of words."""
WORDS_BITS = 77.5
"""log2(7776 ** 6), the entropy of WORDS words."""


def load_words() -> tuple[str, ...]:
    """Returns the words of the list, in its order."""
    lines = Path(__file__).with_name("eff_large_wordlist.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line.split()[1] for line in lines)


def generate_words(ambient: Ambient, count: int = WORDS) -> str:
    """Returns `count` independent words separated by spaces, each uniformly distributed over the list."""
    every = load_words()
    return " ".join(every[ambient.randbelow(len(every))] for _ in range(count))
