"""Actions on the policy and the tags of a KMS key."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from smtui.api.errors import SmtuiError
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.read_first import read_for_dialog
from smtui.tui.kms.actions import KeyActionsScreen
from smtui.tui.kms.key_conflict import make_attribute_change
from smtui.tui.kms.key_policy import KeyPolicyDialog
from smtui.tui.kms.keys import KmsKey
from smtui.tui.notifications import is_input_kept
from smtui.tui.secret.tags import Tags, TagsForm
from smtui.tui.secret.value_edit import WriteOutcome
from smtui.tui.undo import inverse_kms

if TYPE_CHECKING:
    from smtui.api.kms_types import KeyClient, KeyOperations

POLICY_CHANGES, TAG_CHANGES = frozenset({"PutKeyPolicy"}), frozenset({"TagResource", "UntagResource"})


class KeyAttributesScreen(KeyActionsScreen):
    """A screen with a KMS key under its cursor, and the actions on its policy and tags."""

    @gesture
    async def action_policy(self) -> None:
        """Shows the policy of the key, and replaces it. The policy of a managed key can only be read."""
        key = self.current
        if key is None:
            return
        seen = await read_for_dialog(self.app, sanitize(f"Policy of {key.name}"),
                                     lambda: call(read_policy, self.reader, key.id))
        typed: str | None = None
        while seen is not None:
            dialog = KeyPolicyDialog(key.name, seen, typed, is_fixed=key.is_managed or self.read_only)
            typed = await self.app.push_screen_wait(dialog)
            if typed is None:
                return
            written = typed

            def write(text: str = written) -> object:
                return self.kms.put_key_policy(KeyId=key.id, Policy=text)

            outcome, found = await self._store(key, "policy", seen, written, write)
            if outcome is WriteOutcome.STORED:
                inverse_kms.record_key_policy(self.session, key, found, written)
                await self.report_change(f"Policy of {key.name} changed.")
            if outcome in (WriteOutcome.STORED, WriteOutcome.DISCARDED):
                return
            seen = found

    @gesture
    async def action_tag(self) -> None:
        """Edits the tags of the key."""
        key = self._require_changeable()
        if key is None:
            return
        seen = await read_for_dialog(self.app, sanitize(f"Tags of {key.name}"),
                                     lambda: call(read_tags, self.session.keys(record_reads=False), key.id))
        typed = seen
        while seen is not None:
            changes = await self.app.push_screen_wait(TagsForm(key.name, seen, typed))
            if not changes:
                return
            typed = changes.after
            client, put, removed = self.kms, changes.put, list(changes.removed)

            def write(client: KeyClient = client, put: Tags = put, removed: list[str] = removed) -> None:
                if removed:
                    client.untag_resource(KeyId=key.id, TagKeys=removed)
                if put:
                    client.tag_resource(KeyId=key.id, Tags=[
                        {"TagKey": name, "TagValue": value} for name, value in put.items()])

            outcome, found = await self._store(key, "tags", format_tags(seen), format_tags(typed), write)
            present: Tags = json.loads(found)
            if outcome is WriteOutcome.STORED:
                inverse_kms.record_key_tags(self.session, key, present, replace(changes, before=present).after)
                await self.report_change("\n".join((f"Tags of {key.name} changed:", *changes.describe_changes())))
            if outcome in (WriteOutcome.STORED, WriteOutcome.DISCARDED):
                return
            seen, typed = present, replace(changes, before=present).after

    async def _store(
        self, key: KmsKey, what: str, seen: str, yours: str, write: Callable[[], object]
    ) -> tuple[WriteOutcome, str]:
        """Writes unless others have changed what the user saw; then a dialog asks.

        Returns:
            The outcome, KEPT also after a refusal that the user can correct; and the state to go on from, as text.
        """
        reads = {"policy": read_policy, "tags": lambda client, key_id: format_tags(read_tags(client, key_id))}
        operations = POLICY_CHANGES if what == "policy" else TAG_CHANGES
        change = make_attribute_change(key, what, operations, reads[what], yours, write)
        try:
            return await self._write(change, seen)
        except SmtuiError as error:
            if not is_input_kept(error):
                raise
            self.app.report(error)
            return WriteOutcome.KEPT, seen


def read_policy(client: KeyOperations, key_id: str) -> str:
    return client.get_key_policy(KeyId=key_id)["Policy"]


def read_tags(client: KeyOperations, key_id: str) -> Tags:
    """The tags of a key."""
    return {tag["TagKey"]: tag["TagValue"] for tag in client.list_resource_tags(KeyId=key_id)["Tags"]}


def format_tags(tags: Tags) -> SafeText:
    """The tags as one text, in order."""
    return sanitize(json.dumps(dict(sorted(tags.items())), ensure_ascii=False))
