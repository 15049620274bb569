"""What the gestures of one secret's own screen share: the secret as it is since the last look, and what it allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.secret.allowed_actions import why_not
from smtui.tui.secret.tabs import PartScreen

if TYPE_CHECKING:
    from smtui.api.types import DescribeSecretResponse
    from smtui.tui.session import Session


class OneSecretScreen(PartScreen):
    """`labels` tells which version carries each label. Both are what they were at the last `reload`."""

    def __init__(self, session: Session, secret_id: str) -> None:
        super().__init__(session, secret_id)
        self.secret: DescribeSecretResponse | None = None
        self.labels: dict[str, str] = {}

    @property
    def name(self) -> SafeText:
        return sanitize(self.secret["Name"] if self.secret else self.secret_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if self.why_not_now(action) else super().check_action(action, parameters)

    def why_not_now(self, action: str) -> SafeText:
        return why_not(self.secret, self.session.region, action) if self.secret else SafeText("")

    def on_key(self, event: events.Key) -> None:
        """A key that can do nothing here says why."""
        active = self.active_bindings.get(event.key)
        if active is not None and not active.enabled and (sentence := self.why_not_now(active.binding.action)):
            self.say(sentence, severity="warning")
