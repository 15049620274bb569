"""What a program inherits that this process starts, or that replaces it: environment variables and descriptors.

A child inherits descriptors 0, 1 and 2 and the environment variables of an allow-list. A command of `smtui exec`
inherits the user's environment, except for most `SMTUI_*` variables. No child inherits a descriptor or an open file
from which a passphrase was read.

Quick commands import this module, so it imports next to nothing.
"""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import NoReturn

PASSED_ON = frozenset({
    "PATH", "HOME", "LANG", "LC_ALL", "TERM", "TZ", "SYSTEMROOT", "TMUX", "TMUX_TMPDIR",
    "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "XDG_SESSION_TYPE", "DBUS_SESSION_BUS_ADDRESS",
})  # fmt: skip
OURS = "SMTUI_"
FOR_COMMANDS = frozenset({"SMTUI_VAULT", "SMTUI_CONTEXT", "SMTUI_CONFIG", "SMTUI_STATE"})
"""The `SMTUI_*` variables that a command of `smtui exec` inherits, so that it uses the same vault and settings."""
STANDARD = range(3)
MOST_DESCRIPTORS = 1 << 16
"""How many descriptors to check if the system does not list the open ones."""
FIRST_ACTIVATED = 3
"""The first descriptor of systemd socket activation (SD_LISTEN_FDS_START)."""
MOST_DIGITS = 9
"""Digits of the largest number of descriptors, which is a C int."""
NAMED = r"(?:^|[=@:,])/(?:dev|proc/self)/fd/(\d+)$"
"""A regular expression for an argument that names a descriptor."""

_secret_descriptors: set[int] = set()
_secret_files: set[tuple[int, int]] = set()
_kept_descriptors: set[int] = set()


# Environments.


def build_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Returns the variables on the allow-list, which excludes a passphrase in the environment."""
    return {name: value for name, value in (environ or os.environ).items() if name in PASSED_ON}


def build_command_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Returns the environment for a command of `smtui exec`: all variables except private `SMTUI_*` ones."""
    found = (environ or os.environ).items()
    return {name: value for name, value in found if not name.startswith(OURS) or name in FOR_COMMANDS}


# The program that replaces this process.


def replace_process(
    program: str, words: Sequence[str], environ: Mapping[str, str] | Mapping[str, bytes]
) -> NoReturn:
    """Replaces this process by a program (execve).

    Besides 0, 1 and 2, the program inherits the kept descriptors, those of systemd socket activation, and those in
    its arguments, such as `/dev/fd/63` from a shell's `<(command)`.

    Args:
        program: the path of the executable.
        words: the arguments, with the program name first.
        environ: the environment.

    Raises:
        OSError: if the program cannot be executed.
    """
    wanted, activated = {*_kept_descriptors, *_find_named_descriptors(words)}, list_activated_descriptors()
    for descriptor in _list_open_descriptors():
        if descriptor not in STANDARD:
            is_wanted = descriptor in wanted or descriptor in activated
            os.set_inheritable(descriptor, is_wanted and not is_secret(descriptor))
    _leave_unread_input()
    os.execve(program, list(words), environ)  # noqa: S606


# Sources of passphrases, and descriptors for the program that replaces this process.


def withhold_descriptor(descriptor: int) -> None:
    """Marks a descriptor from which a passphrase was read, so that no child inherits it."""
    _secret_descriptors.add(descriptor)
    try:
        found = os.fstat(descriptor)
    except OSError:
        return
    _withhold(found)


def withhold_file(path: Path) -> None:
    """Marks a passphrase file, so that no child inherits a descriptor of it.

    If standard input is the same file, its position moves to the end.
    """
    try:
        found = path.stat()
        _withhold(found)
        if stat.S_ISREG(found.st_mode) and os.path.samestat(found, os.fstat(0)):
            os.lseek(0, 0, os.SEEK_END)
    except OSError:
        return


def keep_descriptor(descriptor: int) -> None:
    """Keeps a descriptor open for the program that replaces this process."""
    _kept_descriptors.add(descriptor)


def is_secret(descriptor: int) -> bool:
    """Returns whether a passphrase was read from the descriptor or from the file that it refers to."""
    if descriptor in _secret_descriptors:
        return True
    try:
        found = os.fstat(descriptor)
    except OSError:
        return False
    return (found.st_dev, found.st_ino) in _secret_files


def _withhold(found: os.stat_result) -> None:
    """Marks regular files only: a pipe can be read once, and a terminal has many users."""
    if stat.S_ISREG(found.st_mode):
        _secret_files.add((found.st_dev, found.st_ino))


def _leave_unread_input() -> None:
    """Replaces a passphrase file at standard input by its unread rest, so that the program cannot rewind it."""
    try:
        found = os.fstat(0)
    except OSError:
        return
    if (found.st_dev, found.st_ino) not in _secret_files:
        return
    import tempfile

    with tempfile.TemporaryFile() as rest:
        while piece := os.read(0, 65536):
            rest.write(piece)
        rest.seek(0)
        os.dup2(rest.fileno(), 0, inheritable=True)


# Open descriptors.


def _list_open_descriptors() -> list[int]:
    try:
        candidates: Iterable[int] = map(int, os.listdir("/dev/fd"))  # noqa: PTH208
    except OSError:
        candidates = range(min(os.sysconf("SC_OPEN_MAX"), MOST_DESCRIPTORS))
    return [descriptor for descriptor in candidates if _is_open(descriptor)]


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _find_named_descriptors(words: Sequence[str]) -> Iterator[int]:
    if any("/fd/" in word for word in words):
        import re

        for word in words:
            if found := re.search(NAMED, word):
                yield int(found[1])


def list_activated_descriptors() -> range:
    """Returns the descriptors of systemd socket activation, if LISTEN_PID is this process; none for a strange count."""
    count = os.environ.get("LISTEN_FDS", "")
    is_number = count.isascii() and count.isdecimal() and len(count) <= MOST_DIGITS
    if os.environ.get("LISTEN_PID") != str(os.getpid()) or not is_number:
        return range(0)
    return range(FIRST_ACTIVATED, FIRST_ACTIVATED + int(count))
