"""The three themes, in blue and orange, which people with colour blindness can distinguish.

Each text colour has a contrast of at least 4.5:1 with each of its backgrounds, and of 7:1 in `smtui-hc`. With
`NO_COLOR`, a theme of Textual with the 16 colours of the terminal is used instead.
"""

from __future__ import annotations

from textual.theme import Theme

DEFAULT = "smtui-dark"
WITHOUT_COLOUR = "ansi-dark"
STAND_INS = {"production": "text-error", "staging": "text-warning", "development": "text-success"}
"""By the name of a colour of our own, the colour that replaces it in the themes of Textual."""

THEMES = (
    Theme(
        name="smtui-dark",
        primary="#6cb6ff",
        secondary="#9fc3e6",
        accent="#ffb454",
        success="#6cb6ff",
        warning="#f2cc60",
        error="#ff9e57",
        foreground="#e6e8eb",
        background="#0f1419",
        surface="#161d26",
        panel="#202a36",
        variables={
            "text-muted": "#a3b0be",
            "block-cursor-background": "#6cb6ff",
            "block-cursor-foreground": "#0f1419",
            "block-cursor-text-style": "none",
            "block-cursor-blurred-background": "#2b3948",
            "block-cursor-blurred-foreground": "#e6e8eb",
            "footer-key-foreground": "#ffb454",
            "footer-description-foreground": "#e6e8eb",
            "button-foreground": "#e6e8eb",
            "button-color-foreground": "#0f1419",
            "border-blurred": "#3b4d60",
            "scrollbar": "#4d6378",
            "scrollbar-background": "#161d26",
            "production": "#ff9db5",
            "staging": "#d8b4ff",
            "development": "#7fdcb4",
        },
    ),
    Theme(
        name="smtui-light",
        dark=False,
        primary="#0a58a5",
        secondary="#2f5f8f",
        accent="#9a4600",
        success="#0a58a5",
        warning="#6f5200",
        error="#9f3f00",
        foreground="#1b2026",
        background="#fbfbfa",
        surface="#f1f3f5",
        panel="#e3e8ed",
        variables={
            "text-muted": "#4c5661",
            "block-cursor-background": "#0a58a5",
            "block-cursor-foreground": "#ffffff",
            "block-cursor-text-style": "none",
            "block-cursor-blurred-background": "#d3dbe3",
            "block-cursor-blurred-foreground": "#1b2026",
            "footer-key-foreground": "#9a4600",
            "footer-description-foreground": "#1b2026",
            "button-foreground": "#1b2026",
            "button-color-foreground": "#ffffff",
            "border-blurred": "#aab5c0",
            "scrollbar": "#93a1af",
            "scrollbar-background": "#e3e8ed",
            "production": "#a8123e",
            "staging": "#6a2c9c",
            "development": "#0f6b4a",
        },
    ),
    Theme(
        name="smtui-hc",
        primary="#7fc4ff",
        secondary="#b5dcff",
        accent="#ffd166",
        success="#7fc4ff",
        warning="#ffe680",
        error="#ffb27a",
        foreground="#ffffff",
        background="#000000",
        surface="#0a0a0a",
        panel="#161616",
        variables={
            "text-muted": "#d0d0d0",
            "block-cursor-background": "#ffffff",
            "block-cursor-foreground": "#000000",
            "block-cursor-text-style": "bold",
            "block-cursor-blurred-background": "#262626",
            "block-cursor-blurred-foreground": "#ffffff",
            "footer-key-foreground": "#ffd166",
            "footer-description-foreground": "#ffffff",
            "button-foreground": "#ffffff",
            "button-color-foreground": "#000000",
            "border-blurred": "#808080",
            "scrollbar": "#b0b0b0",
            "scrollbar-background": "#262626",
            "production": "#ffb0c4",
            "staging": "#e2c8ff",
            "development": "#9fe8c8",
        },
    ),
)


def make_defaults(theme: Theme) -> dict[str, str]:
    """Returns the colours of our own that a theme lacks: those of words for environments."""
    if theme.variables.keys() >= STAND_INS.keys():
        return {}
    colors = theme.to_color_system().generate()
    return {name: colors[other] for name, other in STAND_INS.items()}
