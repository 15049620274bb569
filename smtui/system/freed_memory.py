"""Configures the memory allocator to overwrite freed memory, for all libraries in the process.

After the vault is locked, freed blocks can still contain secrets: Python strings, the passphrase in OpenSSL's key
derivation, pages and statements of SQLite. smtui cannot wipe the memory of other libraries, but the allocator can:

- glibc overwrites freed blocks (`perturb`). Blocks in the per-thread cache are exempt, so the cache is disabled
  (`tcache_count`). `PYTHONMALLOC=malloc` makes Python use glibc for small objects too.
- glibc releases the stack of a thread when the thread ends (`stack_cache_size`).
- Without glibc, Python's debug allocator overwrites what Python frees, but not what other libraries free.

The allocators read these settings when a process starts. Therefore the TUI executes the interpreter once more, in the
same process, before it imports other modules. The cost is one interpreter start and 2 MB of memory.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

DONE = "SMTUI_OVERWRITES_FREED_MEMORY"
TUNABLES = "GLIBC_TUNABLES"
FILL = 165
"""The byte with which glibc fills freed blocks. It fills allocated blocks with the complement."""
GLIBC = ("glibc.malloc.tcache_count=0", "glibc.pthread.stack_cache_size=0")
SWITCHES = ("PYTHONMALLOC", TUNABLES)


def overwrite_freed_memory() -> None:
    """Executes this process again with the same arguments and the allocator settings, unless this was already done.

    On Windows, or if the execution fails, the process continues without the settings.
    """
    if os.environ.pop(DONE, None) is not None:
        for name in SWITCHES:  # child processes do not need them
            os.environ.pop(name, None)
    elif sys.platform != "win32":
        try:
            os.execve(sys.executable, sys.orig_argv, {**os.environ, **build_allocator_variables(os.environ), DONE: "1"})  # noqa: S606
        except OSError:
            return


def build_allocator_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Returns the environment variables that make this system's allocators overwrite freed memory."""
    if not _is_glibc():
        return {"PYTHONMALLOC": "pymalloc_debug"}
    tunables = [environ.get(TUNABLES, ""), f"glibc.malloc.perturb={FILL}", *GLIBC]
    return {"PYTHONMALLOC": "malloc", TUNABLES: ":".join(filter(None, tunables))}


def _is_glibc() -> bool:
    try:
        return (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc")
    except (AttributeError, ValueError, OSError):
        return False
