"""Findings: their urgency, their kinds from the worst to the mildest, and groups of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from smtui.system.settings import Settings
from smtui.text.sanitize import SafeText


class Urgency(Enum):
    """How urgent a finding is. Each has a sign and a word, so that it can be read without colour."""

    ALERT = "alert"
    """A secret is in danger, or its rotation is broken."""
    WARNING = "warning"
    """A secret should be looked at."""
    NOTE = "note"
    """Housekeeping: nothing is wrong."""

    @property
    def sign(self) -> str:
        return {"alert": "▲", "warning": "!", "note": "·"}[self.value]


URGENCIES = tuple(Urgency)
"""From the most to the least urgent."""
KINDS = (
    "public", "rotation failed", "rotation overdue", "rotation waits", "replica failed", "deleted soon", "key deletion",
    "weak", "repeated", "never rotated", "unused", "not checked", "undescribed",
)
"""The names of all problems, from the worst to the mildest within their urgency."""


@dataclass(frozen=True, slots=True)
class HealthFinding:
    """One problem of a secret or of a KMS key.

    Attributes:
        urgency: how urgent it is.
        kind: the name of the problem, one of `KINDS`.
        name: the name of the secret, or the id of the KMS key.
        arn: the ARN of the secret; empty for a KMS key.
        words: the details.
    """

    urgency: Urgency
    kind: str
    name: SafeText
    arn: str
    words: SafeText

    @property
    def key(self) -> tuple[str, str, str]:
        """Identifies the finding in a table."""
        return self.kind, self.arn, self.words

    @property
    def rank(self) -> tuple[int, int, str, str]:
        """Sorts findings: worst first, then by name."""
        return URGENCIES.index(self.urgency), KINDS.index(self.kind), self.name, self.words


@dataclass(frozen=True, slots=True)
class CheckedValues:
    """What a check of all values of a Region found, and its time as text. Later changes do not count."""

    at: SafeText
    findings: Sequence[HealthFinding]


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """All findings of one kind and urgency, by name."""

    urgency: Urgency
    kind: str
    findings: tuple[HealthFinding, ...]


@dataclass(frozen=True, slots=True)
class HealthLimits:
    """From when on something is a finding; 0 turns a check off.

    Attributes:
        unused_days: days since the last read.
        unrotated_days: days since a secret was created that has never been rotated.
        deletion_days: days before a scheduled deletion.
        weak_bits: estimated strength of a value, in bits, below which it is weak.
    """

    unused_days: int
    unrotated_days: int
    deletion_days: int
    weak_bits: int


def read_limits(settings: Settings) -> HealthLimits:
    """The limits in the settings."""
    return HealthLimits(settings.health_unused_days, settings.health_unrotated_days, settings.health_deletion_days,
                        settings.health_weak_bits)


def group_findings(findings: Iterable[HealthFinding]) -> list[FindingGroup]:
    """Groups findings by kind, the worst first."""
    groups: dict[tuple[Urgency, str], list[HealthFinding]] = {}
    for each in sorted(findings, key=lambda finding: finding.rank):
        groups.setdefault((each.urgency, each.kind), []).append(each)
    return [FindingGroup(urgency, kind, tuple(found)) for (urgency, kind), found in groups.items()]
