"""Hardens the process before the first screen, and replaces tracebacks by one sentence without secrets.

This module does not import Textual, because Textual reads environment variables that `harden` removes first.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # quick commands import this module
    from collections.abc import MutableMapping
    from types import TracebackType

HARMLESS_TEXTUAL = frozenset({"TEXTUAL_ANIMATIONS", "TEXTUAL_COLOR_SYSTEM", "TEXTUAL_FPS", "TEXTUAL_THEME"})
PRIVATE = 0o077
PR_SET_DUMPABLE = 4
PT_DENY_ATTACH = 31

_umask: int | None = None
"""The umask that the process inherited; None before `harden`."""


def harden(*, allow_debug: bool = False, with_threads: bool = True) -> None:
    """Sets a private umask, removes Textual's variables, disables core files and debuggers, and silences tracebacks.

    Args:
        allow_debug: keeps core files and debuggers enabled.
        with_threads: silences tracebacks of threads too; False is for a process that starts none.
    """
    global _umask
    _umask = os.umask(PRIVATE)
    remove_textual_variables(os.environ)
    if not allow_debug:
        _refuse_core_files()
        _refuse_debuggers()
    silence_tracebacks(with_threads=with_threads)


def get_inherited_umask() -> int:
    """The umask that the process inherited, for its children; -1 if it has not changed."""
    return -1 if _umask is None else _umask


def restore_inherited_state() -> None:
    """Restores the inherited umask and the default signal handlers for a command that replaces this process.

    Core files stay disabled, and Textual's variables stay removed.
    """
    if _umask is not None:
        os.umask(_umask)
    import _signal  # type: ignore[import-not-found]  # `signal` itself takes half of an interpreter start

    for name in ("SIGPIPE", "SIGXFSZ"):  # Python ignores these signals
        if hasattr(_signal, name):
            _signal.signal(getattr(_signal, name), _signal.SIG_DFL)


def remove_textual_variables(environ: MutableMapping[str, str]) -> None:
    """Removes Textual's variables, which can log or simulate key presses and take screenshots.

    The variables in HARMLESS_TEXTUAL, which change only the appearance, stay.
    """
    for name in [name for name in environ if name.startswith("TEXTUAL") and name not in HARMLESS_TEXTUAL]:
        del environ[name]


def _refuse_core_files() -> None:
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _refuse_debuggers() -> None:
    """Denies debuggers on Linux and macOS. On Linux this also denies `/proc/PID/mem` and `/proc/PID/environ`."""
    import ctypes

    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    elif sys.platform == "darwin":
        ctypes.CDLL(None).ptrace(PT_DENY_ATTACH, 0, None, 0)


def silence_tracebacks(*, with_threads: bool = True) -> None:
    """Prints one sentence in place of a traceback for any unhandled exception, in every thread."""
    sys.excepthook = lambda kind, error, trace: _print_incident(error)
    if with_threads:
        import threading

        threading.excepthook = lambda args: _print_incident(args.exc_value)
    sys.unraisablehook = lambda args: _print_incident(args.exc_value)


def _print_incident(error: BaseException | None) -> None:
    if error is not None and not isinstance(error, KeyboardInterrupt):
        print(describe_incident(error), file=sys.stderr)


def describe_incident(error: BaseException) -> str:
    """Returns a message with an id: the exception type, module and line. It contains no secrets."""
    return (
        "smtui stopped because of an internal error. Confirmed changes are saved in the vault. "
        f"Include this ID in a report: {type(error).__name__}-{_find_own_line(error.__traceback__)}"
    )


def _find_own_line(trace: TracebackType | None) -> str:
    """Returns the innermost frame in smtui as `module-line`, or the innermost frame if none is in smtui."""
    from pathlib import Path

    frames = []
    while trace is not None:
        frames.append((Path(trace.tb_frame.f_code.co_filename), trace.tb_lineno))
        trace = trace.tb_next
    ours = [frame for frame in frames if "smtui" in frame[0].parts]
    path, line = (ours or frames or [(Path("nowhere"), 0)])[-1]
    return f"{path.stem}-{line}"
