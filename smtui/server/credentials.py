"""Callers of the endpoint and their key pairs, which are new at each start and exist in memory only."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from smtui.system.ambient import Ambient

IdentityPolicy = Literal["admin", "none"]
ACCESS_KEY_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
SECRET_KEY_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"  # noqa: S105
ACCESS_KEY_PREFIX = "AKIA"
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An access key as AWS issues it: an ID of 20 and a secret of 40 characters."""

    access_key_id: str
    secret_access_key: str = field(repr=False)

    @classmethod
    def generate(cls, ambient: Ambient) -> KeyPair:
        key_id = ACCESS_KEY_PREFIX + ambient.pick_characters(ACCESS_KEY_ALPHABET, 16)
        return cls(key_id, ambient.pick_characters(SECRET_KEY_ALPHABET, 40))


@dataclass(frozen=True, slots=True)
class EndpointCaller:
    """Whoever signs with a key pair.

    Args:
        arn: the IAM ARN that policies and the audit log see.
        identity: `admin` if the caller's identity policies allow everything, `none` if they allow nothing.
        keys: the key pair.
    """

    arn: str
    identity: IdentityPolicy
    keys: KeyPair


class CallerRegistry:
    """The callers of one endpoint: the owner, and named ones.

    Args:
        ambient: the source of randomness.
        owner: the ARN of the vault's owner.
        token_caller: the ARN of whoever has the token of the agent interface, which only reads.
        named: the ARN and the identity policy of each further caller, by name.
    """

    def __init__(
        self, ambient: Ambient, owner: str, token_caller: str,
        named: Mapping[str, tuple[str, IdentityPolicy]] | None = None,
    ) -> None:
        self.owner = EndpointCaller(owner, "admin", KeyPair.generate(ambient))
        self.named = {name: EndpointCaller(arn, identity, KeyPair.generate(ambient))
                      for name, (arn, identity) in (named or {}).items()}
        self.token_caller = EndpointCaller(token_caller, "admin", KeyPair.generate(ambient))
        self.token = ambient.random_bytes(TOKEN_BYTES).hex()
        self.by_key = {each.keys.access_key_id: each for each in (self.owner, *self.named.values())}
        self.secret_keys = {key_id: each.keys.secret_access_key for key_id, each in self.by_key.items()}

    def find(self, name: str | None) -> EndpointCaller | None:
        """The caller of this name; the owner without one."""
        return self.owner if name is None else self.named.get(name)

    def accepts_token(self, tokens: list[str]) -> bool:
        """Whether one of the tokens is that of the agent interface. The time does not depend on the content."""
        return len(tokens) == 1 and hmac.compare_digest(tokens[0].encode("latin-1", "replace"), self.token.encode())
