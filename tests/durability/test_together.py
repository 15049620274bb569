"""Tests of several programs on one vault, with the screens: no update is lost, and no read is inconsistent.

The only permitted error is the documented VaultBusyError.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

import smtui
from smtui.tui.app import SmtuiApp
from smtui.tui.secret_list.screen import SecretsScreen
from tests.durability.conftest import Prepared
from tests.durability.work import KEPT, PASSPHRASE, text
from tests.durability.worker import Worker, begin, cheaply, started
from tests.tui.conftest import screen_text, until
from tests.waiting import LIMIT

WRITERS = READERS = 4
CHANGES = 8
NAMES = ("counter", "mirror")


def number_in(value: str) -> int:
    """Returns the number in a value, and asserts that the value is complete."""
    number = int(value.partition(".")[0])
    assert value == text(number), "a value was torn"
    return number


def values(client: Any) -> tuple[int, int]:
    one, two = (number_in(client.get_secret_value(SecretId=name)["SecretString"]) for name in NAMES)
    return one, two


def counts(line: Connection, path: Path, times: int, careless: bool = False) -> None:
    """Increments both counters `times` times, and sends how often the vault was busy.

    With `careless`, the read and the write are not in one transaction.
    """
    cheaply()
    busy = 0
    with smtui.open_vault(path, PASSPHRASE) as vault:
        client = vault.client()
        for number in range(times):
            while True:
                try:
                    with ExitStack() if careless else vault.transaction():
                        for name, value in zip(NAMES, values(client), strict=True):
                            client.put_secret_value(SecretId=name, SecretString=text(value + 1))
                    break
                except smtui.VaultBusyError:
                    busy += 1
            line.send(number)
        client.create_secret(Name=f"done/{random.random()}")
    line.send(("busy", busy))


def reads(line: Connection, path: Path, read_only: bool) -> None:
    """Reads both counters until the file `stop` exists, and asserts that they are equal and never decrease."""
    cheaply()
    before, times, busy = 0, 0, 0
    with smtui.open_vault(path, PASSPHRASE, read_only=read_only) as vault:
        client = vault.client()
        line.send("open")
        while not path.with_name("stop").exists():
            try:
                with vault.transaction():
                    one, two = values(client)
                listed = client.list_secrets()["SecretList"]
            except smtui.VaultBusyError:
                busy += 1
                continue
            assert one == two >= before, "one was read before a change and the other after it"
            assert len(listed) >= len(KEPT) + 2
            before, times = one, times + 1
    line.send(("read", times, "busy", busy))


@contextmanager
def everybody(path: Path, times: int) -> Iterator[tuple[list[Worker], list[Worker]]]:
    with ExitStack() as stack:
        readers = [stack.enter_context(started(reads, path, number % 2 == 0)) for number in range(READERS)]
        assert all(reader.hear(LIMIT) for reader in readers)
        yield [stack.enter_context(started(counts, path, times)) for _ in range(WRITERS)], readers


def stocked(path: Path) -> None:
    with smtui.open_vault(path, PASSPHRASE) as vault:
        for name in NAMES:
            vault.client().create_secret(Name=name, SecretString=text(0))


async def use_the_screens(pilot: Pilot[None], writers: list[Worker]) -> None:
    """Navigates in the app while the writers write."""
    for keys in ("down", "up", "enter", "escape", "slash", "c", "o", "escape", "escape"):
        await pilot.press(keys)
        for writer in writers:
            writer.listen(0)


async def go_home(pilot: Pilot[None]) -> None:
    """Returns to the secrets list without a filter."""
    while not isinstance(pilot.app.screen, SecretsScreen) or pilot.app.screen.list_query.text:
        await pilot.press("escape")


async def together(path: Path, times: int) -> list[Any]:
    """Runs writers, readers and the app together, and returns the last message of each writer and reader."""
    begin()
    stocked(path)
    app = SmtuiApp(path, vault=smtui.open_vault(path, PASSPHRASE))
    async with app.run_test(size=(120, 36)) as pilot:
        with everybody(path, times) as (writers, readers):
            while any(writer.process.is_alive() for writer in writers):
                await use_the_screens(pilot, writers)
            path.with_name("stop").touch()
            for worker in (*writers, *readers):
                while worker.hear(LIMIT):
                    pass
                worker.process.join(LIMIT)
            assert [worker.process.exitcode for worker in (*writers, *readers)] == [0] * (WRITERS + READERS)
        await go_home(pilot)
        await until(pilot, lambda: screen_text(app).count("done/") == WRITERS)
        said = [str(notice.message) for notice in app._notifications]
        await pilot.press("ctrl+q")
    assert app.return_code == 0
    assert not said
    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert values(vault.client()) == (WRITERS * times, WRITERS * times)
        assert vault.maintenance.check().clean
    return [worker.said for worker in (*writers, *readers)]


async def test_writers_readers_and_the_screens(prepared: Prepared) -> None:
    await together(prepared("passphrase").path, 12)


@pytest.mark.long
async def test_many_writes_beside_readers_and_the_screens(prepared: Prepared, tmp_path: Path) -> None:
    said = await together(prepared("passphrase", tmp_path).path, 300)
    print(f"\n{WRITERS} writers x 300, lost 0; each of the writers and readers: {said}")


def test_careless_writers_would_be_found_out(prepared: Prepared) -> None:
    """Writers that do not read and write in one transaction lose updates, which the test detects."""
    path = prepared("passphrase").path
    stocked(path)
    expected = 0
    with smtui.open_vault(path, PASSPHRASE) as vault:
        while values(vault.client())[0] == expected:
            assert expected < 2000
            with started(counts, path, 100, True) as one, started(counts, path, 100, True) as other:
                one.process.join(LIMIT)
                other.process.join(LIMIT)
            expected += 200


def opens(passphrases: int, path: Path, **how: Any) -> tuple[int, smtui.Vault] | None:
    """Opens the vault with one of the passphrases `pass-0`, `pass-1` and so on.

    Returns:
        The number of the passphrase and the vault; None while the passphrase is being changed.
    """
    for number in range(passphrases):
        try:
            return number, smtui.open_vault(path, f"pass-{number}", **how)
        except smtui.WrongPassphraseError:
            continue
        except (smtui.VaultBusyError, smtui.VaultMissingError):
            return None
    return None


def comes_and_goes(line: Connection, path: Path, name: str, times: int) -> None:
    """Opens the vault, creates a secret, and closes the vault, as commands do, until `times` secrets exist."""
    cheaply()
    number = 0
    while number < times:
        if found := opens(CHANGES + 1, path):
            with suppress(smtui.VaultBusyError, smtui.VaultMissingError), found[1] as vault:
                vault.client().create_secret(Name=f"{name}/{number}", SecretString=text(number))
                number += 1
                line.send(number)


def changes(line: Connection, path: Path) -> None:
    """Changes the passphrase until `pass-CHANGES`, whenever no other process has the vault open."""
    cheaply()
    while (found := opens(CHANGES + 1, path)) is None or found[0] < CHANGES:
        if found:
            with suppress(smtui.VaultLockedError), found[1] as vault:
                vault.maintenance.change_passphrase(f"pass-{found[0] + 1}")
                line.send(found[0] + 1)
    found[1].close()


def change_beside_others(prepared: Prepared, changers: int, times: int) -> None:
    work = prepared("passphrase")
    names = ("one", "two")
    with ExitStack() as stack:
        writers = [stack.enter_context(started(comes_and_goes, work.path, name, times)) for name in names]
        everyone = [*writers, *(stack.enter_context(started(changes, work.path)) for _ in range(changers))]
        while any(worker.process.is_alive() for worker in everyone):
            for worker in everyone:
                worker.hear(0.01)
        assert [worker.process.exitcode for worker in everyone] == [0] * len(everyone)
    with work.sound(work.path, f"pass-{CHANGES}") as vault:
        for name in names:
            for number in range(times):
                assert vault.client().get_secret_value(SecretId=f"{name}/{number}")["SecretString"] == text(number)


@pytest.mark.parametrize("changers", [1, 2])
def test_a_passphrase_is_changed_while_others_come_and_go(prepared: Prepared, changers: int) -> None:
    """Each change is made once, even by two processes, and no secret that the others create is lost."""
    change_beside_others(prepared, changers, times=25)


@pytest.mark.long
def test_a_passphrase_is_changed_again_and_again(prepared: Prepared) -> None:
    for _ in range(100):
        change_beside_others(prepared, changers=2, times=40)
