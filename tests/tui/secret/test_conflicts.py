"""Tests of conflicts between two sessions over values: nothing is overwritten unasked, and no input is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button

from smtui.api.errors import VaultBusyError, VaultFullError
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.secret.conflict import ConflictDialog
from smtui.tui.secret.edited import EditedDialog
from smtui.tui.secret.new_secret import NewSecretForm
from smtui.tui.secret.screen import SecretScreen
from smtui.tui.secret.value_form import ValueForm
from tests.tui.conftest import DATABASE, MakeApp, paste, screen_text, types, until, version_id
from tests.tui.driver import (
    ID,
    SMALL,
    get_screen,
    hear,
    join_screen_text,
    open_secret,
    press_button,
    see,
    wait_for_screen,
)
from tests.tui.secret.test_edit_value import editor

SECOND = version_id(2)

pytestmark = pytest.mark.usefixtures("one_time_and_place")


def current(client: Any) -> Any:
    return client.get_secret_value(**ID)["SecretString"]


def store_password(client: Any) -> str:
    """Changes only the password in the other session."""
    value = DATABASE[1].replace("second-word", "their-word")
    return str(client.put_secret_value(**ID, SecretString=value)["VersionId"])


def store_user(client: Any) -> str:
    value = DATABASE[1].replace('"app"', '"them"')
    return str(client.put_secret_value(**ID, SecretString=value)["VersionId"])


def store_port(client: Any) -> str:
    return str(client.put_secret_value(**ID, SecretString=current(client).replace("5432", "6432"))["VersionId"])


def roll_back(client: Any) -> str:
    client.update_secret_version_stage(**ID, VersionStage="AWSCURRENT", MoveToVersionId=version_id(1),
                                       RemoveFromVersionId=SECOND)
    return version_id(1)


def rotate(client: Any) -> str:
    """Stores a value as a rotation function does."""
    value = DATABASE[1].replace("second-word", "rotated")
    made = client.put_secret_value(**ID, SecretString=value, VersionStages=["AWSPENDING"])["VersionId"]
    client.update_secret_version_stage(**ID, VersionStage="AWSCURRENT", MoveToVersionId=made,
                                       RemoveFromVersionId=SECOND)
    return str(made)


async def edit_user(pilot: Pilot[None]) -> None:
    """Opens the form with `e` and changes the user."""
    await pilot.press("e")
    await wait_for_screen(pilot, ValueForm)
    await types(pilot, "alice")


def read_editor(pilot: Pilot[None]) -> Any:
    return json.loads(get_screen(pilot.app, ValueForm).editor.value)


CHANGES = {"stored": store_password, "rolled back": roll_back, "rotated": rotate}


@pytest.mark.parametrize("act", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("when", ["before the preview", "before Enter"])
async def test_the_form_overwrites_nothing_unseen(
    app: MakeApp, database: Any, other: Any, act: Callable[[Any], str], when: str
) -> None:
    """The dialog names the caller, the time, the version and the keys, without values; Enter and Esc keep the input."""
    running = app()
    async with open_secret(running) as pilot:
        await edit_user(pilot)
        if when == "before the preview":
            made = act(other)
        await pilot.press("ctrl+s")
        if when == "before Enter":
            await wait_for_screen(pilot, Confirm)
            made = act(other)
            await pilot.press("enter")
        await wait_for_screen(pilot, ConflictDialog)
        text = screen_text(running)
        assert "prod/db changed while you edited it" in text
        assert f"version {made[:8]}" in text
        assert "user/bob" in text and "2026-03-03" in text
        assert "They changed: password" in text
        assert "You changed:  user" in text
        assert not any(word in text for word in ("their-word", "first-word", "rotated", "alice"))
        assert [str(each.label) for each in running.screen.query(Button)][:1] == ["Cancel"]
        assert running.focused is running.screen.query(Button).first()
        await pilot.press("enter")
        await wait_for_screen(pilot, ValueForm)
        assert read_editor(pilot)["user"] == "alice"

        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, ConflictDialog)
        await pilot.press("escape")
        await wait_for_screen(pilot, ValueForm)
        assert read_editor(pilot)["user"] == "alice"
        assert database.describe_secret(**ID)["VersionIdsToStages"][made][0] == "AWSCURRENT"


@pytest.mark.parametrize("act", CHANGES.values(), ids=CHANGES)
async def test_my_changes_on_top_of_theirs(
    app: MakeApp, database: Any, other: Any, act: Callable[[Any], str]
) -> None:
    """The result is their value with my key, and all other bytes unchanged."""
    running = app()
    async with open_secret(running) as pilot:
        await edit_user(pilot)
        act(other)
        theirs = current(other)
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, ConflictDialog)
        await press_button(pilot, "Apply my changes on top")
        await hear(pilot, "stored as AWSCURRENT.")
        await wait_for_screen(pilot, SecretScreen)

        assert current(database) == theirs.replace('"app"', '"alice"')


async def test_the_same_key_is_not_merged(app: MakeApp, database: Any, other: Any) -> None:
    """The value can still be stored, after a preview of what it reverts."""
    running = app()
    async with open_secret(running) as pilot:
        await edit_user(pilot)
        store_user(other)
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, ConflictDialog)
        assert "Apply my changes" not in screen_text(running)
        await press_button(pilot, "Store mine anyway")
        await hear(pilot, "stored as AWSCURRENT")

        assert current(database) == DATABASE[1].replace('"app"', '"alice"')


async def test_store_mine_anyway_is_about_what_was_shown(
    app: MakeApp, database: Any, other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another change while the dialog is open is shown too, before anything is overwritten."""
    running = app()
    async with open_secret(running) as pilot:
        await edit_user(pilot)
        store_password(other)
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, ConflictDialog)
        shown_first = running.screen
        third = store_user(other)
        await press_button(pilot, "Store mine anyway")
        await until(pilot, lambda: isinstance(running.screen, ConflictDialog) and running.screen is not shown_first)
        assert f"version {third[:8]}" in screen_text(running)
        assert current(database) == DATABASE[1].replace('"app"', '"them"')
        await press_button(pilot, "Store mine anyway")
        await hear(pilot, "stored as AWSCURRENT")

        assert json.loads(current(database))["user"] == "alice"


async def test_keep_editing_goes_on_from_what_is_there_now(app: MakeApp, database: Any, other: Any) -> None:
    """The key that others changed follows in the form; the next preview names the current version and my key alone."""
    running = app()
    async with open_secret(running) as pilot:
        await edit_user(pilot)
        made = store_password(other)
        theirs = current(other)
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, ConflictDialog)
        await press_button(pilot, "Keep editing")
        await wait_for_screen(pilot, ValueForm)
        await pilot.press("end", "2")
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, Confirm)
        text = screen_text(running)
        assert f"AWSCURRENT moves from {made[:8]} to the new version." in text
        assert "~ user changed" in text and "password" not in text
        await pilot.press("enter")
        await hear(pilot, "stored as AWSCURRENT")

        assert current(database) == theirs.replace('"app"', '"alice2"')


@pytest.mark.parametrize("answer", ["Keep editing", "Cancel"])
async def test_a_second_change_of_others_leaves_mine_what_it_is(
    app: MakeApp, database: Any, other: Any, answer: str
) -> None:
    """Whatever was answered before, "You changed" means my keys, and applying them keeps both changes of others."""
    running = app()
    async with open_secret(running) as pilot:
        await edit_user(pilot)
        store_password(other)
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, ConflictDialog)
        first = running.screen
        store_port(other)
        await press_button(pilot, "Apply my changes on top")
        await until(pilot, lambda: isinstance(running.screen, ConflictDialog) and running.screen is not first)
        await press_button(pilot, answer)
        await wait_for_screen(pilot, ValueForm)
        others_again = current(other)
        if answer == "Keep editing":
            others_again = others_again.replace("6432", "7432")
            other.put_secret_value(**ID, SecretString=others_again)
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, ConflictDialog)
        assert "You changed:  user" in [line.strip(" │▎▊") for line in screen_text(running).splitlines()]
        await press_button(pilot, "Apply my changes on top")
        await hear(pilot, "stored as AWSCURRENT")

        assert current(database) == others_again.replace('"app"', '"alice"')


async def test_keep_editing_prefers_my_value_of_a_key_that_both_changed(
    app: MakeApp, database: Any, other: Any
) -> None:
    """The other keys follow; the preview says that my key changes theirs."""
    running = app()
    async with open_secret(running) as pilot:
        await edit_user(pilot)
        store_user(other)
        store_port(other)
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, ConflictDialog)
        await press_button(pilot, "Keep editing")
        await wait_for_screen(pilot, ValueForm)
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, Confirm)
        assert "~ user changed" in screen_text(running) and "port" not in screen_text(running)
        await pilot.press("enter")
        await hear(pilot, "stored as AWSCURRENT")

        assert json.loads(current(database)) == {**json.loads(DATABASE[1]), "user": "alice", "port": 6432}


async def test_discard_keeps_theirs(app: MakeApp, database: Any, other: Any) -> None:
    running = app()
    async with open_secret(running) as pilot:
        await edit_user(pilot)
        made = store_password(other)
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, ConflictDialog)
        await press_button(pilot, "Discard")
        await wait_for_screen(pilot, SecretScreen)

        assert database.get_secret_value(**ID)["VersionId"] == made


async def test_a_label_that_moved_meanwhile(app: MakeApp, database: Any, other: Any) -> None:
    """A custom label is not taken from another version without a question; AWSCURRENT does not matter."""
    running = app()
    async with open_secret(running) as pilot:
        await edit_user(pilot)
        form: Any = running.screen
        form.stages.value = "blue"
        store_password(other)
        made = other.put_secret_value(**ID, SecretString="theirs", VersionStages=["blue"])["VersionId"]
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, ConflictDialog)
        assert f"blue was on no version, now on {made[:8]}." in screen_text(running)
        await pilot.press("escape")
        await wait_for_screen(pilot, ValueForm)
        form.stages.value = "green"
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, Confirm)
        await pilot.press("enter")
        await hear(pilot, "stored; AWSCURRENT is unchanged.")

        assert database.get_secret_value(**ID, VersionStage="blue")["SecretString"] == "theirs"


async def test_the_first_value(app: MakeApp, database: Any, other: Any) -> None:
    """Both sessions store the first value of a secret."""
    database.delete_secret(**ID, ForceDeleteWithoutRecovery=True)
    database.create_secret(Name="prod/db")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "1 secret ·" in screen_text(running))
        await pilot.press("enter")
        await see(pilot, "No value yet")
        await pilot.press("e")
        await wait_for_screen(pilot, ValueForm)
        get_screen(running, ValueForm).editor.area.load_text("alice")
        other.put_secret_value(**ID, SecretString="theirs")
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, ConflictDialog)
        assert "They changed: entire text" in screen_text(running)
        await pilot.press("escape")

        assert current(database) == "theirs"


# Refused requests: the input remains.


async def test_a_secret_that_is_gone_keeps_the_form(app: MakeApp, database: Any, other: Any) -> None:
    running = app()
    async with open_secret(running) as pilot:
        await edit_user(pilot)
        other.delete_secret(**ID, RecoveryWindowInDays=7)
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, Confirm)
        await pilot.press("enter")
        await hear(pilot, "marked for deletion")
        await wait_for_screen(pilot, ValueForm)
        assert read_editor(pilot)["user"] == "alice"
        other.delete_secret(**ID, ForceDeleteWithoutRecovery=True)
        await pilot.press("ctrl+s")
        await hear(pilot, "can't find the specified secret")

        assert read_editor(pilot)["user"] == "alice"


@pytest.mark.parametrize("error", [VaultBusyError("The vault is busy."), VaultFullError("The disk is full.")])
async def test_a_vault_that_fails_keeps_the_form(
    app: MakeApp, database: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    running = app()
    async with open_secret(running) as pilot:
        await edit_user(pilot)
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, Confirm)

        def fail(*_: Any, **__: Any) -> None:
            raise error

        with monkeypatch.context() as broken:
            broken.setattr("smtui.tui.secret.value_edit.store_value", fail)
            await pilot.press("enter")
            await hear(pilot, str(error))
        await wait_for_screen(pilot, ValueForm)
        assert read_editor(pilot)["user"] == "alice"
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, Confirm)
        await pilot.press("enter")
        await hear(pilot, "stored as AWSCURRENT")


# The external editor, and files.


async def edit_outside(pilot: Pilot[None]) -> None:
    await pilot.press("E")
    await see(pilot, "Edit the value of prod/db in")
    await pilot.press("enter")
    await wait_for_screen(pilot, EditedDialog)


async def test_the_own_editor(
    app: MakeApp, database: Any, other: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Cancel returns to the question, Keep editing to the editor with the same text."""
    running = app()
    change = "path.write_text(text.replace('app', 'alice'))"
    again = "path.write_text(text.replace('alice', 'alice2'))"
    with editor(monkeypatch, tmp_path, change, again):
        async with open_secret(running) as pilot:
            await edit_outside(pilot)
            store_password(other)
            await pilot.press("enter")
            await wait_for_screen(pilot, ConflictDialog)
            assert "They changed: password" in screen_text(running)
            await pilot.press("escape")
            await wait_for_screen(pilot, EditedDialog)
            assert "They changed: password" in screen_text(running)
            await press_button(pilot, "Store")
            await wait_for_screen(pilot, ConflictDialog)
            await press_button(pilot, "Keep editing")
            await wait_for_screen(pilot, EditedDialog)
            assert "~ user changed" in screen_text(running)
            store_user(other)
            await pilot.press("enter")
            await wait_for_screen(pilot, ConflictDialog)
            await press_button(pilot, "Store mine anyway")
            await hear(pilot, "stored as AWSCURRENT")

            assert json.loads(current(database)) == {"user": "alice2", "password": "their-word", "port": 5432}


async def test_quitting_asks_before_it_drops_what_was_typed_in_the_own_editor(
    app: MakeApp, database: Any, other: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Quitting asks at the editor's question and at the conflict dialog, with the focus on keeping the text."""
    running = app()
    with editor(monkeypatch, tmp_path, "path.write_text(text.replace('app', 'alice'))"):
        async with open_secret(running) as pilot:
            await edit_outside(pilot)
            for screen in (EditedDialog, ConflictDialog):
                await wait_for_screen(pilot, screen)
                await pilot.press("ctrl+q")
                await see(pilot, "Discard changes?")
                await pilot.press("enter")
                await wait_for_screen(pilot, screen)
                if screen is EditedDialog:
                    store_password(other)
                    await pilot.press("enter")
            await press_button(pilot, "Apply my changes on top")
            await hear(pilot, "stored as AWSCURRENT")


async def test_the_own_editor_keeps_what_was_refused(
    app: MakeApp, database: Any, other: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    running = app()
    with editor(monkeypatch, tmp_path, "path.write_text('typed')"):
        async with open_secret(running) as pilot:
            await edit_outside(pilot)
            other.delete_secret(**ID, RecoveryWindowInDays=7)
            await pilot.press("enter")
            await hear(pilot, "marked for deletion")
            await wait_for_screen(pilot, EditedDialog)
            other.restore_secret(**ID)
            await press_button(pilot, "Store")
            await hear(pilot, "stored as AWSCURRENT")

            assert current(database) == "typed"


async def test_a_file(app: MakeApp, database: Any, other: Any, tmp_path: Path) -> None:
    """Cancel leaves the dialog, because the file still exists."""
    (tmp_path / "new").write_text("from a file")
    running = app()
    async with open_secret(running) as pilot:
        for words in ("Cancel", "Store mine anyway"):
            await pilot.press("f")
            await see(pilot, "from file")
            await paste(pilot, f"{tmp_path}/new")
            await pilot.press("enter")
            await wait_for_screen(pilot, Confirm)
            store_password(other)
            await pilot.press("enter")
            await wait_for_screen(pilot, ConflictDialog)
            assert "Keep editing" not in screen_text(running)
            await press_button(pilot, words)
            await wait_for_screen(pilot, SecretScreen)
        await hear(pilot, "stored as AWSCURRENT")

        assert current(database) == "from a file"


async def test_a_file_chosen_while_others_store(app: MakeApp, database: Any, other: Any, tmp_path: Path) -> None:
    """The edit begins with the key, not with the path."""
    (tmp_path / "new").write_text("from a file")
    running = app()
    async with open_secret(running) as pilot:
        await pilot.press("f")
        await see(pilot, "from file")
        store_password(other)
        theirs = current(database)
        await paste(pilot, f"{tmp_path}/new")
        await pilot.press("enter")
        await wait_for_screen(pilot, ConflictDialog)
        await press_button(pilot, "Cancel")
        await wait_for_screen(pilot, SecretScreen)

        assert current(database) == theirs


# Callers that may not read the old value.


def deny(client: Any, *actions: str) -> None:
    client.put_resource_policy(**ID, ResourcePolicy=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Resource": "*", "Action": [f"secretsmanager:{each}" for each in actions],
    }]}))


async def test_the_form_without_the_old_value(app: MakeApp, database: Any, other: Any) -> None:
    """The form is empty and says why; the conflict check uses the version from the start of the edit."""
    running = app()
    async with open_secret(running) as pilot:
        deny(other, "GetSecretValue")
        await pilot.press("e")
        await wait_for_screen(pilot, ValueForm)
        await see(pilot, "The current value cannot be read")
        assert "Storing replaces it" in join_screen_text(running)
        assert "explicit deny" in join_screen_text(running)
        area = get_screen(running, ValueForm).editor.area
        area.load_text("alice")
        made = store_password(other)
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, ConflictDialog)
        assert f"version {made[:8]}" in screen_text(running)
        assert "the value cannot be read" in join_screen_text(running)
        assert "Apply my changes" not in screen_text(running)
        await press_button(pilot, "Store mine anyway")
        await hear(pilot, "stored as AWSCURRENT")
        database.delete_resource_policy(**ID)

        assert current(database) == "alice"


async def test_the_editor_and_a_file_without_the_old_value(
    app: MakeApp, database: Any, other: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    running = app()
    with editor(monkeypatch, tmp_path, "path.write_text('from-editor')"):
        async with open_secret(running) as pilot:
            deny(other, "GetSecretValue")
            await edit_outside(pilot)
            assert "the entire value is replaced" in screen_text(running)
            assert "AWSCURRENT moves from 00000002" in screen_text(running)
            await pilot.press("enter")
            await hear(pilot, "stored as AWSCURRENT")
            (tmp_path / "new").write_text("from-file")
            await wait_for_screen(pilot, SecretScreen)
            await pilot.press("f")
            await see(pilot, "from file")
            await paste(pilot, f"{tmp_path}/new")
            await pilot.press("enter")
            await see(pilot, "the entire value is replaced")
            await pilot.press("enter")
            await until(pilot, lambda: len(database.list_secret_version_ids(
                **ID, IncludeDeprecated=True)["Versions"]) == 4)
            database.delete_resource_policy(**ID)

            assert current(database) == "from-file"


@pytest.mark.parametrize("denied", [
    ["DescribeSecret"], ["ListSecretVersionIds"], ["DescribeSecret", "ListSecretVersionIds"],
    ["DescribeSecret", "ListSecretVersionIds", "GetSecretValue"],
], ids=" and ".join)  # fmt: skip
async def test_the_form_without_a_look_at_the_versions(
    app: MakeApp, database: Any, other: Any, denied: list[str]
) -> None:
    """The form learns the base version from permitted reads; if there are none, it says so."""
    running = app()
    async with open_secret(running) as pilot:
        deny(other, *denied)
        await pilot.press("e")
        await wait_for_screen(pilot, ValueForm)
        editor: Any = get_screen(running, ValueForm).editor
        blind = "GetSecretValue" in denied
        assert ("changes by others will not be noticed" in join_screen_text(running)) is blind
        if editor.is_keyed:
            await types(pilot, "alice")
        else:
            editor.area.load_text("alice")
        if not blind:
            store_password(other)
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, Confirm if blind else ConflictDialog)
        await (pilot.press("enter") if blind else press_button(pilot, "Apply my changes on top"))
        await hear(pilot, "stored as AWSCURRENT")
        database.delete_resource_policy(**ID)

        assert "alice" in current(database)


async def test_a_new_secret_that_cannot_be_stored_is_still_in_its_form(
    app: MakeApp, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a full disk, the form opens again with its input."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "1 secret ·")
        await pilot.press("a")
        await wait_for_screen(pilot, NewSecretForm)
        await types(pilot, "dev")
        form: Any = running.screen
        form.editor.pair_editor.rows.first().query(".key").first().value = "token"
        form.editor.pair_editor.rows.first().query(".value").first().value = "abc"

        def fail(*_: Any, **__: Any) -> None:
            raise VaultFullError("The disk is full.")

        with monkeypatch.context() as broken:
            broken.setattr("smtui.engine.client.LocalClient._call", fail)
            await pilot.press("ctrl+s")
            await hear(pilot, "The disk is full.")
        await wait_for_screen(pilot, NewSecretForm)
        again: Any = running.screen

        assert again.name_field.value == "dev"
        assert json.loads(again.editor.value) == {"token": "abc"}
