"""Tests that a notification is shown whole, whatever its length."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App

from smtui.tui import app as smtui_app
from tests.tui.conftest import screen_text, until


@pytest.mark.parametrize("length", [*range(70, 82), 151, 152, 153])
async def test_the_last_word_is_in_sight(length: int) -> None:
    """Textual 8.2 measures the height of a notification two columns too wide, for a scroll bar that is not there."""

    class Form(App[None]):
        CSS_PATH = Path(smtui_app.__file__).with_name("app.tcss")

    app = Form()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.notify(f"{('word ' * 40)[: length - 1]}Z", markup=False)

        await until(pilot, lambda: "Z" in screen_text(app))
