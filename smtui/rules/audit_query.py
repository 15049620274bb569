"""Queries of the audit log: parses times, operations and outcomes, and finds the subject and caller of an event.

The command line and the TUI accept the same query terms.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from smtui.api.arn import get_last_field, replace_secret_arns
from smtui.api.errors import CLIENT_ERRORS, KEY_ERRORS
from smtui.api.extensions import OWN_OPERATIONS
from smtui.api.kms import KEY_OPERATIONS
from smtui.api.model import OPERATIONS

OPERATION_NAMES = tuple(dict.fromkeys(
    each.name for each in (*OPERATIONS.values(), *KEY_OPERATIONS.values(), *OWN_OPERATIONS.values())))
OUTCOMES = ("done", "refused", *CLIENT_ERRORS, *KEY_ERRORS)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
# The members of a request that identify its subject.
_SUBJECTS = ("secretId", "name", "keyId", "aliasName", "functionName", "SecretId", "secretARN")


class AuditQueryError(ValueError):
    """A query term is not valid. The message contains the expected form."""


def hyphenate(name: str) -> str:
    """Converts a name to the command line's spelling: `RotationLambdaARN` becomes `rotation-lambda-arn`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def parse_outcome(word: str) -> str:
    """Parses `done`, `refused` or an error code, ignoring case. Returns it in AWS's spelling.

    Raises:
        AuditQueryError: if the word is none of these.
    """
    known = {name.lower(): name for name in OUTCOMES}
    if word.lower() not in known:
        raise AuditQueryError("expected done, refused, or an error code such as AccessDeniedException")
    return known[word.lower()]


def parse_operation(word: str) -> str:
    """Parses an operation in AWS's or the command line's spelling, ignoring case. Returns it in AWS's spelling.

    Raises:
        AuditQueryError: if there is no such operation.
    """
    found = {hyphenate(name): name for name in OPERATION_NAMES} | {name.lower(): name for name in OPERATION_NAMES}
    if word.lower() not in found:
        raise AuditQueryError("expected an operation, such as GetSecretValue or get-secret-value")
    return found[word.lower()]


def parse_time(word: str, now: datetime) -> datetime:
    """Parses a time (2026-11-24, 2026-11-24T09:30, 2026-11-24T09:30+00:00) or an age before `now` (90m, 24h, 7d).

    A time without an offset is in the local time zone.

    Raises:
        AuditQueryError: if the word is neither.
    """
    age = re.fullmatch(r"([0-9]{1,6})([mhd])", word)
    try:
        if age:
            return now - timedelta(**{_UNITS[age[2]]: int(age[1])})
        return datetime.fromisoformat(word).astimezone(UTC)
    except (ValueError, OverflowError):
        raise AuditQueryError("expected a time, such as 2026-11-24, 2026-11-24T09:30 or 7d") from None


def find_subject(event: Mapping[str, Any]) -> str:
    """Returns the resource in the request of an audit event, or the key that it created; empty if there is none."""
    request = event.get("requestParameters") or event.get("additionalEventData") or {}
    created = (event.get("responseElements") or {}).get("keyMetadata") or {}
    return str(next((found[name] for found in (request, created) for name in _SUBJECTS if found.get(name)), ""))


def find_subject_name(event: Mapping[str, Any]) -> str:
    """Returns the resource in the request of an audit event, with a secret's ARN replaced by its name."""
    return replace_secret_arns(find_subject(event))


def find_outcome(event: Mapping[str, Any]) -> str:
    """Returns the error code of a refused call, otherwise `failed` for a rotation that failed, otherwise `done`."""
    return str(event.get("errorCode", "failed" if event["eventName"].endswith("RotationFailed") else "done"))


def find_caller(event: Mapping[str, Any]) -> str:
    """Returns the last field of the caller's ARN, such as `user/alice`."""
    return get_last_field(str((event.get("userIdentity") or {}).get("arn", "")))
