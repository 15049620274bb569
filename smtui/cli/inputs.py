"""Where a parameter's text comes from: the command line itself, a file, standard input, or a prompt."""

from __future__ import annotations

import base64
import binascii
import sys
from pathlib import Path

from smtui.bounded import TooLargeError, read_bounded
from smtui.cli import diagnostics, terminal
from smtui.cli.exit_codes import UsageError

VISIBLE = "a value on the command line can be seen by other users of this machine and stays in the shell's history."
BETTER = "give it as file://PATH, as - for standard input, or leave it to a prompt: smtui set NAME"
LARGEST = 64 * 1024 * 1024

_taken_by: list[str] = []


def begin() -> None:
    """A new call: standard input has not been read yet."""
    _taken_by.clear()


def text(word: str, name: str, *, sensitive: bool = False) -> str:
    """The text a word stands for: `file://PATH`, `-`, or itself."""
    raw = _elsewhere(word, name, sensitive=sensitive)
    if raw is None:
        if sensitive:
            diagnostics.warn(VISIBLE, BETTER)
        return word
    return decoded(raw, name, hint="Binary content goes into --secret-binary fileb://PATH.")


def blob(word: str, name: str, *, raw: bool = False, sensitive: bool = True) -> bytes:
    """Bytes: those of `fileb://PATH` or `-` as they are, any other text read as base64 (or, with `raw`, as it is)."""
    found = _elsewhere(word, name, sensitive=sensitive)
    if found is not None and (word == "-" or word.startswith("fileb://")):
        return found
    if found is None and sensitive:
        diagnostics.warn(VISIBLE, BETTER)
    return base64_bytes(word.encode("utf-8", "surrogateescape") if found is None else found, name, raw=raw)


def base64_bytes(content: bytes, name: str, *, raw: bool) -> bytes:
    """What base64 text says, or, with `raw`, the text itself."""
    if raw:
        return content
    try:
        return base64.b64decode(b"".join(content.split()), validate=True)
    except binascii.Error:
        raise UsageError(
            f"{name} is not base64.", hint="Raw bytes: fileb://PATH, - or --cli-binary-format raw-in-base64-out."
        ) from None


def standard_input(name: str) -> bytes:
    """All of standard input; one parameter alone can have it."""
    if _taken_by:
        raise UsageError(f"Standard input was already read for {_taken_by[0]}; {name} cannot have it too.")
    _taken_by.append(name)
    if sys.stdin is None:
        raise UsageError("Standard input is closed.")
    raw = sys.stdin.buffer.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise UsageError(f"{name}: standard input holds more than {LARGEST // 1024 // 1024} MiB.")
    return raw


def file(path: str, name: str) -> bytes:
    """The bytes of a file that a person named."""
    place = Path(path).expanduser()
    try:
        return read_bounded(place, LARGEST)
    except TooLargeError:
        raise UsageError(f"{name}: {path} is larger than {LARGEST // 1024 // 1024} MiB.") from None
    except OSError as error:
        raise UsageError(f"{name}: cannot read {path}: {error.strerror}.") from None


def decoded(raw: bytes, name: str, *, hint: str = "") -> str:
    """Bytes as UTF-8 text."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{name} is not UTF-8 text (line {line}).", hint=hint) from None


def _elsewhere(word: str, name: str, *, sensitive: bool) -> bytes | None:
    """What a word points to, or None where it stands for itself."""
    if word == "-":
        if sensitive and not _taken_by and sys.stdin is not None and sys.stdin.isatty():
            return terminal.ask_text(f"{name}: ").encode("utf-8", "surrogateescape")
        return standard_input(name)
    for scheme in ("file://", "fileb://"):
        if word.startswith(scheme):
            return file(word.removeprefix(scheme), name)
    return None
