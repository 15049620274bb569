"""Tests of the limit and the count of calls to AWS, with a clock of the test."""

from __future__ import annotations

from smtui.backends.aws.rate_limit import CallMeter, RateLimit


class Time:
    """A clock that moves only when something sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_no_second_has_more_than_twenty_calls() -> None:
    time = Time()
    limit, starts = RateLimit(time.read, sleep=time.sleep), []
    for _ in range(100):
        limit.wait()
        starts.append(time.now)

    for start in starts:
        assert sum(start <= each < start + 0.999 for each in starts) <= 20
    assert starts[19] == 100.0, "the first calls do not wait"
    assert 103.9 < starts[-1] < 104.1, "five times twenty calls take four seconds"


def test_calls_that_are_rare_do_not_wait() -> None:
    time = Time()
    limit = RateLimit(time.read, per_second=2, sleep=time.sleep)
    for _ in range(5):
        limit.wait()
        time.now += 0.5

    assert time.now == 102.5


def test_only_secrets_manager_costs_money() -> None:
    meter = CallMeter()
    for service, operation in [("secrets-manager", "ListSecrets")] * 10_000 + [("sts", "GetCallerIdentity")]:
        meter.record(service, operation)

    assert meter.counts == {"ListSecrets": 10_000, "GetCallerIdentity": 1}
    assert (meter.total, round(meter.price, 6)) == (10_001, 0.05)
