"""Two sessions on one vault: tags, description, key, policy and labels are written as they were seen, or not at all."""

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
from tests.tui.conftest import MakeApp, said, screen_text, types, until, version_id
from tests.tui.secret.test_conflicts import ID, hears, on, opened, other, press_button, prose, sees  # noqa: F401

FIRST, SECOND = version_id(1), version_id(2)

pytestmark = pytest.mark.usefixtures("one_time_and_place")


def tags(client: Any, name: str = "prod/db") -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in client.describe_secret(SecretId=name).get("Tags", ())}


def labels(client: Any) -> dict[str, str]:
    found = client.describe_secret(**ID)["VersionIdsToStages"]
    return {label: version for version, attached in found.items() for label in attached}


def description(client: Any) -> str:
    return str(client.describe_secret(**ID).get("Description", ""))


# The description.


async def edit_description(pilot: Pilot[None]) -> None:
    await pilot.press("i")
    await on(pilot, OneLine)
    await types(pilot, " 2")


async def test_a_description_that_others_changed(app: MakeApp, database: Any, other: Any) -> None:  # noqa: F811
    """Both texts are shown; Escape goes back to the line with what was typed in it."""
    running = app()
    async with opened(running) as pilot:
        await edit_description(pilot)
        other.update_secret(**ID, Description="theirs")
        await pilot.press("enter")
        await on(pilot, ConflictDialog)
        assert "user/bob changed the description at" in prose(running)
        assert "Now: theirs" in prose(running) and "Yours: Main database 2" in prose(running)
        assert str(running.focused.label) == "Cancel"  # type: ignore[union-attr]
        await pilot.press("escape")
        await on(pilot, OneLine)
        assert running.screen.query_one(Input).value == "Main database 2"
        assert description(database) == "theirs"
        await pilot.press("enter")
        await on(pilot, ConflictDialog)
        await press_button(pilot, "Store mine anyway")
        await hears(pilot, "The description is changed.")
        assert description(database) == "Main database 2"

        await on(pilot, SecretScreen)
        await pilot.press("u")
        await on(pilot, UndoPreview)
        await pilot.press("enter")
        await hears(pilot, "Undone")
        assert description(database) == "theirs"


async def test_a_refused_description_is_still_in_the_line(app: MakeApp, database: Any, other: Any) -> None:  # noqa: F811
    running = app()
    async with opened(running) as pilot:
        await edit_description(pilot)
        other.delete_secret(**ID, RecoveryWindowInDays=7)
        await pilot.press("enter")
        await hears(pilot, "marked for deletion")
        await on(pilot, OneLine)

        assert running.screen.query_one(Input).value == "Main database 2"


# Tags.


async def edit_tag(pilot: Pilot[None], value: str) -> None:
    """Of the tag `team`."""
    await pilot.press("t")
    await on(pilot, TagsForm)
    pilot.app.screen.query(Input).last().value = value
    await sees(pilot, f"becomes {value}")


@pytest.mark.parametrize("place", ["secret", "list"])
async def test_a_tag_that_others_changed(
    app: MakeApp, database: Any, other: Any, place: str  # noqa: F811
) -> None:
    """A tag that both changed is asked about; one that they alone changed stays theirs, whatever one answers."""
    running = app()
    async with opened(running) as pilot:
        if place == "list":
            await pilot.press("escape")
            await sees(pilot, "1 secret ·")
        await edit_tag(pilot, "web")
        other.tag_resource(**ID, Tags=[{"Key": "team", "Value": "ops"}, {"Key": "env", "Value": "prod"}])
        await pilot.press("ctrl+s")
        await on(pilot, ConflictDialog)
        assert "user/bob changed the tags at" in prose(running)
        assert "team: pay before, ops now; you: web" in prose(running)
        await pilot.press("enter")
        await on(pilot, TagsForm)
        assert running.screen.query(Input).last().value == "web"
        await pilot.press("ctrl+s")
        await on(pilot, ConflictDialog)
        await press_button(pilot, "Keep editing")
        await on(pilot, TagsForm)
        await sees(pilot, "team: ops becomes web")
        assert tags(database) == {"team": "ops", "env": "prod"}
        await pilot.press("ctrl+s")
        await until(pilot, lambda: tags(database) == {"team": "web", "env": "prod"})


async def test_tags_that_others_left_alone(app: MakeApp, database: Any, other: Any) -> None:  # noqa: F811
    running = app()
    async with opened(running) as pilot:
        await edit_tag(pilot, "web")
        other.tag_resource(**ID, Tags=[{"Key": "env", "Value": "prod"}])
        await pilot.press("ctrl+s")
        await until(pilot, lambda: tags(database) == {"team": "web", "env": "prod"})
        await on(pilot, SecretScreen)


async def test_tags_of_several(app: MakeApp, filled: Any, vault: smtui.Vault) -> None:
    """The one that others changed is refused, with why; the others are done."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "5 secrets")
        await pilot.press("asterisk", "t")
        await on(pilot, PlanScreen)
        await types(pilot, "env")
        await pilot.press("tab")
        await types(pilot, "test")
        await sees(pilot, "5 secrets of 5")
        with vault.reopen() as elsewhere:
            elsewhere.client().tag_resource(SecretId="prod/web/session", Tags=[{"Key": "env", "Value": "staging"}])
        running.screen.query_one("#go", Button).press()
        await sees(pilot, "4 done, 1 refused.")
        assert "changed by others meanwhile: env is staging" in prose(running)

        assert tags(filled, "prod/web/session")["env"] == "staging"
        assert tags(filled, "shared/wifi")["env"] == "test"


# The KMS key.


async def test_a_key_that_others_changed(
    app: MakeApp, database: Any, other: Any, vault: smtui.Vault  # noqa: F811
) -> None:
    """Cancel leaves theirs."""
    made = [vault.keys().create_key()["KeyMetadata"] for _ in range(2)]
    for name, key in zip(("alias/a", "alias/b"), made, strict=True):
        vault.keys().create_alias(AliasName=name, TargetKeyId=key["KeyId"])
    running = app()
    async with opened(running) as pilot:
        await pilot.press("K")
        await sees(pilot, "Under which key")
        other.update_secret(**ID, KmsKeyId="alias/b")
        theirs = database.describe_secret(**ID)["KmsKeyId"]
        await pilot.press("down", "enter")
        await on(pilot, ConflictDialog)
        assert "user/bob changed the KMS key at" in prose(running)
        await pilot.press("enter")
        await on(pilot, SecretScreen)
        assert database.describe_secret(**ID)["KmsKeyId"] == theirs


# The policy.


def policy(sid: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{
        "Sid": sid, "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"},
        "Action": "secretsmanager:*", "Resource": "*",
    }]})  # fmt: skip


def attached(client: Any) -> str:
    return str(client.get_resource_policy(**ID).get("ResourcePolicy", ""))


@asynccontextmanager
async def policy_opened(running: SmtuiApp) -> AsyncIterator[Pilot[None]]:
    async with opened(running) as pilot:
        await pilot.press("3")
        await on(pilot, PolicyScreen)
        await until(pilot, lambda: running.screen.secret is not None)  # type: ignore[attr-defined]
        yield pilot


async def test_a_policy_that_others_changed(app: MakeApp, database: Any, other: Any) -> None:  # noqa: F811
    database.put_resource_policy(**ID, ResourcePolicy=policy("Before"))
    running = app()
    async with policy_opened(running) as pilot:
        await sees(pilot, "Before")
        await pilot.press("e")
        area: Any = running.screen.area  # type: ignore[attr-defined]
        area.load_text(policy("Mine"))
        await pilot.press("ctrl+s")
        await on(pilot, PolicyPreview)
        other.put_resource_policy(**ID, ResourcePolicy=policy("Theirs"))
        await pilot.press("enter")
        await on(pilot, ConflictDialog)
        assert "user/bob changed the policy at" in prose(running)
        assert '+ "Sid": "Theirs"' in prose(running)
        await pilot.press("escape")
        await on(pilot, PolicyScreen)
        assert "Mine" in area.text and not area.read_only
        assert attached(database) == policy("Theirs")
        await pilot.press("ctrl+s")
        await on(pilot, ConflictDialog)
        await press_button(pilot, "Attach mine anyway")
        await on(pilot, PolicyPreview)
        await pilot.press("enter")
        await hears(pilot, "The policy is attached.")

        assert attached(database) == policy("Mine")


@pytest.mark.parametrize("edited", [True, False])
async def test_a_policy_that_others_detached(
    app: MakeApp, database: Any, other: Any, edited: bool  # noqa: F811
) -> None:
    """That is said at once, and no preview against a policy that is no more; whether or not one has changed a word."""
    database.put_resource_policy(**ID, ResourcePolicy=policy("Before"))
    running = app()
    async with policy_opened(running) as pilot:
        await sees(pilot, "Before")
        await pilot.press("e")
        area: Any = running.screen.area  # type: ignore[attr-defined]
        if edited:
            area.load_text(policy("Mine"))
        typed = area.text
        other.delete_resource_policy(**ID)
        await pilot.press("ctrl+s")
        await on(pilot, ConflictDialog)
        assert "user/bob detached the policy at" in prose(running)
        assert "no policy is attached now" in prose(running)
        assert ("attaches it again, unchanged" in prose(running)) is not edited
        assert str(running.focused.label) == "Cancel"  # type: ignore[union-attr]
        await press_button(pilot, "Keep editing")
        await on(pilot, PolicyScreen)
        assert area.text == typed and not area.read_only and not attached(database)
        await pilot.press("ctrl+s")
        await on(pilot, PolicyPreview)
        assert "Only" not in prose(running)
        await pilot.press("enter")
        await hears(pilot, "The policy is attached.")
        assert attached(database)


async def test_a_policy_is_not_removed_unseen(app: MakeApp, database: Any, other: Any) -> None:  # noqa: F811
    database.put_resource_policy(**ID, ResourcePolicy=policy("Before"))
    running = app()
    async with policy_opened(running) as pilot:
        await sees(pilot, "Before")
        await pilot.press("f8")
        await sees(pilot, "Remove the policy")
        other.put_resource_policy(**ID, ResourcePolicy=policy("Theirs"))
        await press_button(pilot, "Remove")
        await on(pilot, ConflictDialog)
        assert "Remove anyway" in screen_text(running)
        await pilot.press("enter")
        await on(pilot, PolicyScreen)

        assert attached(database) == policy("Theirs")


# Labels.


def others_store(client: Any) -> None:
    client.put_secret_value(**ID, SecretString="theirs")


async def at_versions(pilot: Pilot[None]) -> None:
    await pilot.press("v")
    await until(pilot, lambda: pilot.app.screen.versions.has_focus)  # type: ignore[attr-defined]


async def test_a_roll_back_is_what_the_preview_named(app: MakeApp, database: Any, other: Any) -> None:  # noqa: F811
    """A version stored between preview and Enter is not taken off AWSCURRENT unseen."""
    running = app()
    async with opened(running) as pilot:
        await at_versions(pilot)
        await pilot.press("b")
        await on(pilot, LabelPreview)
        others_store(other)
        theirs = labels(database)["AWSCURRENT"]
        await pilot.press("enter")
        await on(pilot, ConflictDialog)
        assert "The labels of prod/db moved meanwhile" in screen_text(running)
        assert f"user/bob stored version {theirs[:8]} at" in prose(running)
        await press_button(pilot, "Preview again")
        await on(pilot, LabelPreview)
        await sees(pilot, f"AWSCURRENT goes from {theirs[:8]} to 00000001.")
        assert labels(database)["AWSCURRENT"] == theirs
        await pilot.press("enter")
        await until(pilot, lambda: labels(database)["AWSCURRENT"] == FIRST)


async def test_a_label_that_others_moved(app: MakeApp, database: Any, other: Any) -> None:  # noqa: F811
    running = app()
    async with opened(running) as pilot:
        await at_versions(pilot)
        await pilot.press("plus")
        await sees(pilot, "A label for version 00000002")
        await types(pilot, "blue")
        await pilot.press("enter")
        await on(pilot, LabelPreview)
        other.update_secret_version_stage(**ID, VersionStage="blue", MoveToVersionId=FIRST)
        await pilot.press("enter")
        await on(pilot, ConflictDialog)
        assert "blue was on no version and is on 00000001 now." in prose(running)
        await pilot.press("escape")
        await on(pilot, SecretScreen)

        assert labels(database)["blue"] == FIRST


@pytest.mark.parametrize("taken_to", [None, FIRST])
async def test_a_label_that_others_removed_first(
    app: MakeApp, database: Any, other: Any, taken_to: str | None  # noqa: F811
) -> None:
    """It is never taken from another version than the question named, and no plan without a change is shown."""
    database.update_secret_version_stage(**ID, VersionStage="blue", MoveToVersionId=SECOND)
    database.update_secret_version_stage(**ID, VersionStage="green", MoveToVersionId=SECOND)
    running = app()
    async with opened(running) as pilot:
        await at_versions(pilot)
        await pilot.press("minus")
        await on(pilot, Pick)
        move: Any = {"MoveToVersionId": taken_to} if taken_to else {}
        other.update_secret_version_stage(**ID, VersionStage="blue", RemoveFromVersionId=SECOND, **move)
        await pilot.press("enter")
        await hears(pilot, "blue is no longer on version 00000002. Nothing was changed.")

        assert isinstance(running.screen, SecretScreen)
        assert labels(database).get("blue") == taken_to


async def test_a_label_that_others_attached_first(app: MakeApp, database: Any, other: Any) -> None:  # noqa: F811
    """The plan would have no change in it."""
    running = app()
    async with opened(running) as pilot:
        await at_versions(pilot)
        await pilot.press("plus")
        await sees(pilot, "A label for version 00000002")
        other.update_secret_version_stage(**ID, VersionStage="blue", MoveToVersionId=SECOND)
        await types(pilot, "blue")
        await pilot.press("enter")
        await hears(pilot, "blue is on version 00000002 already. Nothing was changed.")

        assert isinstance(running.screen, SecretScreen)


# Undo.


UNDONE: dict[str, tuple[Callable[[Any], object], Callable[[Any], object]]] = {
    "description": (lambda client: client.update_secret(**ID, Description="theirs"), description),
    "tags": (lambda client: client.tag_resource(**ID, Tags=[{"Key": "team", "Value": "ops"}]), tags),
}


@pytest.mark.parametrize("kind", UNDONE)
async def test_an_undo_checks_when_it_is_sent(
    app: MakeApp, database: Any, other: Any, kind: str  # noqa: F811
) -> None:
    """What others change while its preview is open is not taken back."""
    act, read = UNDONE[kind]
    running = app()
    async with opened(running) as pilot:
        if kind == "tags":
            await edit_tag(pilot, "web")
            await pilot.press("ctrl+s")
        else:
            await edit_description(pilot)
            await pilot.press("enter")
        await on(pilot, SecretScreen)
        await until(pilot, lambda: running.session is not None and running.session.undo.last)
        await pilot.press("u")
        await on(pilot, UndoPreview)
        act(other)
        theirs = read(database)
        await pilot.press("enter")
        await hears(pilot, "cannot be undone")

        assert read(database) == theirs
        assert not any("Undone" in each for each in said(running))


async def test_an_undone_version_checks_when_it_is_sent(app: MakeApp, database: Any, other: Any) -> None:  # noqa: F811
    """Moving AWSCURRENT back takes it from no version that came since."""
    running = app()
    async with opened(running) as pilot:
        await pilot.press("e")
        await sees(pilot, "New value of prod/db")
        await types(pilot, "alice")
        await pilot.press("ctrl+s")
        await sees(pilot, "~ user changes")
        await pilot.press("enter")
        await hears(pilot, "is stored")
        await on(pilot, SecretScreen)
        await pilot.press("u")
        await on(pilot, UndoPreview)
        others_store(other)
        await pilot.press("enter")
        await hears(pilot, "Its labels have moved since.")

        assert database.get_secret_value(**ID)["SecretString"] == "theirs"
