"""The base of the mixins of a secret's screen: the secret of the last reload, and which actions its state denies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.secret.allowed_actions import find_denied_reason
from smtui.tui.secret.tabs import SecretTab

if TYPE_CHECKING:
    from smtui.api.types import DescribeSecretResponse
    from smtui.tui.session import Session


class BaseSecretScreen(SecretTab):
    """Holds the answer of DescribeSecret as `secret`, and the version of each label as `labels`.

    Both are those of the last `reload`.
    """

    def __init__(self, session: Session, secret_id: str) -> None:
        super().__init__(session, secret_id)
        self.secret: DescribeSecretResponse | None = None
        self.labels: dict[str, str] = {}

    @property
    def name(self) -> SafeText:
        return sanitize(self.secret["Name"] if self.secret else self.secret_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if self.find_denied_reason(action) else super().check_action(action, parameters)

    def find_denied_reason(self, action: str) -> SafeText:
        return find_denied_reason(self.secret, self.session.region, action) if self.secret else SafeText("")

    def on_key(self, event: events.Key) -> None:
        """Says why the action of a key is denied."""
        active = self.active_bindings.get(event.key)
        if active is not None and not active.enabled and (sentence := self.find_denied_reason(active.binding.action)):
            self.say(sentence, severity="warning")
