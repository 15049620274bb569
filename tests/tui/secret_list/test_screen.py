"""Tests of the secrets list on a real vault: searching, sorting, opening, copying, deleting, restoring, refreshing."""

from __future__ import annotations

import asyncio
import json
import threading
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

import smtui
from smtui.system.settings import Settings, change_settings, load_settings
from smtui.tui.app import SmtuiApp
from smtui.tui.base_screen import READ_ONLY
from smtui.tui.bridge import READING, call
from smtui.tui.secret.copy_dialog import CopyDialog
from smtui.tui.secret_list.columns_dialog import ColumnsForm
from smtui.tui.secret_list.deletion import DeletionPlan
from smtui.tui.secret_list.list_widget import SecretList
from smtui.tui.secret_list.loader import PageLoader
from smtui.tui.secret_list.query import SERVICE_ORDERS, ListQuery
from smtui.tui.secret_list.results import Fetch, Page
from smtui.tui.secret_list.screen import SecretsScreen
from tests.conftest import PASSPHRASE, Clock
from tests.tui.conftest import SAMPLES, FakeTool, MakeApp, render_screen, said, screen_text, types, until, until_still
from tests.tui.driver import get_screen, run_cases, see, wait_for_screen
from tests.tui.secret_list.driver import get_list_screen, list_names, read_list

SMALL, LARGE = (80, 24), (120, 36)
BORDERS = 2
"""Columns that the borders of a panel take."""
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
HOSTILE = (
    "[@click=app.quit]x[/] [/x] [red]r\x1b]52;c;ZXZpbA==\x07 \x1b[2J \x9b2J user\u202egnp.exe\u202c "
    "日本語 é\u0301\u0302\u0303\u0304\u0305 \u200b \ud7ff"
)


pytestmark = pytest.mark.usefixtures("one_time_and_place")


def current(app: App[None]) -> str:
    entry = get_list_screen(app).secrets.current
    return entry["Name"] if entry else ""


async def ready(pilot: Pilot[None], count: int = len(SAMPLES)) -> None:
    await until(pilot, lambda: get_list_screen(pilot.app).secrets.count == count)


async def go_to(pilot: Pilot[None], name: str) -> None:
    await pilot.press("g")
    for _ in range(len(SAMPLES)):
        if current(pilot.app) != name:
            await pilot.press("j")
    assert current(pilot.app) == name


# Searching.


@SIZES
async def test_type_to_find(app: MakeApp, filled: Any, size: tuple[int, int]) -> None:
    """With `/`, a word and Esc, the list contains the matches and has the focus."""
    running = app()
    async with running.run_test(size=size) as pilot:
        await ready(pilot)
        await types(pilot, "/stripe")
        await until(pilot, lambda: list_names(running) == ["prod/payments/stripe"])
        await pilot.press("escape")
        await pilot.pause()

        assert get_list_screen(running).secrets.has_focus
        assert "1 of 5 · by best match" in screen_text(running)
        assert "shared/wifi" not in screen_text(running)


@pytest.mark.parametrize("view", ["list", "tree"])
async def test_escape_that_clears_the_filter_keeps_the_cursor_on_its_secret(
    app: MakeApp, filled: Any, view: str
) -> None:
    """Also where the secret is on a page that is not read yet."""
    for number in range(230):
        filled.create_secret(Name=f"b/{number:03}", SecretString="x")
    running = app(settings=replace(Settings(), tree=view == "tree"))
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "b/000" if view == "list" else "b/")
        await pilot.press("slash")
        await types(pilot, "name:prod/")
        await pilot.press("enter")
        await until(pilot, lambda: get_list_screen(running).secrets.has_focus)
        await until(pilot, lambda: get_list_screen(running).secrets.model.list_query.text == "name:prod/")
        await pilot.press("G")
        await until(pilot, lambda: get_name(running) == "prod/web/session")
        await pilot.press("escape")
        await until(pilot, lambda: not get_list_screen(running).secrets.model.list_query.text)
        await until(pilot, lambda: not get_list_screen(running).secrets.busy)
        await pilot.pause()

        assert get_name(running) == "prod/web/session"
        assert "prod/web/session" in screen_text(running) or view == "tree"


def get_name(running: SmtuiApp) -> str:
    current = get_list_screen(running).secrets.current
    return current["Name"] if current else ""


async def test_escape_leaves_the_filter_then_clears_it(app: MakeApp, filled: Any) -> None:
    """The first Esc leaves the filter, the second one clears it."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await types(pilot, "/web")
        await until(pilot, lambda: len(list_names(running)) == 2)
        await pilot.press("escape")
        assert get_list_screen(running).secrets.has_focus
        assert len(list_names(running)) == 2
        await pilot.press("escape")
        await ready(pilot)


FILTERS = ("all:pay", "name:prod/", "!web", "tag:team=web", 'description:"live mode"', "tag:env all:prod")


async def test_the_list_is_what_the_client_answers(app: MakeApp, filled: Any) -> None:
    """The list has the same secrets in the same order as ListSecrets."""
    async with run_cases(app()) as cases:
        for keys in ([], ["S"]):
            await cases.pilot.press(*keys)
            for text in FILTERS:
                async with cases.case(f"{text} {keys}"):
                    get_list_screen(cases.app).filter.value = text
                    question = ListQuery(text, descending=bool(keys))
                    answer = [entry["Name"] for entry in filled.list_secrets(**question.build_request())["SecretList"]]
                    assert 0 < len(answer) < len(SAMPLES)
                    await until(cases.pilot, lambda answer=answer: list_names(cases.app) == answer)


async def test_every_order(app: MakeApp, filled: Any) -> None:
    """`s` cycles through the orders of ListSecrets; the header and the status show the current one."""
    filled.update_secret(SecretId="prod/web/session", Description="changed last")
    filled.get_secret_value(SecretId="dev/web/flags")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        missing = set(SERVICE_ORDERS)
        while missing:
            order = get_list_screen(running).list_query.order
            if order in missing:
                missing.remove(order)
                question = ListQuery(order=order)
                answer = filled.list_secrets(SortBy=question.column.sort_by, SortOrder="asc")["SecretList"]
                await until(pilot, lambda answer=answer: list_names(running) == [entry["Name"] for entry in answer])
                await until(pilot, lambda question=question: question.describe_order() in screen_text(running))
            await pilot.press("s")
            await until(pilot, lambda: running.input.is_idle)


async def test_an_order_the_service_does_not_know(app: MakeApp, filled: Any, clock: Clock) -> None:
    """Sorting by tags works in both directions, with an arrow in the header; secrets without tags come last."""
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await ready(pilot)
        get_list_screen(running).sort_by("tags")
        await until(pilot, lambda: get_list_screen(running).secrets.model.list_query.order == "tags")
        assert list_names(running) == [
            "dev/web/flags", "prod/payments/db", "prod/payments/stripe", "prod/web/session", "shared/wifi",
        ]  # fmt: skip
        await pilot.press("S")
        await until(pilot, lambda: list_names(running)[0] == "prod/web/session")

        assert list_names(running)[-1] == "shared/wifi"
        assert "Tags ↓" in screen_text(running)


async def test_a_click_on_a_title_sorts(app: MakeApp, filled: Any) -> None:
    """A second click reverses the order."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        x = read_list(running)[0].index("Changed")
        await pilot.click(SecretList, offset=(x, 0))
        await until(pilot, lambda: list_names(running)[0] == "prod/payments/db")
        assert "Changed ↑" in screen_text(running)
        await pilot.click(SecretList, offset=(x, 0))
        await until(pilot, lambda: list_names(running)[0] == "shared/wifi")

        assert "Changed ↓" in screen_text(running)


async def test_too_many_to_sort_is_said(app: MakeApp, filled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order does not change."""
    monkeypatch.setattr("smtui.tui.secret_list.results.MAX_SORTED", 3)
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        get_list_screen(running).sort_by("labels")
        await until(pilot, lambda: said(running))

        assert "Sorting by labels works for up to" in said(running)[0]
        assert get_list_screen(running).list_query == get_list_screen(running).secrets.model.list_query == ListQuery()
        assert "by name ↑" in screen_text(running)


# Columns.


async def test_choosing_columns(app: MakeApp, filled: Any) -> None:
    """Space toggles a column, K and J move it; the next session has the same columns."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("C")
        await until(pilot, lambda: isinstance(running.screen, ColumnsForm))
        await pilot.press("j", "left", "j", "j", "j", "j", "space", "ctrl+s")
        await until(pilot, lambda: running.screen is get_list_screen(running))
        await pilot.pause()
        assert read_list(running)[0].split() == ["Changed", "Name", "↑", "Description"]
        assert load_settings().columns == ["changed", "name", "state", "description"]

    again = app(settings=load_settings())
    async with again.run_test(size=SMALL) as pilot:
        await ready(pilot)
        assert read_list(again)[0].split() == ["Changed", "Name", "↑", "Description"]
        await pilot.press("C", "ctrl+r")
        await until(pilot, lambda: "Tags" in screen_text(again))

        assert load_settings().columns == []


async def test_alerts_stand_in_the_list(app: MakeApp, vault: smtui.Vault, filled: Any) -> None:
    """By glyph, word and color: what an attentive user would ask about, without opening a secret."""
    function = vault.rotations().create_function(FunctionName="fails", Password={"Key": "absent"})["FunctionArn"]
    filled.rotate_secret(SecretId="dev/web/flags", RotationLambdaARN=function,
                         RotationRules={"AutomaticallyAfterDays": 30})
    filled.put_resource_policy(SecretId="prod/payments/db", ResourcePolicy=json.dumps({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"}],
    }))
    filled.create_secret(Name="new")
    filled.delete_secret(SecretId="shared/wifi", RecoveryWindowInDays=7)
    running = app()
    async with running.run_test(size=(60, 16)) as pilot:
        await ready(pilot)
        await types(pilot, "/deleted:too")
        await see(pilot, "6 of 6")
        shown = {line.split()[0]: line for line in screen_text(running).splitlines()[4:-2] if line.strip()}

        assert "✗ failed rotation" in shown["dev/web/flags"]
        assert "▲ public" in shown["prod/payments/db"]
        assert "○ no value" in shown["new"]
        assert "▲ deleted in 7 d" in shown["shared/wifi"]
        assert not {"✗", "▲", "○"} & set(shown["prod/web/session"])
        colors = {get_list_screen(running).secrets.get_component_rich_style(f"secret-list--{part}").color
                  for part in ("alert", "state", "rest")}
        assert len(colors) == 3


async def test_more_columns_than_there_is_room_for(app: MakeApp, filled: Any) -> None:
    """The form says so before it stores the choice."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("C")
        await until(pilot, lambda: isinstance(running.screen, ColumnsForm))
        await pilot.press("G", "space", "k", "space", "k", "space")

        await until(pilot, lambda: "of 8 columns fit now." in screen_text(running))


async def test_columns_that_another_session_has_changed_are_asked_about(app: MakeApp, filled: Any) -> None:
    """The dialog stays open with what was chosen; storing again replaces the change that it named."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("C")
        await wait_for_screen(pilot, ColumnsForm)
        await pilot.press("j", "space")
        chosen = get_screen(running, ColumnsForm).chosen
        change_settings(lambda settings: replace(settings, columns=["name", "state"]))
        await pilot.press("ctrl+s")
        await see(pilot, "Another session has changed the columns to name, state.")
        form = get_screen(running, ColumnsForm)
        assert form.chosen == chosen and form.is_dirty
        assert load_settings().columns == ["name", "state"]
        await pilot.press("ctrl+s")
        await until(pilot, lambda: running.screen is get_list_screen(running))

        assert load_settings().columns == chosen


async def test_what_a_filter_cannot_ask_is_said(app: MakeApp, filled: Any) -> None:
    """Invalid words give a message, and the other words filter."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await types(pilot, "/wifi !a[/x]")
        await until(pilot, lambda: list_names(running) == ["shared/wifi"])
        assert "!a[/x] is ignored" in screen_text(running)
        get_list_screen(running).filter.value = " ".join("all:wifi" for _ in range(11))
        await until(pilot, lambda: "all:wifi is ignored: at most 10 filters." in screen_text(running))


async def test_nothing_found_says_how_to_go_on(app: MakeApp, filled: Any) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await types(pilot, "/nosuch")
        await until(pilot, lambda: "No matches." in screen_text(running))
        await pilot.press("escape", "escape")
        await ready(pilot)

        assert "No matches." not in screen_text(running)
        assert "shared/wifi" in screen_text(running)


async def test_an_empty_vault_says_what_to_do(app: MakeApp) -> None:
    """The keys in the message work."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "a creates one." in screen_text(running))

        assert "o v imports" in screen_text(running)
        await pilot.press("j", "G", "y", "d", "U", "enter", "l")
        assert running.screen is get_list_screen(running)


# The preview.


async def test_the_preview_follows_the_cursor_where_there_is_room(app: MakeApp, filled: Any) -> None:
    """A wide screen shows list and preview, a narrow one only the list."""
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await ready(pilot)
        await go_to(pilot, "prod/payments/db")
        await pilot.pause()
        preview = str(get_list_screen(running).preview.query_one(Static).render())
        assert preview.splitlines()[:3] == ["prod/payments/db", "", "Main database"]
        assert "team = pay" in preview
        assert "00000000  AWSCURRENT" in preview
        assert "value-of" not in screen_text(running)
        await pilot.resize_terminal(*SMALL)
        await pilot.pause()

        assert not get_list_screen(running).preview.display
        assert get_list_screen(running).secrets.size.width == SMALL[0] - BORDERS


async def test_where_there_is_no_room_the_preview_lies_over_the_list(app: MakeApp, filled: Any) -> None:
    """`Z` shows the preview above the list, where the list's keys still work, and hides it again."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("Z", "j")
        await until(pilot, lambda: "Main database" in screen_text(running) and "Versions" in screen_text(running))
        assert "shared/wifi" not in screen_text(running)
        assert get_list_screen(running).secrets.has_focus
        await pilot.press("Z")
        await until(pilot, lambda: "shared/wifi" in screen_text(running))


async def test_the_preview_can_be_put_away(app: MakeApp, filled: Any) -> None:
    """The list then uses the whole width."""
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await ready(pilot)
        await pilot.press("Z")
        await until(pilot, lambda: get_list_screen(running).secrets.size.width == LARGE[0] - BORDERS)
        await pilot.press("Z")
        await until(pilot, lambda: get_list_screen(running).preview.display)


async def test_what_a_preview_says_of_rotation_and_replicas(app: MakeApp, vault: smtui.Vault, filled: Any) -> None:
    """The preview shows the state of rotation and replicas."""
    function = vault.rotations().create_function(FunctionName="new-password", Password={})["FunctionArn"]
    filled.rotate_secret(SecretId="dev/web/flags", RotationLambdaARN=function, RotateImmediately=False,
                         RotationRules={"AutomaticallyAfterDays": 30})
    filled.replicate_secret_to_regions(SecretId="dev/web/flags", AddReplicaRegions=[{"Region": "eu-west-1"}])
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await ready(pilot)
        await until(pilot, lambda: "has replicas in other Regions" in screen_text(running))

        assert "every 30 days" in screen_text(running)
        assert "by new-password" in screen_text(running)


@SIZES
async def test_hostile_text_is_only_text(app: MakeApp, client: Any, size: tuple[int, int]) -> None:
    """Markup and control characters in any member have no effect."""
    client.create_secret(
        Name="x", Description=HOSTILE, SecretString='{"[/x]\x1b]52;c;x": "v"}'.replace("\x1b", "\\u001b"),
        Tags=[{"Key": HOSTILE[:100], "Value": HOSTILE}],
    )  # fmt: skip
    running = app()
    async with running.run_test(size=size) as pilot:
        await ready(pilot, 1)
        clean(running)
        assert "[@click=app.quit]" in screen_text(running)
        get_list_screen(running).filter.value = HOSTILE
        await until(pilot, lambda: "by best match" in screen_text(running))
        clean(running)
        get_list_screen(running).filter.value = f"!{HOSTILE}"
        await until(pilot, lambda: "ignored" in screen_text(running))
        clean(running)
        get_list_screen(running).filter.value = ""
        await ready(pilot, 1)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(running.screen, CopyDialog))
        clean(running)
        await pilot.press("escape", "d")
        await until(pilot, lambda: isinstance(running.screen, DeletionPlan))
        clean(running)
        await pilot.click(offset=(size[0] // 3, 4))

        assert running.is_running


def clean(app: SmtuiApp) -> None:
    """Asserts that no segment contains control characters or the hostile link."""
    for line in render_screen(app):
        for segment in line:
            assert not [each for each in segment.text if unicodedata.category(each) in ("Cc", "Cf", "Zl", "Zp")]
            assert "app.quit" not in str(segment.style.meta if segment.style else "")


# Copying.


async def test_copying_a_text(app: MakeApp, filled: Any, tool: FakeTool) -> None:
    """The value goes only to the clipboard."""
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await ready(pilot)
        await go_to(pilot, "shared/wifi")
        await pilot.press("y")
        await until(pilot, lambda: said(running))

        assert tool.held == b"value-of-shared/wifi"
        assert "value-of" not in screen_text(running) + "".join(said(running)) + tool.arguments
        assert said(running)[0].startswith("shared/wifi: ")


@pytest.mark.parametrize(
    ("keys", "copied"),
    [((), b"p\xc3\xa9"), (("down",), b"5432"), (("end",), '{"user": "pé", "port": 5432}'.encode())],
    ids=["string", "number", "whole"],
)
async def test_copying_a_member(
    app: MakeApp, client: Any, tool: FakeTool, keys: tuple[str, ...], copied: bytes
) -> None:
    """For JSON, a dialog offers the keys and the whole value, without values."""
    client.create_secret(Name="json", SecretString='{"user": "pé", "port": 5432}')
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot, 1)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(running.screen, CopyDialog))
        assert "5432" not in screen_text(running)
        await pilot.press(*keys, "enter")
        await until(pilot, lambda: tool.held)

        assert tool.held == copied


async def test_copying_bytes(app: MakeApp, client: Any, tool: FakeTool) -> None:
    """A binary value is copied unchanged."""
    client.create_secret(Name="binary", SecretBinary=bytes(range(256)))
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot, 1)
        await pilot.press("y")
        await until(pilot, lambda: tool.held)

        assert tool.held == bytes(range(256))


async def test_copying_nothing(app: MakeApp, filled: Any, client: Any, tool: FakeTool) -> None:
    """After Esc, or if the secret cannot be read, the clipboard keeps its content."""
    client.create_secret(Name="json", SecretString='{"a": "b"}')
    client.create_secret(Name="zz-empty")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot, len(SAMPLES) + 2)
        await go_to(pilot, "json")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(running.screen, CopyDialog))
        await pilot.press("escape", "G", "y")
        await until(pilot, lambda: "Could not read" in screen_text(running))

        assert "can't find" in screen_text(running)
        assert tool.held == b""


# Deleting and restoring.


@SIZES
async def test_delete_and_restore(app: MakeApp, filled: Any, size: tuple[int, int]) -> None:
    """The plan shows the date, the secret is listed among planned deletions, and `U` restores it."""
    running = app()
    async with running.run_test(size=size) as pilot:
        await ready(pilot)
        await go_to(pilot, "prod/payments/stripe")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(running.screen, DeletionPlan))
        await pilot.press("down", "tab", "enter")
        await until(pilot, lambda: len(list_names(running)) == 4)
        assert said(running) == ["prod/payments/stripe will be deleted on 2026-03-31."]
        await pilot.press("x")
        await until(pilot, lambda: list_names(running) == ["prod/payments/stripe"])
        assert "▲ deleted in 29 d" in screen_text(running)
        await pilot.press("U")
        await until(pilot, lambda: "No secrets scheduled for deletion." in screen_text(running))
        assert said(running)[-1] == "prod/payments/stripe restored."
        await pilot.press("x")
        await ready(pilot)

        assert "DeletedDate" not in filled.describe_secret(SecretId="prod/payments/stripe")


async def test_delete_for_good(app: MakeApp, filled: Any) -> None:
    """The user must type the name."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await go_to(pilot, "shared/wifi")
        await pilot.press("d")
        await wait_for_screen(pilot, DeletionPlan)
        plan = get_screen(running, DeletionPlan)
        plan.force.toggle()
        plan.confirmation.value = "shared/wifi"
        await pilot.pause()
        await pilot.click("#go")
        await until(pilot, lambda: len(list_names(running)) == 4)

        assert said(running) == ["shared/wifi permanently deleted."]


async def test_planned_deletions_only(app: MakeApp, filled: Any) -> None:
    """The filter `deleted:only` works without `x`."""
    filled.delete_secret(SecretId="dev/web/flags", RecoveryWindowInDays=7)
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot, 4)
        get_list_screen(running).filter.value = "deleted:only"
        await until(pilot, lambda: list_names(running) == ["dev/web/flags"])

        assert "▲ deleted in 7 d" in screen_text(running)


async def test_nothing_to_restore(app: MakeApp, filled: Any) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("U")
        await until(pilot, lambda: said(running))

        assert said(running) == ["dev/web/flags is not scheduled for deletion."]


@pytest.mark.parametrize("key", ["a", "d", "U"])
async def test_reading_only(app: MakeApp, filled: Any, key: str) -> None:
    """The header says so, and every change gives a message."""
    running = app(read_only=True)
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        assert "read-only" in screen_text(running).splitlines()[0]
        await pilot.press(key)
        await until(pilot, lambda: said(running))

        assert said(running) == [READ_ONLY]
        assert running.screen is get_list_screen(running)


# Refreshing.


async def test_what_another_program_changes_appears(app: MakeApp, vault: smtui.Vault, filled: Any) -> None:
    """The first poll shows the change, and the cursor stays on its secret."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await go_to(pilot, "prod/web/session")
        with smtui.open_vault(vault.path, PASSPHRASE) as other:
            other.client().create_secret(Name="aaa/new", SecretString="x")
        await get_list_screen(running).look_for_changes().wait()
        await ready(pilot, len(SAMPLES) + 1)

        assert list_names(running)[0] == "aaa/new"
        assert current(running) == "prod/web/session"


async def test_the_lock_in_the_middle_of_everything(app: MakeApp, vault: smtui.Vault, filled: Any) -> None:
    """A lock while the list is being read gives no error."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        get_list_screen(running).start_reading()
        get_list_screen(running).look_for_changes()
        await pilot.press("ctrl+l")
        await pilot.pause()

        assert vault.locked
        assert said(running) == []


async def test_what_others_changed_is_found_though_its_reading_was_stopped(
    app: MakeApp, filled: Any, vault: smtui.Vault
) -> None:
    """Esc stops the read of a change by another session; the list refreshes later all the same."""
    running, gate = app(), threading.Event()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        screen = running.screen
        assert isinstance(screen, SecretsScreen)
        with smtui.open_vault(vault.path, PASSPHRASE) as other:
            other.client().create_secret(Name="a-new-one")
        blocked = asyncio.create_task(call(gate.wait))
        screen._changes = vault.change_count()
        await screen.reload()
        await until(pilot, lambda: screen.secrets.model.next_view is not None)
        await pilot.press("escape")
        gate.set()
        await blocked

        await until(pilot, lambda: "a-new-one" in screen_text(running))


# Returning to the list.


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Records each page of the list that is read."""
    read: list[Any] = []
    real = PageLoader.make_fetch

    def make_fetch(loader: PageLoader, list_query: ListQuery) -> Fetch:
        fetch = real(loader, list_query)

        async def record(token: str | None) -> Page:
            read.append(token)
            return await fetch(token)

        return record

    monkeypatch.setattr(PageLoader, "make_fetch", make_fetch)
    return read


def has_read_all(app: SmtuiApp) -> bool:
    return all(worker.is_finished for worker in app.workers if worker.group in {READING, "pages"})


async def test_a_return_reads_the_list_again_only_if_the_vault_has_changed(
    app: MakeApp, filled: Any, vault: smtui.Vault, pages: list[Any],
) -> None:
    """A secret that was only looked at costs no read; one that was changed, by whomever, does."""
    running = app()

    async def visit() -> int:
        """Opens the secret under the cursor and returns; tells how many pages that read."""
        before = len(pages)
        await pilot.press("enter")
        await see(pilot, "r to reveal")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(running.screen, SecretsScreen))
        await pilot.pause()
        await until(pilot, lambda: has_read_all(running))
        return len(pages) - before

    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await until(pilot, lambda: has_read_all(running))
        assert await visit() == 0

        await pilot.press("question_mark", "escape")
        await pilot.pause()
        assert await visit() == 0

        filled.update_secret(SecretId="prod/web/session", Description="by this session")
        assert await visit() == 1

        with smtui.open_vault(vault.path, PASSPHRASE) as other:
            other.client().tag_resource(SecretId="shared/wifi", Tags=[{"Key": "by", "Value": "others"}])
        assert await visit() > 0


async def test_a_return_shows_the_day_of_access_without_another_read(
    app: MakeApp, filled: Any, pages: list[Any],
) -> None:
    """What was read meanwhile, here or elsewhere, is seen in the list."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        before = len(pages)
        await pilot.press("question_mark")
        filled.get_secret_value(SecretId="prod/web/session")
        await pilot.press("escape")
        accessed = filled.describe_secret(SecretId="prod/web/session")["LastAccessedDate"]

        def find_days() -> dict[str, Any]:
            return {entry["Name"]: entry.get("LastAccessedDate") for entry in get_list_screen(running).secrets.entries}

        await until(pilot, lambda: find_days()["prod/web/session"] == accessed)
        assert find_days()["shared/wifi"] is None
        assert len(pages) == before


async def test_a_read_that_was_refused_is_no_access(app: MakeApp, filled: Any) -> None:
    """A name that does not exist, asked for beside the list, is no reason to say that the list cannot be read."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        with pytest.raises(smtui.ClientError):
            filled.get_secret_value(SecretId="no/such")
        filled.get_secret_value(SecretId="shared/wifi")
        await pilot.press("C")
        await wait_for_screen(pilot, ColumnsForm)
        await pilot.press("escape")
        await until(pilot, lambda: running.screen is get_list_screen(running))
        await until_still(pilot)

        assert "Could not" not in screen_text(running)


async def test_a_list_in_order_of_access_is_read_again_after_an_access(
    app: MakeApp, filled: Any, pages: list[Any],
) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        get_list_screen(running).sort_by("accessed")
        await ready(pilot)
        before = len(pages)
        await pilot.press("question_mark")
        filled.get_secret_value(SecretId="prod/web/session")
        await pilot.press("escape")

        await until(pilot, lambda: len(pages) > before)
        await until(pilot, lambda: list_names(running)[-1] == "prod/web/session")


async def test_a_stopped_read_is_made_up_for_at_the_return(
    app: MakeApp, filled: Any, vault: smtui.Vault, pages: list[Any],
) -> None:
    """Esc stops the read after a change; the list does not pass for read."""
    running, gate = app(), threading.Event()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        filled.create_secret(Name="a-new-one")
        blocked = asyncio.create_task(call(gate.wait))
        await get_list_screen(running).load()
        await until(pilot, lambda: get_list_screen(running).secrets.model.next_view is not None)
        await pilot.press("escape")
        gate.set()
        await blocked
        await pilot.press("question_mark", "escape")

        await until(pilot, lambda: "a-new-one" in list_names(running))
