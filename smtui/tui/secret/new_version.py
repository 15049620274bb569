"""What storing a value will do, said before it is done: which keys it changes, and what the labels do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from smtui.api.limits import MAX_LABEL_LENGTH, MAX_LABELS_PER_VERSION
from smtui.rules import labels
from smtui.rules.labels import AWSCURRENT
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.secret import value_diff
from smtui.tui.secret.label_moves import NEW, Labels, Move
from smtui.tui.secret.values import Value

if TYPE_CHECKING:
    from smtui.api.types import PutSecretValueRequest

MOST_LINES = 8
SAME = SafeText("= the same value as before")
REPLACED = SafeText("~ the whole value is replaced, whatever it is")


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A value, and the labels it is stored under."""

    value: Value
    stages: tuple[str, ...] = (AWSCURRENT,)

    def request(self, secret_id: str) -> PutSecretValueRequest:
        request: PutSecretValueRequest = {"SecretId": secret_id, "VersionStages": list(self.stages)}
        if isinstance(self.value, bytes):
            request["SecretBinary"] = self.value
        else:
            request["SecretString"] = self.value
        return request

    def sentences(self, before: Value | None, carried: Labels) -> list[SafeText]:
        """`carried` are the labels as they are now; `before` is None where it cannot be read."""
        stages = self.stages if carried else (AWSCURRENT, *self.stages)
        move = Move(carried, labels.put(carried, NEW, stages), ())
        stays = [] if AWSCURRENT in stages else [sanitize(f"{AWSCURRENT} stays where it is.")]
        keys = [REPLACED] if before is None else value_diff.sentences(before, self.value) or [SAME]
        return [*_cut(keys), SafeText(""), *move.sentences(), *stays]


def _cut(lines: list[SafeText]) -> list[SafeText]:
    if len(lines) <= MOST_LINES:
        return lines
    return [*lines[:MOST_LINES], sanitize(f"… and {len(lines) - MOST_LINES} more")]


def read_stages(typed: str) -> tuple[str, ...]:
    """Labels as they are typed, with commas between them; nothing typed is the label of every new version."""
    return tuple(dict.fromkeys(filter(None, (label.strip() for label in typed.split(","))))) or (AWSCURRENT,)


def problem(stages: tuple[str, ...]) -> str:
    """Why a version cannot be stored under these labels; empty where it can."""
    if any(len(label) > MAX_LABEL_LENGTH for label in stages):
        return f"A label has {MAX_LABEL_LENGTH} characters at most."
    most = MAX_LABELS_PER_VERSION
    return f"A version has {most} labels at most." if len(stages) > most else ""
