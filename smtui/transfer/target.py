"""Where an import goes: a vault, one Region of it, and what an import asks of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from smtui.api.errors import ClientError
from smtui.transfer.entry import Entry

if TYPE_CHECKING:
    from smtui.api.types import Client


class ImportVault(Protocol):
    """The methods of `smtui.Vault` that an import uses."""

    def owner(self, service: str | None = None) -> Any: ...
    def client(self, *, region_name: str | None = None, caller: Any = None) -> Client: ...
    def look_up_names(
        self, names: Sequence[str], *, region_name: str | None = None
    ) -> tuple[set[str], dict[str, str]]: ...
    def create_secrets(
        self, requests: Sequence[dict[str, Any]], *, region_name: str | None = None, caller: Any = None
    ) -> list[ClientError | None]: ...


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """A vault and the Region to import into, by default the home Region."""

    vault: ImportVault
    region: str | None = None

    def client(self, owner: str | None) -> Client:
        """A client that acts as the AWS service `owner`, or as the vault's owner."""
        return self.vault.client(region_name=self.region, caller=self.vault.owner(owner))

    def look_up(self, names: Iterable[str]) -> tuple[set[str], dict[str, str]]:
        """The names of secrets that have a value; and the names that cannot get one, with the reason."""
        return self.vault.look_up_names(list(names), region_name=self.region)

    def create(self, owner: str | None, entries: Iterable[Entry]) -> list[ClientError | None]:
        """Creates secrets. Returns an error or None for each entry."""
        requests = [{"Name": entry.name, **make_value_parameters(entry), **entry.metadata} for entry in entries]
        return self.vault.create_secrets(requests, region_name=self.region, caller=self.vault.owner(owner))


def make_value_parameters(entry: Entry) -> Any:
    return {"SecretBinary" if isinstance(entry.value, bytes) else "SecretString": entry.value}
