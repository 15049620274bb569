"""Tests of power losses at every step of every kind of work: all acknowledged acts remain.

`power` computes what a power loss may leave. The long form checks every step, the short form some.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

import smtui
from smtui.vault import digest
from smtui.vault import path as vault_path
from smtui.vault.database import Database
from smtui.vault.lineage import Lineage
from tests.durability.conftest import Prepared
from tests.durability.disk import Disk
from tests.durability.power import Left, losses
from tests.durability.work import KINDS, PASSPHRASE, Work

ACTS = {"passphrase": 1, "create": 1, "import": 1, "migration": 2}


def noted(work: Work, acts: int) -> Disk:
    """Does the acts of this work on a recording disk."""
    disk = Disk(work.folder)
    with disk.watching():
        work.begin()
        for number in range(1, acts + 1):
            work.act(number)
            disk.said(number)
        work.end()
    return disk


def judge(kind: str, left: Left, folder: Path) -> str:
    """Returns what is wrong with the remaining files, or an empty string."""
    work = KINDS[kind](folder / "left")
    left.put(work.folder)
    try:
        work.judge(left.said)
    except Exception as error:
        return f"after {left.after}: {type(error).__name__}: {error}"
    finally:
        work.clear()
    return ""


def wrong(work: Work, folder: Path, looks: int | None = None) -> Iterator[str]:
    """Yields the errors after power losses at every step, or at about `looks` random steps."""
    chance = random.Random(work.name)
    disk = noted(work, ACTS.get(work.name, 3))
    share = 1 if looks is None else looks / len(disk.noted)
    yield from filter(None, (judge(work.name, left, folder) for left in losses(disk, chance, share)))


@pytest.mark.parametrize("kind", KINDS)
def test_the_power_goes(prepared: Prepared, swift: Path, kind: str) -> None:
    assert list(wrong(prepared(kind), swift, looks=6)) == []


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_the_power_goes_at_every_step(prepared: Prepared, swift: Path, kind: str) -> None:
    assert list(wrong(prepared(kind), swift)) == []


def noted_too_early(work: Work, folder: Path) -> list[str]:
    """Returns the steps after which a power loss would leave fewer changes in the vault than in this machine's note."""
    disk, chance, early = Disk(work.folder), random.Random(7), []
    with disk.watching():
        work.begin()
        with patch.object(Lineage, "record", lambda lineage: disk.said(digest.count_commits(lineage._database))):
            for number in range(1, 4):
                work.act(number)
        work.end()
    for left in losses(disk, chance, share=0.3):
        left.put(folder / "left")
        try:
            with smtui.open_vault(folder / "left" / work.path.name, PASSPHRASE) as vault:
                assert digest.count_commits(vault._state.database) >= left.said
        except (AssertionError, smtui.VaultError):
            early.append(left.after)
        shutil.rmtree(folder / "left")
    return early


def test_what_this_machine_notes_of_a_vault_is_on_the_disk(prepared: Prepared, swift: Path) -> None:
    """The note never counts more changes than the disk has. Otherwise, a power loss would look like a rollback."""
    assert noted_too_early(prepared("put"), swift) == []
    with patch.object(Database, "_begin_outermost", careless):
        assert noted_too_early(prepared("put"), swift)


def careless(database: Database, durable: bool) -> tuple[str, str, str]:
    database.run("PRAGMA synchronous = OFF")
    return "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"


FAULTS = {
    "writes that do not wait for the disk": ("put", patch.object(Database, "_begin_outermost", careless)),
    "a folder that is not synced": ("create", patch.object(vault_path, "confirm_on_disk", lambda path: None)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_careless_vault_would_be_found_out(prepared: Prepared, swift: Path, fault: str) -> None:
    """The same checks detect each of these faults."""
    kind, careless = FAULTS[fault]
    with careless:
        assert any(wrong(prepared(kind), swift))
