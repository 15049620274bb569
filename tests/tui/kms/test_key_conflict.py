"""Tests of conflicts between two sessions over rotations, KMS keys and aliases."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

import smtui
from smtui.tui.app import SmtuiApp
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.dialogs.one_line import OneLine
from smtui.tui.dialogs.pick import Pick
from smtui.tui.kms.deletion import KeyDeletion
from smtui.tui.kms.screen import KmsKeysScreen
from smtui.tui.rotation.form import RotationForm
from smtui.tui.rotation.screen import RotationScreen
from smtui.tui.secret.conflict import ConflictDialog
from smtui.tui.undo.preview import UndoPreview
from tests.tui.conftest import BOB, MakeApp, until
from tests.tui.driver import (
    ID,
    get_focused_label,
    get_screen,
    hear,
    join_screen_text,
    press_button,
    see_escape_ask,
    wait_for_screen,
)
from tests.tui.kms.test_screen import aliases, at_keys, key_id, kms, state  # noqa: F401
from tests.tui.rotation.test_screen import at_rotation, functions, rotated  # noqa: F401

pytestmark = pytest.mark.usefixtures("one_time_and_place")


# Rotation.


def rotation(client: Any) -> dict[str, Any]:
    secret = client.describe_secret(**ID)
    return {name: secret[name] for name in ("RotationEnabled", "RotationRules", "RotationLambdaARN")}


async def edit_schedule(pilot: Pilot[None], schedule: str) -> None:
    await pilot.press("e")
    await wait_for_screen(pilot, RotationForm)
    pilot.app.screen.query_one("#schedule", Input).value = schedule


OTHERS_CHANGE: dict[str, tuple[Callable[[Any, dict[str, str]], object], str]] = {
    "schedule": (lambda client, _: client.rotate_secret(
        **ID, RotationRules={"AutomaticallyAfterDays": 7}, RotateImmediately=False), "Now: works, every 7 days"),
    "function": (lambda client, arns: client.rotate_secret(
        **ID, RotationLambdaARN=arns["fails"], RotateImmediately=False), "Now: fails, every 30 days"),
    "window": (lambda client, _: client.rotate_secret(
        **ID, RotationRules={"ScheduleExpression": "rate(30 days)", "Duration": "3h"}, RotateImmediately=False),
        "for 3 hours"),
    "cancelled": (lambda client, _: client.cancel_rotate_secret(**ID), "Now: off (works, every 30 days"),
}


@pytest.mark.parametrize("kind", OTHERS_CHANGE)
async def test_a_rotation_that_others_set_up(
    app: MakeApp, rotated: Any, functions: dict[str, str], other: Any, kind: str  # noqa: F811
) -> None:
    """The other session's rotation stays until the user confirms; the form opens again with its input."""
    act, words = OTHERS_CHANGE[kind]
    running = app()
    async with at_rotation(running) as pilot:
        await edit_schedule(pilot, "14")
        act(other, functions)
        theirs = rotation(rotated)
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, ConflictDialog)
        assert "user/bob changed the rotation at" in join_screen_text(running)
        assert "Before: works, every 30 days" in join_screen_text(running) and words in join_screen_text(running)
        assert "Yours: works, every 14 days" in join_screen_text(running)
        assert get_focused_label(running) == "Cancel"
        await pilot.press("enter")
        await wait_for_screen(pilot, RotationForm)
        await see_escape_ask(pilot, RotationForm)
        assert running.screen.query_one("#schedule", Input).value == "14"
        assert rotation(rotated) == theirs
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, ConflictDialog)
        await press_button(pilot, "Store mine anyway")
        await hear(pilot, "rotation test of prod/db passed.")
        assert rotation(rotated)["RotationRules"]["AutomaticallyAfterDays"] == 14

        await wait_for_screen(pilot, RotationScreen)
        await pilot.press("u")
        await wait_for_screen(pilot, UndoPreview)
        await pilot.press("enter")
        if kind == "cancelled":
            await hear(pilot, "Undid")
            assert rotation(rotated)["RotationEnabled"] is False


async def test_a_rotation_that_others_left_alone(app: MakeApp, rotated: Any, other: Any) -> None:  # noqa: F811
    """Unrelated changes of others are no conflict; a rotation that starts at once is carried out."""
    running = app()
    async with at_rotation(running) as pilot:
        await edit_schedule(pilot, "14")
        get_screen(running, RotationForm).at_once.value = True
        other.tag_resource(**ID, Tags=[{"Key": "env", "Value": "prod"}])
        await pilot.press("ctrl+s")
        await hear(pilot, "prod/db rotated.")
        assert rotation(rotated)["RotationRules"]["AutomaticallyAfterDays"] == 14


@pytest.mark.parametrize(("key", "button", "insist"), [
    ("X", "Cancel rotation", "Cancel rotation anyway"), ("R", "Rotate", "Rotate anyway"),
])
async def test_what_was_agreed_to_is_what_is_done(
    app: MakeApp, rotated: Any, functions: dict[str, str], other: Any, key: str, button: str, insist: str  # noqa: F811
) -> None:
    running = app()
    async with at_rotation(running) as pilot:
        value = rotated.get_secret_value(**ID)["VersionId"]
        await pilot.press(key)
        await wait_for_screen(pilot, Confirm)
        other.rotate_secret(**ID, RotationLambdaARN=functions["fails"], RotateImmediately=False)
        await press_button(pilot, button)
        await wait_for_screen(pilot, ConflictDialog)
        assert insist in join_screen_text(running)
        await pilot.press("enter")
        await wait_for_screen(pilot, RotationScreen)

        assert rotation(rotated)["RotationEnabled"] is True
        assert rotated.get_secret_value(**ID)["VersionId"] == value


@pytest.mark.parametrize("answer", ["Cancel", "Rotate anyway"])
async def test_a_value_that_others_stored_is_not_rotated_unseen(
    app: MakeApp, rotated: Any, other: Any, answer: str  # noqa: F811
) -> None:
    """Rotating now replaces the value that was there when it was asked for."""
    running = app()
    async with at_rotation(running) as pilot:
        await pilot.press("R")
        await wait_for_screen(pilot, Confirm)
        theirs = other.put_secret_value(**ID, SecretString='{"password": "theirs"}')["VersionId"]
        await press_button(pilot, "Rotate")
        await wait_for_screen(pilot, ConflictDialog)
        assert "prod/db has changed" in join_screen_text(running)
        assert f"user/bob stored version {theirs[:8]} at" in join_screen_text(running)
        assert rotated.get_secret_value(**ID)["VersionId"] == theirs
        await press_button(pilot, answer)
        if answer == "Cancel":
            await wait_for_screen(pilot, RotationScreen)
            assert rotated.get_secret_value(**ID)["VersionId"] == theirs
        else:
            await until(pilot, lambda: rotated.get_secret_value(**ID)["VersionId"] != theirs)


# KMS keys.


@asynccontextmanager
async def keys_of_two(running: SmtuiApp, vault: smtui.Vault) -> AsyncIterator[tuple[Pilot[None], Any]]:
    """Opens the Keys screen with the cursor on alias/orders, and returns another session's client of keys."""
    async with at_keys(running) as pilot:
        with vault.reopen() as again:
            yield pilot, again.keys(caller=BOB)


async def test_a_keys_description_that_others_changed(
    app: MakeApp, vault: smtui.Vault, kms: Any  # noqa: F811
) -> None:
    running = app()
    async with keys_of_two(running, vault) as (pilot, other):
        await pilot.press("e")
        await wait_for_screen(pilot, OneLine)
        running.screen.query_one(Input).value = "mine"
        other.update_key_description(KeyId=key_id(kms), Description="theirs")
        await pilot.press("enter")
        await wait_for_screen(pilot, ConflictDialog)
        assert "user/bob changed the description at" in join_screen_text(running)
        assert "Before: The orders Now: theirs Yours: mine" in join_screen_text(running)
        await pilot.press("enter")
        await wait_for_screen(pilot, OneLine)
        await see_escape_ask(pilot, OneLine)
        assert running.screen.query_one(Input).value == "mine"
        assert kms.describe_key(KeyId="alias/orders")["KeyMetadata"]["Description"] == "theirs"
        await pilot.press("enter")
        await wait_for_screen(pilot, ConflictDialog)
        await press_button(pilot, "Store mine anyway")
        await hear(pilot, "Description changed.")
        await wait_for_screen(pilot, KmsKeysScreen)
        await pilot.press("u")
        await wait_for_screen(pilot, UndoPreview)
        await pilot.press("enter")
        await hear(pilot, "Undid")

        assert kms.describe_key(KeyId="alias/orders")["KeyMetadata"]["Description"] == "theirs"


Theirs = Callable[[Any, str], object]
STATES: dict[str, tuple[type, Theirs, str, str]] = {
    "disable": (Confirm, lambda client, key: client.schedule_key_deletion(KeyId=key, PendingWindowInDays=9),
                "Disable", "Now: scheduled for deletion on 2026-03-"),
    "delete": (KeyDeletion, lambda client, key: client.disable_key(KeyId=key), "Schedule deletion", "Now: disabled"),
}


@pytest.mark.parametrize("kind", STATES)
async def test_a_keys_state_that_others_changed(
    app: MakeApp, vault: smtui.Vault, kms: Any, kind: str  # noqa: F811
) -> None:
    """Cancel has the focus and keeps the other session's state."""
    dialog, act, button, words = STATES[kind]
    running = app()
    async with keys_of_two(running, vault) as (pilot, other):
        await pilot.press(binding(running, "kms.switch_state" if kind == "disable" else "kms.delete"))
        await wait_for_screen(pilot, dialog)
        act(other, key_id(kms))
        theirs = state(kms)
        await press_button(pilot, button)
        await wait_for_screen(pilot, ConflictDialog)
        assert "user/bob changed its state at" in join_screen_text(running) and words in join_screen_text(running)
        assert f"{button} anyway" in join_screen_text(running)
        await pilot.press("enter")
        await wait_for_screen(pilot, KmsKeysScreen)

        assert state(kms) == theirs


@pytest.mark.parametrize("kind", STATES)
async def test_what_others_sealed_under_a_key_meanwhile(
    app: MakeApp, vault: smtui.Vault, filled: Any, kms: Any, kind: str  # noqa: F811
) -> None:
    """The question says how much the key seals: if that is more by now, it is asked again."""
    dialog, _, button, _ = STATES[kind]
    running = app()
    async with keys_of_two(running, vault) as (pilot, _):
        await pilot.press(binding(running, "kms.switch_state" if kind == "disable" else "kms.delete"))
        await wait_for_screen(pilot, dialog)
        with vault.reopen() as own:
            own.client(caller=BOB).put_secret_value(SecretId="orders/a", SecretString="theirs")
        await press_button(pilot, button)
        await wait_for_screen(pilot, ConflictDialog)
        assert "It encrypts other versions now." in join_screen_text(running)
        assert "Before: enabled, encrypts 3 versions of 2 secrets" in join_screen_text(running)
        assert "Now: enabled, encrypts 4 versions of 2 secrets" in join_screen_text(running)
        await pilot.press("enter")
        await wait_for_screen(pilot, KmsKeysScreen)
        assert state(kms) == "Enabled"


async def test_a_deletion_that_others_planned_otherwise(
    app: MakeApp, vault: smtui.Vault, kms: Any  # noqa: F811
) -> None:
    """Enabling and restoring with one key compare the state too."""
    running = app()
    key = key_id(kms)
    kms.disable_key(KeyId=key)
    async with keys_of_two(running, vault) as (pilot, other):
        seen = get_screen(running, KmsKeysScreen).current
        assert seen is not None and seen.state == "Disabled"
        other.schedule_key_deletion(KeyId=key, PendingWindowInDays=9)
        other.cancel_key_deletion(KeyId=key)
        other.enable_key(KeyId=key)
        other.schedule_key_deletion(KeyId=key, PendingWindowInDays=9)
        await pilot.press(binding(running, "kms.switch_state"))
        await until(pilot, lambda: isinstance(running.screen, ConflictDialog) or state(kms) != "PendingDeletion"
                    or "is scheduled for deletion" in join_screen_text(running))

        assert state(kms) == "PendingDeletion"


def binding(running: SmtuiApp, id: str) -> str:
    return next(key for key, active in running.screen.active_bindings.items() if active.binding.id == id)


# Aliases.


async def test_an_alias_that_others_turned(app: MakeApp, vault: smtui.Vault, kms: Any) -> None:  # noqa: F811
    """Neither the form nor an undo moves an alias that others created or moved meanwhile, without a question."""
    theirs = kms.create_key()["KeyMetadata"]["KeyId"]
    running = app()
    async with keys_of_two(running, vault) as (pilot, other):
        kms.create_alias(AliasName="alias/zeta", TargetKeyId=key_id(kms))
        await pilot.press(binding(running, "kms.alias"))
        await wait_for_screen(pilot, Pick)
        await pilot.press("enter")
        await wait_for_screen(pilot, OneLine)
        running.screen.query_one(Input).value = "zeta"
        kms.update_alias(AliasName="alias/zeta", TargetKeyId=theirs)
        await pilot.press("enter")
        await wait_for_screen(pilot, Confirm)
        third = other.create_key()["KeyMetadata"]["KeyId"]
        other.update_alias(AliasName="alias/zeta", TargetKeyId=third)
        await press_button(pilot, "Move")
        await wait_for_screen(pilot, ConflictDialog)
        assert "user/bob changed the alias at" in join_screen_text(running)
        assert aliases(kms)["alias/zeta"] == third
        await press_button(pilot, "Move alias anyway")
        await hear(pilot, "alias/zeta now points to")
        assert aliases(kms)["alias/zeta"] == key_id(kms)

        other.update_alias(AliasName="alias/zeta", TargetKeyId=theirs)
        await wait_for_screen(pilot, KmsKeysScreen)
        await pilot.press("u")
        await hear(pilot, "alias/zeta now points to another key.")
        assert aliases(kms)["alias/zeta"] == theirs


async def test_an_alias_that_others_turned_is_not_removed(
    app: MakeApp, vault: smtui.Vault, kms: Any  # noqa: F811
) -> None:
    running = app()
    async with keys_of_two(running, vault) as (pilot, other):
        await pilot.press(binding(running, "kms.alias"))
        await wait_for_screen(pilot, Pick)
        await pilot.press("down", "enter")
        await wait_for_screen(pilot, Confirm)
        theirs = other.create_key()["KeyMetadata"]["KeyId"]
        other.update_alias(AliasName="alias/orders", TargetKeyId=theirs)
        await press_button(pilot, "Remove")
        await wait_for_screen(pilot, ConflictDialog)
        assert "Remove anyway" in join_screen_text(running)
        await pilot.press("enter")
        await wait_for_screen(pilot, KmsKeysScreen)

        assert aliases(kms)["alias/orders"] == theirs
