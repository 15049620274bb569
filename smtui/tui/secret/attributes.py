"""Actions on a secret as a whole: description, tags, KMS key, deletion and restoration."""

from __future__ import annotations

from operator import ne

from smtui.api.errors import SmtuiError
from smtui.api.limits import MAX_DESCRIPTION_LENGTH
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.audit import last_change
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.one_line import OneLine
from smtui.tui.kms import picker
from smtui.tui.kms.aliases import KeyChoice, describe_moved_alias, find_key
from smtui.tui.notifications import is_input_kept
from smtui.tui.secret.base import BaseSecretScreen
from smtui.tui.secret.conflict import describe_states
from smtui.tui.secret.guarded_write import GuardedWrite
from smtui.tui.secret.tag_edit import edit_tags
from smtui.tui.secret.tags import extract_tags
from smtui.tui.secret.value_edit import WriteOutcome
from smtui.tui.secret_list.deletion import DeletionPlan
from smtui.tui.secret_list.plan_dialog import run_plan_dialog
from smtui.tui.secret_list.restore import restore_secret
from smtui.tui.undo import inverse


class AttributesScreen(BaseSecretScreen):
    """Each action asks, calls the service, records the undo action and reloads the screen."""

    @gesture
    async def action_edit_description(self) -> None:
        """Edits the description. After a refusal the dialog opens again with the text that was typed."""
        if self.secret is None or self.refuses_to_write():
            return
        title, longest = sanitize(f"Description of {self.name}"), MAX_DESCRIPTION_LENGTH
        before = typed = self.secret.get("Description", "")
        while True:
            line = OneLine(title, typed, longest=longest, noun="", is_refilled=typed != before)
            new = await self.app.push_screen_wait(line)
            if new is None or new == before:
                return
            typed = new
            try:
                outcome, found = await self._guard_description(before, new).run(self.app, self.vault, before)
            except SmtuiError as error:
                if not is_input_kept(error):
                    raise
                self.app.report(error)
                continue
            if outcome is WriteOutcome.STORED:
                inverse.record_description(self.session, self.secret_id, self.name, found, new)
                await self.report_change("Description changed.")
            if outcome in (WriteOutcome.STORED, WriteOutcome.DISCARDED):
                return
            if outcome is WriteOutcome.EDIT:
                before = found

    def _guard_description(self, before: str, new: str) -> GuardedWrite[str]:
        def describe(found: str) -> list[SafeText]:
            return describe_states(self._describe_last_update("changed the description"), before, found, new)

        return GuardedWrite(
            sanitize(f"The description of {self.name} changed while you edited it"),
            lambda: self.client.describe_secret(SecretId=self.secret_id).get("Description", ""), ne,
            lambda: self.client.update_secret(SecretId=self.secret_id, Description=new), describe,
        )

    def _describe_last_update(self, did: str) -> SafeText:
        return last_change.describe_last_change(self.vault, self.secret_id, self.session.region, {"UpdateSecret"}, did)

    @gesture
    async def action_tag(self) -> None:
        if self.secret is not None and not self.refuses_to_write():
            await edit_tags(self, self.secret_id, self.name, extract_tags(self.secret))

    @gesture
    async def action_change_key(self) -> None:
        """Changes the KMS key. The service re-encrypts the newest version with it and uses it for later versions."""
        if self.secret is None or self.refuses_to_write():
            return
        before = self.secret.get("KmsKeyId", picker.DEFAULT)
        choice = await picker.ask_key(self.app, self.session, sanitize(f"KMS key for {self.name}"))
        if choice is None:
            return
        new = choice.key_id
        if new == before:
            self.say(f"{self.name} already uses {picker.shorten_key_id(new)}.")
            return
        guard = self._guard_key(before, choice)
        outcome, (found, _) = await guard.run(self.app, self.vault, (before, choice.target))
        if outcome is WriteOutcome.STORED:
            former = KeyChoice(found, await call(find_key, self.session.keys(record_reads=False), found))
            inverse.record_key_change(self.session, self.secret_id, self.name, former, new)
            await self.report_change(f"{self.name} re-encrypted with {picker.shorten_key_id(new)}.")

    def _guard_key(self, before: str, choice: KeyChoice) -> GuardedWrite[tuple[str, str]]:
        """Guards the KmsKeyId of the secret, and the key to which the chosen alias points."""
        reader, new = self.session.keys(record_reads=False), choice.key_id

        def read() -> tuple[str, str]:
            secret = self.client.describe_secret(SecretId=self.secret_id)
            return secret.get("KmsKeyId", picker.DEFAULT), find_key(reader, new)

        def describe(found: tuple[str, str]) -> list[SafeText]:
            lines = []
            if found[0] != before:
                who = self._describe_last_update("changed the KMS key")
                lines = describe_states(who, *map(picker.shorten_key_id, (before, found[0], new)))
            if found[1] != choice.target:
                lines += describe_moved_alias(self.vault, choice, found[1], self.session.region)
            return lines

        return GuardedWrite(
            sanitize(f"The KMS key of {self.name} has changed"), read, ne,
            lambda: self.client.update_secret(SecretId=self.secret_id, KmsKeyId=new), describe, (),
            f"Use {picker.shorten_key_id(new)} anyway",
        )

    @gesture
    async def action_delete(self) -> None:
        if self.secret is None or self.refuses_to_write():
            return
        if await run_plan_dialog(self, DeletionPlan(self.session, [self.secret])):
            self.dismiss()

    @gesture
    async def action_restore(self) -> None:
        if self.secret is not None and not self.refuses_to_write():
            await restore_secret(self, self.secret)
