"""UpdateSecretVersionStage."""

from __future__ import annotations

from smtui.api.errors import InvalidParameterException, ResourceNotFoundException
from smtui.engine import rotation, values
from smtui.engine.call import Call
from smtui.engine.declaration import Request, Response, operation
from smtui.rules import labels
from smtui.vault import versions
from smtui.vault.secrets import Secret


@operation("UpdateSecretVersionStage", changes=True, owner_only=True)
def update_secret_version_stage(call: Call, secret: Secret, request: Request) -> Response:
    """Source: page UpdateSecretVersionStage."""
    label, source, target = request["VersionStage"], request.get("RemoveFromVersionId"), request.get("MoveToVersionId")
    if source is None and target is None:
        raise InvalidParameterException("You must provide MoveToVersionId, RemoveFromVersionId, or both.")
    before = versions.read_labels(call.database, secret.id)
    remove_from, move_to = _find_row(call, secret, source), _find_row(call, secret, target)
    try:
        after = labels.move(before, label, remove_from=remove_from, move_to=move_to)
    except labels.LabelElsewhereError:
        holder = versions.get_by_row(call.database, before[label]).version_id
        raise InvalidParameterException(
            f"The parameter RemoveFromVersionId can't be empty. Staging label {label} is currently attached to "
            f"version {holder}, so you must explicitly reference that version in RemoveFromVersionId."
            if source is None else
            f"Staging label {label} is currently attached to version {holder}, not to version {source}."
        ) from None
    except labels.LabelNotAttachedError:
        raise InvalidParameterException(f"Staging label {label} is not attached to version {source}.") from None
    except labels.CurrentWithoutTargetError:
        raise InvalidParameterException(
            "You can only move staging label AWSCURRENT to a different secret version. "
            "It can\N{RIGHT SINGLE QUOTATION MARK}t be completely removed."
        ) from None
    values.save_labels(call, secret, before, after)
    if target is not None and label == labels.AWSCURRENT and before.get(label) != move_to:
        rotation.record_promotion(call, secret, target)
    return call.format_identity(secret)


def _find_row(call: Call, secret: Secret, version_id: str | None) -> int | None:
    if version_id is None:
        return None
    version = versions.find_by_id(call.database, secret.id, version_id)
    if version is None:
        raise ResourceNotFoundException(
            f"Secrets Manager can't find the specified secret version: {version_id}"
        )
    return version.id
