"""What a person types into the filter of the trail, read into a question to it: see `GRAMMAR`.

Nothing that is typed is an error: what cannot be asked is left out, and `left_out` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smtui.rules import audit_query
from smtui.rules.audit_query import AuditQueryError
from smtui.tui.secret_list.filter_text import describe_unknown_key

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
EXPECTED = {"only": "changes", "secret": "prod/db", "caller": "user/alice", "operation": "GetSecretValue",
            "outcome": "refused", "since": "2d", "until": "2026-11-24"}
"""By key, a value that it takes."""
_KEY = re.compile(r"(?!arn:)[a-z-]+:")
COMPLETIONS = {
    "operation": (*audit_query.OPERATION_NAMES, *map(audit_query.kebab, audit_query.OPERATION_NAMES)),
    "outcome": audit_query.OUTCOMES, "since": ("1d", "2d", "7d", "30d"), "until": ("1d", "2d", "7d", "30d"),
}


@dataclass(frozen=True, slots=True)
class TrailQuestion:
    """`asked` goes to the vault; every one of `words` must be in an event's row; `changes` leaves out readings.

    `hints` are sentences about words that are not finished, or that mean something else than they look like.
    """

    asked: Mapping[str, Any] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    changes: bool = False
    hints: tuple[str, ...] = ()

    def keeps(self, event: Mapping[str, Any]) -> bool:
        if self.changes and event["readOnly"]:
            return False
        if not self.words:
            return True
        row = " ".join((event["eventName"], audit_query.find_subject(event), audit_query.find_caller(event),
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
    return TrailQuestion(asked, tuple(words), tuple(left_out), CHANGES in text.split(), tuple(_list_hints(text)))


def _list_hints(text: str) -> Iterator[str]:
    """As the filter of the list gives them."""
    for word in text.split():
        key, colon, value = word.partition(":")
        if colon and key in EXPECTED and not value:
            yield f"{word} says nothing yet: it wants a value, such as {EXPECTED[key]}."
        elif word != CHANGES and _KEY.fullmatch(key + colon) and key not in KEYS and not value.startswith("//"):
            yield (f"{word} is looked for as it stands. Did you mean {CHANGES}?" if key == "only" else
                   describe_unknown_key(key, word, EXPECTED))


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
            return audit_query.parse_operation(value)
        case "outcome":
            return audit_query.parse_outcome(value)
        case "since" | "until":
            return audit_query.parse_time(value, now)
    return value
