"""Reads a parameter's value from where it is given: the command line, a file, standard input, or a prompt."""

from __future__ import annotations

import base64
import binascii
import sys

from smtui.cli import diagnostics, terminal
from smtui.cli.exit_codes import UsageError
from smtui.system.bounded_read import TooLargeError, read_bounded
from smtui.system.paths import expand_home

VISIBLE_VALUE = "other users of this machine can see a value on the command line, and the shell's history keeps it."
VISIBLE_VALUE_HINT = "use file://PATH, - for standard input, or the prompt of: smtui set NAME"
MAX_BYTES = 64 * 1024 * 1024

_stdin_readers: list[str] = []


def reset() -> None:
    """Begins a new command: standard input has not been read yet."""
    _stdin_readers.clear()


def read_text(word: str, name: str, *, sensitive: bool = False) -> str:
    """The text an argument stands for: `file://PATH`, `-` (standard input), or itself. Raises UsageError.

    `name` is the parameter's name in messages. A `sensitive` value on the command line causes a warning.
    """
    raw = _read_elsewhere(word, name, sensitive=sensitive)
    if raw is None:
        if sensitive:
            diagnostics.warn(VISIBLE_VALUE, VISIBLE_VALUE_HINT)
        return word
    return decode(raw, name, hint="Use --secret-binary fileb://PATH for binary content.")


def read_blob(word: str, name: str, *, raw: bool = False, sensitive: bool = True) -> bytes:
    """Bytes: those of `fileb://PATH` or `-` unchanged, any other text decoded from base64 (with `raw`: unchanged).

    Raises UsageError.
    """
    found = _read_elsewhere(word, name, sensitive=sensitive)
    if found is not None and (word == "-" or word.startswith("fileb://")):
        return found
    if found is None and sensitive:
        diagnostics.warn(VISIBLE_VALUE, VISIBLE_VALUE_HINT)
    return decode_base64(word.encode("utf-8", "surrogateescape") if found is None else found, name, raw=raw)


def decode_base64(content: bytes, name: str, *, raw: bool) -> bytes:
    """Decodes base64 text; with `raw`, returns it unchanged. Raises UsageError."""
    if raw:
        return content
    try:
        return base64.b64decode(b"".join(content.split()), validate=True)
    except binascii.Error:
        raise UsageError(
            f"{name} is not base64.",
            hint="For raw bytes: fileb://PATH, - or --cli-binary-format raw-in-base64-out.",
        ) from None


def read_stdin(name: str) -> bytes:
    """All of standard input. Raises UsageError if another parameter has read it, or it is too large.

    Args:
        name: what it is read for, as a sentence says it: `--secret-string`, `the value`.
    """
    if _stdin_readers:
        raise UsageError(f"Standard input was already read for {_stdin_readers[0]} and cannot be read for {name}.")
    _stdin_readers.append(name)
    if sys.stdin is None:
        raise UsageError("Standard input is closed.")
    raw = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise UsageError(f"Standard input holds more than {MAX_BYTES // 1024 // 1024} MiB, too much for {name}.")
    return raw


def read_file(path: str, name: str) -> bytes:
    """The bytes of the file at `path`. Raises UsageError."""
    place = expand_home(path)
    try:
        return read_bounded(place, MAX_BYTES)
    except TooLargeError:
        raise UsageError(f"{name}: {path} is larger than {MAX_BYTES // 1024 // 1024} MiB.") from None
    except OSError as error:
        raise UsageError(f"{name}: cannot read {path}: {error.strerror}.") from None


def decode(raw: bytes, name: str, *, hint: str = "") -> str:
    """Decodes UTF-8. Raises UsageError with the line of the first wrong byte, and `hint`."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{name} is not UTF-8 text (line {line}).", hint=hint) from None


def _read_elsewhere(word: str, name: str, *, sensitive: bool) -> bytes | None:
    """The content an argument refers to, or None if it stands for itself."""
    if word == "-":
        if sensitive and not _stdin_readers and sys.stdin is not None and sys.stdin.isatty():
            return terminal.ask_text(f"{name}: ").encode("utf-8", "surrogateescape")
        return read_stdin(name)
    for scheme in ("file://", "fileb://"):
        if word.startswith(scheme):
            return read_file(word.removeprefix(scheme), name)
    return None
