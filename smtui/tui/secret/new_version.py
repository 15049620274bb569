"""A version before it is stored: its value, its labels and what storing it changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from smtui.api.limits import MAX_LABEL_LENGTH, MAX_LABELS_PER_VERSION
from smtui.rules import labels
from smtui.rules.labels import AWSCURRENT
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.secret import value_diff
from smtui.tui.secret.label_moves import NEW_VERSION, LabelMove, Labels
from smtui.tui.secret.values import Value

if TYPE_CHECKING:
    from smtui.api.types import PutSecretValueRequest

MAX_LINES = 8
SAME = SafeText("= value unchanged")
REPLACED = SafeText("~ the entire value is replaced")


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A value, and the staging labels that PutSecretValue attaches to it."""

    value: Value
    stages: tuple[str, ...] = (AWSCURRENT,)

    def build_request(self, secret_id: str) -> PutSecretValueRequest:
        """Builds the request of PutSecretValue for a secret, by its ARN or name."""
        request: PutSecretValueRequest = {"SecretId": secret_id, "VersionStages": list(self.stages)}
        if isinstance(self.value, bytes):
            request["SecretBinary"] = self.value
        else:
            request["SecretString"] = self.value
        return request

    def describe_effects(self, before: Value | None, carried: Labels) -> list[SafeText]:
        """Describes in sentences which keys and labels change.

        Args:
            before: the value that the edit began from; None if the caller may not read it.
            carried: the present labels.
        """
        stages = self.stages if carried else (AWSCURRENT, *self.stages)
        move = LabelMove(carried, labels.put(carried, NEW_VERSION, stages), ())
        stays = [] if AWSCURRENT in stages else [sanitize(f"{AWSCURRENT} does not move.")]
        keys = [REPLACED] if before is None else value_diff.describe_diff(before, self.value) or [SAME]
        return [*_limit_lines(keys), SafeText(""), *move.describe(), *stays]


def _limit_lines(lines: list[SafeText]) -> list[SafeText]:
    if len(lines) <= MAX_LINES:
        return lines
    return [*lines[:MAX_LINES], sanitize(f"… and {len(lines) - MAX_LINES} more")]


def parse_stages(typed: str) -> tuple[str, ...]:
    """Parses staging labels that commas separate; an empty text means AWSCURRENT."""
    return tuple(dict.fromkeys(filter(None, (label.strip() for label in typed.split(","))))) or (AWSCURRENT,)


def find_problem(stages: tuple[str, ...]) -> str:
    """Why a version cannot have these labels; empty if it can."""
    if any(len(label) > MAX_LABEL_LENGTH for label in stages):
        return f"A label can have at most {MAX_LABEL_LENGTH} characters."
    most = MAX_LABELS_PER_VERSION
    return f"A version can have at most {most} labels." if len(stages) > most else ""
