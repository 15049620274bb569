"""Editing a value in an external editor: writes a temporary file, runs the editor, reads and checks the result."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from smtui.api.errors import SmtuiError
from smtui.api.limits import MAX_VALUE_BYTES
from smtui.editor.program import EditorError, edit
from smtui.editor.temp_file import Location, create_temporary_file, read_back
from smtui.text.json_editing_layout import expand_for_editing, restore_layout
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.json_editor.check import looks_like_json
from smtui.tui.notifications import explain_error, is_input_kept
from smtui.tui.secret.edited import EditedAnswer, EditedDialog
from smtui.tui.secret.value_edit import WriteOutcome

if TYPE_CHECKING:
    from smtui.tui.shell import Shell

COPIES_WARNING = (
    "The value is written to a temporary file, removed when the editor exits. Editors may keep copies of their own: "
    "swap files, backups, undo history, clipboard. The vault stays open meanwhile."
)
ON_DISK_WARNING = "No in-memory folder is available: the file will be on disk."
TOO_LONG = f"The value exceeds the maximum of {MAX_VALUE_BYTES:,} bytes."
LINE_BREAK = "\r\n"
EMPTY = "The file is empty. A value cannot be empty."
MAX_FILE_BYTES = 16 * 1024 * 1024  # What is kept of an edited file that is too long for a value.
NOT_TEXT = "Not valid UTF-8: the text cannot be stored."


def format_warning(location: Location) -> SafeText:
    """What the user should know before the editor starts.

    Args:
        location: the folder of the temporary file.
    """
    return sanitize(COPIES_WARNING if location.in_memory else f"{ON_DISK_WARNING} {COPIES_WARNING}")


async def edit_text(
    app: Shell, before: str, program: list[str], location: Location, effects: Callable[[str], Awaitable[SafeText]],
    store: Callable[[str], Awaitable[WriteOutcome]], read_rebased: Callable[[], tuple[str, str]],
) -> bool:
    """Edits a text until it is stored or discarded; False if the editor changed nothing.

    The temporary file exists while the editor runs. JSON in one line is formatted for the editor and joined again.

    Args:
        before: the text to begin with.
        program: the editor with its arguments.
        location: the folder of the temporary file.
        effects: describes what storing a text would do.
        store: stores a text unless others changed the secret. The user can try again after an SmtuiError.
        read_rebased: returns, after `store` answered EDIT, the value that is there now, and the text to go on with.

    Raises:
        EditorError: the editor could not be started.
        SmtuiError: a refusal after which nothing can be kept, such as a locked vault.
    """
    name = "value.json" if looks_like_json(before) else "value.txt"
    began, expanded = before, expand_for_editing(before)
    data, code = _edit_once(app, expanded.encode(), name, program, location)
    while True:
        after, problem = parse_edited(began, data)
        if code:
            problem = f"The editor exited with error code {code}."
        elif after == before:
            return False
        title = "Store a new version?" if not problem else "Not stored yet"
        text = sanitize(problem) if problem else await _try_to_describe(effects, after)
        answer = await app.push_screen_wait(EditedDialog(SafeText(title), text, can_store=not problem), always=True)
        if answer is EditedAnswer.DISCARD:
            return True
        outcome = await _try_to_store(app, store, after) if answer is EditedAnswer.STORE else WriteOutcome.EDIT
        if outcome in (WriteOutcome.STORED, WriteOutcome.DISCARDED):
            return True
        if outcome is WriteOutcome.EDIT and answer is EditedAnswer.STORE:
            before, began = read_rebased()
            data = expand_for_editing(began).encode()
        if outcome is WriteOutcome.EDIT:
            data, code = _try_to_edit_again(app, data, name, program, location, code)


def _edit_once(app: Shell, data: bytes, name: str, program: list[str], location: Location) -> tuple[bytes, int]:
    """Runs the editor on a temporary file with this content; returns the new content and the editor's exit code."""
    with create_temporary_file(data, name, location) as path:
        code = _run_editor(app, lambda: edit(path, program))
        return read_back(path, MAX_FILE_BYTES), code


def _try_to_edit_again(
    app: Shell, data: bytes, name: str, program: list[str], location: Location, code: int
) -> tuple[bytes, int]:
    """Runs the editor again. Where it cannot run any more, says so and keeps the text and the exit code."""
    try:
        return _edit_once(app, data, name, program, location)
    except EditorError as error:
        app.report(error)
        return data, code


async def _try_to_describe(effects: Callable[[str], Awaitable[SafeText]], text: str) -> SafeText:
    """Describes what storing does, or why that could not be read; raises only if nothing can be kept."""
    try:
        return await effects(text)
    except SmtuiError as error:
        if not is_input_kept(error):
            raise
        return sanitize(f"The changes could not be determined: {explain_error(error)}", lines=True)


async def _try_to_store(app: Shell, store: Callable[[str], Awaitable[WriteOutcome]], text: str) -> WriteOutcome:
    """Stores a text. Reports a refusal and keeps the text, unless the vault is locked."""
    try:
        return await store(text)
    except SmtuiError as error:
        if not is_input_kept(error):
            raise
        app.report(error)
        return WriteOutcome.KEPT


def _run_editor(app: Shell, run: Callable[[], int]) -> int:
    """Suspends the app while the editor has the terminal; returns the exit code of the editor.

    Raises:
        EditorError: the editor could not be started, or this terminal cannot be handed over.
    """
    failed: EditorError | None = None
    code = 0
    try:
        with app.suspend():
            try:
                code = run()
            except EditorError as error:
                failed = error
    except SuspendNotSupported:
        raise EditorError("The editor cannot use this terminal.") from None
    if app.session is not None:
        app.session.touch()
    if failed is not None:
        raise failed
    return code


def _read_limit(expanded: str) -> int:
    """The largest size in bytes of an edited file: a value, its formatting and a line break at the end."""
    return MAX_VALUE_BYTES + len(expanded.encode()) + len(LINE_BREAK)


def parse_edited(before: str, data: bytes) -> tuple[str, str]:
    """The edited text, and why it cannot be stored; the reason is empty if it can.

    Drops the line break that an editor adds at the end.

    Args:
        before: the text before the edit.
        data: the content of the temporary file.
    """
    if len(data) > _read_limit(expand_for_editing(before)):
        return "", TOO_LONG
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return "", NOT_TEXT
    if not before.endswith("\n"):
        text = text.removesuffix(LINE_BREAK if text.endswith(LINE_BREAK) and not before.endswith("\r") else "\n")
    if not text:
        return "", EMPTY
    text = restore_layout(before, text)
    return text, TOO_LONG if len(text.encode()) > MAX_VALUE_BYTES else ""
