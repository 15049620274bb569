"""One edit of a value: its base, the effects of storing it, and storing it unless others changed the secret.

The form, the external editor and a file all use it. A caller of `store` keeps the typed text until the outcome is
STORED or DISCARDED.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from smtui.api.errors import ChangedMeanwhileError, ClientError
from smtui.rules.compare_and_swap import StoreResult, find_moving_labels, is_changed, read_labels, store_value
from smtui.rules.labels import AWSCURRENT, AWSPREVIOUS
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.audit import last_change
from smtui.tui.bridge import call
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.secret.conflict import ConflictAnswer, ConflictDialog
from smtui.tui.secret.label_moves import Labels, describe_holder
from smtui.tui.secret.new_version import NewVersion
from smtui.tui.secret.value_merge import apply_changes, combine_texts, list_changed_keys
from smtui.tui.secret.values import Value, extract_value

if TYPE_CHECKING:
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

UNREADABLE_NOTE = "The current value cannot be read ({reason}). Storing replaces it."
UNREADABLE_LABELS_NOTE = SafeText("▲ The labels cannot be read either, so changes by others will not be noticed.")
UNREADABLE_CODES = frozenset({"AccessDeniedException", "DecryptionFailure", "KMSInvalidStateException"})
"""Error codes after which a value cannot be read but can still be replaced."""


@dataclass(frozen=True, slots=True, repr=False)
class EditBase:
    """The state that an edit begins from.

    Args:
        labels: each staging label with its version; None if the caller may not read them.
        value: the value; empty if the secret has none, None if the caller may not read it.
        version: the VersionId of the value, which may differ from AWSCURRENT.
        reason: why the value cannot be read; empty if it can.
    """

    labels: Labels | None
    value: Value | None
    version: str | None
    reason: str = ""

    @property
    def notes(self) -> list[SafeText]:
        """Warnings to show before the user types."""
        notes = [] if self.value is not None else [sanitize(UNREADABLE_NOTE.format(reason=self.reason.rstrip(".")))]
        return notes if self.labels is not None else [*notes, UNREADABLE_LABELS_NOTE]


class WriteOutcome(Enum):
    """How storing ended. After KEPT the typed text stays; after EDIT it goes on from the present state."""

    STORED = "stored"
    KEPT = "kept"
    EDIT = "edit"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True, repr=False)
class Conflict:
    """A change by others.

    Args:
        base: the present state.
        lines: the lines of the dialog.
        merged: the present value with the user's changes; None if the changes overlap.
    """

    base: EditBase
    lines: Sequence[SafeText]
    merged: str | None


class ValueEdit:
    """Holds the base of an edit, and the result in `stored` once it is stored.

    `base` is what the typed text began from; it changes only if the text follows. So a later question compares both
    sides with it, whatever the user answered before.
    """

    def __init__(
        self, session: Session, secret_id: str, name: SafeText, base: EditBase, *, can_be_typed: bool = True
    ) -> None:
        """Prepares an edit.

        Args:
            session: the session of the open vault.
            secret_id: the ARN or name of the secret.
            name: the name of the secret for questions.
            base: the state that the edit begins from.
            can_be_typed: False for a file, which has no typed text to go back to.
        """
        self.name = name
        self.base = base
        self.rebased_text = ""
        self._can_be_typed = can_be_typed
        self.stored: StoreResult | None = None
        self._session = session
        self._client = session.client()
        self._unrecorded = session.client(record_reads=False)
        self._secret_id = secret_id

    @property
    def initial_text(self) -> str:
        """The text to begin with; empty for a binary or unreadable value."""
        return self.base.value if isinstance(self.base.value, str) else ""

    def describe_effects(self, new: NewVersion) -> SafeText:
        """Describes what storing a version does to the keys and the labels."""
        lines = new.describe_effects(self.base.value, self.base.labels or {})
        return sanitize("\n".join([*lines, *self.base.notes]), lines=True)

    async def describe_effects_now(self, new: NewVersion) -> SafeText:
        """Describes the same, or the conflict if others have changed the secret."""
        conflict = await call(self.find_conflict, new, self.base.labels)
        if conflict is None:
            return self.describe_effects(new)
        return sanitize("\n".join([*conflict.lines, SafeText(""), SafeText("Store shows the options.")]), lines=True)

    async def store(self, app: Shell, new: NewVersion, *, preview: bool = True) -> WriteOutcome:
        """Previews a version and stores it. If others have changed the secret, a dialog asks how to go on.

        Args:
            app: the app that shows the dialogs.
            new: the version to store.
            preview: False if the user has seen the effects already.

        Raises:
            SmtuiError: the version was refused; nothing is stored.
        """
        typed, known = new, self.base.labels
        while True:
            conflict = await call(self.find_conflict, typed, known)
            if conflict is not None:
                answer = await app.push_screen_wait(self._build_conflict_dialog(conflict), always=True)
                if answer is ConflictAnswer.CANCEL:
                    return WriteOutcome.KEPT
                if answer is ConflictAnswer.DISCARD:
                    return WriteOutcome.DISCARDED
                if answer is ConflictAnswer.KEEP_EDITING:
                    self._replace_base(typed, conflict.base)
                    return WriteOutcome.EDIT
                known = conflict.base.labels
                merged = conflict.merged if answer is ConflictAnswer.APPLY else None
                new = typed if merged is None else replace(typed, value=merged)
            elif preview and not await app.push_screen_wait(self._build_preview(new)):
                return WriteOutcome.KEPT
            try:
                self.stored = await call(self._store, new, known)
            except ChangedMeanwhileError:
                preview = False
            else:
                return WriteOutcome.STORED

    def _replace_base(self, typed: NewVersion, base: EditBase) -> None:
        """Makes the present state the base, and puts into `rebased_text` the typed text that goes on from there."""
        text = typed.value if isinstance(typed.value, str) else ""
        before, now = self.base.value, base.value
        self.rebased_text = text if before is None or now is None else combine_texts(before, text, now)
        self.base = base

    def _build_preview(self, new: NewVersion) -> Confirm:
        question = sanitize(f"Store a new version of {self.name}?")
        return Confirm(question, self.describe_effects(new), "Store", can_be_undone=True)

    def _build_conflict_dialog(self, conflict: Conflict) -> ConflictDialog:
        offered = [ConflictAnswer.APPLY] if conflict.merged is not None else []
        edits = [ConflictAnswer.KEEP_EDITING, ConflictAnswer.DISCARD] if self._can_be_typed else []
        title = sanitize(f"{self.name} {'changed while you edited it' if edits else 'has changed'}")
        return ConflictDialog(title, conflict.lines, [*edits, *offered, ConflictAnswer.STORE])

    # In the vault's thread.

    def _store(self, new: NewVersion, known: Labels | None) -> StoreResult:
        expected = None if known is None else find_moving_labels(known, new.stages)
        vault = self._session.vault
        return store_value(self._client, new.build_request(self._secret_id), expected,
                           transaction=vault.transaction if vault.can.is_atomic else None)

    def find_conflict(self, new: NewVersion, known: Labels | None) -> Conflict | None:
        """Finds a change by others that storing would overwrite; None if there is none. In the vault's thread.

        Args:
            new: the version as the user typed it.
            known: the labels as the user last saw them; None if the caller may not read them.
        """
        if known is None:
            return None
        found = read_labels(self._unrecorded, self._secret_id)
        if not is_changed(find_moving_labels(known, new.stages), found):
            return None
        base = read_base(found, found.get(AWSCURRENT), self._fetch_value)
        merged = None
        if self.base.value is not None and base.value is not None:
            merged = apply_changes(self.base.value, new.value, base.value)
        return Conflict(base, list(self._describe_conflict(new, found, base)), merged)

    def _fetch_value(self, version: str | None) -> Value:
        if version is None:
            return ""
        return extract_value(self._client.get_secret_value(SecretId=self._secret_id, VersionId=version))

    def _describe_conflict(self, new: NewVersion, found: Labels, base: EditBase) -> Iterator[SafeText]:
        seen = self.base.labels or {}
        current, region = found.get(AWSCURRENT), self._session.region
        others = {AWSCURRENT}
        if current and current != seen.get(AWSCURRENT):
            others.add(AWSPREVIOUS)  # it moves along
            yield last_change.describe_new_version(self._session.vault, self._secret_id, current, region)
        for label in sorted(set(find_moving_labels(seen, new.stages)) - others):
            if (was := seen.get(label)) != (now := found.get(label)):
                yield sanitize(f"{label} was on {describe_holder(was)}, now on {describe_holder(now)}.")
        yield SafeText("")
        if base.value is None or self.base.value is None:
            why = base.reason or self.base.reason
            yield sanitize(f"Unknown which keys differ: the value cannot be read ({why.rstrip('.')}).")
            return
        began_current = self.base.version == seen.get(AWSCURRENT)
        before = self.base.value if began_current else self._fetch_value(seen.get(AWSCURRENT))
        yield sanitize(f"They changed: {list_changed_keys(before, base.value)}")
        yield sanitize(f"You changed:  {list_changed_keys(self.base.value, new.value)}")
        if new.value == base.value:
            yield SafeText("The current value is the one you typed.")


def read_base(labels: Labels | None, version: str | None, read: Callable[[str | None], Value]) -> EditBase:
    """Reads the base of an edit, even if the caller may not read the value.

    Args:
        labels: the present labels, read before the value; None if the caller may not read them.
        version: the VersionId to edit; None for AWSCURRENT.
        read: reads the value of a version, in the vault's thread.

    Raises:
        ClientError: a refusal after which the value must not be replaced.
    """
    try:
        return EditBase(labels, read(version), version)
    except ClientError as refusal:
        if refusal.code not in UNREADABLE_CODES:
            raise
        return EditBase(labels, None, version, _shorten(refusal.message))


def _shorten(message: str) -> str:
    """Removes the ARNs of the caller and of the secret, which the user knows."""
    return re.sub(r" on resource: \S+", "", re.sub(r"^User: \S+ is", "you are", message))

