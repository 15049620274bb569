"""Exports secrets in plain text, while they are read.

An export has the current values and the metadata that an import reads. It has no older versions, further staging
labels, policies, rotation, replicas or KMS keys.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from smtui.transfer import dotenv, variables
from smtui.transfer.errors import NothingToExportError
from smtui.transfer.selection import Answer, Selection, get_value

if TYPE_CHECKING:
    from smtui.api.types import Client

Progress = Callable[[str, int, int], None]
JSON_MEMBERS = ("Name", "Description", "Type", "OwningService", "Tags", "SecretString", "SecretBinary")
AWS_MEMBERS = ("ARN", "Name", "VersionId", "SecretString", "SecretBinary", "VersionStages", "CreatedDate")


class ExportFormat(StrEnum):
    """The formats of an export; `FORMATS` describes each."""

    JSON = "json"
    DOTENV = "dotenv"
    AWS = "aws"


@dataclass(slots=True)
class ExportCounts:
    """The numbers of secrets that were written, and of those without a value."""

    written: int = 0
    without_value: int = 0


def export(
    client: Client, selection: Selection, format: ExportFormat, send: Callable[[bytes], object],
    progress: Progress | None = None,
) -> ExportCounts:
    """Exports the selected secrets.

    Args:
        send: is called with each piece of the output.
        progress: is called as `progress(what, done, total)` after each secret, where `total` is 0 if it is unknown.
            What it raises ends the export.

    Raises:
        NothingToExportError: if no secret was written.
        TransferError: if the selection or a variable's name is not valid.
        ClientError: if a secret cannot be read.
    """
    done = ExportCounts()
    answers = _count(selection.read_secrets(client), done, len(selection.names), progress)
    for piece in FORMATS[format].write(answers, selection):
        send(piece.encode())
    if not done.written:
        raise NothingToExportError
    return done


def _count(answers: Iterable[Answer], done: ExportCounts, total: int, progress: Progress | None) -> Iterator[Answer]:
    """Passes on the secrets that have a value, and counts all."""
    for answer in answers:
        if get_value(answer) is None:
            done.without_value += 1
            continue
        yield answer
        done.written += 1
        if progress:
            progress("exporting", done.written, total)


def _format_json(answers: Iterable[Answer], _: Selection) -> Iterator[str]:
    yield from _format_list("[", (_pick(answer, JSON_MEMBERS) for answer in answers), "]\n")


def _format_aws(answers: Iterable[Answer], _: Selection) -> Iterator[str]:
    records = (_pick(answer, AWS_MEMBERS) for answer in answers)
    yield from _format_list('{"SecretValues": [', records, '], "Errors": []}\n')


def _format_dotenv(answers: Iterable[Answer], selection: Selection) -> Iterator[str]:
    names = variables.VariableNames()
    for answer in answers:
        for variable in variables.make_variables(answer["Name"], get_value(answer) or "", selection.prefix):
            names.add(variable)
            yield dotenv.format_line(variable.name, variable.value)


@dataclass(frozen=True, slots=True)
class FormatEntry:
    """What the front ends say about a format in a line, and the function that writes it."""

    description: str
    write: Callable[[Iterable[Answer], Selection], Iterator[str]]


FORMATS: Mapping[ExportFormat, FormatEntry] = {
    ExportFormat.JSON: FormatEntry("for smtui import, with descriptions and tags", _format_json),
    ExportFormat.DOTENV: FormatEntry("NAME='value' lines, for programs that read .env files", _format_dotenv),
    ExportFormat.AWS: FormatEntry("what aws secretsmanager batch-get-secret-value prints", _format_aws),
}
"""The formats in the order in which the command line and the screens list them."""


def _format_list(before: str, records: Iterable[dict[str, Any]], after: str) -> Iterator[str]:
    """A JSON list with one record per line."""
    between = f"{before}\n"
    for record in records:
        yield between + json.dumps(record, ensure_ascii=False, default=_to_json_type)
        between = ",\n"
    yield f"\n{after}" if between == ",\n" else before + after


def _pick(answer: Answer, members: Iterable[str]) -> dict[str, Any]:
    return {member: answer[member] for member in members if member in answer}


def _to_json_type(value: bytes | datetime) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value.isoformat()
