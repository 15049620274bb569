"""AWS KMS: GetKeyPolicy, PutKeyPolicy, ListResourceTags, TagResource, UntagResource."""

from __future__ import annotations

from smtui.api.errors import NotFoundException
from smtui.engine import key_policies
from smtui.engine.call import Call
from smtui.engine.declaration import Request, Response, operation
from smtui.engine.key_attributes import store_policy, store_tags
from smtui.engine.operations.keys import get_authorized_key, get_customer_key, refuse_pending_deletion
from smtui.vault import key_attributes as rows

POLICY_NAME = "default"


@operation("GetKeyPolicy", secret=False, reads_metadata=True)
def get_key_policy(call: Call, _: None, request: Request) -> Response:
    """Source: page GetKeyPolicy."""
    key = get_authorized_key(call, "GetKeyPolicy", request["KeyId"])
    _check_policy_name(request)
    return {"Policy": key_policies.read_policy_text(call, key), "PolicyName": POLICY_NAME}


@operation("PutKeyPolicy", changes=True, secret=False)
def put_key_policy(call: Call, _: None, request: Request) -> Response:
    """Source: page PutKeyPolicy."""
    key = refuse_pending_deletion(call, get_customer_key(call, "PutKeyPolicy", request["KeyId"]))
    _check_policy_name(request)
    store_policy(call, key, request)
    return {}


def _check_policy_name(request: Request) -> None:
    if request.get("PolicyName", POLICY_NAME) != POLICY_NAME:
        raise NotFoundException("No such policy exists")


@operation("ListResourceTags", secret=False, reads_metadata=True)
def list_resource_tags(call: Call, _: None, request: Request) -> Response:
    """Source: page ListResourceTags. Returns all at once."""
    key = get_authorized_key(call, "ListResourceTags", request["KeyId"])
    tags = [{"TagKey": tag, "TagValue": value} for tag, value in rows.read_tags(call.database, key.row).items()]
    return {"Tags": tags, "Truncated": False}


@operation("KeyTagResource", changes=True, secret=False)
def tag_resource(call: Call, _: None, request: Request) -> Response:
    """Source: page TagResource of KMS."""
    key = refuse_pending_deletion(call, get_customer_key(call, "TagResource", request["KeyId"]))
    store_tags(call, key, request["Tags"])
    return {}


@operation("KeyUntagResource", changes=True, secret=False)
def untag_resource(call: Call, _: None, request: Request) -> Response:
    """Source: page UntagResource of KMS. A tag that is not there is no error."""
    key = refuse_pending_deletion(call, get_customer_key(call, "UntagResource", request["KeyId"]))
    rows.remove_tags(call.database, key.row, request["TagKeys"])
    return {}
