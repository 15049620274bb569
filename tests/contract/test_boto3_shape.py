"""Tests that a client has every public attribute of boto3's client, which behave alike, but for what is left out.

`boto3.client("secretsmanager")` is a client of botocore; boto3 adds nothing to it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import product
from typing import Any

import botocore.exceptions
import botocore.paginate
import botocore.session
import pytest

import smtui
from smtui.api.boto_client import LEFT_OUT
from smtui.api.pagination import PAGED_OPERATIONS
from tests.contract import oracle
from tests.contract.regions import FAR

PAGING = {"input_token": "NextToken", "limit_key": "MaxResults", "output_token": "NextToken"}
NAMES = [f"secret-{number}" for number in range(5)]


@pytest.fixture(scope="module")
def real() -> Any:
    return botocore.session.get_session().create_client(
        "secretsmanager", region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s",
    )


@pytest.fixture
def client(vault: smtui.Vault) -> Any:
    return vault.client()


@pytest.fixture
def filled(client: Any) -> Any:
    for name in NAMES:
        client.create_secret(Name=name)
    return client


def list_public(thing: Any) -> set[str]:
    return {name for name in dir(thing) if not name.startswith("_")}


def catch(call: Any, *args: Any, **params: Any) -> Exception:
    with pytest.raises(Exception) as caught:
        call(*args, **params)
    return caught.value


# Attributes


def test_a_client_has_every_public_attribute_but_those_left_out(client: Any, real: Any) -> None:
    assert list_public(real) - list_public(client) == LEFT_OUT.keys()
    for name in list_public(real) & list_public(client):
        assert callable(getattr(client, name)) is callable(getattr(real, name)), name


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_is_left_out_says_why(client: Any, name: str) -> None:
    assert not hasattr(client, name)
    assert LEFT_OUT[name].removesuffix(".") in str(catch(lambda: getattr(client, name)))


@pytest.mark.parametrize("path", [
    ["meta"], ["exceptions"], ["meta", "events"], ["get_paginator"],
])
def test_what_a_client_holds_has_every_public_attribute(client: Any, real: Any, path: list[str]) -> None:
    ours, boto = client, real
    for name in path:
        ours, boto = getattr(ours, name), getattr(boto, name)
    if path == ["get_paginator"]:
        ours, boto = ours("list_secrets"), boto("list_secrets")
        assert list_public(boto.paginate()) <= list_public(ours.paginate())
        assert [each.expression for each in ours.result_keys] == [each.expression for each in boto.result_keys]
        boto.PAGE_ITERATOR_CLS = ours.PAGE_ITERATOR_CLS = None

    assert list_public(boto) - list_public(ours) == set()


def test_meta_says_what_boto3s_says(client: Any, real: Any) -> None:
    for name in ("region_name", "partition"):
        assert getattr(client.meta, name) == getattr(real.meta, name)
    for name in ("service_name", "service_id", "api_version", "endpoint_prefix", "signing_name"):
        assert getattr(client.meta.service_model, name) == getattr(real.meta.service_model, name)
    assert client.meta.config.region_name == "us-east-1"
    assert set(real.meta.service_model.operation_names) - set(client.meta.service_model.operation_names) == {
        oracle.MODEL.operation_model(real.meta.method_to_api_mapping[name]).name
        for name in LEFT_OUT if name in real.meta.method_to_api_mapping
    }
    assert real.meta.method_to_api_mapping | client.meta.method_to_api_mapping == real.meta.method_to_api_mapping


def test_the_url_is_that_of_the_vault(vault: smtui.Vault, client: Any) -> None:
    """Guards of test suites look for amazonaws.com in it, so that they never touch a real account."""
    assert client.meta.endpoint_url == vault.path.as_uri()
    assert vault.client(region_name=FAR).meta.region_name == FAR


def test_handlers_of_events_are_accepted(client: Any) -> None:
    events = client.meta.events

    def handler(**kwargs: Any) -> None:
        raise AssertionError

    events.register("before-call.secrets-manager.*", handler, unique_id="x")
    events.register_first("before-send", handler)
    events.register_last("after-call", handler, "y", unique_id_uses_count=True)
    client.list_secrets()
    events.unregister("before-send", handler)
    events.unregister("before-call.secrets-manager.*", unique_id="x")
    assert events.emit("before-send", request=None) == []
    assert events.emit_until_response("before-send") == (None, None)


def test_exceptions_by_code(client: Any, real: Any) -> None:
    for name in list_public(real.exceptions) - {"from_code"}:
        assert client.exceptions.from_code(name) is getattr(client.exceptions, name)
        assert issubclass(getattr(client.exceptions, name), botocore.exceptions.ClientError)
    assert client.exceptions.from_code("NoSuchCode") is client.exceptions.ClientError is smtui.ClientError
    assert "Valid exceptions are: " in str(catch(lambda: client.exceptions.NoSuchError))
    assert not hasattr(client.exceptions, "NoSuchError")


def test_misuse_is_refused_as_by_boto3(client: Any, real: Any) -> None:
    for misuse in (
        lambda each: each.get_secret_value("a"), lambda each: each.can_paginate("nothing"),
        lambda each: each.get_paginator("nothing"), lambda each: each.get_paginator("create_secret"),
        lambda each: each.get_waiter("secret_exists"),
    ):
        ours, boto = catch(misuse, client), catch(misuse, real)
        assert isinstance(ours, type(boto))
        assert str(ours) == str(boto)
    assert client.waiter_names == real.waiter_names == []


def test_a_region_that_is_none_is_refused_as_by_boto3(vault: smtui.Vault) -> None:
    for region in ("us east", "Mars", "-", "eu-west-1\n"):
        error = catch(vault.client, region_name=region)
        assert isinstance(error, smtui.SmtuiError | ValueError)
        assert isinstance(error, botocore.exceptions.InvalidRegionError)
        assert str(error) == str(botocore.exceptions.InvalidRegionError(region_name=region))


def test_a_closed_client_leaves_the_vault_open(vault: smtui.Vault, client: Any) -> None:
    with contextlib.closing(vault.client()):
        client.create_secret(Name="a")
    assert client.list_secrets()["SecretList"]


@pytest.mark.parametrize("kind", ["client", "keys", "access", "rotations"])
def test_every_client_of_a_vault_has_the_shape(vault: smtui.Vault, real: Any, kind: str) -> None:
    client = getattr(vault, kind)()
    shared = list_public(real) - real.meta.method_to_api_mapping.keys() - LEFT_OUT.keys()

    assert shared <= list_public(client)
    assert all(getattr(client, name).__name__ == name for name in client.meta.method_to_api_mapping)


def test_a_client_in_place_of_a_mock(client: Any) -> None:
    """What unittest.mock and contextlib do with a client works."""
    from unittest import mock

    with mock.patch.object(client, "get_secret_value", return_value={"SecretString": "x"}):
        assert client.get_secret_value(SecretId="a") == {"SecretString": "x"}
    assert mock.create_autospec(client, instance=True).list_secrets


# Paginators


def make_botocores(client: Any) -> Any:
    """A paginator of botocore over our client's method."""
    return botocore.paginate.Paginator(
        client.list_secrets, {**PAGING, "result_key": "SecretList"}, oracle.MODEL.operation_model("ListSecrets"),
    )


def list_names(pages: Any) -> list[list[str]]:
    return [[entry["Name"] for entry in page["SecretList"]] for page in pages]


SIZES = [None, 1, 2, 3, 5, 6]


@pytest.mark.parametrize(("most", "size"), product([None, 0, *SIZES[1:]], SIZES))
def test_pages_are_those_of_botocore(filled: Any, most: int | None, size: int | None) -> None:
    """The same pages, the same cut, and a token to go on with where botocore has one, for its paginator and ours."""
    config = {"MaxItems": most, "PageSize": size}
    ours = filled.get_paginator("list_secrets").paginate(PaginationConfig=config)
    boto = make_botocores(filled).paginate(PaginationConfig=config)

    assert list_names(ours) == list_names(boto)
    assert (ours.resume_token is None) is (boto.resume_token is None)
    for first, second in product((ours, boto), repeat=2):
        if first.resume_token and most:
            rest = type_of(second, filled).paginate(PaginationConfig={**config, "StartingToken": first.resume_token})
            assert list_names(rest)[0][0] == NAMES[most]


def type_of(pages: Any, client: Any) -> Any:
    is_botocores = isinstance(pages, botocore.paginate.PageIterator)
    return make_botocores(client) if is_botocores else client.get_paginator("list_secrets")


@pytest.mark.parametrize(("most", "size"), product([1, 2, 3, 4, 5, 6], SIZES))
def test_resumed_results_are_the_whole(filled: Any, most: int, size: int | None) -> None:
    names, token = [], None
    for _ in range(len(NAMES) + 1):
        config = {"MaxItems": str(most), "PageSize": size, "StartingToken": token}
        result = filled.get_paginator("list_secrets").paginate(PaginationConfig=config).build_full_result()
        names.append([entry["Name"] for entry in result["SecretList"]])
        token = result.get("NextToken")
        if token is None:
            break

    assert [name for each in names for name in each] == NAMES
    assert all(len(each) == most for each in names[:-1])


def test_a_full_result_is_that_of_botocore(filled: Any) -> None:
    ours = filled.get_paginator("list_secrets").paginate(SortOrder="desc", MaxResults=2)
    boto = make_botocores(filled).paginate(SortOrder="desc", MaxResults=2)

    assert ours.build_full_result() == boto.build_full_result()
    assert ours.build_full_result().keys() == {"SecretList"}


def test_a_page_iterator_can_be_iterated_again(filled: Any) -> None:
    """It calls the service anew. botocore's own begins with the last page the second time."""
    pages = filled.get_paginator("list_secrets").paginate(PaginationConfig={"PageSize": 2, "MaxItems": 3})
    first, token = list_names(pages), pages.resume_token
    filled.delete_secret(SecretId=NAMES[0], ForceDeleteWithoutRecovery=True)

    assert first == [NAMES[:2], NAMES[2:3]]
    assert list_names(pages) == [NAMES[1:3], NAMES[3:4]]
    assert token
    assert list_names(zip_pages(pages)) == [NAMES[1:3], NAMES[3:4]]


def zip_pages(pages: Any) -> Iterator[Any]:
    """The pages, with a second iteration that goes on between them."""
    for page, _ in zip(pages, pages, strict=True):
        yield page


@pytest.mark.parametrize("expression", [
    "SecretList[].Name", "SecretList[?Name=='secret-3'].ARN", "length(SecretList)", "Nothing", "SecretList[0]",
])
def test_a_search_gives_what_botocores_gives(filled: Any, expression: str) -> None:
    request = {"PaginationConfig": {"PageSize": "2"}}
    ours = filled.get_paginator("list_secrets").paginate(**request).search(expression)
    boto = make_botocores(filled).paginate(**request).search(expression)

    assert list(ours) == list(boto)


def test_an_expression_that_is_not_valid_is_refused(filled: Any) -> None:
    import jmespath

    with pytest.raises(jmespath.exceptions.JMESPathError):
        list(filled.get_paginator("list_secrets").paginate().search("SecretList[?"))


def test_iterators_over_the_items(filled: Any) -> None:
    (ours,) = filled.get_paginator("list_secrets").paginate(MaxResults=2).result_key_iters()

    assert [entry["Name"] for entry in ours] == NAMES


@pytest.mark.parametrize("config", [
    {"MaxItems": "3", "PageSize": "2"}, {"MaxItems": 3, "PageSize": 2, "Colour": "blue"}, {"MaxItems": 3.0}, {}, None,
])
def test_settings_are_read_as_by_botocore(filled: Any, config: Any) -> None:
    ours = filled.get_paginator("list_secrets").paginate(PaginationConfig=config)
    boto = make_botocores(filled).paginate(PaginationConfig=config or {})

    assert list_names(ours) == list_names(boto)


@pytest.mark.parametrize("name", ["MaxItems", "PageSize"])
def test_a_setting_that_is_no_number_is_refused_as_by_botocore(filled: Any, name: str) -> None:
    ours, boto = filled.get_paginator("list_secrets"), make_botocores(filled)
    caught = [catch(each.paginate, PaginationConfig={name: "many"}) for each in (ours, boto)]

    assert type(caught[0]) is type(caught[1])
    assert str(caught[0]) == str(caught[1])


def test_nothing_is_called_before_a_page_is_asked_for(filled: Any) -> None:
    pages = iter(filled.get_paginator("list_secrets").paginate(MaxResults=0))

    with pytest.raises(botocore.exceptions.ParamValidationError):
        next(pages)


def test_a_token_of_the_service_is_a_starting_token(filled: Any) -> None:
    """As is one in the spelling of former versions of botocore, and what is neither is refused by the service."""
    token = filled.list_secrets(MaxResults=2)["NextToken"]
    paginator = filled.get_paginator("list_secrets")

    for start, expected in ((token, NAMES[2:]), (f"{token}___1", NAMES[3:]), ("None___4", NAMES[4:])):
        pages = paginator.paginate(PaginationConfig={"StartingToken": start})
        assert list_names(pages) == [expected]
        boto = make_botocores(filled).paginate(PaginationConfig={"StartingToken": start})
        assert list_names(boto) == [expected]
    assert list_names(paginator.paginate(NextToken=token)) == [NAMES[2:]]
    for wrong in ("nothing", "eyJib3RvIjogMX0=", "bnVsbA==", "x___y"):
        with pytest.raises(filled.exceptions.InvalidNextTokenException):
            list(paginator.paginate(PaginationConfig={"StartingToken": wrong}))


def test_versions_have_a_paginator_too(client: Any) -> None:
    """boto3 has none. What every page repeats stands in the full result once."""
    client.create_secret(Name="a", SecretString="0")
    for number in range(3):
        client.put_secret_value(SecretId="a", SecretString=str(number))
    request = {"SecretId": "a", "IncludeDeprecated": True}
    whole = client.list_secret_version_ids(**request)
    del whole["ResponseMetadata"]

    pages = client.get_paginator("list_secret_version_ids").paginate(**request, PaginationConfig={"PageSize": 1})

    assert pages.build_full_result() == whole
    assert pages.non_aggregate_part == {"ARN": whole["ARN"], "Name": "a"}


def test_values_have_a_paginator_whose_errors_are_not_repeated(client: Any) -> None:
    for name in NAMES:
        client.create_secret(Name=name, **({"SecretString": name} if name != NAMES[0] else {}))
    request = {"Filters": [{"Key": "name", "Values": ["secret-"]}]}
    paginator = client.get_paginator("batch_get_secret_value")
    names, errors, token = [], 0, None
    while True:
        pages = paginator.paginate(**request, PaginationConfig={"MaxItems": 1, "StartingToken": token})
        result = pages.build_full_result()
        names += [each["SecretString"] for each in result["SecretValues"]]
        errors += len(result.get("Errors", []))
        token = result.get("NextToken")
        if token is None:
            break

    assert names == NAMES[1:]
    assert errors == 1


def test_the_paged_operations_are_the_methods_with_a_paginator(client: Any, real: Any) -> None:
    ours = {name for name in client.meta.method_to_api_mapping if client.can_paginate(name)}

    assert {client.meta.method_to_api_mapping[name] for name in ours} == PAGED_OPERATIONS.keys()
    assert {name for name in client.meta.method_to_api_mapping if real.can_paginate(name)} <= ours
