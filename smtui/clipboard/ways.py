"""The ways to a clipboard, and the order in which they are tried.

A value goes to a tool over its standard input, never as an argument, and a tool is given only the environment it needs.
Where a way can be read back it is checked: tools answer "done" without a display too.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from smtui import children
from smtui.clipboard.own_terminal import find_terminal, write_to

PATIENCE = 3.0
LONGEST_SEQUENCE = 74_000
EMPTY_COPY = "\x1b]52;c;\x07"


class ClipboardBackendError(Exception):
    """This way is closed; another may be open. Never carries the value."""


class ClipboardUnresponsiveError(ClipboardBackendError):
    """The tool could not be run or did not end: nothing is known of what it holds."""


class Way(Protocol):
    """One clipboard. `spec` is enough for another process to find it; without one nobody else can look after it."""

    @property
    def name(self) -> str: ...
    @property
    def spec(self) -> list[str] | None: ...
    def put(self, data: bytes) -> None: ...
    def read(self) -> bytes | None:
        """What it holds; None where nobody can know."""

    def clear(self) -> None: ...
    def told(self, seconds: float) -> str:
        """What a person should know after a copy that is cleared after `seconds`, or not by itself (0)."""


def _run(command: tuple[str, ...], data: bytes = b"", *, answers: bool = False) -> bytes:
    """`stdout` is left open by tools that stay to serve the clipboard, so it is listened to only for an answer."""
    try:
        return children.run(command, data, seconds=PATIENCE, answers=answers)
    except subprocess.CalledProcessError:
        raise ClipboardBackendError(command[0]) from None
    except (OSError, subprocess.SubprocessError):
        raise ClipboardUnresponsiveError(command[0]) from None


def _told(name: str, seconds: float) -> str:
    return f"Copied {name}" + (f", clears in {seconds} s" if seconds else "")


@dataclass(frozen=True)
class Tool:
    """A program that fills the clipboard from its standard input. The first of `puts` that works is used."""

    name: str
    puts: tuple[tuple[str, ...], ...]
    reads: tuple[str, ...]
    clears: tuple[str, ...]

    @property
    def spec(self) -> list[str]:
        return [self.name]

    def put(self, data: bytes) -> None:
        for command in self.puts[:-1]:
            try:
                _run(command, data)
            except ClipboardBackendError:
                continue
            return
        _run(self.puts[-1], data)

    def read(self) -> bytes | None:
        return _run(self.reads, answers=True)

    def clear(self) -> None:
        _run(self.clears)

    def told(self, seconds: float) -> str:
        return _told(f"with {self.name}", seconds)


TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            "wl-copy",
            (("wl-copy", "--sensitive", "--type", "text/plain"), ("wl-copy", "--type", "text/plain")),
            ("wl-paste", "--no-newline"),
            ("wl-copy", "--clear"),
        ),
        Tool(
            "xclip",
            (("xclip", "-selection", "clipboard"),),
            ("xclip", "-selection", "clipboard", "-o"),
            ("xclip", "-selection", "clipboard"),
        ),
        Tool(
            "xsel",
            (("xsel", "--clipboard", "--input"),),
            ("xsel", "--clipboard", "--output"),
            ("xsel", "--clipboard", "--delete"),
        ),
        Tool("pbcopy", (("pbcopy",),), ("pbpaste",), ("pbcopy",)),
    )
}


@dataclass(frozen=True)
class TmuxBuffer:
    """A buffer of tmux's own, which tmux also hands to the terminal it runs in (`-w`).

    It has one name whoever copies, so a new copy takes the place of the one before, and no second buffer is left.
    """

    name: str = "tmux"
    buffer: str = "smtui"

    @property
    def spec(self) -> list[str]:
        return ["tmux"]

    def put(self, data: bytes) -> None:
        _run(("tmux", "load-buffer", "-w", "-b", self.buffer, "-"), data)

    def read(self) -> bytes | None:
        return _run(("tmux", "save-buffer", "-b", self.buffer, "-"), answers=True)

    def clear(self) -> None:
        """The terminal around tmux gets a blank in place of the copy: tmux hands on no empty one."""
        with suppress(ClipboardBackendError):
            self.put(b" ")
        _run(("tmux", "delete-buffer", "-b", self.buffer))

    def told(self, seconds: float) -> str:
        return f"{_told('via tmux', seconds)}. Your terminal may keep a copy."


class Pyperclip:
    """Windows, and the clipboard of the Windows around WSL. Nowhere else: of the tools that pyperclip knows besides,
    KDE's klipper gets the value as an argument, which everybody on the machine can read."""

    name = "the system's clipboard"
    spec: list[str] | None = ["pyperclip"]  # noqa: RUF012

    def put(self, data: bytes) -> None:
        try:
            text = data.decode()
        except UnicodeDecodeError:
            raise ClipboardBackendError(self.name) from None
        self._ask("copy", text)

    def read(self) -> bytes | None:
        return str(self._ask("paste")).encode()

    def clear(self) -> None:
        self._ask("copy", "")

    def told(self, seconds: float) -> str:
        return _told(f"with {self.name}", seconds)

    def _ask(self, function: str, *arguments: str) -> object:
        import pyperclip

        try:
            return getattr(pyperclip, function)(*arguments)
        except (pyperclip.PyperclipException, OSError, subprocess.SubprocessError):
            raise ClipboardBackendError(self.name) from None


@dataclass(frozen=True)
class Osc52:
    """An escape sequence that asks the terminal, which never answers; an empty copy asks it to forget."""

    write: Callable[[str], None]
    spec: list[str] | None = None
    name: str = "OSC 52"

    def put(self, data: bytes) -> None:
        if len(data) > LONGEST_SEQUENCE:
            raise ClipboardBackendError(self.name)
        self._send(f"\x1b]52;c;{base64.b64encode(data).decode()}\x07")

    def read(self) -> bytes | None:
        return None

    def clear(self) -> None:
        self._send(EMPTY_COPY)

    def told(self, seconds: float) -> str:
        asked = f" A clear is requested in {seconds} s." if seconds else ""
        return f"Sent to the terminal (OSC 52); cannot be verified, may not be cleared.{asked}"

    def _send(self, sequence: str) -> None:
        try:
            self.write(sequence)
        except OSError:
            raise ClipboardUnresponsiveError(self.name) from None


def ways(osc52: Callable[[str], None] | None, environ: Mapping[str, str] = os.environ) -> Iterator[Way]:
    """The ways to try here, best first. Over SSH a local tool would fill the clipboard of the wrong machine."""
    if not is_remote(environ):
        yield from _local(environ)
    if environ.get("TMUX"):
        yield TmuxBuffer()
    if osc52 is not None:
        yield Osc52(osc52, find_terminal())


def is_remote(environ: Mapping[str, str]) -> bool:
    return bool(environ.get("SSH_TTY") or environ.get("SSH_CONNECTION"))


def _local(environ: Mapping[str, str]) -> Iterator[Way]:
    """The tools that are there; one that is not would have to be installed, see `advice`."""
    wanted = {
        "wl-copy": "WAYLAND_DISPLAY" in environ,
        "xclip": "DISPLAY" in environ,
        "xsel": "DISPLAY" in environ,
        "pbcopy": sys.platform == "darwin",
    }
    found = [TOOLS[name] for name, here in wanted.items() if here and _is_installed(name, environ)]
    yield from found
    if not found and is_windows():
        yield Pyperclip()


def _is_installed(tool: str, environ: Mapping[str, str]) -> bool:
    return shutil.which(tool, path=environ.get("PATH")) is not None


def is_windows(version: Path = Path("/proc/version")) -> bool:
    """Windows, or Linux inside of it (WSL), which pyperclip tells by the same file."""
    if sys.platform == "win32":
        return True
    try:
        return sys.platform == "linux" and "microsoft" in version.read_text(errors="replace").lower()
    except OSError:
        return False


def advice(environ: Mapping[str, str], *, osc52: bool) -> str:
    """What is missing where no way led to a clipboard."""
    otherwise = "run smtui inside tmux" + ("" if osc52 else ", or switch OSC 52 on in the settings")
    if environ.get("TMUX"):
        otherwise = "reveal the value instead" if osc52 else "switch OSC 52 on in the settings"
    if is_remote(environ):
        return f"Over SSH, {otherwise}."
    if "WAYLAND_DISPLAY" in environ and not _is_installed("wl-copy", environ):
        return f"wl-copy is missing: install wl-clipboard, or {otherwise}."
    if "DISPLAY" in environ and not (_is_installed("xclip", environ) or _is_installed("xsel", environ)):
        return f"xclip is missing, and so is xsel: install one of them, or {otherwise}."
    if "DISPLAY" in environ or "WAYLAND_DISPLAY" in environ:
        return f"The clipboard tool did not take the copy: is the display there? Otherwise {otherwise}."
    return f"There is no display (X11 needs xclip or xsel, Wayland wl-clipboard): {otherwise}."


def find(spec: list[str]) -> Way:
    """The way another process named by its `spec`."""
    match spec:
        case ["tmux", *_]:
            return TmuxBuffer()
        case ["pyperclip"]:
            return Pyperclip()
        case ["OSC 52", *_]:
            return Osc52(lambda sequence: write_to(spec, sequence), spec)
    return TOOLS[spec[0]]
