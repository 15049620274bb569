"""What a person does with the labels of a secret's versions: carry, put on, take away, roll back.

Every one of these is a `Move`, which is shown before it is made.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TypeVar

from textual import getters, on

from smtui.labels import AWSCURRENT
from smtui.shown import shown
from smtui.tui import ways_back
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.label_preview import LabelPreview
from smtui.tui.dialogs.one_line import OneLine
from smtui.tui.dialogs.pick import Pick
from smtui.tui.label_moves import Move, moved, rolled_back, short
from smtui.tui.screens.one_secret import OneSecretScreen
from smtui.tui.widgets.version_list import Version, VersionList

LONGEST_LABEL = 256
Thing = TypeVar("Thing", bound=str)


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
            await self._make(f"Move {label} to version {short(target)}?", moved(self.labels, label, target))

    @gesture
    async def action_attach(self) -> None:
        version = self._chosen_version()
        if version is None:
            return
        title = shown(f"A label for version {short(version.id)}")
        label = await self.app.push_screen_wait(OneLine(title, longest=LONGEST_LABEL))
        if label in version.labels:
            self.say(f"Version {short(version.id)} has that label already.")
        elif label is not None:
            await self._make(f"Put {label} on version {short(version.id)}?", moved(self.labels, label, version.id))

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
            await self._make(f"Take {label} from version {short(version.id)}?", moved(self.labels, label, None))

    @gesture
    async def action_roll_back(self) -> None:
        move = rolled_back(self.labels)
        if self.refuses_to_write():
            return
        if move is None:
            self.say("There is no version before to roll back to: none has AWSPREVIOUS.")
            return
        await self._make("Roll back to the version before?", move)

    async def _make(self, question: str, move: Move) -> None:
        """Shows what will happen, does it, and remembers the way back."""
        if not await self.app.push_screen_wait(LabelPreview(shown(question), move)):
            return
        try:
            for step in move.steps:
                await call(self.client.update_secret_version_stage, **step.request(self.secret_id))
            self.say("\n".join(move.sentences()))
            ways_back.labels_moved(self.session, self.secret_id, self.name, move)
        finally:
            await self.reload()

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
        picked = await self.app.push_screen_wait(Pick(shown(question), [shown(label) for label in labels]))
        return None if picked is None else labels[picked]
