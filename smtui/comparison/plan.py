"""The plan of a promotion from the left side to the right one. It has names, keys and version IDs only.

A person may edit its file: `action` of a secret is `promote` or `skip`, and each of its keys is `copy` (the value of
the left side, or its absence), `new` (a generated password), `ask` (typed when the plan is applied) or `omit` (stays
as on the right side).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from smtui.api.record import make_field, record
from smtui.comparison.compare import Pair, Status
from smtui.comparison.differences import Part
from smtui.rules import key_roles
from smtui.rules.labels import AWS, AWSCURRENT
from smtui.system.ambient import Ambient

WHOLE = ""
"""The key that stands for the entire value."""
REASONS = {
    Status.CONFLICT: "both sides have changed since the version that they share",
    Status.ROTATES_THERE: "it rotates on the right side",
}
OLDER = "the right side is newer"


class KeyAction(StrEnum):
    """What a promotion does with a key of a value."""

    COPY = "copy"
    NEW = "new"
    ASK = "ask"
    OMIT = "omit"


@record
class PlannedSide:
    """A side as it was compared: the words that open it again, and where it was.

    `is_copy` if it was a vault file that was opened read-only.
    """

    name: str
    account: str = ""
    region: str = ""
    is_copy: bool = False


@record
class PlannedSecret:
    """One secret of a plan.

    Args:
        source: its name on the left side.
        target: its name on the right side.
        version: the version of the left side; None for an entry of a file.
        new_version: the ID of the new version, if it cannot be that of the left side.
        labels: the labels of AWS on the right side with their versions, as the comparison saw them; None for a new
            secret.
        keys: what happens with each key that differs; `WHOLE` for the entire value.
        is_promoted: whether it is promoted, rather than skipped.
        reason: why it is skipped at first.
    """

    source: str
    target: str
    version: str | None
    new_version: str
    labels: Mapping[str, str] | None
    keys: Mapping[str, KeyAction] = make_field(default_factory=dict)
    is_promoted: bool = True
    reason: str = ""

    @property
    def replaces(self) -> str | None:
        """The current version of the right side that the comparison saw."""
        return (self.labels or {}).get(AWSCURRENT)

    @property
    def is_new(self) -> bool:
        """Whether there is no such secret on the right side."""
        return self.labels is None

    @property
    def is_exact_copy(self) -> bool:
        """Whether the new version is that of the left side, with the same ID."""
        return self.version not in (None, self.replaces) and all(each is KeyAction.COPY for each in self.keys.values())

    @property
    def candidates(self) -> tuple[str, ...]:
        """The IDs that the new version can have, the intended one first."""
        own = (self.version,) if self.is_exact_copy and self.version is not None else ()
        return (*own, self.new_version)

    @property
    def repeats_password(self) -> bool:
        """Whether a password, or a value without keys, becomes the same on both sides."""
        copies = [key for key, action in self.keys.items() if action is KeyAction.COPY]
        return WHOLE in copies or key_roles.find_key(copies, key_roles.PASSWORD) is not None


@record
class PromotionPlan:
    """What is promoted from one side to the other. `plan_id` is part of the label of staged versions."""

    plan_id: str
    left: PlannedSide
    right: PlannedSide
    secrets: Sequence[PlannedSecret]
    omitted: Mapping[str, str] = make_field(default_factory=dict)
    """Secrets that cannot be promoted, by their names on the right side, each with the reason."""

    def list_promoted(self) -> list[PlannedSecret]:
        return [each for each in self.secrets if each.is_promoted]


def make_plan(left: PlannedSide, right: PlannedSide, pairs: Iterable[Pair], ambient: Ambient) -> PromotionPlan:
    """Plans the promotion of new secrets and different values to the right side. Pairs without either are left out."""
    secrets: list[PlannedSecret] = []
    omitted: dict[str, str] = {}
    for pair in pairs:
        if pair.left is None or not (pair.right is None or pair.status is Status.ONLY_LEFT or pair.has_other_value):
            continue
        if reason := _find_obstacle(pair):
            omitted[pair.name] = reason
        else:
            secrets.append(_plan_secret(pair, ambient))
    return PromotionPlan(ambient.create_uuid(), left, right, tuple(secrets), omitted)


def _find_obstacle(pair: Pair) -> str:
    """Why nothing can be stored on the right side, or nothing is there to be stored; empty if it can."""
    assert pair.left is not None
    if not pair.left.has_value:
        return "it has no value on the left side"
    return pair.right.find_obstacle() if pair.right is not None else ""


def _plan_secret(pair: Pair, ambient: Ambient) -> PlannedSecret:
    assert pair.left is not None
    reason = REASONS.get(pair.status, OLDER if pair.newer == "right" else "")
    labels = None if pair.right is None else {
        label: version for label, version in pair.right.labels.items() if label in AWS}
    return PlannedSecret(
        pair.left.name, pair.name, pair.left.version, ambient.create_uuid(), labels,
        dict.fromkeys(_list_keys(pair) or [WHOLE], KeyAction.COPY), is_promoted=not reason, reason=reason)


def _list_keys(pair: Pair) -> list[str]:
    """The keys of the value that differ, at the top level of the object."""
    found = [difference for difference in pair.differences if difference.part is Part.VALUE]
    return list(dict.fromkeys(key.path[0] for difference in found for key in difference.keys))
