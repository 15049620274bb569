"""The cache for styles gives each widget the styles that Textual finds without it."""

from __future__ import annotations

from typing import Any

import pytest
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

from smtui.tui.app import SmtuiApp
from tests.tui import style_cache
from tests.tui.conftest import MakeApp
from tests.tui.driver import open_secret

KEYS = (
    "tab", "e", "escape", "t", "escape", "f1", "escape", "escape", "slash", "p", "escape", "ctrl+p", "escape", "comma",
)  # fmt: skip
"""Keys that open dialogs and screens, move the focus and filter the list."""


def collect_styles(app: SmtuiApp) -> dict[DOMNode, Any]:
    """Returns the styles of all widgets of all screens, and those of their component classes."""
    return {
        node: (
            node.styles.base.get_rules(),
            {name: styles.get_rules() for name, styles in node._component_styles.items()},
            [getattr(node, flag) for flag in style_cache.FLAGS],
        )
        for screen in app.screen_stack
        for node in screen.walk_children(with_self=True)
    }


@pytest.mark.parametrize("theme", ["smtui-dark", "smtui-light"])
async def test_the_styles_are_those_of_textual(app: MakeApp, database: Any, theme: str) -> None:
    running = app()
    async with open_secret(running) as pilot:
        running.theme = theme
        for key in KEYS:
            await pilot.press(key)
            await pilot.pause()
            from_cache = collect_styles(running)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(Stylesheet, "apply", style_cache._apply)
                patch.setattr(Stylesheet, "replace_rules", staticmethod(style_cache._replace_rules))
                for screen in running.screen_stack:
                    running.stylesheet.update(screen)
                assert collect_styles(running) == from_cache, key
