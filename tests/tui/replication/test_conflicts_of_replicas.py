"""Tests of conflicts between two sessions over replicas: nothing is done if others changed something meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

import smtui
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.replication.add_replicas import AddReplicas
from smtui.tui.replication.screen import ReplicationScreen
from smtui.tui.secret.conflict import ConflictDialog
from tests.tui.conftest import BOB, MakeApp, screen_text, types, until
from tests.tui.driver import (
    ID,
    get_focused_label,
    get_session,
    hear,
    join_screen_text,
    press_button,
    see,
    see_escape_ask,
    wait_for_screen,
)
from tests.tui.replication.test_screen import at_replication, regions, replicated  # noqa: F401

IRELAND = "eu-west-1"
POLICY = ('{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": {"AWS": "000000000000"}, '
          '"Action": "secretsmanager:DeleteSecret", "Resource": "*"}]}')

pytestmark = pytest.mark.usefixtures("one_time_and_place")

Act = Callable[[Any, Any], object]
"""A change by another session, with its clients of the primary's Region and of eu-west-1."""


@pytest.fixture
def there(vault: smtui.Vault, other: Any) -> Any:
    """Returns another session's client in eu-west-1."""
    with vault.reopen() as own:
        yield own.client(region_name=IRELAND, caller=BOB)


@pytest.fixture
def taken(there: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Creates another secret named prod/db in eu-west-1, and returns the client."""
    monkeypatch.setattr("smtui.engine.names.generate_suffix", lambda ambient: "GhIjKl")
    there.create_secret(Name="prod/db", SecretString="another")
    return there


def described(client: Any) -> dict[str, Any]:
    return {name: each for name, each in client.describe_secret(**ID).items() if name != "ResponseMetadata"}


async def ask_for_ireland(pilot: Pilot[None]) -> None:
    await pilot.press("a")
    await see(pilot, "N. California")
    await pilot.press("slash")
    await types(pilot, IRELAND)
    await pilot.press("enter", "space", "ctrl+s")


THEIR_CHANGES: dict[str, tuple[Act, str]] = {
    "value": (lambda _, there: there.put_secret_value(**ID, SecretString="newer"), "stored a version in eu-west-1"),
    "policy": (lambda _, there: there.put_resource_policy(**ID, ResourcePolicy=POLICY), "attached a policy"),
    "tags": (lambda _, there: there.tag_resource(**ID, Tags=[{"Key": "a", "Value": "b"}]), "changed the tags"),
    "description": (lambda _, there: there.update_secret(**ID, Description="mine"), "changed it"),
    "deletion": (lambda _, there: there.delete_secret(**ID), "scheduled its deletion"),
}


@pytest.mark.parametrize("kind", THEIR_CHANGES)
async def test_what_others_changed_since_the_question_is_not_overwritten_unseen(
    app: MakeApp, database: Any, taken: Any, other: Any, kind: str
) -> None:
    act, words = THEIR_CHANGES[kind]
    running = app()
    async with at_replication(running) as pilot:
        await ask_for_ireland(pilot)
        await see(pilot, "Overwrite prod/db in eu-west-1?")
        act(other, taken)
        theirs = described(taken)
        await press_button(pilot, "Overwrite")
        await wait_for_screen(pilot, ConflictDialog)
        assert "prod/db or the key of a replica has changed" in join_screen_text(running)
        assert f"user/bob {words}" in join_screen_text(running), join_screen_text(running)
        assert " at 2026-" in join_screen_text(running)
        assert get_focused_label(running) == "Cancel"
        await pilot.press("enter")
        await see(pilot, "✗ Nothing replicated.")
        assert described(taken) == theirs
        assert regions(database) == {}

        await pilot.press("ctrl+s")
        await see(pilot, "Overwrite prod/db in eu-west-1?")
        await press_button(pilot, "Overwrite")
        await see(pilot, "✓ in sync")
        assert "second-word" in taken.get_secret_value(**ID)["SecretString"]


async def test_an_alias_that_others_moved_after_it_was_chosen_for_a_replica(
    app: MakeApp, database: Any, vault: smtui.Vault
) -> None:
    """Cancel returns to the dialog, where the Region is still marked, and the reason is shown."""
    there = vault.keys(region_name=IRELAND)
    first, second = (there.create_key()["KeyMetadata"]["KeyId"] for _ in range(2))
    there.create_alias(AliasName="alias/own", TargetKeyId=first)
    running = app()
    async with at_replication(running) as pilot:
        await pilot.press("a")
        await see(pilot, "N. California")
        await pilot.press("slash")
        await types(pilot, IRELAND)
        await pilot.press("enter", "enter")
        await see(pilot, "KMS key in eu-west-1")
        await pilot.press("down", "enter")
        await see(pilot, "✓  eu-west-1")
        there.update_alias(AliasName="alias/own", TargetKeyId=second)
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, ConflictDialog)
        assert f"alias/own pointed to {first}. It points to {second} now." in join_screen_text(running)
        await pilot.press("enter")
        await see(pilot, "✗ Nothing replicated.")
        assert "✓  eu-west-1" in screen_text(running)
        assert regions(database) == {}


async def test_a_refused_dialog_of_replicas_keeps_its_marks(app: MakeApp, database: Any, taken: Any) -> None:
    """A refusal to overwrite in one Region loses neither the other Region nor its key."""
    running = app()
    async with at_replication(running) as pilot:
        await pilot.press("a")
        await see(pilot, "N. California")
        await pilot.press("space")
        await pilot.press("slash")
        await types(pilot, IRELAND)
        await pilot.press("enter", "j", "space", "ctrl+s")
        await see(pilot, "Overwrite prod/db in eu-west-1?")
        await pilot.press("escape")
        await see(pilot, "✗ Nothing replicated.")
        assert screen_text(running).count("✓") == 2
        await see_escape_ask(pilot, AddReplicas)


async def test_a_region_that_is_refused_is_said_in_the_dialog(
    app: MakeApp, database: Any, vault: smtui.Vault
) -> None:
    there = vault.keys(region_name=IRELAND)
    key = there.create_key()["KeyMetadata"]["KeyId"]
    running = app()
    async with at_replication(running) as pilot:
        await pilot.press("a")
        await see(pilot, "N. California")
        await pilot.press("space", "slash")
        await types(pilot, IRELAND)
        await pilot.press("enter", "j", "enter")
        await see(pilot, "KMS key in eu-west-1")
        await pilot.press("down", "enter")
        await see(pilot, "✓  eu-west-1")
        database.delete_secret(**ID)
        await pilot.press("ctrl+s")
        await see(pilot, "marked for deletion")
        assert isinstance(running.screen, AddReplicas)
        assert screen_text(running).count("✓") == 2 and key[:8] in screen_text(running)


async def test_it_is_overwritten_where_the_person_says_so_and_asked_again_where_it_changed_again(
    app: MakeApp, database: Any, taken: Any, other: Any
) -> None:
    async with at_replication(app()) as pilot:
        await ask_for_ireland(pilot)
        await see(pilot, "Overwrite prod/db in eu-west-1?")
        taken.put_secret_value(**ID, SecretString="newer")
        await press_button(pilot, "Overwrite")
        await wait_for_screen(pilot, ConflictDialog)
        taken.put_secret_value(**ID, SecretString="newest")
        first = pilot.app.screen
        await press_button(pilot, "Overwrite anyway")
        await until(pilot, lambda: pilot.app.screen is not first and isinstance(pilot.app.screen, ConflictDialog))
        assert taken.get_secret_value(**ID)["SecretString"] == "newest"
        await press_button(pilot, "Overwrite anyway")
        await see(pilot, "✓ in sync")

        assert "second-word" in taken.get_secret_value(**ID)["SecretString"]


async def test_a_name_that_others_take_after_the_question_is_asked_about(
    app: MakeApp, database: Any, there: Any, other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user agreed to overwrite in one Region; meanwhile, a secret appears in the other Region."""
    monkeypatch.setattr("smtui.engine.names.generate_suffix", lambda ambient: "GhIjKl")
    there.create_secret(Name="prod/db", SecretString="another")
    async with at_replication(app()) as pilot:
        await pilot.press("a")
        await see(pilot, "N. California")
        await pilot.press("slash")
        await types(pilot, IRELAND)
        await pilot.press("enter", "space", "slash", *["backspace"] * len(IRELAND))
        await types(pilot, "eu-west-2")
        await pilot.press("enter", "j", "space", "ctrl+s")
        await see(pilot, "Overwrite prod/db in eu-west-1?")
        with get_session(pilot.app).vault.reopen() as own:
            london = own.client(region_name="eu-west-2", caller=BOB)
            london.create_secret(Name="prod/db", SecretString="theirs")
            await press_button(pilot, "Overwrite")
            await wait_for_screen(pilot, ConflictDialog)
            assert "user/bob created it in eu-west-2" in join_screen_text(pilot.app)
            await pilot.press("escape")
            await see(pilot, "✗ Nothing replicated.")

            assert london.get_secret_value(**ID)["SecretString"] == "theirs"
            assert there.get_secret_value(**ID)["SecretString"] == "another"


REPLICA_CHANGES: dict[str, tuple[Act, str]] = {
    "value": (lambda here, _: here.put_secret_value(**ID, SecretString="newer"), "stored a version in us-east-1"),
    "made anew": (lambda here, _: (
        here.remove_regions_from_replication(**ID, RemoveReplicaRegions=[IRELAND]),
        here.replicate_secret_to_regions(**ID, AddReplicaRegions=[{"Region": IRELAND}]),
    ), "removed a replica in eu-west-1"),
    "policy": (lambda here, _: here.put_resource_policy(**ID, ResourcePolicy=POLICY), "attached a policy"),
    "promoted": (lambda _, there: there.stop_replication_to_replica(**ID), "promoted a replica in eu-west-1"),
}


@pytest.mark.parametrize("kind", REPLICA_CHANGES)
@pytest.mark.parametrize(("key", "button", "insist"), [
    ("d", "Delete", "Delete anyway"), ("P", "Promote", "Promote anyway"),
])
async def test_a_replica_goes_or_is_promoted_as_it_was_seen(
    app: MakeApp, replicated: Any, other: Any, there: Any, key: str, button: str, insist: str, kind: str  # noqa: F811
) -> None:
    act, words = REPLICA_CHANGES[kind]
    running = app()
    async with at_replication(running) as pilot:
        await pilot.press("j", key)
        await wait_for_screen(pilot, Confirm)
        act(other, there)
        before = regions(replicated), described(there)
        await press_button(pilot, button)
        await wait_for_screen(pilot, ConflictDialog)
        assert f"user/bob {words}" in join_screen_text(running), join_screen_text(running)
        assert insist in join_screen_text(running)
        await pilot.press("enter")
        await wait_for_screen(pilot, ReplicationScreen)

        assert (regions(replicated), described(there)) == before


@pytest.mark.parametrize(("key", "button", "insist"), [
    ("d", "Delete", "Delete anyway"), ("P", "Promote", "Promote anyway"),
])
async def test_it_is_done_where_the_person_says_so(
    app: MakeApp, replicated: Any, other: Any, key: str, button: str, insist: str  # noqa: F811
) -> None:
    async with at_replication(app()) as pilot:
        await pilot.press("j", key)
        await wait_for_screen(pilot, Confirm)
        other.put_secret_value(**ID, SecretString="newer")
        await press_button(pilot, button)
        await wait_for_screen(pilot, ConflictDialog)
        await press_button(pilot, insist)
        await until(pilot, lambda: regions(replicated) == {})


async def test_a_replica_that_is_gone_is_not_asked_about(
    app: MakeApp, replicated: Any, other: Any, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:
    """The dialog reads the current state, which the screen does not show yet."""
    monkeypatch.setattr(ReplicationScreen, "look_for_changes", lambda screen: None)
    async with at_replication(app()) as pilot:
        await pilot.press("j")
        other.remove_regions_from_replication(**ID, RemoveReplicaRegions=[IRELAND])
        await pilot.press("d")
        await hear(pilot, "prod/db no longer has a replica in eu-west-1.")

        assert isinstance(pilot.app.screen, ReplicationScreen)
        assert "eu-west-1" not in screen_text(pilot.app)


async def test_what_others_read_or_change_elsewhere_is_no_conflict(
    app: MakeApp, replicated: Any, vault: smtui.Vault, other: Any, there: Any  # noqa: F811
) -> None:
    async with at_replication(app()) as pilot:
        await pilot.press("j", "d")
        await wait_for_screen(pilot, Confirm)
        there.get_secret_value(**ID)
        other.create_secret(Name="prod/db2", SecretString="x")
        with vault.reopen() as own:
            own.client(region_name="eu-west-2", caller=BOB).create_secret(Name="prod/db", SecretString="x")
        await press_button(pilot, "Delete")

        await hear(pilot, "Replica of prod/db in eu-west-1 deleted.")
