"""Tests of the same keys on a vault and on an AWS account: what both can do looks and works the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from smtui.clipboard.clipboard import Clipboard
from smtui.system.context_settings import ContextSettings
from smtui.system.settings import Settings
from smtui.tui.app import SmtuiApp
from smtui.tui.secret.screen import SecretScreen
from smtui.tui.secret_list.deletion import DeletionPlan
from smtui.tui.secret_list.screen import SecretsScreen
from tests.aws_server import aws, aws_server
from tests.tui.conftest import Steady, screen_text, types, until
from tests.tui.driver import hear, see

__all__ = ["aws", "aws_server"]

SIZE = (100, 30)
DB: Any = {"SecretId": "prod/db"}


@dataclass
class Place:
    """A context with `prod/db`, which has two versions, and `dev/api`; the app on it, and a client to look with."""

    app: SmtuiApp
    client: Any

    @property
    def current(self) -> str:
        """The id of the version with AWSCURRENT. The value itself would be wrong: moto's does not follow the label."""
        return next(id for id, labels in self.secret["VersionIdsToStages"].items() if "AWSCURRENT" in labels)

    def find_version(self, label: str) -> str | None:
        """The id of the version with a label; None if there is none."""
        return next((id for id, labels in self.secret["VersionIdsToStages"].items() if label in labels), None)

    @property
    def secret(self) -> Any:
        return self.client.describe_secret(**DB)


@pytest.fixture(params=["vault", "account"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monotonic: Steady) -> Iterator[Place]:
    pasteboard = Clipboard(monotonic=monotonic)
    if request.param == "vault":
        vault = request.getfixturevalue("vault")
        client = vault.client()
        app = SmtuiApp(vault.path, Settings(), vault=vault, monotonic=monotonic, pasteboard=pasteboard)
    else:
        client = request.getfixturevalue("aws").client()
        account = ContextSettings("dev", profile="a", protect="no")
        app = SmtuiApp(tmp_path / "none.vault", Settings(), account=(account, None), monotonic=monotonic,
                       pasteboard=pasteboard)
    client.create_secret(Name="prod/db", Description="Main database", SecretString="first",
                         Tags=[{"Key": "team", "Value": "pay"}])
    client.put_secret_value(**DB, SecretString="second")
    client.create_secret(Name="dev/api", SecretString="x")
    yield Place(app, client)


async def test_the_list_is_filtered_and_a_value_is_revealed(place: Place) -> None:
    async with place.app.run_test(size=SIZE) as pilot:
        await see(pilot, "2 secrets")
        await pilot.press("slash")
        await types(pilot, "tag:team=pay")
        await see(pilot, "1 of 2")
        assert "dev/api" not in screen_text(place.app)
        await pilot.press("escape", "enter")
        await see(pilot, "Main database")
        await see(pilot, "hidden (r to reveal)")
        assert "second" not in screen_text(place.app)
        await pilot.press("r")
        await see(pilot, "second")


async def test_a_version_is_rolled_back_and_that_is_undone(place: Place) -> None:
    async with place.app.run_test(size=SIZE) as pilot:
        await see(pilot, "2 secrets")
        await open_database(pilot)
        await pilot.press("v")
        await see(pilot, "AWSPREVIOUS")
        await pilot.press("b")
        await see(pilot, "Roll back to the previous version?")
        second = place.current
        await pilot.press("enter")
        await until(pilot, lambda: place.current != second)
        await until(pilot, lambda: isinstance(place.app.screen, SecretScreen))
        await pilot.press("u")
        await see(pilot, "UpdateSecretVersionStage")
        await pilot.press("enter")
        await until(pilot, lambda: place.current == second)


async def test_the_description_is_edited_and_that_is_undone(place: Place) -> None:
    async with place.app.run_test(size=SIZE) as pilot:
        await see(pilot, "2 secrets")
        await open_database(pilot)
        await pilot.press("i")
        await see(pilot, "Description")
        await types(pilot, " of the shop")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: place.secret["Description"] == "Main database of the shop")
        await see(pilot, "Main database of the shop")
        await until(pilot, lambda: isinstance(place.app.screen, SecretScreen))
        await pilot.press("u")
        await see(pilot, "UpdateSecret")
        await pilot.press("enter")
        await until(pilot, lambda: place.secret["Description"] == "Main database")


async def test_a_label_is_attached_and_removed(place: Place) -> None:
    async with place.app.run_test(size=SIZE) as pilot:
        await see(pilot, "2 secrets")
        await open_database(pilot)
        await pilot.press("v")
        await see(pilot, "AWSPREVIOUS")
        await pilot.press("plus")
        await see(pilot, "Attach")
        await types(pilot, "canary")
        await pilot.press("enter")
        await see(pilot, "Attach canary to version")
        await pilot.press("enter")
        await until(pilot, lambda: place.find_version("canary") == place.current)
        await see(pilot, "canary")
        await pilot.press("minus")
        await see(pilot, "Remove canary from version")
        await pilot.press("enter")
        await until(pilot, lambda: place.find_version("canary") is None)


async def test_a_label_is_moved_and_that_is_undone(place: Place) -> None:
    first = place.find_version("AWSPREVIOUS")
    place.client.update_secret_version_stage(**DB, VersionStage="canary", MoveToVersionId=place.current)
    async with place.app.run_test(size=SIZE) as pilot:
        await see(pilot, "2 secrets")
        await open_database(pilot)
        await pilot.press("v")
        await see(pilot, "canary")
        await pilot.press("m")
        await see(pilot, "Move which label")
        await pilot.press("down", "enter")
        await see(pilot, "◂ canary ▸")
        await pilot.press("down", "enter")
        await see(pilot, "Move canary to version")
        await pilot.press("enter")
        await until(pilot, lambda: place.find_version("canary") == first)
        await until(pilot, lambda: isinstance(place.app.screen, SecretScreen))
        await pilot.press("u")
        await see(pilot, "UpdateSecretVersionStage")
        await pilot.press("enter")
        await until(pilot, lambda: place.find_version("canary") == place.current)


async def test_tags_and_policy_are_edited(place: Place) -> None:
    async with place.app.run_test(size=SIZE) as pilot:
        await see(pilot, "2 secrets")
        await open_database(pilot)
        await pilot.press("t")
        await see(pilot, "Tags of prod/db")
        await pilot.press("ctrl+n")
        await types(pilot, "stage")
        await pilot.press("tab")
        await types(pilot, "live")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: {"Key": "stage", "Value": "live"} in place.secret["Tags"])
        await see(pilot, "stage=live")
        await pilot.press("3")
        await see(pilot, "No policy attached")
        await pilot.press("B", "enter")
        await see(pilot, "No issues found.")
        await pilot.press("ctrl+s")
        await see(pilot, "Attach this policy to prod/db?")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "ResourcePolicy" in place.client.get_resource_policy(**DB))
        await see(pilot, "Attached policy")
        await pilot.press("f8")
        await see(pilot, "Remove the policy of prod/db?")
        await pilot.press("enter")
        await until(pilot, lambda: not place.client.get_resource_policy(**DB).get("ResourcePolicy"))
        await see(pilot, "No policy attached")


async def test_a_deletion_is_scheduled_and_cancelled(place: Place) -> None:
    async with place.app.run_test(size=SIZE) as pilot:
        await see(pilot, "2 secrets")
        await go_to_database(pilot)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(place.app.screen, DeletionPlan))
        await pilot.press("y")
        await until(pilot, lambda: "DeletedDate" in place.secret)
        await see(pilot, "1 secret")
        await pilot.press("x")
        await see(pilot, "prod/db")
        await pilot.press("U", "y")
        await until(pilot, lambda: "DeletedDate" not in place.secret)
        await pilot.press("x")
        await see(pilot, "2 secrets")


async def test_a_change_by_others_is_not_overwritten(place: Place) -> None:
    async with place.app.run_test(size=SIZE) as pilot:
        await see(pilot, "2 secrets")
        await open_database(pilot)
        await pilot.press("i")
        await see(pilot, "Description")
        place.client.update_secret(**DB, Description="by others")
        await types(pilot, " of the shop")
        await pilot.press("ctrl+s")
        await see(pilot, "by others")
        assert place.secret["Description"] == "by others"


async def test_what_no_longer_exists_is_told(place: Place) -> None:
    async with place.app.run_test(size=SIZE) as pilot:
        await see(pilot, "2 secrets")
        await go_to_database(pilot)
        place.client.delete_secret(**DB, ForceDeleteWithoutRecovery=True)
        await pilot.press("enter")
        await hear(pilot, "This secret no longer exists.")
        await until(pilot, lambda: isinstance(place.app.screen, SecretsScreen))


async def go_to_database(pilot: Any) -> None:
    """Moves the cursor: moto does not sort by name."""
    if pilot.app.screen.secrets.current["Name"] != "prod/db":
        await pilot.press("down")
    await until(pilot, lambda: pilot.app.screen.secrets.current["Name"] == "prod/db")


async def open_database(pilot: Any) -> None:
    await go_to_database(pilot)
    await pilot.press("enter")
    await see(pilot, "hidden (r to reveal)")
