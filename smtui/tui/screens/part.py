"""The parts of a secret, each a screen reached by its number from any other of them."""

from __future__ import annotations

from abc import abstractmethod
from importlib import import_module
from typing import TYPE_CHECKING, cast

from textual.content import Content
from textual.widgets import Static

from smtui.tui import keys
from smtui.tui.screens.of_session import SessionScreen

if TYPE_CHECKING:
    from smtui.tui.session import Session

VALUE, VERSIONS = 1, 2
# The first two are on the secret's own screen. A module is imported when its part is first asked for.
PARTS = (
    ("Value", ""),
    ("Versions", ""),
    ("Policy", ""),
    ("Rotation", ""),
    ("Replication", ""),
    ("History", ""),
)


def exists(number: int) -> bool:
    return number <= VERSIONS or bool(PARTS[number - 1][1])


class PartScreen(SessionScreen["int | None"]):
    """Answers the number of the part to go to instead, or None to go back to the value."""

    BINDINGS = keys.of("parts")

    def __init__(self, session: Session, secret_id: str) -> None:
        super().__init__(session)
        self.secret_id = secret_id

    @property
    @abstractmethod
    def number(self) -> int:
        """Which part this is, counted from 1."""

    def action_part(self, number: int) -> object:
        if number != self.number:
            self.dismiss(number)
        return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return exists(int(str(parameters[0]))) if action == "part" else True


def made(number: int, session: Session, secret_id: str) -> PartScreen:
    """The screen of a part, from 3 on."""
    module, _, name = PARTS[number - 1][1].partition(":")
    return cast("PartScreen", getattr(import_module(module), name)(session, secret_id))


class PartBar(Static):
    """The parts with their numbers, the one that is shown standing out."""

    DEFAULT_CSS = """
    PartBar {
        height: 1;
        padding: 0 1;
        background: $surface;
    }
    """

    def __init__(self, number: int = VALUE) -> None:
        super().__init__()
        self._show(number)

    def _show(self, number: int) -> None:
        words = [
            Content.styled(f" {at} {name} ", "bold reverse" if at == number else "$text-muted")
            for at, (name, _) in enumerate(PARTS, 1) if exists(at)
        ]
        self.update(Content(" ").join(words))

    def at(self, number: int) -> None:
        self._show(number)
