"""A folder lock, so that no process opens a vault file while another replaces it.

SQLite finds the log of a file by name. A process that opened the old file could take the new file's log for its own;
a checkpoint would then stop halfway and the log be removed. So an opening process shares the folder lock until it
holds SQLite's lock on the file, and a replacing process holds the folder lock exclusively.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from smtui.api.errors import VaultBusyError
from smtui.system.folder_lock import POLL_SECONDS, lock_folder

__all__ = ["POLL_SECONDS", "hold"]


@contextmanager
def hold(path: Path, *, exclusive: bool = False) -> Iterator[None]:
    """Holds the lock on the folder of `path`, shared to open or `exclusive` to replace a file. Raises VaultBusyError.

    Without effect where the system has no locks for folders, as on Windows, where an open file cannot be replaced.
    """
    with ExitStack() as held:
        try:
            held.enter_context(lock_folder(path.parent, shared=not exclusive))
        except TimeoutError:
            raise VaultBusyError("Another process is replacing the vault file and did not finish in time.",
                                 hint="Try again.") from None
        yield
