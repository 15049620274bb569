"""What a person types into the filter of the trail, read into a question to it: see `GRAMMAR`.

Nothing that is typed is an error: what cannot be asked is left out, and `left_out` says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smtui import trail_words
from smtui.trail_words import AuditQueryError

GRAMMAR = (
    ("get prod", "words in operation, secret, caller and outcome; all of them"),
    ("only:changes", "what changed something; readings are left out"),
    ("secret:prod/db", "what concerned this secret, also one that is deleted"),
    ("caller:user/alice", "what this caller asked: an ARN, or its end"),
    ("operation:GetSecretValue", "or get-secret-value, as the aws CLI spells it"),
    ("outcome:refused", "done, refused, or an error like AccessDeniedException"),
    ("since:2d until:2026-11-24", "from then on, and before"),
)
"""Every word there is, as one types it, and what it finds."""
CHANGES = "only:changes"
KEYS = {"secret": "secret_id", "caller": "caller", "operation": "operation", "outcome": "outcome", "since": "since",
        "until": "until"}
COMPLETIONS = {
    "operation": (*trail_words.OPERATION_NAMES, *map(trail_words.kebab, trail_words.OPERATION_NAMES)),
    "outcome": trail_words.OUTCOMES, "since": ("1d", "2d", "7d", "30d"), "until": ("1d", "2d", "7d", "30d"),
}


@dataclass(frozen=True, slots=True)
class TrailQuestion:
    """`asked` goes to the vault; every one of `words` must be in an event's row; `changes` leaves out readings."""

    asked: Mapping[str, Any] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    changes: bool = False

    def keeps(self, event: Mapping[str, Any]) -> bool:
        if self.changes and event["readOnly"]:
            return False
        if not self.words:
            return True
        row = " ".join((event["eventName"], trail_words.find_subject(event), trail_words.find_caller(event),
                        event.get("errorCode", "done"))).lower()
        return all(word in row for word in self.words)


def read(text: str, now: datetime) -> TrailQuestion:
    asked: dict[str, Any] = {}
    words: list[str] = []
    left_out: list[str] = []
    for word in text.split():
        key, colon, value = word.partition(":")
        if word == CHANGES:
            continue
        if not colon or key not in KEYS:
            words.append(word.lower())
        elif value:
            try:
                asked[KEYS[key]] = _value(key, value, now)
            except AuditQueryError as error:
                left_out.append(f"{word} is left out: {error}.")
    return TrailQuestion(asked, tuple(words), tuple(left_out), CHANGES in text.split())


def completed(text: str) -> str | None:
    """What is typed with its last word whole, or as far as is sure; None where no word of the grammar begins so."""
    begun = text.rpartition(" ")[2]
    found = next((word for word in _beginnings(begun) if word.startswith(begun)), None) if begun else None
    return None if found is None else text.removesuffix(begun) + found


def _beginnings(begun: str) -> Iterator[str]:
    key, colon, _ = begun.partition(":")
    if not colon:
        yield from (CHANGES, *(f"{each}:" for each in KEYS))
    elif key == "only":
        yield CHANGES
    else:
        yield from (f"{key}:{value}" for value in COMPLETIONS.get(key, ()))


def _value(key: str, value: str, now: datetime) -> Any:
    match key:
        case "operation":
            return trail_words.parse_operation(value)
        case "outcome":
            return trail_words.parse_outcome(value)
        case "since" | "until":
            return trail_words.parse_time(value, now)
    return value
