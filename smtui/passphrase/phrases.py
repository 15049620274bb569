"""Estimates the guesses for a passphrase of words: famous phrases, common words, and typical changes to them.

zxcvbn treats the words of a phrase as independent, multiplies their ranks, and counts every space and the order.
Therefore it overestimates famous phrases and everyday sentences. This estimate assumes an attacker who tries famous
phrases, and combinations of common words with variations of spaces, capitals, digits and punctuation. It is an upper
limit: `smtui.passphrase.strength` uses the smaller of both estimates.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from smtui.passphrase.famous_phrases import FAMOUS_PHRASES
from smtui.passphrase.wordlist import load_words

_FUNCTION_WORDS = """
a i the to of and in is it you that he was for on are with as his they be at one have
this from or had by not but what all were we when your can said there an each which she do how their if will up other
about out many then them these so some her would make like him into time has look two more go see no way could my than
been who its now did get me us am our just want not dont im youre yes please here where why
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
"""Function words, which are easy to predict from adjacent words."""
FUNCTION_BITS = 3.0
_SMALL_SETS = """
one two three four five six seven eight nine ten monday tuesday wednesday thursday friday saturday
sunday january february march april may june july august september october november december spring summer autumn winter
red green blue black white yellow orange purple brown pink
"""
SMALL_SETS = frozenset(_SMALL_SETS.split())
"""Numbers, days, months, seasons and colours: words from sets of about twenty."""
SMALL_SET_BITS = 4.5
LETTER_BITS = math.log2(26)
LEAST_RANK = 1024
"""The minimum size of the word list that an attacker uses."""
FAMOUS_BITS = 10.0
"""log2 of the number of famous phrases that an attacker tries, about a thousand."""
SHORTEST_WORD = 3
LONGEST_WORD = 20
ENOUGH_WORDS = 5
"""The minimum number of words from the EFF list for a phrase to count as randomly generated."""
MOSTLY = 0.6
"""The minimum fraction of letters in words for a text to count as a phrase."""
LOOK_ALIKES = str.maketrans("013457@$!|", "oieastasil")
"""Digits and signs -> the letters that they can replace."""
YEAR = re.compile(r"(?:19|20)\d\d")


def estimate_phrase_bits(text: str) -> float:
    """Returns log2 of the number of guesses; infinity if the text does not consist mostly of words.

    Args:
        text: the passphrase, of at most about a hundred characters, because the time grows with its length.
    """
    return min((_estimate(text, spelling) for spelling in _list_spellings(text)), default=math.inf)


def _list_spellings(text: str) -> Iterable[str]:
    """Yields the text in lower case, unchanged and with look-alike digits and signs replaced by letters."""
    lower = text.lower()
    yield from {
        lower, lower.translate(LOOK_ALIKES),
        re.sub(r"\S*[a-z]\S*", lambda match: _replace_look_alikes(match[0]), lower),
    }  # fmt: skip


def _replace_look_alikes(word: str) -> str:
    """Replaces look-alikes up to the last letter. Later characters are a suffix, like the year in `summer2025`."""
    body = re.match(r".*[a-z]", word)
    end = body.end() if body else 0
    return word[:end].translate(LOOK_ALIKES) + word[end:]


def _estimate(text: str, spelling: str) -> float:
    changes = _estimate_capital_bits(text) + sum(
        0.5 for old, new in zip(text.lower(), spelling, strict=False) if old != new
    )
    letters = re.sub("[^a-z]", "", spelling)
    famous = _find_famous_part(letters)
    if famous:
        rest = len(letters) - len(famous)
        return FAMOUS_BITS + changes + rest * LETTER_BITS + _estimate_sign_bits(spelling)
    if _is_drawn_from_list(spelling.split()):
        return len(spelling.split()) * math.log2(len(_load_word_set())) + changes
    parts = _Words()
    for run in re.findall("[a-z]+", spelling):
        parts.add(run)
    return parts.estimate_bits() + changes + _estimate_sign_bits(spelling) if parts.is_mostly_words() else math.inf


def _find_famous_part(letters: str) -> str:
    return max(
        (phrase for phrase in _load_famous_phrases() if phrase in letters and len(phrase) > 7), key=len, default=""
    )


@cache
def _load_famous_phrases() -> frozenset[str]:
    return frozenset(re.sub("[^a-z]", "", phrase) for phrase in FAMOUS_PHRASES)


def _estimate_capital_bits(text: str) -> float:
    """Returns one bit for regular capitals (initials, whole words, camel case), otherwise one for each capital."""
    capitals = sum(character.isupper() for character in text)
    if not capitals:
        return 0.0
    regular = all(run.islower() or run.isupper() or run == run.capitalize() for run in re.findall("[A-Za-z]+", text))
    camel = re.fullmatch("(?:[A-Z]?[a-z]+[^A-Za-z]*)+", text) is not None
    return 1.0 if regular or camel else float(capitals)


def _estimate_sign_bits(text: str) -> float:
    """Returns the bits of years, other digits, signs and spaces. A repeated sign, such as a separator, counts once."""
    rest = re.sub("[a-z]", "", text)
    years = YEAR.findall(rest)
    rest = YEAR.sub("", rest)
    digits = sum(character.isdigit() for character in rest)
    signs = {character for character in rest if not character.isdigit() and character != " "}
    return 6.6 * len(years) + math.log2(10) * digits + 5 * len(signs) + (1 if " " in rest else 0)


@dataclass
class _Words:
    """The words of a text in order, and the number of letters outside of words."""

    words: list[str] = field(default_factory=list)
    others: int = 0

    def add(self, letters: str) -> None:
        for part in [letters] if _is_word(letters) else _split_words(letters):
            if _is_word(part):
                self.words.append(part)
            else:
                self.others += len(part)

    def is_mostly_words(self) -> bool:
        inside = sum(map(len, self.words))
        return len(self.words) > 1 and inside > MOSTLY * (inside + self.others)

    def estimate_bits(self) -> float:
        """Returns the bits of all words. Each content word counts log2 of the highest rank, each repetition one bit."""
        different = set(self.words)
        repeated = len(self.words) - len(different)
        if not self.others and _is_one_famous_phrase(different):
            return FAMOUS_BITS + math.log2(math.factorial(len(different))) + repeated
        content = different - FUNCTION_WORDS - SMALL_SETS
        rarest = max((_load_ranks()[word] for word in content), default=LEAST_RANK)
        return (
            len(content) * math.log2(max(rarest, LEAST_RANK))
            + len(different & FUNCTION_WORDS) * FUNCTION_BITS
            + len((different & SMALL_SETS) - FUNCTION_WORDS) * SMALL_SET_BITS
            + repeated + self.others * LETTER_BITS
        )  # fmt: skip


def _is_one_famous_phrase(different: set[str]) -> bool:
    """Returns whether at least three content words, and all others, are from the same famous phrase in any order."""
    return len(different - FUNCTION_WORDS) > 2 and any(different <= set(phrase.split()) for phrase in FAMOUS_PHRASES)


def _is_drawn_from_list(parts: list[str]) -> bool:
    """Returns whether the words can be a random passphrase from the EFF list, for which word ranks do not matter."""
    return len(set(parts)) >= ENOUGH_WORDS and set(parts) <= _load_word_set()


def _is_word(letters: str) -> bool:
    return letters in FUNCTION_WORDS or letters in SMALL_SETS or letters in _load_ranks()


def _split_words(letters: str) -> list[str]:
    """Splits letters into words with the lowest total bits. Letters outside of words become single parts."""
    best: list[tuple[float, list[str]]] = [(0.0, [])]
    for end in range(1, len(letters) + 1):
        bits, parts = best[end - 1]
        found = (bits + LETTER_BITS + 1, [*parts, letters[end - 1]])
        for begin in range(max(0, end - LONGEST_WORD), end):
            cost = _estimate_word_bits(letters[begin:end])
            if best[begin][0] + cost < found[0]:
                found = (best[begin][0] + cost, [*best[begin][1], letters[begin:end]])
        best.append(found)
    return best[-1][1]


def _estimate_word_bits(word: str) -> float:
    if word in FUNCTION_WORDS:
        return FUNCTION_BITS + 1
    if word in SMALL_SETS:
        return SMALL_SET_BITS + 1
    if len(word) < SHORTEST_WORD or word not in _load_ranks():
        return math.inf
    return math.log2(_load_ranks()[word]) + 2


@cache
def _load_word_set() -> frozenset[str]:
    return frozenset(load_words())


@cache
def _load_ranks() -> dict[str, int]:
    """Returns word -> its best rank, from 1, in zxcvbn's frequency lists. Other EFF words have rank 7776."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]

    ranks = dict.fromkeys(load_words(), len(load_words()))
    for ordered in FREQUENCY_LISTS.values():
        for rank, word in enumerate(ordered, 1):
            if word.isalpha() and len(word) >= SHORTEST_WORD and rank < ranks.get(word, 1 << 30):
                ranks[word] = rank
    return ranks
