"""Actions on the staging labels of a secret: move, attach, remove, roll back.

Each one is a `LabelMove`, which a preview shows first.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from textual import getters, on

from smtui.api.errors import AccessDeniedException
from smtui.api.limits import MAX_LABEL_LENGTH
from smtui.rules.compare_and_swap import read_labels
from smtui.rules.labels import AWSCURRENT
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.audit import last_change
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.one_line import NO_CHANGES, ask_line
from smtui.tui.dialogs.pick import Pick
from smtui.tui.dialogs.read_first import read_for_dialog
from smtui.tui.secret.base import BaseSecretScreen
from smtui.tui.secret.conflict import ConflictAnswer
from smtui.tui.secret.guarded_write import GuardedWrite
from smtui.tui.secret.label_moves import (
    LabelMove,
    Labels,
    describe_holder,
    plan_label_move,
    plan_rollback,
    shorten_id,
)
from smtui.tui.secret.label_preview import LabelPreview
from smtui.tui.secret.value_edit import WriteOutcome
from smtui.tui.secret.version_list import Version, VersionList
from smtui.tui.undo import inverse

ROLL_BACK = SafeText("Roll back")


class LabelsScreen(BaseSecretScreen):
    """A screen with a list of versions, whose labels it moves."""

    versions = getters.query_one(VersionList)
    kept_id: str | None = None
    """The version under the cursor, if others took its last label. It stays listed, so that keys still mean it."""

    async def load_changes(self) -> None:
        """Reads what others may have changed. The version under the cursor stays listed until the cursor leaves it."""
        if self.versions.version is not None and self.versions.version.labels:
            self.kept_id = self.versions.version.id
        await self.load()
        if self.versions.version is not None and self.versions.version.labels:
            self.kept_id = None

    @abstractmethod
    def show_version(self, version: str) -> None:
        """Shows the hidden value of a version, by its VersionId."""

    @gesture
    async def action_move_label(self) -> None:
        version = self._find_editable_version()
        if version is None:
            return
        if self.versions.carried_label is not None:
            await self._drop_label(version.id)
            return
        label = await self._pick_label(f"Move which label of version {shorten_id(version.id)}?", version.labels)
        self.versions.carry_label(label)
        self.refresh_bindings()

    @on(VersionList.VersionSelected)
    @gesture
    async def _open_or_drop(self, event: VersionList.VersionSelected) -> None:
        if self.versions.carried_label is not None:
            await self._drop_label(event.version)
        else:
            self.show_version(event.version)

    async def _drop_label(self, target: str) -> None:
        label = self.versions.carried_label or ""
        self.versions.carry_label(None)
        if self.labels.get(label) != target:
            await self._preview_and_move(f"Move {label} to version {shorten_id(target)}?", label, target)

    @gesture
    async def action_attach(self) -> None:
        version = self._find_editable_version()
        if version is None:
            return

        async def attach(label: str) -> str:
            if label in version.labels:
                return f"Version {shorten_id(version.id)} already has this label."
            question = f"Attach {label} to version {shorten_id(version.id)}?"
            return "" if await self._preview_and_move(question, label, version.id) else NO_CHANGES

        title = sanitize(f"Attach label to version {shorten_id(version.id)}")
        await ask_line(self.app, title, attach, longest=MAX_LABEL_LENGTH, noun="a label")

    @gesture
    async def action_remove_label(self) -> None:
        version = self._find_editable_version()
        if version is None:
            return
        removable = [label for label in version.labels if label != AWSCURRENT]
        if version.labels and not removable:
            self.say(f"{AWSCURRENT} cannot be removed. Move it to another version instead.")
            return
        label = await self._pick_label(f"Remove which label from version {shorten_id(version.id)}?", removable)
        if label is not None:
            question = f"Remove {label} from version {shorten_id(version.id)}?"
            await self._preview_and_move(question, label, None, source=version.id)

    @gesture
    async def action_roll_back(self) -> None:
        move = plan_rollback(self.labels)
        if self.refuses_to_write():
            return
        if move is None:
            self.say("Nothing to roll back to: no version has AWSPREVIOUS.")
            return
        question, current = "Roll back to the previous version?", move.after[AWSCURRENT]
        await self._preview_and_move(question, AWSCURRENT, current, answer=ROLL_BACK)

    async def _preview_and_move(
        self, question: str, label: str, target: str | None, *,
        source: str | None = None, answer: SafeText | None = None,
    ) -> bool:
        """Previews a move, makes it and records the undo action.

        The preview reads the present labels. If others move them before the answer, a dialog says so and offers a new
        preview. If another session has done the same already, that is said instead.

        Args:
            target: the version to move `label` to; None removes it from `source`.
            answer: the label of the button, if it is not named after what becomes of the label.

        Returns:
            Whether the question is settled; False if the user answered Cancel.
        """
        known = await read_for_dialog(self.app, sanitize(question), lambda: self._read_labels(self.labels))
        if known is None:
            return False
        labels: Labels = known
        try:
            while True:
                if (reason := _find_nothing_to_do(labels, label, target, source)) is not None:
                    self.say(reason)
                    return True
                move = plan_label_move(labels, label, target)
                preview = LabelPreview(sanitize(question), move, answer or _name_act(move, label))
                if not await self.app.push_screen_wait(preview):
                    return False
                outcome, labels = await self._guard_move(move).run(self.app, self.vault, move.before)
                if outcome is WriteOutcome.STORED:
                    self.say("\n".join(move.describe_done()))
                    inverse.record_label_move(self.session, self.secret_id, self.name, move)
                if outcome is not WriteOutcome.EDIT:
                    return outcome is WriteOutcome.STORED
        finally:
            await self.reload()

    def _guard_move(self, move: LabelMove) -> GuardedWrite[Labels]:
        """Guards the calls of a move: each label in the preview must still be where it was, and no other beside it."""
        def write() -> None:
            for update in move.updates:
                self.client.update_secret_version_stage(**update.build_request(self.secret_id))

        def describe(found: Labels) -> list[SafeText]:
            current = found.get(AWSCURRENT, "")
            who = last_change.describe_new_version(self.vault, self.secret_id, current, self.session.region)
            sentences = [] if current == move.before.get(AWSCURRENT) else [who]
            return sentences + [
                sanitize(f"{label} was on {describe_holder(was)}, now on {describe_holder(now)}.")
                for label in sorted({*move.select_shown(move.before), *move.select_shown(found)})
                if (was := move.before.get(label)) != (now := found.get(label))
            ]

        return GuardedWrite(
            sanitize(f"The labels of {self.name} have moved"), lambda: read_labels(self.client, self.secret_id),
            lambda seen, found: move.select_shown(seen) != move.select_shown(found), write, describe,
            (ConflictAnswer.PREVIEW_AGAIN,), store_text=None, notice="No label moved.",
        )

    async def _read_labels(self, known: Labels) -> Labels:
        """Reads the present labels; returns `known`, those on the screen, if DescribeSecret is denied."""
        try:
            return await call(read_labels, self.session.client(record_reads=False), self.secret_id)
        except AccessDeniedException:
            return known

    def _find_editable_version(self) -> Version | None:
        """The version under the cursor; None in a read-only session, or if there is no version."""
        return None if self.refuses_to_write() else self.versions.version

    async def _pick_label(self, question: str, labels: Sequence[str]) -> str | None:
        """Asks for one of several labels; None if there is none or the user cancels."""
        if not labels:
            self.say("This version has no labels.")
            return None
        if len(labels) == 1:
            return labels[0]
        picked = await self.app.push_screen_wait(Pick(sanitize(question), [sanitize(label) for label in labels]))
        return None if picked is None else labels[picked]


def _name_act(move: LabelMove, label: str) -> SafeText:
    """Names the button of the preview by what happens to `label`."""
    if label not in move.after:
        return SafeText("Remove label")
    return SafeText("Move") if label in move.before else SafeText("Attach label")


def _find_nothing_to_do(labels: Labels, label: str, target: str | None, source: str | None) -> str | None:
    """Why there is nothing left to do, as another session moved the label meanwhile; None if there is."""
    if target is None and labels.get(label) != source:
        return f"{label} is no longer on version {shorten_id(source)}. No changes made."
    if target is not None and labels.get(label) == target:
        return f"{label} is already on version {shorten_id(target)}. No changes made."
    return None
