"""ListSecrets, ListSecretVersionIds."""

from __future__ import annotations

from smtui.api.limits import MAX_PAGE_SIZE
from smtui.engine import filters, kms, paging, responses
from smtui.engine.call import Call, to_datetime
from smtui.engine.declaration import Request, Response, operation
from smtui.rules import labels
from smtui.vault import keys, versions
from smtui.vault.secrets import Secret
from smtui.vault.versions import StoredVersion

# The service's name for its managed key.
DEFAULT_KEY = "DefaultEncryptionKey"


@operation("ListSecrets", secret=False, reads_metadata=True)
def list_secrets(call: Call, _: None, request: Request) -> Response:
    """Page ListSecrets, including SortBy."""
    query = filters.make_query(call.region, request)
    found, token = paging.list_secrets_page(call, "ListSecrets", request, query, MAX_PAGE_SIZE)
    return {"SecretList": responses.list_entries(call, found), **token}


@operation("ListSecretVersionIds", allow_scheduled=True, reads_metadata=True)
def list_secret_version_ids(call: Call, secret: Secret, request: Request) -> Response:
    """Source: page ListSecretVersionIds."""
    limit = request.get("MaxResults", MAX_PAGE_SIZE)
    after = paging.read_position(call, "ListSecretVersionIds", request) or 0
    found = versions.list_page(call.database, secret.id, after=after, limit=limit + 1,
                          deprecated=request.get("IncludeDeprecated", False))
    token: Response = {}
    if len(found) > limit:
        found = found[:limit]
        token = paging.make_token(call, "ListSecretVersionIds", request, found[-1].id)
    by_label = versions.read_labels(call.database, secret.id)
    entries = [_format_entry(call, version, by_label) for version in found]
    return {"Versions": entries, **token, **call.format_identity(secret)}


def _format_entry(call: Call, version: StoredVersion, by_label: dict[str, int]) -> Response:
    key = keys.get_by_row(call.database, version.key)
    members = {
        "VersionId": version.version_id,
        "VersionStages": labels.list_on_version(by_label, version.id),
        "LastAccessedDate": to_datetime(version.accessed_on) if version.accessed_on else None,
        "CreatedDate": to_datetime(version.created_at),
        "KmsKeyIds": [DEFAULT_KEY if key.manager == "AWS" else kms.format_key_arn(call, key)],
    }
    return {name: value for name, value in members.items() if value}
