"""Attaching and removing the policy of a secret, unless others changed it since the user saw it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import ne
from typing import TYPE_CHECKING

from smtui.text.json_layout import indent_json
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.audit import last_change
from smtui.tui.json_editor.diff import diff_json
from smtui.tui.secret.guarded_write import EDIT_ANSWERS, GuardedWrite
from smtui.tui.secret.value_edit import WriteOutcome
from smtui.tui.undo import inverse

if TYPE_CHECKING:
    from smtui.api.types import Client
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell


@dataclass(frozen=True, slots=True)
class PolicyWriter:
    """Writes the policy of one secret, and records the undo entry.

    Attributes:
        name: the name of the secret, for titles.
    """

    app: Shell
    session: Session
    client: Client
    secret_id: str
    name: SafeText

    async def ask_if_changed(self, title: SafeText, text: str, seen: str) -> tuple[WriteOutcome | None, str]:
        """Asks before a preview if the attached policy is no longer `seen`.

        Args:
            title: the title of the preview.
            text: the policy that the user is about to attach.

        Returns:
            None if the caller may go on, otherwise the outcome; and the attached policy.
        """
        return await self._guard(text, seen, _write_nothing).ask_if_changed(self.app, seen, title)

    async def attach(self, text: str, seen: str, *, block_public: bool) -> tuple[WriteOutcome, str]:
        """Attaches a policy, or asks if the attached one is no longer `seen`.

        Args:
            block_public: whether the service refuses a policy that grants broad access.

        Returns:
            The outcome, and the policy that was attached before.

        Raises:
            SmtuiError: the service refused the policy.
        """
        return await self._write(text, seen, lambda: self.client.put_resource_policy(
            SecretId=self.secret_id, ResourcePolicy=text, BlockPublicPolicy=block_public))

    async def remove(self, seen: str) -> tuple[WriteOutcome, str]:
        """Removes the policy, or asks if the attached one is no longer `seen`. Returns as `attach`.

        Raises:
            SmtuiError: the service refused it.
        """
        return await self._write("", seen, lambda: self.client.delete_resource_policy(SecretId=self.secret_id))

    async def _write(self, text: str, seen: str, write: Callable[[], object]) -> tuple[WriteOutcome, str]:
        outcome, before = await self._guard(text, seen, write).run(self.app, self.session.vault, seen)
        if outcome is WriteOutcome.STORED:
            inverse.record_policy_change(self.session, self.secret_id, self.name, before, text)
        return outcome, before

    def _guard(self, text: str, seen: str, write: Callable[[], object]) -> GuardedWrite[str]:
        """Guards a write that attaches `text` or, if it is empty, removes the policy."""
        get_policy = self.client.get_resource_policy
        return GuardedWrite(
            sanitize(f"The policy of {self.name} has changed"),
            lambda: get_policy(SecretId=self.secret_id).get("ResourcePolicy", ""), ne, write,
            lambda found: self._describe_conflict(text, seen, found),
            EDIT_ANSWERS if text else (), "Attach mine anyway" if text else "Remove anyway",
        )

    def _describe_conflict(self, text: str, seen: str, found: str) -> list[SafeText]:
        did = "changed the policy" if found and seen else "attached a policy" if found else "removed the policy"
        who = last_change.describe_last_change(
            self.session.vault, self.secret_id, self.session.region, last_change.POLICY_CHANGES, did)
        mine = _format_changes(seen, text) if text else ["  remove the policy"]
        if not found and text in (seen, indent_json(seen)):
            mine = ["  attach it again, unchanged"]
        theirs = _format_changes(seen, found) if found else ["  policy removed"]
        return [who, SafeText("Their change:"), *map(sanitize, theirs), SafeText("Your change:"), *map(sanitize, mine)]


def _write_nothing() -> None:
    """The write of a guard that only compares."""


def _format_changes(before: str, after: str) -> list[str]:
    """Returns the added and removed lines."""
    if before == after:
        return ["  nothing"]
    found = [f"  {line.sign} {line.text.strip()}" for line in diff_json(before, after) if line.sign in "+-"]
    return found or ["  formatting only"]
