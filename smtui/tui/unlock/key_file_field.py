"""The input for the path of a key file, hidden until it is needed, and reading the file for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from textual.widgets import Static

from smtui.system.paths import expand_home, is_absent
from smtui.tui.widgets.path_input import PathInput

if TYPE_CHECKING:
    from smtui.backends.key_files import KeyFile

T = TypeVar("T")


class KeyFileLabel(Static):
    """The line above a `KeyFileField`."""

    DEFAULT_CSS = """
    KeyFileLabel {
        display: none;
        padding: 0 1;
        color: $text-muted;

        &.-shown {
            display: block;
        }
    }
    """


class KeyFileField(PathInput):
    """A path, which the user sees: it is no secret."""

    DEFAULT_CSS = """
    KeyFileField {
        display: none;
        margin: 0 1;

        &.-shown {
            display: block;
        }
    }
    """

    @property
    def is_shown(self) -> bool:
        return self.has_class("-shown")

    @property
    def path(self) -> str:
        """The typed path; empty if there is none, or the field is hidden."""
        return self.value.strip() if self.is_shown else ""


def use_key_file(path: str, vault: Path, act: Callable[[KeyFile | None], T], *, create: bool = False) -> T:
    """Calls `act` with the key file at a path, or None for an empty path, and wipes it afterwards.

    Args:
        path: the key file.
        vault: the vault that it is for.
        act: opens, creates or changes the vault.
        create: whether to create the key file if it is missing.

    Raises:
        KeyFileError: the file cannot be used.
    """
    if not path:
        return act(None)
    from smtui.backends import key_files

    if create and is_absent(expand_home(path)):
        key_files.create_key_file(path)
    loaded = key_files.read_key_file(path, vault)
    try:
        return act(loaded)
    finally:
        loaded.wipe()
