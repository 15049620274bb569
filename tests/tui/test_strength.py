"""What a passphrase is worth, and the words that are worth enough."""

from __future__ import annotations

import math
import subprocess

import pytest

from smtui import strength, wordlist
from smtui.ambient import Ambient
from smtui.strength import ROWS, Strength, estimate


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
    found = estimate(passphrase.encode())

    assert found is not None
    assert found.row is ROWS[like]


def test_it_never_takes_long() -> None:
    """Nor does it fail for what nobody types: very long, not UTF-8, other scripts."""
    for typed in (b"x" * 100_000, b"\xff\xfe", "鍵".encode() * 40):
        assert estimate(typed) is not None


def test_nothing_is_worth_nothing() -> None:
    """And needs no estimate."""
    assert estimate(b"") is None


def test_the_passphrase_goes_by_the_pipe_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither on the command line nor in the environment of the process that estimates."""
    seen: list[str] = []

    def watched(command: list[str], **more: object) -> subprocess.CompletedProcess[bytes]:
        seen.append(repr(command) + repr(more["env"]))
        return subprocess.CompletedProcess(command, 0, b"40.0")

    monkeypatch.setenv("SMTUI_PASSPHRASE", "hunter2-SECRET")
    monkeypatch.setattr(strength.subprocess, "run", watched)

    assert estimate(b"hunter2-SECRET") == Strength(40)
    assert "hunter2" not in "".join(seen)


def test_without_an_estimate_life_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that starts no processes still makes vaults."""

    def refused(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(strength.subprocess, "run", refused)

    assert estimate(b"abc") is None


def test_the_words_are_those_of_the_table() -> None:
    """7,776 different words, so six of them are worth what the table says."""
    assert len(set(wordlist.words())) == 7776
    assert math.log2(7776**wordlist.WORDS) >= ROWS[-1].bits


def test_each_word_is_drawn_alone_and_evenly() -> None:
    """Every word by one draw below the length of the list."""
    asked: list[int] = []
    chosen = wordlist.random_words(Ambient(below=lambda end: asked.append(end) or 7775), 3)

    assert asked == [7776] * 3
    assert chosen.split() == [wordlist.words()[-1]] * 3
