"""The part of the app that screens ask which contexts are open, and to open others."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.clipboard.clipboard import Clipboard
from smtui.system.context_settings import ContextSettings
from smtui.system.settings import Settings
from smtui.tui.clipboard_app import CopyingApp

if TYPE_CHECKING:
    from smtui.tui.session import Session


class ContextsApp(CopyingApp):
    """Several contexts can be open at once; one of them is shown.

    Args:
        settings: the user's settings.
        pasteboard: the clipboard; None means the clipboard of the system.
        read_only: whether sessions refuse to change anything.
        ansi_color: see Textual's `App`.
    """

    def __init__(
        self, settings: Settings, pasteboard: Clipboard | None, *, read_only: bool = False,
        ansi_color: bool | None = None,
    ) -> None:
        super().__init__(settings, pasteboard, ansi_color=ansi_color)
        self._starts_read_only = read_only
        self._read_only: dict[Path, bool] = {}
        """Contexts of which the user has chosen whether they refuse changes."""

    @property
    @abstractmethod
    def context_path(self) -> Path:
        """What the context that is open, or will be opened, is known by: a path of a vault, or one for an account."""

    @property
    @abstractmethod
    def sessions(self) -> list[Session]:
        """All open sessions, that which is shown first."""

    @property
    @abstractmethod
    def open_paths(self) -> frozenset[Path]:
        """What the open contexts are known by, see `context_path`."""

    @property
    @abstractmethod
    def parked_vaults(self) -> Sequence[Path]:
        """The paths of the vaults that are open and not shown."""

    @property
    def read_only(self) -> bool:
        """Whether the context that is open, or will be opened, refuses to change anything."""
        return self._read_only.get(self.context_path, self._starts_read_only)

    def choose_read_only(self, path: Path, read_only: bool) -> None:
        """Sets whether a context refuses to change anything. `path` is its `context_path`."""
        self._read_only[path] = read_only

    @abstractmethod
    def return_to_open(self) -> None:
        """Leaves the screen that opens a context, for the context that was shown before."""

    @abstractmethod
    def open_account(self, context: ContextSettings, region: str | None = None) -> None:
        """Shows an AWS account, in its default Region if none is given. What is open stays open."""

    @abstractmethod
    def open_another(self, path: Path, *, read_only: bool | None = None) -> None:
        """Shows another vault, or the screen that unlocks or creates it. What is open stays open.

        Args:
            path: the file.
            read_only: whether to refuse changes; None means as the program was started, or as chosen before.
        """
