"""What a person does with the labels of a secret's versions: carry, put on, take away, roll back.

Every one of these is a `Move`, which is shown before it is made.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TypeVar

from textual import getters, on

from smtui.api.errors import AccessDeniedException
from smtui.api.limits import MAX_LABEL_LENGTH
from smtui.rules.compare_and_swap import read_labels
from smtui.rules.labels import AWSCURRENT
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.audit import last_change
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.one_line import OneLine
from smtui.tui.dialogs.pick import Pick
from smtui.tui.secret.base import OneSecretScreen
from smtui.tui.secret.conflict import Answer
from smtui.tui.secret.guarded_write import GuardedWrite
from smtui.tui.secret.label_moves import Labels, Move, moved, place_of, rolled_back, short
from smtui.tui.secret.label_preview import LabelPreview
from smtui.tui.secret.value_edit import Outcome
from smtui.tui.secret.version_list import Version, VersionList
from smtui.tui.undo import inverse

Thing = TypeVar("Thing", bound=str)

ROLL_BACK = SafeText("Roll back")


class LabelsScreen(OneSecretScreen):
    """Its list of versions is where labels are seen and moved."""

    versions = getters.query_one(VersionList)

    @abstractmethod
    def look_at(self, version: str) -> None:
        """Shows the value of a version, hidden."""

    @gesture
    async def action_move_label(self) -> None:
        version = self._chosen_version()
        if version is None:
            return
        if self.versions.hand is not None:
            await self._drop(version.id)
            return
        label = await self._one_of(f"Move which label of version {short(version.id)}?", version.labels)
        self.versions.take(label)
        self.refresh_bindings()

    @on(VersionList.Chosen)
    @gesture
    async def _enter(self, event: VersionList.Chosen) -> None:
        if self.versions.hand is not None:
            await self._drop(event.version)
        else:
            self.look_at(event.version)

    async def _drop(self, target: str) -> None:
        label = self.versions.hand or ""
        self.versions.take(None)
        if self.labels.get(label) != target:
            await self._make(f"Move {label} to version {short(target)}?", label, target)

    @gesture
    async def action_attach(self) -> None:
        version = self._chosen_version()
        if version is None:
            return
        title = sanitize(f"A label for version {short(version.id)}")
        label = await self.app.push_screen_wait(OneLine(title, longest=MAX_LABEL_LENGTH))
        if label in version.labels:
            self.say(f"Version {short(version.id)} has that label already.")
        elif label is not None:
            await self._make(f"Put {label} on version {short(version.id)}?", label, version.id)

    @gesture
    async def action_remove_label(self) -> None:
        version = self._chosen_version()
        if version is None:
            return
        removable = [label for label in version.labels if label != AWSCURRENT]
        if version.labels and not removable:
            self.say(f"{AWSCURRENT} cannot be taken away: move it to another version.")
            return
        label = await self._one_of(f"Take which label from version {short(version.id)}?", removable)
        if label is not None:
            await self._make(f"Take {label} from version {short(version.id)}?", label, None)

    @gesture
    async def action_roll_back(self) -> None:
        move = rolled_back(self.labels)
        if self.refuses_to_write():
            return
        if move is None:
            self.say("There is no version before to roll back to: none has AWSPREVIOUS.")
            return
        await self._make("Roll back to the version before?", AWSCURRENT, move.after[AWSCURRENT], ROLL_BACK)

    async def _make(self, question: str, label: str, target: str | None, answer: SafeText | None = None) -> None:
        """Shows what will happen, does exactly that, and remembers the way back.

        The preview is of the labels as they are by then. Where they move before Enter, that is shown, and the preview
        can be seen anew.
        """
        labels: Labels = await self._labels_now(self.labels)
        try:
            while True:
                move = moved(labels, label, target)
                preview = LabelPreview(sanitize(question), move, answer or _name_act(move, label))
                if not await self.app.push_screen_wait(preview):
                    return
                outcome, labels = await self._guard(move).run(self.app, self.vault, move.before)
                if outcome is Outcome.STORED:
                    self.say("\n".join(move.sentences()))
                    inverse.labels_moved(self.session, self.secret_id, self.name, move)
                if outcome is not Outcome.EDIT:
                    return
        finally:
            await self.reload()

    def _guard(self, move: Move) -> GuardedWrite[Labels]:
        """The calls of a move, if every label that it moves is still where the preview had it."""
        moving = {label for label in {*move.before, *move.after} if move.before.get(label) != move.after.get(label)}

        def write() -> None:
            for step in move.steps:
                self.client.update_secret_version_stage(**step.request(self.secret_id))

        def describe(found: Labels) -> list[SafeText]:
            current = found.get(AWSCURRENT, "")
            who = last_change.describe_new_version(self.vault, self.secret_id, current, self.session.region)
            said = [] if current == move.before.get(AWSCURRENT) else [who]
            return said + [
                sanitize(f"{label} was on {place_of(was)} and is on {place_of(now)} now.")
                for label in sorted(moving) if (was := move.before.get(label)) != (now := found.get(label))
            ]

        return GuardedWrite(
            sanitize(f"The labels of {self.name} moved meanwhile"), lambda: read_labels(self.client, self.secret_id),
            lambda seen, found: any(seen.get(label) != found.get(label) for label in moving), write, describe,
            (Answer.LOOK_AGAIN,), insist=None, notice="Nothing was moved.",
        )

    async def _labels_now(self, known: Labels) -> Labels:
        """Where DescribeSecret may not be used, those that the screen shows."""
        try:
            return await call(read_labels, self.session.client(record_reads=False), self.secret_id)
        except AccessDeniedException:
            return known

    def _chosen_version(self) -> Version | None:
        """The version under the cursor, where labels may be changed."""
        return None if self.refuses_to_write() else self.versions.version

    async def _one_of(self, question: str, labels: Sequence[str]) -> str | None:
        """The label that is meant; asked for only where there are several."""
        if not labels:
            self.say("This version has no label.")
            return None
        if len(labels) == 1:
            return labels[0]
        picked = await self.app.push_screen_wait(Pick(sanitize(question), [sanitize(label) for label in labels]))
        return None if picked is None else labels[picked]


def _name_act(move: Move, label: str) -> SafeText:
    """What the button of the preview is called: what becomes of `label`."""
    if label not in move.after:
        return SafeText("Remove label")
    return SafeText("Move") if label in move.before else SafeText("Attach label")
