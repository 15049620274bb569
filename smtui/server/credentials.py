"""Callers of the endpoint and their key pairs, which are new at each start and exist in memory only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from smtui.api.arn import format_principal_arn
from smtui.protocol.key_pair import KeyPair
from smtui.system.ambient import Ambient

IdentityPolicy = Literal["admin", "none"]
TOKEN_CALLER = "user/agent-interface"  # noqa: S105
"""Whoever reads with the owner's token through the interface of AWS's agent, as policies and the audit log see it."""


@dataclass(frozen=True, slots=True)
class EndpointCaller:
    """Whoever signs with a key pair.

    Args:
        arn: the IAM ARN that policies and the audit log see.
        identity: `admin` if the caller's identity policies allow everything, `none` if they allow nothing.
        keys: the key pair.
        token_arn: the ARN where the caller only has the token; by default the same.
    """

    arn: str
    identity: IdentityPolicy
    keys: KeyPair
    token_arn: str = ""

    @property
    def as_token_holder(self) -> EndpointCaller:
        return EndpointCaller(self.token_arn or self.arn, self.identity, self.keys)


class CallerRegistry:
    """The callers of one endpoint: the owner, and named ones.

    Args:
        ambient: the source of randomness.
        account: the account of the vault.
        named: the identity policy of each IAM user that may call, by user name.
    """

    def __init__(self, ambient: Ambient, account: str, named: Mapping[str, IdentityPolicy] | None = None) -> None:
        self._ambient = ambient
        self.owner = EndpointCaller(format_principal_arn(account), "admin", KeyPair.generate(ambient),
                                    format_principal_arn(account, TOKEN_CALLER))
        self.named = {
            name: EndpointCaller(format_principal_arn(account, f"user/{name}"), identity, KeyPair.generate(ambient))
            for name, identity in (named or {}).items()
        }
        self._by_key = {each.keys.access_key_id: each for each in self.all}

    def find(self, name: str | None) -> EndpointCaller | None:
        """The caller of this name; the owner without one."""
        return self.owner if name is None else self.named.get(name)

    @property
    def all(self) -> list[EndpointCaller]:
        """All callers, the owner first."""
        return [self.owner, *self.named.values()]

    def revoke(self, access_key_id: str) -> bool:
        """Refuses a key pair from now on: a named caller is removed, the owner gets a new key pair.

        Returns whether somebody had it.
        """
        caller = self.find_by_key(access_key_id)
        if caller is None:
            return False
        # readers in other threads keep the mappings that they have
        self.named = {name: each for name, each in self.named.items() if each is not caller}
        if caller is self.owner:
            self.owner = replace(caller, keys=KeyPair.generate(self._ambient))
        self._by_key = {each.keys.access_key_id: each for each in self.all}
        return True

    def find_by_key(self, access_key_id: str) -> EndpointCaller | None:
        """The caller with this access key."""
        return self._by_key.get(access_key_id)

    def find_by_token(self, tokens: Sequence[str]) -> EndpointCaller | None:
        """The caller with this token of the agent interface; None for no token or several."""
        if len(tokens) != 1:
            return None
        found = [each for each in self._by_key.values() if each.keys.accepts_token(tokens[0])]
        return found[0].as_token_holder if found else None
