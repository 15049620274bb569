"""Page tokens: opaque, authenticated, valid only for the request that they continue."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from smtui.api.errors import InvalidNextTokenException
from smtui.system.ambient import Ambient

NONCE_BYTES = 12
# Members that may differ from page to page.
_FREE = ("NextToken", "MaxResults")


def bind_request(operation: str, region: str, caller: str, request: Mapping[str, Any]) -> bytes:
    """The associated data of a token: operation, Region, caller and request."""
    asked = {name: value for name, value in request.items() if name not in _FREE}
    text = json.dumps([operation, region, caller, asked], sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def make_token(key: bytes, bound_to: bytes, position: object, ambient: Ambient) -> str:
    """A token for a position (anything JSON can represent)."""
    nonce = ambient.random_bytes(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, json.dumps(position).encode(), bound_to)
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def read_token(key: bytes, bound_to: bytes, token: str) -> Any:
    """The position in a token. Raises InvalidNextTokenException, the same for every cause."""
    try:
        raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
        return json.loads(AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound_to))
    except (InvalidTag, ValueError, binascii.Error):
        raise InvalidNextTokenException("Invalid NextToken.") from None
