"""TagResource, UntagResource."""

from __future__ import annotations

from smtui.engine import policies, tagging
from smtui.engine.call import Call
from smtui.engine.declaration import Request, Response, operation
from smtui.vault import secrets
from smtui.vault.secrets import Secret


@operation("TagResource", changes=True)
def tag_resource(call: Call, secret: Secret, request: Request) -> Response:
    """Source: page TagResource."""
    new = tagging.parse_tags(request["Tags"])
    together = tagging.merge_tags(secrets.read_tags(call.database, secret), new)
    policies.check_manageable(call, secret, together)
    secrets.add_tags(call.database, [(secret, new)])
    _touch(call, secret)
    return {}


@operation("UntagResource", changes=True)
def untag_resource(call: Call, secret: Secret, request: Request) -> Response:
    """Source: page UntagResource. A missing key is ignored."""
    present = secrets.read_tags(call.database, secret)
    gone = present.keys() & set(request["TagKeys"])
    if gone:
        left = {key: value for key, value in present.items() if key not in gone}
        policies.check_manageable(call, secret, left)
        secrets.remove_tags(call.database, secret, gone)
        _touch(call, secret)
    return {}


def _touch(call: Call, secret: Secret) -> None:
    secrets.touch_changed(call.database, secret, call.now)
    secrets.index_words(call.database, secret.id)
