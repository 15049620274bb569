"""Tests of conflicts between two sessions over plans: secrets that others changed meanwhile are left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import smtui
from smtui.tui.secret.screen import SecretScreen
from smtui.tui.secret_list.bulk_tags import TagsPlan
from smtui.tui.secret_list.screen import SecretsScreen
from tests.tui.conftest import BOB, MakeApp, said, screen_text, types, until
from tests.tui.driver import get_screen, join_screen_text
from tests.tui.secret_list.test_deletion import SMALL, deleted, names, plan
from tests.tui.secret_list.test_selection import ready, tags

POLICY = ('{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": {"AWS": "000000000000"}, '
          '"Action": "secretsmanager:DeleteSecret", "Resource": "*"}]}')

pytestmark = pytest.mark.usefixtures("one_time_and_place")


@pytest.fixture
def others(vault: smtui.Vault, filled: Any) -> Iterator[Any]:
    with vault.reopen() as own:
        yield own.client(caller=BOB)


CHANGES: dict[str, tuple[Callable[[Any, str], object], str]] = {
    "value": (lambda client, name: client.put_secret_value(SecretId=name, SecretString="new"), "stored a version"),
    "tags": (lambda client, name: client.tag_resource(SecretId=name, Tags=[{"Key": "keep", "Value": "yes"}]),
             "changed the tags"),
    "policy": (lambda client, name: client.put_resource_policy(SecretId=name, ResourcePolicy=POLICY),
               "attached a policy"),
    "label": (lambda client, name: client.update_secret_version_stage(
        SecretId=name, VersionStage="mine", MoveToVersionId=client.get_secret_value(SecretId=name)["VersionId"]),
              "moved a staging label"),
    "replica": (lambda client, name: client.replicate_secret_to_regions(
        SecretId=name, AddReplicaRegions=[{"Region": "eu-west-1"}]), "replicated it"),
}


@pytest.mark.parametrize("for_good", [False, True], ids=["window", "at once"])
@pytest.mark.parametrize("kind", CHANGES)
async def test_what_others_changed_is_not_deleted(
    app: MakeApp, filled: Any, others: Any, kind: str, for_good: bool
) -> None:
    act, words = CHANGES[kind]
    running = app()
    before = names(filled)
    async with running.run_test(size=SMALL) as pilot:
        asked = await plan(pilot, 0, 1, 2)
        if for_good:
            asked.force.value = True
            await until(pilot, lambda: asked.confirmation.display)
            asked.confirmation.value = "delete 3"
            await until(pilot, lambda: not asked.go.disabled)
        changed = str(asked.plan.items[1].name)
        act(others, changed)
        asked.go.focus()
        await pilot.press("enter")
        await until(pilot, lambda: "2 done, 1 refused." in screen_text(running))
        assert "✗ refused: changed by others" in screen_text(running)
        assert f"{changed}: changed by others: user/bob {words}" in join_screen_text(running)

        if for_good:
            assert set(names(filled)) == {*before[3:], changed}
        else:
            assert set(deleted(filled)) == {*before[:3]} - {changed}
        await pilot.press("enter")
        await until(pilot, lambda: any("2 secrets" in each for each in said(running)))


async def test_what_others_read_or_is_another_secret_is_deleted(app: MakeApp, filled: Any, others: Any) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        asked = await plan(pilot, 0, 1)
        first = str(asked.plan.items[0].name)
        others.get_secret_value(SecretId=first)
        others.create_secret(Name=f"{first}2", SecretString="x")
        asked.go.focus()
        await pilot.press("enter")
        await until(pilot, lambda: len(deleted(filled)) == 2)


async def test_what_others_restored_and_changed_is_left_alone(app: MakeApp, filled: Any, others: Any) -> None:
    for name in names(filled)[:2]:
        filled.delete_secret(SecretId=name)
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot, "3 secrets")
        await pilot.press("x")
        await ready(pilot, "scheduled for deletion")
        await until(pilot, lambda: get_screen(running, SecretsScreen).secrets.count == 2)
        await pilot.press("asterisk", "U")
        await ready(pilot, "Restore 2 secrets?")
        changed = [*deleted(filled)][1]
        others.restore_secret(SecretId=changed)
        others.delete_secret(SecretId=changed, RecoveryWindowInDays=7)
        theirs = deleted(filled)[changed]
        await pilot.press("enter")
        await until(pilot, lambda: "1 done, 1 refused." in screen_text(running))

        assert deleted(filled) == {changed: theirs}


@pytest.mark.parametrize("place", ["list", "secret"])
@pytest.mark.parametrize("kind", ["planned anew", "restored"])
async def test_a_deletion_that_others_planned_anew_stays(
    app: MakeApp, filled: Any, others: Any, kind: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`U` restores what the screen shows: not what others planned or restored since."""
    for kind_of_screen in (SecretsScreen, SecretScreen):
        monkeypatch.setattr(kind_of_screen, "busy", True)  # the change comes between two looks
    name = names(filled)[0]
    filled.delete_secret(SecretId=name)
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot, "4 secrets")
        await pilot.press("x")
        await ready(pilot, "scheduled for deletion")
        await until(pilot, lambda: get_screen(running, SecretsScreen).secrets.count == 1)
        if place == "secret":
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(running.screen, SecretScreen) and running.screen.has_read)
        others.restore_secret(SecretId=name)
        if kind == "planned anew":
            others.delete_secret(SecretId=name, RecoveryWindowInDays=7)
        await pilot.press("U")
        await until(pilot, lambda: any("No changes made." in each for each in said(running)))
        words = {"planned anew": "Its deletion was rescheduled for 2026-03-09. user/bob scheduled its deletion",
                 "restored": "It has already been restored. user/bob restored it"}[kind]
        assert any(words in each for each in said(running))

        assert list(deleted(filled).values()) == (["2026-03-09"] if kind == "planned anew" else [])
        await pilot.press("u")
        await until(pilot, lambda: "Nothing to undo." in said(running))


async def test_those_of_several_that_others_restored_are_left(app: MakeApp, filled: Any, others: Any) -> None:
    """Undo of a plan restores the others, and says which was restored already; the same if that happens meanwhile."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await plan(pilot, 0, 1, 2, 3)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: len(deleted(filled)) == 4)
        first, second, *rest = deleted(filled)
        others.restore_secret(SecretId=first)
        await ready(pilot, "1 secret")
        await pilot.press("u")
        await ready(pilot, "Undo?")
        assert screen_text(running).count("RestoreSecret of") == 3
        assert (f"1 changed since, left as it is: {first}: deletion scheduled: It has already been restored. user/bob"
                in join_screen_text(running))
        others.restore_secret(SecretId=second)
        others.delete_secret(SecretId=second, RecoveryWindowInDays=7)
        await pilot.press("enter")
        await until(pilot, lambda: any("2 changed since, left as they are" in each for each in said(running)))

        assert deleted(filled) == {second: "2026-03-09"}
        assert rest
        [message] = [each for each in said(running) if "left as they are" in each]
        assert f"{first}: deletion scheduled (It has already been restored. user/bob" in message
        assert f"{second}: deletion scheduled (Its deletion was rescheduled for 2026-03-09. user/bob" in message


async def test_tags_that_others_changed_are_left_alone_and_listed(app: MakeApp, filled: Any, others: Any) -> None:
    """Only changes of tags in the plan count."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        entries = {entry["Name"]: {tag["Key"] for tag in entry.get("Tags", ())}
                   for entry in filled.list_secrets(SortBy="name")["SecretList"]}
        with_env = [name for name, keys in entries.items() if "env" in keys]
        await pilot.press("asterisk", "t")
        await ready(pilot, "Add to each")
        get_screen(running, TagsPlan).removed.focus()
        await types(pilot, "env")
        await until(pilot, lambda: "- env" in screen_text(running))
        changed, touched = with_env[0], with_env[-1]
        others.tag_resource(SecretId=changed, Tags=[{"Key": "env", "Value": "theirs"}])
        others.tag_resource(SecretId=touched, Tags=[{"Key": "elsewhere", "Value": "x"}])
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "1 refused." in screen_text(running))
        assert "changed by others: env is now theirs" in join_screen_text(running)

        assert tags(filled, changed)["env"] == "theirs"
        assert changed == touched or "env" not in tags(filled, touched)
