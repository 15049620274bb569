"""What a passphrase is worth, and the words that are worth enough."""

from __future__ import annotations

import hashlib
import math
import subprocess
from collections.abc import Iterator

import pytest

from smtui.passphrase import strength, wordlist
from smtui.passphrase.phrases import estimate_phrase_bits
from smtui.passphrase.strength import LEVELS, Estimator, Strength, estimate_strength
from smtui.system.ambient import Ambient


@pytest.fixture(scope="module")
def estimator() -> Iterator[Estimator]:
    """Yields an estimator that many tests share, with its process."""
    estimator = Estimator()
    yield estimator
    estimator.close()


@pytest.mark.parametrize(
    ("passphrase", "like"),
    [
        ("password", 0),
        ("Summer2025!", 0),
        ("tableware unsubtle sauna getaway", 3),
        ("tableware unsubtle sauna getaway armory hush", 4),
    ],
)
def test_the_row_of_a_passphrase(passphrase: str, like: int) -> None:
    """What is on lists is worth next to nothing, whatever its letters; words of our list count as such."""
    found = estimate_strength(passphrase.encode())

    assert found is not None
    assert found.level is LEVELS[like]


@pytest.mark.parametrize("passphrase", [
    "correct horse battery staple", "correcthorsebatterystaple", "CorrectHorseBatteryStaple1!",
    "Correct-Horse-Battery-Staple-2024", "c0rrect h0rse b4ttery st4ple", "C0rr3ctH0rs3B4tt3rySt4pl3",
    "staple battery horse correct", "to be or not to be that is the question",
    "To be, or not to be: that is the question!", "the quick brown fox jumps over the lazy dog",
    "qwertyuiop asdfghjkl zxcvbnm", "1q2w3e4r5t6y7u8i9o0p", "password password password password",
    "iloveyouiloveyouiloveyou", "january february march april may",
])  # fmt: skip
def test_what_everybody_tries_first(passphrase: str, estimator: Estimator) -> None:
    """Famous phrases however they are written, rows of keys, repetitions: as good as none."""
    assert Strength(estimator.estimate_bits(passphrase)).level is LEVELS[0]


@pytest.mark.parametrize("passphrase", [
    "dog cat house tree", "dragon monkey football letmein", "apple banana orange table chair",
    "i want to go to the store today please", "we love our company 2024",
])  # fmt: skip
def test_a_few_common_words_are_weak(passphrase: str, estimator: Estimator) -> None:
    assert Strength(estimator.estimate_bits(passphrase)).is_weak


def test_six_random_words_stay_strong(estimator: Estimator) -> None:
    """Whichever they are: on average nobody guesses them sooner, though some are common."""
    assert all(estimator.estimate_bits(wordlist.generate_words(Ambient())) >= LEVELS[-1].bits for _ in range(100))


@pytest.mark.parametrize("text", ["123456\n", "5541058\n", "12345678\n", "19901231\nabc", "1\n2\n3\r\n", "\n\n", "\0"])
def test_a_line_break_in_a_text_ends_no_estimate(text: str, estimator: Estimator) -> None:
    """Neither its own, which is that of a weak text, nor those that follow."""
    assert estimator.estimate_bits(text) < 38
    assert estimator.estimate_bits("letmein") < 38


def test_an_estimator_begins_again_after_its_process_ended() -> None:
    estimator = Estimator()
    try:
        assert estimator.estimate_bits("letmein") < 38
        process = estimator._process
        assert process is not None
        process.kill()
        process.wait()
        estimator.estimate_bits("lost")
        assert estimator.estimate_bits("letmein") < 38
    finally:
        estimator.close()


def test_random_characters_are_no_phrase() -> None:
    assert estimate_phrase_bits("kT7#mvQ2 )xR9$wL4;bN8^hJ5") == math.inf


def test_it_never_takes_long() -> None:
    """Nor does it fail for what nobody types: very long, not UTF-8, other scripts."""
    for typed in (b"x" * 100_000, b"\xff\xfe", "鍵".encode() * 40):
        assert estimate_strength(typed) is not None


def test_nothing_is_worth_nothing() -> None:
    """And needs no estimate."""
    assert estimate_strength(b"") is None


def test_the_passphrase_goes_by_the_pipe_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither on the command line nor in the environment of the process that estimates."""
    seen: list[str] = []

    def watched(command: list[str], **more: object) -> subprocess.CompletedProcess[bytes]:
        seen.append(repr(command) + repr(more["env"]))
        return subprocess.CompletedProcess(command, 0, b"40.0")

    monkeypatch.setenv("SMTUI_PASSPHRASE", "hunter2-SECRET")
    monkeypatch.setattr(strength.subprocess, "run", watched)

    assert estimate_strength(b"hunter2-SECRET") == Strength(40)
    assert "hunter2" not in "".join(seen)


def test_without_an_estimate_life_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that starts no processes still makes vaults."""

    def refused(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(strength.subprocess, "run", refused)

    assert estimate_strength(b"abc") is None


def test_the_words_are_those_of_the_table() -> None:
    """7,776 different words, so six of them are worth what the table says."""
    assert len(set(wordlist.load_words())) == 7776
    assert math.log2(7776**wordlist.WORDS) >= LEVELS[-1].bits


def test_each_word_is_drawn_alone_and_evenly() -> None:
    """Every word by one draw below the length of the list."""
    asked: list[int] = []
    chosen = wordlist.generate_words(Ambient(randbelow=lambda end: asked.append(end) or 7775), 3)

    assert asked == [7776] * 3
    assert chosen.split() == [wordlist.load_words()[-1]] * 3


def test_the_list_is_that_of_the_eff() -> None:
    """The file is unchanged, and the example of https://www.eff.org/dice comes out."""
    from pathlib import Path

    content = Path(wordlist.__file__).with_name("eff_large_wordlist.txt").read_bytes()
    assert hashlib.sha256(content).hexdigest() == "addd35536511597a02fa0a9ff1e5284677b8883b83e986e43f15a3db996b903e"
    at = sum((int(digit) - 1) * 6**place for place, digit in enumerate(reversed("43463")))
    assert wordlist.load_words()[at] == "panoramic"
