"""The value of a request, and how it becomes a version."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence

from smtui.api.errors import (
    InvalidParameterException,
    InvalidRequestException,
    LimitExceededException,
    ResourceExistsException,
    ResourceNotFoundException,
    ValidationException,
)
from smtui.api.limits import (
    KEPT_VERSIONS,
    MAX_LABELS_PER_SECRET,
    MAX_LABELS_PER_VERSION,
    MAX_VALUE_BYTES,
    MAX_YOUNG_VERSIONS,
)
from smtui.api.record import record
from smtui.engine import key_access, kms
from smtui.engine.call import DAY, Call
from smtui.engine.declaration import Request
from smtui.rules import labels
from smtui.vault import envelope, keys, secrets, versions
from smtui.vault.envelope import EncryptionContext, Envelope
from smtui.vault.keys import StoredKey
from smtui.vault.secrets import Secret
from smtui.vault.versions import StoredVersion, UnstoredVersion

EMPTY = Envelope(b"", b"")


@record(repr=False)
class Value:
    """A decrypted value, for the duration of a call. `form` is 'string' or 'binary'."""

    form: str
    raw: bytes

    def to_members(self) -> dict[str, str | bytes]:
        """SecretString or SecretBinary."""
        return {"SecretString": self.raw.decode()} if self.form == "string" else {"SecretBinary": self.raw}

    def is_same_as(self, other: Value) -> bool:
        """Whether both values are equal, compared in constant time."""
        return self.form == other.form and hmac.compare_digest(self.raw, other.raw)


def parse_value(request: Request) -> Value | None:
    """The value of a request, or None. Raises InvalidParameterException for both forms at once."""
    text, binary = request.get("SecretString"), request.get("SecretBinary")
    if text is not None and binary is not None:
        raise InvalidParameterException(
            "You can\N{RIGHT SINGLE QUOTATION MARK}t specify both a binary secret value and a string secret value "
            "in the same secret."
        )
    if text is None:
        return None if binary is None else Value("binary", binary)
    raw = text.encode()
    if len(raw) > MAX_VALUE_BYTES:
        raise ValidationException(
            "1 validation error detected: Value at 'secretString' failed to satisfy constraint: "
            f"Member must have length less than or equal to {MAX_VALUE_BYTES}"
        )
    return Value("string", raw)


def require_value(request: Request) -> Value:
    """The value of a request. Raises InvalidRequestException if there is none."""
    value = parse_value(request)
    if value is None:
        raise InvalidRequestException("You must provide either SecretString or SecretBinary.")
    return value


def decrypt(call: Call, secret: Secret, version: StoredVersion, key: StoredKey | None = None) -> Value:
    """Decrypts a stored version; `key` is its key if it was read with it.

    Raises DecryptionFailure, AccessDeniedException by the policy of its key, or ResourceNotFoundException for a version
    without a value.
    """
    if version.is_empty:
        raise make_no_value_error(version.version_id)
    key = kms.get_decryption_key(call, version.key, key)
    key_access.require_use(call, key, "Decrypt", secret)
    context = EncryptionContext(call.format_arn(secret), version.version_id, version.form)
    return Value(version.form, envelope.unseal_with(version.envelope, call.keys.get_cipher(key), context))


def require_same_value(call: Call, secret: Secret, version: StoredVersion, value: Value) -> None:
    """Accepts a repeated request: raises ResourceExistsException unless the version has this value."""
    if version.is_empty or not decrypt(call, secret, version).is_same_as(value):
        raise make_token_in_use_error(call, secret, version.version_id)


def make_token_in_use_error(call: Call, secret: Secret, token: str) -> ResourceExistsException:
    return ResourceExistsException(
        f"You can't use ClientRequestToken {token} because that value is already in use for a version of secret "
        f"{call.format_arn(secret)}."
    )


def store_version(call: Call, secret: Secret, version_id: str, value: Value, new_labels: Iterable[str]) -> list[str]:
    """Encrypts a new version, moves the labels to it and removes outdated versions.

    The first version of a secret gets AWSCURRENT as well. Returns the labels of the version. Raises
    LimitExceededException if the secret has too many young versions.
    """
    count = _check_version_quota(call, secret)
    row = insert_version(call, secret, version_id, value, made_at=call.now)
    before = versions.read_labels(call.database, secret.id)
    after = labels.put(before, row, new_labels if count else {*new_labels, labels.AWSCURRENT})
    save_labels(call, secret, before, after)
    if count >= KEPT_VERSIONS:
        versions.remove_outdated(call.database, secret.id, keep=KEPT_VERSIONS, made_before=call.now - DAY)
    return labels.list_on_version(after, row)


def store_first_versions(call: Call, firsts: Sequence[tuple[Secret, str, Value]]) -> None:
    """Encrypts the first versions (secret, version id, value) of new secrets, with the label AWSCURRENT."""
    keys_by_name: dict[str | None, StoredKey] = {}
    new = []
    for secret, version_id, value in firsts:
        key = keys_by_name.get(secret.kms_key_id)
        if key is None:
            key = keys_by_name[secret.kms_key_id] = kms.get_encryption_key(call, secret.region, secret.kms_key_id)
        new.append(_make_version(call, secret, version_id, value, key, made_at=call.now))
    rows = versions.insert_versions(call.database, new)
    versions.add_labels(call.database, [
        (each.secret, labels.AWSCURRENT, row) for each, row in zip(new, rows, strict=True)
    ])


def make_no_value_error(version_id: str) -> ResourceNotFoundException:
    return ResourceNotFoundException(
        f"Secrets Manager can't find the specified secret value for VersionId: {version_id}"
    )


def reserve_version(call: Call, secret: Secret, version_id: str) -> None:
    """Adds the version that a rotation will fill: AWSPENDING, without a value. Raises LimitExceededException."""
    _check_version_quota(call, secret)
    key = kms.get_encryption_key(call, secret.region, secret.kms_key_id)
    new = UnstoredVersion(secret.id, version_id, call.now, "string", key.row, EMPTY)
    [row] = versions.insert_versions(call.database, [new])
    before = versions.read_labels(call.database, secret.id)
    save_labels(call, secret, before, labels.attach(before, row, [labels.AWSPENDING]))


def _check_version_quota(call: Call, secret: Secret) -> int:
    """Counts the versions. Outdated ones make room, but none that is less than a day old.

    Raises LimitExceededException for a tight loop of new values.
    """
    count = versions.count_versions(call.database, secret.id)
    if count < MAX_YOUNG_VERSIONS:
        return count
    if versions.count_made_after(call.database, secret.id, call.now - DAY) >= MAX_YOUNG_VERSIONS:
        raise LimitExceededException(
            "The request failed because it would exceed one of the Secrets Manager quotas: a secret can have "
            f"{MAX_YOUNG_VERSIONS} versions that are less than 24 hours old."
        )
    return count


def fill_version(
    call: Call, secret: Secret, version: StoredVersion, value: Value, new_labels: Iterable[str]
) -> list[str]:
    """Stores the value of an empty version and moves the labels to it; returns the labels of the version."""
    key = kms.get_encryption_key(call, secret.region, secret.kms_key_id)
    sealed = _encrypt(call, secret, version.version_id, value, key)
    versions.fill_version(call.database, version, form=value.form, key=key.row, envelope=sealed)
    before = versions.read_labels(call.database, secret.id)
    after = labels.put(before, version.id, new_labels)
    save_labels(call, secret, before, after)
    return labels.list_on_version(after, version.id)


def insert_version(call: Call, secret: Secret, version_id: str, value: Value, *, made_at: int) -> int:
    """Adds a version under the secret's key, without labels; returns its row. Raises EncryptionFailure."""
    key = kms.get_encryption_key(call, secret.region, secret.kms_key_id)
    new = _make_version(call, secret, version_id, value, key, made_at=made_at)
    [row] = versions.insert_versions(call.database, [new])
    return row


def _make_version(
    call: Call, secret: Secret, version_id: str, value: Value, key: StoredKey, *, made_at: int
) -> UnstoredVersion:
    sealed = _encrypt(call, secret, version_id, value, key)
    return UnstoredVersion(secret.id, version_id, made_at, value.form, key.row, sealed)


def move_to_key(call: Call, secret: Secret) -> None:
    """Re-encrypts the versions with AWS's labels under the secret's key; others keep theirs, as in the service.

    Raises DecryptionFailure if the present key of a version may not be used. Versions whose key was deleted permanently
    are skipped.
    """
    key = kms.get_encryption_key(call, secret.region, secret.kms_key_id)
    by_label = versions.read_labels(call.database, secret.id)
    for row in {by_label[label] for label in labels.AWS if label in by_label}:
        version = versions.get_by_row(call.database, row)
        if version.key == key.row or version.is_empty or keys.get_by_row(call.database, version.key).is_shredded:
            continue
        sealed = _encrypt(call, secret, version.version_id, decrypt(call, secret, version), key)
        versions.reseal_version(call.database, version, key.row, sealed)


def _encrypt(call: Call, secret: Secret, version_id: str, value: Value, key: StoredKey) -> Envelope:
    context = EncryptionContext(call.format_arn(secret), version_id, value.form)
    return envelope.seal(value.raw, call.keys.get_material(key), context, call.ambient.random_bytes)


def save_labels(call: Call, secret: Secret, before: dict[str, int], after: dict[str, int]) -> None:
    """Stores the labels and marks the secret as changed. Raises LimitExceededException if there are too many."""
    if len(labels.select_custom(before)) < len(labels.select_custom(after)) > MAX_LABELS_PER_SECRET:
        raise LimitExceededException("You exceeded the maximum number of staging labels allowed on a secret.")
    for version in set(after.values()):
        if len(labels.list_on_version(after, version)) > MAX_LABELS_PER_VERSION:
            raise LimitExceededException(
                f"A version can have at most {MAX_LABELS_PER_VERSION} staging labels attached."
            )
    versions.save_labels(call.database, secret.id, before, after)
    secrets.touch_changed(call.database, secret, call.now)
