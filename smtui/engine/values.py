"""The value in a request, and how it becomes a version."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from smtui import labels
from smtui.api.errors import InvalidParameterException, LimitExceededException, ValidationException
from smtui.engine.call import DAY, Call
from smtui.engine.declaration import Request
from smtui.vault import envelope, secrets, versions
from smtui.vault.envelope import Context
from smtui.vault.secrets import Secret
from smtui.vault.versions import Version

MOST_BYTES = 65536
# Deprecated versions go when a secret has more than this many, but none in its first day.
KEPT_VERSIONS = 100


@dataclass(frozen=True, slots=True, repr=False)
class Value:
    """A value in the clear, for the length of a call. `form` is 'string' or 'binary'."""

    form: str
    raw: bytes

    def members(self) -> dict[str, str | bytes]:
        """The one member of a response it belongs in."""
        return {"SecretString": self.raw.decode()} if self.form == "string" else {"SecretBinary": self.raw}

    def same_as(self, other: Value) -> bool:
        return self.form == other.form and hmac.compare_digest(self.raw, other.raw)


def given(request: Request) -> Value | None:
    """The value a request brings, if any; both forms at once are refused."""
    text, binary = request.get("SecretString"), request.get("SecretBinary")
    if text is not None and binary is not None:
        raise InvalidParameterException("You can't specify both a binary secret value and a string secret value.")
    if text is None:
        return None if binary is None else Value("binary", binary)
    raw = text.encode()
    if len(raw) > MOST_BYTES:
        raise ValidationException(
            "1 validation error detected: Value at 'secretString' failed to satisfy constraint: "
            f"Member must have length less than or equal to {MOST_BYTES}"
        )
    return Value("string", raw)


def needed(request: Request) -> Value:
    value = given(request)
    if value is None:
        raise InvalidParameterException("You must provide either SecretString or SecretBinary.")
    return value


def opened(call: Call, secret: Secret, version: Version) -> Value:
    """A stored version in the clear. Raises DecryptionFailure."""
    key = call.keys.by_row(version.key)
    context = Context(call.arn(secret), version.version_id, version.form)
    return Value(version.form, envelope.unseal(version.envelope, key.material, context))


def store(call: Call, secret: Secret, version_id: str, value: Value, new_labels: Iterable[str]) -> list[str]:
    """Seals a new version, moves the labels to it, drops outdated versions; answers with the labels it carries."""
    key = call.keys.managed(secret.region)
    sealed = envelope.seal(value.raw, key.material, Context(call.arn(secret), version_id, value.form),
                           call.ambient.entropy)
    row = versions.insert(call.database, secret=secret.id, version_id=version_id, now=call.now, form=value.form,
                          key=key.row, envelope=sealed)
    before = versions.labels(call.database, secret.id)
    after = labels.attach(before, row, new_labels)
    save_labels(call, secret, before, after)
    versions.drop_outdated(call.database, secret.id, keep=KEPT_VERSIONS, made_before=call.now - DAY)
    return labels.of_version(after, row)


def save_labels(call: Call, secret: Secret, before: dict[str, int], after: dict[str, int]) -> None:
    """Writes where the labels are now; a version takes no more than its limit. Counts as a change of the secret."""
    for version in set(after.values()):
        if len(labels.of_version(after, version)) > labels.MOST_PER_VERSION:
            raise LimitExceededException(
                f"A version can have at most {labels.MOST_PER_VERSION} staging labels attached."
            )
    versions.save_labels(call.database, secret.id, before, after)
    secrets.touch_changed(call.database, secret, call.now)
