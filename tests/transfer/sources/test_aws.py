"""Answers of AWS Secrets Manager in every shape in which people keep them."""

from __future__ import annotations

import json

import pytest

from smtui.transfer import formats
from smtui.transfer.errors import UnreadableFileError
from tests.transfer.sources.samples import ANSWER, PAGE, encode

OTHER = {**ANSWER, "Name": "prod/other", "SecretString": "x"}
PAGES = [{**PAGE, "NextToken": "t"}, {"SecretValues": [OTHER], "Errors": []}]
BOTH = {"prod/db": '{"a":1}', "prod/other": "x"}


@pytest.mark.parametrize("raw", [
    encode(PAGES), encode([ANSWER, OTHER]), encode({"SecretValues": [ANSWER, OTHER]}),
    b"\n".join(map(encode, PAGES)), b"".join(map(encode, PAGES)), b"\r\n".join(map(encode, (ANSWER, OTHER))) + b"\n",
    json.dumps(PAGES[0], indent=4).encode() + b"\n" + json.dumps(PAGES[1], indent=4).encode(),
    encode([PAGES[0]]) + encode([OTHER]), b"\xef\xbb\xbf" + encode(PAGES), encode(PAGES).decode().encode("utf-16"),
    encode([{"Name": name, "SecretString": value} for name, value in BOTH.items()]),
])  # fmt: skip
def test_every_shape_gives_the_same_secrets(raw: bytes) -> None:
    read = formats.parse(raw, "f")

    assert {entry.name: entry.value for entry in read.entries} == BOTH
    assert read.notes == []


def test_what_is_missing_in_the_file_is_noted() -> None:
    page = {**PAGE, "NextToken": "more", "Errors": [{"SecretId": "x", "ErrorCode": "AccessDeniedException"}]}

    assert formats.parse(encode([page, page | {"SecretValues": [OTHER]}]), "f").notes == [
        "f: skipped 2 without a value (see Errors in the file).",
        "f: there are more secrets on AWS than in this file (NextToken).",
    ]


def test_a_list_with_one_answer_says_what_the_others_lack() -> None:
    with pytest.raises(UnreadableFileError, match="secret 2: it has no SecretString"):
        formats.parse(encode([ANSWER, {"Name": "a"}]), "f")
