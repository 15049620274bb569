"""The base of the mixins of a secret's screen: the secret of the last reload, and which actions its state denies."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.secret.allowed_actions import OPERATIONS, find_denied_reason
from smtui.tui.secret.tabs import SecretTab

if TYPE_CHECKING:
    from smtui.api.types import DescribeSecretResponse
    from smtui.tui.session import Session


class BaseSecretScreen(SecretTab):
    """Holds the answer of DescribeSecret as `secret`, and the version of each label as `labels`.

    Both are those of the last `reload`.
    """

    operations = OPERATIONS

    def __init__(self, session: Session, secret_id: str) -> None:
        super().__init__(session, secret_id)
        self.secret: DescribeSecretResponse | None = None
        self.labels: dict[str, str] = {}

    @property
    def name(self) -> SafeText:
        return sanitize(self.secret["Name"] if self.secret else self.secret_id)

    def find_denied_reason(self, action: str) -> SafeText:
        """Why the state of the secret denies an action, or AWS has refused it to the caller before."""
        if self.secret is None:
            return SafeText("")
        return find_denied_reason(self.secret, self.session.region, action) or super().find_denied_reason(action)

    def list_resource_ids(self) -> Collection[str]:
        return self.list_secret_ids(self.secret)
