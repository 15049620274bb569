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
from dataclasses import dataclass
from typing import Protocol

from smtui import children
from smtui.ambient import Ambient

PATIENCE = 3.0
LONGEST_SEQUENCE = 74_000


class WayFailed(Exception):
    """This way is closed; another may be open. Never carries the value."""


class Way(Protocol):
    """One clipboard. `spec` is enough for another process to find it; without one nobody else can look after it."""

    @property
    def name(self) -> str: ...
    @property
    def spec(self) -> list[str] | None: ...
    def put(self, data: bytes) -> None: ...
    def read(self) -> bytes | None: ...
    def clear(self) -> None: ...
    def told(self, seconds: float) -> str:
        """What a person should know after a copy that is cleared after `seconds`, or not by itself (0)."""


def _run(command: tuple[str, ...], data: bytes = b"", *, answers: bool = False) -> bytes:
    """`stdout` is left open by tools that stay to serve the clipboard, so it is listened to only for an answer."""
    try:
        return children.run(command, data, seconds=PATIENCE, answers=answers)
    except (OSError, subprocess.SubprocessError):
        raise WayFailed(command[0]) from None


def _told(name: str, seconds: float) -> str:
    return f"Copied with {name}" + (f", clears in {seconds} s" if seconds else "")


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
            except WayFailed:
                continue
            return
        _run(self.puts[-1], data)

    def read(self) -> bytes | None:
        return _run(self.reads, answers=True)

    def clear(self) -> None:
        _run(self.clears)

    def told(self, seconds: float) -> str:
        return _told(self.name, seconds)


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
    """A buffer of tmux's own, which tmux also hands to the terminal it runs in (`-w`)."""

    buffer: str
    name: str = "tmux"

    @property
    def spec(self) -> list[str]:
        return ["tmux", self.buffer]

    def put(self, data: bytes) -> None:
        _run(("tmux", "load-buffer", "-w", "-b", self.buffer, "-"), data)

    def read(self) -> bytes | None:
        return _run(("tmux", "save-buffer", "-b", self.buffer, "-"), answers=True)

    def clear(self) -> None:
        _run(("tmux", "delete-buffer", "-b", self.buffer))

    def told(self, seconds: float) -> str:
        return _told(self.name, seconds) + "; the terminal around tmux may keep it"


class Pyperclip:
    """Whatever else pyperclip knows: Windows, WSL, KDE's klipper."""

    name = "the system's clipboard"
    spec: list[str] | None = ["pyperclip"]  # noqa: RUF012

    def put(self, data: bytes) -> None:
        try:
            text = data.decode()
        except UnicodeDecodeError:
            raise WayFailed(self.name) from None
        self._ask("copy", text)

    def read(self) -> bytes | None:
        return str(self._ask("paste")).encode()

    def clear(self) -> None:
        self._ask("copy", "")

    def told(self, seconds: float) -> str:
        return _told(self.name, seconds)

    def _ask(self, function: str, *arguments: str) -> object:
        import pyperclip

        try:
            return getattr(pyperclip, function)(*arguments)
        except (pyperclip.PyperclipException, OSError, subprocess.SubprocessError):
            raise WayFailed(self.name) from None


@dataclass(frozen=True)
class Osc52:
    """An escape sequence that asks the terminal, which neither answers nor lets anybody check or clear it."""

    write: Callable[[str], None]
    name: str = "OSC 52"
    spec: list[str] | None = None

    def put(self, data: bytes) -> None:
        if len(data) > LONGEST_SEQUENCE:
            raise WayFailed(self.name)
        self.write(f"\x1b]52;c;{base64.b64encode(data).decode()}\x07")

    def read(self) -> bytes | None:
        return None

    def clear(self) -> None:
        raise WayFailed(self.name)

    def told(self, seconds: float) -> str:
        return "Sent by OSC 52, which nobody can check or clear for sure"


def ways(osc52: Callable[[str], None] | None, environ: Mapping[str, str] = os.environ) -> Iterator[Way]:
    """The ways to try here, best first. Over SSH a local tool would fill the clipboard of the wrong machine."""
    if not (environ.get("SSH_TTY") or environ.get("SSH_CONNECTION")):
        yield from _local(environ)
    if environ.get("TMUX"):
        yield TmuxBuffer("smtui-" + Ambient().entropy(4).hex())
    if osc52 is not None:
        yield Osc52(osc52)


def _local(environ: Mapping[str, str]) -> Iterator[Way]:
    """Where there is a tool of ours pyperclip would ask the same one, and let its complaints onto the screen."""
    wanted = {
        "wl-copy": "WAYLAND_DISPLAY" in environ,
        "xclip": "DISPLAY" in environ,
        "xsel": "DISPLAY" in environ,
        "pbcopy": sys.platform == "darwin",
    }
    path = environ.get("PATH")
    found: list[Way] = [TOOLS[name] for name, here in wanted.items() if here and shutil.which(name, path=path)]
    yield from found or [Pyperclip()]


def find(spec: list[str]) -> Way:
    """The way another process named by its `spec`."""
    if spec[0] == "tmux":
        return TmuxBuffer(spec[1])
    return Pyperclip() if spec[0] == "pyperclip" else TOOLS[spec[0]]
