"""Tests of the rotation tab: setting up, starting, watching, continuing, cancelling and undoing with the keyboard."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from threading import Event
from typing import Any

import pytest
from textual.pilot import Pilot

import smtui
from smtui.rotation import runner
from smtui.rotation.function import Output
from smtui.tui.app import SmtuiApp
from smtui.tui.base_screen import READ_ONLY
from smtui.tui.rotation.form import RotationForm
from smtui.tui.rotation.screen import RotationScreen
from smtui.tui.widgets.checkbox import SymbolCheckbox
from tests.conftest import Clock
from tests.tui.conftest import MakeApp, screen_text, types, until, version_id
from tests.tui.driver import hear, join_screen_text, press_button, see, wait_for_screen
from tests.waiting import LIMIT

SMALL = (80, 24)
ID: Any = {"SecretId": "prod/db"}
MONTHLY: Any = {"AutomaticallyAfterDays": 30}

pytestmark = pytest.mark.usefixtures("one_time_and_place")


@pytest.fixture
def functions(vault: smtui.Vault) -> dict[str, str]:
    """Returns the ARNs of two functions: `works` generates a password, `fails` requires a missing key."""
    rotations = vault.rotations()
    works = rotations.create_function(FunctionName="works", Password={"Key": "password"})
    fails = rotations.create_function(FunctionName="fails", Password={"Key": "absent"})
    return {"works": works["FunctionArn"], "fails": fails["FunctionArn"]}


@pytest.fixture
def rotated(database: Any, functions: dict[str, str], clock: Clock) -> Any:
    """Returns the client of a vault in which `prod/db` is rotated every 30 days."""
    database.rotate_secret(**ID, RotationLambdaARN=functions["works"], RotationRules=MONTHLY,
                           ClientRequestToken=version_id(3))
    clock.forward(hours=1)
    return database


@pytest.fixture
def failed(database: Any, functions: dict[str, str], clock: Clock) -> Any:
    """Returns the client of a vault in which the rotation failed once and waits for its next attempt."""
    database.rotate_secret(**ID, RotationLambdaARN=functions["fails"], RotationRules=MONTHLY,
                           ClientRequestToken=version_id(3))
    clock.forward(minutes=1)
    return database


@pytest.fixture
def others(vault: smtui.Vault) -> Iterator[smtui.Vault]:
    """Yields another session of the vault."""
    with vault.reopen() as again:
        yield again


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Makes functions wait in setSecret until the yielded event is set."""
    go_on, works = Event(), runner.KINDS["Password"]

    def slowly(task: Any, step: str, client: Any) -> Output:
        if step == "setSecret":
            assert go_on.wait(LIMIT)
        return works(task, step, client)

    monkeypatch.setitem(runner.KINDS, "Password", slowly)
    yield go_on
    go_on.set()


def password(client: Any) -> str:
    return str(json.loads(client.get_secret_value(**ID)["SecretString"])["password"])


def rules(client: Any) -> Any:
    return client.describe_secret(**ID).get("RotationRules")


async def store_interval_of_7_days(pilot: Pilot[None]) -> None:
    """Opens the form of the rotation, replaces the interval of 30 days, and stores it."""
    await pilot.press("e")
    await see(pilot, "Rotation of prod/db")
    await pilot.press("backspace", "backspace")
    await types(pilot, "7")
    await see(pilot, "every 7 days")
    await pilot.press("ctrl+s")


@asynccontextmanager
async def at_rotation(running: SmtuiApp, size: tuple[int, int] = SMALL) -> AsyncIterator[Pilot[None]]:
    """Opens the rotation tab of the only secret."""
    async with running.run_test(size=size) as pilot:
        await see(pilot, "1 secret ·")
        await pilot.press("enter")
        await see(pilot, "r to reveal")
        await pilot.press("4")
        await until(pilot, lambda: isinstance(running.screen, RotationScreen) and running.screen.rotation)
        yield pilot


async def test_set_up_from_nothing(app: MakeApp, database: Any) -> None:
    """Creates a function from the form and sets 30 days; the first rotation follows."""
    async with at_rotation(app()) as pilot:
        await see(pilot, "Rotation is off.")
        await pilot.press("e")
        await see(pilot, "Choose a rotation function.")
        await pilot.press("enter")
        await see(pilot, "New rotation function")
        await pilot.press("enter")
        await see(pilot, "New password function")
        await types(pilot, "new-password")
        await pilot.press("tab")
        await types(pilot, "password")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, RotationForm))
        await see(pilot, "new-password …")
        await pilot.press("tab")
        await types(pilot, "30")
        await see(pilot, "every 30 days, at any time of that day (UTC)")
        await see(pilot, "Rotates now")
        await pilot.press("ctrl+s")
        await hear(pilot, "prod/db rotated.")
        await see(pilot, "finishSecret  ✓ done")

        assert rules(database) == MONTHLY
        assert len(password(database)) == 32


async def test_a_schedule_is_judged_while_it_is_typed(app: MakeApp, rotated: Any) -> None:
    """The form shows the service's message or the next five windows."""
    async with at_rotation(app()) as pilot:
        await pilot.press("e")
        await see(pilot, "Thu 2026-04-02 00:00 – 24:00")
        await pilot.press("backspace", "backspace")
        await see(pilot, "No schedule")
        await types(pilot, "1001")
        await see(pilot, "A secret can be rotated at most every 4 hours")
        await pilot.press("ctrl+s")
        assert isinstance(pilot.app.screen, RotationForm)
        await pilot.press(*["backspace"] * 4)
        await types(pilot, "cron(0 8 30 2 ? *)")
        await see(pilot, "This schedule never occurs.")
        await pilot.press("ctrl+s")
        assert isinstance(pilot.app.screen, RotationForm)
        await pilot.press(*["backspace"] * 18)
        for character in "cron(0 8 ? * MON *)":
            await pilot.press({" ": "space"}.get(character, character))
        await see(pilot, "every Monday at 08:00 UTC, until midnight UTC")
        await see(pilot, "Mon 2026-04-06 08:00 – 24:00")
        await pilot.press("ctrl+s")
        await hear(pilot, "rotation test of prod/db passed")
        await see(pilot, "every Monday")

        assert rules(rotated)["ScheduleExpression"] == "cron(0 8 ? * MON *)"
        assert rotated.get_secret_value(**ID)["VersionId"] == version_id(3)


@pytest.mark.usefixtures("functions")
async def test_a_function_that_others_replaced_is_chosen_again(
    app: MakeApp, database: Any, others: smtui.Vault
) -> None:
    """What runs is what the list of functions showed; otherwise nothing is stored, and the form asks again."""
    async with at_rotation(app()) as pilot:
        before = password(database)
        await pilot.press("e")
        await see(pilot, "Choose a rotation function.")
        await pilot.press("enter")
        await see(pilot, "Rotation function")
        await until(pilot, lambda: "works" in screen_text(pilot.app))
        await pilot.press("w")
        await pilot.press("enter")
        await see(pilot, "works …")
        others.rotations().delete_function(FunctionName="works")
        others.rotations().create_function(FunctionName="works", Password={"Key": "user"})
        await pilot.press("tab")
        await types(pilot, "30")
        await pilot.press("ctrl+s")
        await hear(pilot, "works was replaced.")
        await hear(pilot, "Nothing was rotated.")
        await see(pilot, "Choose a rotation function.")
        assert rules(database) is None and password(database) == before

        await pilot.press("enter")
        await until(pilot, lambda: "works" in screen_text(pilot.app) and not isinstance(pilot.app.screen, RotationForm))
        await pilot.press("w")
        await pilot.press("enter")
        await see(pilot, "works …")
        await pilot.press("ctrl+s")
        await hear(pilot, "prod/db rotated.")
        assert rules(database) == MONTHLY


async def test_leaving_a_form_asks_where_something_was_typed(app: MakeApp, rotated: Any) -> None:
    async with at_rotation(app()) as pilot:
        await pilot.press("e")
        await see(pilot, "Rotation of prod/db")
        await types(pilot, "0")
        await pilot.press("escape")
        await see(pilot, "Discard changes?")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RotationScreen))

        assert rules(rotated) == MONTHLY


async def test_what_the_service_refuses_is_in_the_form_again(app: MakeApp, failed: Any) -> None:
    """While a rotation is not complete, the service refuses another one, and the form opens again."""
    async with at_rotation(app()) as pilot:
        await store_interval_of_7_days(pilot)
        await hear(pilot, "A previous rotation isn't complete.")
        await see(pilot, "every 7 days")

        assert rules(failed) == MONTHLY


async def test_rotating_now_asks_first(app: MakeApp, rotated: Any) -> None:
    before = password(rotated)
    async with at_rotation(app()) as pilot:
        await pilot.press("R")
        await see(pilot, "Rotate prod/db now?")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RotationScreen))
        assert password(rotated) == before
        await pilot.press("R")
        await see(pilot, "Rotate prod/db now?")
        await pilot.press("tab", "enter")
        await hear(pilot, "prod/db rotated.")

        assert password(rotated) != before


async def test_the_steps_are_seen_to_pass_and_no_key_waits(app: MakeApp, rotated: Any, held: Event) -> None:
    """The tab shows the steps as the function runs, and other keys work meanwhile."""
    async with at_rotation(app()) as pilot:
        await pilot.press("R")
        await see(pilot, "Rotate prod/db now?")
        await pilot.press("tab", "enter")
        await see(pilot, "setSecret     ▸ running")
        assert "createSecret  ✓ done" in screen_text(pilot.app)
        assert "testSecret    ○ waiting" in screen_text(pilot.app)
        await pilot.press("R")
        await hear(pilot, "Rotation is already in progress. X cancels it. If its program was killed, it can be "
                          "resumed at ")
        await pilot.press("2")
        await see(pilot, "AWSPENDING")
        await pilot.press("4")
        await see(pilot, "▸ running")
        held.set()

        await see(pilot, "finishSecret  ✓ done")
        await hear(pilot, "prod/db rotated.")


async def test_the_form_says_what_becomes_of_a_rotation_in_progress(
    app: MakeApp, rotated: Any, held: Event
) -> None:
    """While a function hangs, nothing rotates "now": the settings are refused, or start the rotation again."""
    async with at_rotation(app()) as pilot:
        await pilot.press("R")
        await see(pilot, "Rotate prod/db now?")
        await press_button(pilot, "Rotate")
        await see(pilot, "▸ running")
        await pilot.press("e")
        await wait_for_screen(pilot, RotationForm)
        under_way = "Ends the rotation in progress."
        refused = "A rotation is in progress. It must end or be cancelled"
        await until(pilot, lambda: any(each in join_screen_text(pilot.app) for each in (under_way, refused)))
        pilot.app.screen.query_one(SymbolCheckbox).value = True
        await pilot.pause()
        assert "Rotates now" not in screen_text(pilot.app)
        held.set()


async def test_a_failure_says_why_and_when_it_is_tried_again(app: MakeApp, failed: Any) -> None:
    """After the cause is fixed, `R` continues at once."""
    async with at_rotation(app()) as pilot:
        await see(pilot, "createSecret  ✗ failed")
        await see(pilot, "Failed once; next retry 2026-03-03 13:05, R retries now.")
        await see(pilot, "The value has no key absent.")
        failed.put_secret_value(**ID, SecretString='{"absent": "x", "password": "y"}')
        await pilot.press("R")
        await see(pilot, "The rotation resumes at createSecret")
        await pilot.press("tab", "enter")
        await see(pilot, "finishSecret  ✓ done")

        assert len(json.loads(failed.get_secret_value(**ID)["SecretString"])["absent"]) == 32


async def test_a_new_rotation_begins_after_awspending_was_taken_away(app: MakeApp, failed: Any) -> None:
    """The rotation that failed has ended then: `R` does not go on with it."""
    failed.put_secret_value(**ID, SecretString='{"absent": "x", "password": "y"}')
    failed.update_secret_version_stage(**ID, VersionStage="AWSPENDING", RemoveFromVersionId=version_id(3))
    async with at_rotation(app()) as pilot:
        await see(pilot, "AWSPENDING was removed from version")
        await pilot.press("R")
        await see(pilot, "Rotate prod/db now?")
        await pilot.press("tab", "enter")
        await see(pilot, "finishSecret  ✓ done")

        assert len(json.loads(failed.get_secret_value(**ID)["SecretString"])["absent"]) == 32


async def test_cancelling_says_what_is_left_behind(app: MakeApp, failed: Any) -> None:
    """AWSPENDING stays, and the tab says what it prevents until it is removed."""
    async with at_rotation(app()) as pilot:
        await pilot.press("X")
        await see(pilot, "stays on version 00000003.")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RotationScreen))
        assert failed.describe_secret(**ID)["RotationEnabled"]
        await pilot.press("X")
        await see(pilot, "Cancel the rotation of prod/db?")
        await pilot.press("tab", "enter")
        await see(pilot, "○ Rotation is disabled.")
        await see(pilot, "AWSPENDING is still attached to version 00000003.")
        await pilot.press("X")
        await hear(pilot, "Nothing to cancel")

        assert not failed.describe_secret(**ID)["RotationEnabled"]


async def test_a_rotation_cancelled_in_the_middle_ends(app: MakeApp, rotated: Any, held: Event) -> None:
    """The function fails when its rotation is cancelled, and the value stays."""
    before = password(rotated)
    async with at_rotation(app()) as pilot:
        await pilot.press("R")
        await see(pilot, "Rotate prod/db now?")
        await pilot.press("tab", "enter")
        await see(pilot, "▸ running")
        await pilot.press("X")
        await see(pilot, "The rotation stops; AWSPENDING")
        await pilot.press("tab", "enter")
        await see(pilot, "Rotation is disabled")
        held.set()
        await hear(pilot, "This rotation was cancelled")

        assert password(rotated) == before


async def test_a_new_schedule_is_taken_back(app: MakeApp, rotated: Any) -> None:
    """`u` shows and sends the earlier rules."""
    async with at_rotation(app()) as pilot:
        await store_interval_of_7_days(pilot)
        await until(pilot, lambda: rules(rotated) == {"AutomaticallyAfterDays": 7})
        await hear(pilot, "rotation test of prod/db passed")
        await pilot.press("u")
        await see(pilot, "prod/db: rotation configured")
        await pilot.press("enter")
        await until(pilot, lambda: rules(rotated) == MONTHLY)

        await see(pilot, "every 30 days")


async def test_a_first_set_up_is_taken_back_by_cancelling(
    app: MakeApp, database: Any, functions: dict[str, str]
) -> None:
    async with at_rotation(app()) as pilot:
        await pilot.press("e")
        await see(pilot, "Choose a rotation function")
        await pilot.press("enter")
        await see(pilot, "Rotation function")
        await pilot.press("down", "enter")
        await see(pilot, "works …")
        await pilot.press("ctrl+s")
        await hear(pilot, "prod/db rotated.")
        await pilot.press("u")
        await see(pilot, "The new value is kept.")
        await pilot.press("enter")

        await until(pilot, lambda: not database.describe_secret(**ID)["RotationEnabled"])


async def test_a_cancelled_rotation_is_taken_up_again(app: MakeApp, rotated: Any) -> None:
    async with at_rotation(app()) as pilot:
        await pilot.press("X")
        await see(pilot, "Cancel the rotation of prod/db?")
        await pilot.press("tab", "enter")
        await see(pilot, "Rotation is disabled")
        await pilot.press("u")
        await see(pilot, "prod/db: rotation cancelled")
        await pilot.press("enter")
        await until(pilot, lambda: rotated.describe_secret(**ID)["RotationEnabled"])

        assert rules(rotated) == MONTHLY


async def test_what_is_overdue_and_a_function_that_is_gone_are_told(
    app: MakeApp, others: smtui.Vault, rotated: Any, clock: Clock
) -> None:
    clock.forward(days=60)
    async with at_rotation(app(read_only=True)) as pilot:
        await see(pilot, "▲ overdue since 2026-04-02 23:59")
        await see(pilot, "▸ open now")
        others.client().cancel_rotate_secret(**ID)
        others.rotations().delete_function(FunctionName="works")

        await see(pilot, "▲ This function no longer exists.")


async def test_a_session_that_only_reads_changes_nothing(app: MakeApp, rotated: Any) -> None:
    async with at_rotation(app(read_only=True)) as pilot:
        for key in ("e", "R", "X"):
            pilot.app.clear_notifications()
            await pilot.press(key)
            await hear(pilot, READ_ONLY)
            assert isinstance(pilot.app.screen, RotationScreen)


async def test_a_secret_on_its_way_out_says_so(app: MakeApp, others: smtui.Vault, rotated: Any) -> None:
    """Another session plans the deletion while the tab is open."""
    async with at_rotation(app()) as pilot:
        others.client().delete_secret(**ID)
        await see(pilot, "Scheduled for deletion")
        await pilot.press("R")

        await hear(pilot, "Scheduled for deletion")


async def test_a_replica_says_where_its_primary_is(app: MakeApp, rotated: Any) -> None:
    made = rotated.replicate_secret_to_regions(**ID, AddReplicaRegions=[{"Region": "eu-west-1"}])
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "1 secret ·")
        running.look_at_region("eu-west-1", made["ARN"].replace("us-east-1", "eu-west-1"), 4)
        await see(pilot, "Change its primary in us-east-1")
        await pilot.press("e")

        await hear(pilot, "Change its primary in us-east-1")


async def test_what_a_function_says_is_harmless(app: MakeApp, vault: smtui.Vault, database: Any, clock: Clock) -> None:
    """The output of a function is shown without control characters and markup."""
    say = ["sh", "-c", "printf '[red]\\033]52;c;eA==\\007'; exit 3"]
    arn = vault.rotations().create_function(FunctionName="f", Command={"Arguments": say})["FunctionArn"]
    database.rotate_secret(**ID, RotationLambdaARN=arn)
    async with at_rotation(app()) as pilot:
        await see(pilot, "It ended with exit code 3.")

        assert "[red]␛]52;c;eA==␇" in screen_text(pilot.app)


async def test_a_secret_that_is_gone_leads_back(app: MakeApp, others: smtui.Vault, rotated: Any) -> None:
    async with at_rotation(app()) as pilot:
        others.client().delete_secret(**ID, ForceDeleteWithoutRecovery=True)

        await until(pilot, lambda: not isinstance(pilot.app.screen, RotationScreen))
        await hear(pilot, "This secret no longer exists.")
