"""Storing with the version one began from: whatever others do between any two calls, nothing of theirs is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import smtui
from smtui.api.errors import (
    AccessDeniedException,
    ChangedMeanwhileError,
    ClientError,
    InternalServiceError,
    ResourceNotFoundException,
)
from smtui.rules.compare_and_swap import OWN_LABEL, find_moving_labels, is_changed, read_labels, store_value
from smtui.rules.labels import AWSCURRENT, AWSPENDING, AWSPREVIOUS
from tests.conftest import PASSPHRASE, derive_keys_cheaply

ID: Any = {"SecretId": "a"}
MINE, THEIRS = "mine", "theirs"
Act = Callable[[Any], object]


class Killed(BaseException):
    """The process ended here."""


class Interrupted:
    """A plain client. Something happens immediately before its call with a certain number, counted from 0."""

    def __init__(self, client: Any, at: int, happens: Callable[[], object]) -> None:
        self._client = client
        self._at = at
        self._happens = happens
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name in ("exceptions", "meta", "get_paginator", "can_paginate"):
            return found

        def call(**params: Any) -> Any:
            self.calls += 1
            if self.calls == self._at + 1:
                self._happens()
            return found(**params)

        return call


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[smtui.Vault]:
    """One vault for thousands of stories, each told in a transaction that is taken back."""
    with (derive_keys_cheaply(),
          smtui.create_vault(tmp_path_factory.mktemp("vault") / "vault.smtui", passphrase=PASSPHRASE) as vault):
        yield vault


class RolledBackError(Exception):
    """Ends a story."""


@pytest.fixture
def transaction_vault(shared: smtui.Vault) -> Iterator[smtui.Vault]:
    with suppress(RolledBackError), shared.transaction():
        yield shared
        raise RolledBackError


def labels(client: Any) -> dict[str, str]:
    """Each label with the value of its version."""
    return {label: client.get_secret_value(**ID, VersionId=version)["SecretString"]
            for label, version in read_labels(client, "a").items()}


# How a secret may be before somebody stores a value, by the labels of its versions.
SECRETS: Mapping[str, list[list[str]]] = {
    "no value": [],
    "one version": [[AWSCURRENT]],
    "two versions": [[AWSCURRENT], [AWSCURRENT]],
    "a label of one's own": [[AWSCURRENT, "blue"], [AWSCURRENT]],
    "a rotation under way": [[AWSCURRENT], [AWSPENDING]],
    "after a rotation": [[AWSCURRENT], [AWSCURRENT, AWSPENDING]],
    "many labels": [[AWSCURRENT], [AWSCURRENT, *(f"l{number}" for number in range(18))]],
}
STAGES = {
    "current": [AWSCURRENT], "waiting": ["blue"], "both": ["blue", AWSCURRENT], "previous": [AWSPREVIOUS],
    "current and previous": [AWSCURRENT, AWSPREVIOUS], "pending": [AWSPENDING, "green"],
    "pending and current": [AWSCURRENT, AWSPENDING],
}


def make(client: Any, versions: list[list[str]]) -> None:
    client.create_secret(Name="a")
    for number, stages in enumerate(versions):
        client.put_secret_value(**ID, SecretString=f"v{number}", VersionStages=stages)


def others_store(client: Any) -> object:
    return client.put_secret_value(**ID, SecretString=THEIRS)


def others_label(client: Any) -> object:
    return client.put_secret_value(**ID, SecretString=THEIRS, VersionStages=["blue"])


def others_roll_back(client: Any) -> object:
    now = read_labels(client, "a")
    if AWSPREVIOUS not in now:
        return others_store(client)
    return client.update_secret_version_stage(**ID, VersionStage=AWSCURRENT, MoveToVersionId=now[AWSPREVIOUS],
                                              RemoveFromVersionId=now[AWSCURRENT])


def others_rotate(client: Any) -> object:
    """The whole of a rotation."""
    made = client.put_secret_value(**ID, SecretString=THEIRS, VersionStages=[AWSPENDING])["VersionId"]
    current = read_labels(client, "a").get(AWSCURRENT)
    if current == made:
        return made
    return client.update_secret_version_stage(
        **ID, VersionStage=AWSCURRENT, MoveToVersionId=made, **({"RemoveFromVersionId": current} if current else {})
    )


OTHERS: Mapping[str, Act] = {
    "store": others_store, "store under a label": others_label, "roll back": others_roll_back, "rotate": others_rotate,
}


def request(stages: list[str]) -> Any:
    return {**ID, "SecretString": MINE, "VersionStages": stages}


@pytest.mark.parametrize("stages", STAGES.values(), ids=STAGES)
@pytest.mark.parametrize("versions", SECRETS.values(), ids=SECRETS)
def test_alone_it_is_put_secret_value(shared: smtui.Vault, versions: list[list[str]], stages: list[str]) -> None:
    """With a transaction or without: the same labels, the same answer, and none of our own left over."""
    ends = []
    for way in ("plain", "steps", "transaction"):
        with suppress(RolledBackError), shared.transaction():
            client: Any = shared.client()
            make(client, versions)
            expected = find_moving_labels(read_labels(client, "a"), stages)
            if way == "plain":
                answer = client.put_secret_value(**request(stages))
            else:
                transaction = shared.transaction if way == "transaction" else None
                answer = store_value(client, request(stages), expected, transaction=transaction).response
            ends.append((answer["VersionStages"], labels(client)))
            raise RolledBackError

    assert ends[1] == ends[0]
    assert ends[2] == ends[0]


@pytest.mark.parametrize("others", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("stages", STAGES.values(), ids=STAGES)
@pytest.mark.parametrize("versions", SECRETS.values(), ids=SECRETS)
def test_between_any_two_calls(
    shared: smtui.Vault, versions: list[list[str]], stages: list[str], others: Act
) -> None:
    """Either mine was stored on what I saw, or it was refused and is under no label; theirs is never lost."""
    at = 0
    while True:
        with suppress(RolledBackError), shared.transaction():
            client: Any = shared.client()
            make(client, versions)
            expected = find_moving_labels(read_labels(client, "a"), stages)
            found: dict[str, dict[str, str]] = {}

            def happens(client: Any = client, found: dict[str, Any] = found) -> None:
                found["before"] = labels(client)
                others(client)
                found["after"] = labels(client)

            plain = Interrupted(client, at, happens)
            stored = True
            try:
                store_value(plain, request(stages), expected)
            except ChangedMeanwhileError:
                stored = False
            now = labels(client)
            assert AWSCURRENT in now or not found
            assert not [label for label in now if label.startswith(OWN_LABEL)]
            if found:
                theirs, mine = found["after"], [label for label in now if now[label] == MINE]
                for label in stages:
                    moved_by_them = found["before"].get(label) != theirs.get(label)
                    if moved_by_them and found["before"].get(label) != MINE and label in expected:
                        assert now.get(label) == theirs.get(label), (at, label, now)
                if not stored and versions:  # the first value of a secret cannot lose AWSCURRENT again
                    assert not mine, (at, now)
            else:
                assert stored
            raise RolledBackError
        if at >= plain.calls:
            return
        at += 1


@pytest.mark.parametrize("stages", STAGES.values(), ids=STAGES)
@pytest.mark.parametrize("versions", SECRETS.values(), ids=SECRETS)
def test_killed_between_any_two_calls(shared: smtui.Vault, versions: list[list[str]], stages: list[str]) -> None:
    """AWSCURRENT is where it was or on the new version; the same request, sent again, goes on from there."""
    token = "11111111-0000-4000-8000-000000000000"

    def ends() -> None:
        raise Killed

    at, calls = 0, 1
    while at < calls:
        with suppress(RolledBackError), shared.transaction():
            client: Any = shared.client()
            make(client, versions)
            before = labels(client)
            expected = find_moving_labels(read_labels(client, "a"), stages)
            asked = {**request(stages), "ClientRequestToken": token}
            whole = Interrupted(client, -1, ends)
            with suppress(RolledBackError), shared.transaction():
                store_value(whole, asked, expected)  # type: ignore[arg-type]
                done = labels(client)
                raise RolledBackError
            calls = whole.calls
            with suppress(Killed):
                store_value(Interrupted(client, at, ends), asked, expected)  # type: ignore[arg-type]
            now = labels(client)
            assert now.get(AWSCURRENT) in (before.get(AWSCURRENT), MINE)
            own = [label for label in now if label.startswith(OWN_LABEL)]
            assert len(own) <= 1
            if all(now.get(label) == before.get(label) for label in expected):
                store_value(client, asked, expected)
                assert labels(client) == done
            raise RolledBackError
        at += 1


@given(st.lists(st.tuples(st.integers(0, 8), st.sampled_from(sorted(OTHERS))), max_size=3),
       st.sampled_from(sorted(SECRETS)), st.sampled_from(sorted(STAGES)))
@settings(deadline=None, max_examples=150)
def test_whatever_happens_between(shared: smtui.Vault, acts: list[tuple[int, str]], secret: str, stage: str) -> None:
    """Several others at once: there is a current version at the end, and a refused value is under no label."""
    with suppress(RolledBackError), shared.transaction():
        client: Any = shared.client()
        make(client, SECRETS[secret])
        stages = STAGES[stage]
        expected = find_moving_labels(read_labels(client, "a"), stages)
        plain: Any = client
        for at, name in acts:
            plain = Interrupted(plain, at, lambda name=name: OTHERS[name](client))
        try:
            store_value(plain, request(stages), expected)
        except ChangedMeanwhileError:
            assert MINE not in labels(client).values() or not SECRETS[secret]
        now = labels(client)
        assert AWSCURRENT in now or not (acts or SECRETS[secret] or stage != "pending")
        assert not [label for label in now if label.startswith(OWN_LABEL)]
        raise RolledBackError


def test_a_refused_attempt_in_a_vault_leaves_only_its_events(vault: smtui.Vault, client: Any) -> None:
    """No version, no label; that somebody looked is in the audit log."""
    make(client, [[AWSCURRENT]])
    expected = find_moving_labels(read_labels(client, "a"))
    others_store(client)
    with pytest.raises(ChangedMeanwhileError) as refused:
        store_value(client, request([AWSCURRENT]), expected, transaction=vault.transaction)

    assert is_changed(expected, refused.value.found)  # type: ignore[arg-type]
    versions = client.list_secret_version_ids(**ID, IncludeDeprecated=True)["Versions"]
    assert len(versions) == 2
    assert [event["eventName"] for event in vault.audit_log(limit=2)] == ["ListSecretVersionIds", "DescribeSecret"]


class Denying:
    """A client whose caller may not use some operations."""

    def __init__(self, client: Any, *denied: str) -> None:
        self._client = client
        self._denied = denied

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name == "get_paginator":
            return lambda operation: self._paginator(operation, found)
        return self._refuse if name in self._denied else found

    def _paginator(self, operation: str, found: Any) -> Any:
        if operation in self._denied:
            self._refuse()
        return found(operation)

    def _refuse(self, **_: Any) -> Any:
        raise AccessDeniedException("not authorized")


@pytest.mark.parametrize("denied", [
    ["describe_secret"], ["describe_secret", "list_secret_version_ids"],
], ids=["describe", "describe and list"])  # fmt: skip
def test_without_describe(vault: smtui.Vault, client: Any, denied: list[str]) -> None:
    """The version one began from is learned from what may be read."""
    make(client, [[AWSCURRENT], [AWSCURRENT]])
    plain: Any = Denying(client, *denied)
    expected = find_moving_labels(read_labels(plain, "a"))
    store_value(plain, request([AWSCURRENT]), expected, transaction=vault.transaction)
    assert labels(client)[AWSCURRENT] == MINE
    with pytest.raises(ChangedMeanwhileError):
        store_value(plain, request([AWSCURRENT]), expected, transaction=vault.transaction)


def test_what_the_service_refuses_is_said(transaction_vault: smtui.Vault) -> None:
    """A value that is too large, a secret that is gone: the refusal, and nothing is left."""
    client: Any = transaction_vault.client()
    make(client, [[AWSCURRENT]])
    expected = find_moving_labels(read_labels(client, "a"))
    with pytest.raises(ClientError):
        store_value(client, {**request([AWSCURRENT]), "SecretString": "x" * 65_537}, expected)
    client.delete_secret(**ID, ForceDeleteWithoutRecovery=True)
    with pytest.raises(ResourceNotFoundException):
        store_value(client, request([AWSCURRENT]), expected)


def test_a_lost_answer_is_no_conflict(transaction_vault: smtui.Vault) -> None:
    """AWSCURRENT moved, and the answer of that call never came."""
    client: Any = transaction_vault.client()
    make(client, [[AWSCURRENT]])

    class Losing(Denying):
        def __getattr__(self, name: str) -> Any:
            found = super().__getattr__(name)
            if name != "update_secret_version_stage":
                return found

            def call(**params: Any) -> Any:
                found(**params)
                raise InternalServiceError("lost")

            return call

    store_value(Losing(client), request([AWSCURRENT]), find_moving_labels(read_labels(client, "a")))

    assert labels(client) == {AWSCURRENT: MINE, AWSPREVIOUS: "v0"}


def test_two_processes_have_one_truth(vault: smtui.Vault, client: Any, tmp_path: Path) -> None:
    """A second opening of the same file stores between reading and writing: the first is told."""
    make(client, [[AWSCURRENT]])
    expected = find_moving_labels(read_labels(client, "a"))
    with vault.reopen() as other:
        others_store(other.client())
    with pytest.raises(ChangedMeanwhileError):
        store_value(client, request([AWSCURRENT]), expected, transaction=vault.transaction)

    assert labels(client) == {AWSCURRENT: THEIRS, AWSPREVIOUS: "v0"}
