"""Tests of plans, their application, interruptions at every call, races and undo, on local vaults."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from smtui.api.errors import ClientError
from smtui.backends.local import Vault
from smtui.comparison.compare import compare
from smtui.comparison.names import NameRules
from smtui.comparison.new_value import ValueSources
from smtui.comparison.plan import PlannedSide, PromotionPlan, make_plan
from smtui.comparison.plan_file import InvalidPlanError, format_plan_file, parse_plan_file
from smtui.comparison.promote import Promotion, PromotionOutcome, get_stage_label
from smtui.comparison.sides import ClientSide, EntriesSide
from smtui.comparison.undo import undo_promotion
from smtui.system.ambient import Ambient
from smtui.transfer.entry import Entry
from tests.comparison.test_compare import NEW, OLD, OTHER, put

Vaults = tuple[Vault, Vault]
SOURCES = ValueSources(lambda: "generated-password", lambda name, key: f"typed for {key}")
HOTFIX = "44444444-0000-4000-8000-444444444444"


class KilledError(BaseException):
    """Stands for the end of the process: no handler of the program catches it."""


class Interrupted:
    """A client whose process ends before or after a call of the given number, or that does something else first."""

    def __init__(self, client: Any, at: int, interrupt: Callable[[], None], *, after: bool = False) -> None:
        self._client = client
        self._left = at
        self._interrupt = interrupt
        self._after = after
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name in ("meta", "exceptions", "get_paginator"):
            return found

        def call(**params: Any) -> Any:
            self.calls += 1
            due = self.calls == self._left
            if due and not self._after:
                self._interrupt()
            try:
                return found(**params)
            finally:
                if due and self._after:
                    self._interrupt()

        return call


def kill() -> None:
    raise KilledError


@pytest.fixture
def sides(vaults: Vaults) -> Vaults:
    """Four secrets that differ and have two versions on the right, two new ones, and one that is the same."""
    left, right = vaults
    for at in range(4):
        put(right, f"db{at}", f"marker-before-{at}", OLD, new=True)
        put(right, f"db{at}", f"marker-right-{at}", NEW)
        put(left, f"db{at}", f"marker-left-{at}", OTHER, new=True)
    for at in range(2):
        put(left, f"new{at}", f"marker-new-{at}", OTHER, new=True, Description="d", Tags=[{"Key": "a", "Value": "b"}])
    for vault in vaults:
        put(vault, "same", "marker-same", OLD, new=True)
    return vaults


def plan_promotion(vaults: Vaults) -> PromotionPlan:
    pairs = compare(*(ClientSide(vault.client()) for vault in vaults), NameRules())
    return make_plan(PlannedSide("left"), PlannedSide("right"), pairs, Ambient())


def promote(plan: PromotionPlan, vaults: Vaults, client: Any = None) -> dict[str, PromotionOutcome]:
    left, right = vaults
    promotion = Promotion(plan, ClientSide(left.client()), client or right.client(), SOURCES)
    return {result.secret.target: result.outcome for result in promotion.apply()}


def read_all(vault: Vault, prefix: str = "") -> dict[str, tuple[dict[str, str], str]]:
    """The labels and the current value of each secret whose name begins like this."""
    client: Any = vault.client()
    found = {}
    filters = [{"Key": "name", "Values": [prefix]}] if prefix else []
    for page in client.get_paginator("list_secrets").paginate(Filters=filters):
        for entry in page["SecretList"]:
            versions = entry["SecretVersionsToStages"]
            labels = {label: version for version, attached in versions.items() for label in attached}
            found[entry["Name"]] = labels, client.get_secret_value(SecretId=entry["Name"])["SecretString"]
    return found


def list_calls(vaults: Vaults) -> int:
    """The number of calls of a whole promotion."""
    client = Interrupted(vaults[1].client(), 0, kill)
    promote(plan_promotion(vaults), vaults, client)
    return client.calls


DONE = {**{f"db{at}": PromotionOutcome.PROMOTED for at in range(4)},
        **{f"new{at}": PromotionOutcome.CREATED for at in range(2)}}


def test_everything_is_promoted_and_then_the_same(sides: Vaults) -> None:
    plan = plan_promotion(sides)

    assert promote(plan, sides) == DONE
    found = read_all(sides[1])
    assert found["db2"] == ({"AWSCURRENT": OTHER, "AWSPREVIOUS": NEW}, "marker-left-2")
    assert found["new1"] == ({"AWSCURRENT": OTHER}, "marker-new-1")
    described = sides[1].client().describe_secret(SecretId="new0")
    assert (described["Description"], described["Tags"]) == ("d", [{"Key": "a", "Value": "b"}])
    again = compare(*(ClientSide(vault.client()) for vault in sides))
    assert {pair.status.value for pair in again} == {"same"}
    assert promote(plan, sides) == DONE, "a second run changes nothing"
    assert read_all(sides[1]) == found


def test_a_plan_has_no_value_and_survives_its_file(sides: Vaults) -> None:
    plan = plan_promotion(sides)
    text = format_plan_file(plan)

    assert "marker" not in text and "marker" not in repr(plan)
    assert parse_plan_file(text.encode()) == plan


def test_a_change_by_others_stays_and_is_listed(sides: Vaults) -> None:
    plan = plan_promotion(sides)
    put(sides[1], "db1", "hotfix", HOTFIX)
    put(sides[1], "new1", "made meanwhile", HOTFIX, new=True)

    promotion = Promotion(plan, ClientSide(sides[0].client()), sides[1].client(), SOURCES)
    results = {result.secret.target: result for result in promotion.apply()}

    assert results["db1"].reason == "version 44444444 was stored on the right side after the comparison"
    assert results["new1"].reason == "it was created on the right side after the comparison"
    assert [name for name, each in results.items() if each.outcome is PromotionOutcome.NOT_CHANGED] == ["db1", "new1"]
    found = read_all(sides[1])
    assert (found["db1"][1], found["new1"][1], found["db2"][1]) == ("hotfix", "made meanwhile", "marker-left-2")


@pytest.mark.parametrize("after", [False, True])
def test_a_run_that_was_killed_at_any_call_continues(sides: Vaults, after: bool) -> None:
    """In one pair of vaults: after each interruption the run is completed, checked and undone."""
    before, number = read_all(sides[1]), 0
    while True:
        number += 1
        plan = plan_promotion(sides)
        client = Interrupted(sides[1].client(), number, kill, after=after)
        try:
            promote(plan, sides, client)
        except KilledError:
            assert promote(plan, sides) == DONE, number
        else:
            break
        found = read_all(sides[1])
        assert all(not label.startswith("smtui-") for labels, _ in found.values() for label in labels)
        assert found["db0"] == ({"AWSCURRENT": OTHER, "AWSPREVIOUS": NEW}, "marker-left-0")
        undone = undo_promotion(plan, sides[1].client())
        assert {result.outcome for result in undone} == {PromotionOutcome.UNDONE}
        for name in ("new0", "new1"):
            sides[1].client().delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)  # type: ignore[call-arg]
        assert read_all(sides[1]) == before, number
    assert number > 20


def test_an_undo_that_was_killed_at_any_call_continues(sides: Vaults) -> None:
    before, number = read_all(sides[1]), 0
    while True:
        number += 1
        plan = plan_promotion(sides)
        promote(plan, sides)
        client: Any = Interrupted(sides[1].client(), number, kill)
        try:
            undo_promotion(plan, client)
            break
        except KilledError:
            undo_promotion(plan, sides[1].client())
        for name in ("new0", "new1"):
            sides[1].client().delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)  # type: ignore[call-arg]
        assert read_all(sides[1]) == before, number
    assert number > 10


@pytest.mark.parametrize("runs", [10, pytest.param(1_000, marks=pytest.mark.long)])
def test_two_promoters_lose_nothing(sides: Vaults, runs: int) -> None:
    """The second promoter runs as a whole within the first one, at each of its calls: one of them wins each secret."""
    left, right = sides
    for number in range(1, runs + 1):
        block = f"race{number // 15}-"  # a secret can have 100 versions of one day
        others = [f"{block}{at}" for at in range(4)]
        if not read_all(right, block):
            for name in others:
                put(left, name, "old", Ambient().create_uuid(), new=True)
                put(right, name, "older", Ambient().create_uuid(), new=True)
        at = number % 22 + 1
        plans = []
        for which in ("first", "second"):
            for name in others:
                put(left, name, f"{which}-{number}-{name}", Ambient().create_uuid())
            plans.append(plan_promotion(sides))
        first, second = plans
        acknowledged: dict[str, set[str]] = {name: set() for name in others}

        def run_second(plan: PromotionPlan = second, held: dict[str, set[str]] = acknowledged) -> None:
            for name, outcome in promote(plan, sides).items():
                if name in held and outcome is PromotionOutcome.PROMOTED:
                    held[name].add("second")

        results = promote(first, sides, Interrupted(right.client(), at, run_second))
        for name in others:
            if results[name] is PromotionOutcome.PROMOTED:
                acknowledged[name].add("first")
        found = read_all(right, block)
        for name in others:
            assert len(acknowledged[name]) == 1, (number, name)
            assert found[name][1] == f"{next(iter(acknowledged[name]))}-{number}-{name}"
            assert not any(label.startswith("smtui-") for label in found[name][0])


def test_the_same_plan_twice_at_once(sides: Vaults) -> None:
    calls = list_calls(sides)
    undo_promotion(plan := plan_promotion(sides), sides[1].client())
    for at in range(1, calls):
        for name in ("db0", "db1", "db2", "db3"):
            put(sides[0], name, f"{name}-{at}", Ambient().create_uuid())
        plan = plan_promotion(sides)

        def run_again(plan: PromotionPlan = plan) -> None:
            promote(plan, sides)

        results = promote(plan, sides, Interrupted(sides[1].client(), at, run_again))

        assert set(results.values()) == {PromotionOutcome.PROMOTED}, at
        assert all(len(labels) == 2 for name, (labels, _) in read_all(sides[1]).items() if name.startswith("db"))


def test_if_one_version_cannot_be_staged_nothing_moves(sides: Vaults) -> None:
    before = read_all(sides[1])
    plan = plan_promotion(sides)

    def refuse() -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}})

    results = promote(plan, sides, Interrupted(sides[1].client(), 4, refuse))

    assert list(results.values()).count(PromotionOutcome.FAILED) == 1
    after = read_all(sides[1])
    assert {name: labels["AWSCURRENT"] for name, (labels, _) in after.items()} == {
        name: labels["AWSCURRENT"] for name, (labels, _) in before.items()}
    assert any(get_stage_label(plan) in labels for labels, _ in after.values())
    assert promote(plan, sides) == DONE


def test_what_is_staged_is_applied_or_dropped_later(sides: Vaults) -> None:
    """A second person compares the staged versions by their label; AWSCURRENT stays until then."""
    before, plan = read_all(sides[1]), plan_promotion(sides)
    promotion = Promotion(plan, ClientSide(sides[0].client()), sides[1].client(), SOURCES)

    staged = {result.secret.target: result.outcome for result in promotion.stage()}

    assert staged == {**dict.fromkeys(DONE, PromotionOutcome.STAGED), "new0": PromotionOutcome.READY,
                      "new1": PromotionOutcome.READY}
    assert {name: value for name, (_, value) in read_all(sides[1]).items()} == {
        name: value for name, (_, value) in before.items()}
    client: Any = sides[1].client()
    value = client.get_secret_value(SecretId="db0", VersionStage=get_stage_label(plan))
    assert value["SecretString"] == "marker-left-0"
    undo_promotion(plan, client)
    assert read_all(sides[1]) == before
    promotion.stage()
    assert promote(plan, sides) == DONE


def test_undo_keeps_what_others_stored_since(sides: Vaults) -> None:
    plan = plan_promotion(sides)
    promote(plan, sides)
    put(sides[1], "db1", "hotfix", HOTFIX)
    put(sides[1], "new1", "hotfix", HOTFIX)

    undone = {result.secret.target: result.outcome for result in undo_promotion(plan, sides[1].client())}

    assert [name for name, each in undone.items() if each is PromotionOutcome.NOT_CHANGED] == ["db1", "new1"]
    found = read_all(sides[1])
    assert (found["db1"][1], found["new1"][1], found["db2"][1]) == ("hotfix", "hotfix", "marker-right-2")
    assert "new0" not in found


def test_a_pending_label_is_removed_and_restored(vaults: Vaults) -> None:
    put(vaults[0], "db", "a", OTHER, new=True)
    put(vaults[1], "db", "b", OLD, new=True)
    client: Any = vaults[1].client()
    client.update_secret_version_stage(SecretId="db", VersionStage="AWSPENDING", MoveToVersionId=OLD)
    plan = plan_promotion(vaults)

    promote(plan, vaults)
    assert read_all(vaults[1])["db"][0] == {"AWSCURRENT": OTHER, "AWSPREVIOUS": OLD}
    undo_promotion(plan, client)
    assert read_all(vaults[1])["db"][0] == {"AWSCURRENT": OLD, "AWSPENDING": OLD}


def test_the_version_of_the_plan_is_promoted_and_not_a_later_one(sides: Vaults) -> None:
    plan = plan_promotion(sides)
    put(sides[0], "db0", "later", HOTFIX)

    promote(plan, sides)

    assert read_all(sides[1])["db0"][1] == "marker-left-0"


def test_a_version_that_the_right_side_had_before(vaults: Vaults) -> None:
    """An older version on the left becomes the current one on the right again, under its ID."""
    for vault in vaults:
        put(vault, "db", "a", OLD, new=True)
    put(vaults[1], "db", "b", NEW)
    plan = plan_promotion(vaults)
    assert not plan.secrets[0].is_promoted and plan.secrets[0].reason == "the right side is newer"
    text = format_plan_file(plan).replace('"skip"', '"promote"')

    assert promote(parse_plan_file(text.encode()), vaults) == {"db": PromotionOutcome.PROMOTED}
    assert read_all(vaults[1])["db"] == ({"AWSCURRENT": OLD, "AWSPREVIOUS": NEW}, "a")


def test_another_value_under_the_same_id(vaults: Vaults) -> None:
    put(vaults[0], "db", "left", OTHER, new=True)
    put(vaults[1], "db", "x", OTHER, new=True)
    put(vaults[1], "db", "y", NEW)
    plan = parse_plan_file(format_plan_file(plan_promotion(vaults)).replace('"skip"', '"promote"').encode())

    assert promote(plan, vaults) == {"db": PromotionOutcome.PROMOTED}
    labels, value = read_all(vaults[1])["db"]
    assert value == "left" and labels["AWSCURRENT"] not in (OTHER, NEW)
    assert promote(plan, vaults) == {"db": PromotionOutcome.PROMOTED}


def test_what_happens_with_each_key(vaults: Vaults) -> None:
    put(vaults[0], "db", '{"user": "dev", "password": "marker-1", "host": "dev-db", "new": 1, "same": true}', OLD,
        new=True)
    put(vaults[1], "db", '{"user": "app", "password": "marker-2", "host": "prod-db", "old": 2, "same": true}', NEW,
        new=True)
    plan = json.loads(format_plan_file(plan_promotion(vaults)))
    assert plan["secrets"][0]["keys"] == dict.fromkeys(["user", "password", "host", "new", "old"], "copy")
    plan["secrets"][0]["keys"] |= {"user": "ask", "password": "new", "host": "omit", "old": "omit", "new": "omit"}

    promote(parse_plan_file(json.dumps(plan).encode()), vaults)

    assert json.loads(read_all(vaults[1])["db"][1]) == {
        "user": "typed for user", "password": "generated-password", "host": "prod-db", "same": True, "old": 2}


def test_a_copied_password_is_pointed_out(vaults: Vaults) -> None:
    put(vaults[0], "db", '{"user": "a", "password": "x"}', OLD, new=True)
    put(vaults[1], "db", '{"user": "a", "password": "y"}', NEW, new=True)
    plan = plan_promotion(vaults)
    generated = parse_plan_file(format_plan_file(plan).replace('"copy"', '"new"').encode())

    assert [each.secrets[0].repeats_password for each in (plan, generated)] == [True, False]


def test_the_entries_of_a_file(vaults: Vaults) -> None:
    put(vaults[1], "a", "x", OLD, new=True)
    side = EntriesSide([Entry("a", "file", "here"), Entry("b", b"\xff", "here")])
    pairs = compare(side, ClientSide(vaults[1].client()))
    plan = make_plan(PlannedSide("file"), PlannedSide("right"), pairs, Ambient())

    results = Promotion(plan, side, vaults[1].client(), SOURCES).apply()

    assert [result.outcome for result in results] == [PromotionOutcome.PROMOTED, PromotionOutcome.CREATED]
    client: Any = vaults[1].client()
    assert client.get_secret_value(SecretId="b")["SecretBinary"] == b"\xff"
    assert read_all_values(vaults[1], "a") == "file"


def read_all_values(vault: Vault, name: str) -> str:
    client: Any = vault.client()
    return str(client.get_secret_value(SecretId=name)["SecretString"])


def test_the_first_value_of_a_secret(vaults: Vaults) -> None:
    put(vaults[0], "db", "a", OLD, new=True)
    vaults[1].client().create_secret(Name="db")
    plan = plan_promotion(vaults)

    assert promote(plan, vaults) == {"db": PromotionOutcome.PROMOTED}
    assert read_all(vaults[1])["db"] == ({"AWSCURRENT": OLD}, "a")
    [result] = undo_promotion(plan, vaults[1].client())
    assert result.reason == "it had no value before, and AWSCURRENT cannot be removed"


def test_what_cannot_be_promoted(vaults: Vaults) -> None:
    for name in ("gone", "empty", "managed"):
        put(vaults[0], name, "a", OLD, new=True)
    vaults[0].client().create_secret(Name="valueless")
    put(vaults[1], "gone", "a", NEW, new=True)
    vaults[1].client().delete_secret(SecretId="gone")

    assert plan_promotion(vaults).omitted == {
        "gone": "it is scheduled for deletion", "valueless": "it has no value on the left side"}


def list_broken() -> Iterator[tuple[str, Callable[[dict[str, Any]], Any]]]:
    yield "not a plan", lambda plan: plan.pop("smtui-promotion")
    yield "id", lambda plan: plan.update(id="x")
    yield "secrets", lambda plan: plan.update(secrets={})
    yield "secrets[0].action", lambda plan: plan["secrets"][0].update(action="drop")
    yield "secrets[0].keys", lambda plan: plan["secrets"][0].update(keys={"a": "steal"})
    yield "secrets[0].keys", lambda plan: plan["secrets"][0].update(keys={"(entire value)": "omit"})
    yield "secrets[0].to", lambda plan: plan["secrets"][0].update(to="a\nb")
    yield "secrets[0].new-version", lambda plan: plan["secrets"][0].update({"new-version": "AWSCURRENT"})
    yield "left.name", lambda plan: plan["left"].update(name=1)
    yield "two entries", lambda plan: plan["secrets"].append(plan["secrets"][0])
    yield "omitted", lambda plan: plan.update(omitted={"a": 1})


@pytest.mark.parametrize(("said", "damage"), [*list_broken()])
def test_a_damaged_plan_is_refused(vaults: Vaults, said: str, damage: Callable[[dict[str, Any]], Any]) -> None:
    put(vaults[0], "db", "a", OLD, new=True)
    plan = json.loads(format_plan_file(plan_promotion(vaults)))
    damage(plan)

    with pytest.raises(InvalidPlanError) as refused:
        parse_plan_file(json.dumps(plan).encode())

    assert said in str(refused.value)
    for content in (b"", b"\xff", b"[]", b"{"):
        with pytest.raises(InvalidPlanError):
            parse_plan_file(content)
