"""What a rotation function does, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smtui.api.arn import get_last_field
from smtui.api.limits import DEFAULT_STEP_SECONDS
from smtui.rotation.arguments import format_arguments
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.generator.options import LENGTH

WAITS = SafeText("waits for your permission")
UNREADABLE = SafeText("▲ Its settings cannot be read. The vault's check says more.")
WITHOUT = {
    "ExcludeLowercase": "a–z", "ExcludeUppercase": "A–Z", "ExcludeNumbers": "0–9", "ExcludePunctuation": "punctuation",
}  # fmt: skip


def kind(function: Mapping[str, Any]) -> SafeText:
    if "Unreadable" in function:
        return SafeText("?")
    return SafeText("password" if "Password" in function else "command")


def what_it_does(function: Mapping[str, Any]) -> SafeText:
    """One line: `24 characters, without punctuation, in password` or `python3 rotate.py · 60 s a step`."""
    if "Unreadable" in function:
        return UNREADABLE
    if "Password" in function:
        return sanitize(", ".join(_password(function["Password"])))
    command = function["Command"]
    seconds = command.get("TimeoutInSeconds", DEFAULT_STEP_SECONDS)
    return SafeText(f"{format_arguments(command['Arguments'])} · {seconds} s a step")


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


def name_in(arn: str) -> SafeText:
    """A function's name, out of its ARN."""
    return sanitize(get_last_field(arn))
