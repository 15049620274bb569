"""Rotation functions as text: kind, description and name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from smtui.api.arn import get_last_field
from smtui.api.limits import DEFAULT_STEP_SECONDS
from smtui.rotation.settings_text import describe_process
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.generator.options import LENGTH

if TYPE_CHECKING:
    from smtui.api.extension_types import FunctionDescription, PasswordSettings

UNREADABLE = SafeText("▲ Settings unreadable. Check the vault for details.")
WITHOUT = {
    "ExcludeLowercase": "a–z", "ExcludeUppercase": "A–Z", "ExcludeNumbers": "0–9", "ExcludePunctuation": "punctuation",
}  # fmt: skip


def format_kind(function: FunctionDescription) -> SafeText:
    if "Unreadable" in function:
        return SafeText("?")
    if "Remote" in function or "Lambda" in function:
        return SafeText("lambda")
    return SafeText("password" if "Password" in function else "command")


def describe_function(function: FunctionDescription) -> SafeText:
    """Returns one line: `24 characters, without punctuation, in password` or `python3 rotate.py · 60 s a step`."""
    if "Unreadable" in function:
        return UNREADABLE
    if "Remote" in function:
        return sanitize(function["Remote"])
    if "Password" in function:
        return sanitize(", ".join(_describe_password(function["Password"])))
    settings = function["Lambda"] if "Lambda" in function else function["Command"]
    seconds = settings.get("TimeoutInSeconds", DEFAULT_STEP_SECONDS)
    return SafeText(f"{describe_process(function)} · {seconds} s per step")


def _describe_password(options: PasswordSettings) -> Iterator[str]:
    yield f"{options.get('PasswordLength', LENGTH):,} characters"
    for member, words in WITHOUT.items():
        if options.get(member):
            yield f"without {words}"
    if options.get("IncludeSpace"):
        yield "with spaces"
    if excluded := options.get("ExcludeCharacters"):
        yield f"without {excluded}"
    if not options.get("RequireEachIncludedType", True):
        yield "not every type required"
    yield f"in key {options['Key']}" if "Key" in options else "as the entire value"


def format_function_name(arn: str) -> SafeText:
    """Returns the name in a function's ARN."""
    return sanitize(get_last_field(arn))
