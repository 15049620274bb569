"""Tests of the list of an account that a vault keeps (`index = "keep"`)."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from typing import Any

import pytest

import smtui
from smtui.api.errors import DecryptionFailure
from smtui.backends.aws.context import AwsContext
from smtui.backends.aws.kept_index import decode_index, encode_index
from smtui.system.context_settings import ContextSettings
from smtui.system.settings import get_settings_path
from smtui.tui.contexts.screen import RegionsScreen
from smtui.tui.unlock.screen import UnlockScreen
from tests.aws_server import ACCOUNT, OTHER_ACCOUNT, Aws, aws, aws_server
from tests.conftest import PASSPHRASE
from tests.tui.conftest import MakeApp, paste, screen_text, until
from tests.tui.contexts.test_account import go_to_context
from tests.tui.driver import hear, see

__all__ = ["aws", "aws_server"]

SIZE = (110, 30)
CONTEXT = '[contexts.prod]\nprofile = "a"\nindex = "keep"\n'
ENTRY: Any = {"ARN": f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:elsewhere-AbCdEf", "Name": "elsewhere",
              "CreatedDate": datetime(2026, 1, 1, tzinfo=UTC), "Tags": [{"Key": "team", "Value": "pay"}]}


@pytest.fixture
def contexts(aws: Aws) -> None:
    path = get_settings_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CONTEXT)
    aws.fill(3)


def list_kept(vault: smtui.Vault) -> list[str]:
    with vault.reopen(read_only=True) as other:
        return other.kept_indexes.list_contexts()


async def open_account(pilot: Any) -> None:
    await see(pilot, "5 secrets")
    await go_to_context(pilot, "prod")
    await until(pilot, lambda: ACCOUNT in screen_text(pilot.app))


async def lock_and_unlock(pilot: Any, vault: smtui.Vault) -> None:
    """After that, no list is in memory."""
    await pilot.press("ctrl+l")
    await until(pilot, lambda: vault.locked and isinstance(pilot.app.screen, UnlockScreen))
    await paste(pilot, PASSPHRASE)
    await pilot.press("enter")
    await see(pilot, "5 secrets")


@pytest.mark.usefixtures("contexts", "filled")
async def test_a_kept_list_is_shown_before_aws_answers(app: MakeApp, aws: Aws, vault: smtui.Vault) -> None:
    """With its age; then it is refreshed, and what was deleted elsewhere disappears."""
    running = app()
    async with running.run_test(size=SIZE) as pilot:
        await open_account(pilot)
        await see(pilot, "3 secrets")
        assert "as of" not in screen_text(running)
        await until(pilot, lambda: list_kept(vault) == ["prod"])
        await lock_and_unlock(pilot, vault)
        aws.client().delete_secret(SecretId="prod/svc/00001", ForceDeleteWithoutRecovery=True)
        aws.proxy.held.add("ListSecrets")
        aws.proxy.gate.clear()
        await open_account(pilot)
        await see(pilot, "3 secrets")
        await see(pilot, "refreshing")
        aws.proxy.gate.set()
        await see(pilot, "2 secrets")
        assert "refreshing" not in screen_text(running)
        assert aws.calls["GetSecretValue"] == 0

    with smtui.open_vault(vault.path, PASSPHRASE) as again:
        assert again.maintenance.check().clean


@pytest.mark.usefixtures("contexts", "filled")
async def test_a_kept_list_is_deleted_on_request_and_with_its_context(
    app: MakeApp, aws: Aws, vault: smtui.Vault
) -> None:
    vault.kept_indexes.store("prod", "us-east-1", encode_index(OTHER_ACCOUNT, [ENTRY]))
    vault.kept_indexes.store("former", "us-east-1", encode_index(ACCOUNT, [ENTRY]))
    running = app()
    async with running.run_test(size=SIZE) as pilot:
        await see(pilot, "5 secrets")
        await until(pilot, lambda: list_kept(vault) == ["prod"])
        aws.proxy.held.add("ListSecrets")
        aws.proxy.gate.clear()
        await open_account(pilot)
        await until(pilot, lambda: list_kept(vault) == [])  # it is that of another account
        assert "elsewhere" not in screen_text(running)
        aws.proxy.gate.set()
        await until(pilot, lambda: list_kept(vault) == ["prod"])
        await pilot.press("c")
        await until(pilot, lambda: isinstance(running.screen, RegionsScreen) and running.screen.has_read)
        while getattr(running.focused, "id", None) != "contexts":
            await pilot.press("tab")
        await pilot.press("f8")
        await hear(pilot, "The kept list of prod is deleted")
        assert list_kept(vault) == []


def test_a_list_is_kept_once_there_is_a_place_for_it(aws: Aws) -> None:
    """Such as a vault that is opened after the account; it is not stored again before it changes."""
    aws.fill(2)
    keeper = Keeper()
    with AwsContext(ContextSettings("prod", profile="a", index="keep")) as context:
        context.lists.keep_in(keeper, ACCOUNT)
        context.client(record_reads=False).list_secrets(SortBy="name", SortOrder="asc")
        context.change_count()
        assert keeper.stored == []
        keeper.can_store = True
        context.change_count()
        context.change_count()

    assert [decode_index(content, ACCOUNT) is not None for content in keeper.stored] == [True]


class Keeper:
    """Keeps indexes in a list, once it can."""

    def __init__(self) -> None:
        self.can_store = False
        self.stored: list[bytes] = []

    def load(self, region: str) -> None:
        """Has nothing from before."""

    def store(self, region: str, content: bytes) -> None:
        self.stored.append(content)

    def forget(self) -> None:
        self.stored.clear()


@pytest.mark.usefixtures("contexts", "filled")
async def test_without_a_vault_to_write_to_nothing_is_kept(app: MakeApp, vault: smtui.Vault) -> None:
    running = app(read_only=True)
    async with running.run_test(size=SIZE) as pilot:
        await open_account(pilot)
        await see(pilot, "3 secrets")
        session: Any = running.session
        session.vault.change_count()  # when it would be stored
        assert list_kept(vault) == []
        assert running.screen.read_state.has_failed is False  # type: ignore[attr-defined]


def test_what_is_kept_has_no_values_and_belongs_to_its_place(vault: smtui.Vault) -> None:
    """A row cannot be moved to another context or Region, and members that are not known are not kept."""
    content = encode_index(ACCOUNT, [{**ENTRY, "SecretString": "hunter2"}])
    vault.kept_indexes.store("prod", "us-east-1", content)
    found = vault.kept_indexes.load("prod", "us-east-1")
    assert found is not None
    assert decode_index(found[0], ACCOUNT) == [ENTRY]
    assert decode_index(found[0], OTHER_ACCOUNT) is None
    assert b"hunter2" not in zlib.decompress(found[0])
    database = vault._state.database
    with database.transaction():
        database.run("UPDATE kept_indexes SET region = 'eu-west-1'")
    with pytest.raises(DecryptionFailure):
        vault.kept_indexes.load("prod", "eu-west-1")
