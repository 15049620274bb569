"""How staging labels move: the pure rule behind every operation that touches them, and behind every preview of one.

A secret's labels are a mapping from label to the version that carries it; a version without any is deprecated.
`Version` may be whatever names a version: a row number in the engine, a VersionId on a screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

AWSCURRENT = "AWSCURRENT"
AWSPREVIOUS = "AWSPREVIOUS"
AWSPENDING = "AWSPENDING"
# The labels that AWS moves, and gives a meaning.
AWS = (AWSCURRENT, AWSPENDING, AWSPREVIOUS)

Version = TypeVar("Version")


class LabelElsewhereError(ValueError):
    """The label is attached to a version which the request did not name."""


class LabelNotAttachedError(ValueError):
    """The label is not attached to the version it should be taken from."""


class CurrentWithoutTargetError(ValueError):
    """AWSCURRENT cannot be taken away without a version to go to."""


def ordered(labels: Iterable[str]) -> list[str]:
    """As they are read: those of AWS first, for which version is current is what one looks for."""
    return sorted(labels, key=lambda label: (label not in AWS, label))


def attach(labels: Mapping[str, Version], version: Version, new: Iterable[str]) -> dict[str, Version]:
    """`labels` after a new version is stored with the `new` ones; each leaves the version that had it.

    Moving AWSCURRENT brings AWSPREVIOUS to the version it left, whoever had it before.
    """
    after = dict(labels)
    new = set(new)
    for label in new - {AWSCURRENT}:
        after[label] = version
    return _with_current(after, version) if AWSCURRENT in new else after


def put(labels: Mapping[str, Version], version: Version, new: Iterable[str]) -> dict[str, Version]:
    """`labels` after PutSecretValue or UpdateSecret stored a value: as `attach`, and where AWSCURRENT moves, AWSPENDING
    leaves the version that it left.
    """
    after, left = attach(labels, version, new), labels.get(AWSCURRENT)
    if left is not None and after[AWSCURRENT] != left == after.get(AWSPENDING):
        del after[AWSPENDING]
    return after


def move(
    labels: Mapping[str, Version], label: str, *, remove_from: Version | None, move_to: Version | None
) -> dict[str, Version]:
    """`labels` after UpdateSecretVersionStage; raises one of this module's errors where the request does not fit."""
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


def own(labels: Iterable[str]) -> set[str]:
    """The labels that are not AWS's."""
    return set(labels) - set(AWS)


def deprecated(before: Mapping[str, Version], after: Mapping[str, Version]) -> set[Version]:
    """The versions that had a label before and have none after."""
    return set(before.values()) - set(after.values())


def of_version(labels: Mapping[str, Version], version: Version) -> list[str]:
    """The labels one version carries, sorted as the service answers them."""
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
