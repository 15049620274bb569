"""Secrets written out in plain text, as they are read.

What is written holds the current values, and no more than an import understands: older versions, further labels,
policies, rotation, replicas and keys stay behind.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from smtui.transfer import dotenv, variables
from smtui.transfer.chosen import Answer, Chosen, value_of

if TYPE_CHECKING:
    from smtui.api.types import Client

Progress = Callable[[str, int, int], None]
KNOWN = ("Name", "Description", "Type", "OwningService", "Tags", "SecretString", "SecretBinary")
AWS = ("ARN", "Name", "VersionId", "SecretString", "SecretBinary", "VersionStages", "CreatedDate")


class Format(StrEnum):
    JSON = "json"  # all that an import brings back
    DOTENV = "dotenv"  # variables, as `variables` names them
    AWS = "aws"  # what the aws CLI prints of BatchGetSecretValue


@dataclass(slots=True)
class Exported:
    """How many secrets were written, and how many had no value to write."""

    written: int = 0
    without_value: int = 0


def export(
    client: Client, chosen: Chosen, format: Format, send: Callable[[bytes], object], progress: Progress | None = None
) -> Exported:
    """Hands the text of the chosen secrets to `send`, piece by piece.

    `progress(what, done, 0)` is called for each; what it raises ends the export.
    """
    done = Exported()
    for piece in _FORMATS[format](_counted(chosen.answers(client), done, progress), chosen):
        send(piece.encode())
    return done


def _counted(answers: Iterable[Answer], done: Exported, progress: Progress | None) -> Iterator[Answer]:
    """Those that have a value."""
    for answer in answers:
        if value_of(answer) is None:
            done.without_value += 1
            continue
        yield answer
        done.written += 1
        if progress:
            progress("exporting", done.written, 0)


def _json(answers: Iterable[Answer], _: Chosen) -> Iterator[str]:
    yield from _listed("[", (_members(answer, KNOWN) for answer in answers), "]\n")


def _aws(answers: Iterable[Answer], _: Chosen) -> Iterator[str]:
    yield from _listed('{"SecretValues": [', (_members(answer, AWS) for answer in answers), '], "Errors": []}\n')


def _dotenv(answers: Iterable[Answer], chosen: Chosen) -> Iterator[str]:
    named = variables.Names()
    for answer in answers:
        for variable in variables.of_secret(answer["Name"], value_of(answer) or "", chosen.prefix):
            named.take(variable)
            yield dotenv.written(variable.name, variable.value)


_FORMATS: dict[Format, Callable[[Iterable[Answer], Chosen], Iterator[str]]] = {
    Format.JSON: _json, Format.AWS: _aws, Format.DOTENV: _dotenv,
}


def _listed(before: str, records: Iterable[dict[str, Any]], after: str) -> Iterator[str]:
    """A list in JSON, one record a line."""
    between = f"{before}\n"
    for record in records:
        yield between + json.dumps(record, ensure_ascii=False, default=_simple)
        between = ",\n"
    yield f"\n{after}" if between == ",\n" else before + after


def _members(answer: Answer, wanted: Iterable[str]) -> dict[str, Any]:
    return {member: answer[member] for member in wanted if member in answer}


def _simple(value: bytes | datetime) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value.isoformat()
