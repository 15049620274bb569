"""Care of a vault file: check, backup, passphrase, recovery code, and the warning that an older copy was put back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.api.errors import KeyFileError, VaultDamagedError, VaultError, VaultReadOnlyError
from smtui.backends.state import VaultState
from smtui.vault import backup, digest, kdf, migrate, recovery, reseal, verification
from smtui.vault import path as vault_path
from smtui.vault.backup import Progress, ignore_progress
from smtui.vault.database import Database
from smtui.vault.digest import Digest
from smtui.vault.kdf import FileKeys
from smtui.vault.key_file import KeyFileSource, load_key_file
from smtui.vault.keystore import rewrap_keys
from smtui.vault.verification import LastCheck

if TYPE_CHECKING:
    from smtui.vault.check import CheckReport

Passphrase = str | bytes | bytearray


class Maintenance:
    """`vault.maintenance`: what concerns the file as a whole. Every method raises VaultLockedError once it is closed.

    `progress(step, done, total)` is called now and then; an exception that it raises cancels the work without a trace.
    """

    def __init__(self, state: VaultState) -> None:
        self._state = state

    @property
    def format(self) -> int:
        """The format number of the file."""
        return migrate.read_format(self._state.database)

    # Check

    def check(self, progress: Progress | None = None) -> CheckReport:
        """Verifies pages, rows, references, envelopes and the audit log, in one consistent view of the file."""
        from smtui.vault.check import check

        state = self._state
        with suppress(VaultDamagedError):  # the report tells more
            _ = state.checked_database
        with state.database.snapshot():
            report = check(state.database, state.key_store, state.account_id, progress or ignore_progress)
        self._note_check(clean=report.clean)
        return report

    def verify_rows(self, progress: Callable[[int], None] = lambda rows: None) -> bool:
        """Whether the keyed digest fits all rows, that is, whether they are the ones last written together.

        Reads every row of one snapshot; writers do not wait. `progress` gets the number of rows read after every
        `digest.SLICE` of them; an exception that it raises ends the verification. Raises VaultDamagedError for an
        altered page.
        """
        database, key = self._state.checked_database, self._state.key_store.derive(digest.PURPOSE)
        clean = False
        try:
            with database.snapshot():
                clean = not digest.find_difference(database, key, progress) and digest.has_valid_row_numbers(database)
        except VaultDamagedError:
            self._note_check(clean=False)
            raise
        self._note_check(clean=clean)
        return clean

    @property
    def last_check(self) -> LastCheck | None:
        """When this machine last verified the whole vault, and the result; None if it never did."""
        return verification.read_last_check(self._state.note)

    def take_check_reminder(self) -> str:
        """A sentence if the last check is long ago or found a fault, at most once a day; otherwise empty."""
        return verification.take_reminder(self._state.note, self._state.ambient.now())

    def _note_check(self, *, clean: bool) -> None:
        verification.record_check(self._state.note, self._state.ambient.now(), clean=clean)

    # Backup and passphrase

    def backup(self, target: Path | str, *, force: bool = False, progress: Progress = ignore_progress) -> None:
        """Writes a whole, consistent copy to a new file, also while another process writes to the vault.

        The passphrase of the vault opens the copy. `force` replaces an existing file. Raises VaultExistsError,
        VaultPathError or VaultFullError.
        """
        backup.backup(self._state.database, Path(target), force=force, progress=progress)

    @property
    def has_key_file(self) -> bool:
        """Whether the vault needs a key file besides the passphrase."""
        _ = self._state.database
        return kdf.needs_key_file(self._state.file_keys.salt)

    @property
    def knows_key_file(self) -> bool:
        """Whether a change of passphrase can keep the key file: not after the recovery code or the stored key."""
        _ = self._state.database
        return self._state.file_keys.key_file is not None

    @property
    def kdf_memory(self) -> int:
        """The MiB that each guess at the passphrase takes: 64 or 256."""
        _ = self._state.database
        return kdf.read_memory(self._state.file_keys.salt)

    def change_passphrase(
        self, new: Passphrase, progress: Progress = ignore_progress, *, key_file: KeyFileSource | None = None,
        without_key_file: bool = False, kdf_memory: int | None = None,
    ) -> None:
        """Encrypts the file under a new passphrase, salt and keys.

        Args:
            new: the new passphrase.
            progress: see `Maintenance`.
            key_file: the path of the key file that is needed from now on; None keeps the present one, if there is one.
            without_key_file: whether no key file is needed from now on.
            kdf_memory: 64 or 256, the MiB that each guess at the passphrase takes; None keeps the present cost.

        Raises:
            VaultBusyError: another process has the vault open.
            VaultReadOnlyError: in a read-only session.
            KeyFileError: the key file cannot be used; or it should be kept, and the vault was opened without it.
            ValueError: `kdf_memory` is another number, or `key_file` contradicts `without_key_file`.
        """
        state = self._state
        database = state.checked_database
        if state.is_read_only:
            raise VaultReadOnlyError("This vault was opened read-only: its passphrase cannot be changed.")
        memory = self.kdf_memory if kdf_memory is None else kdf_memory
        with load_key_file(self._choose_key_file(key_file, without_key_file), state.path) as loaded:
            profile = kdf.choose_profile(memory, with_key_file=loaded is not None)
            new_keys = FileKeys.from_passphrase(new, kdf.generate_salt(state.ambient, profile), loaded)
        old_root = state.file_keys.root
        digest_key = state.key_store.derive(digest.PURPOSE)

        def rewrap(copy: Database) -> None:
            copy.observe(Digest(digest_key))
            with copy.transaction():
                rewrap_keys(copy, old_root, new_keys.root, state.ambient)

        reseal.reseal(database, new_keys, rewrap, progress)
        state.replace_keys(new_keys)
        state.recovery_code_due = True
        vault_path.confirm_on_disk(state.path)

    def _choose_key_file(self, given: KeyFileSource | None, without: bool) -> KeyFileSource | None:
        """The key file after a change of passphrase. Raises KeyFileError, ValueError."""
        if given is not None and without:
            raise ValueError("key_file contradicts without_key_file.")
        if given is not None or without or not self.has_key_file:
            return given
        if self._state.file_keys.key_file is None:
            raise KeyFileError("This vault has a key file, which was not needed to open it.",
                               hint="Give the key file to keep it, or a new one, or remove it.")
        return self._state.file_keys.key_file

    def take_recovery_code(self) -> str:
        """The recovery code, once after the vault was created or its passphrase changed. Raises VaultError later."""
        _ = self._state.database
        if not self._state.recovery_code_due:
            raise VaultError("The recovery code is shown once, when the passphrase is set.",
                             hint="Change the passphrase to get a new one: smtui passwd.")
        self._state.recovery_code_due = False
        return recovery.encode(self._state.file_keys.unlock_key())

    def list_format_backups(self) -> list[Path]:
        """The automatic backups from before a format change. They keep the passphrase of that time."""
        path = self._state.path
        from glob import escape  # few need it, and every command imports this module

        return sorted(path.parent.glob(f"{escape(path.name)}.format-*.backup"))

    # Rollback: an older copy of the file in its place

    @property
    def missing_commits(self) -> int:
        """How many changes that this machine has seen are missing from the file; normally 0.

        It is more after a backup was restored or somebody put an older copy back. Only a person knows whether that is
        intended, and confirms it with `accept_rollback()`.
        """
        gap = self._state.lineage.gap
        return gap.missing if gap else 0

    @property
    def rollback_warning(self) -> str:
        """Sentences about how much is missing and since when; empty if nothing is missing."""
        gap = self._state.lineage.gap
        return gap.sentence if gap else ""

    @property
    def missing_changes(self) -> list[str]:
        """The missing changes that this machine knows of, newest first: time, operation, name of the secret."""
        gap = self._state.lineage.gap
        return gap.lines if gap else []

    def accept_rollback(self) -> None:
        """Accepts the present file as the newest state, for a backup that was restored on purpose."""
        _ = self._state.database
        self._state.lineage.accept()

    def forget_history(self) -> None:
        """Removes this machine's rollback note, for a vault that is about to be deleted."""
        self._state.note.forget()

    # Clock and permanent deletion

    def take_deletion_notices(self) -> list[str]:
        """A sentence for each secret, KMS key or batch of audit events deleted permanently since the last call.

        Only what an earlier session found overdue, at least 24 hours before, is deleted.
        """
        return self._state.purge.take_notices()

    def accept_clock(self) -> None:
        """Confirms that the clock is right, so that overdue deletions continue. The audit log records it."""
        self._state.call_as_owner("AcceptClock", {})
        self._state.purge.trust_clock()
