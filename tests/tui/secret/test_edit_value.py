"""Tests of the ways to store a new version: the form, the external editor, a file; and of exporting to a file."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from smtui.api.errors import VaultBusyError
from smtui.tui.app import SmtuiApp
from smtui.tui.dialogs.ask_path import AskPath
from smtui.tui.secret.edited import EditedDialog
from smtui.tui.secret.label_moves import collect_version_labels
from smtui.tui.secret.screen import SecretScreen
from smtui.tui.secret.value_area import DOT
from smtui.tui.secret.value_edit import ValueEdit
from smtui.tui.secret.value_form import ValueForm
from tests.tui.conftest import DATABASE, MakeApp, paste, screen_text, types, until, version_id
from tests.tui.driver import ID, get_screen, hear, join_screen_text, open_secret, press_button, see, wait_for_screen
from tests.tui.test_input_queue import CTRL_L, ENTER, rest, send

FIRST, SECOND = version_id(1), version_id(2)

pytestmark = pytest.mark.usefixtures("one_time_and_place")


def current(client: Any) -> Any:
    return client.get_secret_value(**ID)


def labels(client: Any) -> dict[str, str]:
    return collect_version_labels(client.list_secret_version_ids(**ID, IncludeDeprecated=True)["Versions"])


# The form.


async def test_what_the_labels_will_do_is_said_before(app: MakeApp, database: Any) -> None:
    """The preview shows the moves of AWSCURRENT and AWSPREVIOUS, and which version loses its last label."""
    running = app()
    async with open_secret(running) as pilot:
        await pilot.press("e")
        await wait_for_screen(pilot, ValueForm)
        await types(pilot, "other")
        await pilot.press("ctrl+s")
        await see(pilot, "Store a new version of prod/db?")
        text = screen_text(running)
        assert "AWSCURRENT moves from 00000002 to the new version." in text
        assert "AWSPREVIOUS moves from 00000001 to 00000002." in text
        assert "00000001 has no labels left and becomes deprecated" in text


async def test_a_version_that_waits_under_other_labels(app: MakeApp, database: Any) -> None:
    """With custom labels, separated by commas, AWSCURRENT does not move."""
    running = app()
    async with open_secret(running) as pilot:
        await pilot.press("e")
        await wait_for_screen(pilot, ValueForm)
        form: Any = running.screen
        await types(pilot, "other")
        form.stages.value = "AWSPENDING, 2026-q2"
        await pilot.press("ctrl+s")
        await see(pilot, "AWSCURRENT does not move.")
        assert "AWSPENDING is attached to the new version." in screen_text(running)
        await pilot.press("enter")
        await hear(pilot, "stored; AWSCURRENT is unchanged.")

        found = labels(database)
        assert found["AWSCURRENT"] == SECOND
        assert found["AWSPENDING"] == found["2026-q2"] != SECOND
        assert json.loads(database.get_secret_value(**ID, VersionStage="AWSPENDING")["SecretString"])["user"] == "other"


async def test_json_with_a_slip_is_marked_while_it_is_typed(app: MakeApp, database: Any) -> None:
    """The editor marks the position and the expected syntax. The text can be stored anyway, after a warning."""
    running = app()
    async with open_secret(running) as pilot:
        await pilot.press("e")
        await wait_for_screen(pilot, ValueForm)
        await pilot.press("ctrl+t")
        area = get_screen(running, ValueForm).editor.area
        area.move_cursor(area.document.end)
        await pilot.press("backspace")
        await see(pilot, "▲ 5:1  Not valid JSON: unexpected end.")
        assert DATABASE[1][:20] not in screen_text(running)
        await pilot.press("ctrl+s")
        await see(pilot, "~ the entire value changes")
        assert "▲ text, not a JSON object; 3 keys will be lost" in screen_text(running)


async def test_a_password_in_json_is_spelled_as_json(app: MakeApp, database: Any) -> None:
    """The password is quoted if needed, and its quotes and backslashes are escaped."""
    running = app()
    async with open_secret(running) as pilot:
        await pilot.press("e")
        await wait_for_screen(pilot, ValueForm)
        form: Any = running.screen
        await pilot.press("ctrl+t")
        form.editor.area.load_text('{"a": , "b": ""}')
        form.editor.area.move_cursor((0, 14))
        form.editor.insert_password('p"w\\')
        form.editor.area.move_cursor((0, 6))
        form.editor.insert_password("other")

        assert json.loads(form.editor.value) == {"a": "other", "b": 'p"w\\'}


async def test_plain_text_is_typed_as_it_is(app: MakeApp, client: Any) -> None:
    """Plain text has no indentation, colours or line numbers; pasted control characters are refused."""
    client.create_secret(Name="prod/db", SecretString="a")
    running = app()
    async with open_secret(running) as pilot:
        await pilot.press("e")
        await wait_for_screen(pilot, ValueForm)
        area = get_screen(running, ValueForm).editor.area
        area.load_text("  key: {")
        area.move_cursor((0, 8))
        await pilot.press("enter", "x")
        assert area.value == "  key: {\nx"
        assert not area.show_line_numbers
        await paste(pilot, "a\u202eb")
        await hear(pilot, "invisible characters")
        assert area.value == "  key: {\nx"


async def test_json_with_unseen_characters_is_edited_as_json_spells_them(app: MakeApp, client: Any) -> None:
    """Unchanged parts keep every byte."""
    value = '["a\u202eb", 1]'
    client.create_secret(Name="prod/db", SecretString=value)
    running = app()
    async with open_secret(running) as pilot:
        await pilot.press("e")
        await wait_for_screen(pilot, ValueForm)
        await pilot.press("ctrl+r")
        await see(pilot, r'["a\u202eb", 1]')
        area = get_screen(running, ValueForm).editor.area
        assert area.value == value
        area.move_cursor((0, 14))
        await types(pilot, "2")

        assert json.loads(area.value) == ["a\u202eb", 12]


async def test_hidden_lines_stay_hidden(app: MakeApp, client: Any) -> None:
    client.create_secret(Name="prod/db", SecretString='["first-word",\n "second-word"]')
    running = app()
    async with open_secret(running) as pilot:
        await pilot.press("e")
        await wait_for_screen(pilot, ValueForm)
        await see(pilot, DOT * 10)

        assert "first-word" not in screen_text(running)


# The external editor.


@contextmanager
def editor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *does: str) -> Iterator[Path]:
    """Configures an editor that runs `does[n]` in its n-th call, with `path` and `text` as variables.

    Yields the folder of its temporary files, and asserts that it is empty afterwards. tests/e2e/test_editor.py tests
    the handover of the terminal.
    """
    script, turn, folder = tmp_path / "editor.py", tmp_path / "turn", tmp_path / "memory"
    folder.mkdir()
    script.write_text(
        "import pathlib, sys\n"
        f"turn = pathlib.Path({str(turn)!r})\n"
        "number = int(turn.read_text()) if turn.exists() else 0\n"
        "turn.write_text(str(number + 1))\n"
        "path = pathlib.Path(sys.argv[-1])\n"
        "text = path.read_bytes().decode(errors='replace') if path.exists() else ''\n"
        f"exec({list(does)!r}[number])\n"
    )
    monkeypatch.setenv("VISUAL", f"'{sys.executable}' '{script}'")
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr("smtui.editor.temp_file.SHARED_MEMORY", str(tmp_path / "none"))
    monkeypatch.setattr("tempfile.tempdir", None)

    @contextmanager
    def suspend(app: SmtuiApp) -> Iterator[None]:
        yield

    monkeypatch.setattr(App, "suspend", suspend)
    yield folder
    assert list(folder.iterdir()) == []


async def edit_outside(pilot: Pilot[None]) -> None:
    await pilot.press("E")
    await see(pilot, "Edit the value of prod/db in")
    await pilot.press("enter")


@asynccontextmanager
async def open_edited_dialog(
    app: MakeApp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *does: str
) -> AsyncIterator[tuple[Pilot[None], Path]]:
    """Opens the secret and edits its value in an editor that runs `does`, until a dialog asks what to do with it.

    Yields the pilot, and the folder of the editor's temporary files.
    """
    with editor(monkeypatch, tmp_path, *does) as folder:
        async with open_secret(app()) as pilot:
            await edit_outside(pilot)
            await wait_for_screen(pilot, EditedDialog)
            yield pilot, folder


async def test_in_ones_own_editor(
    app: MakeApp, database: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The app warns of editor backups first. Then it shows the changed keys, and stores after a confirmation."""
    running = app()
    change = "path.write_text(text.replace('second-word', 'third-word'))"
    with editor(monkeypatch, tmp_path, change) as folder:
        async with open_secret(running) as pilot:
            await pilot.press("E")
            await see(pilot, "Editors may keep copies of their own")
            assert "the file will be on disk" in screen_text(running)
            assert list(folder.iterdir()) == []
            await pilot.press("enter")
            await wait_for_screen(pilot, EditedDialog)
            assert "~ password changed" in screen_text(running)
            assert "third-word" not in screen_text(running)
            await pilot.press("enter")
            await hear(pilot, "stored as AWSCURRENT.")

            assert current(database)["SecretString"] == DATABASE[1].replace("second-word", "third-word")


async def test_keys_typed_before_the_editor_is_up_do_not_store(
    app: MakeApp, database: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """They were meant for the editor, or pressed twice. Only keys that lock or quit still count, and ask."""
    running = app()
    with editor(monkeypatch, tmp_path, "path.write_text(text.replace('second', 'third'))", "pass"):
        async with open_secret(running) as pilot:
            await pilot.press("E")
            await see(pilot, "Edit the value of prod/db in")
            send(running, ENTER + ENTER + "yyp")
            await wait_for_screen(pilot, EditedDialog)
            await rest(pilot)
            assert isinstance(running.screen, EditedDialog)
            assert current(database)["SecretString"] == DATABASE[1]
            send(running, "\x1b[Z" + ENTER + ENTER + CTRL_L)
            await see(pilot, "Discard changes?")
            assert current(database)["SecretString"] == DATABASE[1]


ODD = '{"user":"app","rate":1.10,"far" : 1e400, "note":"\\u0041\\ud800","inner":{"a":[1, 2],"b":1234567890123456789.5}}'
LAID_OUT = """{
  "user": "app",
  "rate": 1.10,
  "far": 1e400,
  "note": "\\u0041\\ud800",
  "inner": {
    "a": [1, 2],
    "b": 1234567890123456789.5
  }
}"""


async def test_json_in_one_line_is_laid_out_for_the_editor(
    app: MakeApp, client: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The file has the extension of JSON. The value is stored in one line, and unchanged bytes are kept."""
    client.create_secret(Name="prod/db", SecretString=ODD)
    seen = tmp_path / "seen"
    does = f"pathlib.Path({str(seen)!r}).write_text(path.suffix + text); path.write_text(text.replace('1.10', '1.20'))"
    async with open_edited_dialog(app, monkeypatch, tmp_path, does) as (pilot, _):
        assert "~ rate changed" in screen_text(pilot.app)
        await pilot.press("enter")
        await hear(pilot, "stored as AWSCURRENT.")

        assert seen.read_text() == f".json{LAID_OUT}"
        assert current(client)["SecretString"] == ODD.replace("1.10", "1.20")


async def test_json_in_one_line_is_laid_out_in_the_form(app: MakeApp, client: Any) -> None:
    """The formatted text does not count as a change. A changed one is stored in one line."""
    client.create_secret(Name="prod/db", SecretString=ODD)
    running = app()
    async with open_secret(running) as pilot:
        await pilot.press("e")
        await wait_for_screen(pilot, ValueForm)
        form: Any = running.screen
        await pilot.press("ctrl+t")
        await until(pilot, lambda: not form.editor.is_keyed)
        assert form.editor.area.text == LAID_OUT
        await pilot.press("ctrl+s")
        await see(pilot, "No changes yet.")
        await pilot.press("ctrl+t")
        await until(pilot, lambda: form.editor.is_keyed)
        assert form.editor.value == ODD
        await pilot.press("ctrl+t")
        await until(pilot, lambda: not form.editor.is_keyed)
        await pilot.press("ctrl+end", "up", "up", "end", "3", "ctrl+s")
        await see(pilot, "Store a new version of prod/db?")
        await pilot.press("enter")
        await hear(pilot, "stored as AWSCURRENT.")

        assert current(client)["SecretString"] == ODD.replace("789.5", "789.53")


@pytest.mark.parametrize("does", ["pass", "path.write_text(text + '\\n')"], ids=["nothing", "a line break at the end"])
async def test_nothing_changed_stores_nothing(
    app: MakeApp, database: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, does: str
) -> None:
    """A line break that the editor adds at the end does not count as a change."""
    running = app()
    with editor(monkeypatch, tmp_path, does):
        async with open_secret(running) as pilot:
            await edit_outside(pilot)
            await hear(pilot, "No changes.")

            assert current(database)["VersionId"] == SECOND


@pytest.mark.parametrize(("does", "words"), [
    ("path.write_bytes(b'\\xff\\xfe')", "Not valid UTF-8"),
    ("path.write_bytes(b'')", "The file is empty"),
    ("path.unlink()", "The file is empty"),
    ("path.write_bytes(b'x' * 65537)", "the maximum of 65,536 bytes"),
    ("path.write_bytes(b'x' * 100_000_000)", "the maximum of 65,536 bytes"),
    ("path.write_text('typed'); sys.exit(1)", "The editor exited with error code 1"),
], ids=["no text", "empty", "removed", "too long", "much too long", "failed"])  # fmt: skip
async def test_what_cannot_be_stored_is_edited_again(
    app: MakeApp, database: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, does: str, words: str
) -> None:
    """The editor opens the same text again; Esc discards nothing."""
    again = "path.write_text('{\"user\": \"again\"}')"
    async with open_edited_dialog(app, monkeypatch, tmp_path, does, again) as (pilot, _):
        assert words in screen_text(pilot.app)
        assert "Store " not in screen_text(pilot.app)
        await pilot.press("escape")
        await see(pilot, "Discard changes?")
        await pilot.press("enter")
        await wait_for_screen(pilot, EditedDialog)
        assert "▸ Edit again ◂" in screen_text(pilot.app)
        await pilot.press("enter")
        await see(pilot, "~ user changed")
        await pilot.press("enter")
        await hear(pilot, "stored as AWSCURRENT")

        assert current(database)["SecretString"] == '{"user": "again"}'


async def test_what_was_written_can_be_forgotten(
    app: MakeApp, database: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with open_edited_dialog(app, monkeypatch, tmp_path, "path.write_text('typed')") as (pilot, _):
        await pilot.press("escape")
        await see(pilot, "Discard changes?")
        await pilot.press("right", "enter")
        await wait_for_screen(pilot, SecretScreen)

        assert current(database)["VersionId"] == SECOND


async def test_what_was_written_is_kept_where_the_changes_cannot_be_read(
    app: MakeApp, database: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The question opens and says why; it can be stored all the same."""
    def refuse(*_: object) -> Any:
        raise VaultBusyError("Another program is at it.")

    running = app()
    with editor(monkeypatch, tmp_path, "path.write_text('typed')"):
        async with open_secret(running) as pilot:
            with monkeypatch.context() as patch:
                patch.setattr(ValueEdit, "find_conflict", refuse)
                await edit_outside(pilot)
                await wait_for_screen(pilot, EditedDialog)
                assert "The changes could not be determined: Another program is at it." in join_screen_text(running)
            await press_button(pilot, "Store")
            await hear(pilot, "stored as AWSCURRENT")

            assert current(database)["SecretString"] == "typed"


async def test_the_file_exists_only_while_the_editor_runs(
    app: MakeApp, database: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing is left on disk while the question is open; Edit again goes on with the text."""
    does = "path.write_text('one')", "path.write_text(text + ' two')"
    async with open_edited_dialog(app, monkeypatch, tmp_path, *does) as (pilot, folder):
        assert list(folder.iterdir()) == []
        await press_button(pilot, "Edit again")
        await until(pilot, lambda: (tmp_path / "turn").read_text() == "2")
        await press_button(pilot, "Store")
        await hear(pilot, "stored as AWSCURRENT.")

        assert current(database)["SecretString"] == "one two"


async def test_the_text_is_kept_where_the_file_cannot_be_written_again(
    app: MakeApp, database: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with open_edited_dialog(app, monkeypatch, tmp_path, "path.write_text('typed')") as (pilot, folder):
        folder.rmdir()
        await press_button(pilot, "Edit again")
        await hear(pilot, f"The temporary file could not be written to {folder}")
        folder.mkdir()
        await press_button(pilot, "Store")
        await hear(pilot, "stored as AWSCURRENT.")

        assert current(database)["SecretString"] == "typed"


async def test_a_file_that_cannot_be_written_is_reported(
    app: MakeApp, database: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    running = app()
    with editor(monkeypatch, tmp_path, "path.write_text('typed')") as folder:
        async with open_secret(running) as pilot:
            await pilot.press("E")
            await see(pilot, "Edit the value of prod/db in")
            folder.rmdir()
            await pilot.press("enter")
            await hear(pilot, f"The temporary file could not be written to {folder}")
            folder.mkdir()


async def test_without_an_editor(app: MakeApp, database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "/does/not/exist")
    running = app()
    async with open_secret(running) as pilot:
        await edit_outside(pilot)
        await hear(pilot, "The editor cannot use this terminal.")
    monkeypatch.setenv("VISUAL", "vi 'x")
    running = app()
    async with open_secret(running) as pilot:
        await pilot.press("E")
        await hear(pilot, "$VISUAL is not valid")


# Files.


async def test_a_value_from_a_file(
    app: MakeApp, database: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """→ accepts the completed path; a preview precedes the storing."""
    (tmp_path / "new-value.json").write_text('{"user": "app", "password": "from-file", "port": 5432}')
    monkeypatch.chdir(tmp_path)
    running = app()
    async with open_secret(running) as pilot:
        await pilot.press("f")
        await see(pilot, "from file")
        await types(pilot, "new-")
        await see(pilot, "new-value.json")
        await pilot.press("right", "enter")
        await see(pilot, "~ password changed")
        assert "from-file" not in screen_text(running)
        await pilot.press("enter")
        await hear(pilot, "stored as AWSCURRENT")

        assert json.loads(current(database)["SecretString"])["password"] == "from-file"


async def test_bytes_from_a_file_and_into_one(app: MakeApp, database: Any, tmp_path: Path) -> None:
    """The exported file has the exact bytes, is private, and overwrites no file."""
    (tmp_path / "key.bin").write_bytes(bytes(range(256)))
    target = tmp_path / "copy.bin"
    running = app()
    async with open_secret(running) as pilot:
        await pilot.press("f")
        await see(pilot, "from file")
        await paste(pilot, f"{tmp_path}/key.bin")
        await pilot.press("enter")
        await see(pilot, "▲ binary, 256 bytes, not a JSON object; 3 keys will be lost")
        await pilot.press("enter")
        await hear(pilot, "stored as AWSCURRENT")
        assert current(database)["SecretBinary"] == bytes(range(256))

        for wait, words in ((hear, "saved to"), (see, "already exists")):
            await pilot.press("w")
            await see(pilot, "Save prod/db to file")
            await paste(pilot, str(target))
            await pilot.press("enter")
            await wait(pilot, words)
        assert get_screen(running, AskPath).query_one(Input).value == str(target)

    assert target.read_bytes() == bytes(range(256))
    if os.name == "posix":
        assert stat.S_IMODE(target.stat().st_mode) == 0o600


async def test_one_key_to_a_file(app: MakeApp, database: Any, tmp_path: Path) -> None:
    running = app()
    async with open_secret(running) as pilot:
        await pilot.press("r")
        await see(pilot, "password")
        await pilot.press("w")
        await see(pilot, "Save prod/db, password to file")
        await paste(pilot, f"{tmp_path}/word")
        await pilot.press("enter")
        await hear(pilot, "saved to")

    assert (tmp_path / "word").read_bytes() == b"second-word"


NO_VALUE: dict[str, tuple[Callable[[Path], object], str]] = {
    "absent": (lambda path: None, "File not found"),
    "folder": (lambda path: path.mkdir(), "is a folder, not a file"),
    "pipe": (lambda path: os.mkfifo(path), "is not a regular file"),
    "empty": (lambda path: path.write_bytes(b""), "is empty"),
    "too-long": (lambda path: path.write_bytes(b"x" * 65537), "the maximum of 65,536 bytes"),
}
"""Files that contain no value, and what is said of them."""


async def test_files_that_are_no_value(app: MakeApp, database: Any, tmp_path: Path) -> None:
    (tmp_path / "good").write_text("from a file")
    running = app()
    async with open_secret(running) as pilot:
        await pilot.press("f")
        await see(pilot, "from file")
        for name, (make, words) in NO_VALUE.items():
            make(tmp_path / name)
            get_screen(running, AskPath).query_one(Input).value = ""
            await paste(pilot, f"{tmp_path}/{name}")
            await pilot.press("enter")
            await until(pilot, lambda words=words: words in join_screen_text(running))

            dialog = get_screen(running, AskPath)
            assert dialog.query_one(Input).value == f"{tmp_path}/{name}"
            assert current(database)["VersionId"] == SECOND
            dialog.query_one(Input).value = f"{tmp_path}/good"
            await until(pilot, lambda words=words: words not in join_screen_text(running))
        await pilot.press("enter")
        await see(pilot, "Store a new version of prod/db?")


async def test_a_value_of_many_keys_is_typed_as_text(app: MakeApp, client: Any) -> None:
    """The form is a text editor with the cursor at the selected key, because so many fields would be too slow."""
    many = json.dumps({f"KEY_{number}": "x" for number in range(300)})
    client.create_secret(Name="prod/db", SecretString=many)
    running = app()
    async with open_secret(running) as pilot:
        await pilot.press("r")
        await until(pilot, lambda: "KEY_1 " in screen_text(running))
        await pilot.press("j", "j", "e")
        await wait_for_screen(pilot, ValueForm)
        editor = get_screen(running, ValueForm).editor
        assert not editor.is_keyed
        assert editor.area.cursor_location == (3, 2)
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "300 keys" in screen_text(running))

        assert not editor.is_keyed
