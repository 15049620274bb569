"""Answers of AWS Secrets Manager, from the aws CLI, boto3 or smtui, and the list that `smtui export` writes.

In JSON or YAML: one answer or a list, JSON Lines, documents after one another, pages and lists of pages. Answers that
have no value, as of ListSecrets, are refused with the command that gets values.
"""

from __future__ import annotations

from typing import Any

from smtui.api.arn import SECRETS_MANAGER, parse_arn
from smtui.transfer import documents
from smtui.transfer.errors import UnknownSourceError
from smtui.transfer.item import SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from smtui.transfer.sources.fields import get_list

VALUES = ("SecretString", "SecretBinary")
PAGE = {"SecretValues", "Errors", "NextToken", "ResponseMetadata"}
WITHOUT_VALUES = ("SecretList", "Versions")
GET_VALUES = "aws secretsmanager batch-get-secret-value --filters Key=name,Values=PREFIX | smtui import -"


def recognise(file: SourceFile) -> bool:
    """Whether every document is an answer about secrets, a page of them, or a list of answers or pages."""
    found = file.documents
    return bool(found) and all(_is_answer(each) or _is_list(each) for each in found or ())


def read(file: SourceFile, _: SourceKey) -> SourceContent:
    """Raises UnreadableFileError; UnknownSourceError for answers without values."""
    content = SourceContent("output of AWS Secrets Manager")
    failed, last = 0, None
    for page in file.records:
        if not {"SecretValues", *VALUES} & page.keys() and _is_without_value(page):
            raise _make_no_value_error(file.name, page)
        failed += len(get_list(page, "Errors")) if _is_page(page) else 0
        last = page
        for answer in page["SecretValues"] if _is_page(page) else [page]:
            place = f"{file.name}, secret {len(content.entries) + 1}"
            content.entries.append(documents.parse_secret(answer, place))
    is_continued = last is not None and last.get("NextToken") is not None and _is_page(last)
    content.notes += documents.note_rest(file.name, failed, is_continued=is_continued)
    return content


def _is_list(document: Any) -> bool:
    """Whether this is a list of answers or pages. One of them is enough: what the others lack is then said."""
    return isinstance(document, list) and all(isinstance(each, dict) for each in document) and \
        (not document or any(_is_answer(each) or {*VALUES} & each.keys() for each in document))


def _is_answer(document: Any) -> bool:
    return isinstance(document, dict) and \
        (_is_page(document) or documents.is_secret(document) or _is_without_value(document))


def _is_page(document: dict[str, Any]) -> bool:
    """Whether this is output of BatchGetSecretValue, not an object with a secret named SecretValues."""
    return isinstance(document.get("SecretValues"), list) and document.keys() <= PAGE


def _is_without_value(document: dict[str, Any]) -> bool:
    """Whether this is output of an operation that returns no values."""
    arn = parse_arn(str(document.get("ARN", "")))
    describes_secret = arn is not None and arn.service == SECRETS_MANAGER and not document.keys() & {*VALUES}
    return describes_secret or any(isinstance(document.get(member), list) for member in WITHOUT_VALUES)


def _make_no_value_error(file: str, document: dict[str, Any]) -> UnknownSourceError:
    listed = document.get("SecretList")
    what = "it lists secrets without their values" if isinstance(listed, list) else \
        "it describes a secret without its value"
    return UnknownSourceError(f"{file} is output of AWS Secrets Manager, and {what}.", hint=f"Use: {GET_VALUES}")
