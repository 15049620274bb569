"""Tests of every dialog with extreme content and small terminals: the answers are visible and reachable,
and no input is discarded without a question.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

import smtui
from smtui import tui
from smtui.rules.one_time_code import CodeSeed
from smtui.text.sanitize import SafeText, sanitize
from smtui.transfer.entry import Entry
from smtui.transfer.plan import Action, Step
from smtui.tui.app import SmtuiApp
from smtui.tui.audit.event import EventDialog
from smtui.tui.client_call import plan_call
from smtui.tui.contexts.choose_vault import ChooseVault
from smtui.tui.dialogs.ask_path import AskPath
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.dialogs.dialog import Dialog
from smtui.tui.dialogs.job import JobDialog
from smtui.tui.dialogs.long_text import LongText
from smtui.tui.dialogs.one_line import OneLine
from smtui.tui.dialogs.pick import Pick
from smtui.tui.help.go import Go
from smtui.tui.jobs.job import Job
from smtui.tui.json_editor.diff import DiffLine
from smtui.tui.kms.deletion import KeyDeletion
from smtui.tui.kms.key_policy import KeyPolicyDialog
from smtui.tui.kms.keys import KeyUsage, KmsKey
from smtui.tui.kms.new_key import NewKeyForm
from smtui.tui.policy.preview import PolicyPreview
from smtui.tui.replication.add_replicas import AddReplicas
from smtui.tui.rotation.allow_function import AllowFunction
from smtui.tui.rotation.form import RotationForm, RotationSettings
from smtui.tui.rotation.function_form import CommandFunction, PasswordFunction
from smtui.tui.rotation.lambda_form import LambdaFunction
from smtui.tui.secret.code_dialog import CodeDialog
from smtui.tui.secret.conflict import ConflictAnswer, ConflictDialog
from smtui.tui.secret.copy_dialog import CopyDialog
from smtui.tui.secret.edited import EditedDialog
from smtui.tui.secret.label_moves import plan_label_move
from smtui.tui.secret.label_preview import LabelPreview
from smtui.tui.secret.new_secret import NewSecretForm
from smtui.tui.secret.qr_screen import QrScreen
from smtui.tui.secret.tags import TagsForm
from smtui.tui.secret.value_edit import EditBase, ValueEdit
from smtui.tui.secret.value_form import ValueForm
from smtui.tui.secret_list.bulk_tags import TagsPlan
from smtui.tui.secret_list.columns_dialog import ColumnsForm
from smtui.tui.secret_list.deletion import DeletionPlan
from smtui.tui.secret_list.export import ExportPlan
from smtui.tui.secret_list.plan_dialog import PlanScreen
from smtui.tui.secret_list.restore import RestorePlan
from smtui.tui.secret_list.saved_filters import SavedFilters
from smtui.tui.session import Session
from smtui.tui.settings.press_key import PressKey
from smtui.tui.settings.theme import PickTheme
from smtui.tui.undo.preview import UndoPreview
from smtui.tui.undo_history import UndoCheck, UndoEntry, UndoOutcome
from smtui.tui.vault.change_passphrase import ChangePassphrase
from smtui.tui.vault.import_form import ImportForm, Names
from smtui.tui.vault.import_plan import ImportPlan
from smtui.tui.vault.report import Report
from smtui.tui.widgets.button import MARKS, Button
from smtui.tui.widgets.chrome import Footer, FooterKeys
from smtui.tui.widgets.passphrase import Passphrase
from tests.tui.conftest import MakeApp, said, screen_text, until
from tests.tui.driver import run_cases, see, wait_for_screen

SIZES = pytest.mark.parametrize("size", [(80, 24), (60, 16)], ids=["80x24", "60x16"])
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NAME = "prod/" + "long-name/" * 50 + "end"
LONG = sanitize("A sentence that says at length what will happen to whom, and why that may not be wanted. " * 15)
LINES = [sanitize(f"line {number}: " + "text " * 30) for number in range(8)]
TAGS = [{"Key": f"key-{number}", "Value": "v" * 200} for number in range(20)]
ENTRIES = [
    {"ARN": f"arn:aws:secretsmanager:us-east-1:000000000000:secret:{number}", "Name": f"{number}-{NAME}"[:512],
     "Tags": TAGS, "Description": "d" * 2048, "LastChangedDate": NOW, "CreatedDate": NOW}
    for number in range(30)
]  # fmt: skip
PLANNED = [{**entry, "DeletedDate": NOW} for entry in ENTRIES]
KEY = KmsKey("1234abcd", "arn:aws:kms:us-east-1:000000000000:key/1234abcd", "Enabled", "d" * 8192, NOW, None, False,
          tuple(f"alias/{number}-{NAME}"[:256] for number in range(20)))
FUNCTION = {"FunctionName": "f", "SecretCount": 30, "Description": "",
            "Command": {"Arguments": ["/bin/sh", "-c", *("word " * 20 for _ in range(8))], "TimeoutInSeconds": 60}}


VALUE = json.dumps({f"key-{number}": "v" * 200 for number in range(20)})


async def nothing(*arguments: object) -> None:
    return None


Make = Callable[[Session], ModalScreen[Any]]
DIALOGS: dict[str, Make] = {
    "add replicas": lambda session: AddReplicas(sanitize(NAME), {"us-east-1"}, nothing),
    "allow function": lambda session: AllowFunction(FUNCTION, 30),
    "ask path": lambda session: AskPath(SafeText("Where?"), sanitize(LONG[:400])),
    "tag plan": lambda session: TagsPlan(session, ENTRIES),
    "change passphrase": lambda session: ChangePassphrase(session.vault),
    "choose vault": lambda session: ChooseVault([(Path(f"/{n}/{NAME}"), True) for n in range(30)]),
    "columns": lambda session: ColumnsForm(["name", "changed"], 40, None),
    "confirm": lambda session: Confirm(sanitize(NAME), LONG, "Schedule deletion"),
    "conflict": lambda session: ConflictDialog(
        sanitize(NAME), LINES, [answer for answer in ConflictAnswer if answer not in (
            ConflictAnswer.CANCEL, ConflictAnswer.PREVIEW_AGAIN)]),
    "deletion of one": lambda session: DeletionPlan(session, ENTRIES[:1]),
    "deletion of 30": lambda session: DeletionPlan(session, ENTRIES),
    "edited": lambda session: EditedDialog(sanitize(NAME), LONG, can_store=True),
    "event": lambda session: EventDialog(
        {"time": NOW.isoformat(), "eventName": "GetSecretValue", **{f"k{n}": "v" * 99 for n in range(60)}}),
    "export of a Region": lambda session: ExportPlan(session, ()),
    "export plan": lambda session: ExportPlan(session, ENTRIES),
    "command function": lambda session: CommandFunction(),
    "password function": lambda session: PasswordFunction(),
    "go": lambda session: Go(),
    "import form": lambda session: ImportForm(Names()),
    "import plan": lambda session: ImportPlan(
        [Step(Entry(f"{n}{NAME}"[:512], "v", "here"), Action.SKIP) for n in range(30)]),
    "key deletion": lambda session: KeyDeletion(KEY, KeyUsage(300, 30), [f"{n}-{NAME}" for n in range(30)], NOW),
    "key policy": lambda session: KeyPolicyDialog(sanitize(NAME), VALUE),
    "lambda function": lambda session: LambdaFunction(),
    "label preview": lambda session: LabelPreview(
        sanitize(NAME), plan_label_move(
            {f"label-{n}-{'x' * 200}": "11111111" for n in range(20)} | {"AWSCURRENT": "11111111"},
            "AWSCURRENT", "22222222"), SafeText("Attach label")),
    "new key": lambda session: NewKeyForm(),
    "new secret": lambda session: NewSecretForm(),
    "one line": lambda session: OneLine(sanitize(NAME), "text", longest=99, noun="a text"),
    "pick": lambda session: Pick(sanitize(NAME), LINES),
    "one-time code": lambda session: CodeDialog(sanitize(NAME), CodeSeed(b"seed"), session.now),
    "copy dialog": lambda session: CopyDialog(sanitize(NAME), LINES, 0),
    "qr code": lambda session: QrScreen(sanitize(NAME), "v" * 300),
    "policy preview": lambda session: PolicyPreview(sanitize(NAME), [DiffLine("+", line) for line in LINES], LINES[:8]),
    "press key": lambda session: PressKey(sanitize(NAME)),
    "report": lambda session: Report(sanitize(NAME), LONG, LINES, wrong=True),
    "restore plan": lambda session: RestorePlan(session, PLANNED),
    "rotation": lambda session: RotationForm(
        sanitize(NAME), RotationSettings(None, {}, False), nothing, counts_from=NOW, now=NOW),
    "saved filters": lambda session: SavedFilters({f"filter {n}": "tag:team=web " * 20 for n in range(30)}, "now"),
    "tags": lambda session: TagsForm(sanitize(NAME), {tag["Key"]: tag["Value"] for tag in TAGS}),
    "theme": lambda session: PickTheme("smtui-dark"),
    "undo preview": lambda session: UndoPreview(
        (entry := UndoEntry(
            LONG, tuple(plan_call(session.client().tag_resource, SecretId=NAME, Tags=TAGS) for _ in range(8)),
            "us-east-1", NOW)),
        away=True, outcome=UndoCheck((entry,), ((sanitize(NAME), sanitize("It was restored.")),))),
    "undo preview of a large change": lambda session: UndoPreview(
        UndoEntry(LONG, (), "us-east-1", NOW), away=True,
        outcome=UndoOutcome(((LONG, (sanitize(NAME),) * 30),) * 2, ((sanitize(NAME), LONG),) * 30)),
    "value": lambda session: ValueForm(ValueEdit(session, NAME, sanitize(NAME), EditBase(None, VALUE, None))),
    "value that may not be read": lambda session: ValueForm(
        ValueEdit(session, NAME, sanitize(NAME), EditBase(None, None, None, str(LONG[:200])))),
    "job": lambda session: JobDialog(Job(sanitize(NAME), lambda vault, progress: None)),
}  # fmt: skip


def test_every_dialog_is_here(client: Any) -> None:
    """A new dialog class must be added to DIALOGS."""
    names = [each.name for each in pkgutil.walk_packages(tui.__path__, "smtui.tui.")]
    modules = [importlib.import_module(name) for name in names]
    found = {
        each.__name__ for module in modules for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, ModalScreen) and each.__module__ == module.__name__
    }  # fmt: skip
    abstract = {"ClosableModalScreen", "Dialog", "LeavableDialog", "LongText", "FieldsForm", "FunctionForm",
                "PlanScreen", "RevealDialog", "ValueFormScreen"}  # fmt: skip
    members = {"client": lambda self, **how: client, "combine_clients": lambda self, region, **how: client,
               "now": lambda self: NOW, "region": "us-east-1", "vault": None}
    session: Any = type("S", (), members)()
    tested_elsewhere = {"CommandLine", "GeneratorScreen", "HelpScreen", "ReadingDialog", "RecoveryScreen",
                        "TooSmallScreen"}
    assert found - abstract - tested_elsewhere == {type(make(session)).__name__ for make in DIALOGS.values()}


@SIZES
async def test_every_dialog(app: MakeApp, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each dialog shows its answers and its keys, and they do what they are called."""
    async with run_cases(app(), size) as cases:
        for name in DIALOGS:
            async with cases.case(name):
                dialog = await shown_dialog(cases.app, name)
                await until(cases.pilot, lambda: "Esc " in footer(cases.app))
                check_footer(dialog, name)
                check_answer_in_focus_is_harmless(cases.app, name)
                await check_answers_are_in_sight(cases.pilot, dialog)
                await go_from_answer_to_answer(cases.pilot, dialog)
                if name != "press key":  # this dialog takes every key
                    await press_every_key_of_the_footer(cases.pilot, dialog, monkeypatch)


def check_footer(dialog: ModalScreen[Any], name: str) -> None:
    """Checks that the footer is in the last line, and that the label of Ctrl+S is that of the button."""
    assert dialog.query_one(Footer).region.bottom == dialog.size.height
    called = [each.words for each in dialog.query_one(FooterKeys).entries if each.key == "ctrl+s"]
    bound = [each for key, each in dialog.active_bindings.items() if key == "ctrl+s"]
    assert bool(bound) == (name in APPLY)
    assert called == ([APPLY[name]] if bound else [])
    if isinstance(dialog, PlanScreen) and called:
        assert called == [dialog.get_button_label()]


async def check_answers_are_in_sight(pilot: Pilot[None], dialog: ModalScreen[Any]) -> None:
    """Checks that all answer buttons are fully visible above the footer, and that marks show the one with the focus."""
    size = pilot.app.size
    bars = [bar.region for bar in dialog.query("Footer")]
    floor = min((bar.y for bar in bars), default=size.height)
    lines = screen_text(cast("SmtuiApp", pilot.app)).splitlines()
    for button in answers(dialog):
        region = button.region
        assert region.x >= 0 and region.right <= size.width and region.y >= 0 and region.bottom <= floor, button
        assert str(button.label) in lines[region.y], button
        if button.has_focus:
            assert f"{MARKS[0]} {button.label} {MARKS[1]}" in lines[region.y]
    if (focused := dialog.focused) is not None:
        await until(pilot, lambda: dialog.find_widget(focused).visible_region.area)
        visible = dialog.find_widget(focused).visible_region
        assert visible.bottom <= floor, "the focus is out of sight"


LONG_TEXTS = ["allow function", "confirm", "conflict", "edited", "label preview", "policy preview", "report",
              "undo preview"]  # fmt: skip


@SIZES
async def test_a_long_text_is_read_by_keys(app: MakeApp, size: tuple[int, int]) -> None:
    """Keys scroll the text by pages and lines to its end and back, while the focus stays on the answers.

    Below a row of answers with another one, the down key goes to that row; in the last row it scrolls.
    """
    async with run_cases(app(), size) as cases:
        for name in LONG_TEXTS:
            async with cases.case(name):
                dialog = await shown_dialog(cases.app, name)
                assert isinstance(dialog, LongText)
                await see(cases.pilot, "PgDn More")
                await read_by_keys(cases.pilot, dialog)


async def read_by_keys(pilot: Pilot[None], dialog: LongText[Any]) -> None:
    running = cast("SmtuiApp", pilot.app)
    focused, first = running.focused, text_above_answers(running)
    for key, stop in (("pagedown", "PgDn More"), ("pageup", "PgUp Page up"), ("down", "PgDn More")):
        seen, shown, times = "", text_above_answers(running), 3 if key == "down" else 1
        if key == "down":
            (focused := list(answers(dialog))[-1]).focus()
        while stop in screen_text(running):
            await pilot.press(*[key] * times)
            shown = await see_other_text(pilot, shown)
            seen += shown
            assert all(button.region.bottom < running.size.height for button in answers(dialog))
        assert key == "pageup" or last_words(dialog) in seen.replace("\n", " ")
        assert key != "pageup" or text_above_answers(running) == first
    assert running.focused is focused and isinstance(focused, Button)


async def test_a_short_text_offers_no_keys_to_scroll(app: MakeApp) -> None:
    """The scroll keys have no effect."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        await running.push_screen(Confirm(SafeText("Delete?"), SafeText("It is lost."), "Delete"))
        await until(pilot, lambda: "Esc Cancel" in screen_text(running))
        await pilot.press("pagedown", "down")
        assert "PgDn" not in screen_text(running) and "It is lost." in screen_text(running)


@pytest.mark.parametrize("how", ["no colour", "plain glyphs"])
async def test_the_focus_is_told_without_colour(app: MakeApp, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Marks beside the label show the focus, in ASCII on terminals without other glyphs."""
    if how == "no colour":
        monkeypatch.setenv("NO_COLOR", "1")
    running = app(plain=how == "plain glyphs")
    left, right = (">", "<") if how == "plain glyphs" else MARKS
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        assert running.no_color == (how == "no colour")
        await running.push_screen(Confirm(SafeText("Delete?"), SafeText("It is lost."), "Delete"))
        await until(pilot, lambda: f"{left} Cancel {right}" in screen_text(running))
        assert f"{left} Delete" not in screen_text(running)
        await pilot.press("tab")
        await until(pilot, lambda: f"{left} Delete {right}" in screen_text(running))
        assert f"{left} Cancel" not in screen_text(running)


async def test_the_marks_have_the_colour_of_the_label(app: MakeApp) -> None:
    """The marks do not have the low-contrast colour of field text."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        await running.push_screen(Confirm(SafeText("Delete?"), SafeText("It is lost."), "Delete"))
        await until(pilot, lambda: f"{MARKS[0]} Cancel {MARKS[1]}" in screen_text(running))
        button = running.screen.query_one("#cancel", Button)
        styles = {style.color for text, style, _ in button.render_line(0) if text.strip() and style}
        assert len(styles) == 1


def text_above_answers(running: SmtuiApp) -> str:
    """Returns the visible text of the dialog above the answers."""
    dialog = running.screen
    top = min(button.region.y for button in dialog.query(Button))
    card = dialog.query_one(".card").region
    lines = screen_text(running).splitlines()[card.y:top]
    return "\n".join(line[card.x:card.right].strip(" │▁▂▃▄▅▆▇█") for line in lines)


async def see_other_text(pilot: Pilot[None], before: str) -> str:
    """Waits until the visible text above the answers is no longer `before`, and returns it."""
    seen = [before]

    def has_changed() -> bool:
        seen.append(text_above_answers(cast("SmtuiApp", pilot.app)))
        return seen[-1] != before

    await until(pilot, has_changed)
    return seen[-1]


def last_words(dialog: ModalScreen[Any]) -> str:
    """Returns the last word of the last text above the answers."""
    texts = [each for each in dialog.query(Static) if type(each) is Static]
    return str(texts[-1].content).split()[-1]


def answers(dialog: Screen[Any]) -> Iterator[Button]:
    for button in dialog.query(Button):
        if any(each.id == "answers" for each in button.ancestors):
            yield button


async def shown_dialog(running: SmtuiApp, name: str) -> ModalScreen[Any]:
    assert running.session is not None
    dialog = DIALOGS[name](running.session)
    await running.push_screen(dialog)
    return dialog


EDITABLE = [name for name in DIALOGS if name not in {
    "allow function", "choose vault", "confirm", "conflict", "edited", "event", "go", "label preview",
    "pick", "policy preview", "press key", "report", "restore plan", "saved filters", "theme", "undo preview",
    "undo preview of a large change", "job", "one-time code", "copy dialog", "qr code",
}]  # fmt: skip


async def test_what_is_entered_is_not_dropped_unasked(app: MakeApp) -> None:
    """Esc closes an unchanged dialog. After input it asks; Esc and Enter keep the input, `Discard` discards it."""
    async with run_cases(app()) as cases:
        for name in EDITABLE:
            async with cases.case(name):
                dialog = await shown_dialog(cases.app, name)
                assert isinstance(dialog, Dialog)
                await cases.pilot.press("escape")
                await until(cases.pilot, lambda dialog=dialog: cases.app.screen is not dialog)
                assert dialog not in cases.app.screen_stack

                dialog = await shown_dialog(cases.app, name)
                await cases.pilot.pause()
                await enter_something(dialog)
                await see_that_input_is_kept(cases.pilot, dialog)


async def see_that_input_is_kept(pilot: Pilot[None], dialog: ModalScreen[Any]) -> None:
    running = cast("SmtuiApp", pilot.app)
    for key in ("escape", "enter"):
        await pilot.press("escape")
        await wait_for_screen(pilot, Confirm)
        assert "Discard changes?" in screen_text(running)
        assert str(getattr(running.focused, "label", "")) == "Keep editing"
        await pilot.press(key)
        await until(pilot, lambda: running.screen is dialog)
    await pilot.press("escape")
    await wait_for_screen(pilot, Confirm)
    await pilot.press("tab", "enter")
    await until(pilot, lambda: dialog not in running.screen_stack)


def is_shown(widget: Widget) -> bool:
    """Returns whether the widget and all its ancestors are displayed."""
    return all(each.display for each in widget.ancestors_with_self if isinstance(each, Widget))


async def enter_something(dialog: ModalScreen[Any]) -> None:
    """Changes the value of the first suitable field."""
    if isinstance(dialog, ColumnsForm | AddReplicas):
        dialog.action_toggle_column() if isinstance(dialog, ColumnsForm) else dialog.action_mark()
    elif isinstance(dialog, ImportPlan):
        dialog.action_exclude()
    elif fields := [field for field in dialog.query(Input) if not field.disabled and is_shown(field)]:
        fields[0].value = "9"
    elif areas := [area for area in dialog.query(TextArea) if is_shown(area)]:
        areas[0].text = "9"
    else:
        dialog.query(Passphrase).first().type("9")


async def test_quitting_asks_before_it_drops_what_is_entered(app: MakeApp, vault: smtui.Vault) -> None:
    """Ctrl+Q and Ctrl+L ask as Esc does; the second Ctrl+L locks at once."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        dialog = await shown_dialog(running, "new secret")
        await pilot.press("x", "ctrl+q")
        await until(pilot, lambda: isinstance(running.screen, Confirm))
        await pilot.press("enter")
        await until(pilot, lambda: running.screen is dialog)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(running.screen, Confirm))
        await pilot.press("ctrl+l")
        await until(pilot, lambda: vault.locked)


async def test_store_stores_from_any_field(app: MakeApp, filled: Any) -> None:
    """Ctrl+S in the form for tags of several secrets works in every field, as the footer says."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "5 secrets" in screen_text(running))
        await pilot.press("asterisk", "t")
        await until(pilot, lambda: isinstance(running.screen, TagsPlan))
        await pilot.press("o", "tab", "p", "ctrl+s")
        await until(pilot, lambda: not isinstance(running.screen, TagsPlan))
        tags = [{tag["Key"]: tag["Value"] for tag in each["Tags"]} for each in filled.list_secrets()["SecretList"]]
        assert [each["o"] for each in tags] == ["p"] * 5


INCOMPLETE: dict[str, Make] = {
    **{name: DIALOGS[name] for name in (
        "add replicas", "ask path", "tag plan", "command function", "password function", "import form",
        "export of a Region", "export plan",
        "new secret", "rotation", "value that may not be read")},
    "one line": lambda session: OneLine(SafeText("A label"), longest=9, noun="a label"),
    "one line of blanks": lambda session: OneLine(SafeText("A label"), "  ", longest=9, noun="a label"),
    "one line that is refused": lambda session: OneLine(
        SafeText("Days"), "x", longest=9, noun="a number", find_problem=lambda line: f"{line} is no number."),
    "value": lambda session: ValueForm(ValueEdit(session, NAME, sanitize(NAME), EditBase(None, VALUE, None))),
    "tags": lambda session: TagsForm(SafeText("prod/db"), {"": "v"}),
    "tag plan that changes nothing": lambda session: TagsPlan(session, [{**ENTRIES[0], "Tags": []}]),
}  # fmt: skip
"""Dialogs that cannot be accepted as they open."""


async def test_a_dialog_that_cannot_be_accepted_says_what_is_missing(app: MakeApp) -> None:
    """Ctrl+S is never silent; Enter neither, where it accepts a line."""
    async with run_cases(app()) as cases:
        for name in INCOMPLETE:
            for key in ("ctrl+s", "enter") if "one line" in name or name == "ask path" else ("ctrl+s",):
                async with cases.case(f"{name}, {key}"):
                    dialog = INCOMPLETE[name](cases.session)
                    await cases.app.push_screen(dialog)
                    await cases.pilot.pause()
                    await cases.pilot.press(key)
                    await until(cases.pilot, lambda: cases.app.input.is_idle)
                    check_that_it_says_what_is_missing(cases.app, dialog)


def check_that_it_says_what_is_missing(running: SmtuiApp, dialog: ModalScreen[Any]) -> None:
    assert running.screen is dialog
    errors = [each for each in dialog.query(".-error") if is_shown(each) and str(each.render()).strip("✗ ")]
    assert errors or said(running), screen_text(running)
    assert all(each.visible_region.area for each in map(dialog.find_widget, errors)), screen_text(running)


APPLY = {
    "add replicas": "Replicate", "tag plan": "Change tags", "columns": "Apply", "command function": "Create",
    "password function": "Create", "export of a Region": "Export",
    "export plan": "Export", "import form": "Continue", "new key": "Create",
    "key policy": "Replace", "lambda function": "Create",
    "new secret": "Create", "one line": "OK", "ask path": "OK", "rotation": "Apply", "saved filters": "Save filter",
    "tags": "Apply", "value": "Store", "value that may not be read": "Store",
}
"""The label of Ctrl+S in each dialog that uses it."""


async def press_every_key_of_the_footer(
    pilot: Pilot[None], dialog: ModalScreen[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Presses the keys that the footer shows: no kind of field takes one, and each calls its action."""
    done: list[str] = []
    kinds = {type(each): each for each in reversed(dialog.focus_chain) if each.focusable}
    for widget in kinds.values() or [None]:
        dialog.set_focus(widget)
        await until(pilot, lambda widget=widget: dialog.focused is widget)
        await until(pilot, lambda: fresh_entries(dialog))
        for entry in [each for each in dialog.query_one(FooterKeys).entries if each.works and each.words != "Help"]:
            bound = dialog.active_bindings[entry.key]
            method = "action_" + bound.binding.action.partition("(")[0]
            with monkeypatch.context() as patch:
                patch.setattr(bound.node, method, lambda *_, what=method: done.append(what))
                done.clear()
                await pilot.press(entry.key)
                await until(pilot, lambda: done)
                assert done == [method], (entry, widget)


def fresh_entries(dialog: ModalScreen[Any]) -> bool:
    """Returns whether the footer shows the keys of the focused widget."""
    footer = dialog.query_one(FooterKeys)
    shown = all(entry.key in dialog.active_bindings for entry in footer.entries if entry.words != "Help")
    return bool(footer.entries) and shown


async def go_from_answer_to_answer(pilot: Pilot[None], dialog: ModalScreen[Any]) -> None:
    """Checks that the keys right and left work like Tab and Shift+Tab, with wraparound."""
    buttons = [button for button in answers(dialog) if button.focusable]
    if len(buttons) < 2:
        return
    buttons[0].focus()
    for button in [*buttons[1:], buttons[0]]:
        await pilot.press("right")
        await until(pilot, lambda button=button: dialog.focused is button)
    await pilot.press("left")
    await until(pilot, lambda: dialog.focused is buttons[-1])


async def test_arrow_keys_go_from_row_to_row_of_answers(app: MakeApp) -> None:
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        dialog = await shown_dialog(running, "conflict")
        buttons = list(answers(dialog))
        await until(pilot, lambda: dialog.focused is buttons[0])
        await pilot.press("down")
        await until(pilot, lambda: dialog.focused is buttons[3])
        await pilot.press("up")
        await until(pilot, lambda: dialog.focused is buttons[0])


def footer(running: SmtuiApp) -> str:
    return screen_text(running).splitlines()[-1]


HARMLESS = {"Cancel", "Close", "Run in background"}
"""Answers that change nothing."""
UNDOABLE = {"edited", "label preview", "restore plan", "undo preview", "undo preview of a large change"}
"""Dialogs whose act can be undone, so that it may have the focus."""
QUESTIONS = {"allow function", "confirm", "deletion of one", "deletion of 30", "key deletion", "label preview",
             "restore plan", "undo preview", "undo preview of a large change"}
"""Dialogs with an act and Cancel, which y and n answer."""


def check_answer_in_focus_is_harmless(app: SmtuiApp, name: str) -> None:
    """One rule for all dialogs: Enter on what has the focus at first changes nothing that cannot be undone."""
    if isinstance(app.focused, Button) and app.focused in list(answers(app.screen)):
        assert str(app.focused.label) in HARMLESS or name in UNDOABLE
    if app.size.width >= 80:  # the footer has room for all keys
        assert ("y Yes  n No" in screen_text(app)) == (name in QUESTIONS)


@pytest.mark.parametrize(("key", "answer"), [("y", True), ("n", False), ("escape", False)])
async def test_y_and_n_answer_a_question(app: MakeApp, key: str, answer: bool) -> None:
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        given: list[bool | None] = []
        await running.push_screen(Confirm(SafeText("Delete?"), SafeText("It is lost."), "Delete"), given.append)
        await pilot.press(key)
        await until(pilot, lambda: given)
        assert given == [answer]
