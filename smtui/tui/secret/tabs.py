"""The parts of a secret, each a screen reached by its number from any other of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from smtui.api.errors import ResourceNotFoundException
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.base_screen import SessionScreen
from smtui.tui.bridge import call
from smtui.tui.secret.allowed_actions import why_not

if TYPE_CHECKING:
    from smtui.api.types import DescribeSecretResponse
    from smtui.tui.session import Session

VALUE, VERSIONS, POLICY, ROTATION, REPLICATION, HISTORY = range(1, 7)
PARTS = ("Value", "Versions", "Policy", "Rotation", "Replication", "History")
"""Their names. The first two are on the secret's own screen, each of the others has a screen of its own."""


class PartScreen(SessionScreen["int | None"]):
    """Answers the number of the part to go to instead, or None to go back to the value."""

    BINDINGS = keys.of("parts")
    opened_by = ("describe_secret",)
    at_once = frozenset({"part"})
    changes = ""
    """What `permitted` calls a change of this part; empty where there is none to be made."""

    def __init__(self, session: Session, secret_id: str) -> None:
        super().__init__(session)
        self.secret_id = secret_id

    @property
    @abstractmethod
    def number(self) -> int:
        """Which part this is, counted from 1."""

    def head(self) -> Iterator[Widget]:
        """The lines above every part from 3 on: where we are, the parts, the secret's name, and what is special."""
        yield self.masthead()
        yield PartBar(self.number)
        yield SecretName()

    async def described(self) -> DescribeSecretResponse | None:
        """The secret as it is now; None where it is gone, which is said."""
        try:
            secret: DescribeSecretResponse = await call(self.reader.describe_secret, SecretId=self.secret_id)
            return secret
        except ResourceNotFoundException:
            self.say("This secret is no longer there.")
            self.leave()
            return None

    def _why_fixed(self, secret: DescribeSecretResponse) -> SafeText:
        return why_not(secret, self.session.region, self.changes)

    def show_head(self, secret: DescribeSecretResponse) -> None:
        self.query_one(SecretName).show(secret, self._why_fixed(secret))

    def refuses_to_change(self, secret: DescribeSecretResponse) -> bool:
        """Whether this session, or the state of the secret, allows no change; says which of them."""
        if self.refuses_to_write():
            return True
        if why := self._why_fixed(secret):
            self.say(why, severity="warning")
        return bool(why)

    def action_part(self, number: int) -> object:
        if number != self.number:
            self.leave(number)
        return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return True


class SecretName(Static):
    """The secret's name, and below it, in a line of its own, what keeps it from being changed."""

    DEFAULT_CSS = """
    SecretName {
        height: auto;
        padding: 1 2 0 2;
    }
    """

    def show(self, secret: DescribeSecretResponse, why_fixed: SafeText) -> None:
        lines = [Content.styled(sanitize(secret["Name"]), "bold $primary")]
        if why_fixed:
            lines.append(Content.styled(f"▲ {why_fixed}", "$warning"))
        self.update(Content("\n").join(lines))


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
            for at, name in enumerate(PARTS, 1)
        ]
        self.update(Content(" ").join(words))

    def at(self, number: int) -> None:
        self._show(number)
