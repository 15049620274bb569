"""A hundred policies by chance, judged by the search and by an independent solver; thousands in the long form.

The long form is `python -m tests.policy.cross_check --policies 3000`.
"""

from __future__ import annotations

import pytest

pytest.importorskip("cvc5")

from tests.policy.cross_check import compare

TOGETHER, RUNS = 20, 5


@pytest.mark.parametrize("first", [7 + TOGETHER * run for run in range(RUNS)])
def test_search_and_solver_agree(first: int) -> None:
    """Where one of them gives up, nothing is said; every witness is replayed as a request."""
    said = {seed: compare(seed).what for seed in range(first, first + TOGETHER)}

    assert {seed: what for seed, what in said.items() if what not in ("agree", "undecided", "time-out")} == {}
    assert list(said.values()).count("agree") > TOGETHER * 3 // 4
