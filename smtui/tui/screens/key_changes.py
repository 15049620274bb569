"""What a person does with a KMS key: describe it, name it, put it out of use and back, plan its end."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from smtui.api.limits import MAX_ALIAS_LENGTH, MAX_KEY_DESCRIPTION_LENGTH
from smtui.shown import SafeText, sanitize
from smtui.tui import rows, ways_back_of_keys
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.dialogs.fields import InvalidFieldError
from smtui.tui.dialogs.key_deletion import KeyDeletion
from smtui.tui.dialogs.new_key import alias_of
from smtui.tui.dialogs.one_line import OneLine
from smtui.tui.dialogs.pick import Pick
from smtui.tui.key_facts import AWS_OWN, Key, Sealed, keys_of
from smtui.tui.screens.of_session import SessionScreen

if TYPE_CHECKING:
    from smtui.api.kms import KeyClient
    from smtui.backends.local import Vault

NEW_ALIAS = SafeText("A new alias, or one that leads elsewhere so far")
TURNED = SafeText("Secrets that name it are sealed under this key from now on. What they hold stays where it is.")
UNNAMED = SafeText("The key stays. Secrets that name this alias cannot be sealed anew until it leads somewhere again.")


class KeyChangesScreen(SessionScreen[None]):
    """A screen with a key under its cursor."""

    @property
    def kms(self) -> KeyClient:
        return self.session.keys()

    @property
    @abstractmethod
    def current(self) -> Key | None:
        """The key under the cursor."""

    def _changeable(self) -> Key | None:
        """The key under the cursor, where it may be changed; else says why not."""
        key = self.current
        if key is None or self.refuses_to_write():
            return None
        if key.managed:
            self.say(AWS_OWN)
            return None
        return key

    @gesture
    async def action_edit(self) -> None:
        key = self._changeable()
        if key is None:
            return
        title = sanitize(f"Description of {key.name}")
        line = OneLine(title, key.description, longest=MAX_KEY_DESCRIPTION_LENGTH, empty=True)
        new = await self.app.push_screen_wait(line)
        if new is not None and new != key.description:
            await call(self.kms.update_key_description, KeyId=key.id, Description=new)
            ways_back_of_keys.described(self.session, key, new)
            await self.done("The description is changed.")

    @gesture
    async def action_switch(self) -> None:
        """Off, with a warning, or on."""
        key = self._changeable()
        if key is None:
            return
        if key.deletes_at is not None:
            self.say(f"{key.name} is on its way out: U brings it back first.")
        elif key.state == "Enabled":
            sealed = await self.sealed(key)
            seals = sealed.words if sealed.versions else "nothing"
            text = sanitize(f"It seals {seals}. Until it is enabled again, that cannot be read, and no more is sealed.")
            if await self.app.push_screen_wait(Confirm(sanitize(f"Disable {key.name}?"), text, "Disable")):
                await call(self.kms.disable_key, KeyId=key.id)
                ways_back_of_keys.switched(self.session, key, on=False)
                await self.done(f"{key.name} is disabled.")
        else:
            await self._enable(key)

    async def _enable(self, key: Key) -> None:
        await call(self.kms.enable_key, KeyId=key.id)
        ways_back_of_keys.switched(self.session, key, on=True)
        await self.done(f"{key.name} is enabled.")

    async def sealed(self, key: Key) -> Sealed:
        region = self.session.region
        return Sealed(*await self.session.beside.run(
            lambda own: own.key_usage.count_versions(key.id, region_name=region)
        ))

    async def names(self, key: Key) -> list[str]:
        region = self.session.region

        def look(own: Vault) -> list[str]:
            return own.key_usage.list_secret_names(key.id, region_name=region)

        return await self.session.beside.run(look)

    @gesture
    async def action_delete(self) -> None:
        key = self._changeable()
        if key is None:
            return
        if key.deletes_at is not None:
            self.say(f"The deletion of {key.name} is planned already.")
            return
        sealed, names = await self.sealed(key), await self.names(key)
        days = await self.app.push_screen_wait(KeyDeletion(key, sealed, names, self.session.now()))
        if days is not None:
            answer = await call(self.kms.schedule_key_deletion, KeyId=key.id, PendingWindowInDays=days)
            ways_back_of_keys.deletion_planned(self.session, key)
            await self.done(f"{key.name} is out of use, and deleted on {rows.day(answer['DeletionDate'])}.")

    @gesture
    async def action_restore(self) -> None:
        """KMS leaves a key disabled whose deletion is cancelled; whether that is wanted is asked."""
        key = self._changeable()
        if key is None:
            return
        if key.deletes_at is None:
            self.say(f"No deletion of {key.name} is planned.")
            return
        await call(self.kms.cancel_key_deletion, KeyId=key.id)
        ways_back_of_keys.deletion_cancelled(self.session, key)
        await self.done(f"{key.name} stays, disabled.")
        question = Confirm(sanitize(f"Enable {key.name} as well?"), SafeText("It stays, but is still out of use."),
                           "Enable", can_be_undone=True)
        if await self.app.push_screen_wait(question):
            await self._enable(key)

    # Aliases.

    @gesture
    async def action_alias(self) -> None:
        """A new one, or one of them taken away."""
        key = self._changeable()
        if key is None:
            return
        picked: int | None = 0
        if key.aliases:
            removals = [sanitize(f"Remove {each}") for each in key.aliases]
            picked = await self.app.push_screen_wait(Pick(sanitize(f"Aliases of {key.name}"), [NEW_ALIAS, *removals]))
        if picked == 0:
            await self._add_alias(key)
        elif picked is not None:
            await self._remove_alias(key, key.aliases[picked - 1])

    async def _add_alias(self, key: Key) -> None:
        typed = await self.app.push_screen_wait(OneLine(sanitize(f"An alias for {key.name}"), longest=MAX_ALIAS_LENGTH))
        if typed is None:
            return
        try:
            alias = alias_of(typed)
        except InvalidFieldError as unfit:
            self.say(str(unfit), severity="warning")
            return
        before: Key | None = next((each for each in await call(keys_of, self.reader) if alias in each.aliases), None)
        if before is None:
            await call(self.kms.create_alias, AliasName=alias, TargetKeyId=key.id)
        elif before.id == key.id:
            self.say(f"{alias} leads to this key already.")
            return
        else:
            question = Confirm(sanitize(f"Turn {alias} from {before.id} to {key.id}?"), TURNED, "Turn")
            if not await self.app.push_screen_wait(question):
                return
            await call(self.kms.update_alias, AliasName=alias, TargetKeyId=key.id)
        ways_back_of_keys.alias_set(self.session, alias, before.id if before else None)
        await self.done(f"{alias} leads to {key.id}.")

    async def _remove_alias(self, key: Key, alias: str) -> None:
        if await self.app.push_screen_wait(Confirm(sanitize(f"Remove {alias}?"), UNNAMED, "Remove")):
            await call(self.kms.delete_alias, AliasName=alias)
            ways_back_of_keys.alias_removed(self.session, alias, key)
            await self.done(f"{alias} is removed.")
