"""A value in the person's own editor: there, back, what is wrong with it, and there again, until there is an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from smtui.editor.private_copy import Place, private_copy, read_back
from smtui.editor.program import NoEditor, edit
from smtui.shown import Shown, shown
from smtui.tui.dialogs.edited import Edited, Verdict
from smtui.tui.json_check import looks_like_json
from smtui.tui.values import MOST_BYTES

if TYPE_CHECKING:
    from smtui.tui.app import SmtuiApp

COPIES = ("The editor gets the value in a file that is removed when it ends. Editors may keep copies of their own: "
          "swap files, backups, an undo history, a clipboard. The vault stays open meanwhile.")
ON_DISK = "There is no folder in memory here: the file will be on the disk."
TOO_LONG = f"It has more than {MOST_BYTES:,} bytes, which is the most."
LINE_BREAK = "\r\n"
EMPTY = "The file is empty: that is no value."
NOT_TEXT = "This is not UTF-8 text, so it cannot be stored as it is."


def warning(place: Place) -> Shown:
    """What to know before."""
    return shown(COPIES if place.in_memory else f"{ON_DISK} {COPIES}")


async def edited_outside(
    app: SmtuiApp, before: str, program: list[str], place: Place, effects: Callable[[str], Shown]
) -> str | None:
    """The text as it is now; None where it is not to be stored. `effects` says what storing a text would do."""
    name = "value.json" if looks_like_json(before) else "value.txt"
    with private_copy(before.encode(), name, place) as path:
        while True:
            code = _run(app, lambda: edit(path, program))
            after, wrong = read(before, read_back(path, MOST_BYTES + len(LINE_BREAK)))
            if code:
                wrong = f"The editor ended with code {code}, as if nothing were to be stored."
            elif after == before:
                return after
            title = "Store a new version?" if not wrong else "Nothing is stored yet."
            text = shown(wrong) if wrong else effects(after)
            verdict = await app.push_screen_wait(Edited(Shown(title), text, good=not wrong))
            if verdict is Verdict.STORE:
                return after
            if verdict is Verdict.FORGET:
                return None


def _run(app: SmtuiApp, run: Callable[[], int]) -> int:
    """The editor has the terminal; nothing else goes on in here meanwhile. Raises NoEditor."""
    failed: NoEditor | None = None
    code = 0
    try:
        with app.suspend():
            try:
                code = run()
            except NoEditor as error:
                failed = error
    except SuspendNotSupported:
        raise NoEditor("This terminal cannot be handed to an editor.") from None
    if app.session is not None:
        app.session.touch()
    if failed is not None:
        raise failed
    return code


def read(before: str, data: bytes) -> tuple[str, str]:
    """The text that is meant, and why it cannot be stored. A line break that an editor adds at the end is left out."""
    if len(data) > MOST_BYTES + len(LINE_BREAK):
        return "", TOO_LONG
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return "", NOT_TEXT
    if not before.endswith("\n"):
        text = text.removesuffix(LINE_BREAK if text.endswith(LINE_BREAK) and not before.endswith("\r") else "\n")
    if not text:
        return "", EMPTY
    return text, TOO_LONG if len(text.encode()) > MOST_BYTES else ""
