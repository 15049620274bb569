"""The filter of the audit log: the parser of its text, and completion of its words. `GRAMMAR` lists the syntax.

The parser never raises. It ignores a word that it cannot use and gives the reason in `ignored`.
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
    ("get prod", "all words, in operation, secret, caller or outcome"),
    ("only:changes", "only changes, even if reads are shown"),
    ("secret:prod/db", "events of this secret, even if deleted"),
    ("caller:user/alice", "events of this caller: an ARN or its end"),
    ("operation:GetSecretValue", "operation; also get-secret-value as in the aws CLI"),
    ("outcome:refused", "done, refused, or an error like AccessDeniedException"),
    ("since:2d until:2026-11-24", "events in this period"),
)
"""Every form of a filter word, and what it finds."""
CHANGES = "only:changes"
KEYS = {"secret": "secret_id", "caller": "caller", "operation": "operation", "outcome": "outcome", "since": "since",
        "until": "until"}
EXAMPLES = {"only": "changes", "secret": "prod/db", "caller": "user/alice", "operation": "GetSecretValue",
            "outcome": "refused", "since": "2d", "until": "2026-11-24"}
"""An example value for each key."""
_KEY = re.compile(r"(?!arn:)[a-z-]+:")
COMPLETIONS = {
    "operation": (*audit_query.OPERATION_NAMES, *map(audit_query.hyphenate, audit_query.OPERATION_NAMES)),
    "outcome": audit_query.OUTCOMES, "since": ("1d", "2d", "7d", "30d"), "until": ("1d", "2d", "7d", "30d"),
}


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """A parsed filter.

    Args:
        criteria: keyword arguments of `Vault.audit_log`.
        words: lower-case words, all of which an event must contain in its operation, subject, caller or outcome.
        ignored: sentences about words that the query cannot use.
        changes: whether the text asks for changes only.
        hints: sentences about words that are incomplete or have an unknown key.
    """

    criteria: Mapping[str, Any] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    changes: bool = False
    hints: tuple[str, ...] = ()

    @property
    def reads(self) -> bool:
        """Whether the text chooses an operation or an outcome, so that events that only read match too."""
        return not self.changes and bool({"operation", "outcome"} & self.criteria.keys())

    def matches(self, event: Mapping[str, Any]) -> bool:
        """Whether an event contains all `words`."""
        if not self.words:
            return True
        row = " ".join((event["eventName"], audit_query.find_subject(event), audit_query.find_caller(event),
                        audit_query.find_outcome(event))).lower()
        return all(word in row for word in self.words)


def parse_query(text: str, now: datetime) -> AuditQuery:
    """Parses the text of the filter. Ages such as `since:2d` count back from `now`."""
    criteria: dict[str, Any] = {}
    words: list[str] = []
    ignored: list[str] = []
    for word in text.split():
        key, colon, value = word.partition(":")
        if word == CHANGES:
            continue
        if not colon or key not in KEYS:
            words.append(word.lower())
        elif value:
            try:
                criteria[KEYS[key]] = _parse_value(key, value, now)
            except AuditQueryError as error:
                ignored.append(f"{word} is ignored: {error}.")
    return AuditQuery(criteria, tuple(words), tuple(ignored), CHANGES in text.split(), tuple(_list_hints(text)))


def _list_hints(text: str) -> Iterator[str]:
    """Yields hints about words that have no value or an unknown key."""
    for word in text.split():
        key, colon, value = word.partition(":")
        if colon and key in EXAMPLES and not value:
            yield f"{word} is incomplete: add a value, such as {EXAMPLES[key]}."
        elif word.startswith("!"):
            yield f"{word} is searched for as text: ! does not exclude anything here."
        elif word != CHANGES and _KEY.fullmatch(key + colon) and key not in KEYS and not value.startswith("//"):
            yield (f"{word} is searched for as text. Did you mean {CHANGES}?" if key == "only" else
                   describe_unknown_key(key, word, EXAMPLES))


def complete_text(text: str) -> str | None:
    """Returns `text` with its last word completed; None if no known word begins with it."""
    typed = text.rpartition(" ")[2]
    found = next((word for word in _list_completions(typed) if word.startswith(typed)), None) if typed else None
    return None if found is None else text.removesuffix(typed) + found


def _list_completions(typed: str) -> Iterator[str]:
    key, colon, _ = typed.partition(":")
    if not colon:
        yield from (CHANGES, *(f"{each}:" for each in KEYS))
    elif key == "only":
        yield CHANGES
    else:
        yield from (f"{key}:{value}" for value in COMPLETIONS.get(key, ()))


def _parse_value(key: str, value: str, now: datetime) -> Any:
    match key:
        case "operation":
            return audit_query.parse_operation(value)
        case "outcome":
            return audit_query.parse_outcome(value)
        case "since" | "until":
            return audit_query.parse_time(value, now)
    return value
