"""Actions on a KMS key: description, aliases, state and deletion."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from smtui.api.errors import SmtuiError
from smtui.api.limits import MAX_ALIAS_LENGTH, MAX_KEY_DESCRIPTION_LENGTH
from smtui.text.dates import format_date
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.base_screen import SessionScreen
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.dialogs.one_line import NO_CHANGES, OneLine, ask_line
from smtui.tui.dialogs.pick import Pick
from smtui.tui.dialogs.read_first import read_for_dialog
from smtui.tui.kms import key_conflict
from smtui.tui.kms.aliases import NOWHERE, find_target
from smtui.tui.kms.deletion import KeyDeletion
from smtui.tui.kms.key_conflict import KeyChange
from smtui.tui.kms.keys import AWS_OWN, KeyUsage, KmsKey, make_usage
from smtui.tui.kms.new_key import find_alias_problem, parse_alias
from smtui.tui.notifications import is_input_kept
from smtui.tui.secret.guarded_write import EDIT_ANSWERS
from smtui.tui.secret.value_edit import WriteOutcome
from smtui.tui.undo import inverse_kms

if TYPE_CHECKING:
    from smtui.api.kms_types import KeyClient
    from smtui.backends.local import Vault

NEW_ALIAS = SafeText("Add an alias, or move one to this key")
ALIAS_MOVES = SafeText("Secrets that use the alias will be encrypted with this key. Existing versions keep their key.")
ALIAS_REMOVED = SafeText(
    "The key is kept. Secrets that use this alias cannot get new versions until it points to a key again."
)
NOT_READ = SafeText("Reading the details of the key…")

OPERATIONS: Mapping[str, Sequence[str]] = {
    "add": ("CreateKey",), "edit": ("UpdateKeyDescription",), "delete": ("ScheduleKeyDeletion",),
    "restore": ("CancelKeyDeletion",), "alias": ("CreateAlias", "UpdateAlias", "DeleteAlias"),
    "policy": ("GetKeyPolicy",), "tag": ("TagResource", "UntagResource"),
}
"""Operations of which an action on a key needs one; Disable/enable needs the one for the state of the key."""


class KeyActionsScreen(SessionScreen[None]):
    """A screen with a KMS key under its cursor and the actions on that key."""

    operations = OPERATIONS

    @property
    def kms(self) -> KeyClient:
        """A client for KMS in the Region of the session."""
        return self.session.keys()

    @property
    @abstractmethod
    def current(self) -> KmsKey | None:
        """The key under the cursor; None if there is none."""

    def list_resource_ids(self) -> Collection[str]:
        key = self.current
        return [key.id, key.arn, *key.aliases] if key else []

    def list_operations(self, action: str) -> Sequence[str]:
        if action == "switch_state" and self.current is not None and self.current.has_details:
            return ["DisableKey"] if self.current.state == "Enabled" else ["EnableKey"]
        return super().list_operations(action)

    def _require_changeable(self) -> KmsKey | None:
        """Returns the key under the cursor if it can be changed; otherwise shows why not and returns None."""
        key = self.current
        if key is None or self.refuses_to_write():
            return None
        if key.is_managed:
            self.say(AWS_OWN)
            return None
        if sentence := self.find_lacking_details(key):
            self.say(sentence, severity="warning")
            return None
        return key

    def find_lacking_details(self, key: KmsKey) -> SafeText:
        """Why a key cannot be changed yet, because its details are not read; empty if they are."""
        return SafeText("") if key.has_details else NOT_READ

    @gesture
    async def action_edit(self) -> None:
        """Edits the description."""
        key = self._require_changeable()
        if key is None:
            return
        title = sanitize(f"Description of {key.name}")
        seen = typed = key.description
        while True:
            line = OneLine(title, typed, longest=MAX_KEY_DESCRIPTION_LENGTH, noun="", is_refilled=typed != seen)
            new = await self.app.push_screen_wait(line)
            if new is None or new == seen:
                return
            typed = new

            def write(new: str = new) -> object:
                return self.kms.update_key_description(KeyId=key.id, Description=new)

            try:
                outcome, found = await self._write(key_conflict.describe_change(key, new, write, EDIT_ANSWERS), seen)
            except SmtuiError as error:
                if not is_input_kept(error):
                    raise
                self.app.report(error)
                continue
            if outcome is WriteOutcome.STORED:
                inverse_kms.record_description(self.session, replace(key, description=found), new)
                await self.report_change("Description changed.")
            if outcome in (WriteOutcome.STORED, WriteOutcome.DISCARDED):
                return
            if outcome is WriteOutcome.EDIT:
                seen = found

    async def _write(self, change: KeyChange, seen: str) -> tuple[WriteOutcome, str]:
        """Writes unless the state differs from `seen`; then a dialog asks.

        Returns:
            The outcome and the state that `GuardedWrite.run` returns.
        """
        return await change.guard(self.session, seen).run(self.app, self.vault, seen)

    async def _change_state(
        self, key: KmsKey, yours: str, write: Callable[[], object], insist: str, usage: KeyUsage | None = None
    ) -> bool:
        """Changes the state of a key unless others changed it meanwhile; then a dialog asks.

        Args:
            key: the key as the user saw it.
            yours: the new state, for the dialog.
            write: writes, in the thread of the vault.
            insist: the text of the button that writes in spite of the conflict.
            usage: what the key encrypts, if the user saw that in the question.

        Returns:
            Whether the change was written.
        """
        region = self.session.region

        def count_usage() -> KeyUsage:
            return make_usage(self.vault, self.vault.key_usage.count_versions(key.id, region_name=region))

        change = key_conflict.make_state_change(key, yours, write, insist, count_usage if usage else None)
        seen = f"{key_conflict.format_state(key)}{key_conflict.format_usage(usage)}"
        outcome, _ = await self._write(change, seen)
        return outcome is WriteOutcome.STORED

    @gesture
    async def action_switch_state(self) -> None:
        """Enables a disabled key, or disables an enabled key after a question."""
        key = self._require_changeable()
        if key is None:
            return
        if key.deletes_at is not None:
            self.say(f"{key.name} is scheduled for deletion. Cancel the deletion first (U).")
        elif key.state == "Enabled":
            title = sanitize(f"Disable {key.name}?")
            sealed = await read_for_dialog(self.app, title, lambda: self.read_usage(key))
            if sealed is None:
                return
            text = sanitize(f"It encrypts {sealed.amount}. While disabled, it can neither decrypt nor encrypt values.")
            if await self.app.push_screen_wait(Confirm(title, text, "Disable")) and \
                    await self._change_state(key, "disabled", lambda: self.kms.disable_key(KeyId=key.id),
                                             "Disable anyway", sealed):
                inverse_kms.record_state_change(self.session, key, on=False)
                await self.report_change(f"{key.name} disabled.")
        else:
            await self._enable(key)

    async def _enable(self, key: KmsKey) -> None:
        if await self._change_state(key, "enabled", lambda: self.kms.enable_key(KeyId=key.id), "Enable anyway"):
            inverse_kms.record_state_change(self.session, key, on=True)
            await self.report_change(f"{key.name} enabled.")

    async def read_usage(self, key: KmsKey) -> KeyUsage:
        """Counts the versions that the key encrypts, in the background."""
        region = self.session.region
        return make_usage(self.vault, await self.session.background.run(
            lambda own: own.key_usage.count_versions(key.id, region_name=region)
        ))

    async def read_usage_and_names(self, key: KmsKey) -> tuple[KeyUsage, list[str]]:
        """Counts the versions that the key encrypts, and lists the names of the first secrets."""
        return await self.read_usage(key), await self.read_secret_names(key)

    async def read_secret_names(self, key: KmsKey) -> list[str]:
        """Lists the names of the first secrets with a version that the key encrypts, in the background."""
        region = self.session.region

        def list_names(own: Vault) -> list[str]:
            return own.key_usage.list_secret_names(key.id, region_name=region)

        return await self.session.background.run(list_names)

    @gesture
    async def action_delete(self) -> None:
        """Asks for the waiting period and schedules the deletion of the key."""
        key = self._require_changeable()
        if key is None:
            return
        if key.deletes_at is not None:
            self.say(f"{key.name} is already scheduled for deletion.")
            return
        title = sanitize(f"Schedule deletion of {key.name}?")
        use = await read_for_dialog(self.app, title, lambda: self.read_usage_and_names(key))
        if use is None:
            return
        sealed, names = use
        days = await self.app.push_screen_wait(KeyDeletion(key, sealed, names, self.session.now()))
        if days is None:
            return
        date = format_date(self.session.now() + timedelta(days=days))
        due: list[datetime] = []

        def schedule() -> None:
            due.append(self.kms.schedule_key_deletion(KeyId=key.id, PendingWindowInDays=days)["DeletionDate"])

        if await self._change_state(
                key, f"scheduled for deletion on {date}", schedule, "Schedule deletion anyway", sealed):
            inverse_kms.record_deletion(self.session, key, due[-1])
            await self.report_change(f"{key.name} is disabled and will be deleted on {date}.")

    @gesture
    async def action_restore(self) -> None:
        """Cancels the deletion of the key. KMS leaves the key disabled, so a dialog asks whether to enable it.

        Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html
        """
        key = self._require_changeable()
        if key is None:
            return
        if key.deletes_at is None:
            self.say(f"{key.name} is not scheduled for deletion.")
            return
        if not await self._change_state(
                key, "disabled", lambda: self.kms.cancel_key_deletion(KeyId=key.id), "Cancel deletion anyway"):
            return
        inverse_kms.record_deletion_cancel(self.session, key)
        await self.report_change(f"Deletion of {key.name} cancelled.")
        question = Confirm(sanitize(f"Enable {key.name} as well?"),
                           SafeText("Its deletion is cancelled, but it is still disabled."), "Enable",
                           can_be_undone=True)
        if await self.app.push_screen_wait(question):
            await self._enable(replace(key, state="Disabled", deletes_at=None))

    # Aliases.

    @gesture
    async def action_alias(self) -> None:
        """Adds an alias to the key or removes one of its aliases."""
        key = self._require_changeable()
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

    async def _add_alias(self, key: KmsKey) -> None:
        title = sanitize(f"Alias for {key.name}")
        await ask_line(self.app, title, lambda typed: self._point_alias(key, title, parse_alias(typed)),
                       longest=MAX_ALIAS_LENGTH, noun="an alias", find_problem=find_alias_problem)

    async def _point_alias(self, key: KmsKey, title: SafeText, alias: str) -> str:
        """Creates the alias, or moves it to the key after a question; returns why not, or an empty text."""
        targets = await read_for_dialog(self.app, title, lambda: self._find_targets(alias))
        if targets is None:
            return NO_CHANGES
        [seen] = targets
        if seen == key.id:
            return f"{alias} already points to this key."
        if seen is not None:
            question = Confirm(sanitize(f"Move {alias} from {seen} to {key.id}?"), ALIAS_MOVES, "Move")
            if not await self.app.push_screen_wait(question):
                return NO_CHANGES
        change = key_conflict.make_alias_change(
            alias, key.id, lambda: self._set_alias(alias, key.id), "Move alias anyway")
        outcome, found = await self._write(change, seen or NOWHERE)
        if outcome is not WriteOutcome.STORED:
            return NO_CHANGES
        inverse_kms.record_alias(self.session, alias, None if found == NOWHERE else found, key.id)
        await self.report_change(f"{alias} now points to {key.id}.")
        return ""

    async def _find_targets(self, alias: str) -> tuple[str | None]:
        """Returns the id of the key that the alias refers to, in a tuple; the id is None without such an alias."""
        return (await call(find_target, self.reader, alias),)

    def _set_alias(self, alias: str, key_id: str) -> None:
        """Creates the alias or moves it to the key. Runs in the thread of the vault."""
        is_there = find_target(self.session.keys(record_reads=False), alias) is not None
        method = self.kms.update_alias if is_there else self.kms.create_alias
        method(AliasName=alias, TargetKeyId=key_id)

    async def _remove_alias(self, key: KmsKey, alias: str) -> None:
        if await self.app.push_screen_wait(Confirm(sanitize(f"Remove {alias}?"), ALIAS_REMOVED, "Remove")):
            change = key_conflict.make_alias_change(
                alias, "removed", lambda: self._delete_alias(alias), "Remove anyway")
            outcome, found = await self._write(change, key.id)
            if outcome is WriteOutcome.STORED and found != NOWHERE:
                inverse_kms.record_alias_removal(self.session, alias, replace(key, id=found))
            if outcome is WriteOutcome.STORED:
                await self.report_change(f"{alias} removed.")

    def _delete_alias(self, alias: str) -> None:
        """Deletes the alias if it still exists. Runs in the thread of the vault."""
        if find_target(self.session.keys(record_reads=False), alias) is not None:
            self.kms.delete_alias(AliasName=alias)
