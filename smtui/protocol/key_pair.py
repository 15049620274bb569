"""A key pair, with which requests are signed."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from smtui.rules import access_keys
from smtui.system.ambient import Ambient

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Credentials as AWS issues them: an access key ID, a secret access key, and a session token for temporary ones.

    The session token is the token of the interface of AWS's agent too, as in AWS Lambda. Requests may leave it out.
    """

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)

    @classmethod
    def generate(cls, ambient: Ambient) -> KeyPair:
        key_id = access_keys.generate_key_id(access_keys.TEMPORARY, ambient.pick_characters)
        secret_key = access_keys.generate_secret_key(ambient.pick_characters)
        return cls(key_id, secret_key, ambient.random_bytes(TOKEN_BYTES).hex())

    def accepts_token(self, token: str) -> bool:
        """Whether this is the session token. The time that it takes does not depend on the content."""
        has_token = bool(self.session_token)
        return has_token and hmac.compare_digest(token.encode("latin-1", "replace"), self.session_token.encode())
