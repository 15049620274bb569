"""The settings of a process function as text: in one line, and in full, for the user who allows exactly that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from smtui.api.arn import replace_secret_arns
from smtui.rotation.arguments import format_argument, format_arguments, number_arguments
from smtui.text.sanitize import SafeText, sanitize

if TYPE_CHECKING:
    from smtui.api.extension_types import FunctionDescription, Lambda, LambdaSettings

TITLE = 10
"""Cells of the title before a setting."""
NO_FILE = SafeText("the file cannot be read")


def describe_process(function: FunctionDescription) -> SafeText:
    """One line: the command line, or `/srv/rotate.py:lambda_handler, may read prod/admin`."""
    if "Command" in function:
        return format_arguments(function["Command"]["Arguments"])
    settings = function["Lambda"]
    readable = ", ".join(map(replace_secret_arns, settings.get("MayRead", ())))
    handler = f"{format_argument(settings['File'])}:{settings['Handler']}"
    return SafeText(f"{handler}, may read {sanitize(readable)}" if readable else handler)


def list_process_lines(function: FunctionDescription, width: int) -> Iterator[SafeText]:
    """Everything that a process function runs with, in lines of at most `width` cells.

    One setting cannot look like two, whatever it contains: its further lines have no title.
    """
    if "Command" in function:
        yield from number_arguments(function["Command"]["Arguments"], width)
        return
    for title, text in _list_settings(function["Lambda"]):
        room = (width - TITLE) // (1 if text.isascii() else 2)
        for start in range(0, len(text), room):
            yield SafeText(f"{title if start == 0 else '':<{TITLE}}{text[start : start + room]}")


def _list_settings(settings: Lambda) -> Iterator[tuple[str, SafeText]]:
    yield "file", format_argument(settings["File"])
    yield "SHA-256", SafeText(settings["FileSha256"]) if "FileSha256" in settings else NO_FILE
    yield "handler", format_argument(settings["Handler"])
    yield "python", format_argument(settings["Interpreter"])
    for each in settings.get("Environment", ()):
        yield "env", format_argument(f"{each['Name']}={each['Value']}")
    for arn in settings.get("MayRead", ()):
        yield "may read", format_argument(arn)


def list_parts(settings: LambdaSettings) -> Iterator[tuple[str, SafeText]]:
    """What a Lambda function runs with and reaches, as pairs of a title and a text, without values of variables."""
    yield "python", format_argument(settings["Interpreter"])
    if names := [each["Name"] for each in settings.get("Environment", ())]:
        yield "sets", sanitize(", ".join(names))
    yield "may read", sanitize(", ".join(map(replace_secret_arns, settings.get("MayRead", ()))) or "no other secret")
