"""Tests of conflicts between two sessions over tags, description, key, policy and labels."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input

import smtui
from smtui.tui.app import SmtuiApp
from smtui.tui.dialogs.one_line import OneLine
from smtui.tui.dialogs.pick import Pick
from smtui.tui.policy.preview import PolicyPreview
from smtui.tui.policy.screen import PolicyScreen
from smtui.tui.secret.conflict import ConflictDialog
from smtui.tui.secret.label_preview import LabelPreview
from smtui.tui.secret.screen import SecretScreen
from smtui.tui.secret.tags import TagsForm
from smtui.tui.secret_list.plan_dialog import PlanScreen
from smtui.tui.undo.preview import UndoPreview
from tests.tui.conftest import BOB, MakeApp, said, screen_text, types, until, version_id
from tests.tui.driver import (
    ID,
    get_focused_label,
    get_screen,
    hear,
    join_screen_text,
    open_secret,
    press_button,
    see,
    see_escape_ask,
    wait_for_screen,
)
from tests.tui.secret.driver import go_to_versions, type_new_label

FIRST, SECOND = version_id(1), version_id(2)

pytestmark = pytest.mark.usefixtures("one_time_and_place")


def tags(client: Any, name: str = "prod/db") -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in client.describe_secret(SecretId=name).get("Tags", ())}


def labels(client: Any) -> dict[str, str]:
    found = client.describe_secret(**ID)["VersionIdsToStages"]
    return {label: version for version, attached in found.items() for label in attached}


def description(client: Any) -> str:
    return str(client.describe_secret(**ID).get("Description", ""))


# Description.


async def edit_description(pilot: Pilot[None]) -> None:
    await pilot.press("i")
    await wait_for_screen(pilot, OneLine)
    await types(pilot, " 2")


async def test_a_description_that_others_changed(app: MakeApp, database: Any, other: Any) -> None:
    """The dialog shows both texts; Esc returns to the field with the input."""
    running = app()
    async with open_secret(running) as pilot:
        await edit_description(pilot)
        other.update_secret(**ID, Description="theirs")
        await pilot.press("enter")
        await wait_for_screen(pilot, ConflictDialog)
        assert "user/bob changed the description at" in join_screen_text(running)
        assert "Now: theirs" in join_screen_text(running) and "Yours: Main database 2" in join_screen_text(running)
        assert "Cancel: back to your changes; storing asks again." in join_screen_text(running)
        assert "Keep editing: back to your changes, on top of theirs." in join_screen_text(running)
        assert get_focused_label(running) == "Cancel"
        await pilot.press("escape")
        await wait_for_screen(pilot, OneLine)
        await see_escape_ask(pilot, OneLine)
        assert running.screen.query_one(Input).value == "Main database 2"
        assert description(database) == "theirs"
        await pilot.press("enter")
        await wait_for_screen(pilot, ConflictDialog)
        await press_button(pilot, "Store mine anyway")
        await hear(pilot, "Description changed.")
        assert description(database) == "Main database 2"

        await wait_for_screen(pilot, SecretScreen)
        await pilot.press("u")
        await wait_for_screen(pilot, UndoPreview)
        await pilot.press("enter")
        await hear(pilot, "Undid")
        assert description(database) == "theirs"


async def test_a_refused_description_is_still_in_the_line(app: MakeApp, database: Any, other: Any) -> None:
    running = app()
    async with open_secret(running) as pilot:
        await edit_description(pilot)
        other.delete_secret(**ID, RecoveryWindowInDays=7)
        await pilot.press("enter")
        await hear(pilot, "marked for deletion")
        await wait_for_screen(pilot, OneLine)

        await see_escape_ask(pilot, OneLine)
        assert running.screen.query_one(Input).value == "Main database 2"


# Tags.


async def edit_tag(pilot: Pilot[None], value: str) -> None:
    """Edits the tag `team`."""
    await pilot.press("t")
    await wait_for_screen(pilot, TagsForm)
    pilot.app.screen.query(Input).last().value = value
    await see(pilot, f"→ {value}")


@pytest.mark.parametrize("place", ["secret", "list"])
async def test_a_tag_that_others_changed(
    app: MakeApp, database: Any, other: Any, place: str
) -> None:
    """The dialog asks about a tag that both changed; a tag that only the others changed keeps their value."""
    running = app()
    async with open_secret(running) as pilot:
        if place == "list":
            await pilot.press("escape")
            await see(pilot, "1 secret ·")
        await edit_tag(pilot, "web")
        other.tag_resource(**ID, Tags=[{"Key": "team", "Value": "ops"}, {"Key": "env", "Value": "prod"}])
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, ConflictDialog)
        assert "user/bob changed the tags at" in join_screen_text(running)
        assert "team: was pay, now ops, yours: web" in join_screen_text(running)
        await pilot.press("enter")
        await wait_for_screen(pilot, TagsForm)
        assert running.screen.query(Input).last().value == "web"
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, ConflictDialog)
        await press_button(pilot, "Keep editing")
        await wait_for_screen(pilot, TagsForm)
        await see(pilot, "team: ops → web")
        assert tags(database) == {"team": "ops", "env": "prod"}
        await pilot.press("ctrl+s")
        await until(pilot, lambda: tags(database) == {"team": "web", "env": "prod"})


async def test_tags_that_others_left_alone(app: MakeApp, database: Any, other: Any) -> None:
    running = app()
    async with open_secret(running) as pilot:
        await edit_tag(pilot, "web")
        other.tag_resource(**ID, Tags=[{"Key": "env", "Value": "prod"}])
        await pilot.press("ctrl+s")
        await until(pilot, lambda: tags(database) == {"team": "web", "env": "prod"})
        await wait_for_screen(pilot, SecretScreen)


async def test_tags_of_several(app: MakeApp, filled: Any, vault: smtui.Vault) -> None:
    """A tag that others changed is not written, and the reason is shown; the other tags are."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await see(pilot, "5 secrets")
        await pilot.press("asterisk", "t")
        await wait_for_screen(pilot, PlanScreen)
        await types(pilot, "env")
        await pilot.press("tab")
        await types(pilot, "test")
        await see(pilot, "5 secrets of 5")
        with vault.reopen() as elsewhere:
            elsewhere.client().tag_resource(SecretId="prod/web/session", Tags=[{"Key": "env", "Value": "staging"}])
        running.screen.query_one("#go", Button).press()
        await see(pilot, "4 done, 1 refused.")
        assert "changed by others: env is now staging" in join_screen_text(running)

        assert tags(filled, "prod/web/session")["env"] == "staging"
        assert tags(filled, "shared/wifi")["env"] == "test"


# KMS key.


async def test_a_key_that_others_changed(
    app: MakeApp, database: Any, other: Any, vault: smtui.Vault
) -> None:
    """Cancel keeps the key of the others."""
    made = [vault.keys().create_key()["KeyMetadata"] for _ in range(2)]
    for name, key in zip(("alias/a", "alias/b"), made, strict=True):
        vault.keys().create_alias(AliasName=name, TargetKeyId=key["KeyId"])
    running = app()
    async with open_secret(running) as pilot:
        await pilot.press("K")
        await see(pilot, "KMS key for")
        other.update_secret(**ID, KmsKeyId="alias/b")
        theirs = database.describe_secret(**ID)["KmsKeyId"]
        await pilot.press("down", "enter")
        await wait_for_screen(pilot, ConflictDialog)
        assert "user/bob changed the KMS key at" in join_screen_text(running)
        await pilot.press("enter")
        await wait_for_screen(pilot, SecretScreen)
        assert database.describe_secret(**ID)["KmsKeyId"] == theirs


async def open_key_list(pilot: Pilot[None]) -> None:
    await pilot.press("K")
    await see(pilot, "KMS key for")


@pytest.fixture
def moved_alias(vault: smtui.Vault) -> tuple[str, str]:
    """The ids of two keys. The alias alias/a points to the first one."""
    first, second = (vault.keys().create_key()["KeyMetadata"]["KeyId"] for _ in range(2))
    vault.keys().create_alias(AliasName="alias/a", TargetKeyId=first)
    return first, second


async def test_an_alias_that_others_moved_while_the_keys_were_listed(
    app: MakeApp, database: Any, vault: smtui.Vault, moved_alias: tuple[str, str]
) -> None:
    """The secret is encrypted with the key whose id was shown, or the user is asked."""
    first, second = moved_alias
    running = app()
    async with open_secret(running) as pilot:
        await open_key_list(pilot)
        assert first[:8] in screen_text(running)
        with vault.reopen() as own:
            own.keys(caller=BOB).update_alias(AliasName="alias/a", TargetKeyId=second)
        await pilot.press("down", "enter")
        await wait_for_screen(pilot, ConflictDialog)
        assert "user/bob moved it in us-east-1 at" in join_screen_text(running)
        assert f"alias/a pointed to {first}. It points to {second} now." in join_screen_text(running)
        await pilot.press("enter")
        await wait_for_screen(pilot, SecretScreen)
        assert "KmsKeyId" not in database.describe_secret(**ID)

        await open_key_list(pilot)
        assert second[:8] in screen_text(running)
        await pilot.press("down", "enter")
        await hear(pilot, "re-encrypted with alias/a")
        assert database.describe_secret(**ID)["KmsKeyId"].endswith("alias/a")

        await open_key_list(pilot)
        await pilot.press("down", "enter")
        await hear(pilot, "prod/db already uses alias/a.")


async def test_undo_does_not_go_back_to_an_alias_that_points_to_another_key(
    app: MakeApp, database: Any, vault: smtui.Vault, moved_alias: tuple[str, str]
) -> None:
    database.update_secret(**ID, KmsKeyId="alias/a")
    async with open_secret(app()) as pilot:
        await open_key_list(pilot)
        await pilot.press("enter")
        await hear(pilot, "re-encrypted with alias/aws/secretsmanager")
        vault.keys().update_alias(AliasName="alias/a", TargetKeyId=moved_alias[1])
        await pilot.press("u")

        await hear(pilot, "alias/a now points to another key.")


# Policy.


def policy(sid: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{
        "Sid": sid, "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"},
        "Action": "secretsmanager:*", "Resource": "*",
    }]})  # fmt: skip


def attached(client: Any) -> str:
    return str(client.get_resource_policy(**ID).get("ResourcePolicy", ""))


@asynccontextmanager
async def policy_opened(running: SmtuiApp) -> AsyncIterator[Pilot[None]]:
    async with open_secret(running) as pilot:
        await pilot.press("3")
        await wait_for_screen(pilot, PolicyScreen)
        await until(pilot, lambda: get_screen(running, PolicyScreen).secret is not None)
        yield pilot


async def test_a_policy_that_others_changed(app: MakeApp, database: Any, other: Any) -> None:
    database.put_resource_policy(**ID, ResourcePolicy=policy("Before"))
    running = app()
    async with policy_opened(running) as pilot:
        await see(pilot, "Before")
        await pilot.press("e")
        area: Any = get_screen(running, PolicyScreen).editor.area
        area.load_text(policy("Mine"))
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, PolicyPreview)
        other.put_resource_policy(**ID, ResourcePolicy=policy("Theirs"))
        await pilot.press("enter")
        await wait_for_screen(pilot, ConflictDialog)
        assert "user/bob changed the policy at" in join_screen_text(running)
        assert '+ "Sid": "Theirs"' in join_screen_text(running)
        await pilot.press("escape")
        await wait_for_screen(pilot, PolicyScreen)
        assert "Mine" in area.text and not area.read_only
        assert attached(database) == policy("Theirs")
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, ConflictDialog)
        await press_button(pilot, "Attach mine anyway")
        await wait_for_screen(pilot, PolicyPreview)
        await pilot.press("enter")
        await hear(pilot, "Policy attached.")

        assert attached(database) == policy("Mine")


@pytest.mark.parametrize("edited", [True, False])
async def test_a_policy_that_others_detached(
    app: MakeApp, database: Any, other: Any, edited: bool
) -> None:
    """The screen says so at once, and shows no preview against the removed policy, with or without an edit."""
    database.put_resource_policy(**ID, ResourcePolicy=policy("Before"))
    running = app()
    async with policy_opened(running) as pilot:
        await see(pilot, "Before")
        await pilot.press("e")
        area: Any = get_screen(running, PolicyScreen).editor.area
        if edited:
            area.load_text(policy("Mine"))
        typed = area.text
        other.delete_resource_policy(**ID)
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, ConflictDialog)
        assert "user/bob removed the policy at" in join_screen_text(running)
        assert "policy removed" in join_screen_text(running)
        assert ("attach it again, unchanged" in join_screen_text(running)) is not edited
        assert get_focused_label(running) == "Cancel"
        await press_button(pilot, "Keep editing")
        await wait_for_screen(pilot, PolicyScreen)
        assert area.text == typed and not area.read_only and not attached(database)
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, PolicyPreview)
        assert "Only" not in join_screen_text(running)
        await pilot.press("enter")
        await hear(pilot, "Policy attached.")
        assert attached(database)


async def test_a_policy_is_not_removed_unseen(app: MakeApp, database: Any, other: Any) -> None:
    database.put_resource_policy(**ID, ResourcePolicy=policy("Before"))
    running = app()
    async with policy_opened(running) as pilot:
        await see(pilot, "Before")
        await pilot.press("f8")
        await see(pilot, "Remove the policy")
        other.put_resource_policy(**ID, ResourcePolicy=policy("Theirs"))
        await press_button(pilot, "Remove")
        await wait_for_screen(pilot, ConflictDialog)
        assert "Remove anyway" in screen_text(running)
        await pilot.press("enter")
        await wait_for_screen(pilot, PolicyScreen)

        assert attached(database) == policy("Theirs")


# Labels.


def others_store(client: Any) -> None:
    client.put_secret_value(**ID, SecretString="theirs")


async def test_a_roll_back_is_what_the_preview_named(app: MakeApp, database: Any, other: Any) -> None:
    """A version that is stored during the preview keeps AWSCURRENT."""
    running = app()
    async with open_secret(running) as pilot:
        await go_to_versions(pilot)
        await pilot.press("b")
        await wait_for_screen(pilot, LabelPreview)
        others_store(other)
        theirs = labels(database)["AWSCURRENT"]
        await pilot.press("enter")
        await wait_for_screen(pilot, ConflictDialog)
        assert "The labels of prod/db have moved" in screen_text(running)
        assert f"user/bob stored version {theirs[:8]} at" in join_screen_text(running)
        await press_button(pilot, "Preview again")
        await wait_for_screen(pilot, LabelPreview)
        await see(pilot, f"AWSCURRENT moves from {theirs[:8]} to 00000001.")
        assert labels(database)["AWSCURRENT"] == theirs
        await pilot.press("enter")
        await until(pilot, lambda: labels(database)["AWSCURRENT"] == FIRST)


async def test_a_label_that_others_moved(app: MakeApp, database: Any, other: Any) -> None:
    running = app()
    async with open_secret(running) as pilot:
        await go_to_versions(pilot)
        await type_new_label(pilot, "blue")
        await wait_for_screen(pilot, LabelPreview)
        other.update_secret_version_stage(**ID, VersionStage="blue", MoveToVersionId=FIRST)
        await pilot.press("enter")
        await wait_for_screen(pilot, ConflictDialog)
        assert "blue was on no version, now on 00000001." in join_screen_text(running)
        await pilot.press("escape")
        await see(pilot, "✗ No changes made.")
        await pilot.press("escape", "tab", "enter")
        await wait_for_screen(pilot, SecretScreen)

        assert labels(database)["blue"] == FIRST


@pytest.mark.parametrize("taken_to", [None, FIRST])
async def test_a_label_that_others_removed_first(
    app: MakeApp, database: Any, other: Any, taken_to: str | None
) -> None:
    """No label is taken from a version that the preview did not name, and no empty plan is shown."""
    database.update_secret_version_stage(**ID, VersionStage="blue", MoveToVersionId=SECOND)
    database.update_secret_version_stage(**ID, VersionStage="green", MoveToVersionId=SECOND)
    running = app()
    async with open_secret(running) as pilot:
        await go_to_versions(pilot)
        await pilot.press("minus")
        await wait_for_screen(pilot, Pick)
        move: Any = {"MoveToVersionId": taken_to} if taken_to else {}
        other.update_secret_version_stage(**ID, VersionStage="blue", RemoveFromVersionId=SECOND, **move)
        await pilot.press("enter")
        await hear(pilot, "blue is no longer on version 00000002. No changes made.")

        assert isinstance(running.screen, SecretScreen)
        assert labels(database).get("blue") == taken_to


async def test_a_label_that_others_attached_first(app: MakeApp, database: Any, other: Any) -> None:
    """The plan would contain no change."""
    running = app()
    async with open_secret(running) as pilot:
        await go_to_versions(pilot)
        await pilot.press("plus")
        await see(pilot, "Attach label to version 00000002")
        other.update_secret_version_stage(**ID, VersionStage="blue", MoveToVersionId=SECOND)
        await types(pilot, "blue")
        await pilot.press("enter")
        await hear(pilot, "blue is already on version 00000002. No changes made.")

        assert isinstance(running.screen, SecretScreen)


@pytest.mark.parametrize("taken_to", [None, SECOND])
async def test_a_label_beside_it_that_others_took_away(
    app: MakeApp, database: Any, other: Any, taken_to: str | None
) -> None:
    """The preview names the labels that are left on the version, so removing one does not deprecate it unseen."""
    for label in ("one", "two"):
        database.update_secret_version_stage(**ID, VersionStage=label, MoveToVersionId=FIRST)
    database.update_secret_version_stage(**ID, VersionStage="AWSPREVIOUS", RemoveFromVersionId=FIRST)
    running = app()
    async with open_secret(running) as pilot:
        await go_to_versions(pilot)
        await pilot.press("j", "minus")
        await wait_for_screen(pilot, Pick)
        await pilot.press("enter")
        await wait_for_screen(pilot, LabelPreview)
        assert "deprecated" not in screen_text(running)
        move: Any = {"MoveToVersionId": taken_to} if taken_to else {}
        other.update_secret_version_stage(**ID, VersionStage="two", RemoveFromVersionId=FIRST, **move)
        await pilot.press("enter")
        await wait_for_screen(pilot, ConflictDialog)
        now = "00000002" if taken_to else "no version"
        assert f"two was on 00000001, now on {now}." in join_screen_text(running)
        assert labels(database)["one"] == FIRST
        await press_button(pilot, "Preview again")
        await wait_for_screen(pilot, LabelPreview)
        assert "00000001 has no labels left and becomes deprecated" in join_screen_text(running)


# Undo.


UNDONE: dict[str, tuple[Callable[[Any], object], Callable[[Any], object]]] = {
    "description": (lambda client: client.update_secret(**ID, Description="theirs"), description),
    "tags": (lambda client: client.tag_resource(**ID, Tags=[{"Key": "team", "Value": "ops"}]), tags),
}


@pytest.mark.parametrize("kind", UNDONE)
async def test_an_undo_checks_when_it_is_sent(
    app: MakeApp, database: Any, other: Any, kind: str
) -> None:
    """The check happens when the undo is sent, so changes during the preview are kept."""
    act, read = UNDONE[kind]
    running = app()
    async with open_secret(running) as pilot:
        if kind == "tags":
            await edit_tag(pilot, "web")
            await pilot.press("ctrl+s")
        else:
            await edit_description(pilot)
            await pilot.press("enter")
        await wait_for_screen(pilot, SecretScreen)
        await until(pilot, lambda: running.session is not None and running.session.undo.last)
        await pilot.press("u")
        await wait_for_screen(pilot, UndoPreview)
        act(other)
        theirs = read(database)
        await pilot.press("enter")
        await hear(pilot, "cannot be undone")

        assert read(database) == theirs
        assert not any("Undid" in each for each in said(running))


async def test_an_undone_version_checks_when_it_is_sent(app: MakeApp, database: Any, other: Any) -> None:
    """AWSCURRENT is not taken from a version that was stored later."""
    running = app()
    async with open_secret(running) as pilot:
        await pilot.press("e")
        await see(pilot, "New value of prod/db")
        await types(pilot, "alice")
        await pilot.press("ctrl+s")
        await see(pilot, "~ user changed")
        await pilot.press("enter")
        await hear(pilot, "stored as AWSCURRENT")
        await wait_for_screen(pilot, SecretScreen)
        await pilot.press("u")
        await wait_for_screen(pilot, UndoPreview)
        others_store(other)
        await pilot.press("enter")
        await hear(pilot, "Its labels have moved since.")

        assert database.get_secret_value(**ID)["SecretString"] == "theirs"
