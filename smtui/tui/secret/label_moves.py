"""What a label move will do, before it is done, and what undoes it afterwards.

Built on the one rule of labels, so that a preview cannot promise what the vault does not do. Versions are named by
their VersionIds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smtui.rules import labels
from smtui.rules.labels import AWSCURRENT, AWSPENDING, AWSPREVIOUS
from smtui.text.sanitize import SafeText, sanitize

if TYPE_CHECKING:
    from smtui.api.types import DescribeSecretResponse, SecretVersionsListEntry, UpdateSecretVersionStageRequest

Labels = Mapping[str, str]
"""Each label with the version that carries it."""
SHORT = 8
NEW = "the new version"
"""A version that does not exist yet, in place of its VersionId."""


@dataclass(frozen=True, slots=True)
class Step:
    """One call of UpdateSecretVersionStage."""

    label: str
    remove_from: str | None
    move_to: str | None

    def request(self, secret_id: str) -> UpdateSecretVersionStageRequest:
        request: UpdateSecretVersionStageRequest = {"SecretId": secret_id, "VersionStage": self.label}
        if self.remove_from is not None:
            request["RemoveFromVersionId"] = self.remove_from
        if self.move_to is not None:
            request["MoveToVersionId"] = self.move_to
        return request

    def after(self, before: Labels) -> dict[str, str]:
        return labels.move(before, self.label, remove_from=self.remove_from, move_to=self.move_to)


@dataclass(frozen=True, slots=True)
class Change:
    """One version's labels before and after."""

    version: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """The labels as they are, as they will be, and the calls that lead there."""

    before: Labels
    after: Labels
    steps: tuple[Step, ...]

    def changes(self) -> tuple[Change, ...]:
        """Every version whose labels change; the ones that gain come first."""
        versions = dict.fromkeys((*self.after.values(), *self.before.values()))
        found = (Change(each, _of(self.before, each), _of(self.after, each)) for each in versions)
        return tuple(change for change in found if change.before != change.after)

    def sentences(self) -> list[SafeText]:
        """What happens to each label, and to versions that are left without any."""
        known = sorted({*self.before, *self.after})
        said = [self._of_label(label) for label in known if self.before.get(label) != self.after.get(label)]
        said += [f"{short(each)} has no label left: it is deprecated, and may be removed in time."
                 for each in sorted(labels.find_deprecated(self.before, self.after))]
        if len(self.steps) > 1:
            said.append(f"This takes {len(self.steps)} calls, one after the other.")
        return [sanitize(sentence) for sentence in said]

    @property
    def words(self) -> str:
        """The move in short: the label one asked for, which is the first that moves."""
        label = self.steps[0].label
        target = self.after.get(label)
        return f"{label} taken away" if target is None else f"{label} moved to {short(target)}"

    def _of_label(self, label: str) -> str:
        source, target = self.before.get(label), self.after.get(label)
        if target is None:
            return f"{label} is taken from {short(source)}."
        if source is None:
            return f"{label} is put on {short(target)}."
        return f"{label} goes from {short(source)} to {short(target)}."

    def undone(self) -> Move | None:
        """The way back; None where there is none, as the service never takes AWSCURRENT away."""
        if AWSCURRENT in self.after and AWSCURRENT not in self.before:
            return None
        return Move(self.after, self.before, tuple(_steps(self.after, self.before)))


def moved(before: Labels, label: str, target: str | None) -> Move:
    """`label` to the version `target`, or, where there is no target, taken away."""
    step = Step(label, _source(before, label, target), target)
    return Move(before, step.after(before), (step,))


def rolled_back(before: Labels) -> Move | None:
    """AWSCURRENT to where AWSPREVIOUS is; None where there is no such version."""
    previous = before.get(AWSPREVIOUS)
    if previous is None or previous == before.get(AWSCURRENT):
        return None
    return moved(before, AWSCURRENT, previous)


def _source(before: Labels, label: str, target: str | None) -> str | None:
    source = before.get(label)
    return None if source == target else source


def _steps(state: Labels, wanted: Labels) -> Iterator[Step]:
    """AWSCURRENT first, because moving it moves AWSPREVIOUS along."""
    for label in sorted({*state, *wanted}, key=lambda label: (label != AWSCURRENT, label)):
        if state.get(label) != wanted.get(label):
            step = Step(label, state.get(label), wanted.get(label))
            state = step.after(state)
            yield step


def of_versions(versions: Iterable[SecretVersionsListEntry]) -> dict[str, str]:
    """The labels that ListSecretVersionIds answered."""
    return {label: each["VersionId"] for each in versions for label in each.get("VersionStages", ())}


def labels_of(secret: DescribeSecretResponse) -> dict[str, str]:
    """The same, as DescribeSecret answered them."""
    return {label: version for version, labels in secret.get("VersionIdsToStages", {}).items() for label in labels}


def short(version: str | None) -> SafeText:
    """The first characters of a VersionId, enough to tell versions apart by eye."""
    return sanitize(version if version == NEW else (version or "")[:SHORT])


def place_of(version: str | None) -> SafeText:
    """The version a label is on, in a sentence."""
    return short(version) if version else SafeText("no version")


def _of(carried: Labels, version: str) -> tuple[str, ...]:
    return tuple(labels.list_on_version(carried, version))


def left_pending(held: Mapping[str, Iterable[str]]) -> str | None:
    """The version on which a rotation left AWSPENDING, or has put it for now; no other rotation begins meanwhile.

    `held` are the versions with their labels, as DescribeSecret tells them.
    """
    return next((version for version, each in held.items() if AWSPENDING in each and AWSCURRENT not in each), None)
