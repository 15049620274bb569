"""Snapshots of rotation, replication, keys and functions. Review each snapshot before you accept it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

import smtui
from smtui.system.ambient import Ambient
from tests.conftest import Clock
from tests.tui.conftest import MakeApp, version_id
from tests.tui.driver import see

SMALL, LARGE = (80, 24), (120, 36)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
ID: Any = {"SecretId": "prod/db"}
Steps = Callable[[Pilot[None]], Awaitable[None]]

pytestmark = pytest.mark.usefixtures("one_time_and_place", "numbered")


@pytest.fixture
def numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the generated ids the same in every run."""
    numbers = count(1)
    monkeypatch.setattr(Ambient, "create_uuid", lambda self: version_id(90_000_000 + next(numbers)))


@pytest.fixture
def rotated(vault: smtui.Vault, database: Any, clock: Clock) -> Any:
    """Returns the client of a vault with a secret that is rotated twice a month."""
    options = {"Key": "password", "PasswordLength": 24, "ExcludePunctuation": True}
    function = vault.rotations().create_function(FunctionName="new-password", Password=options)["FunctionArn"]
    vault.rotations().create_function(FunctionName="postgres", Command={"Arguments": ["python3", "rotate pg.py"]})
    database.rotate_secret(
        **ID, RotationLambdaARN=function, ClientRequestToken=version_id(3),
        RotationRules={"ScheduleExpression": "cron(0 4 1,15 * ? *)", "Duration": "3h"},
    )  # fmt: skip
    clock.forward(hours=1)
    return database


@pytest.fixture
def replicated(vault: smtui.Vault, database: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Returns the client of a vault with a secret that is in sync in eu-west-1 and failed in ap-southeast-2."""
    monkeypatch.setattr("smtui.engine.names.generate_suffix", lambda ambient: "GhIjKl")
    vault.client(region_name="ap-southeast-2").create_secret(Name="prod/db", SecretString="x")
    database.replicate_secret_to_regions(
        **ID, AddReplicaRegions=[{"Region": "eu-west-1"}, {"Region": "ap-southeast-2"}]
    )
    return database


@pytest.fixture
def kms(vault: smtui.Vault, filled: Any) -> Any:
    """Creates a key with three versions, a disabled key and one with a planned deletion; returns the client of keys."""
    keys = vault.keys()
    orders, old, retired = (
        keys.create_key(Description=text)["KeyMetadata"]["KeyId"] for text in ("The orders", "Old", "")
    )
    keys.create_alias(AliasName="alias/orders", TargetKeyId=orders)
    filled.create_secret(Name="orders/a", SecretString="1", KmsKeyId="alias/orders")
    filled.put_secret_value(SecretId="orders/a", SecretString="2")
    filled.create_secret(Name="orders/b", SecretString="1", KmsKeyId="alias/orders")
    keys.disable_key(KeyId=old)
    keys.schedule_key_deletion(KeyId=retired, PendingWindowInDays=12)
    return keys


async def to_part(pilot: Pilot[None], number: str, text: str) -> None:
    await see(pilot, "1 secret ·")
    await pilot.press("enter")
    await see(pilot, "r to reveal")
    await pilot.press(number)
    await see(pilot, text)


async def to_place(pilot: Pilot[None], letter: str, text: str) -> None:
    await see(pilot, " secrets ·")
    await pilot.press("o")
    await see(pilot, "Go to")
    await pilot.press(letter)
    await see(pilot, text)


@SIZES
def test_rotation(snap_compare: Any, app: MakeApp, rotated: Any, size: tuple[int, int]) -> None:
    async def go(pilot: Pilot[None]) -> None:
        await to_part(pilot, "4", "Next windows")

    assert snap_compare(app(), terminal_size=size, run_before=go)


def test_rotation_that_failed(snap_compare: Any, app: MakeApp, vault: smtui.Vault, database: Any) -> None:
    """The failed step, its reason, and the time of the next attempt."""
    say = {"Arguments": ["sh", "-c", "echo cannot reach the database; exit 3"]}
    function = vault.rotations().create_function(FunctionName="postgres", Command=say)["FunctionArn"]
    database.rotate_secret(**ID, RotationLambdaARN=function, RotationRules={"AutomaticallyAfterDays": 30},
                           ClientRequestToken=version_id(3))

    async def go(pilot: Pilot[None]) -> None:
        await to_part(pilot, "4", "cannot reach the database")

    assert snap_compare(app(), terminal_size=SMALL, run_before=go)


def test_form_of_a_rotation(snap_compare: Any, app: MakeApp, rotated: Any) -> None:
    """The form shows the windows of the current input."""

    async def go(pilot: Pilot[None]) -> None:
        await to_part(pilot, "4", "Next windows")
        await pilot.press("e")
        await see(pilot, "Rotation of prod/db")
        await see(pilot, "Sun 2026-03-15 04:00 – 07:00")

    assert snap_compare(app(), terminal_size=SMALL, run_before=go)


@SIZES
def test_replication(snap_compare: Any, app: MakeApp, replicated: Any, size: tuple[int, int]) -> None:
    """The cursor is on the failed replica."""

    async def go(pilot: Pilot[None]) -> None:
        await to_part(pilot, "5", "● primary")
        await pilot.press("j")
        await see(pilot, "already exists in this region")

    assert snap_compare(app(), terminal_size=size, run_before=go)


def test_regions_to_replicate_to(snap_compare: Any, app: MakeApp, replicated: Any) -> None:
    async def go(pilot: Pilot[None]) -> None:
        await to_part(pilot, "5", "● primary")
        await pilot.press("a")
        await see(pilot, "N. California")
        await pilot.press("j", "space", "j", "j", "space")
        await see(pilot, "us-west-1, af-south-1")

    assert snap_compare(app(), terminal_size=SMALL, run_before=go)


@SIZES
def test_keys(snap_compare: Any, app: MakeApp, kms: Any, size: tuple[int, int]) -> None:
    async def go(pilot: Pilot[None]) -> None:
        await to_place(pilot, "k", "alias/orders")
        await pilot.press("j")
        await see(pilot, "3 versions of 2 secrets")

    assert snap_compare(app(), terminal_size=size, run_before=go)


def test_plan_of_a_keys_deletion(snap_compare: Any, app: MakeApp, kms: Any) -> None:
    """What is lost with the key, and when."""

    async def go(pilot: Pilot[None]) -> None:
        await to_place(pilot, "k", "alias/orders")
        await pilot.press("j")
        await see(pilot, "3 versions of 2 secrets")
        await pilot.press("d")
        await see(pilot, "orders/a, orders/b")

    assert snap_compare(app(), terminal_size=SMALL, run_before=go)


@SIZES
def test_functions(snap_compare: Any, app: MakeApp, rotated: Any, size: tuple[int, int]) -> None:
    async def go(pilot: Pilot[None]) -> None:
        await see(pilot, "1 secret ·")
        await pilot.press("o", "f")
        await see(pilot, "24 characters")

    assert snap_compare(app(), terminal_size=size, run_before=go)


def test_a_function_that_makes_passwords(snap_compare: Any, app: MakeApp, rotated: Any) -> None:
    async def go(pilot: Pilot[None]) -> None:
        await see(pilot, "1 secret ·")
        await pilot.press("o", "f")
        await see(pilot, "24 characters")
        await pilot.press("a", "enter")
        await see(pilot, "each type")
        await pilot.press("w", "e", "b")
        await see(pilot, "bits.")

    assert snap_compare(app(), terminal_size=SMALL, run_before=go)


@SIZES
def test_form_of_a_lambda_function(snap_compare: Any, app: MakeApp, rotated: Any, size: tuple[int, int]) -> None:
    """What the function will run with, as the form is filled in."""

    async def go(pilot: Pilot[None]) -> None:
        await see(pilot, "1 secret ·")
        await pilot.press("o", "f")
        await see(pilot, "24 characters")
        await pilot.press("a", "down", "down", "enter")
        await see(pilot, "New Lambda function")
        for id, text in (("name", "multi-user"), ("file", "/srv/rotation/lambda_function.py"), ("python", "/bin/sh"),
                         ("environment", "EXCLUDE_CHARACTERS='/@'"), ("may-read", "prod/superuser")):
            pilot.app.screen.query_one(f"#{id}", Input).value = text
        await see(pilot, "may read  prod/superuser")

    assert snap_compare(app(), terminal_size=size, run_before=go)
