"""A secret without its value, as DescribeSecret and ListSecrets answer it. Members without a value are left out."""

from __future__ import annotations

from smtui.engine.call import Call, moment
from smtui.engine.declaration import Response
from smtui.vault import secrets, versions
from smtui.vault.secrets import Secret


def described(call: Call, secret: Secret, *, labels_member: str) -> Response:
    """`labels_member` is what the operation calls the mapping of versions to labels."""
    dates = {
        "LastAccessedDate": secret.accessed_on, "DeletedDate": secret.delete_at,
        "LastChangedDate": secret.changed_at, "CreatedDate": secret.created_at,
    }
    members = {
        **call.identity(secret),
        "Type": secret.type,
        "Description": secret.description,
        **{name: moment(at) for name, at in dates.items() if at},
        "Tags": [{"Key": key, "Value": value} for key, value in secrets.tags(call.database, secret).items()],
        labels_member: versions.labelled_ids(call.database, secret.id),
        "OwningService": secret.owning_service,
    }
    return {name: value for name, value in members.items() if value}
