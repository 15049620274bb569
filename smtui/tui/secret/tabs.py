"""The tabs of a secret: their numbers, the base class of their screens, and the bar that lists them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from smtui.api.errors import AccessDeniedException, ResourceNotFoundException
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.base_screen import SessionScreen
from smtui.tui.bridge import call
from smtui.tui.environments import highlight_environments
from smtui.tui.secret.allowed_actions import find_denied_reason

if TYPE_CHECKING:
    from smtui.api.types import DescribeSecretResponse
    from smtui.tui.contexts.account_vault import AccountVault
    from smtui.tui.session import Session

VALUE, VERSIONS, POLICY, ROTATION, REPLICATION, HISTORY = range(1, 7)
TABS = ("Value", "Versions", "Policy", "Rotation", "Replication", "History")
"""The names of the tabs. `SecretScreen` holds the first two; each of the others has a screen of its own."""


SHORT_NAMES = {"Replication": "Replica"}
"""The names of tabs on a narrow terminal, if they have others there."""


class SecretTab(SessionScreen["int | None"]):
    """The screen of a tab. It returns the number of the tab to open next, or None to go back to the value."""

    BINDINGS = keys.list_bindings("tabs")
    opened_by = ("describe_secret",)
    at_once = frozenset({"tab"})
    change_action = ""
    """The action id, as in `allowed_actions`, that stands for a change on this tab; empty where there is none."""

    def __init__(self, session: Session, secret_id: str) -> None:
        super().__init__(session)
        self.secret_id = secret_id
        self._has_said_refusal = False
        self.prepare: Callable[[SecretTab], None] | None = None
        """Is called when the widgets are mounted, before the first read."""

    def on_mount(self) -> None:
        if self.prepare is not None:
            self.prepare(self)

    @property
    @abstractmethod
    def number(self) -> int:
        """The number of this tab, from 1."""

    def compose_head(self) -> Iterator[Widget]:
        """Composes the lines above a tab: header, tab bar, name of the secret and why changes are denied."""
        yield self.create_header()
        yield TabBar(self.number)
        yield SecretName()

    async def read_secret(self) -> DescribeSecretResponse | None:
        """Reads the secret with DescribeSecret. If it no longer exists, says so, leaves and returns None."""
        try:
            secret: DescribeSecretResponse = await call(self.reader.describe_secret, SecretId=self.secret_id)
            return secret
        except ResourceNotFoundException:
            self.say("This secret no longer exists.")
            self.dismiss()
            return None
        except AccessDeniedException as refusal:
            if not self.vault.denials:
                raise
            return await self._read_what_is_known(refusal)

    async def _read_what_is_known(self, refusal: AccessDeniedException) -> DescribeSecretResponse:
        """What a list has told of the secret: a role may be allowed to read or to write its value and nothing else."""
        if not self._has_said_refusal:
            self._has_said_refusal = True
            self.say(refusal.sentence, severity="warning")
        describe = cast("AccountVault", self.vault).describe_known
        return cast("DescribeSecretResponse", await call(
            describe, self.secret_id, region_name=self.session.region))

    def list_secret_ids(self, secret: DescribeSecretResponse | None) -> list[str]:
        """What requests may call the secret: the id that this screen has, and name and ARN once it is read."""
        return [self.secret_id, *([secret["ARN"], secret["Name"]] if secret else [])]

    def _find_denied_reason(self, secret: DescribeSecretResponse) -> SafeText:
        return find_denied_reason(secret, self.session.region, self.change_action)

    def show_head(self, secret: DescribeSecretResponse) -> None:
        """Shows the name of the secret, and why changes of this tab are denied."""
        self.query_one(SecretName).show(secret, self._find_denied_reason(secret))

    def refuses_to_change(self, secret: DescribeSecretResponse) -> bool:
        """Whether the session or the state of the secret denies changes of this tab; says why."""
        if self.refuses_to_write():
            return True
        if why := self._find_denied_reason(secret):
            self.say(why, severity="warning")
        return bool(why)

    def action_tab(self, number: int) -> object:
        if number != self.number:
            self.dismiss(number)
        return None


class SecretName(Static):
    """The name of the secret, with a second line if changes are denied."""

    DEFAULT_CSS = """
    SecretName {
        height: auto;
        padding: 0 2;
    }
    """

    def show(self, secret: DescribeSecretResponse, denied_reason: SafeText) -> None:
        lines = [highlight_environments(Content.styled(sanitize(secret["Name"]), "bold $primary"))]
        if denied_reason:
            lines.append(Content.styled(f"▲ {denied_reason}", "$warning"))
        self.update(Content("\n").join(lines))


class TabBar(Static):
    """Lists the tabs with their numbers and highlights the present one."""

    DEFAULT_CSS = """
    TabBar {
        height: 1;
        padding: 0 1;
        background: $surface;
    }
    """

    def __init__(self, number: int = VALUE) -> None:
        super().__init__()
        self._number = number

    def show(self, number: int) -> None:
        """Highlights a tab, by its number."""
        self._number = number
        self.refresh()

    def render(self) -> Content:
        """Draws all tabs; on a narrow terminal, with short names and without space around them."""
        names = [f" {at} {name} " for at, name in enumerate(TABS, 1)]
        if sum(map(len, names)) + len(names) > self.size.width:
            names = [f"{at} {SHORT_NAMES.get(name, name)}" for at, name in enumerate(TABS, 1)]
        return Content(" ").join(
            Content.styled(name, "bold reverse" if at == self._number else "$text-muted")
            for at, name in enumerate(names, 1)
        )
