"""How a session with a local vault begins: a new file, or one that is there and the key to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from smtui.ambient import Ambient
from smtui.api.errors import WrongPassphraseError
from smtui.backends.local import Vault
from smtui.backends.maintenance import Passphrase
from smtui.backends.state import is_region
from smtui.vault import digest, kdf, migrate, recovery, reseal
from smtui.vault import path as vault_path
from smtui.vault.database import Database
from smtui.vault.kdf import FileKeys
from smtui.vault.keystore import INTERNAL, KeyStore
from smtui.vault.opening import open_file
from smtui.vault.placing import install_file

_ACCOUNT = re.compile(r"\d{12}")


def examine(path: Path) -> None:
    """Raises what is wrong with the file before anybody types a passphrase."""
    vault_path.examine(path)


def create_vault(
    path: Path | str,
    passphrase: Passphrase,
    *,
    account_id: str = "000000000000",
    region_name: str = "us-east-1",
    clock: Callable[[], datetime] | None = None,
) -> Vault:
    """Makes a new vault file (mode 0600) and opens it. Raises VaultExistsError where a file is there."""
    if not _ACCOUNT.fullmatch(account_id):
        raise ValueError("account_id is 12 digits.")
    if not is_region(region_name):
        raise ValueError("A Region looks like us-east-1.")
    ambient = Ambient.with_clock(clock)
    keys = FileKeys.from_passphrase(passphrase, kdf.new_salt(ambient))

    def fill(database: Database) -> None:
        with database.transaction():
            migrate.create_tables(database)
            database.run("INSERT INTO meta VALUES ('account_id', ?), ('region_name', ?)", (account_id, region_name))
            store = KeyStore(database, keys.root, ambient)
            store.create_key("", alias=INTERNAL)
            digest.start(database, store.derive(digest.PURPOSE))

    install_file(Path(path), ".making", keys, fill, replace=False)
    vault_path.confirm_on_disk(Path(path))
    vault = Vault(open_file(Path(path), keys), keys, ambient)
    vault._state.recovery_code_due = True
    return vault


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
    examined = vault_path.examine(Path(path), any_salt=recovery_code is not None)
    if recovery_code is not None:
        keys = FileKeys.from_key(recovery.decode(recovery_code))
    elif key is not None:
        keys = FileKeys.from_key(key)
    elif passphrase is not None:
        keys = FileKeys.from_passphrase(passphrase, examined.salt)
    else:
        raise WrongPassphraseError("No passphrase was given.")
    notices = [f"Others on this machine can read {path}: repair with chmod 600."] if examined.readable_by_others else []
    try:
        database = open_file(Path(path), keys, read_only=read_only)
        try:
            reseal.remove_leftovers(database)
            migrate.bring_up_to_date(database)
            return Vault(database, keys, Ambient.with_clock(clock), tuple(notices))
        except BaseException:
            database.drop()
            raise
    except BaseException:
        keys.wipe()
        raise
