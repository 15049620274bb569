"""Tests of undoing an import as one change; secrets that others changed since are left out and named."""

from __future__ import annotations

import gc
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

import smtui
from smtui.tui.app import SmtuiApp
from smtui.tui.base_screen import SessionScreen
from smtui.tui.secret.label_moves import collect_version_labels
from smtui.tui.undo.preview import UndoPreview
from smtui.tui.vault.import_plan import ImportPlan
from smtui.tui.widgets.passphrase import Passphrase
from tests.conftest import PASSPHRASE, Clock
from tests.transfer.sources.kdbx_writer import make_document, write_4
from tests.tui.conftest import MakeApp, screen_text, until
from tests.tui.driver import hear
from tests.tui.vault.test_screen import ask_to_import

SMALL = (80, 24)


@pytest.fixture
def other(vault: smtui.Vault, clock: Clock) -> Iterator[Any]:
    """Yields the client of another program on the same vault."""
    with smtui.open_vault(vault.path, PASSPHRASE, clock=clock) as other:
        yield other.client()


@pytest.fixture
def file(tmp_path: Path, client: Any, clock: Clock) -> Path:
    """Writes a file of five names, three new ones and two of secrets with two versions each."""
    for name in ("dev/d", "dev/e"):
        client.create_secret(Name=name, SecretString="first", Description="mine")
        clock.forward(hours=1)
        client.put_secret_value(SecretId=name, SecretString="second")
    clock.forward(hours=1)
    (tmp_path / "five.json").write_text(json.dumps(dict.fromkeys("abcde", "imported-value")))
    return tmp_path / "five.json"


@asynccontextmanager
async def imported(running: SmtuiApp, file: Path, *, update: bool = True) -> AsyncIterator[Pilot[None]]:
    """Runs the app and imports the file under `dev/`, with new versions for different values."""
    async with running.run_test(size=SMALL) as pilot:
        await ask_to_import(pilot, running, file)
        await until(pilot, lambda: isinstance(running.screen, ImportPlan))
        if update:
            await pilot.press("shift+tab", "space")
            await until(pilot, lambda: "new versions 2" in screen_text(running))
            await pilot.press("tab")
        await pilot.press("tab", "enter")
        await hear(pilot, "Imported ")
        await until(pilot, lambda: isinstance(running.screen, SessionScreen))
        yield pilot


async def preview(pilot: Pilot[None]) -> str:
    await pilot.press("u")
    await until(pilot, lambda: isinstance(pilot.app.screen, UndoPreview))
    await pilot.pause()
    return screen_text(pilot.app)


def names(client: Any) -> list[str]:
    pages = client.get_paginator("list_secrets").paginate()
    return sorted(each["Name"] for page in pages for each in page["SecretList"])


def labels(client: Any, name: str) -> dict[str, str]:
    return collect_version_labels(client.list_secret_version_ids(SecretId=name, IncludeDeprecated=True)["Versions"])


async def test_all_is_as_before(app: MakeApp, file: Path, client: Any, clock: Clock, vault: smtui.Vault) -> None:
    """New secrets get a planned deletion, and the labels of the others return to their versions."""
    before = {name: labels(client, name) for name in names(client)}
    running = app()
    async with imported(running, file) as pilot:
        clock.forward(minutes=1)
        assert "u Undo" in screen_text(running)
        text = await preview(pilot)
        for words in ("import: new secrets 3, new versions 2", "dev/a, dev/b, dev/c",
                      "3 new secrets are scheduled for deletion, in 30 days:",
                      "2 secrets are rolled back to the previous version:",
                      "dev/d, dev/e"):
            assert words in text
        await pilot.press("enter")
        await hear(pilot, "Undid “import: new secrets 3, new versions 2”.")

        assert {name: labels(client, name) for name in names(client)} == before
        assert client.get_secret_value(SecretId="dev/d")["SecretString"] == "second"
        client.restore_secret(SecretId="dev/a")
        assert client.get_secret_value(SecretId="dev/a")["SecretString"] == "imported-value"
        await pilot.press("u")
        await hear(pilot, "Nothing to undo.")
    assert vault.maintenance.check().clean


async def test_what_others_changed_is_left_and_named(app: MakeApp, file: Path, client: Any, other: Any) -> None:
    running = app()
    async with imported(running, file) as pilot:
        for name in ("dev/b", "dev/e"):
            other.put_secret_value(SecretId=name, SecretString="theirs")
        text = await preview(pilot)
        for words in ("2 new secrets are scheduled for deletion", "1 secret is rolled back to the previous version",
                      "2 changed since, left as they are:", "dev/b: It has other versions or labels now.",
                      "dev/e: Its labels have moved since."):
            assert words in text
        await pilot.press("enter")
        await hear(pilot, "2 changed since, left as they are: dev/b (It has other versions or labels now. "
                          "root stored a version in us-east-1 at")

        assert names(client) == ["dev/b", "dev/d", "dev/e"]
        values = [client.get_secret_value(SecretId=name)["SecretString"] for name in names(client)]
        assert values == ["theirs", "second", "theirs"]


async def test_it_is_looked_at_again_when_it_is_sent(app: MakeApp, file: Path, client: Any, other: Any) -> None:
    """Secrets that change during the preview are left out too."""
    running = app()
    async with imported(running, file) as pilot:
        await preview(pilot)
        for name in ("dev/a", "dev/d"):
            other.put_secret_value(SecretId=name, SecretString="theirs")
        await pilot.press("enter")
        await hear(pilot, "2 changed since, left as they are: dev/a (")

        assert names(client) == ["dev/a", "dev/d", "dev/e"]
        assert client.get_secret_value(SecretId="dev/d")["SecretString"] == "theirs"
        assert client.get_secret_value(SecretId="dev/e")["SecretString"] == "second"


CHANGES: dict[str, Any] = {
    "a deprecated version": lambda client, i: (
        client.put_secret_value(SecretId=i, SecretString="x", ClientRequestToken="9" * 32, VersionStages=["mine"]),
        client.update_secret_version_stage(SecretId=i, VersionStage="mine", RemoveFromVersionId="9" * 32)),
    "a label": lambda client, i: client.update_secret_version_stage(
        SecretId=i, VersionStage="mine", MoveToVersionId=client.get_secret_value(SecretId=i)["VersionId"]),
    "a description": lambda client, i: client.update_secret(SecretId=i, Description="theirs"),
    "a tag": lambda client, i: client.tag_resource(SecretId=i, Tags=[{"Key": "team", "Value": "theirs"}]),
    "a policy": lambda client, i: client.put_resource_policy(SecretId=i, ResourcePolicy=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Resource": "*",
                                                "Action": "secretsmanager:DescribeSecret"}]})),
    "a replica": lambda client, i: client.replicate_secret_to_regions(
        SecretId=i, AddReplicaRegions=[{"Region": "eu-west-1"}]),
    "a planned deletion": lambda client, i: client.delete_secret(SecretId=i, RecoveryWindowInDays=7),
    "a deletion": lambda client, i: client.delete_secret(SecretId=i, ForceDeleteWithoutRecovery=True),
    "another of its name": lambda client, i: (
        client.delete_secret(SecretId=i, ForceDeleteWithoutRecovery=True),
        client.create_secret(Name=i, SecretString="theirs")),
}


@pytest.mark.parametrize("kind", CHANGES)
async def test_a_new_secret_changed_in_any_way_is_left(
    app: MakeApp, file: Path, client: Any, other: Any, clock: Clock, kind: str
) -> None:
    running = app()
    async with imported(running, file, update=False) as pilot:
        clock.forward(seconds=1)
        CHANGES[kind](other, "dev/b")
        left = {each["Name"]: each for each in client.list_secrets(IncludePlannedDeletion=True)["SecretList"]}
        assert "1 changed since, left as it is:" in (text := await preview(pilot)) and "dev/b: " in text
        await pilot.press("enter")
        await hear(pilot, "1 changed since, left as it is: dev/b (")

        after = {each["Name"]: each for each in client.list_secrets(IncludePlannedDeletion=True)["SecretList"]}
        assert after.get("dev/b") == left.get("dev/b")
        assert all("DeletedDate" in after[name] for name in ("dev/a", "dev/c"))


async def test_a_change_that_was_undone_is_no_change(app: MakeApp, file: Path, client: Any, clock: Clock) -> None:
    running = app()
    async with imported(running, file, update=False) as pilot:
        clock.forward(seconds=1)
        client.update_secret(SecretId="dev/a", Description="for a moment")
        client.update_secret(SecretId="dev/a", Description="")
        assert "3 new secrets are scheduled for deletion" in await preview(pilot)


async def test_where_all_was_changed_nothing_is_offered(app: MakeApp, file: Path, client: Any, other: Any) -> None:
    running = app()
    async with imported(running, file, update=False) as pilot:
        for name in ("dev/a", "dev/b", "dev/c"):
            other.tag_resource(SecretId=name, Tags=[{"Key": "team", "Value": "theirs"}])
        await pilot.press("u")
        await hear(pilot, "“import: new secrets 3” cannot be undone. 3 changed since, left as they are: dev/a (")

        assert names(client) == ["dev/a", "dev/b", "dev/c", "dev/d", "dev/e"]


async def test_a_first_value_stays(app: MakeApp, tmp_path: Path, client: Any) -> None:
    """AWSCURRENT cannot be removed, so the first value of an existing secret stays."""
    client.create_secret(Name="dev/a")
    (tmp_path / "two.json").write_text(json.dumps({"a": "1", "b": "2"}))
    running = app()
    async with imported(running, tmp_path / "two.json", update=False) as pilot:
        text = await preview(pilot)
        assert "1 new secret is scheduled for deletion" in text
        assert "dev/a: AWSCURRENT can be moved, but not removed." in text
        await pilot.press("enter")
        await hear(pilot, "Undid “")

        assert names(client) == ["dev/a"]


async def test_cancelled_it_can_be_undone_later(app: MakeApp, file: Path, client: Any) -> None:
    running = app()
    async with imported(running, file) as pilot:
        await preview(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(running.screen, SessionScreen))
        assert len(names(client)) == 5
        await preview(pilot)
        await pilot.press("enter")
        await hear(pilot, "Undid “")

        assert names(client) == ["dev/d", "dev/e"]


async def test_a_failure_on_the_way_undoes_nothing(
    app: MakeApp, file: Path, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The undo is one transaction, so a failure undoes nothing, and it can be repeated."""
    from smtui.tui.undo import import_undo

    running = app()
    async with imported(running, file) as pilot:
        await preview(pilot)
        with monkeypatch.context() as within:
            take_back, done = import_undo._take_one_back, []

            def fail_at_the_third(vault: Any, region: str, change: Any) -> str:
                done.append(change)
                if len(done) == 3:
                    raise smtui.VaultBusyError("The vault is busy.")
                return take_back(vault, region, change)

            within.setattr(import_undo, "_take_one_back", fail_at_the_third)
            await pilot.press("enter")
            await hear(pilot, "The vault is busy.")
        assert len(names(client)) == 5
        await until(pilot, lambda: isinstance(running.screen, SessionScreen))
        assert "3 new secrets are scheduled for deletion" in await preview(pilot)


async def test_it_is_done_where_the_import_went(app: MakeApp, file: Path, client: Any, vault: smtui.Vault) -> None:
    """The undo applies to the Region of the import, whichever is open."""
    running = app()
    async with imported(running, file) as pilot:
        running.look_at_region("eu-west-1")
        await until(pilot, lambda: running.session and running.session.region == "eu-west-1")
        await until(pilot, lambda: isinstance(running.screen, SessionScreen))
        assert f"Changes in {vault.region_name}:" in await preview(pilot)
        await pilot.press("enter")
        await hear(pilot, "Undid “")

        assert names(client) == ["dev/d", "dev/e"]


async def test_an_import_of_1100_names(app: MakeApp, tmp_path: Path, client: Any) -> None:
    """The preview shows counts, the first names and visible buttons. The undo entry contains no value."""
    held = "a-value-that-nobody-keeps"
    (tmp_path / "many.json").write_text(json.dumps({f"s{number:04}": f"{held}-{number}" for number in range(1100)}))
    running = app()
    async with imported(running, tmp_path / "many.json", update=False) as pilot:
        assert running.session and running.session.undo.last
        gc.collect()
        assert held not in repr(_all_within(running.session.undo.last))
        text = await preview(pilot)
        assert "1,100 new secrets are scheduled for deletion" in text
        assert [f"dev/s{number:04}" in text for number in range(4)] == [True, True, True, False]
        assert "dev/s0002 and 1,097 more" in text and "Cancel" in text
        await pilot.press("enter")
        await hear(pilot, "Undid “import: new secrets 1,100”.")

        assert names(client) == []
        assert len(running.session.undo.done) == 0


def _all_within(root: object) -> list[object]:
    """Returns all strings and bytes reachable from `root`, except through modules, classes and callables."""
    seen: dict[int, object] = {}
    waiting = [root]
    while waiting:
        held = waiting.pop()
        if id(held) in seen or isinstance(held, type) or callable(held) or type(held).__name__ == "module":
            continue
        seen[id(held)] = held
        waiting += gc.get_referents(held)
    return [each for each in seen.values() if isinstance(each, str | bytes)]


@pytest.mark.parametrize("touched", [False, True])
async def test_secrets_with_older_values_are_undone_too(
    app: MakeApp, tmp_path: Path, client: Any, touched: bool
) -> None:
    """What an import with its history made is one change; a metadata change that was taken back does not count."""
    (tmp_path / "old.kdbx").write_bytes(write_4(make_document(), PASSPHRASE))
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ask_to_import(pilot, running, tmp_path / "old.kdbx")
        await until(pilot, lambda: running.screen.query("#passphrase") and
                    running.focused is running.screen.query_one("#passphrase"))
        running.screen.query_one("#passphrase", Passphrase).type(PASSPHRASE)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "[ ] older values" in screen_text(running))
        await pilot.press("f3")
        await until(pilot, lambda: "[✓] older values" in screen_text(running))
        await pilot.press("tab", "enter")
        await hear(pilot, "Imported ")
        assert len(client.list_secret_version_ids(SecretId="dev/Mail/Box")["Versions"]) == 2
        if touched:
            for description in ("for a moment", client.describe_secret(SecretId="dev/Mail/Box").get("Description", "")):
                client.update_secret(SecretId="dev/Mail/Box", Description=description)
        await until(pilot, lambda: isinstance(running.screen, SessionScreen))
        await pilot.press("u")
        await until(pilot, lambda: isinstance(running.screen, UndoPreview))
        await pilot.press("enter")
        await until(pilot, lambda: "DeletedDate" in client.describe_secret(SecretId="dev/Mail/Box"))
