"""What is freed is overwritten, by the allocator, so that it holds for every library in the process.

After the lock nothing refers to a value or a key any more. But a block that is freed keeps its content until somebody
uses it again: a text of Python's, the passphrase in a parameter of OpenSSL's key derivation, a page or a statement of
SQLite's. Code of ours cannot wipe what others hold, and looking for remains afterwards finds only what one thinks of.
The allocator sees every block that is freed:

- glibc fills it (`perturb`), unless it goes to the cache of each thread, which therefore gets no room (`tcache_count`);
  and Python asks glibc for small objects as well (`PYTHONMALLOC=malloc`) in place of its own pools.
- glibc keeps no stacks of threads that ended (`stack_cache_size`): what lay on them goes with the thread.
- Elsewhere Python's debug allocator fills what Python frees; blocks of other libraries stay as they are.

All of these are read when a process begins, so the screens begin anew once, in the same process and at the price of one
more start of the interpreter, before anything else is imported. Keys cost no more CPU, and memory grows by 2 MB.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

DONE = "SMTUI_OVERWRITES_FREED_MEMORY"
TUNABLES = "GLIBC_TUNABLES"
FILL = 165
"""glibc writes this byte over what is freed, and its complement over what is handed out."""
GLIBC = ("glibc.malloc.tcache_count=0", "glibc.pthread.stack_cache_size=0")
SWITCHES = ("PYTHONMALLOC", TUNABLES)


def overwrite_freed_memory() -> None:
    """Starts this process anew, with the same arguments, unless it was; goes on as it is where that cannot be done."""
    if os.environ.pop(DONE, None) is not None:
        for name in SWITCHES:  # no child needs them
            os.environ.pop(name, None)
    elif sys.platform != "win32":
        try:
            os.execve(sys.executable, sys.orig_argv, {**os.environ, **build_allocator_variables(os.environ), DONE: "1"})  # noqa: S606
        except OSError:
            return


def build_allocator_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that make the allocators of this system overwrite what is freed."""
    if not _is_glibc():
        return {"PYTHONMALLOC": "pymalloc_debug"}
    tunables = [environ.get(TUNABLES, ""), f"glibc.malloc.perturb={FILL}", *GLIBC]
    return {"PYTHONMALLOC": "malloc", TUNABLES: ":".join(filter(None, tunables))}


def _is_glibc() -> bool:
    try:
        return (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc")
    except (AttributeError, ValueError, OSError):
        return False
