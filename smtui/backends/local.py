"""The local vault as a session: open or create the file, get clients, look after the file itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from smtui.api.types import Client

Passphrase = str | bytes | bytearray


@dataclass(frozen=True)
class Caller:
    """Who calls: an ARN, what the caller's own account lets them do, and the condition keys of the request."""

    arn: str
    identity: Literal["admin", "none"] = "admin"
    context: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """One thing `check` found: where, and a sentence about it."""

    area: Literal["pages", "envelopes", "references", "trail", "file"]
    sentence: str


@dataclass(frozen=True)
class CheckReport:
    """What `check` looked at (counts by what they count) and what is wrong with it."""

    counted: dict[str, int]
    findings: tuple[Finding, ...]

    @property
    def clean(self) -> bool:
        return not self.findings


class Vault:
    """An unlocked vault. Leave it with `close()` (or `with`); after that every call raises VaultLockedError."""

    path: Path
    account_id: str
    region_name: str
    read_only: bool
    notices: tuple[str, ...]  # sentences a person should see once: readable by others, clock behind, reads not recorded

    def client(self, *, region_name: str | None = None, caller: Caller | str | None = None) -> Client:
        """A client of boto3's shape that sees one Region; by default the home Region, called by the vault's owner."""
        raise NotImplementedError

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Every call made inside commits together at the end, or, on an exception, not at all."""
        raise NotImplementedError
        yield

    def close(self) -> None:
        """Drops the keys and closes the file. Safe to call twice."""

    lock = close

    @property
    def locked(self) -> bool:
        raise NotImplementedError

    def change_count(self) -> int:
        """A number that differs after another process or another connection has changed the vault."""
        raise NotImplementedError

    def take_recovery_code(self) -> str:
        """The recovery code, once after the vault was created or its passphrase changed; a second call raises."""
        raise NotImplementedError

    def change_passphrase(self, passphrase: Passphrase) -> None:
        """Seals the file under a new passphrase, salt and keys; no other process may have it open (VaultBusyError)."""
        raise NotImplementedError

    def unlock_key(self) -> bytes:
        """48 bytes that open this file without the passphrase, for the OS keyring."""
        raise NotImplementedError

    def check(self, progress: Callable[[str, int, int], None] | None = None) -> CheckReport:
        """Verifies pages, envelopes, references and the trail. `progress(what, done, of)` is called now and then."""
        raise NotImplementedError

    def backup(self, target: Path, *, force: bool = False) -> None:
        """A whole, consistent copy in a new file, also while another process writes; VaultExistsError if one is there."""
        raise NotImplementedError

    def trail(
        self, *, secret_id: str | None = None, operation: str | None = None,
        since: datetime | None = None, until: datetime | None = None, limit: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """The audit events, newest first, each with CloudTrail's field names."""
        raise NotImplementedError

    def __enter__(self) -> Vault:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def create_vault(
    path: Path | str,
    passphrase: Passphrase,
    *,
    account_id: str = "000000000000",
    region_name: str = "us-east-1",
    clock: Callable[[], datetime] | None = None,
) -> Vault:
    """Makes a new vault file (mode 0600) and opens it. Raises VaultExistsError where a file is there."""
    raise NotImplementedError


def open_vault(
    path: Path | str,
    passphrase: Passphrase | None = None,
    *,
    key: bytes | None = None,
    recovery_code: str | None = None,
    read_only: bool = False,
    clock: Callable[[], datetime] | None = None,
) -> Vault:
    """Opens a vault by its passphrase, by `unlock_key()`'s bytes, or by the recovery code."""
    raise NotImplementedError
