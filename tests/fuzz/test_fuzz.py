"""Every target, with inputs made of what it understands: a short look each time, the same one each time.

The long form is `python -m tests.fuzz TARGET SECONDS`, guided by coverage where atheris is installed.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.harming import make_harmed
from tests.fuzz.targets import TARGETS, Fuzzed, target


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_understood(name: str) -> None:
    """The seeds themselves; where they are not what a target understands, the rest would be looking elsewhere."""
    for seed in TARGETS[name].seeds:
        TARGETS[name].run(seed)


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_comes(name: str) -> None:
    """Seeds cut, repeated, spliced and with other bytes in them, and plain noise."""
    fuzzed = TARGETS[name]

    @settings(max_examples=120, derandomize=True)
    @given(st.one_of(st.binary(max_size=200), make_harmed(fuzzed.seeds)))
    def look(data: bytes) -> None:
        fuzzed.run(data)

    look()


def test_a_fault_is_found() -> None:
    """The look is sharp enough to find an exception that nobody declared."""

    def broken(data: bytes) -> None:
        if b")(" in data:
            raise KeyError

    fuzzed = Fuzzed(broken, (b"rate(4 hours)",))

    @settings(max_examples=5000, derandomize=True, database=None)
    @given(make_harmed(fuzzed.seeds))
    def look(data: bytes) -> None:
        fuzzed.run(data)

    with pytest.raises(KeyError):
        look()
    assert callable(target)
