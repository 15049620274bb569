"""The questions before a policy is attached or removed; the first shows the diff and warnings about the new policy."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.dialogs.long_text import LongText
from smtui.tui.json_editor.diff import DiffLine, diff_json
from smtui.tui.policy.validation import LOCK_OUT_CHECK
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.scroll_pane import ScrollPane

if TYPE_CHECKING:
    from smtui.tui.shell import Shell

SIGNS = {"+": ("+ added    ", "$success"), "-": ("- removed  ", "$error"), " ": ("           ", ""),
         "…": ("  …", "$text-muted")}  # fmt: skip
MAX_CARD_WIDTH, FRAME_WIDTH = 96, 7
"""Cells: the greatest width of the card, and the part that frame, padding and scroll bar take."""
INDENT = "  "
LOCK_OUT_WARNING = "{why}\n\nAfterwards not even the owner of this vault could change it."
REMOVAL_WARNING = "Access will then depend only on the IAM policies of this account's users and roles."
ONLY_LAYOUT = SafeText("Formatting only (whitespace, line breaks); the meaning is unchanged.")


class PolicyPreview(LongText["bool | None"]):
    """Asks whether to attach a policy. Returns whether broad access is to be blocked, or None to cancel."""

    CSS_PATH = "preview.tcss"

    def __init__(self, title: SafeText, lines: Sequence[DiffLine], warnings: Sequence[SafeText]) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._warnings = warnings

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle(Content(self._title))
            with ScrollPane(id="lines"):
                width = min(MAX_CARD_WIDTH, self.app.size.width) - FRAME_WIDTH
                yield Static(Content("\n").join(_format_lines(self._lines, width)))
            if self._warnings:
                yield Static(Content("\n".join(f"▲ {each}" for each in self._warnings)), id="warnings")
            with Horizontal(id="answers"):
                yield Button("Cancel", id="cancel")
                yield Button("Attach", id="attach")
                yield Button("Attach if not public", id="unless-broad")
        yield Footer()

    def on_mount(self) -> None:
        self.query_one("#cancel" if self._warnings else "#attach").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(None if event.button.id == "cancel" else event.button.id == "unless-broad")

    def action_cancel(self) -> None:
        self.dismiss(None)


async def confirm_policy(
    app: Shell, name: SafeText, seen: str, text: str, failed_checks: Mapping[str, str],
) -> bool | None:
    """Shows what changes and asks; asks once more for a policy that locks the caller out.

    Args:
        name: the name of the secret.
        seen: the attached policy; empty if there is none.
        text: the new policy.
        failed_checks: the failed checks of ValidateResourcePolicy with their sentences.

    Returns:
        Whether broad access is to be blocked; None if the policy is not to be attached.
    """
    warnings = [sanitize(each) for each in failed_checks.values()]
    preview = PolicyPreview(sanitize(f"Attach this policy to {name}?"), diff_json(seen, text), warnings)
    block = await app.push_screen_wait(preview)
    if block is not None and (why := failed_checks.get(LOCK_OUT_CHECK)) is not None:
        warning = sanitize(LOCK_OUT_WARNING.format(why=why), lines=True)
        question = Confirm(SafeText("Lock yourself out?"), warning, "Lock out")
        return block if await app.push_screen_wait(question) else None
    return block


async def confirm_removal(app: Shell, name: SafeText) -> bool:
    """Asks whether to remove the policy of the secret `name`."""
    title = sanitize(f"Remove the policy of {name}?")
    return await app.push_screen_wait(Confirm(title, SafeText(REMOVAL_WARNING), "Remove", can_be_undone=True))


def _format_lines(lines: Sequence[DiffLine], width: int) -> Iterator[Content]:
    if not lines:
        yield Content(ONLY_LAYOUT)
    for line in lines:
        word, colour = SIGNS[line.sign]
        for part in _wrap_line(line.text, width - len(word)):
            yield Content.styled(f"{word}{part}", colour)


def _wrap_line(text: str, width: int) -> list[str]:
    """Wraps a long line. Continuation lines are indented, and each gets the sign of the line."""
    inner = text.lstrip()
    margin = text[: len(text) - len(inner)]
    return textwrap.wrap(inner, max(width, 20), initial_indent=margin, subsequent_indent=margin + INDENT,
                         break_on_hyphens=False, replace_whitespace=False) or [text]
