"""Where an import goes: a vault, one Region of it, and what an import asks of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from smtui.api.errors import ClientError
from smtui.transfer.entry import Entry, Value

if TYPE_CHECKING:
    from smtui.api.context import Capabilities
    from smtui.api.types import Client


class ImportVault(Protocol):
    """What an import uses of a context."""

    @property
    def can(self) -> Capabilities: ...
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

    def has_secret(self, name: str) -> bool:
        """Whether there is a secret of this name, with or without a value."""
        try:
            self.client(None).describe_secret(SecretId=name)
        except ClientError:
            return False
        return True

    def create(self, owner: str | None, entries: Iterable[Entry]) -> list[ClientError | None]:
        """Creates secrets, each with its older versions. Returns an error or None for each entry."""
        created = list(entries)
        requests = [{"Name": entry.name, **make_value_parameters([*entry.history, entry.value][0]), **entry.metadata}
                    for entry in created]
        refusals = self.vault.create_secrets(requests, region_name=self.region, caller=self.vault.owner(owner))
        for entry, refusal in zip(created, refusals, strict=True):
            if refusal is None:
                self.add_versions(entry, [*entry.history, entry.value][1:])
        return refusals

    def add_versions(self, entry: Entry, values: Iterable[Value]) -> None:
        """Stores further values of a secret, the oldest first."""
        for value in values:
            self.client(entry.owner).put_secret_value(SecretId=entry.name, **make_value_parameters(value))


def make_value_parameters(value: Value) -> Any:
    return {"SecretBinary" if isinstance(value, bytes) else "SecretString": value}
