"""What differs between two secrets besides their values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum

from smtui.api.arn import get_last_field
from smtui.api.record import record
from smtui.comparison.state import SecretState
from smtui.rules.labels import AWS, AWSCURRENT, OWN_LABEL
from smtui.text.value_diff import DiffState, KeyDiff

DEFAULT_KEY = "alias/aws/secretsmanager"


class Part(StrEnum):
    """A part of a secret that can differ."""

    VALUE = "value"
    DESCRIPTION = "description"
    TAGS = "tags"
    LABELS = "labels"
    ROTATION = "rotation"
    KMS_KEY = "kms-key"
    POLICY = "policy"


@record
class Difference:
    """A part that differs. `keys` are the JSON keys, tag keys or labels that differ; without any, the entire part does.

    `note` says more in words, without a value.
    """

    part: Part
    keys: tuple[KeyDiff, ...] = ()
    note: str = ""


def compare_metadata(left: SecretState, right: SecretState) -> Iterator[Difference]:
    """The differences between what two lists tell, besides the versions."""
    if left.description != right.description:
        yield Difference(Part.DESCRIPTION)
    if keys := _compare_mappings(left.tags, right.tags):
        yield Difference(Part.TAGS, keys)
    if keys := _compare_mappings(_list_own_labels(left), _list_own_labels(right)):
        yield Difference(Part.LABELS, keys)
    if left.rotation != right.rotation:
        yield Difference(Part.ROTATION)
    if normalize_key(left.kms_key) != normalize_key(right.kms_key):
        yield Difference(Part.KMS_KEY)


def _compare_mappings(left: Mapping[str, str], right: Mapping[str, str]) -> tuple[KeyDiff, ...]:
    """The keys that differ, in alphabetical order."""
    changes = {key: DiffState.REMOVED if key not in right else DiffState.ADDED if key not in left else DiffState.CHANGED
               for key in {*left, *right} if left.get(key) != right.get(key)}
    return tuple(KeyDiff((key,), changes[key]) for key in sorted(changes))


def _list_own_labels(state: SecretState) -> dict[str, str]:
    """The user's labels, each with its version; with AWSCURRENT for the current one, whose IDs need not be equal."""
    return {label: AWSCURRENT if version == state.version else version for label, version in state.labels.items()
            if label not in AWS and not label.startswith(OWN_LABEL)}


def normalize_key(key: str) -> str:
    """A KMS key as it can be compared between accounts and Regions: an alias or key ID without its ARN."""
    name = get_last_field(key).removeprefix("key/")
    return "" if name == DEFAULT_KEY else name


def is_same_policy(left: str, right: str) -> bool:
    """Whether two policies are the same JSON."""
    try:
        return bool((json.loads(left) if left else None) == (json.loads(right) if right else None))
    except ValueError:
        return left == right
