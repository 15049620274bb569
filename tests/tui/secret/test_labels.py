"""Tests of moving, attaching and removing labels on the screen of a secret, and of rolling back."""

from __future__ import annotations

from typing import Any

import pytest
from textual.widgets import Button, Input

from smtui.tui.app import SmtuiApp
from smtui.tui.base_screen import READ_ONLY
from smtui.tui.dialogs.one_line import OneLine
from smtui.tui.secret.label_preview import LabelPreview
from tests.tui.conftest import MakeApp, said, screen_text, types, until, version_id
from tests.tui.driver import ID, see, see_escape_ask
from tests.tui.secret.driver import (
    FIRST,
    SECOND,
    SIZES,
    go_to_versions,
    open_first_secret,
    read_labels,
    screen,
    type_new_label,
)

pytestmark = pytest.mark.usefixtures("one_time_and_place")


@SIZES
async def test_carrying_awscurrent_back(app: MakeApp, database: Any, size: tuple[int, int]) -> None:
    """The label is picked up and dropped; the preview shows the move of AWSPREVIOUS, and Enter applies it."""
    running = app()
    async with open_first_secret(running, size) as pilot:
        await go_to_versions(pilot)
        await pilot.press("m")
        await see(pilot, "◂ AWSCURRENT ▸")
        await pilot.press("j", "enter")
        await until(pilot, lambda: isinstance(running.screen, LabelPreview))
        assert "AWSCURRENT moves from 00000002 to 00000001." in screen_text(running)
        assert "AWSPREVIOUS moves from 00000001 to 00000002." in screen_text(running)
        assert read_labels(database) == {"AWSCURRENT": SECOND, "AWSPREVIOUS": FIRST}
        await pilot.press("enter")
        await until(pilot, lambda: read_labels(database) == {"AWSCURRENT": FIRST, "AWSPREVIOUS": SECOND})
        await until(pilot, lambda: running.screen is screen(running))
        await until(pilot, lambda: said(running))
        assert said(running) == ["AWSCURRENT moved from 00000002 to 00000001.\n"
                                 "AWSPREVIOUS moved from 00000001 to 00000002."]


async def test_a_carried_label_can_be_let_go(app: MakeApp, database: Any) -> None:
    """Esc puts the label back and does not leave the screen; a drop at its origin does nothing."""
    running = app()
    async with open_first_secret(running) as pilot:
        await go_to_versions(pilot)
        await pilot.press("m", "j", "escape")
        await until(pilot, lambda: "◂" not in screen_text(running))
        await pilot.press("k", "m", "enter")
        await until(pilot, lambda: "◂" not in screen_text(running))

        assert running.screen is screen(running)
        assert read_labels(database) == {"AWSCURRENT": SECOND, "AWSPREVIOUS": FIRST}


async def test_rolling_back(app: MakeApp, database: Any) -> None:
    running = app()
    async with open_first_secret(running) as pilot:
        await go_to_versions(pilot)
        await pilot.press("b")
        await see(pilot, "Roll back to the previous version?")
        await pilot.press("escape")
        assert read_labels(database)["AWSCURRENT"] == SECOND
        await until(pilot, lambda: running.screen is screen(running))
        await pilot.press("b")
        await see(pilot, "Roll back to the previous version?")
        await pilot.press("enter")
        await until(pilot, lambda: read_labels(database)["AWSCURRENT"] == FIRST)


async def test_labels_of_ones_own(app: MakeApp, database: Any) -> None:
    """`+` adds a label and `-` removes it; AWSCURRENT cannot be removed, and a message says why."""
    running = app()
    async with open_first_secret(running) as pilot:
        await go_to_versions(pilot)
        await pilot.press("minus")
        await until(pilot, lambda: said(running))
        assert said(running) == ["AWSCURRENT cannot be removed. Move it to another version instead."]
        await type_new_label(pilot, "2026-q1")
        await see(pilot, "2026-q1 is attached to 00000002.")
        await pilot.press("enter")
        await until(pilot, lambda: read_labels(database).get("2026-q1") == SECOND)
        await until(pilot, lambda: running.screen is screen(running))
        await pilot.press("minus")
        await see(pilot, "2026-q1 is removed from 00000002.")
        await pilot.press("enter")
        await until(pilot, lambda: "2026-q1" not in read_labels(database))


async def test_a_label_that_is_refused_is_still_in_the_dialog(app: MakeApp, database: Any) -> None:
    """Cancel in the preview, and a refusal by the service, return to the text with the reason; Esc asks first."""
    running = app()
    async with open_first_secret(running) as pilot:
        await go_to_versions(pilot)
        await type_new_label(pilot, "2026-q1")
        await see(pilot, "2026-q1 is attached to 00000002.")
        await pilot.press("escape")
        await see(pilot, "✗ No changes made.")
        await pilot.press("enter")
        await see(pilot, "2026-q1 is attached to 00000002.")
        database.delete_secret(**ID)
        await pilot.press("enter")
        await see(pilot, "marked for deletion")
        assert running.screen.query_one(Input).value == "2026-q1"
        await see_escape_ask(pilot, OneLine)
        await pilot.press(*["backspace"] * 7, *"AWSCURRENT", "enter")
        await see(pilot, "✗ Version 00000002 already has this label.")


@pytest.mark.parametrize(("keys", "label", "act"), [
    (["m", "j", "enter"], "", "Move"),
    (["b"], "", "Roll back"),
    (["plus"], "2026-q1", "Attach label"),
    (["plus"], "blue", "Move"),
    (["minus"], "", "Remove label"),
])  # fmt: skip
async def test_the_button_of_a_label_names_the_act(
    app: MakeApp, database: Any, keys: list[str], label: str, act: str
) -> None:
    """The button says "move" for a label of another version, also with `+`."""
    database.update_secret_version_stage(**ID, VersionStage="blue", MoveToVersionId=FIRST)
    if act == "Remove label":
        database.update_secret_version_stage(**ID, VersionStage="green", MoveToVersionId=SECOND)
    running = app()
    async with open_first_secret(running) as pilot:
        await go_to_versions(pilot)
        await pilot.press(*keys)
        if label:
            await see(pilot, "Attach label to version 00000002")
            await types(pilot, label)
            await pilot.press("enter")
        await until(pilot, lambda: isinstance(running.screen, LabelPreview))
        assert [str(button.label) for button in running.screen.query(Button)] == ["Cancel", act]


async def test_a_move_that_is_refused_changes_nothing(app: MakeApp, database: Any) -> None:
    """If another session moved the label during the preview, a message says so and nothing is moved."""
    running = app()
    async with open_first_secret(running) as pilot:
        await go_to_versions(pilot)
        await pilot.press("b")
        await see(pilot, "Roll back")
        newer = database.put_secret_value(**ID, SecretString="newer")["VersionId"]
        await pilot.press("enter")
        await until(pilot, lambda: said(running))

        assert read_labels(database) == {"AWSCURRENT": newer, "AWSPREVIOUS": SECOND}


async def test_reading_only_moves_no_label(app: MakeApp, database: Any) -> None:
    running = app(read_only=True)
    async with open_first_secret(running) as pilot:
        await go_to_versions(pilot)
        for key in ("m", "plus", "minus", "b", "u"):
            await pilot.press(key)
            await until(pilot, lambda: said(running))

            assert said(running) == [READ_ONLY], key
            running.clear_notifications()


def get_cursor(app: SmtuiApp) -> str:
    version = screen(app).versions.version
    assert version is not None
    return version.id


def list_ids(app: SmtuiApp) -> list[str]:
    return [each.id for each in screen(app).versions.versions]


@pytest.fixture
def four(database: Any) -> Any:
    """Returns the client; the versions 4 to 1 have AWSCURRENT, AWSPREVIOUS, `two` and `one`."""
    for number in (3, 4):
        database.put_secret_value(**ID, SecretString=str(number), ClientRequestToken=version_id(number))
    for number, label in ((1, "one"), (2, "two")):
        database.update_secret_version_stage(**ID, VersionStage=label, MoveToVersionId=version_id(number))
    return database


@pytest.mark.parametrize(("downs", "then"), [(2, 1), (3, 2)], ids=["in the middle", "at the end"])
async def test_the_cursor_goes_to_the_neighbour_of_a_version_without_labels(
    app: MakeApp, four: Any, downs: int, then: int
) -> None:
    running = app()
    async with open_first_secret(running) as pilot:
        await go_to_versions(pilot)
        await pilot.press(*["j"] * downs)
        removed = get_cursor(running)
        await pilot.press("minus")
        await until(pilot, lambda: isinstance(running.screen, LabelPreview))
        await pilot.press("enter")
        await until(pilot, lambda: running.screen is screen(running) and removed not in list_ids(running))

        assert get_cursor(running) == version_id(then)


@pytest.mark.parametrize("with_deprecated", [False, True])
async def test_a_version_under_the_cursor_stays_there_while_others_take_its_label(
    app: MakeApp, four: Any, other: Any, with_deprecated: bool
) -> None:
    """Whatever key comes next still means that version. It goes from the list once the cursor has left it."""
    running = app()
    async with open_first_secret(running) as pilot:
        await go_to_versions(pilot)
        if with_deprecated:
            await pilot.press("full_stop")
        await pilot.press("j", "j")
        assert get_cursor(running) == SECOND
        other.update_secret_version_stage(**ID, VersionStage="two", RemoveFromVersionId=SECOND)
        screen(running).look_for_changes()
        await see(pilot, "○ deprecated")
        assert get_cursor(running) == SECOND
        await pilot.press("minus")
        await until(pilot, lambda: "This version has no labels." in said(running))
        other.tag_resource(**ID, Tags=[{"Key": "a", "Value": "b"}])
        await screen(running).reload()
        assert get_cursor(running) == SECOND
        await pilot.press("j")
        await screen(running).reload()

        assert get_cursor(running) == FIRST
        assert (SECOND in list_ids(running)) is with_deprecated
