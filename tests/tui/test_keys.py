"""Tests of the key bindings, and of everything that uses them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

import smtui
from smtui.system.settings import Settings
from smtui.tui import keys
from smtui.tui.access.screen import AccessScreen
from smtui.tui.app import SmtuiApp
from smtui.tui.audit.event import EventDialog
from smtui.tui.audit.screen import AuditLogScreen
from smtui.tui.command_line.line_input import LineInput
from smtui.tui.comparison.screen import ComparisonScreen
from smtui.tui.contexts.screen import RegionsScreen
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.dialogs.job import JobDialog
from smtui.tui.dialogs.long_text import LongText
from smtui.tui.dialogs.one_line import OneLine
from smtui.tui.dialogs.pick import Pick
from smtui.tui.generator.screen import GeneratorScreen
from smtui.tui.health.screen import HealthScreen
from smtui.tui.help.manual_screen import ManualScreen
from smtui.tui.help.palette import Actions
from smtui.tui.help.screen import HelpScreen, list_help_rows
from smtui.tui.json_editor.area import JsonArea
from smtui.tui.kms.screen import KmsKeysScreen
from smtui.tui.policy.screen import PolicyScreen
from smtui.tui.replication.add_replicas import AddReplicas
from smtui.tui.replication.screen import ReplicationScreen
from smtui.tui.rotation.form import RotationForm
from smtui.tui.rotation.functions import FunctionsScreen
from smtui.tui.rotation.screen import RotationScreen
from smtui.tui.secret.code_dialog import CodeDialog
from smtui.tui.secret.compare import CompareScreen
from smtui.tui.secret.copy_dialog import CopyDialog
from smtui.tui.secret.qr_screen import QrScreen
from smtui.tui.secret.screen import SecretScreen
from smtui.tui.secret.tags import TagsForm
from smtui.tui.secret.value_form import ValueForm
from smtui.tui.secret_list.columns_dialog import ColumnsForm
from smtui.tui.secret_list.deletion import DeletionPlan
from smtui.tui.secret_list.filter_bar import FilterLine
from smtui.tui.secret_list.list_widget import SecretList
from smtui.tui.secret_list.saved_filters import SavedFilters
from smtui.tui.secret_list.screen import SecretsScreen
from smtui.tui.settings.screen import SettingsScreen
from smtui.tui.shortcut import PLACES
from smtui.tui.undo.screen import UndoScreen
from smtui.tui.unlock.account import AccountScreen
from smtui.tui.unlock.new_passphrase import NewPassphrase
from smtui.tui.unlock.recover import RecoverScreen
from smtui.tui.unlock.recovery_code import RecoveryScreen
from smtui.tui.unlock.screen import UnlockScreen
from smtui.tui.vault.import_plan import ImportPlan
from smtui.tui.vault.screen import VaultScreen
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.chrome import FooterKeys
from tests.tui.conftest import MakeApp, palette_is_ready, screen_text, types, until
from tests.tui.driver import get_screen, open_secret, wait_for_screen

HOMES = {
    "everywhere": SmtuiApp,
    "audit": AuditLogScreen,
    "event": EventDialog,
    "health": HealthScreen,
    "contexts": ComparisonScreen,
    "vault": VaultScreen,
    "access": AccessScreen,
    "regions": RegionsScreen,
    "door": UnlockScreen,
    "account": AccountScreen,
    "policy": PolicyScreen,
    "rotation": RotationScreen,
    "replication": ReplicationScreen,
    "replicas": AddReplicas,
    "functions": FunctionsScreen,
    "kms": KmsKeysScreen,
    "fields": RotationForm,
    "settings": SettingsScreen,
    "unlock": UnlockScreen,
    "recover": RecoverScreen,
    "create": NewPassphrase,
    "recovery": RecoveryScreen,
    "generator": GeneratorScreen,
    "help": HelpScreen,
    "secrets": SecretsScreen,
    "filter": FilterLine,
    "saved": SavedFilters,
    "columns": ColumnsForm,
    "secret": SecretScreen,
    "tabs": SecretScreen,
    "versions": SecretScreen,
    "list": SecretList,
    "json": JsonArea,
    "dialog": Confirm,
    "answers": Button,
    "long_text": LongText,
    "job": JobDialog,
    "form": ValueForm,
    "tags": TagsForm,
    "one_line": OneLine,
    "plan": DeletionPlan,
    "deletion": DeletionPlan,
    "undo": UndoScreen,
    "compare": CompareScreen,
    "manual": ManualScreen,
    "command": LineInput,
    "copy": CopyDialog,
    "pick": Pick,
    "code": CodeDialog,
    "qr": QrScreen,
    "import_plan": ImportPlan,
}


def test_every_place_has_a_home() -> None:
    assert set(HOMES) == set(PLACES)


def test_an_id_is_given_once() -> None:
    """The settings assign keys by id, so ids must be unique."""
    assert [name for name, times in Counter(shortcut.id for shortcut in keys.SHORTCUTS).items() if times > 1] == []


@pytest.mark.parametrize("place", PLACES)
def test_a_key_means_one_thing_in_one_place(place: str) -> None:
    """A key has one action per place. Only modal screens, and undo in text areas, override keys of everywhere."""
    places = {place} if place in ("dialog", "help", "generator", "recovery") else {place, "everywhere"}
    pressed = [
        key for shortcut in keys.SHORTCUTS if shortcut.place in places for key in shortcut.keys.split(",")
    ]  # fmt: skip

    overridden = ["ctrl+z"] if place == "json" else []
    assert [key for key, times in Counter(pressed).items() if times > 1] == overridden


@pytest.mark.parametrize(("place", "home"), HOMES.items())
def test_every_declared_action_exists(place: str, home: type) -> None:
    """Each binding has an action method."""
    for shortcut in keys.SHORTCUTS:
        if shortcut.place == place:
            assert hasattr(home, "action_" + shortcut.action.partition("(")[0]), shortcut.id


def test_one_letter_is_one_verb() -> None:
    """A key that works in several places has the same label. y and n also answer questions, which show nothing else."""
    verbs: dict[str, set[str]] = {}
    for shortcut in keys.SHORTCUTS:
        for key in shortcut.keys.split(","):
            if len(key) == 1 and shortcut.place not in ("list", "answers"):
                verbs.setdefault(key, set()).add(shortcut.words)
    several = {key: words for key, words in verbs.items() if len(words) > 1}

    assert several == {"q": {"Quit", "Close"}}


def test_the_table_for_the_readme_has_every_shortcut() -> None:
    """The table has one row per binding, with its id for the settings."""
    table = keys.format_key_table()

    assert all(f"`{shortcut.id}`" in table for shortcut in keys.SHORTCUTS)
    assert len(table.splitlines()) == len(keys.SHORTCUTS) + 2


async def test_a_key_of_ones_own_replaces_ours_everywhere(app: MakeApp) -> None:
    """The `[keys]` settings replace a key everywhere, including the help and the command palette."""
    running = app(settings=Settings(keys={"everywhere.generate": "f5"}))
    async with running.run_test(size=(80, 24)) as pilot:
        await pilot.press("p")
        assert not isinstance(running.screen, GeneratorScreen)
        shown_in_help = {pressed for _, pressed, words in list_help_rows(running.screen) if "generator" in words}
        assert shown_in_help == {"F5"}
        titles = [str(hit.text) async for hit in Actions(running.screen).discover()]
        assert "Password  F5" in titles
        await pilot.press("f5")

        assert isinstance(running.screen, GeneratorScreen)


async def test_a_key_for_no_action_is_told(app: MakeApp) -> None:
    """An unknown id in the settings gives a notification."""
    running = app(settings=Settings(keys={"everywhere.dance": "f5"}))
    async with running.run_test(size=(80, 24)):
        assert [toast.message for toast in running._notifications] == [
            "Unknown action in the key settings: everywhere.dance."
        ]


async def test_footer_help_and_palette_agree(app: MakeApp) -> None:
    """The footer, the help and the command palette use the same labels."""
    running = app()
    async with running.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        in_footer = {entry.words for entry in running.screen.query_one(FooterKeys).entries}
        in_palette = {str(hit.text).rsplit("  ", 1)[0] async for hit in Actions(running.screen).discover()}
        in_help = {words for _, _, words in list_help_rows(running.screen)}
        in_help_by_its_words = {each.words for each in keys.SHORTCUTS if each.tooltip in in_help}

        assert in_footer
        assert in_footer <= in_palette
        assert in_footer <= in_help_by_its_words


async def test_no_screenshot_is_offered(app: MakeApp) -> None:
    """Textual's command palette offers to save a screenshot, which would write values to a file."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p")
        await pilot.pause()
        await types(pilot, "screenshot")
        await palette_is_ready(pilot)

        assert "SVG" not in screen_text(running)


@pytest.mark.usefixtures("one_time_and_place")
async def test_suspending_and_undoing_share_a_key(
    app: MakeApp, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl+Z undoes typing in a text area, and the help says so; in a one-line field and a read-only text it locks."""
    suspended: list[bool] = []
    monkeypatch.setattr(SmtuiApp, "action_suspend_process", lambda self: suspended.append(True))
    running = app()
    async with open_secret(running) as pilot:
        await pilot.press("3")
        await wait_for_screen(pilot, PolicyScreen)
        await until(pilot, lambda: get_screen(running, PolicyScreen).has_read)
        await pilot.press("e", "x")
        area: Any = get_screen(running, PolicyScreen).editor.area
        await until(pilot, lambda: "x" in area.text)
        await pilot.press("ctrl+z")
        await until(pilot, lambda: "x" not in area.text)
        await pilot.press("ctrl+y")
        await until(pilot, lambda: "x" in area.text)
        rows = {pressed: words for _, pressed, words in list_help_rows(running.screen)}
        assert rows["Ctrl+Z"] == "Undo typing; elsewhere, Ctrl+Z locks and suspends"
        await pilot.press("ctrl+z", "escape")
        await until(pilot, lambda: area.read_only)
        await pilot.press("ctrl+z")
        await until(pilot, lambda: suspended)


@pytest.mark.usefixtures("one_time_and_place")
async def test_a_one_line_field_suspends(app: MakeApp, database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    suspended: list[bool] = []
    monkeypatch.setattr(SmtuiApp, "action_suspend_process", lambda self: suspended.append(True))
    async with open_secret(app()) as pilot:
        await pilot.press("i")
        await wait_for_screen(pilot, OneLine)
        await pilot.press("ctrl+z")
        await until(pilot, lambda: suspended)


async def test_nothing_is_open_while_the_shell_has_its_turn(
    app: MakeApp, vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl+Z locks before it suspends the program."""
    locked: list[bool] = []
    monkeypatch.setattr(SmtuiApp, "action_suspend_process", lambda self: locked.append(vault.locked))
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+z")
        await until(pilot, lambda: locked)

        assert locked == [True]
        assert isinstance(running.screen, UnlockScreen)
