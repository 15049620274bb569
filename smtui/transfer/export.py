"""Exports secrets in plain text, while they are read.

An export has the current values and the metadata that an import reads. It has no older versions, further staging
labels, policies, rotation, replicas or KMS keys.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from smtui.transfer import dotenv, variables
from smtui.transfer.errors import InvalidVariableError, NothingToExportError
from smtui.transfer.export_options import ExportOptions
from smtui.transfer.selection import Announce, Answer, ReadTogether, Selection, get_tags, get_value
from smtui.transfer.targets import bitwarden_export, kubernetes_secrets, ssm_parameters
from smtui.transfer.variables import Variable

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
    DOCKER_ENV = "docker-env"
    KUBERNETES = "kubernetes"
    BITWARDEN = "bitwarden"
    BITWARDEN_PROTECTED = "bitwarden-protected"
    SSM = "ssm"


@dataclass(slots=True)
class ExportCounts:
    """The numbers of secrets that were written, of those without a value, and of what the format cannot carry."""

    written: int = 0
    without_value: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)


def export(
    client: Client, selection: Selection, format: ExportFormat, send: Callable[[bytes], object],
    progress: Progress | None = None, options: ExportOptions | None = None, *,
    together: ReadTogether = nullcontext, announce: Announce | None = None,
) -> ExportCounts:
    """Exports the selected secrets.

    Args:
        send: is called with each piece of the output.
        progress: is called as `progress(what, done, total)` after each secret, where `total` is 0 if it is unknown.
            What it raises ends the export.
        options: how variables are named, and what protects the export; its prefix is that of the selection.
        together: `reading` of the client's context, so that many reads share a commit.
        announce: is called with the number of calls before the values are read, see `Selection.read_secrets`.

    Raises:
        NothingToExportError: if no secret was written.
        TransferError: if the selection or a variable's name is not valid.
        ClientError: if a secret cannot be read.
    """
    done = ExportCounts()
    options = options or ExportOptions()
    options.prefix = selection.prefix
    secrets = selection.read_secrets(client, together, announce)
    answers = _count(secrets, done, options, len(selection.names), progress)
    for piece in FORMATS[format].write(answers, options):
        send(piece.encode())
    done.left_out = {what: number for what, number in options.left_out.items() if number}
    done.written -= options.omitted
    if not done.written:
        raise NothingToExportError(done.left_out)
    return done


def _count(
    answers: Iterable[Answer], done: ExportCounts, options: ExportOptions, total: int, progress: Progress | None
) -> Iterator[Answer]:
    """Passes on the secrets that have a value, and counts all, and their other versions that have labels."""
    for answer in answers:
        if get_value(answer) is None:
            done.without_value += 1
            continue
        labels = answer.get("VersionIdsToStages", answer.get("SecretVersionsToStages", ()))
        options.left_out["other versions of secrets"] += len({*labels} - {answer.get("VersionId")})
        yield answer
        done.written += 1
        if progress:
            progress("exporting", done.written, total)


def _format_json(answers: Iterable[Answer], _: ExportOptions) -> Iterator[str]:
    yield from _format_list("[", (_pick(answer, JSON_MEMBERS) for answer in answers), "]\n")


def _format_aws(answers: Iterable[Answer], options: ExportOptions) -> Iterator[str]:
    records = (_pick(answer, AWS_MEMBERS) for answer in _count_metadata(answers, options))
    yield from _format_list('{"SecretValues": [', records, '], "Errors": []}\n')


def _format_dotenv(answers: Iterable[Answer], options: ExportOptions) -> Iterator[str]:
    for variable in _list_variables(answers, options):
        yield dotenv.format_line(variable.name, variable.value)


def _format_docker_env(answers: Iterable[Answer], options: ExportOptions) -> Iterator[str]:
    for variable in _list_variables(answers, options):
        if "\n" in variable.value or "\r" in variable.value:
            raise InvalidVariableError(f"The value of {variable.source} has a line break, which --env-file of Docker "
                                       "cannot have.", hint=f"To leave it out: --skip {variable.name}.")
        yield f"{variable.name}={variable.value}\n"


def _count_metadata(answers: Iterable[Answer], options: ExportOptions) -> Iterator[Answer]:
    """Passes on the secrets, and counts those whose description and tags are not written."""
    for answer in answers:
        options.count_metadata(get_tags(answer), answer.get("Description"))
        yield answer


def _list_variables(answers: Iterable[Answer], options: ExportOptions) -> Iterator[Variable]:
    names = variables.VariableNames()
    for answer in _count_metadata(answers, options):
        value = get_value(answer) or ""
        for variable in variables.make_variables(answer["Name"], value, options.prefix, naming=options.naming):
            names.add(variable)
            yield variable


@dataclass(frozen=True, slots=True)
class FormatEntry:
    """What the front ends say about a format in a line, the function that writes it, and whether it is encrypted."""

    description: str
    write: Callable[[Iterable[Answer], ExportOptions], Iterator[str]]
    is_encrypted: bool = False


FORMATS: Mapping[ExportFormat, FormatEntry] = {
    ExportFormat.JSON: FormatEntry("for smtui import, with descriptions and tags", _format_json),
    ExportFormat.DOTENV: FormatEntry("NAME=value lines, for programs that read .env files", _format_dotenv),
    ExportFormat.AWS: FormatEntry("what aws secretsmanager batch-get-secret-value prints", _format_aws),
    ExportFormat.DOCKER_ENV: FormatEntry("NAME=value lines, for docker run --env-file",
                                         _format_docker_env),
    ExportFormat.KUBERNETES: FormatEntry("Secrets in YAML, for kubectl apply", kubernetes_secrets.write),
    ExportFormat.BITWARDEN: FormatEntry("JSON for the import of Bitwarden", bitwarden_export.write),
    ExportFormat.BITWARDEN_PROTECTED: FormatEntry("the same, encrypted with a passphrase",
                                                  bitwarden_export.write_protected, is_encrypted=True),
    ExportFormat.SSM: FormatEntry("JSON lines for aws ssm put-parameter", ssm_parameters.write),
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
