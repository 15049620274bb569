"""Tests of ListSecrets: filters, order, pages, tokens."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

SECRETS = {
    "prod/db": ("My first secret", {"team": "pay", "Stage": "prod"}),
    "prod/apiKey": ("Billing API key", {"team": "billing"}),
    "Prod/other": ("Third SECRET thing", {}),
    "test/credsDatabase#892".replace("#", "_"): ("", {"owner": "bob"}),
    "test/queue": ("reads the first queue", {"team": "payments"}),
}


@pytest.fixture
def filled(client):
    for name, (description, tags) in SECRETS.items():
        client.create_secret(Name=name, Description=description,
                             Tags=[{"Key": key, "Value": value} for key, value in tags.items()])
    return client


def found(client, *filters: tuple[str, list[str]], **params) -> list[str]:
    wanted = [{"Key": key, "Values": values} for key, values in filters]
    return [entry["Name"] for entry in client.list_secrets(Filters=wanted, **params)["SecretList"]]


@pytest.mark.parametrize(("filters", "expected"), [
    ([("name", ["prod/"])], ["prod/db", "prod/apiKey"]),
    ([("name", ["Prod/"])], ["Prod/other"]),
    ([("name", ["db"])], []),
    ([("name", ["!prod/"])], ["Prod/other", "test/credsDatabase_892", "test/queue"]),
    ([("name", ["prod/d", "test/q"])], ["prod/db", "test/queue"]),
    ([("name", ["prod/"]), ("tag-value", ["pay"])], ["prod/db"]),
    ([("tag-key", ["team"])], ["prod/db", "prod/apiKey", "test/queue"]),
    ([("tag-key", ["Team"])], []),
    ([("tag-key", ["!team"])], ["Prod/other", "test/credsDatabase_892"]),
    ([("tag-value", ["pay"])], ["prod/db", "test/queue"]),
    ([("description", ["first"])], ["prod/db", "test/queue"]),
    ([("description", ["FIR"])], ["prod/db", "test/queue"]),
    ([("description", ["irst"])], []),
    ([("description", ["first secret"])], ["prod/db"]),
    ([("description", ["!first"])], ["prod/apiKey", "Prod/other", "test/credsDatabase_892"]),
    ([("all", ["credsDatabase 892"])], ["test/credsDatabase_892"]),
    ([("all", ["database"])], ["test/credsDatabase_892"]),
    ([("all", ["credsdatabase"])], []),
    ([("all", ["pay"])], ["prod/db", "test/queue"]),
    ([("all", ["bob"])], ["test/credsDatabase_892"]),
    ([("all", ["secret prod"])], ["prod/db", "Prod/other"]),
    ([("all", ["!prod"])], ["test/credsDatabase_892", "test/queue"]),
    ([("primary-region", ["us-"])], []),
    ([("primary-region", ["!us-"])], list(SECRETS)),
    ([("all", ["+"])], []),
    ([("all", ["+", "bob"])], ["test/credsDatabase_892"]),
    ([("all", ["!+"])], list(SECRETS)),
    ([("primary-region", ["eu-"])], []),
    ([("owning-service", ["rds"])], []),
    ([("owning-service", ["!rds"])], list(SECRETS)),
    ([], list(SECRETS)),
])
@pytest.mark.parametrize("order", ["created-date", "name"])
def test_filters(filled, filters, expected, order) -> None:
    """All sort orders return the same secrets."""
    assert sorted(found(filled, *filters, SortBy=order)) == sorted(expected)
    if order == "created-date":
        assert found(filled, *filters) == expected
        assert found(filled, *filters, SortOrder="desc") == expected[::-1]


def test_words_are_split_as_the_service_splits_them(client) -> None:
    """Recorded from AWS: COMPANYthings is COMPAN and Ythings, so that neither COMPANY nor things is found in it."""
    for name in ("uat/COMPANY/1", "uat/COMPANYthings/1", "prod/AppBeta_2", "prod/AppBeta-3"):
        client.create_secret(Name=name)

    assert found(client, ("all", ["company"])) == ["uat/COMPANY/1"]
    assert found(client, ("all", ["things"])) == []
    assert found(client, ("all", ["Ythings"])) == ["uat/COMPANYthings/1"]
    assert found(client, ("all", ["Beta"])) == found(client, ("all", ["AppBeta"])) == ["prod/AppBeta_2",
                                                                                       "prod/AppBeta-3"]


def test_entries_say_what_describe_says(filled) -> None:
    entry = filled.list_secrets(MaxResults=1)["SecretList"][0]
    described = filled.describe_secret(SecretId=entry["Name"])
    described.pop("ResponseMetadata")

    assert entry == described


def test_sort_by_is_accepted(filled, clock) -> None:
    clock.forward(days=1)
    filled.update_secret(SecretId="prod/apiKey", Description="new")

    assert found(filled, SortBy="last-changed-date", SortOrder="desc")[0] == "prod/apiKey"
    assert found(filled, SortBy="name") == sorted(SECRETS)


def test_words_follow_changes(filled) -> None:
    filled.update_secret(SecretId="prod/db", Description="zebra")
    assert found(filled, ("all", ["zebra"])) == ["prod/db"]
    filled.tag_resource(SecretId="prod/db", Tags=[{"Key": "k", "Value": "giraffe"}])
    assert found(filled, ("all", ["giraffe"])) == ["prod/db"]
    filled.untag_resource(SecretId="prod/db", TagKeys=["k"])
    assert found(filled, ("all", ["giraffe"])) == []
    filled.delete_secret(SecretId="prod/db", ForceDeleteWithoutRecovery=True)
    assert found(filled, ("all", ["zebra"])) == []


def test_planned_deletions_are_listed_on_request(filled) -> None:
    filled.delete_secret(SecretId="prod/db")

    assert "prod/db" not in found(filled)
    assert "prod/db" in found(filled, IncludePlannedDeletion=True)


@pytest.mark.parametrize("order", ["created-date", "name", "last-changed-date", "last-accessed-date"])
@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("filters", [(), (("all", ["o"]),), (("name", ["prod/", "test/"]),), (("name", ["!x"]),)])
def test_pages_put_together_are_the_whole(filled, order, direction, filters) -> None:
    params = {"SortBy": order, "SortOrder": direction}
    whole = found(filled, *filters, **params)
    wanted = [{"Key": key, "Values": values} for key, values in filters]

    pages = list(filled.get_paginator("list_secrets").paginate(Filters=wanted, MaxResults=2, **params))

    assert [entry["Name"] for page in pages for entry in page["SecretList"]] == whole
    assert all(len(page["SecretList"]) <= 2 for page in pages)


def test_paginator_settings(filled) -> None:
    pages = filled.get_paginator("list_secrets").paginate(PaginationConfig={"MaxItems": 3, "PageSize": 2})

    assert [len(page["SecretList"]) for page in pages] == [2, 1]
    assert filled.can_paginate("list_secrets")
    assert not filled.can_paginate("get_secret_value")


def test_a_token_is_good_for_its_question_only(vault, filled, refused) -> None:
    token = filled.list_secrets(MaxResults=1, SortBy="name")["NextToken"]
    assert filled.list_secrets(MaxResults=3, SortBy="name", NextToken=token)["SecretList"][0]["Name"] == "prod/apiKey"

    other_caller = vault.client(caller="arn:aws:iam::000000000000:user/alice")
    elsewhere = vault.client(region_name="eu-west-1")
    for call, params in (
        (filled.list_secrets, {}),
        (filled.list_secrets, {"SortBy": "name", "SortOrder": "desc"}),
        (filled.list_secrets, {"SortBy": "name", "Filters": [{"Key": "name", "Values": ["a"]}]}),
        (other_caller.list_secrets, {"SortBy": "name"}),
        (elsewhere.list_secrets, {"SortBy": "name"}),
        (filled.list_secret_version_ids, {"SecretId": "prod/db"}),
        (filled.batch_get_secret_value, {"Filters": [{"Key": "name", "Values": ["a"]}]}),
    ):
        refused("InvalidNextTokenException", call, NextToken=token, **params)


def test_a_token_survives_reopening(filled, reopen) -> None:
    token = filled.list_secrets(MaxResults=2)["NextToken"]

    with reopen() as vault:
        assert vault.client().list_secrets(NextToken=token)["SecretList"][0]["Name"] == "Prod/other"


@settings(max_examples=100)
@given(st.data())
def test_no_altered_token_is_accepted(filled, refused, data) -> None:
    token = bytearray(base64.urlsafe_b64decode(filled.list_secrets(MaxResults=1)["NextToken"]))
    place = data.draw(st.integers(0, len(token) * 8 - 1))
    token[place // 8] ^= 1 << place % 8

    refused("InvalidNextTokenException", filled.list_secrets, NextToken=base64.urlsafe_b64encode(token).decode())


@settings(max_examples=50)
@given(st.text(min_size=1, max_size=200))
def test_no_invented_token_is_accepted(client, token) -> None:
    from smtui import ClientError

    with pytest.raises(ClientError) as caught:
        client.list_secrets(NextToken=token)
    assert caught.value.response["Error"]["Code"] in ("InvalidNextTokenException", "ValidationException")


@settings(max_examples=100)
@given(st.sampled_from(["all", "description", "name", "tag-key", "tag-value"]),
       st.text("!\"'*()^:-+{}[]ANDORNOTNEAR ab1_/.@=", max_size=40))
def test_no_search_is_read_as_a_command(filled, key, value) -> None:
    """Each search text gives a response or a violation of the filter's pattern, never another error."""
    from smtui import ClientError

    try:
        filled.list_secrets(Filters=[{"Key": key, "Values": [value]}])
    except ClientError as error:
        assert error.response["Error"]["Code"] == "ValidationException"


@pytest.mark.parametrize("params", [
    {"MaxResults": 0}, {"MaxResults": 101}, {"SortOrder": "up"}, {"SortBy": "colour"},
    {"Filters": [{"Key": "colour", "Values": ["a"]}]}, {"Filters": [{"Key": "name", "Values": ["a"]}] * 11},
    {"Filters": [{"Key": "name", "Values": ["a"] * 11}]}, {"Filters": [{"Key": "name", "Values": []}]},
    {"Colour": 1}, {"MaxResults": "10"}, {"MaxResults": True},
])
def test_requests_out_of_shape(client, refused, params) -> None:
    refused("ValidationException", client.list_secrets, **params)


@pytest.mark.parametrize(("filters", "message"), [
    ([{"Key": "name"}], "Invalid filter values for key: name"), ([{"Values": ["a"]}], "Invalid filter key"),
    ([{}], "Invalid filter key"),
])
def test_incomplete_filters(client, refused, filters, message) -> None:
    assert refused("InvalidParameterException", client.list_secrets, Filters=filters) == message
