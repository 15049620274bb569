"""Tests of full, failing and read-only disks: one message, the old state remains, and the vault works afterwards.

The long form tries every trouble at every step of every kind of work, the short form at some.
"""

from __future__ import annotations

import errno
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import pytest

import smtui
from smtui.vault import install_file
from smtui.vault.database import Database
from tests.durability.conftest import Prepared
from tests.durability.disk import Disk, Trouble
from tests.durability.work import KINDS, Work

FAULTS = (
    Trouble(errno.ENOSPC, ("write", "make")),
    Trouble(errno.ENOSPC, ("write", "make"), half=True),
    Trouble(errno.EDQUOT, ("write", "make")),
    Trouble(errno.EIO, ("write", "cut", "remove", "rename"), half=True),
    Trouble(errno.EIO, ("sync", "sync folder")),
    Trouble(errno.EROFS, ("make", "write", "cut", "remove", "rename")),
)
ACTS = 2


@dataclass
class Case:
    """A trouble from step `at` on, or only at that step if `once`."""

    trouble: Trouble
    at: int
    once: bool

    def __str__(self) -> str:
        return f"{self.trouble}, step {self.at}{' once' * self.once}"


def work_with_fault(work: Work, case: Case) -> list[str]:
    """Works with the trouble, then without it, and returns the error messages."""
    disk = Disk(work.folder, case.trouble, case.at, case.once)
    messages: list[str] = []
    with disk.watching():
        done = work_until_refused(work, messages)
        disk.trouble = None
        if messages and work.is_open:
            done = work.again(done)
        work.end()
    work.judge(done)
    work.clear()
    assert disk.struck or not messages
    return messages


def work_until_refused(work: Work, messages: list[str]) -> int:
    """Works until an act is refused, adds the error message to `messages`, and returns the number of completed acts."""
    done = 0
    try:
        work.begin()
        for number in range(1, ACTS + 1):
            work.act(number)
            done = number
    except smtui.VaultError as error:
        messages.append(str(error))
    return done


def cases(steps: int) -> Iterator[Case]:
    for trouble in FAULTS:
        for once in (True, False):
            for at in range(1, steps + 1):
                yield Case(trouble, at, once)


def count_steps(work: Work) -> int:
    disk = Disk(work.folder)
    with disk.watching():
        work_until_refused(work, [])
        work.end()
    return disk.steps


def find_failures(prepared: Prepared, kind: str, most: int | None = None) -> Iterator[str]:
    every = list(cases(count_steps(prepared(kind))))
    for case in random.Random(kind).sample(every, most) if most else every:
        try:
            messages = work_with_fault(prepared(kind), case)
            assert all(sentence.count("\n") == 0 and sentence.endswith(".") for sentence in messages), messages
        except Exception as error:
            yield f"{case}: {type(error).__name__}: {error}"


@pytest.mark.parametrize("kind", KINDS)
def test_trouble(prepared: Prepared, kind: str) -> None:
    assert list(find_failures(prepared, kind, most=10)) == []


def test_a_torn_page_behind_a_journal_is_rolled_back(prepared: Prepared) -> None:
    """A full disk tears a page while the file leaves the write-ahead log: the vault goes on with the old content."""
    work_with_fault(prepared("passphrase"), Case(FAULTS[1], at=10, once=False))


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_trouble_at_every_step(prepared: Prepared, kind: str) -> None:
    assert list(find_failures(prepared, kind)) == []


def test_a_careless_vault_would_be_found_out(prepared: Prepared) -> None:
    """The tests detect a vault that installs a copy without verifying and syncing it."""
    with (patch.object(install_file, "_verify_and_sync", lambda *_: None),
          patch.object(Database, "checkpoint", lambda self: None)):
        assert any(find_failures(prepared, "passphrase", most=200))


READS: dict[str, dict[str, Any]] = {
    "get_secret_value": {"SecretId": "kept/1"}, "describe_secret": {"SecretId": "kept/1"}, "list_secrets": {},
    "list_secret_version_ids": {"SecretId": "kept/1"}, "batch_get_secret_value": {"SecretIdList": ["kept/1"]},
}  # fmt: skip


@pytest.mark.parametrize("trouble", FAULTS[:4], ids=str)
def test_what_cannot_be_recorded_is_not_told(prepared: Prepared, trouble: Trouble) -> None:
    """On a full disk, reads are refused, because they cannot be recorded, until there is space again."""
    work = prepared("put")
    disk = Disk(work.folder)
    with disk.watching():
        work.begin()
        disk.trouble, disk.at = trouble, 1
        for method, request in READS.items():
            with pytest.raises(smtui.VaultFullError):
                getattr(work.client, method)(**request)
        disk.trouble = None
        for method, request in READS.items():
            getattr(work.client, method)(**request)
        work.end()
    work.judge(0)
