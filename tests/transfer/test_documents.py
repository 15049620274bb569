"""Reading JSON documents: names and values, and what the aws CLI prints."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.transfer import documents
from smtui.transfer.entry import Entry
from smtui.transfer.errors import UnreadableFileError


def names_and_values(document: object) -> dict[str, str | bytes]:
    return {entry.name: entry.value for entry in documents.parse(json.dumps(document), "f")[0]}


def test_an_object_of_names_and_values() -> None:
    """Objects and lists become JSON, numbers and truth values their spelling."""
    document = {"a": "text", "b": {"user": "x", "n": [1, None]}, "c": 5432, "d": True, "e": ""}

    read = names_and_values(document)

    assert read == {"a": "text", "b": '{"user":"x","n":[1,null]}', "c": "5432", "d": "true", "e": ""}


def test_numbers_keep_their_spelling() -> None:
    text = '{"a": 1.10, "b": {"c": 1e400, "d": 123456789012345678901234567890}}'

    entries, _ = documents.parse(text, "f")

    assert [entry.value for entry in entries] == ["1.10", '{"c":1e400,"d":123456789012345678901234567890}']


ANSWER = {"ARN": "arn:aws:x", "Name": "prod/db", "VersionId": "v", "SecretString": '{"a":1}',
          "VersionStages": ["AWSCURRENT"], "CreatedDate": 1523477145.713}
BINARY = {"ARN": "arn:aws:y", "Name": "key", "SecretBinary": base64.b64encode(b"\0\xff").decode()}


@pytest.mark.parametrize(
    "document",
    [{"SecretValues": [ANSWER, BINARY], "Errors": []}, {"SecretValues": [ANSWER, BINARY]}, [ANSWER, BINARY]],
)
def test_what_the_aws_cli_printed_for_many(document: object) -> None:
    assert names_and_values(document) == {"prod/db": '{"a":1}', "key": b"\0\xff"}


def test_what_the_aws_cli_printed_for_one() -> None:
    assert names_and_values(ANSWER) == {"prod/db": '{"a":1}'}


@pytest.mark.parametrize("owner", ["", 1, ["rds"]])
def test_an_owner_that_is_none_is_refused(owner: object) -> None:
    with pytest.raises(UnreadableFileError, match="OwningService"):
        documents.parse(json.dumps({**ANSWER, "OwningService": owner}), "f")


@pytest.mark.parametrize(("name", "owner"), [
    ("rds!db-1", "rds"), ("redshift-serverless!x", "redshift-serverless"), ("prod/a!b", None), ("!a", None),
    ("a", None),
])
def test_the_name_of_a_managed_secret_says_its_owner(name: str, owner: str | None) -> None:
    [entry], _ = documents.parse(json.dumps({**ANSWER, "Name": name}), "f")

    assert entry.owner == owner


def test_errors_of_a_batch_are_counted() -> None:
    batch = {"SecretValues": [ANSWER], "Errors": [{"SecretId": "x", "ErrorCode": "y"}]}

    assert documents.parse(json.dumps(batch), "f")[1] == 1


def test_names_that_look_like_an_answer_are_names() -> None:
    """An object of secrets called Name and ARN is not taken for the answer to a call."""
    assert names_and_values({"Name": "x", "ARN": "y"}) == {"Name": "x", "ARN": "y"}
    assert names_and_values({"SecretValues": "x"}) == {"SecretValues": "x"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": "hunter2", "a": "x"}', "duplicate key"),
        ('{"a": {"b": "hunter2", "b": "x"}}', "duplicate key"),
        ('{"a": "hunter2"', "not JSON: expecting ',' delimiter at line 1, column 16"),
        ('{"a": NaN, "b": "hunter2"}', "NaN"),
        ('{"a": null, "b": "hunter2"}', "null"),
        ('"hunter2"', "an object of names and values"),
        ('{"a": "hunter2\\ud800"}', "lone surrogate"),
        ("[" * 100_000, "deeper than 64"),
        ('{"a":' * 70 + '"hunter2"' + "}" * 70, "deeper than 64"),
        ('[{"Name": "a"}]', "no SecretString"),
        ('[{"SecretString": "hunter2"}]', "no Name"),
        ('[{"Name": "a", "SecretBinary": "hunter2!"}]', "not base64"),
        ('[{"Name": "a", "SecretString": "hunter2", "SecretBinary": "AA=="}]', "or both"),
        ('{"a": ' + "9" * 5000 + ', "b": nul}', "not JSON"),
    ],
)
def test_json_that_is_unclear_is_refused(text: str, reason: str) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        documents.parse(text, "f")

    assert reason in str(caught.value)
    assert "hunter2" not in str(caught.value)


SCALARS = st.none() | st.booleans() | st.text()


@given(st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_any_document_is_read_or_refused(document: object) -> None:
    try:
        entries, _ = documents.parse(json.dumps(document), "f")
    except UnreadableFileError:
        return
    assert all(isinstance(entry, Entry) for entry in entries)
