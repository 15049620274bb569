"""Tests of the Keys screen: creating, naming, disabling, enabling and deleting KMS keys with the keyboard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

import smtui
from smtui.tui.app import SmtuiApp
from smtui.tui.base_screen import READ_ONLY
from smtui.tui.json_editor.area import JsonArea
from smtui.tui.kms.key_policy import KeyPolicyDialog
from smtui.tui.kms.screen import KmsKeysScreen
from smtui.tui.secret.screen import SecretScreen
from tests.tui.conftest import BOB, FakeTool, MakeApp, screen_text, types, until
from tests.tui.driver import get_session, hear, press_button, see, wait_for_screen

SMALL = (80, 24)

pytestmark = pytest.mark.usefixtures("one_time_and_place")


@pytest.fixture
def kms(vault: smtui.Vault, filled: Any) -> Any:
    """Returns the client of keys, and the key alias/orders with three versions of two secrets."""
    keys = vault.keys()
    orders = keys.create_key(Description="The orders")["KeyMetadata"]["KeyId"]
    keys.create_alias(AliasName="alias/orders", TargetKeyId=orders)
    filled.create_secret(Name="orders/a", SecretString="1", KmsKeyId="alias/orders")
    filled.put_secret_value(SecretId="orders/a", SecretString="2")
    filled.create_secret(Name="orders/b", SecretString="1", KmsKeyId="alias/orders")
    return keys


def key_id(kms: Any, alias: str = "alias/orders") -> str:
    return str(kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"])


def state(kms: Any) -> str:
    return str(kms.describe_key(KeyId="alias/orders")["KeyMetadata"]["KeyState"])


def aliases(kms: Any) -> dict[str, str]:
    return {each["AliasName"]: each["TargetKeyId"] for each in kms.list_aliases()["Aliases"]}


async def undoes(pilot: Pilot[None], sent: str) -> None:
    """Presses `u`, checks the preview, and sends it."""
    await pilot.press("u")
    await see(pilot, sent)
    await pilot.press("enter")
    await hear(pilot, "Undid")


@asynccontextmanager
async def at_keys(running: SmtuiApp) -> AsyncIterator[Pilot[None]]:
    """Opens the Keys screen with the cursor on alias/orders, after its versions are counted."""
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: running.session)
        await pilot.press("o")
        await see(pilot, "Go to")
        await pilot.press("k")
        await see(pilot, "alias/orders")
        await pilot.press("j")
        await see(pilot, "3 versions of 2 secrets")
        yield pilot


async def test_what_is_there_and_what_it_seals(app: MakeApp, kms: Any, tool: FakeTool) -> None:
    """Enter opens a secret that the key encrypts; `y` copies the key's ARN."""
    async with at_keys(app()) as pilot:
        row = next(line for line in screen_text(pilot.app).splitlines() if "alias/orders" in line)
        assert row.strip("│").split()[:5] == ["alias/orders", "✓", "enabled", "3", "2"]
        await pilot.press("y")
        await until(pilot, lambda: tool.held)
        assert tool.held == kms.describe_key(KeyId="alias/orders")["KeyMetadata"]["Arn"].encode()
        await pilot.press("enter")
        await see(pilot, "Secrets encrypted with alias/orders")
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SecretScreen))

        await see(pilot, "orders/b")


async def test_a_key_is_made_with_its_alias_or_not_at_all(app: MakeApp, kms: Any) -> None:
    before = len(kms.list_keys()["Keys"])
    async with at_keys(app()) as pilot:
        await pilot.press("a")
        await see(pilot, "New KMS key")
        await types(pilot, "aws/x")
        await see(pilot, "reserved for AWS managed keys")
        await pilot.press(*["backspace"] * 5)
        await types(pilot, "orders")
        await pilot.press("ctrl+s")
        await hear(pilot, "already exists")
        assert len(kms.list_keys()["Keys"]) == before
        await see(pilot, "New KMS key")
        await types(pilot, "bills")
        await pilot.press("tab")
        await types(pilot, "All bills")
        await pilot.press("ctrl+s")
        await hear(pilot, "alias/bills created.")
        await see(pilot, "All bills")

        assert kms.describe_key(KeyId="alias/bills")["KeyMetadata"]["Description"] == "All bills"


async def test_description_and_aliases(app: MakeApp, kms: Any) -> None:
    """`u` undoes each change, newest first."""
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/zeta", TargetKeyId=other)
    async with at_keys(app()) as pilot:
        await pilot.press("e")
        await see(pilot, "Description of alias/orders")
        await types(pilot, "!")
        await pilot.press("enter")
        await see(pilot, "The orders!")
        await undoes(pilot, "UpdateKeyDescription")
        assert kms.describe_key(KeyId="alias/orders")["KeyMetadata"]["Description"] == "The orders"

        await pilot.press("A", "enter")
        await see(pilot, "Alias for alias/orders")
        await types(pilot, "zeta")
        await pilot.press("enter")
        await see(pilot, "Move alias/zeta from")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: aliases(kms)["alias/zeta"] == key_id(kms))
        await see(pilot, "alias/orders, alias/zeta")
        await pilot.press("A", "down", "down", "enter")
        await see(pilot, "Remove alias/zeta?")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "alias/zeta" not in aliases(kms))
        await undoes(pilot, "CreateAlias")
        await undoes(pilot, "UpdateAlias")

        assert aliases(kms)["alias/zeta"] == other


async def test_out_of_use_and_back(app: MakeApp, kms: Any, filled: Any) -> None:
    """The dialog says which values cannot be read meanwhile."""
    async with at_keys(app()) as pilot:
        await pilot.press("z")
        await see(pilot, "It encrypts 3 versions of 2 secrets.")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, KmsKeysScreen))
        assert state(kms) == "Enabled"
        await pilot.press("z")
        await see(pilot, "Disable alias/orders?")
        await pilot.press("tab", "enter")
        await see(pilot, "○ disabled")
        with pytest.raises(smtui.ClientError):
            filled.get_secret_value(SecretId="orders/a")
        await pilot.press("z")
        await hear(pilot, "alias/orders enabled.")
        await undoes(pilot, "DisableKey")
        await undoes(pilot, "EnableKey")

        assert state(kms) == "Enabled"


async def test_its_end_is_planned_and_cancelled(app: MakeApp, kms: Any) -> None:
    """The dialog says what is lost and when, with the focus on Cancel; `U` or `u` cancels the deletion."""
    async with at_keys(app()) as pilot:
        await pilot.press("d")
        await see(pilot, "It encrypts 3 versions of 2 secrets: orders/a, orders/b.")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, KmsKeysScreen))
        assert state(kms) == "Enabled"
        await pilot.press("d")
        await see(pilot, "Schedule deletion")
        await pilot.press("down", "down", "tab", "enter")
        await see(pilot, "▲ deleted in 28 d")
        await pilot.press("z")
        await hear(pilot, "is scheduled for deletion")
        await pilot.press("U")
        await see(pilot, "Enable alias/orders as well?")
        await pilot.press("enter")
        await until(pilot, lambda: state(kms) == "Enabled")
        await hear(pilot, "alias/orders enabled.")
        await undoes(pilot, "DisableKey")
        await undoes(pilot, "ScheduleKeyDeletion")
        assert state(kms) == "PendingDeletion"
        await undoes(pilot, "CancelKeyDeletion")

        assert state(kms) == "Enabled"


async def test_what_nobody_may_change(app: MakeApp, kms: Any) -> None:
    """The AWS managed key cannot be changed, and in a read-only session no key can."""
    async with at_keys(app()) as pilot:
        await pilot.press("k")
        for key in ("e", "A", "z", "d", "U"):
            pilot.app.clear_notifications()
            await pilot.press(key)
            await hear(pilot, "AWS managed key")
        get_session(pilot.app).read_only = True
        for key in ("a", "e", "A", "z", "d", "U"):
            pilot.app.clear_notifications()
            await pilot.press(key)
            await hear(pilot, READ_ONLY)


async def test_the_policy_of_a_key_is_edited(app: MakeApp, kms: Any) -> None:
    """The dialog shows faults; one that locks the user out is refused and opens again; `u` undoes the change."""
    before = kms.get_key_policy(KeyId=key_id(kms))["Policy"]
    async with at_keys(app()) as pilot:
        await pilot.press("D")
        await see(pilot, "Policy of alias/orders")
        await see(pilot, "No issues found.")
        area = pilot.app.screen.query_one(JsonArea)
        area.text = before.replace("Allow", "allow")
        await see(pilot, "Effect must be Allow or Deny")
        area.text = before.replace("kms:*", "kms:Decrypt")
        await see(pilot, "No issues found.")
        await pilot.press("ctrl+s")
        await hear(pilot, "The new key policy will not allow you to update the key policy in the future.")
        await see(pilot, "kms:Decrypt")
        area = pilot.app.screen.query_one(JsonArea)
        area.text = before.replace("Enable IAM", "Mine")
        await pilot.press("ctrl+s")
        await hear(pilot, "Policy of alias/orders changed.")
        assert "Mine" in kms.get_key_policy(KeyId=key_id(kms))["Policy"]
        await undoes(pilot, "PutKeyPolicy")

        assert kms.get_key_policy(KeyId=key_id(kms))["Policy"] == before


async def test_the_policy_of_a_managed_key_is_only_read(app: MakeApp, kms: Any) -> None:
    async with at_keys(app()) as pilot:
        await pilot.press("k")
        await see(pilot, "managed by AWS")
        await pilot.press("D")
        await see(pilot, "auto-secretsmanager-2")
        assert pilot.app.screen.query_one(JsonArea).read_only
        await pilot.press("ctrl+s", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, KmsKeysScreen))


def tags(kms: Any) -> dict[str, str]:
    return {tag["TagKey"]: tag["TagValue"] for tag in kms.list_resource_tags(KeyId=key_id(kms))["Tags"]}


async def test_the_tags_of_a_key_are_edited(app: MakeApp, kms: Any) -> None:
    kms.tag_resource(KeyId=key_id(kms), Tags=[{"TagKey": "env", "TagValue": "prod"}])
    async with at_keys(app()) as pilot:
        await pilot.press("t")
        await see(pilot, "Tags of alias/orders")
        await see(pilot, "prod")
        await pilot.press("ctrl+n")
        await types(pilot, "team")
        await pilot.press("tab")
        await types(pilot, "core")
        await see(pilot, "+ team = core")
        await pilot.press("ctrl+s")
        await hear(pilot, "Tags of alias/orders changed:")
        assert kms.list_resource_tags(KeyId=key_id(kms))["Tags"] == [
            {"TagKey": "env", "TagValue": "prod"}, {"TagKey": "team", "TagValue": "core"}]
        await undoes(pilot, "UntagResource")

        assert kms.list_resource_tags(KeyId=key_id(kms))["Tags"] == [{"TagKey": "env", "TagValue": "prod"}]


async def test_a_policy_that_others_changed_is_not_replaced_unseen(
    app: MakeApp, vault: smtui.Vault, kms: Any
) -> None:
    before = kms.get_key_policy(KeyId=key_id(kms))["Policy"]
    async with at_keys(app()) as pilot:
        await pilot.press("D")
        await see(pilot, "No issues found.")
        with vault.reopen() as own:
            own.keys(caller=BOB).put_key_policy(KeyId=key_id(kms), Policy=before.replace("Enable IAM", "Theirs"))
        pilot.app.screen.query_one(JsonArea).text = before.replace("Enable IAM", "Mine")
        await pilot.press("ctrl+s")
        await see(pilot, "user/bob changed the policy")
        await pilot.press("escape")
        await wait_for_screen(pilot, KeyPolicyDialog)
        assert "Mine" in pilot.app.screen.query_one(JsonArea).text, "what was typed is kept"
        assert "Theirs" in kms.get_key_policy(KeyId=key_id(kms))["Policy"]
        await pilot.press("ctrl+s")
        await see(pilot, "user/bob changed the policy")
        await press_button(pilot, "Keep editing")
        await wait_for_screen(pilot, KeyPolicyDialog)
        await pilot.press("ctrl+s")
        await hear(pilot, "Policy of alias/orders changed.")
        assert "Mine" in kms.get_key_policy(KeyId=key_id(kms))["Policy"]
        await undoes(pilot, "PutKeyPolicy")

        assert "Theirs" in kms.get_key_policy(KeyId=key_id(kms))["Policy"]


async def test_tags_that_others_changed_are_not_replaced_unseen(app: MakeApp, vault: smtui.Vault, kms: Any) -> None:
    """What was typed is kept, and goes on from the tags of the others."""
    kms.tag_resource(KeyId=key_id(kms), Tags=[{"TagKey": "env", "TagValue": "prod"}])
    async with at_keys(app()) as pilot:
        await pilot.press("t")
        await see(pilot, "Tags of alias/orders")
        with vault.reopen() as own:
            own.keys(caller=BOB).tag_resource(KeyId=key_id(kms), Tags=[{"TagKey": "team", "TagValue": "theirs"}])
        await pilot.press("ctrl+n")
        await types(pilot, "mine")
        await pilot.press("ctrl+s")
        await see(pilot, "user/bob changed the tags")
        await pilot.press("escape")
        await see(pilot, "+ mine")
        await pilot.press("ctrl+s")
        await see(pilot, "user/bob changed the tags")
        await press_button(pilot, "Keep editing")
        await see(pilot, "theirs")
        await pilot.press("ctrl+s")
        await hear(pilot, "Tags of alias/orders changed:")
        assert tags(kms) == {"env": "prod", "team": "theirs", "mine": ""}
        await undoes(pilot, "UntagResource")

        assert tags(kms) == {"env": "prod", "team": "theirs"}
