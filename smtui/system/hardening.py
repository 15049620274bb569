"""What the process does for its own privacy before the first screen, and how it speaks when it breaks.

Imports nothing of Textual: Textual reads its environment when it is imported, so this must run first.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType

HARMLESS_TEXTUAL = frozenset({"TEXTUAL_ANIMATIONS", "TEXTUAL_COLOR_SYSTEM", "TEXTUAL_FPS", "TEXTUAL_THEME"})
PRIVATE = 0o077
PR_SET_DUMPABLE = 4
PT_DENY_ATTACH = 31

_umask: int | None = None
"""The person's own, while ours is in force."""


def harden(*, allow_debug: bool = False) -> None:
    """No file for others, no switches from outside into Textual, no core file, no debugger, no traceback."""
    global _umask
    _umask = os.umask(PRIVATE)
    remove_textual_variables(os.environ)
    if not allow_debug:
        _refuse_core_files()
        _refuse_debuggers()
    silence_tracebacks()


def restore_inherited_state() -> None:
    """Gives back what a command that takes this process's place should find as its person left it; core files and
    Textual's switches stay off."""
    if _umask is not None:
        os.umask(_umask)
    for name in ("SIGPIPE", "SIGXFSZ"):  # which Python ignores for itself
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)


def remove_textual_variables(environ: MutableMapping[str, str]) -> None:
    """Removes Textual's switches, which can log every key typed, run keys or take pictures; looks are left alone."""
    for name in [name for name in environ if name.startswith("TEXTUAL") and name not in HARMLESS_TEXTUAL]:
        del environ[name]


def _refuse_core_files() -> None:
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _refuse_debuggers() -> None:
    """Also closes `/proc/PID/mem` and `environ` to other programs of the same user, where the system can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    elif sys.platform == "darwin":
        ctypes.CDLL(None).ptrace(PT_DENY_ATTACH, 0, None, 0)


def silence_tracebacks() -> None:
    """Whatever goes wrong anywhere in the process, what is printed is one sentence."""
    sys.excepthook = lambda kind, error, trace: _print_incident(error)
    threading.excepthook = lambda args: _print_incident(args.exc_value)
    sys.unraisablehook = lambda args: _print_incident(args.exc_value)


def _print_incident(error: BaseException | None) -> None:
    if error is not None and not isinstance(error, KeyboardInterrupt):
        print(describe_incident(error), file=sys.stderr)


def describe_incident(error: BaseException) -> str:
    """One sentence with an id that says what kind of fault and where in our code, and nothing of any value."""
    return (
        "smtui stopped because of a fault of its own. What was confirmed is safely in the vault. "
        f"If you report it, give this id: {type(error).__name__}-{_find_own_line(error.__traceback__)}"
    )


def _find_own_line(trace: TracebackType | None) -> str:
    """The innermost line of ours on the way to the fault; of anybody's, where none is ours."""
    frames = []
    while trace is not None:
        frames.append((Path(trace.tb_frame.f_code.co_filename), trace.tb_lineno))
        trace = trace.tb_next
    ours = [frame for frame in frames if "smtui" in frame[0].parts]
    path, line = (ours or frames or [(Path("nowhere"), 0)])[-1]
    return f"{path.stem}-{line}"
