"""Creates and opens local vaults."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from smtui.api.arn import is_account, is_region
from smtui.api.errors import InvalidRegionError, WrongPassphraseError
from smtui.backends.local import Vault
from smtui.backends.maintenance import Passphrase
from smtui.system.ambient import Ambient
from smtui.vault import digest, kdf, migrate, recovery, reseal, sqlite_errors, stray_log
from smtui.vault import path as vault_path
from smtui.vault.database import Database
from smtui.vault.install_file import install_file
from smtui.vault.kdf import FileKeys
from smtui.vault.key_file import KeyFileSource, load_key_file
from smtui.vault.keystore import INTERNAL, KeyStore
from smtui.vault.opening import open_file

WRONG_CODE = "This recovery code does not open this vault, or the first page of the vault is damaged."
OLD_CODE = "Each change of the passphrase creates a new code; earlier codes stop working."


def examine(path: Path) -> None:
    """Examines a file before anybody types a passphrase. Raises VaultError."""
    vault_path.examine(path)


def create_vault(
    path: Path | str,
    passphrase: Passphrase,
    *,
    key_file: KeyFileSource | None = None,
    kdf_memory: int = kdf.DEFAULT_MEMORY,
    account_id: str = "000000000000",
    region_name: str = "us-east-1",
    clock: Callable[[], datetime] | None = None,
) -> Vault:
    """Creates a vault file (mode 0600) and opens it.

    Args:
        path: the new file; its folder is created if it is missing.
        passphrase: text or UTF-8 bytes; a bytearray stays the caller's to wipe.
        key_file: the path of a file that opening the vault needs too. It must never change: keep a copy.
        kdf_memory: 64 or 256, the MiB that each guess at the passphrase takes; 256 takes four times as long.
        account_id: 12 digits, part of every ARN.
        region_name: the home Region.
        clock: answers the time as an aware datetime, for tests.

    Raises:
        VaultExistsError: there is a file already.
        KeyFileError: the key file cannot be used.
        ValueError: `account_id` or `kdf_memory` has the wrong form.
        InvalidRegionError: `region_name` has the wrong form.
    """
    if not is_account(account_id):
        raise ValueError("account_id must be 12 digits.")
    if not is_region(region_name):
        raise InvalidRegionError(region_name)
    ambient = Ambient.with_clock(clock)
    profile = kdf.choose_profile(kdf_memory, with_key_file=key_file is not None)
    with load_key_file(key_file, Path(path)) as loaded:
        keys = FileKeys.from_passphrase(passphrase, kdf.generate_salt(ambient, profile), loaded)

    def fill(database: Database) -> None:
        with database.transaction():
            migrate.create_tables(database)
            database.run("INSERT INTO meta VALUES ('account_id', ?), ('region_name', ?)", (account_id, region_name))
            store = KeyStore(database, keys.root, ambient)
            store.create_key("", alias=INTERNAL)
            database.observe(digest.start(database, store.derive(digest.PURPOSE)))

    install_file(Path(path), ".making", keys, fill, replace=False)
    vault_path.confirm_on_disk(Path(path))
    vault = Vault(open_file(Path(path), keys), keys, ambient)
    vault._state.recovery_code_due = True
    return vault


def open_vault(
    path: Path | str,
    passphrase: Passphrase | None = None,
    *,
    key_file: KeyFileSource | None = None,
    key: bytes | None = None,
    recovery_code: str | None = None,
    read_only: bool = False,
    clock: Callable[[], datetime] | None = None,
) -> Vault:
    """Opens a vault by its passphrase, by the bytes of `unlock_key()`, or by the recovery code.

    `key_file` is the path of the vault's key file, if it has one; only the passphrase needs it. An older format is
    migrated after an automatic backup. `read_only` records and changes nothing.

    Raises:
        WrongPassphraseError: the passphrase, key file, key or recovery code does not open the file.
        KeyFileError: the vault needs a key file and none is given, it cannot be read, or the vault has none.
        VaultError: the file is missing, damaged, busy, of a newer format or no vault (its subclasses say which).
    """
    examined = vault_path.examine(Path(path), any_salt=recovery_code is not None)
    if recovery_code is not None:
        keys = FileKeys.from_key(recovery.decode(recovery_code))
    elif key is not None:
        keys = FileKeys.from_key(key)
    elif passphrase is not None:
        with load_key_file(key_file, Path(path)) as loaded:
            keys = FileKeys.from_passphrase(passphrase, examined.salt, loaded)
    else:
        raise WrongPassphraseError("No passphrase was given.")
    private = f"Other users of this machine can read {path}. Make it private: chmod 600 {path}"
    notices = [private] if examined.readable_by_others else []
    try:
        kept = stray_log.set_foreign_log_aside(Path(path), keys, read_only=read_only)
        notices += [stray_log.KEPT.format(kept)] if kept else []
        database = _open_file(Path(path), keys, read_only=read_only, with_code=recovery_code is not None)
        try:
            reseal.remove_leftovers(database)
            notices += migrate.bring_up_to_date(database)
            return Vault(database, keys, Ambient.with_clock(clock), tuple(notices))
        except BaseException:
            database.drop()
            raise
    except BaseException:
        keys.wipe()
        raise


def _open_file(path: Path, keys: FileKeys, *, read_only: bool, with_code: bool) -> Database:
    """Opens the file; the error for wrong keys names what the user gave. Raises VaultError."""
    try:
        return open_file(path, keys, read_only=read_only)
    except WrongPassphraseError:
        if with_code:
            raise WrongPassphraseError(WRONG_CODE, hint=OLD_CODE) from None
        if keys.key_file is not None:
            raise WrongPassphraseError(sqlite_errors.WRONG_KEYS_WITH_FILE) from None
        raise
