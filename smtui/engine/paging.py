"""Pages of results with their tokens."""

from __future__ import annotations

from typing import Any

from smtui.api.errors import InvalidNextTokenException
from smtui.engine import tokens
from smtui.engine.call import Call
from smtui.engine.declaration import Request, Response
from smtui.vault import listing
from smtui.vault.listing import Query
from smtui.vault.secrets import Secret


def position(call: Call, operation: str, request: Request) -> Any:
    """Where the request says to continue, or None. Raises InvalidNextTokenException."""
    token = request.get("NextToken")
    if token is None:
        return None
    return tokens.read(call.token_key, _question(call, operation, request), token)


def token(call: Call, operation: str, request: Request, position: object) -> Response:
    """The member of a response that continues behind `position`."""
    return {"NextToken": tokens.make(call.token_key, _question(call, operation, request), position, call.ambient)}


def secrets_page(
    call: Call, operation: str, request: Request, query: Query, most: int
) -> tuple[list[Secret], Response]:
    """One page of secrets, and the NextToken member if there are more."""
    after = position(call, operation, request)
    if after is not None and len(after) != 2:
        raise InvalidNextTokenException("Invalid NextToken.")
    limit = request.get("MaxResults", most)
    found = listing.list_page(call.database, query, after=tuple(after) if after else None, limit=limit + 1)
    if len(found) <= limit:
        return found, {}
    found = found[:limit]
    return found, token(call, operation, request, listing.get_position(found[-1], query.order))


def _question(call: Call, operation: str, request: Request) -> bytes:
    return tokens.question(operation, call.region, call.caller.arn, request)
