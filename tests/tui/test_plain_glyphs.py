"""Tests of terminals without special glyphs, which get ASCII of the same width."""

from __future__ import annotations

from typing import Any

import pytest

from smtui.tui.plain_glyphs import needs_plain
from tests.tui.conftest import MakeApp, screen_text, until

KEYS = ("x", "d", "escape", "s", "enter", "r", "2", "m", "j", "enter", "escape", "4", "o", "escape", "question_mark")


@pytest.mark.parametrize(
    ("environ", "plain"),
    [
        ({"TERM": "linux", "LANG": "C.UTF-8"}, True), ({"TERM": "xterm", "LANG": "de_DE.ISO-8859-1"}, True),
        ({"TERM": "xterm", "LANG": "de_DE.UTF-8"}, False), ({"TERM": "xterm"}, False),
        ({"TERM": "xterm", "LC_ALL": "C", "LANG": "C.UTF-8"}, True), ({"TERM": "xterm", "LC_ALL": "en_US.utf8"}, False),
    ],
)
def test_who_needs_them(environ: dict[str, str], plain: bool) -> None:
    assert needs_plain(environ) == plain


async def test_nothing_of_ours_is_beyond_ascii(app: MakeApp, filled: Any, database: Any) -> None:
    """Covers list, planned deletion, secret, versions with a carried label, a question and a notification."""
    filled.delete_secret(SecretId="shared/wifi")
    running = app(plain=True)
    async with running.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "secrets" in screen_text(running))
        for key in KEYS:
            await pilot.press(key)
            await pilot.pause()
            text = screen_text(running)
            assert text.isascii(), sorted({each for each in text if not each.isascii()})


async def test_what_people_wrote_stays(app: MakeApp, client: Any) -> None:
    client.create_secret(Name="a", SecretString="x", Description="Schlüssel 鍵")
    running = app(plain=True)
    async with running.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "Schlüssel 鍵" in screen_text(running))
