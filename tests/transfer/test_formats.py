"""Reading .env files and JSON: what is meant, and a clear sentence for what is not."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.transfer import documents, dotenv, formats
from smtui.transfer.entry import Entry
from smtui.transfer.errors import UnreadableFileError


def env(text: str) -> dict[str, str | bytes]:
    return {entry.name: entry.value for entry in dotenv.parse(text, ".env")}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=1", "1"),
        ("A=1\n", "1"),
        ("  A = 1  \n", "1"),
        ("export A=1", "1"),
        ("export\tA=1", "1"),
        ("A=", ""),
        ("A=   # nothing", ""),
        ("A=''", ""),
        ("A=a b  c", "a b  c"),
        ("A=a # comment", "a"),
        ("A=a#b", "a#b"),
        ("A=#fff", "#fff"),
        ("A=it's", "it's"),
        ("A=a=b==", "a=b=="),
        ("A=$HOME and ${X}", "$HOME and ${X}"),
        ("A=a\\nb", "a\\nb"),
        ("A='a # b'", "a # b"),
        ("A='a\\nb' # comment", "a\\nb"),
        ("A='line 1\nline 2'", "line 1\nline 2"),
        ('A="a\\nb\\t\\"c\\" \\$x \\\\ \\z"', 'a\nb\t"c" $x \\ \\z'),
        ('A="-----BEGIN KEY-----\nabc\n-----END KEY-----"\n', "-----BEGIN KEY-----\nabc\n-----END KEY-----"),
        ('A="line 1\r\nline 2"\r\n', "line 1\nline 2"),
        ("A=`it's \"both\"`", "it's \"both\""),
        ('A="it\'s"', "it's"),
        ("A=ü 漢 🔑", "ü 漢 🔑"),
        ("# c\n\n \t\n#\nA=1\n#", "1"),
    ],
)
def test_one_variable(text: str, value: str) -> None:
    assert env(text) == {"A": value}


def test_a_real_file() -> None:
    text = (
        "# database\r\nexport DB_HOST=localhost\r\nDB_PASS='p#ss w0rd'   # quoted\r\n\r\n"
        'DB_KEY="-----BEGIN\r\nabc\r\n-----END"\r\nDB.URL=postgres://u:p@h/db?x=y\r\nEMPTY=\r\n'
    )

    assert env(text) == {
        "DB_HOST": "localhost", "DB_PASS": "p#ss w0rd", "DB_KEY": "-----BEGIN\nabc\n-----END",
        "DB.URL": "postgres://u:p@h/db?x=y", "EMPTY": "",
    }


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("A=1\nhunter2", 2, "expected NAME=value"),
        ("A=1\n=hunter2", 2, "expected NAME=value"),
        ("A=1\nB: hunter2", 2, "expected NAME=value"),
        ("A=1\nexport hunter2", 2, "expected NAME=value"),
        ('A=1\n\nB="hunter2\n\n', 3, "never closed"),
        ("B='hunter2", 1, "never closed"),
        ("B='hunter'2", 1, "something follows"),
        ('A="1\n2"\nB="hunter" 2 # x', 3, "something follows"),
        ("ü=hunter2", 1, "expected NAME=value"),
    ],
)
def test_what_is_unclear_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    """And never with what stands on it."""
    with pytest.raises(UnreadableFileError) as caught:
        dotenv.parse(text, ".env")

    assert f".env, line {line}" in str(caught.value)
    assert reason in str(caught.value)
    assert "hunter" not in str(caught.value)


def test_places_are_lines() -> None:
    entries = dotenv.parse('A="1\n2"\n# x\nB=3\n', "f")

    assert [entry.place for entry in entries] == ["f, line 1", "f, line 4"]


NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]*", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"))


@given(st.dictionaries(NAMES, TEXTS))
def test_what_is_written_between_double_quotes_comes_back(values: dict[str, str]) -> None:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

    assert env("\n".join(f"{name}={quoted(value)}" for name, value in values.items())) == values


@given(st.dictionaries(NAMES, TEXTS.filter(lambda text: "'" not in text)))
def test_what_is_written_between_single_quotes_comes_back(values: dict[str, str]) -> None:
    assert env("\n".join(f"{name}='{value}' # c" for name, value in values.items())) == values


@given(st.dictionaries(NAMES, st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_what_an_export_writes_comes_back(values: dict[str, str]) -> None:
    assert env("".join(dotenv.format_line(name, value) for name, value in values.items())) == values


@given(st.text(alphabet="A=\n\r\t '\"`#\\x"))
def test_no_text_does_worse_than_a_sentence(text: str) -> None:
    try:
        entries = dotenv.parse(text, "f")
    except UnreadableFileError as error:
        assert str(error).startswith("f, line ")
    else:
        assert all(entry.name for entry in entries)


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
        ('{"a": "hunter2", "a": "x"}', "twice"),
        ('{"a": {"b": "hunter2", "b": "x"}}', "twice"),
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


def test_the_format_is_seen() -> None:
    for text in ("A=1\n", '\n {"A": "1"}', "\ufeffA=1", '\ufeff{"A": "1"}'):
        assert [(entry.name, entry.value) for entry in formats.parse(text.encode(), "f").entries] == [("A", "1")]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"A=1\nB=\xff\xfe\n", "line 2"),
        (b"\xff\xfeA\x00=\x001\x00", "not UTF-8"),
        (b"A=1\n\nB=a\0b\n", "line 3: a NUL"),
    ],
)
def test_what_is_no_text_is_refused_with_its_line(raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=reason):
        formats.parse(raw, "f")


def test_an_entry_does_not_show_its_value() -> None:
    assert "hunter2" not in repr(dotenv.parse("A=hunter2", "f"))
