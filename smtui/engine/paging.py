"""Pages of results and their tokens."""

from __future__ import annotations

from typing import Any

from smtui.api.errors import InvalidNextTokenException
from smtui.engine import tokens
from smtui.engine.call import Call
from smtui.engine.declaration import Request, Response
from smtui.vault import listing
from smtui.vault.listing import Query
from smtui.vault.secrets import Secret


def read_position(call: Call, operation: str, request: Request) -> Any:
    """The position in the request's NextToken, or None. Raises InvalidNextTokenException."""
    token = request.get("NextToken")
    if token is None:
        return None
    return tokens.read_token(call.token_key, _bind_request(call, operation, request), token)


def make_token(call: Call, operation: str, request: Request, position: object) -> Response:
    """The NextToken member for the page after `position`."""
    bound_to = _bind_request(call, operation, request)
    return {"NextToken": tokens.make_token(call.token_key, bound_to, position, call.ambient)}


def list_secrets_page(
    call: Call, operation: str, request: Request, query: Query, most: int
) -> tuple[list[Secret], Response]:
    """One page of secrets, and the NextToken member if there are more. Other accounts have no secrets here."""
    if call.is_from_other_account:
        return [], {}
    after = read_position(call, operation, request)
    if after is not None and len(after) != 2:
        raise InvalidNextTokenException("Invalid NextToken.")
    limit = request.get("MaxResults", most)
    found = listing.list_page(call.database, query, after=tuple(after) if after else None, limit=limit + 1)
    if len(found) <= limit:
        return found, {}
    found = found[:limit]
    return found, make_token(call, operation, request, listing.get_position(found[-1], query.order))


def _bind_request(call: Call, operation: str, request: Request) -> bytes:
    return tokens.bind_request(operation, call.region, call.caller.arn, request)
