"""A value in the person's own editor: there, back, what is wrong with it, and there again, until there is an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from smtui.api.errors import SmtuiError
from smtui.api.limits import MAX_VALUE_BYTES
from smtui.editor.program import EditorError, edit
from smtui.editor.temp_file import Location, read_back, temporary_file
from smtui.text.json_editing_layout import expand_for_editing, restore_layout
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.json_editor.check import looks_like_json
from smtui.tui.notifications import keeps_what_was_typed
from smtui.tui.secret.edited import Edited, Verdict
from smtui.tui.secret.value_edit import Outcome

if TYPE_CHECKING:
    from smtui.tui.shell import Shell

COPIES = ("The editor gets the value in a file that is removed when it ends. Editors may keep copies of their own: "
          "swap files, backups, an undo history, a clipboard. The vault stays open meanwhile.")
ON_DISK = "There is no folder in memory here: the file will be on the disk."
TOO_LONG = f"It has more than {MAX_VALUE_BYTES:,} bytes, which is the most."
LINE_BREAK = "\r\n"
EMPTY = "The file is empty: that is no value."
NOT_TEXT = "This is not UTF-8 text, so it cannot be stored as it is."


def warning(place: Location) -> SafeText:
    """What to know before."""
    return sanitize(COPIES if place.in_memory else f"{ON_DISK} {COPIES}")


async def edited_outside(
    app: Shell, before: str, program: list[str], place: Location, effects: Callable[[str], Awaitable[SafeText]],
    store: Callable[[str], Awaitable[Outcome]],
) -> bool:
    """Whether anything was changed. Until a text is stored, or the person forgets it, the file stays as it was left.

    JSON in one line is laid out in the file, and is in one line again when it is stored.

    Args:
        effects: says what storing a text would do.
        store: stores it, unless others were faster; what it raises is said, and the person can try again.
    """
    name = "value.json" if looks_like_json(before) else "value.txt"
    expanded = expand_for_editing(before)
    with temporary_file(expanded.encode(), name, place) as path:
        verdict = Verdict.AGAIN
        while True:
            if verdict is Verdict.AGAIN:
                code = _run(app, lambda: edit(path, program))
            after, wrong = read(before, read_back(path, _read_limit(expanded)))
            if code:
                wrong = f"The editor ended with code {code}, as if nothing were to be stored."
            elif after == before:
                return False
            title = "Store a new version?" if not wrong else "Nothing is stored yet."
            text = sanitize(wrong) if wrong else await effects(after)
            verdict = await app.push_screen_wait(Edited(SafeText(title), text, good=not wrong))
            if verdict is Verdict.DISCARD:
                return True
            if verdict is Verdict.STORE:
                outcome = await _try_to_store(app, store, after)
                if outcome in (Outcome.STORED, Outcome.DISCARDED):
                    return True
                verdict = Verdict.AGAIN if outcome is Outcome.EDIT else verdict


async def _try_to_store(app: Shell, store: Callable[[str], Awaitable[Outcome]], text: str) -> Outcome:
    """A refusal is said, and keeps the text; nothing can be kept of it once the vault is locked."""
    try:
        return await store(text)
    except SmtuiError as error:
        if not keeps_what_was_typed(error):
            raise
        app.report(error)
        return Outcome.KEPT


def _run(app: Shell, run: Callable[[], int]) -> int:
    """The editor has the terminal; nothing else goes on in here meanwhile. Raises EditorError."""
    failed: EditorError | None = None
    code = 0
    try:
        with app.suspend():
            try:
                code = run()
            except EditorError as error:
                failed = error
    except SuspendNotSupported:
        raise EditorError("This terminal cannot be handed to an editor.") from None
    if app.session is not None:
        app.session.touch()
    if failed is not None:
        raise failed
    return code


def _read_limit(expanded: str) -> int:
    """Bytes of a file which is not larger than a value may be, but for its layout and a line break at its end."""
    return MAX_VALUE_BYTES + len(expanded.encode()) + len(LINE_BREAK)


def read(before: str, data: bytes) -> tuple[str, str]:
    """The text that is meant, and why it cannot be stored. A line break that an editor adds at the end is left out."""
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
