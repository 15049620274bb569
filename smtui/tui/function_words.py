"""What a rotation function does, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smtui.api.own import DEFAULT_STEP
from smtui.rotation.arguments import format_arguments
from smtui.shown import Shown, shown
from smtui.tui.widgets.password_options import LENGTH

WAITS = Shown("waits for your permission")
UNREADABLE = Shown("▲ Its settings cannot be read. The vault's check says more.")
WITHOUT = {
    "ExcludeLowercase": "a–z", "ExcludeUppercase": "A–Z", "ExcludeNumbers": "0–9", "ExcludePunctuation": "punctuation",
}  # fmt: skip


def kind(function: Mapping[str, Any]) -> Shown:
    if "Unreadable" in function:
        return Shown("?")
    return Shown("password" if "Password" in function else "command")


def what_it_does(function: Mapping[str, Any]) -> Shown:
    """One line: `24 characters, without punctuation, in password` or `python3 rotate.py · 60 s a step`."""
    if "Unreadable" in function:
        return UNREADABLE
    if "Password" in function:
        return shown(", ".join(_password(function["Password"])))
    command = function["Command"]
    return Shown(f"{format_arguments(command['Arguments'])} · {command.get('TimeoutInSeconds', DEFAULT_STEP)} s a step")


def _password(options: Mapping[str, Any]) -> Iterator[str]:
    yield f"{options.get('PasswordLength', LENGTH):,} characters"
    for member, words in WITHOUT.items():
        if options.get(member):
            yield f"without {words}"
    if options.get("IncludeSpace"):
        yield "with spaces"
    if left_out := options.get("ExcludeCharacters"):
        yield f"without {left_out}"
    if not options.get("RequireEachIncludedType", True):
        yield "not always one of each"
    yield f"in {options['Key']}" if "Key" in options else "as the whole value"


def name_in(arn: str) -> Shown:
    """A function's name, out of its ARN."""
    return shown(arn.rpartition(":")[2])
