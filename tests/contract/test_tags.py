"""Tests of TagResource and UntagResource."""

import pytest


@pytest.fixture
def tags(client):
    client.create_secret(Name="a", Tags=[{"Key": "k", "Value": "v"}])
    return lambda: {tag["Key"]: tag["Value"] for tag in client.describe_secret(SecretId="a").get("Tags", [])}


def test_tags_are_added_and_replaced(client, tags) -> None:
    client.tag_resource(SecretId="a", Tags=[{"Key": "n", "Value": ""}, {"Key": "k", "Value": "new"}])

    assert tags() == {"k": "new", "n": ""}
    client.tag_resource(SecretId="a", Tags=[{"Key": "K", "Value": "other case, other tag"}])
    assert len(tags()) == 3


def test_untag_is_idempotent(client, tags) -> None:
    client.untag_resource(SecretId="a", TagKeys=["k", "missing"])
    client.untag_resource(SecretId="a", TagKeys=["k"])

    assert tags() == {}


def test_only_a_secret_that_had_tags_tells_that_it_has_none(client, tags) -> None:
    """`Tags` is missing if there never was a tag, and empty after the last one is removed, however often."""
    client.create_secret(Name="never")
    client.untag_resource(SecretId="never", TagKeys=["k"])
    assert "Tags" not in client.describe_secret(SecretId="never")

    for _ in range(2):
        client.untag_resource(SecretId="a", TagKeys=["k"])
        described = client.describe_secret(SecretId="a")
        never, once = sorted(client.list_secrets()["SecretList"], key=lambda entry: entry["Name"], reverse=True)

        assert described["Tags"] == once["Tags"] == []
        assert "Tags" not in never
        assert client.list_secrets(Filters=[{"Key": "tag-key", "Values": [""]}])["SecretList"] == []
        client.tag_resource(SecretId="a", Tags=[{"Key": "k", "Value": "v"}])
        assert tags() == {"k": "v"}


def test_a_replica_tells_of_removed_tags_too(client, far, tags) -> None:
    client.replicate_secret_to_regions(SecretId="a", AddReplicaRegions=[{"Region": "eu-west-1"}])
    client.untag_resource(SecretId="a", TagKeys=["k"])

    assert far.describe_secret(SecretId="a")["Tags"] == []


def test_at_most_50(client, tags, refused) -> None:
    client.tag_resource(SecretId="a", Tags=[{"Key": f"t{n}", "Value": "v"} for n in range(49)])

    refused("LimitExceededException", client.tag_resource, SecretId="a", Tags=[{"Key": "more", "Value": "v"}])
    client.tag_resource(SecretId="a", Tags=[{"Key": "k", "Value": "replaced, not added"}])
    assert len(tags()) == 50
    refused("LimitExceededException", client.create_secret, Name="b",
            Tags=[{"Key": f"t{n}", "Value": "v"} for n in range(51)])


@pytest.mark.parametrize(("code", "tag"), [
    ("ValidationException", {"Key": "k" * 129, "Value": "v"}),
    ("ValidationException", {"Key": "k", "Value": "v" * 257}),
    ("ValidationException", {"Key": "", "Value": "v"}),
    ("InvalidParameterException", {"Key": "aws:mine", "Value": "v"}),
    ("InvalidParameterException", {"Value": "v"}),
])
def test_limits(client, tags, refused, code, tag) -> None:
    refused(code, client.tag_resource, SecretId="a", Tags=[tag])
    refused(code, client.create_secret, Name="b", Tags=[tag])
    assert tags() == {"k": "v"}


def test_the_longest_tag(client, tags) -> None:
    client.tag_resource(SecretId="a", Tags=[{"Key": "k" * 128, "Value": "v" * 256}])

    assert tags()["k" * 128] == "v" * 256
