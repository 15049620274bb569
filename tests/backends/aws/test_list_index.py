"""Tests of the list in memory: how many calls lists cost, and that its answers are those of AWS and of a vault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import smtui
from smtui.api.errors import ResourceNotFoundException
from smtui.backends.aws.context import AwsContext
from smtui.backends.aws.list_index import CHECK_SECONDS, LAG_SECONDS, REREAD_SECONDS, ListIndex
from smtui.system.ambient import Ambient
from smtui.system.context_settings import ContextSettings
from tests.aws_server import DENIED, THROTTLED, Aws
from tests.conftest import Clock

BY_NAME = {"SortBy": "name", "SortOrder": "asc", "MaxResults": 100}
MOST = 350


class Service:
    """ListSecrets and DescribeSecret of AWS with their order, and a list of the calls."""

    def __init__(self, names: list[str]) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.secrets = {name: self.make(name) for name in names}
        self.calls: list[str] = []
        self.error: smtui.SmtuiError | None = None
        self.seconds = 0.0

    def make(self, name: str, **more: Any) -> dict[str, Any]:
        self.now += timedelta(seconds=1)
        return {"ARN": f"arn:aws:secretsmanager:us-east-1:123456789012:secret:{name}-AbCdEf", "Name": name,
                "CreatedDate": self.now, "LastChangedDate": self.now, **more}

    def change(self, name: str, **more: Any) -> None:
        self.secrets[name] = {**self.make(name), "CreatedDate": self.secrets[name]["CreatedDate"], **more}

    def list_secrets(self, **request: Any) -> dict[str, Any]:
        self.calls.append(f"list by {request['SortBy']}")
        if self.error:
            raise self.error
        key = {"name": "Name", "last-changed-date": "LastChangedDate"}[request["SortBy"]]
        entries = sorted(self.secrets.values(), key=lambda each: each[key], reverse=request["SortOrder"] == "desc")
        start = int(request.get("NextToken") or 0)
        end = start + request["MaxResults"]
        return {"SecretList": entries[start:end], **({"NextToken": str(end)} if end < len(entries) else {})}

    def describe_secret(self, *, SecretId: str) -> dict[str, Any]:
        self.calls.append("describe")
        if self.error:
            raise self.error
        for each in self.secrets.values():
            if SecretId in (each["Name"], each["ARN"]):
                return each
        raise ResourceNotFoundException("Secrets Manager can't find the specified secret.")

    def read_clock(self) -> float:
        return self.seconds


@pytest.fixture
def service() -> Service:
    return Service([f"svc/{number:04d}" for number in range(MOST)])


@pytest.fixture
def index(service: Service) -> ListIndex:
    return ListIndex(service.list_secrets, service.describe_secret, service.read_clock)


def list_names(index: ListIndex, **request: Any) -> list[str]:
    return [entry["Name"] for page in iterate(index.list_secrets, **{**BY_NAME, **request})
            for entry in page["SecretList"]]


def iterate(method: Callable[..., dict[str, Any]], **request: Any) -> Iterator[dict[str, Any]]:
    page = method(**request)
    yield page
    while page.get("NextToken"):
        page = method(**{**request, "NextToken": page["NextToken"]})
        yield page


class TestCalls:
    def test_the_first_rows_cost_one_call(self, index: ListIndex, service: Service) -> None:
        page = index.list_secrets(**BY_NAME)

        assert len(page["SecretList"]) == 100
        assert (service.calls, index.is_whole, index.known_count) == (["list by name"], False, 100)

    def test_thirty_gestures_after_a_whole_list_cost_nothing_within_a_minute(
        self, index: ListIndex, service: Service
    ) -> None:
        assert list_names(index) == sorted(service.secrets)
        service.calls.clear()
        for number in range(30):
            service.seconds += 1.5
            list_names(index, SortOrder=("asc", "desc")[number % 2], MaxResults=7 + number,
                       SortBy=("name", "created-date", "last-changed-date", "last-accessed-date")[number % 4],
                       Filters=[{"Key": "name", "Values": [f"svc/0{number % 3}"]}], IncludePlannedDeletion=True)

        assert service.calls == []

    def test_a_minute_later_one_call_looks_for_changes(self, index: ListIndex, service: Service) -> None:
        list_names(index)
        service.calls.clear()
        for _ in range(180):
            service.seconds += 1
            index.list_secrets(**BY_NAME)

        assert service.calls == ["list by last-changed-date"] * 3

    def test_secrets_are_counted_once_the_list_is_whole(self, index: ListIndex, service: Service) -> None:
        service.change("svc/0003", DeletedDate=service.now)
        index.list_secrets(**BY_NAME)
        assert index.count(include_scheduled=True) is None
        list_names(index)

        assert index.count(include_scheduled=True) == MOST
        assert index.count(include_scheduled=False) == MOST - 1

    def test_another_order_than_by_name_reads_the_rest_once(self, index: ListIndex, service: Service) -> None:
        index.list_secrets(**BY_NAME)
        newest = list_names(index, SortBy="last-changed-date", SortOrder="desc")

        assert newest[0] == f"svc/{MOST - 1:04d}"
        assert len(newest) == MOST
        assert service.calls == ["list by name"] * 4

    def test_a_filter_reads_page_by_page(self, index: ListIndex, service: Service) -> None:
        filters = [{"Key": "name", "Values": ["svc/0001"]}]
        page = index.list_secrets(**BY_NAME, Filters=filters)

        assert ([each["Name"] for each in page["SecretList"]], len(service.calls)) == (["svc/0001"], 1)
        assert list_names(index, Filters=filters) == ["svc/0001"]


class TestPages:
    @pytest.mark.parametrize("size", [1, 3, 99, 100])
    def test_pages_put_together_are_the_whole(self, index: ListIndex, service: Service, size: int) -> None:
        assert list_names(index, MaxResults=size) == sorted(service.secrets)
        assert list_names(index, MaxResults=size) == sorted(service.secrets), "from memory"
        assert list_names(index, MaxResults=size, SortOrder="desc") == sorted(service.secrets, reverse=True)

    def test_a_page_survives_a_change_between_two_of_them(self, index: ListIndex, service: Service) -> None:
        list_names(index)
        pages = iterate(index.list_secrets, **BY_NAME)
        found = [each["Name"] for each in next(pages)["SecretList"]]
        service.secrets["aaa"] = service.make("aaa")
        index.record_change("aaa")
        del service.secrets["svc/0200"]
        index.record_change("svc/0200")
        found += [each["Name"] for page in pages for each in page["SecretList"]]

        assert found == [name for name in sorted(service.secrets) if name != "aaa"]

    def test_callers_may_change_the_entries_they_get(self, index: ListIndex) -> None:
        index.list_secrets(**BY_NAME)["SecretList"][0]["Name"] = "changed"

        assert index.list_secrets(**BY_NAME)["SecretList"][0]["Name"] == "svc/0000"

    @pytest.mark.parametrize("token", ["x", "e30=", "WzFd", "WzEsMiwzLDQsNV0="])
    def test_an_invented_token_is_refused_or_empty(self, index: ListIndex, token: str) -> None:
        list_names(index)
        try:
            index.list_secrets(**{**BY_NAME, "SortBy": "created-date"}, NextToken=token)
        except smtui.ClientError as error:
            assert error.code == "InvalidNextTokenException"


class TestChanges:
    def test_what_was_changed_here_is_in_the_list_at_once(self, index: ListIndex, service: Service) -> None:
        list_names(index)
        service.calls.clear()
        version = index.version
        service.secrets["new"] = service.make("new")
        index.record_change("new")
        service.change("svc/0003", DeletedDate=service.now)
        index.record_change("svc/0003")
        del service.secrets["svc/0005"]
        index.record_change("svc/0005")
        names = list_names(index)

        assert "new" in names
        assert not {"svc/0003", "svc/0005"} & {*names}
        assert "svc/0003" in list_names(index, IncludePlannedDeletion=True)
        assert service.calls == ["describe"] * 3
        assert index.version == version + 3

    def test_what_is_created_here_is_in_the_pages_that_are_read(self, index: ListIndex, service: Service) -> None:
        """Also where only the first pages of a long list are read; what comes later is read in its place."""
        index.list_secrets(**BY_NAME)
        for name in ("aaa", "svc/0050x", "zzz"):
            service.secrets[name] = service.make(name)
            index.record_change(name)
        service.calls.clear()
        first = [each["Name"] for each in index.list_secrets(**BY_NAME)["SecretList"]]

        assert first == [name for name in sorted(service.secrets) if name < "svc/0098"]
        assert service.calls == []
        assert list_names(index) == sorted(service.secrets)
        assert service.calls == ["list by name"] * 3

    def test_a_list_that_is_read_on_after_a_change_is_complete(self, index: ListIndex, service: Service) -> None:
        pages = iterate(index.list_secrets, **BY_NAME, Filters=[{"Key": "name", "Values": ["svc"]}])
        found = [each["Name"] for each in next(pages)["SecretList"]]
        service.secrets["aaa"] = service.make("aaa")
        index.record_change("aaa")
        found += [each["Name"] for page in pages for each in page["SecretList"]]

        assert found == [name for name in sorted(service.secrets) if name != "aaa"]

    def test_an_older_list_does_not_undo_a_change_made_here(self, index: ListIndex, service: Service) -> None:
        """Lists may lag five minutes behind."""
        list_names(index)
        old, gone = service.secrets["svc/0003"], service.secrets["svc/0005"]
        service.change("svc/0003", Description="new")
        index.record_change("svc/0003")
        del service.secrets["svc/0005"]
        index.record_change("svc/0005")
        service.secrets |= {"svc/0003": old, "svc/0005": gone}
        service.seconds += CHECK_SECONDS
        index.read_again()

        assert index.list_secrets(**BY_NAME)["SecretList"][3]["Description"] == "new"
        assert "svc/0005" not in list_names(index)
        service.seconds += LAG_SECONDS
        index.read_again()
        assert "svc/0005" in list_names(index), "later the list is right"

    def test_changes_by_others_are_seen_after_a_minute(self, index: ListIndex, service: Service) -> None:
        list_names(index)
        service.change("svc/0003", Description="theirs")
        service.secrets["theirs"] = service.make("theirs")
        assert not index.look_for_changes()
        service.seconds += CHECK_SECONDS
        assert index.look_for_changes()

        assert "theirs" in list_names(index)
        assert index.list_secrets(**BY_NAME)["SecretList"][3]["Description"] == "theirs"
        service.seconds += CHECK_SECONDS
        assert not index.look_for_changes()

    def test_many_changes_take_as_many_pages_as_they_fill(self, index: ListIndex, service: Service) -> None:
        list_names(index)
        for number in range(150):
            service.change(f"svc/{number:04d}")
        service.calls.clear()
        service.seconds += CHECK_SECONDS

        assert index.look_for_changes()
        assert service.calls == ["list by last-changed-date"] * 2

    def test_deletions_by_others_are_seen_when_the_list_is_read_again(
        self, index: ListIndex, service: Service
    ) -> None:
        list_names(index)
        del service.secrets["svc/0003"]
        service.seconds += CHECK_SECONDS
        assert "svc/0003" in list_names(index)
        service.seconds += REREAD_SECONDS

        assert "svc/0003" not in list_names(index)

    def test_a_list_that_is_asked_for_again_notices_deletions(self, index: ListIndex, service: Service) -> None:
        list_names(index)
        del service.secrets["svc/0003"]
        index.expire()

        assert "svc/0003" not in list_names(index)

    def test_what_may_not_be_described_makes_the_list_be_read_again(
        self, index: ListIndex, service: Service
    ) -> None:
        list_names(index)
        service.secrets["new"] = service.make("new")
        service.error = smtui.ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}})
        index.record_change("new")
        service.error = None

        assert "new" in list_names(index)


class TestFaults:
    def test_what_is_known_is_shown_while_aws_does_not_answer(self, index: ListIndex, service: Service) -> None:
        list_names(index)
        service.error = smtui.ContextUnreachableError("no connection")
        service.seconds += CHECK_SECONDS

        assert len(list_names(index)) == MOST
        assert index.check_error is service.error
        with pytest.raises(smtui.ContextUnreachableError):
            index.read_again()
        assert len(list_names(index)) == MOST

    def test_a_page_that_failed_is_read_when_it_is_asked_for_again(self, index: ListIndex, service: Service) -> None:
        first = index.list_secrets(**BY_NAME)
        service.error = smtui.ContextUnreachableError("no connection")
        with pytest.raises(smtui.ContextUnreachableError):
            index.list_secrets(**BY_NAME, NextToken=first["NextToken"])
        service.error = None

        assert list_names(index) == sorted(service.secrets)
        assert len(service.calls) == 1 + 1 + 3


FILTERS: list[list[dict[str, Any]]] = [
    [{"Key": key, "Values": values}] for key in ("name", "description", "tag-key", "tag-value", "all")
    for values in (["prod"], ["PROD"], ["db"], ["!db"], ["orders"], ["ord", "tls"], ["team core"], ["!prod", "dev"],
                   ["creds892"], [" "], ["x"])
] + [
    [{"Key": "name", "Values": ["prod"]}, {"Key": "tag-value", "Values": ["core"]}],
    [{"Key": "owning-service", "Values": ["rds"]}], [{"Key": "primary-region", "Values": ["us"]}],
    [{"Key": "primary-region", "Values": ["!us"]}],
]
SECRETS: list[dict[str, Any]] = [
    {"Name": "prod/db", "Description": "Orders of 2026", "Tags": [{"Key": "team", "Value": "core"}]},
    {"Name": "prod/tls", "Description": "the prod certificate"},
    {"Name": "PROD/credsDatabase892", "Tags": [{"Key": "Team", "Value": "Core db"}, {"Key": "env", "Value": "prod"}]},
    {"Name": "dev/db", "Description": "orders, a copy", "Tags": [{"Key": "team", "Value": "x"}]},
    {"Name": "db", "Tags": [{"Key": "db", "Value": ""}]},
]


@pytest.mark.parametrize("order", ["name", "created-date"])
def test_filters_find_what_a_vault_finds(client: Any, clock: Clock, order: str) -> None:
    """The filters of a vault are tested against the documentation of the service."""
    for secret in SECRETS:
        client.create_secret(SecretString="x", **secret)
        clock.forward(seconds=1)
    index = ListIndex(client.list_secrets, client.describe_secret, lambda: 0.0)
    for filters in FILTERS:
        request = {"Filters": filters, "SortBy": order, "SortOrder": "desc"}
        expected = [each["Name"] for each in client.list_secrets(**request)["SecretList"]]

        assert [each["Name"] for each in index.list_secrets(**request)["SecretList"]] == expected, filters


@pytest.mark.parametrize("filters", [[{"Key": "name", "Values": []}], [{"Key": "name"}], [{"Values": ["a"]}]])
def test_incomplete_filters_are_refused(index: ListIndex, filters: Any) -> None:
    with pytest.raises(smtui.ClientError, match="Invalid filter"):
        index.list_secrets(Filters=filters)


def change_date(client: Any, name: str) -> None:
    """Changes a secret until its LastChangedDate is another one; moto counts whole seconds."""
    before = client.describe_secret(SecretId=name)["LastChangedDate"]
    while client.describe_secret(SecretId=name)["LastChangedDate"] == before:
        client.update_secret(SecretId=name, Description="theirs")


class TestAgainstMoto:
    @pytest.fixture
    def seconds(self) -> list[float]:
        return [1000.0]

    @pytest.fixture
    def account(self, aws: Aws, seconds: list[float]) -> Iterator[AwsContext]:
        aws.fill(250)
        ambient = Ambient(monotonic=lambda: seconds[0])
        with AwsContext(ContextSettings("dev", profile="a", protect="no"), ambient=ambient) as context:
            yield context

    def test_the_client_of_screens_lists_from_memory(self, aws: Aws, account: AwsContext) -> None:
        client: Any = account.client(record_reads=False)
        with aws.count_calls() as calls:
            assert len(client.list_secrets(**BY_NAME)["SecretList"]) == 100
        assert calls == ["ListSecrets"]
        with aws.count_calls() as calls:
            names = [each["Name"] for page in client.get_paginator("list_secrets").paginate(**BY_NAME)
                     for each in page["SecretList"]]
        assert (len(names), calls) == (250, ["ListSecrets"] * 2)
        with aws.count_calls() as calls:
            account.client(record_reads=False).list_secrets(**{**BY_NAME, "SortOrder": "desc"})
        assert calls == []

    def test_every_client_tells_the_list_of_its_changes(self, aws: Aws, account: AwsContext) -> None:
        screens: Any = account.client(record_reads=False)
        screens.list_secrets(**{**BY_NAME, "SortOrder": "desc"})
        version = account.change_count()
        with aws.count_calls() as calls:
            account.client().create_secret(Name="aaa", SecretString="x")
            account.client().tag_resource(SecretId="aaa", Tags=[{"Key": "a", "Value": "b"}])
            first = screens.list_secrets(**BY_NAME)["SecretList"][0]
            account.client().delete_secret(SecretId="aaa", ForceDeleteWithoutRecovery=True)
            second = screens.list_secrets(**BY_NAME)["SecretList"][0]

        assert (first["Name"], first["Tags"]) == ("aaa", [{"Key": "a", "Value": "b"}])
        assert second["Name"] == "prod/svc/00000"
        assert calls == ["CreateSecret", "DescribeSecret", "TagResource", "DescribeSecret", "DeleteSecret",
                         "DescribeSecret"]
        assert account.change_count() > version

    def test_a_change_count_asks_once_a_minute(self, aws: Aws, account: AwsContext, seconds: list[float]) -> None:
        account.client(record_reads=False).list_secrets(**{**BY_NAME, "SortOrder": "desc"})
        before = account.change_count()
        change_date(aws.client(), "prod/svc/00000")  # moto does not sort by date
        with aws.count_calls() as calls:
            for _ in range(59):
                seconds[0] += 1
                assert account.change_count() == before
            seconds[0] += 1
            assert account.change_count() != before

        assert calls == ["ListSecrets"]
        assert account.client(record_reads=False).list_secrets(
            Filters=[{"Key": "description", "Values": ["theirs"]}])["SecretList"][0]["Name"] == "prod/svc/00000"

    def test_a_change_counts_in_every_region_that_was_listed(
        self, aws: Aws, account: AwsContext, seconds: list[float]
    ) -> None:
        aws.fill(2, "eu-west-1")
        account.client(region_name="eu-west-1", record_reads=False).list_secrets(**BY_NAME)
        before = account.change_count()
        change_date(aws.client(region="eu-west-1"), "prod/svc/00000")
        seconds[0] += CHECK_SECONDS
        with aws.count_calls() as calls:
            after = account.change_count()
            account.client(region_name="eu-west-1").create_secret(Name="aaa", SecretString="x")

        assert calls == ["ListSecrets", "CreateSecret", "DescribeSecret"]
        assert before < after < account.change_count()

    @pytest.mark.parametrize("fault", [DENIED, THROTTLED])
    def test_a_fault_of_the_first_page_is_told(self, aws: Aws, account: AwsContext, fault: str) -> None:
        aws.proxy.faults["ListSecrets"] = fault
        with pytest.raises(smtui.ClientError):
            account.client(record_reads=False).list_secrets(**BY_NAME)

    def test_after_close_nothing_is_known(self, account: AwsContext) -> None:
        client: Any = account.client(record_reads=False)
        client.list_secrets(**BY_NAME)
        index = account.lists.get_index("us-east-1")
        account.close()

        assert index.known_count == 0
        with pytest.raises(smtui.VaultLockedError):
            client.list_secrets(**BY_NAME)


def test_a_kept_list_answers_at_once_and_is_refreshed_page_by_page(service: Service) -> None:
    """What was added, changed and deleted meanwhile is known after the last page; a failure is not repeated at once."""
    kept = [*service.list_secrets(**BY_NAME | {"MaxResults": MOST})["SecretList"]]
    service.change("svc/0001", Description="by others")
    del service.secrets["svc/0300"]
    service.secrets["svc/0400"] = service.make("svc/0400")
    service.calls.clear()
    index = ListIndex(service.list_secrets, service.describe_secret, service.read_clock,
                      lambda index: index.restore(kept, service.now))

    assert len(list_names(index)) == MOST and service.calls == []
    service.error = smtui.ContextError("no connection")
    with pytest.raises(smtui.ContextError):
        index.look_for_changes()
    assert not index.look_for_changes(), "not before a minute has passed"
    service.error, service.seconds = None, CHECK_SECONDS
    for _ in range(4):
        assert index.kept_since is not None
        index.look_for_changes()
        list_names(index)
    assert service.calls == ["list by name"] * 5
    assert index.kept_since is None
    assert list_names(index) == sorted(service.secrets)
    assert index.describe("svc/0001")["Description"] == "by others"


def test_a_kept_list_is_read_again_on_request(service: Service) -> None:
    index = ListIndex(service.list_secrets, service.describe_secret, service.read_clock,
                      lambda index: index.restore([service.make("svc/gone")], service.now))
    assert list_names(index) == ["svc/gone"]
    index.expire()

    assert len(list_names(index)) == MOST
    assert index.kept_since is None
