"""The rules by which staging labels move, for the operations and for their previews.

The labels of a secret are a mapping from label to version. A version without labels is deprecated. `Version` is any
type that identifies a version: a row number in the engine, a VersionId on a screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

AWSCURRENT = "AWSCURRENT"
AWSPREVIOUS = "AWSPREVIOUS"
AWSPENDING = "AWSPENDING"
# The labels that AWS defines and moves.
AWS = (AWSCURRENT, AWSPENDING, AWSPREVIOUS)

Version = TypeVar("Version")


class LabelElsewhereError(ValueError):
    """The label is attached to a version that the request does not name."""


class LabelNotAttachedError(ValueError):
    """The label is not attached to the version from which it should be removed."""


class CurrentWithoutTargetError(ValueError):
    """AWSCURRENT cannot be removed without moving to another version."""


def sort_labels(labels: Iterable[str]) -> list[str]:
    """The labels in display order: those of AWS first, then alphabetically."""
    return sorted(labels, key=lambda label: (label not in AWS, label))


def attach(labels: Mapping[str, Version], version: Version, new: Iterable[str]) -> dict[str, Version]:
    """The labels after a new version is stored with the `new` ones, which move to it from other versions.

    If AWSCURRENT moves, AWSPREVIOUS moves to the version that AWSCURRENT leaves.
    """
    after = dict(labels)
    new = set(new)
    for label in new - {AWSCURRENT}:
        after[label] = version
    return _with_current(after, version) if AWSCURRENT in new else after


def put(labels: Mapping[str, Version], version: Version, new: Iterable[str]) -> dict[str, Version]:
    """The labels after PutSecretValue or UpdateSecret stored a value.

    As `attach`; if AWSCURRENT moves, AWSPENDING is also removed from the version that AWSCURRENT leaves.
    """
    after, left = attach(labels, version, new), labels.get(AWSCURRENT)
    if left is not None and after[AWSCURRENT] != left == after.get(AWSPENDING):
        del after[AWSPENDING]
    return after


def move(
    labels: Mapping[str, Version], label: str, *, remove_from: Version | None, move_to: Version | None
) -> dict[str, Version]:
    """The labels after UpdateSecretVersionStage.

    Raises:
        LabelNotAttachedError, LabelElsewhereError, CurrentWithoutTargetError: if the request is not valid.
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
        return _with_current(dict(labels), move_to)
    return {**labels, label: move_to}


def select_custom(labels: Iterable[str]) -> set[str]:
    """The labels that AWS does not define."""
    return set(labels) - set(AWS)


def find_deprecated(before: Mapping[str, Version], after: Mapping[str, Version]) -> set[Version]:
    """The versions with a label before and none after."""
    return set(before.values()) - set(after.values())


def list_on_version(labels: Mapping[str, Version], version: Version) -> list[str]:
    """The labels attached to a version, sorted as the service returns them."""
    return sorted(label for label, holder in labels.items() if holder == version)


def _with_current(labels: dict[str, Version], version: Version) -> dict[str, Version]:
    left = labels.get(AWSCURRENT)
    if left == version:
        return labels
    if left is not None:
        labels[AWSPREVIOUS] = left
    elif labels.get(AWSPREVIOUS) == version:
        del labels[AWSPREVIOUS]
    labels[AWSCURRENT] = version
    return labels
