"""Tests that the stylesheet is parsed once per theme, even for screens with their own styles."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from textual.css import stylesheet

from smtui.tui.help.places import PLACES, SECRETS
from smtui.tui.screens import make_place_screen
from smtui.tui.workarounds import CachedStylesheet
from tests.tui.conftest import MakeApp


async def test_no_source_is_parsed_twice(app: MakeApp, filled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: Counter[tuple[object, ...]] = Counter()
    parse = stylesheet.parse

    def count(scope: str, css: str, read_from: Any, **how: Any) -> Any:
        parsed[read_from, css, how["tie_breaker"]] += 1
        return parse(scope, css, read_from, **how)

    monkeypatch.setattr(stylesheet, "parse", count)
    CachedStylesheet._parsed.clear()
    running = app()
    async with running.run_test() as pilot:
        assert running.session is not None
        for place in PLACES:
            if place is not SECRETS:
                await running.push_screen(make_place_screen(place, running.session))
                await pilot.pause()

    assert parsed
    assert {source: times for source, times in parsed.items() if times > 1} == {}


async def test_each_theme_has_its_own_colours_also_when_it_comes_back(app: MakeApp, filled: Any) -> None:
    running = app()
    async with running.run_test() as pilot:
        seen = []
        for theme in ("smtui-dark", "smtui-light", "smtui-dark"):
            running.theme = theme
            await pilot.pause()
            seen.append(running.screen.styles.background)

    assert seen[0] == seen[2] != seen[1]
