"""Tests of wrong clocks: nothing is deleted before its date, and nothing is rotated twice."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import smtui
from smtui.system.ambient import Ambient
from tests.conftest import Clock

DECADE = {"days": 3652}


class Steady:
    """A monotonic clock, which also counts while the machine is suspended."""

    def __init__(self) -> None:
        self.seconds = 5000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture(autouse=True)
def monotonic(monkeypatch: pytest.MonkeyPatch) -> Steady:
    seconds = Steady()
    monkeypatch.setattr(Ambient, "with_clock", lambda clock: Ambient(clock=clock, monotonic=seconds))
    return seconds


@pytest.fixture
def passes(clock: Clock, monotonic: Steady) -> Callable[..., None]:
    """Returns a function that advances both clocks; `clock.forward` advances only the wall clock."""

    def go_by(**by: float) -> None:
        clock.forward(**by)
        monotonic.seconds += timedelta(**by).total_seconds()

    return go_by


class Doomed:
    """A secret, a key and audit events that are deleted after seven days."""

    def __init__(self, vault: smtui.Vault) -> None:
        self._vault = vault
        self._key = vault.keys().create_key()["KeyMetadata"]["KeyId"]
        vault.client().create_secret(Name="a", SecretString="1")
        vault.client().delete_secret(SecretId="a", RecoveryWindowInDays=7)
        vault.keys().schedule_key_deletion(KeyId=self._key, PendingWindowInDays=7)
        vault.audit.set_retention(7)

    def left(self, vault: smtui.Vault | None = None) -> set[str]:
        """Calls list_secrets, and returns what still exists."""
        client = (vault or self._vault).client()
        secrets = client.list_secrets(IncludePlannedDeletion=True)["SecretList"]
        keys = {key["KeyId"] for key in (vault or self._vault).keys().list_keys()["Keys"]}
        events = (vault or self._vault).audit_log(operation="CreateSecret")
        return ({"secret"} if secrets else set()) | ({"key"} & {"key" for key in keys if key == self._key}) | (
            {"event"} if any(events) else set())


ALL = {"secret", "key", "event"}


@pytest.fixture
def doomed(vault: smtui.Vault) -> Doomed:
    return Doomed(vault)


def test_each_goes_a_day_after_it_was_seen_overdue(
    doomed: Doomed, passes: Callable[..., None], reopen: Callable[[], smtui.Vault]
) -> None:
    """One session sees that they are overdue, another deletes them at least 24 hours later, with notices and events."""
    passes(days=7, milliseconds=1)
    assert doomed.left() == ALL
    passes(hours=24, milliseconds=-1)
    with reopen() as early:
        assert doomed.left(early) == ALL
        passes(milliseconds=1)
        assert doomed.left(early) == set()
        notices = early.maintenance.take_deletion_notices()
        assert [sentence.split(":")[0] for sentence in notices] == [
            "Deleted permanently, as scheduled for 2026-03-09", "Deleted permanently, as scheduled for 2026-03-09",
            "Removed from the audit log, whose retention is 7 days"]
        assert notices[0].endswith(": secret a in us-east-1.") and early.maintenance.take_deletion_notices() == []
        deletions = [event for event in early.audit_log() if event["eventType"] == "AwsServiceEvent"]
        assert {event["eventName"] for event in deletions} == {"EndSecretVersionDelete", "DeleteKey", "DropAuditEvents"}
        assert early.maintenance.check().clean


def test_no_session_ends_what_it_saw_itself(doomed: Doomed, passes: Callable[..., None]) -> None:
    """A session deletes nothing that it was the first to see overdue."""
    for _ in range(3):
        passes(days=30)
        assert doomed.left() == ALL


@pytest.mark.parametrize("days", [7, 8, 29, 30])
def test_every_window_has_its_edge(
    vault: smtui.Vault, clock: Clock, client: Any, passes: Callable[..., None], days: int
) -> None:
    """A session just before the end of the window sees nothing overdue, so the one a day later deletes nothing."""

    def is_there() -> bool:
        with smtui.open_vault(vault.path, key=vault.unlock_key(), clock=clock) as session:
            return bool(session.client().list_secrets(IncludePlannedDeletion=True)["SecretList"])

    client.create_secret(Name="a")
    client.delete_secret(SecretId="a", RecoveryWindowInDays=days)
    passes(days=days, milliseconds=-1)
    assert is_there()
    passes(days=1)
    assert is_there()
    passes(days=1)
    assert not is_there()


def test_a_clock_that_is_a_month_ahead_costs_nothing(
    doomed: Doomed, clock: Clock, passes: Callable[..., None], reopen: Callable[[], smtui.Vault]
) -> None:
    """Nothing is deleted while the clock is ahead, or for days after it is right again."""
    clock.forward(days=30)
    for _ in range(3):
        with reopen() as ahead:
            assert doomed.left(ahead) == ALL and not ahead.maintenance.take_deletion_notices()
        passes(minutes=5)
    clock.forward(days=-30)
    for _ in range(6):
        with reopen() as right:
            assert doomed.left(right) == ALL
        passes(days=1)


def test_what_was_seen_by_a_wrong_clock_was_not_seen(
    doomed: Doomed, clock: Clock, passes: Callable[..., None], reopen: Callable[[], smtui.Vault]
) -> None:
    """A session with an earlier clock discards the note of an overdue deletion."""
    clock.forward(days=30)
    with reopen() as ahead:
        doomed.left(ahead)
    clock.forward(days=-30)
    with reopen() as right:
        right.maintenance.accept_clock()
        doomed.left(right)
    passes(days=32)
    with reopen() as later:
        assert doomed.left(later) == ALL
    passes(days=1)
    with reopen() as last:
        assert doomed.left(last) == set()


def test_deletion_without_recovery_waits_for_nothing(client: Any, refused: Callable[..., str]) -> None:
    client.create_secret(Name="a")
    client.delete_secret(SecretId="a", ForceDeleteWithoutRecovery=True)

    refused("ResourceNotFoundException", client.describe_secret, SecretId="a")


def test_ten_years_forward(doomed: Doomed, clock: Clock, passes: Callable[..., None],
                           reopen: Callable[[], smtui.Vault]) -> None:
    """The session that notices the jump deletes nothing. The second session after it accepts the new time."""
    clock.forward(**DECADE)
    assert doomed.left() == ALL
    passes(days=40)
    assert doomed.left() == ALL
    with reopen() as again:
        assert doomed.left(again) == ALL
    passes(days=1)

    with reopen() as last:
        assert doomed.left(last) == set()


def test_a_jump_is_noticed_in_the_whole_session(doomed: Doomed, vault: smtui.Vault, clock: Clock) -> None:
    """Reopened vaults and a changed passphrase keep the noticed jump."""
    clock.forward(**DECADE)
    with vault.reopen() as second:
        assert doomed.left(second) == ALL
    vault.maintenance.change_passphrase("another six words of passphrase")

    assert doomed.left() == ALL


def test_a_few_minutes_are_no_jump(
    doomed: Doomed, clock: Clock, passes: Callable[..., None], reopen: Callable[[], smtui.Vault]
) -> None:
    passes(days=7)
    clock.forward(minutes=4)
    doomed.left()
    passes(days=1)

    with reopen() as again:
        assert doomed.left(again) == set()


def test_what_was_suspended_has_not_jumped(
    doomed: Doomed, passes: Callable[..., None], reopen: Callable[[], smtui.Vault]
) -> None:
    """After a suspension of a month, both clocks agree, so there is no jump."""
    passes(days=31)
    doomed.left()
    passes(days=1)

    with reopen() as again:
        assert doomed.left(again) == set()


def test_ten_years_back(doomed: Doomed, clock: Clock, passes: Callable[..., None],
                        reopen: Callable[[], smtui.Vault]) -> None:
    """A notice reports the clock, and nothing is deleted. After the clock is right again, what is due is deleted."""
    clock.forward(**{unit: -amount for unit, amount in DECADE.items()})
    assert doomed.left() == ALL
    with reopen() as behind:
        assert any("behind the latest time" in notice for notice in behind.notices)
        assert doomed.left(behind) == ALL
    passes(**DECADE)
    passes(days=8)

    with reopen() as right:
        assert not right.notices
        assert doomed.left(right) == ALL
    passes(days=1)
    with reopen() as later:
        assert doomed.left(later) == set()


def test_a_clock_put_right_has_jumped(doomed: Doomed, clock: Clock, reopen: Callable[[], smtui.Vault]) -> None:
    """The clock is ten years behind at the start of the session, and is corrected during it."""
    clock.forward(days=8)
    clock.forward(**{unit: -amount for unit, amount in DECADE.items()})
    with reopen() as session:
        assert doomed.left(session) == ALL
        clock.forward(**DECADE)
        assert doomed.left(session) == ALL


def test_due_by_a_clock_that_is_behind(doomed: Doomed, clock: Clock, reopen: Callable[[], smtui.Vault]) -> None:
    """The dates have passed by this clock, but the vault has seen a later time, so nothing is deleted."""
    clock.forward(days=400)
    doomed.left()
    clock.forward(days=-380)

    with reopen() as session:
        for _ in range(3):
            assert doomed.left(session) == ALL


def test_who_says_that_the_clock_is_right_is_believed(
    doomed: Doomed, clock: Clock, passes: Callable[..., None], reopen: Callable[[], smtui.Vault]
) -> None:
    """The user accepts the clock after a wrong time, which an event records. Deletions still take a day."""
    clock.forward(**DECADE)
    doomed.left()
    clock.forward(days=-3600)
    with reopen() as behind:
        assert doomed.left(behind) == ALL
        behind.maintenance.accept_clock()
        assert doomed.left(behind) == ALL
        assert len(list(behind.audit_log(operation="AcceptClock"))) == 1
    passes(days=1)
    with reopen() as again:
        assert not again.notices
        assert doomed.left(again) == set()


def test_a_jump_that_was_right(
    doomed: Doomed, vault: smtui.Vault, clock: Clock, passes: Callable[..., None], reopen: Callable[[], smtui.Vault]
) -> None:
    clock.forward(days=8)
    assert doomed.left() == ALL
    vault.maintenance.accept_clock()
    doomed.left()
    passes(days=1)

    with reopen() as again:
        assert doomed.left(again) == set()


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


SPRING, AUTUMN = datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)


@pytest.mark.parametrize("change", [SPRING, AUTUMN])
def test_summer_time_moves_no_edge(
    vault: smtui.Vault, clock: Clock, passes: Callable[..., None], reopen: Callable[[], smtui.Vault], berlin: None,
    change: datetime,
) -> None:
    """A window of seven days is seven times 24 hours, also across a change of daylight saving time."""
    passes(seconds=(change - timedelta(days=3) - clock.now).total_seconds())
    doomed = Doomed(vault)
    passes(days=7, milliseconds=1)
    with reopen() as seen:
        assert doomed.left(seen) == ALL
    passes(hours=24)
    with reopen() as later:
        assert doomed.left(later) == set()


# Rotation.


@pytest.fixture
def rotated(vault: smtui.Vault) -> Callable[[], bool]:
    """Returns a function that tells whether a secret with a daily window from 2:00 to 4:00 was rotated now."""
    client = vault.client()
    arn = vault.rotations().create_function(FunctionName="f", Password={})["FunctionArn"]
    client.create_secret(Name="db", SecretString="first")
    client.rotate_secret(SecretId="db", RotationLambdaARN=arn, RotateImmediately=False,
                         RotationRules={"ScheduleExpression": "cron(0 2 * * ? *)", "Duration": "2h"})

    def look() -> bool:
        before = client.get_secret_value(SecretId="db")["SecretString"]
        ended = vault.scheduler.run_due()
        assert [each.problem for each in ended] == [""] * len(ended)
        assert (client.get_secret_value(SecretId="db")["SecretString"] != before) == bool(ended)
        return bool(ended)

    return look


def test_a_window_is_used_once_whatever_the_clock_does(clock: Clock, rotated: Callable[[], bool]) -> None:
    """The clock jumps by hours, days and years, forward and back."""
    chance, used = random.Random(7), []
    start = clock.now
    for _ in range(120):
        if rotated():
            assert 2 <= clock.now.hour < 4
            used.append(clock.now.date())
        clock.now = chance.choice([
            clock.now + timedelta(minutes=chance.randrange(-90, 90)),
            clock.now + timedelta(days=chance.randrange(-3, 3)),
            clock.now.replace(hour=chance.choice([1, 2, 3, 4]), minute=chance.choice([0, 59])),
            max(start, clock.now + chance.choice([-1, 1]) * timedelta(**DECADE)),
        ])

    assert len(used) == len(set(used)) > 3


@pytest.mark.parametrize("change", [SPRING, AUTUMN])
def test_the_hour_that_comes_twice_or_never(
    clock: Clock, passes: Callable[..., None], rotated: Callable[[], bool], berlin: None, change: datetime
) -> None:
    """Windows are in UTC: one rotation on each day around the change."""
    passes(seconds=(change.replace(hour=0) - timedelta(days=1) - clock.now).total_seconds())
    used = []
    for _ in range(3 * 24 * 4):
        if rotated():
            used.append(clock.now.date())
        passes(minutes=15)

    assert len(used) == len(set(used)) == 3
