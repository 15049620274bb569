"""What a person does with a secret as a whole: description, tags, key, deletion and restoration."""

from __future__ import annotations

from smtui.shown import shown
from smtui.tui import kms_keys, ways_back
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.deletion import DeletionPlan
from smtui.tui.dialogs.one_line import OneLine
from smtui.tui.dialogs.plan import carried_out
from smtui.tui.dialogs.tags import TagsForm
from smtui.tui.screens.one_secret import OneSecretScreen

LONGEST_DESCRIPTION = 2048


class AttributesScreen(OneSecretScreen):
    """Each gesture asks, calls, remembers the way back, and shows what there is now."""

    @gesture
    async def action_describe(self) -> None:
        if self.secret is None or self.refuses_to_write():
            return
        title = shown(f"Description of {self.name}")
        before = self.secret.get("Description", "")
        new = await self.app.push_screen_wait(OneLine(title, before, longest=LONGEST_DESCRIPTION, empty=True))
        if new is not None and new != before:
            await call(self.client.update_secret, SecretId=self.secret_id, Description=new)
            ways_back.described(self.session, self.secret_id, self.name, before, new)
            await self.done("The description is changed.")

    @gesture
    async def action_tag(self) -> None:
        if self.secret is None or self.refuses_to_write():
            return
        before = {tag["Key"]: tag.get("Value", "") for tag in self.secret.get("Tags", ())}
        changes = await self.app.push_screen_wait(TagsForm(self.name, before))
        if not changes:
            return
        if changes.removed:
            await call(self.client.untag_resource, SecretId=self.secret_id, TagKeys=list(changes.removed))
        if changes.put:
            await call(self.client.tag_resource, SecretId=self.secret_id, Tags=changes.tags())
        ways_back.tagged(self.session, self.secret_id, self.name, before, changes.put, changes.removed)
        await self.done("\n".join(changes.sentences()))

    @gesture
    async def action_key(self) -> None:
        """Another KMS key: the service seals the newest version under it, and whatever is stored from now on."""
        if self.secret is None or self.refuses_to_write():
            return
        before = self.secret.get("KmsKeyId", kms_keys.DEFAULT)
        new = await kms_keys.ask_key(self.app, self.session, shown(f"Under which key shall {self.name} be sealed?"))
        if new is not None and new != before:
            await call(self.client.update_secret, SecretId=self.secret_id, KmsKeyId=new)
            ways_back.key_changed(self.session, self.secret_id, self.name, before, new)
            await self.done(f"{self.name} is sealed under {kms_keys.short(new)}.")

    @gesture
    async def action_delete(self) -> None:
        if self.secret is None or self.refuses_to_write():
            return
        if await carried_out(self, DeletionPlan(self.session, [self.secret])):
            self.leave()

    @gesture
    async def action_restore(self) -> None:
        if self.secret is None or self.refuses_to_write():
            return
        if "DeletedDate" not in self.secret:
            self.say(f"No deletion of {self.name} is planned.")
            return
        await call(self.client.restore_secret, SecretId=self.secret_id)
        ways_back.restored(self.session, self.secret_id, self.name, self.secret["DeletedDate"])
        await self.done(f"{self.name} is restored.")
