"""How a person asks the trail, in words: times, operations, outcomes; and what an event was about.

The command line and the screens read the same words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from smtui.api.errors import CLIENT_ERRORS, KEY_ERRORS
from smtui.api.kms import KEY_OPERATIONS
from smtui.api.model import OPERATIONS
from smtui.api.own import OWN_OPERATIONS

OPERATION_NAMES = (*OPERATIONS, *KEY_OPERATIONS, *OWN_OPERATIONS)
OUTCOMES = ("done", "refused", *CLIENT_ERRORS, *KEY_ERRORS)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
# The members of a request that say what it was about.
_SUBJECTS = ("secretId", "name", "keyId", "aliasName", "SecretId", "secretARN")
_ARN = re.compile(r"arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:(.*)-[A-Za-z0-9]{6}")


class AuditQueryError(ValueError):
    """The sentence that says what is wanted instead."""


def kebab(name: str) -> str:
    """`RotationLambdaARN` as the command line spells it: `rotation-lambda-arn`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def outcome(word: str) -> str:
    """`done`, `refused`, or an error's code in AWS's spelling."""
    known = {name.lower(): name for name in OUTCOMES}
    if word.lower() not in known:
        raise AuditQueryError("done, refused, or an error like AccessDeniedException is wanted")
    return known[word.lower()]


def operation(word: str) -> str:
    """An operation, in AWS's spelling or the command line's."""
    found = {kebab(name): name for name in OPERATION_NAMES} | {name.lower(): name for name in OPERATION_NAMES}
    if word.lower() not in found:
        raise AuditQueryError("an operation is wanted, like GetSecretValue or get-secret-value")
    return found[word.lower()]


def moment(word: str, now: datetime) -> datetime:
    """2026-11-24, 2026-11-24T09:30 (local), 2026-11-24T09:30+00:00, or an age: 90m, 24h, 7d."""
    age = re.fullmatch(r"([0-9]{1,6})([mhd])", word)
    try:
        if age:
            return now - timedelta(**{_UNITS[age[2]]: int(age[1])})
        return datetime.fromisoformat(word).astimezone(UTC)
    except (ValueError, OverflowError):
        raise AuditQueryError("a time is wanted, like 2026-11-24, 2026-11-24T09:30 or 7d") from None


def subject(event: Mapping[str, Any]) -> str:
    """What the request names; empty where it names nothing."""
    asked = event.get("requestParameters") or event.get("additionalEventData") or {}
    return str(next((asked[name] for name in _SUBJECTS if asked.get(name)), ""))


def about(event: Mapping[str, Any]) -> str:
    """The same, and of a secret's ARN its name."""
    return _ARN.sub(r"\1", subject(event))


def caller(event: Mapping[str, Any]) -> str:
    """The end of the caller's ARN: `user/alice`."""
    return str(event.get("userIdentity", {}).get("arn", "")).rpartition(":")[2]
