"""Moves of staging labels as data: their effect, their calls, and the move that undoes them.

`smtui.rules.labels` computes the effect, so a preview shows what the vault does. Versions are VersionIds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from smtui.rules import labels
from smtui.rules.labels import AWSCURRENT, AWSPENDING, AWSPREVIOUS
from smtui.text.sanitize import SafeText, sanitize

if TYPE_CHECKING:
    from smtui.api.types import DescribeSecretResponse, SecretVersionsListEntry, UpdateSecretVersionStageRequest

Labels = Mapping[str, str]
"""Each staging label with the version that carries it."""
SHORT_LENGTH = 8
NEW_VERSION = "the new version"
"""Stands for the VersionId of a version that does not exist yet."""


class Verbs(NamedTuple):
    """What happens to a label."""

    move: str
    attach: str
    remove: str


PLANNED = Verbs("moves", "is attached", "is removed")
DONE = Verbs("moved", "was attached", "was removed")


@dataclass(frozen=True, slots=True)
class LabelUpdate:
    """One call of UpdateSecretVersionStage.

    Args:
        label: the staging label.
        remove_from: the version that carries the label; None if none does.
        move_to: the version that gets the label; None to remove the label.
    """

    label: str
    remove_from: str | None
    move_to: str | None

    def build_request(self, secret_id: str) -> UpdateSecretVersionStageRequest:
        """Builds the request for a secret, by its ARN or name."""
        request: UpdateSecretVersionStageRequest = {"SecretId": secret_id, "VersionStage": self.label}
        if self.remove_from is not None:
            request["RemoveFromVersionId"] = self.remove_from
        if self.move_to is not None:
            request["MoveToVersionId"] = self.move_to
        return request

    def apply(self, before: Labels) -> dict[str, str]:
        """The labels after this call, AWSPREVIOUS included."""
        return labels.move(before, self.label, remove_from=self.remove_from, move_to=self.move_to)


@dataclass(frozen=True, slots=True)
class VersionChange:
    """The labels of one version before and after a move, in the order of the screens."""

    version: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelMove:
    """The labels before and after, and the calls in between, in their order."""

    before: Labels
    after: Labels
    updates: tuple[LabelUpdate, ...]

    def list_changes(self) -> tuple[VersionChange, ...]:
        """Lists the versions whose labels change; those that get a label come first."""
        versions = dict.fromkeys((*self.after.values(), *self.before.values()))
        found = (VersionChange(each, _list_labels(self.before, each), _list_labels(self.after, each))
                 for each in versions)
        return tuple(change for change in found if change.before != change.after)

    def describe(self) -> list[SafeText]:
        """Describes in sentences what will happen to each label, and which versions become deprecated."""
        sentences = [self._describe_label(label) for label in sorted(self.moving)]
        sentences += [f"{shorten_id(each)} has no labels left and becomes deprecated; it may be removed at any time."
                 for each in sorted(labels.find_deprecated(self.before, self.after))]
        if len(self.updates) > 1:
            sentences.append(f"This takes {len(self.updates)} calls.")
        return [sanitize(sentence) for sentence in sentences]

    def describe_done(self) -> list[SafeText]:
        """Describes in sentences what has happened to each label."""
        return [sanitize(self._describe_label(label, DONE)) for label in sorted(self.moving)]

    @property
    def moving(self) -> set[str]:
        """The labels that are on another version afterwards, or on none."""
        known = {*self.before, *self.after}
        return {label for label in known if self.before.get(label) != self.after.get(label)}

    def select_shown(self, labels: Labels) -> dict[str, str]:
        """Selects the labels that a preview shows: those that move, and all of the versions whose labels change."""
        moving, versions = self.moving, {change.version for change in self.list_changes()}
        return {label: version for label, version in labels.items() if label in moving or version in versions}

    @property
    def summary(self) -> str:
        """A short text about the requested label, which is the one of the first call."""
        label = self.updates[0].label
        target = self.after.get(label)
        return f"{label} removed" if target is None else f"{label} moved to {shorten_id(target)}"

    def _describe_label(self, label: str, verbs: Verbs = PLANNED) -> str:
        source, target = self.before.get(label), self.after.get(label)
        if target is None:
            return f"{label} {verbs.remove} from {shorten_id(source)}."
        if source is None:
            return f"{label} {verbs.attach} to {shorten_id(target)}."
        return f"{label} {verbs.move} from {shorten_id(source)} to {shorten_id(target)}."

    def invert(self) -> LabelMove | None:
        """The move that undoes this one; None if it would remove AWSCURRENT, which the service refuses."""
        if AWSCURRENT in self.after and AWSCURRENT not in self.before:
            return None
        return LabelMove(self.after, self.before, tuple(_plan_updates(self.after, self.before)))


def plan_label_move(before: Labels, label: str, target: str | None) -> LabelMove:
    """Plans the move of a label.

    Args:
        before: the present labels.
        label: the label to move.
        target: the version that gets it; None to remove the label.
    """
    update = LabelUpdate(label, _find_source(before, label, target), target)
    return LabelMove(before, update.apply(before), (update,))


def plan_rollback(before: Labels) -> LabelMove | None:
    """Plans the move of AWSCURRENT to the version with AWSPREVIOUS; None if there is no other such version."""
    previous = before.get(AWSPREVIOUS)
    if previous is None or previous == before.get(AWSCURRENT):
        return None
    return plan_label_move(before, AWSCURRENT, previous)


def _find_source(before: Labels, label: str, target: str | None) -> str | None:
    source = before.get(label)
    return None if source == target else source


def _plan_updates(state: Labels, wanted: Labels) -> Iterator[LabelUpdate]:
    """Plans AWSCURRENT first, because its move also moves AWSPREVIOUS."""
    for label in sorted({*state, *wanted}, key=lambda label: (label != AWSCURRENT, label)):
        if state.get(label) != wanted.get(label):
            update = LabelUpdate(label, state.get(label), wanted.get(label))
            state = update.apply(state)
            yield update


def collect_version_labels(versions: Iterable[SecretVersionsListEntry]) -> dict[str, str]:
    """The labels in the versions of an answer of ListSecretVersionIds."""
    return {label: each["VersionId"] for each in versions for label in each.get("VersionStages", ())}


def collect_secret_labels(secret: DescribeSecretResponse) -> dict[str, str]:
    """The labels in an answer of DescribeSecret."""
    return {label: version for version, labels in secret.get("VersionIdsToStages", {}).items() for label in labels}


def shorten_id(version: str | None) -> SafeText:
    """The first 8 characters of a VersionId; `NEW_VERSION` stays whole, and None is empty."""
    return sanitize(version if version == NEW_VERSION else (version or "")[:SHORT_LENGTH])


def describe_holder(version: str | None) -> SafeText:
    """The version that carries a label, as part of a sentence."""
    return shorten_id(version) if version else SafeText("no version")


def _list_labels(carried: Labels, version: str) -> tuple[str, ...]:
    return tuple(labels.list_on_version(carried, version))


def find_pending_version(versions: Mapping[str, Iterable[str]]) -> str | None:
    """The version with AWSPENDING but without AWSCURRENT; None if there is none. It blocks the next rotation.

    Args:
        versions: each VersionId with its labels, as in `VersionIdsToStages`.
    """
    return next((version for version, each in versions.items() if AWSPENDING in each and AWSCURRENT not in each), None)
