"""Tests of version specifications: how words are parsed, and which version each selects."""

from __future__ import annotations

from typing import Any

import pytest

from smtui.rules.version_spec import InvalidVersionSpecError, VersionNotFoundError, VersionSpec

ARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:prod/db-AbCdEf"
IDS = [f"{number}" * 36 for number in range(1, 6)]


@pytest.mark.parametrize(("word", "expected"), [
    ("prod/db", ("prod/db", None, 0)),
    ("prod/db:AWSPREVIOUS", ("prod/db", "AWSPREVIOUS", 0)),
    ("prod/db~1", ("prod/db", None, 1)),
    ("prod/db~", ("prod/db", None, 1)),
    ("prod/db~12", ("prod/db", None, 12)),
    ("prod/db~0", ("prod/db", None, 0)),
    ("prod/db:blue~2", ("prod/db", "blue", 2)),
    ("prod/db:release: 4/5", ("prod/db", "release: 4/5", 0)),
    (ARN, (ARN, None, 0)),
    (f"{ARN}:blue", (ARN, "blue", 0)),
    (f"{ARN}~3", (ARN, None, 3)),
    ("rds!db-1_a+b=c.d@e", ("rds!db-1_a+b=c.d@e", None, 0)),
    ("a b", ("a b", None, 0)),
])
def test_words(word: str, expected: tuple[str, str | None, int]) -> None:
    found = VersionSpec.parse(word)

    assert (found.secret_id, found.label, found.back) == expected
    assert found.text == word


@pytest.mark.parametrize("word", [
    "prod/db:", "~1", ":blue", "prod/db~x", "prod/db~-1", "prod/db~99999", "arn:aws:x:y:z:", "prod/db~1~1",
])
def test_words_that_mean_nothing(word: str) -> None:
    with pytest.raises(InvalidVersionSpecError):
        VersionSpec.parse(word)


class Client:
    """Serves labels and versions; counts the calls."""

    def __init__(self, labels: dict[str, int]) -> None:
        self._labels = labels
        self.calls: list[str] = []

    def describe_secret(self, SecretId: str) -> Any:
        self.calls.append("describe_secret")
        stages: dict[str, list[str]] = {}
        for label, number in self._labels.items():
            stages.setdefault(IDS[number - 1], []).append(label)
        return {"VersionIdsToStages": stages}

    def list_secret_version_ids(self, NextToken: str = "", **request: Any) -> Any:
        """Serves two pages."""
        self.calls.append("list_secret_version_ids")
        assert request["IncludeDeprecated"] is True
        page = IDS[3:] if NextToken else IDS[:3]
        return {"Versions": [{"VersionId": each} for each in page], **({} if NextToken else {"NextToken": "more"})}

    class exceptions:
        ClientError = Exception





def find(word: str, **labels: int) -> int:
    """The number of the version that a word selects, from 1."""
    client: Any = Client(labels)
    return IDS.index(VersionSpec.parse(word).find_version_id(client)) + 1


def test_the_order_of_creation_counts_back_from_the_previous_version() -> None:
    labels = {"AWSCURRENT": 5, "AWSPREVIOUS": 4}

    assert [find(f"a~{back}", **labels) for back in range(1, 5)] == [4, 3, 2, 1]


def test_one_before_is_the_previous_version_whatever_was_created_between() -> None:
    """A version that was never current, such as a failed rotation's, is not the one to return to."""
    assert find("a~1", AWSCURRENT=5, AWSPREVIOUS=3) == 3
    assert find("a~2", AWSCURRENT=5, AWSPREVIOUS=3) == 2


def test_after_a_rollback_one_before_is_what_was_current() -> None:
    labels = {"AWSCURRENT": 3, "AWSPREVIOUS": 4}

    assert [find(f"a~{back}", **labels) for back in (1, 2, 3)] == [4, 2, 1]


def test_a_pending_version_is_not_counted() -> None:
    assert find("a~1", AWSCURRENT=5, AWSPENDING=4) == 3


def test_labels_and_ids() -> None:
    labels = {"AWSCURRENT": 5, "AWSPREVIOUS": 4, "blue": 2, "v~1": 3, "2222": 1}

    assert find("a:AWSCURRENT", **labels) == 5
    assert find("a:blue", **labels) == 2
    assert find("a:blue~1", **labels) == 1
    assert find("a:v~1", **labels) == 3, "a label of this name comes first"
    assert find("a:2222", **labels) == 1, "a label comes before an ID"
    assert find("a:33333333", **labels) == 3
    assert find(f"a:{IDS[3]}", **labels) == 4


@pytest.mark.parametrize(("word", "says"), [
    ("a:green", "no version with the label green"),
    ("a:44", "no version with the label 44"),
    ("a~5", "fewer than 5 versions before AWSCURRENT"),
    ("a:1111~1", "no version before 1111"),
    ("a:blue~9", "fewer than 9 versions before blue"),
])
def test_what_is_missing(word: str, says: str) -> None:
    with pytest.raises(VersionNotFoundError, match=says) as caught:
        find(word, AWSCURRENT=5, AWSPREVIOUS=4, blue=2)

    assert caught.value.hint == "smtui history a lists the versions."


def test_the_current_version_needs_no_call() -> None:
    client: Any = Client({})

    assert VersionSpec.parse("a").build_request(client) == {"SecretId": "a"}
    assert client.calls == []


def test_a_label_needs_no_list_of_versions() -> None:
    """A caller that may not list versions reads one by its label."""
    client: Any = Client({"blue": 2})

    assert VersionSpec.parse("a:blue").build_request(client) == {"SecretId": "a", "VersionId": IDS[1]}
    assert client.calls == ["describe_secret"]
