"""The part of the app that applies the settings: theme, keys and glyphs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from textual.app import SystemCommand
from textual.binding import Binding
from textual.dom import DOMNode
from textual.filter import LineFilter
from textual.screen import Screen

from smtui.clipboard.clipboard import Clipboard
from smtui.system.settings import Settings
from smtui.tui import key_names, keys, themes
from smtui.tui.plain_glyphs import PlainGlyphs
from smtui.tui.shell import Shell

DENSE = "-dense"
"""The class of the app with the setting `compact`."""


class SettingsApp(Shell):
    """Applies the user's settings.

    Args:
        path: the vault file that is open or will be opened.
        settings: the user's settings.
        pasteboard: the clipboard; None means the clipboard of the system.
        read_only: whether sessions refuse to change anything.
        plain: whether to draw with ASCII characters only.
    """

    def __init__(
        self, path: Path, settings: Settings, pasteboard: Clipboard | None, *, read_only: bool, plain: bool,
    ) -> None:
        super().__init__(path, settings, pasteboard, read_only=read_only,
                         ansi_color=True if os.environ.get("NO_COLOR") else None)
        self.draws_plain = plain
        self._plain = [PlainGlyphs()] if plain else []
        self._clashes_told: set[Binding] = set()
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.theme = themes.WITHOUT_COLOUR if self.no_color else self._pick_theme()
        self.set_class(settings.compact, DENSE)
        self.set_keymap(dict(self.settings.keys))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Returns the colours that the themes of Textual lack."""
        return themes.make_defaults(self.current_theme)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Returns Textual's filters and, with `plain`, the one for ASCII."""
        return [*super().get_line_filters(), *self._plain]

    def use(self, settings: Settings) -> None:
        """Applies new settings."""
        self.settings = settings
        self.set_keymap(dict(settings.keys))
        self.use_clipboard()
        self._use_density(settings)
        if not self.no_color:
            self.theme = self._pick_theme()
        if self.session is not None:
            self.session.idle_lock = settings.idle_lock

    def _use_density(self, settings: Settings) -> None:
        """Shows panels with or without borders. Textual 8.2 updates only the styles of the screen on top."""
        if self.has_class(DENSE) != settings.compact:
            self.set_class(settings.compact, DENSE)
            for screen in self.screen_stack:
                self.stylesheet.update(screen)

    def _pick_theme(self) -> str:
        return self.settings.theme if self.settings.theme in self.available_themes else themes.DEFAULT

    def get_key_display(self, binding: Binding) -> str:
        """Returns the short name of a key for the footer."""
        return binding.key_display or key_names.spell_short(binding.key)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Returns none of Textual's commands: its screenshot would write revealed values to a file."""
        return ()

    def _warn_of_strange_keys(self) -> None:
        """Warns of keys in the settings that belong to no action."""
        for name in sorted(self.settings.keys.keys() - keys.IDS):
            self.warn(f"Unknown action in the key settings: {name}.")

    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: DOMNode) -> None:
        """Warns once for each action whose key the settings give to another action."""
        for binding in clashed_bindings - self._clashes_told:
            self._clashes_told.add(binding)
            self.warn(f"The key of “{binding.description}” is assigned to another action in the settings.")
