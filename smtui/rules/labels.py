"""The rules for moving staging labels, for the operations and their previews.

The labels of a secret are a mapping from label to version. A version without labels is deprecated. `Version` is any
type that identifies a version, such as a row number in the engine or a VersionId on a screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

AWSCURRENT = "AWSCURRENT"
AWSPREVIOUS = "AWSPREVIOUS"
AWSPENDING = "AWSPENDING"
# The labels that AWS defines and moves.
AWS = (AWSCURRENT, AWSPENDING, AWSPREVIOUS)
OWN_LABEL = "smtui-"
"""The prefix of the temporary labels by which smtui notices that others have moved a label meanwhile."""
GUARD_LABEL = re.compile(rf"{OWN_LABEL}(from-)?[A-Za-z0-9-]{{32,64}}")
"""A whole temporary label: the prefix and a ClientRequestToken, or `from-` and the VersionId of a base version."""

Version = TypeVar("Version")


class LabelElsewhereError(ValueError):
    """The label is attached to a version other than those in the request."""


class LabelNotAttachedError(ValueError):
    """The label is not attached to the version in RemoveFromVersionId."""


class CurrentWithoutTargetError(ValueError):
    """AWSCURRENT cannot be removed without moving to another version."""


def sort_labels(labels: Iterable[str]) -> list[str]:
    """Sorts labels for display: AWSCURRENT, AWSPENDING and AWSPREVIOUS first, then all others alphabetically."""
    return sorted(labels, key=lambda label: (label not in AWS, label))


def attach(labels: Mapping[str, Version], version: Version, new: Iterable[str]) -> dict[str, Version]:
    """Returns the labels after the `new` labels are attached to `version` and removed from other versions.

    If AWSCURRENT moves, AWSPREVIOUS moves to the version that AWSCURRENT leaves.
    """
    after = dict(labels)
    new = set(new)
    for label in new - {AWSCURRENT}:
        after[label] = version
    return _add_current(after, version) if AWSCURRENT in new else after


def put(labels: Mapping[str, Version], version: Version, new: Iterable[str]) -> dict[str, Version]:
    """Returns the labels after PutSecretValue or UpdateSecret stores a value.

    The rules are those of `attach`. If AWSCURRENT moves, AWSPENDING is also removed from the version that it leaves.
    """
    after, left = attach(labels, version, new), labels.get(AWSCURRENT)
    if left is not None and after[AWSCURRENT] != left == after.get(AWSPENDING):
        del after[AWSPENDING]
    return after


def move(
    labels: Mapping[str, Version], label: str, *, remove_from: Version | None, move_to: Version | None
) -> dict[str, Version]:
    """Returns the labels after UpdateSecretVersionStage.

    Args:
        labels: the labels before the request.
        label: the label to move or remove.
        remove_from: the version in RemoveFromVersionId, if any.
        move_to: the version in MoveToVersionId; None removes the label.

    Raises:
        LabelNotAttachedError: if the label is not attached to `remove_from`.
        LabelElsewhereError: if the label is attached to a version other than `remove_from` and `move_to`.
        CurrentWithoutTargetError: if the request removes AWSCURRENT.
    """
    holder = labels.get(label)
    if remove_from is not None and holder != remove_from:
        raise LabelNotAttachedError
    if move_to is None:
        if label == AWSCURRENT:
            raise CurrentWithoutTargetError
        return {name: version for name, version in labels.items() if name != label}
    if holder not in (None, move_to, remove_from):
        raise LabelElsewhereError
    if label == AWSCURRENT:
        return _add_current(dict(labels), move_to)
    return {**labels, label: move_to}


def select_custom(labels: Iterable[str]) -> set[str]:
    """Returns the labels that AWS does not define and that the user has attached.

    The temporary labels of a guard against overwriting are not counted: at the limit of labels, the guard must hold
    too.
    """
    return {label for label in labels if label not in AWS and not GUARD_LABEL.fullmatch(label)}


def find_deprecated(before: Mapping[str, Version], after: Mapping[str, Version]) -> set[Version]:
    """Returns the versions that have a label before a change and none after it."""
    return set(before.values()) - set(after.values())


def list_on_version(labels: Mapping[str, Version], version: Version) -> list[str]:
    """Returns the labels attached to a version, sorted alphabetically."""
    return sorted(label for label, holder in labels.items() if holder == version)


def _add_current(labels: dict[str, Version], version: Version) -> dict[str, Version]:
    left = labels.get(AWSCURRENT)
    if left == version:
        return labels
    if left is not None:
        labels[AWSPREVIOUS] = left
    elif labels.get(AWSPREVIOUS) == version:
        del labels[AWSPREVIOUS]
    labels[AWSCURRENT] = version
    return labels
