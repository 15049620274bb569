"""Tests of `kill -9` at random times and before every step: acknowledged acts remain, and no act is half done.

The long form kills at least 500 times and prints its results (see them with `-s`).
"""

from __future__ import annotations

import random
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tests.durability.conftest import Prepared
from tests.durability.disk import Death, Disk
from tests.durability.work import KINDS, Work
from tests.durability.worker import cheaply, started, works
from tests.waiting import LIMIT

ROUNDS = 500
LONGEST = 0.12
"""The longest time in seconds from a process's readiness to its kill."""


@dataclass
class Tally:
    """The results of the kills."""

    rounds: int = 0
    acknowledged: int = 0
    wrong: list[str] = field(default_factory=list)

    def kill_one(self, work: Work, chance: random.Random, task: Callable[..., None] = works) -> None:
        """Starts a process, kills it after a random time, and checks the files that remain."""
        with started(task, work.name, work.folder) as worker:
            assert worker.hear(LIMIT)
            worker.listen(chance.random() * LONGEST)
            done = worker.kill()
        self.rounds += 1
        self.acknowledged += done
        try:
            work.judge(done)
        except Exception as error:
            self.wrong.append(f"{work.name}, {done} acknowledged: {type(error).__name__}: {error}")
        work.clear()


@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_some_moment(prepared: Prepared, kind: str) -> None:
    tally = Tally()
    for number in range(2):
        tally.kill_one(prepared(kind), random.Random(f"{kind} {number}"))

    assert tally.wrong == []


@pytest.mark.long
def test_killed_hundreds_of_times(prepared: Prepared, tmp_path: Path) -> None:
    tally, chance = Tally(), random.Random()
    while tally.rounds < ROUNDS:
        for kind in KINDS:
            tally.kill_one(prepared(kind, tmp_path), chance)
    print(f"\n{tally.rounds} kills, {tally.acknowledged:,} acknowledged acts, {len(tally.wrong)} wrong")

    assert tally.wrong == []


def dies(line: Connection, kind: str, folder: Path, at: int) -> None:
    """Does two acts in a process that kills itself before step `at`."""
    cheaply()
    work = KINDS[kind](folder)
    with Disk(folder, Death(), at).watching():
        work.begin()
        for number in (1, 2):
            work.act(number)
            line.send(number)
        work.end()


def dead_at(work: Work, at: int) -> bool:
    """Returns whether the process reached step `at`, and checks the files that remain."""
    with started(dies, work.name, work.folder, at) as worker:
        worker.listen(LIMIT)
        worker.process.join()
        code, done = worker.process.exitcode, worker.kill()
    assert code in (0, -signal.SIGKILL)
    work.judge(done)
    work.clear()
    return code != 0


def every(prepared: Prepared, kind: str, stride: int) -> int:
    """Kills at every `stride`th step, and returns the number of kills."""
    kills = 0
    while dead_at(prepared(kind), 1 + kills * stride):
        kills += 1
    return kills


@pytest.mark.parametrize(("kind", "stride"), [("put", 5), ("label", 5), ("passphrase", 40), ("create", 20)])
def test_killed_at_a_step(prepared: Prepared, kind: str, stride: int) -> None:
    assert every(prepared, kind, stride) > 5


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_every_step(prepared: Prepared, kind: str) -> None:
    print(f"\n{kind}: killed at each of {every(prepared, kind, 1)} steps")


def boasts(line: Connection, kind: str, folder: Path) -> None:
    """Acknowledges each act before it is done."""
    cheaply()
    work = KINDS[kind](folder)
    work.begin()
    line.send(0)
    for number in count(1):
        line.send(number)
        work.act(number)


def test_a_boaster_would_be_found_out(prepared: Prepared) -> None:
    """The tests detect a process that acknowledges too early."""
    tally, chance = Tally(), random.Random(1)
    while not tally.wrong:
        assert tally.rounds < 200
        tally.kill_one(prepared("passphrase"), chance, boasts)
