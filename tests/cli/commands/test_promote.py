"""Tests of `smtui promote`: the plan on the screen, dry runs, confirmation, protected contexts and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import smtui
from tests.cli.conftest import CommandLine
from tests.conftest import PASSPHRASE

MARKERS = ("marker-1", "marker-2")


@pytest.fixture
def planned(cli: CommandLine, tmp_path: Path) -> tuple[CommandLine, Path]:
    """A vault with `dev/` and `prod/`, and the plan of a promotion."""
    for name, value in (("dev/db", '{"user":"ann","password":"marker-1"}'), ("dev/new", "marker-1"),
                        ("prod/db", '{"user":"ann","password":"marker-2","port":1}')):
        cli.done("set", name, "-", stdin=value.encode())
    plan = tmp_path / "release.plan"
    answer = cli("compare", ".", ".", "--rename", "dev/=prod/", "--plan", str(plan))
    assert (answer.code, "1 new version, 1 new secret" in answer.err) == (1, True), answer.err
    return cli, plan


def test_a_dry_run_shows_the_whole_plan_and_changes_nothing(planned: tuple[CommandLine, Path]) -> None:
    cli, plan = planned
    before = cli.done("list-secrets")

    lines = cli.done("promote", str(plan), "--dry-run").splitlines()

    assert lines[0] == f"from {cli.path}@us-east-1 (account 000000000000)"
    assert lines[2].startswith("  dev/db -> prod/db: version ")
    assert lines[2].endswith("; password copy, port copy; the same password on both sides")
    assert lines[3].startswith("  dev/new -> prod/new: new secret, version ")
    assert lines[4:] == ["1 new version, 1 new secret", "ready: prod/db", "ready: prod/new", "2 ready"]
    assert cli.done("list-secrets") == before
    assert plan.stat().st_mode & 0o777 == 0o600


def test_it_is_applied_and_undone(planned: tuple[CommandLine, Path]) -> None:
    cli, plan = planned

    applied = cli("promote", str(plan), "--yes")
    value = cli.done("get", "prod/db")
    again = cli("compare", ".", ".", "--rename", "dev/=prod/")
    undone = cli("promote", str(plan), "--undo", "--yes")

    assert (applied.code, applied.out) == (0, "1 promoted, 1 created\n")
    assert value == '{"user":"ann","password":"marker-1"}'
    assert (again.code, again.out) == (0, "2 secrets compared: 2 same\n")
    assert (undone.code, undone.out) == (0, "2 undone\n")
    assert "marker-2" in cli.done("get", "prod/db")
    assert cli.done("ls", "prod/") == "prod/db\n"
    said = "".join(each.out + each.err for each in (applied, again, undone)) + plan.read_text()
    assert not any(marker in said for marker in MARKERS)


def test_it_is_staged_by_one_and_applied_by_another(planned: tuple[CommandLine, Path]) -> None:
    cli, plan = planned

    staged = cli("promote", str(plan), "--stage", "--yes")
    label = f"smtui-{json.loads(plan.read_text())['id']}"
    compared = cli("diff", "prod/db", f"prod/db:{label}")
    current = cli.done("get", "prod/db#password")
    applied = cli("promote", str(plan), "--yes")

    assert (staged.code, staged.out) == (0, "1 staged, 1 ready\n")
    assert compared.out.splitlines() == ["~ password", "- port"]
    assert current == "marker-2"
    assert (applied.code, applied.out) == (0, "1 promoted, 1 created\n")


def test_a_change_after_the_plan_stays(planned: tuple[CommandLine, Path]) -> None:
    cli, plan = planned
    cli.done("set", "prod/db", "-", stdin=b"hotfix")

    answer = cli("promote", str(plan), "--yes")

    assert answer.code == 1
    assert answer.out.startswith("not changed: prod/db: version ")
    assert cli.done("get", "prod/db") == "hotfix"


def test_it_asks_first(planned: tuple[CommandLine, Path]) -> None:
    cli, plan = planned

    alone = cli("promote", str(plan))
    cli.person.present, cli.person.answers = True, ["no"]
    refused = cli("promote", str(plan))

    assert (alone.code, refused.code) == (2, 1)
    assert "prod/new: new secret" in cli.person.saw[0]
    assert cli.done("ls", "prod/") == "prod/db\n"


def test_a_plan_that_was_edited(planned: tuple[CommandLine, Path]) -> None:
    cli, plan = planned
    edited = json.loads(plan.read_text())
    edited["secrets"][0]["keys"] = {"password": "new", "port": "omit", "user": "ask"}
    edited["secrets"][1]["action"] = "skip"
    plan.write_text(json.dumps(edited))
    cli.person.present, cli.person.answers = True, ["yes", "bob"]

    answer = cli("promote", str(plan))

    value = json.loads(cli.done("get", "prod/db"))
    assert (answer.code, answer.out) == (0, "1 promoted\n")
    assert (value["user"], value["port"], len(value["password"])) == ("bob", 1, 32)
    assert cli.person.asked[-1] == "New value of user in prod/db: "


def test_another_vault_at_the_same_place_is_refused(planned: tuple[CommandLine, Path], tmp_path: Path) -> None:
    cli, plan = planned
    smtui.create_vault(tmp_path / "other", PASSPHRASE, account_id="111111111111").close()
    plan.write_text(plan.read_text().replace(str(cli.path), str(tmp_path / "other")))

    answer = cli("promote", str(plan), "--yes")

    assert (answer.code, "the plan is for account 000000000000" in answer.err) == (1, True), answer.err


def test_a_protected_context_stays_protected(cli: CommandLine, tmp_path: Path) -> None:
    smtui.create_vault(tmp_path / "prod.vault", PASSPHRASE).close()
    cli.done("contexts", "add", "prod", "--vault", str(tmp_path / "prod.vault"), "--protect", "read")
    cli.done("set", "a", "-", stdin=b"marker-1")
    plan = str(tmp_path / "plan")
    cli("compare", ".", "prod", "--plan", plan)

    refused = cli("promote", plan, "--yes")
    allowed = cli("promote", plan, "--yes", "--rw")

    assert refused.code in (1, 4) and allowed.code == 0, refused.err


@pytest.mark.parametrize("count", [60, pytest.param(5_000, marks=pytest.mark.long)])
def test_no_value_leaves_the_vaults(cli: CommandLine, tmp_path: Path, count: int) -> None:
    """Neither in an output nor in a file: the plan, logs, temporary files."""
    marker = "marker-f00d"
    smtui.create_vault(tmp_path / "right.vault", PASSPHRASE).close()
    for path, side in ((cli.path, "left"), (tmp_path / "right.vault", "right")):
        with smtui.open_vault(path, PASSPHRASE) as vault, vault.transaction(large=True):
            vault.create_secrets([
                {"Name": f"svc/{at:05d}", "SecretString": f'{{"user": "a", "token": "{marker}-{side}-{at}"}}'}
                for at in range(count)])
    sides, plan = (".", f"{tmp_path / 'right.vault'}"), str(tmp_path / "release.plan")

    answers = [cli("compare", *sides, "--plan", plan), cli("compare", *sides, "--output", "json", "--verify"),
               cli("promote", plan, "--dry-run"), cli("promote", plan, "--yes"), cli("compare", *sides, "--verify"),
               cli("promote", plan, "--undo", "--yes")]

    assert [answer.code for answer in answers] == [1, 1, 0, 0, 0, 0]
    assert f"{count:,} secrets compared: {count:,} different" in answers[0].out
    assert not any(marker in answer.out + answer.err for answer in answers)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 3 and not any(marker.encode() in path.read_bytes() for path in files)


def test_mistakes(planned: tuple[CommandLine, Path], tmp_path: Path) -> None:
    cli, plan = planned
    (tmp_path / "no.plan").write_text("{}")

    assert cli("promote", str(tmp_path / "no.plan")).code == 2
    assert cli("promote", "nothing").code == 2
    assert cli("promote", str(plan), "--dry-run", "--undo").code == 2
    assert "already exists" in cli("compare", ".", ".", "--rename", "dev/=prod/", "--plan", str(plan)).err
    (tmp_path / ".env").write_text("A=1")
    assert cli("compare", ".", str(tmp_path / ".env"), "--plan", str(tmp_path / "x")).code == 2
