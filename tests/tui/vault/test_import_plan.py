"""Tests of the plan of an import: keys go through all its rows while the focus stays on the answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

import smtui
from smtui.transfer import formats
from smtui.transfer.entry import Entry
from smtui.transfer.item import LeftBehind
from smtui.transfer.plan import Action, Step
from smtui.transfer.source_key import SourceKey
from smtui.transfer.switches import Switch
from smtui.tui.app import SmtuiApp
from smtui.tui.dialogs.one_line import OneLine
from smtui.tui.vault.import_choices import ImportChoices, PlannedImport, name_entries
from smtui.tui.vault.import_form import ImportForm
from smtui.tui.vault.import_plan import ImportPlan
from smtui.tui.widgets.checkbox import SymbolCheckbox
from smtui.tui.widgets.passphrase import Passphrase
from tests.conftest import PASSPHRASE
from tests.transfer.sources.kdbx_writer import make_document, write_4
from tests.tui.conftest import MakeApp, screen_text, until
from tests.tui.driver import hear, see
from tests.tui.vault.test_screen import ask_to_import, at, join_screen_text

ROWS = 3000


async def open_plan(running: SmtuiApp, pilot: Pilot[None], rows: int = ROWS) -> ImportPlan:
    await until(pilot, lambda: running.session)
    plan = ImportPlan([Step(Entry(f"app/{number:04}", "v", "here"), Action.CREATE) for number in range(rows)])
    await running.push_screen(plan)
    await until(pilot, lambda: "app/0000" in screen_text(running))
    return plan


@pytest.mark.parametrize("keys", [
    ("end",), ("G",), ("pagedown",) * 3 + ("end",), ("end", "home", "G"), ("down", "end"), ("end", "up", "down"),
], ids=["end", "G", "pages", "and back", "a line, then the end", "a line back and forth"])
async def test_the_last_of_many_rows_is_reached_at_once(
    app: MakeApp, vault: smtui.Vault, keys: tuple[str, ...]
) -> None:
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        plan = await open_plan(running, pilot)
        assert "PgDn More" in screen_text(running)
        focused = running.focused
        await pilot.press(*keys)
        await until(pilot, lambda: f"app/{ROWS - 1:04}" in screen_text(running))

        assert running.focused is focused is plan.query_one("#cancel")
        await until(pilot, lambda: "PgDn More" not in screen_text(running) and "PgUp Page up" in screen_text(running))


async def test_a_short_plan_offers_no_keys_for_more(app: MakeApp, vault: smtui.Vault) -> None:
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await open_plan(running, pilot, rows=3)

        assert "PgDn" not in screen_text(running)


async def test_space_excludes_a_secret_also_one_that_blocks(app: MakeApp, vault: smtui.Vault) -> None:
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        steps = [Step(Entry(name, "v", "here"), Action.CREATE) for name in ("a", "b")]
        plan = ImportPlan([*steps, Step(Entry("too-long", "v", "here"), Action.CONFLICT, "the value is too long")])
        await running.push_screen(plan)
        await until(pilot, lambda: "Space Exclude" in screen_text(running))
        assert plan.query_one("#go").disabled

        await pilot.press("space", "space")
        await until(pilot, lambda: "excluded" in screen_text(running))
        assert [(step.entry.name, step.action) for step in plan.steps] == [
            ("a", Action.SKIP), ("b", Action.CREATE), ("too-long", Action.SKIP)]
        assert not plan.query_one("#go").disabled
        await pilot.press("up", "space")
        assert [step.action for step in plan.steps] == [Action.CREATE, Action.CREATE, Action.SKIP]


# Changes that make the plan again, from the form to the vault.


async def open_file(running: SmtuiApp, pilot: Pilot[None], file: Path) -> ImportPlan:
    """Imports a file up to its plan."""
    await ask_to_import(pilot, running, file)
    await until(pilot, lambda: isinstance(running.screen, ImportPlan))
    assert isinstance(running.screen, ImportPlan)
    return running.screen


async def unlock(running: SmtuiApp, pilot: Pilot[None], file: Path) -> ImportPlan:
    """Imports an encrypted file up to its plan."""
    await ask_to_import(pilot, running, file)
    await until(pilot, lambda: running.screen.query("#passphrase"))
    await until(pilot, lambda: running.focused is running.screen.query_one("#passphrase"))
    running.screen.query_one("#passphrase", Passphrase).type(PASSPHRASE)
    await pilot.press("ctrl+s")
    await until(pilot, lambda: isinstance(running.screen, ImportPlan))
    assert isinstance(running.screen, ImportPlan)
    return running.screen


async def switch(pilot: Pilot[None], running: SmtuiApp, key: str, words: str) -> None:
    """Presses the key of a switch, and waits until the plan was made again."""
    await pilot.press(key)
    await until(pilot, lambda: f"[✓] {words}" in join_screen_text(running))


async def test_the_switches_of_a_database_bring_the_rest_along(app: MakeApp, tmp_path: Path, client: Any) -> None:
    (tmp_path / "old.kdbx").write_bytes(write_4(make_document(), PASSPHRASE, binaries=[b"key"]))
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        plan = await unlock(running, pilot, tmp_path / "old.kdbx")
        about = plan.query_one("#about", Static)
        await until(pilot, lambda: "1 item in the trash (F5 imports it)" in str(about.render()))
        for key, words in (("f3", "older values"), ("f4", "attachments"), ("f5", "trash")):
            await switch(pilot, running, key, words)
        assert "imports it" not in str(about.render())
        await pilot.press("tab", "enter")
        await hear(pilot, "Imported ")

    names = {secret["Name"] for secret in client.list_secrets(MaxResults=100)["SecretList"]}
    assert {"dev/Mail/Box", "dev/Bin/Gone"} < names
    assert any(name.startswith("dev/Mail/Box/") for name in names), "the attachment"
    assert len(client.list_secret_version_ids(SecretId="dev/Mail/Box")["Versions"]) == 2


async def test_a_secret_a_field(app: MakeApp, tmp_path: Path, client: Any) -> None:
    (tmp_path / "logins.csv").write_text("title,username,password,url\nshop,ann,pw,https://a.example\n")
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await open_file(running, pilot, tmp_path / "logins.csv")
        await switch(pilot, running, "f6", "split")
        await until(pilot, lambda: "new secrets 3" in screen_text(running))
        await pilot.press("tab", "enter")
        await hear(pilot, "Imported 3 secrets")

    assert client.get_secret_value(SecretId="dev/shop/password")["SecretString"] == "pw"


async def test_the_switches_of_an_env_file(app: MakeApp, tmp_path: Path, client: Any) -> None:
    """A variable with two values blocks the import until one is chosen, or until it is excluded."""
    (tmp_path / ".env").write_text("host=a\nKEY=1\nKEY=2\nURL=https://${host}/\n")
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        plan = await open_file(running, pilot, tmp_path / ".env")
        await until(pilot, lambda: "conflicts 1" in screen_text(running))
        assert "has several values" in screen_text(running)
        assert plan.query_one("#go").disabled
        await pilot.press("space")
        assert not plan.query_one("#go").disabled
        await pilot.press("up", "space")
        for key, words in (("f7", "last value"), ("dollar_sign", "expand"), ("f8", "capitals")):
            await switch(pilot, running, key, words)
        assert not plan.query_one("#go").disabled
        await pilot.press("tab", "enter")
        await hear(pilot, "Imported 3 secrets")

    values = {name: client.get_secret_value(SecretId=f"dev/{name}")["SecretString"] for name in ("HOST", "KEY", "URL")}
    assert values == {"HOST": "a", "KEY": "2", "URL": "https://a/"}


async def test_a_name_given_twice_in_json_needs_a_choice_too(app: MakeApp, tmp_path: Path, client: Any) -> None:
    (tmp_path / "two.json").write_text(
        '[{"Name": "a", "SecretString": "1"}, {"Name": "b", "SecretString": "2"}, {"Name": "a", "SecretString": "3"}]')
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        plan = await open_file(running, pilot, tmp_path / "two.json")
        await until(pilot, lambda: "has several values" in screen_text(running))
        assert plan.query_one("#go").disabled
        await switch(pilot, running, "f7", "last value")
        await pilot.press("tab", "enter")
        await hear(pilot, "Imported 2 secrets")

    assert client.get_secret_value(SecretId="dev/a")["SecretString"] == "3"


def test_one_secret_of_all_says_what_it_leaves_behind(tmp_path: Path) -> None:
    """And offers no switch for it: one secret has neither older values nor attachments."""
    (tmp_path / "old.kdbx").write_bytes(write_4(make_document(), PASSPHRASE, binaries=[b"key"]))
    opened = formats.read_once(formats.open_source(tmp_path / "old.kdbx"), SourceKey(PASSPHRASE))
    choices = ImportChoices(one_name="home")

    named = name_entries(opened, choices.toggle(Switch.ATTACHMENTS))

    left = [str(each) for each in named.content.left_behind]
    assert {"1 older value", "1 attachment"} <= {*left}
    assert [entry.name for entry in named.entries] == ["home"]
    assert not choices.list_switches(opened) & {Switch.HISTORY, Switch.ATTACHMENTS}
    assert opened.list_switches() >= {Switch.HISTORY, Switch.ATTACHMENTS}


async def test_many_notes_leave_room_for_the_secrets(app: MakeApp, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("".join(f"ALONE_{number}\n" for number in range(13)) + "FIRST=1\nSECOND=2\n")
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        plan = await open_file(running, pilot, tmp_path / ".env")
        await until(pilot, lambda: "dev/FIRST" in screen_text(running) and "dev/SECOND" in screen_text(running))
        assert "Cancel" in screen_text(running)
        assert "line 13" not in screen_text(running)
        await until(pilot, lambda: plan.query_one("#about-box").can_focus)
        await pilot.press("tab", "tab", "end")
        await until(pilot, lambda: "3 more names without = were skipped" in join_screen_text(running))


async def test_a_switch_that_cannot_be_turned_keeps_the_plan(app: MakeApp, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("URL=https://${host}/\n")
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await open_file(running, pilot, tmp_path / ".env")
        await pilot.press("dollar_sign")
        await hear(pilot, "it refers to host, which is not defined above it in this file")
        assert "$ [ ] expand" in join_screen_text(running)


async def test_only_switches_with_a_use_are_offered(app: MakeApp, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HOST=a\n")
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        plan = await open_file(running, pilot, tmp_path / ".env")

        assert not plan.query_one("#switches").display
        assert not any(plan.check_action("switch", (switch,)) for switch in Switch)


async def test_a_secret_gets_another_name_and_all_another_prefix(app: MakeApp, tmp_path: Path, client: Any) -> None:
    client.create_secret(Name="new/b", SecretString="other")
    (tmp_path / ".env").write_text("a=1\nb=2\nc=3\n")
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await open_file(running, pilot, tmp_path / ".env")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(running.screen, OneLine))
        for typed, refused in (("dev/b", "has this name"), ("not legal", "letters, digits"), ("mine/a", "")):
            running.screen.query_one(Input).value = typed
            await pilot.press("enter")
            await until(pilot, lambda: refused in screen_text(running) if refused  # noqa: B023
                        else isinstance(running.screen, ImportPlan))
        await until(pilot, lambda: "mine/a" in screen_text(running) and "dev/b" in screen_text(running))
        await pilot.press("down", "down", "space", "f2")
        await until(pilot, lambda: isinstance(running.screen, OneLine))
        running.screen.query_one(Input).value = "new/"
        await pilot.press("enter")
        await until(pilot, lambda: "new/b" in screen_text(running))
        assert "new secrets 1, skipped 2" in screen_text(running)
        assert "mine/a" in screen_text(running), "a name that was chosen stays"
        await pilot.press("tab", "enter")
        await hear(pilot, "Imported 1 secret")

    assert client.get_secret_value(SecretId="mine/a")["SecretString"] == "1"
    assert client.get_secret_value(SecretId="new/b")["SecretString"] == "other"


async def _change_plan(running: SmtuiApp, pilot: Pilot[None], change: str) -> None:
    """Changes the plan of a file that has a, b and c, with the prefix dev/; b is stored with another value."""
    if change in ("e", "f2"):
        await pilot.press(change)
        await until(pilot, lambda: isinstance(running.screen, OneLine))
        running.screen.query_one(Input).value = "typed/name"
        await pilot.press("enter")
        await see(pilot, "typed/name")
    elif change == "space":
        await pilot.press("space")
        await see(pilot, "excluded")
    elif change == "f8":
        await pilot.press("f8")
        await see(pilot, "[✓] capitals")
    else:
        running.screen.query_one("#update", SymbolCheckbox).value = True
        await see(pilot, "new versions 1")


@pytest.mark.parametrize("change", ["e", "f2", "space", "f8", "tick"])
@pytest.mark.parametrize("leaves", [("escape",), ("enter",), ("ctrl+l",), ("ctrl+q",)], ids=lambda keys: keys[0])
async def test_a_plan_that_was_changed_is_not_dropped_without_a_question(
    app: MakeApp, tmp_path: Path, client: Any, change: str, leaves: tuple[str, ...]
) -> None:
    client.create_secret(Name="dev/b", SecretString="other")
    (tmp_path / ".env").write_text("a=1\nb=2\nc=3\n")
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        plan = await open_file(running, pilot, tmp_path / ".env")
        assert not plan.is_dirty
        await _change_plan(running, pilot, change)
        shown = [(step.entry.name, step.action) for step in plan.steps]
        await pilot.press(*leaves)
        await see(pilot, "Discard changes?")
        assert "▸ Keep editing ◂" in screen_text(running), "the harmless answer is in focus"

        await pilot.press("enter")
        await until(pilot, lambda: running.screen is plan)
        assert [(step.entry.name, step.action) for step in plan.steps] == shown

        await pilot.press("escape")
        await see(pilot, "Discard changes?")
        await pilot.press("y")
        await until(pilot, lambda: not running.query(ImportPlan) and not isinstance(running.screen, ImportPlan))
    assert client.list_secrets()["SecretList"][0]["Name"] == "dev/b"


async def test_the_names_and_exclusions_of_a_refused_import_are_there_again(
    app: MakeApp, tmp_path: Path, client: Any
) -> None:
    """Others store one of the names after the preview: the import is refused, and the next plan begins as this one."""
    (tmp_path / ".env").write_text("a=1\nb=2\nc=3\n")
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await open_file(running, pilot, tmp_path / ".env")
        await _change_plan(running, pilot, "e")
        await pilot.press("down", "space")
        await see(pilot, "excluded")
        client.create_secret(Name="dev/c", SecretString="of another")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(running.screen, ImportForm))
        await see(pilot, "Nothing was imported.")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(running.screen, ImportPlan))
        plan = cast("ImportPlan", running.screen)
        await see(pilot, "different value")
        assert [(step.entry.name, step.action) for step in plan.steps] == [
            ("typed/name", Action.CREATE), ("dev/b", Action.SKIP), ("dev/c", Action.SKIP)]

        await pilot.press("escape")
        await see(pilot, "Discard changes?")
        await pilot.press("enter")
        await until(pilot, lambda: running.screen is plan)
        plan.query_one("#go").focus()
        await pilot.press("enter")
        await hear(pilot, "Imported 1 secret")
    assert {entry["Name"] for entry in client.list_secrets()["SecretList"]} == {"typed/name", "dev/c"}


@pytest.mark.parametrize("key", ["escape", "enter", "n"])
async def test_a_plan_that_was_not_changed_closes_at_once(app: MakeApp, tmp_path: Path, key: str) -> None:
    (tmp_path / ".env").write_text("a=1\n")
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        plan = await open_file(running, pilot, tmp_path / ".env")
        await pilot.press(key)
        await until(pilot, lambda: plan not in running.screen_stack)
        assert "Discard" not in screen_text(running)


async def test_the_form_asks_for_a_passphrase_as_soon_as_the_path_is_of_an_encrypted_file(
    app: MakeApp, tmp_path: Path
) -> None:
    (tmp_path / "old.kdbx").write_bytes(write_4(make_document(), PASSPHRASE))
    (tmp_path / ".env").write_text("A=1\n")
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await at(pilot, running, "Import")
        await until(pilot, lambda: isinstance(running.screen, ImportForm))
        passphrase = running.screen.query_one("#passphrase", Passphrase)
        assert not passphrase.display
        running.screen.query_one("#path", Input).value = str(tmp_path / "old.kdbx")
        await until(pilot, lambda: passphrase.display)
        running.screen.query_one("#path", Input).value = str(tmp_path / ".env")
        await until(pilot, lambda: not passphrase.display)
        running.screen.query_one("#path", Input).value = str(tmp_path / "old.kdbx")
        await until(pilot, lambda: passphrase.display)
        passphrase.type(PASSPHRASE)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(running.screen, ImportPlan))


def test_the_plan_of_a_database(snap_compare: Any, app: MakeApp) -> None:
    """What the file is, what stays behind, the switches, and what each secret was."""
    entries = [Entry(f"home/{name}", "x", "here", origin=f"{name} (username, password)")
               for name in ("Mail", "Shop", "Work/Jira")]
    about = PlannedImport([Step(entry, Action.CREATE) for entry in entries],
                          ["old.kdbx: KeePass 4 database with 3 entries in 2 groups, 3 secrets."],
                          [LeftBehind(17, "older value", "older values", "--history"),
                           LeftBehind(5, "item in the trash", "items in the trash", "--trash")])

    async def make_plan(choices: ImportChoices) -> PlannedImport:
        return about

    async def show_plan(pilot: Pilot[None]) -> None:
        plan = ImportPlan(about, plan=make_plan, choices=ImportChoices("home/", switches=frozenset({Switch.SPLIT})),
                          switches={Switch.HISTORY, Switch.TRASH, Switch.SPLIT})
        pilot.app.push_screen(plan)
        await until(pilot, lambda: "home/Mail" in screen_text(pilot.app))

    assert snap_compare(app(), terminal_size=(80, 24), run_before=show_plan)
