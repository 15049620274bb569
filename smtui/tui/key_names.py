"""The names of keys on screens and in `docs/`: `Ctrl+L` for the `ctrl+l` of Textual."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen

KEY_NAMES = {
    "question_mark": "?", "colon": ":", "slash": "/", "plus": "+", "minus": "-", "full_stop": ".", "asterisk": "*",
    "equals_sign": "=", "left_square_bracket": "[", "right_square_bracket": "]",
    "apostrophe": "'", "dollar_sign": "$", "space": "Space", "tab": "Tab",
    "escape": "Esc", "enter": "Enter", "backspace": "Backspace",
    "up": "↑", "down": "↓", "left": "←", "right": "→",
    "pageup": "PgUp", "pagedown": "PgDn", "home": "Home", "end": "End",
}


def spell(key: str) -> str:
    """Returns the name of a Textual key for display: Ctrl+L for `ctrl+l`, ? for `question_mark`."""
    *held, pressed = key.split("+")
    if held:
        return "+".join([*(modifier.capitalize() for modifier in held), KEY_NAMES.get(pressed, pressed.upper())])
    if len(key) > 1 and key[0] == "f" and key[1:].isdigit():
        return key.upper()
    return KEY_NAMES.get(key, key)


def spell_short(key: str) -> str:
    """Returns the short name for the footer: ^L for Ctrl+L."""
    return spell(key).replace("Ctrl+", "^")


def find_bound_key(screen: Screen[Any], id: str) -> str:
    """Returns the name of the key that is bound to the shortcut with this id on `screen`; empty if there is none."""
    return next((spell(key) for key, active in screen.active_bindings.items() if active.binding.id == id), "")
