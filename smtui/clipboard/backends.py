"""Clipboard backends: tools, tmux, pyperclip and OSC 52, and the order in which they are tried.

A tool gets the value on its standard input, never as an argument, and only the environment that it needs. A copy is
read back where possible, because tools succeed without a display too.
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

from smtui.clipboard.own_terminal import find_terminal, write_to
from smtui.system import subprocesses

TIMEOUT_SECONDS = 3.0
MAX_SEQUENCE_BYTES = 74_000
"""Of a value for OSC 52; terminals ignore longer sequences."""
EMPTY_COPY = "\x1b]52;c;\x07"


class ClipboardBackendError(Exception):
    """This backend does not work; another may. The message never has the value."""


class ClipboardUnresponsiveError(ClipboardBackendError):
    """The tool could not be run or did not end, so the content of the clipboard is unknown."""


class ClipboardBackend(Protocol):
    """One clipboard. `spec` identifies it for another process; without one, only this process can clear it."""

    @property
    def name(self) -> str: ...
    @property
    def spec(self) -> list[str] | None: ...
    def put(self, data: bytes) -> None:
        """Copies `data`. Raises ClipboardBackendError."""

    def read(self) -> bytes | None:
        """The content; None if it cannot be read. Raises ClipboardBackendError."""

    def clear(self) -> None:
        """Empties the clipboard. Raises ClipboardBackendError."""

    def describe_copy(self, seconds: float) -> str:
        """A sentence for the user about a copy that is cleared after `seconds`, or not at all (0)."""


def _run(command: tuple[str, ...], data: bytes = b"", *, answers: bool = False) -> bytes:
    """Runs a tool. Its output is read only if it `answers`: tools that serve the clipboard keep it open."""
    try:
        return subprocesses.run_program(command, data, seconds=TIMEOUT_SECONDS, answers=answers)
    except subprocess.CalledProcessError:
        raise ClipboardBackendError(command[0]) from None
    except (OSError, subprocess.SubprocessError):
        raise ClipboardUnresponsiveError(command[0]) from None


def _describe_copy(name: str, seconds: float) -> str:
    return f"Copied {name}" + (f", clears in {seconds} s" if seconds else "")


@dataclass(frozen=True)
class Tool:
    """A program that copies its standard input. The first command of `puts` that works is used."""

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

    def describe_copy(self, seconds: float) -> str:
        return _describe_copy(f"with {self.name}", seconds)


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
    """A tmux buffer, which tmux also sends to its own terminal (`-w`).

    Its name is always the same, so a new copy replaces the earlier one.
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
        """Clears the buffer. The terminal around tmux gets a blank, because tmux sends no empty copy."""
        with suppress(ClipboardBackendError):
            self.put(b" ")
        _run(("tmux", "delete-buffer", "-b", self.buffer))

    def describe_copy(self, seconds: float) -> str:
        return f"{_describe_copy('via tmux', seconds)}. Your terminal may keep a copy."


class Pyperclip:
    """The clipboard of Windows, also from WSL. It is not used elsewhere: pyperclip passes the value to KDE's klipper
    as an argument, which every user of the machine can read."""

    name = "the system's clipboard"
    spec: list[str] | None = ["pyperclip"]  # noqa: RUF012

    def put(self, data: bytes) -> None:
        try:
            text = data.decode()
        except UnicodeDecodeError:
            raise ClipboardBackendError(self.name) from None
        self._call("copy", text)

    def read(self) -> bytes | None:
        return str(self._call("paste")).encode()

    def clear(self) -> None:
        self._call("copy", "")

    def describe_copy(self, seconds: float) -> str:
        return _describe_copy(f"with {self.name}", seconds)

    def _call(self, function: str, *arguments: str) -> object:
        import pyperclip

        try:
            return getattr(pyperclip, function)(*arguments)
        except (pyperclip.PyperclipException, OSError, subprocess.SubprocessError):
            raise ClipboardBackendError(self.name) from None


@dataclass(frozen=True)
class Osc52:
    """An escape sequence that asks the terminal to copy. It never answers; an empty copy asks it to clear."""

    write: Callable[[str], None]
    spec: list[str] | None = None
    name: str = "OSC 52"

    def put(self, data: bytes) -> None:
        if len(data) > MAX_SEQUENCE_BYTES:
            raise ClipboardBackendError(self.name)
        self._send(f"\x1b]52;c;{base64.b64encode(data).decode()}\x07")

    def read(self) -> bytes | None:
        return None

    def clear(self) -> None:
        self._send(EMPTY_COPY)

    def describe_copy(self, seconds: float) -> str:
        request = f" A clear is requested in {seconds} s." if seconds else ""
        return f"Sent to the terminal (OSC 52); cannot be verified, may not be cleared.{request}"

    def _send(self, sequence: str) -> None:
        try:
            self.write(sequence)
        except OSError:
            raise ClipboardUnresponsiveError(self.name) from None


def list_backends(
    osc52: Callable[[str], None] | None, environ: Mapping[str, str] = os.environ
) -> Iterator[ClipboardBackend]:
    """The backends to try, best first. Over SSH, a local tool would use the clipboard of the wrong machine.

    `osc52` writes an escape sequence to the terminal; None if OSC 52 is not allowed.
    """
    if not is_remote(environ):
        yield from _list_local(environ)
    if environ.get("TMUX"):
        yield TmuxBuffer()
    if osc52 is not None:
        yield Osc52(osc52, find_terminal())


def is_remote(environ: Mapping[str, str]) -> bool:
    return bool(environ.get("SSH_TTY") or environ.get("SSH_CONNECTION"))


def _list_local(environ: Mapping[str, str]) -> Iterator[ClipboardBackend]:
    """The installed tools of this display; `explain_missing` names one that is not installed."""
    usable = {
        "wl-copy": "WAYLAND_DISPLAY" in environ,
        "xclip": "DISPLAY" in environ,
        "xsel": "DISPLAY" in environ,
        "pbcopy": sys.platform == "darwin",
    }
    found = [TOOLS[name] for name, here in usable.items() if here and _is_installed(name, environ)]
    yield from found
    if not found and is_windows():
        yield Pyperclip()


def _is_installed(tool: str, environ: Mapping[str, str]) -> bool:
    return shutil.which(tool, path=environ.get("PATH")) is not None


def is_windows(version: Path = Path("/proc/version")) -> bool:
    """Whether this is Windows or WSL, which pyperclip detects by the same file."""
    if sys.platform == "win32":
        return True
    try:
        return sys.platform == "linux" and "microsoft" in version.read_text(errors="replace").lower()
    except OSError:
        return False


def explain_missing(environ: Mapping[str, str], *, osc52: bool) -> str:
    """Says what to install or set, if no backend worked. `osc52` is whether OSC 52 is allowed."""
    otherwise = "run smtui inside tmux" + ("" if osc52 else ", or turn OSC 52 on in the settings")
    if environ.get("TMUX"):
        otherwise = "reveal the value instead" if osc52 else "turn OSC 52 on in the settings"
    if is_remote(environ):
        return f"Over SSH, {otherwise}."
    if "WAYLAND_DISPLAY" in environ and not _is_installed("wl-copy", environ):
        return f"wl-copy is missing: install wl-clipboard, or {otherwise}."
    if "DISPLAY" in environ and not (_is_installed("xclip", environ) or _is_installed("xsel", environ)):
        return f"xclip and xsel are missing: install one of them, or {otherwise}."
    if "DISPLAY" in environ or "WAYLAND_DISPLAY" in environ:
        return f"The clipboard tool did not accept the copy. Check the display, or {otherwise}."
    return f"There is no display (X11 needs xclip or xsel, Wayland wl-clipboard): {otherwise}."


def find_backend(spec: list[str]) -> ClipboardBackend:
    """The backend that another process identified by its `spec`."""
    match spec:
        case ["tmux", *_]:
            return TmuxBuffer()
        case ["pyperclip"]:
            return Pyperclip()
        case ["OSC 52", *_]:
            return Osc52(lambda sequence: write_to(spec, sequence), spec)
    return TOOLS[spec[0]]
