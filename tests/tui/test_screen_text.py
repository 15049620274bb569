"""Tests that reading the screen text does not change the display."""

from __future__ import annotations

from typing import Any

from smtui.text.sanitize import SafeText
from smtui.tui.dialogs.confirm import Confirm
from tests.tui.conftest import MakeApp, screen_text, until, until_still


async def test_looking_at_a_dialog_keeps_the_screen_behind_it(app: MakeApp, filled: Any) -> None:
    """The background is drawn after any number of reads, also between a change of the dialog and the next frame."""
    program = app()
    async with program.run_test() as pilot:
        await until(pilot, lambda: "5 secrets" in screen_text(program))
        program.push_screen(Confirm(SafeText("Sure?"), SafeText("It is."), "Yes"))
        await until(pilot, lambda: "Sure?" in screen_text(program))
        await until_still(pilot)
        for _ in range(3):
            program.screen.refresh()
            assert "prod/payments/db" in screen_text(program)

        assert "/payments/db" in program.export_screenshot()
