"""Tests of the deletion plan for one secret and for several."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

import smtui
from smtui.api.errors import VaultBusyError
from smtui.engine.client import LocalClient
from smtui.tui.app import SmtuiApp
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.secret_list.deletion import DeletionPlan
from smtui.tui.secret_list.plan_dialog import PlanScreen
from smtui.tui.secret_list.screen import SecretsScreen
from tests.conftest import Clock
from tests.tui.conftest import SAMPLES, MakeApp, said, screen_text, types, until
from tests.tui.driver import join_screen_text
from tests.tui.test_read_states import holding
from tests.waiting import LIMIT

SMALL = (80, 24)

pytestmark = pytest.mark.usefixtures("one_time_and_place")


def deleted(client: Any) -> dict[str, str]:
    """Returns the deletion date of each secret with a planned deletion."""
    found = client.list_secrets(IncludePlannedDeletion=True, SortBy="name")["SecretList"]
    return {entry["Name"]: f"{entry['DeletedDate']:%Y-%m-%d}" for entry in found if "DeletedDate" in entry}


def names(client: Any) -> list[str]:
    return [entry["Name"] for entry in client.list_secrets(SortBy="name", IncludePlannedDeletion=True)["SecretList"]]


async def plan(pilot: Pilot[None], *marked: int) -> DeletionPlan:
    """Opens the plan for the marked rows, or for the first one."""
    app: Any = pilot.app
    await until(pilot, lambda: f"{len(SAMPLES)} secrets" in screen_text(app))
    for row in marked:
        app.screen.secrets.go(row)
        await pilot.press("space")
    await pilot.press("d")
    await until(pilot, lambda: isinstance(app.screen, DeletionPlan))
    found: DeletionPlan = app.screen
    return found


async def ended(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: not isinstance(pilot.app.screen, DeletionPlan))


@pytest.mark.parametrize("keys", [("enter",), ("escape",), ("down", "escape")])
async def test_the_first_answer_changes_nothing(app: MakeApp, filled: Any, keys: tuple[str, ...]) -> None:
    """Enter without another key keeps the secrets."""
    async with app().run_test(size=SMALL) as pilot:
        await plan(pilot, 0, 1)
        await pilot.press(*keys)
        await ended(pilot)

        assert deleted(filled) == {}


@pytest.mark.parametrize(
    ("keys", "date"),
    [
        ((), "2026-04-01"),
        (("up",), "2026-04-01"),
        (("down",) * 2, "2026-03-30"),
        (("down",) * 40, "2026-03-09"),
        (("down",) * 40 + ("up",), "2026-03-10"),
    ],
)
async def test_the_window(app: MakeApp, filled: Any, keys: tuple[str, ...], date: str) -> None:
    """Arrow keys change the window from 7 to 30 days, and the date changes with it."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await plan(pilot)
        await pilot.press(*keys)
        await until(pilot, lambda: f"deleted on {date}." in screen_text(running))
        await pilot.press("tab", "enter")
        await ended(pilot)

        assert deleted(filled) == {"dev/web/flags": date}
        assert said(running) == [f"dev/web/flags will be deleted on {date}."]


@pytest.mark.parametrize(("typed", "possible"), [("14", True), ("6", False), ("31", False), ("", False), ("-7", True)])
async def test_a_typed_window(app: MakeApp, filled: Any, typed: str, possible: bool) -> None:
    """A window out of range gives a message and cannot be confirmed."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        asked = await plan(pilot)
        asked.days.focus()
        await pilot.press("end", "ctrl+u")
        await types(pilot, typed)
        await pilot.pause()

        assert asked.go.disabled is not possible
        assert ("The recovery window is 7 to 30 days." in screen_text(running)) is not possible


@pytest.mark.parametrize(("marked", "typed"), [((), "dev/web/flags"), ((0, 2, 4), "delete 3")], ids=["one", "three"])
async def test_deleting_at_once_has_to_be_typed(
    app: MakeApp, filled: Any, marked: tuple[int, ...], typed: str
) -> None:
    """The user must type the exact name of one secret or the number of several."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        asked = await plan(pilot, *marked)
        asked.force.focus()
        await pilot.press("space")
        await until(pilot, lambda: f"Type {typed} to confirm." in screen_text(running))
        asked.confirmation.focus()
        await types(pilot, typed[:-1])
        await pilot.press("enter")
        assert asked.go.disabled
        asked.confirmation.focus()
        await pilot.press("end")
        await types(pilot, typed[-1])
        await pilot.press("enter")
        assert asked.go.has_focus
        await pilot.press("enter")
        await ended(pilot)

        assert len(names(filled)) == len(SAMPLES) - max(1, len(marked))
        assert deleted(filled) == {}


async def test_changing_ones_mind_about_at_once(app: MakeApp, filled: Any) -> None:
    """The window has its earlier value again."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        asked = await plan(pilot)
        await pilot.press("down")
        asked.force.toggle()
        await pilot.press("down")
        asked.force.toggle()
        await until(pilot, lambda: "Will be deleted on 2026-03-31." in screen_text(running))

        assert not asked.go.disabled


async def test_what_one_wants_to_know_before(app: MakeApp, filled: Any, clock: Clock) -> None:
    """The plan shows the last read and warnings of each secret, and highlights recent reads."""
    filled.get_secret_value(SecretId="dev/web/flags")
    clock.forward(days=30)
    filled.get_secret_value(SecretId="prod/payments/db")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await plan(pilot, 0, 1, 2)
        text = screen_text(running)

        assert "dev/web/flags         read 2026-03-02" in text
        assert "prod/payments/db      ▲ read 2026-04-01" in text
        assert "prod/payments/stripe  never read" in text


async def test_replicas_are_in_the_way(app: MakeApp, vault: smtui.Vault, filled: Any) -> None:
    """Rows of primaries name their replicas, rows of replicas their primary. The other secrets are deleted."""
    filled.replicate_secret_to_regions(SecretId="prod/payments/db", AddReplicaRegions=[{"Region": "eu-west-1"}])
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await plan(pilot, 0, 1)
        await until(pilot, lambda: "– skipped: delete its replicas first: eu-west-1" in screen_text(running))
        await pilot.press("tab", "enter")
        await ended(pilot)

        assert list(deleted(filled)) == ["dev/web/flags"]
        assert said(running) == ["dev/web/flags will be deleted on 2026-04-01."]


@pytest.mark.parametrize("rows", [(), (0, 1)], ids=["alone", "with another"])
async def test_replicas_that_cannot_be_read_are_not_taken_for_none(
    app: MakeApp, filled: Any, monkeypatch: pytest.MonkeyPatch, rows: tuple[int, ...]
) -> None:
    """The dialog shows that it reads, then why it could not; F12 reads again."""
    name = "prod/payments/db" if rows else "dev/web/flags"
    filled.replicate_secret_to_regions(SecretId=name, AddReplicaRegions=[{"Region": "eu-west-1"}])
    real = LocalClient._call

    def refuse(self: LocalClient, operation: str, params: dict[str, Any]) -> Any:
        if operation == "DescribeSecret":
            raise VaultBusyError("Another program is at it.")
        return real(self, operation, params)

    running = app()
    async with running.run_test(size=SMALL) as pilot, holding() as held:
        await until(pilot, lambda: "5 secrets" in screen_text(running))
        await held.hold()
        with monkeypatch.context() as patch:
            patch.setattr(LocalClient, "_call", refuse)
            asked = await plan(pilot, *rows)
            await until(pilot, lambda: "Replicas: Reading…" in screen_text(running))
            assert "Nothing to do" not in screen_text(running)
            await held.release()
            await until(pilot, lambda: "Could not read: Another program is at it. F12 retries."
                        in join_screen_text(running))
            assert "replicas unknown" in screen_text(running)
            assert asked.go.disabled is (not rows)
        await pilot.press("f12")
        await until(pilot, lambda: "delete its replicas first: eu-west-1" in join_screen_text(running))

        assert "Replicas:" not in screen_text(running)
        assert asked.go.disabled is (not rows)


async def test_nothing_but_what_is_in_the_way(app: MakeApp, filled: Any) -> None:
    """The plan has no secret to delete."""
    filled.replicate_secret_to_regions(SecretId="dev/web/flags", AddReplicaRegions=[{"Region": "eu-west-1"}])
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        asked = await plan(pilot)
        await until(pilot, lambda: "eu-west-1" in screen_text(running))

        assert asked.go.disabled
        assert "Nothing to do." in screen_text(running)


async def test_what_is_refused_is_said_and_the_rest_is_done(app: MakeApp, filled: Any, client: Any) -> None:
    """If another session changed one of three secrets, the plan stays open with the reason in its row."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await plan(pilot, 0, 1, 2)
        client.delete_secret(SecretId="prod/payments/db", RecoveryWindowInDays=7)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "2 done, 1 refused." in screen_text(running))
        assert "prod/payments/db      ✗ refused: changed by others" in screen_text(running)
        assert "scheduled its deletion in us-east-1 at" in " ".join(screen_text(running).replace("│", "").split())
        assert "✓ done" in screen_text(running)
        await pilot.press("enter")
        await ended(pilot)
        await until(pilot, lambda: "✓ 1 marked" in screen_text(running))

        assert set(deleted(filled)) == {"dev/web/flags", "prod/payments/db", "prod/payments/stripe"}
        assert [entry["Name"] for entry in _marked(running)] == ["prod/payments/db"]


def _marked(app: SmtuiApp) -> list[Any]:
    [screen] = (each for each in app.screen_stack if isinstance(each, SecretsScreen))
    return list(screen.secrets.selection.entries)


async def test_several_are_one_thing_to_undo(app: MakeApp, filled: Any) -> None:
    """One `u` restores all of them."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await plan(pilot, 0, 1, 2)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "3 secrets will be deleted on 2026-04-01." in said(running))
        assert len(deleted(filled)) == 3
        await pilot.press("u")
        await until(pilot, lambda: "Undo?" in screen_text(running))
        assert screen_text(running).count("RestoreSecret of") == 3
        await pilot.press("enter")

        await until(pilot, lambda: deleted(filled) == {})


async def test_a_plan_can_be_stopped_in_the_middle(app: MakeApp, filled: Any, monkeypatch: Any) -> None:
    """Finished deletions remain, and the others are not tried; the footer shows this meaning of Esc."""
    running, footers = app(), list[str]()
    async with running.run_test(size=SMALL) as pilot:
        asked = await plan(pilot, 0, 1, 2)
        real = asked.client.delete_secret

        def once(**request: Any) -> Any:
            asked.plan.stopped = True
            footers.append(asked.key_names["dialog.cancel"])
            return real(**request)

        monkeypatch.setattr(asked.client, "delete_secret", once)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "1 done, 0 refused. Stopped: 2 not processed." in screen_text(running))
        assert footers == ["Stop"]
        await until(pilot, lambda: "Esc Close" in screen_text(running) and "Longer" not in screen_text(running))
        await pilot.press("escape")
        await ended(pilot)

        assert list(deleted(filled)) == ["dev/web/flags"]


async def test_quitting_while_a_plan_runs_says_what_stays(app: MakeApp, filled: Any, monkeypatch: Any) -> None:
    running, may_go_on = app(), threading.Event()
    async with running.run_test(size=SMALL) as pilot:
        asked = await plan(pilot, 0, 1, 2)
        real = asked.client.delete_secret
        calls: list[object] = []

        def once(**request: Any) -> Any:
            calls.append(request)
            if len(calls) == 2:
                may_go_on.wait(LIMIT)
            return real(**request)

        monkeypatch.setattr(asked.client, "delete_secret", once)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: len(calls) == 2)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(running.screen, Confirm))
        text = str(running.screen.query_one("#text", Static).render())
        assert "1 of 3 secrets done. Completed changes stay, and the other 2 will not be changed." in text
        await pilot.press("escape")
        may_go_on.set()
        await ended(pilot)

        assert len(deleted(filled)) == 3


async def test_what_was_deleted_permanently_is_told(vault: smtui.Vault, filled: Any, clock: Clock) -> None:
    """The deletion was overdue in a session of the day before."""
    filled.delete_secret(SecretId="dev/web/flags", RecoveryWindowInDays=7)
    clock.forward(days=8)
    with smtui.open_vault(vault.path, key=vault.unlock_key(), clock=clock) as yesterday:
        yesterday.client().list_secrets()
    clock.forward(days=1)
    running = SmtuiApp(vault.path, vault=smtui.open_vault(vault.path, key=vault.unlock_key(), clock=clock))
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: said(running))
        assert said(running) == ["Deleted permanently, as scheduled for 2026-03-09: secret dev/web/flags in us-east-1."]


@pytest.mark.parametrize("key", ["d", "t", "W"])
async def test_the_footer_says_that_there_is_more(app: MakeApp, client: Any, key: str) -> None:
    """A plan of more secrets than fit offers PgDn, which reaches the last, and then PgUp."""
    for number in range(30):
        client.create_secret(Name=f"many-{number:02}", SecretString="x")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "30 secrets" in screen_text(running))
        await pilot.press("asterisk", key)
        await until(pilot, lambda: isinstance(running.screen, PlanScreen))
        await until(pilot, lambda: "PgDn More" in screen_text(running))
        assert "many-29" not in screen_text(running)
        for _ in range(15):
            await pilot.press("pagedown")
        await until(pilot, lambda: "many-29" in screen_text(running))
        await until(pilot, lambda: "PgDn More" not in screen_text(running))
        assert "PgUp Page up" in screen_text(running)
