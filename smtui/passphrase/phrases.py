"""What it takes to guess a phrase: known lines, common words, and the small changes that people make to them.

The estimator zxcvbn takes the words of a phrase for independent of each other and multiplies their ranks by their
order and by every space, so that famous lines and everyday sentences look strong. Here an attacker is assumed who
knows the famous ones, draws from a list of the commonest words, and tries spaces, capitals, digits and signs. The
result is an upper limit: the smaller of this and zxcvbn's estimate counts.
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
"""Words that follow from their neighbours."""
FUNCTION_BITS = 3.0
_SMALL_SETS = """
one two three four five six seven eight nine ten monday tuesday wednesday thursday friday saturday
sunday january february march april may june july august september october november december spring summer autumn winter
red green blue black white yellow orange purple brown pink
"""
SMALL_SETS = frozenset(_SMALL_SETS.split())
"""Numbers, days, months, seasons, colours: one of some twenty."""
SMALL_SET_BITS = 4.5
LETTER_BITS = math.log2(26)
LEAST_RANK = 1024
"""No list that is worth trying has fewer words."""
FAMOUS_BITS = 10.0
"""Nobody tries fewer famous phrases than a thousand."""
SHORTEST_WORD = 3
LONGEST_WORD = 20
ENOUGH_WORDS = 5
"""So many words of the list that we draw from are taken for drawn at random."""
MOSTLY = 0.6
LOOK_ALIKES = str.maketrans("013457@$!|", "oieastasil")
YEAR = re.compile(r"(?:19|20)\d\d")


def estimate_phrase_bits(text: str) -> float:
    """log2 of the guesses it takes who expects a phrase; infinite for what does not consist of words mostly.

    Args:
        text: as it was typed, at most some hundred characters.
    """
    return min((_estimate(text, spelling) for spelling in _list_spellings(text)), default=math.inf)


def _list_spellings(text: str) -> Iterable[str]:
    """The text in lower case, as it is and with digits and signs within words taken for the letters they stand for."""
    lower = text.lower()
    yield from {
        lower, lower.translate(LOOK_ALIKES),
        re.sub(r"\S*[a-z]\S*", lambda match: _replace_look_alikes(match[0]), lower),
    }  # fmt: skip


def _replace_look_alikes(word: str) -> str:
    """Only between and before letters: what stands at the end was added, as the year in `summer2025`."""
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
    """One bit where words begin with a capital, or all is in capitals; else one for each capital."""
    capitals = sum(character.isupper() for character in text)
    if not capitals:
        return 0.0
    regular = all(run.islower() or run.isupper() or run == run.capitalize() for run in re.findall("[A-Za-z]+", text))
    camel = re.fullmatch("(?:[A-Z]?[a-z]+[^A-Za-z]*)+", text) is not None
    return 1.0 if regular or camel else float(capitals)


def _estimate_sign_bits(text: str) -> float:
    """Digits, years, and signs; a sign that comes again, as between words, adds nothing."""
    rest = re.sub("[a-z]", "", text)
    years = YEAR.findall(rest)
    rest = YEAR.sub("", rest)
    digits = sum(character.isdigit() for character in rest)
    signs = {character for character in rest if not character.isdigit() and character != " "}
    return 6.6 * len(years) + math.log2(10) * digits + 5 * len(signs) + (1 if " " in rest else 0)


@dataclass
class _Words:
    """The words that were found, in order, and the number of letters that belong to none."""

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
        """Each content word is one of the list that reaches to the rarest of them; a word that comes again is known."""
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
    """Whether these are the words of such a phrase in another order, three of them at least."""
    return len(different - FUNCTION_WORDS) > 2 and any(different <= set(phrase.split()) for phrase in FAMOUS_PHRASES)


def _is_drawn_from_list(parts: list[str]) -> bool:
    """Whether these may well be random words of our list: then it does not count that some are common."""
    return len(set(parts)) >= ENOUGH_WORDS and set(parts) <= _load_word_set()


def _is_word(letters: str) -> bool:
    return letters in FUNCTION_WORDS or letters in SMALL_SETS or letters in _load_ranks()


def _split_words(letters: str) -> list[str]:
    """The letters cut into words so that it takes least to guess them; what is no word stays letter by letter."""
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
    """Each common word with its place in the list where it is commonest, from 1; words of our list are in one too."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]

    ranks = dict.fromkeys(load_words(), len(load_words()))
    for ordered in FREQUENCY_LISTS.values():
        for rank, word in enumerate(ordered, 1):
            if word.isalpha() and len(word) >= SHORTEST_WORD and rank < ranks.get(word, 1 << 30):
                ranks[word] = rank
    return ranks
