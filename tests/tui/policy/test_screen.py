"""Tests of the policy tab: viewing, editing, attaching and removing a policy, and who can read the secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from textual.pilot import Pilot

import smtui
from smtui.tui.json_editor.diff import diff_json
from smtui.tui.policy import diagnostics
from smtui.tui.policy.access_list import AccessList
from smtui.tui.policy.screen import PolicyScreen
from smtui.tui.policy.templates import TEMPLATES
from tests.conftest import PASSPHRASE
from tests.tui.conftest import MakeApp, paste, said, screen_text, until
from tests.tui.driver import get_screen, see

pytestmark = pytest.mark.usefixtures("one_time_and_place")

SMALL, LARGE = (80, 24), (120, 36)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
READER = "arn:aws:iam::210987654321:role/reader"


def policy(principal: Any = None, **more: Any) -> str:
    who = {"AWS": READER} if principal is None else principal
    usual = {"Effect": "Allow", "Principal": who, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**usual, **more}]}, indent=2)


def attached(client: Any) -> str | None:
    found: str | None = client.get_resource_policy(SecretId="prod/db").get("ResourcePolicy")
    return found


async def open_policy(pilot: Pilot[None]) -> None:
    await see(pilot, "1 secret ·")
    await pilot.press("enter")
    await see(pilot, "r to reveal")
    await pilot.press("3")
    await see(pilot, "Who can read this")


async def write(pilot: Pilot[None], text: str) -> None:
    """Replaces the whole text of the editor."""
    await pilot.press("e", "f7")
    await paste(pilot, text)


async def test_reading_again_keeps_what_is_being_edited(app: MakeApp, database: Any) -> None:
    """The text that the edit began from is kept too, so that later changes of others are still detected."""
    program = app()
    async with program.run_test(size=LARGE) as pilot:
        await open_policy(pilot)
        await see(pilot, "No policy attached")
        await write(pilot, policy())
        await see(pilot, "No issues found.")
        database.put_resource_policy(SecretId="prod/db", ResourcePolicy=policy(Sid="Theirs"))
        await pilot.press("f12")
        await until(pilot, lambda: program.input.is_idle)
        assert READER in screen_text(program) and "Policy draft" in screen_text(program)
        await pilot.press("ctrl+s")
        await see(pilot, "has changed")

        assert attached(database) == policy(Sid="Theirs")


async def test_a_policy_is_written_and_attached(app: MakeApp, database: Any) -> None:
    """A preview shows the difference; then the screen shows who can read the secret."""
    program = app()
    async with program.run_test(size=LARGE) as pilot:
        await open_policy(pilot)
        await see(pilot, "No policy attached")
        await write(pilot, policy())
        await see(pilot, "No issues found.")
        await pilot.press("ctrl+s")
        await see(pilot, "Attach this policy to prod/db?")
        assert '+ added      "Version": "2012-10-17",' in screen_text(program)
        await pilot.press("enter")
        await see(pilot, "Attached policy")
        await see(pilot, READER)

        assert attached(database) == policy()
        assert said(program) == ["Policy attached."]


async def test_who_can_read_names_the_policy_beside_a_draft(app: MakeApp, database: Any) -> None:
    """The list is about what is attached, not about the draft, and says so while a draft is shown."""
    running = app()
    async with running.run_test(size=(120, 36)) as pilot:
        await open_policy(pilot)
        assert "Who can read this now" not in screen_text(running)
        await pilot.press("e", "{")
        await see(pilot, "Who can read this now (no policy)")
        await pilot.press("escape", "tab", "enter")
        await until(pilot, lambda: "Who can read this now" not in screen_text(running))
        database.put_resource_policy(SecretId="prod/db", ResourcePolicy=policy())
        await pilot.press("f12")
        await see(pilot, "Attached policy")
        await pilot.press("e")
        await see(pilot, "Who can read this by the attached policy")


async def test_who_can_read_follows_other_sessions_beside_a_draft(
    app: MakeApp, vault: smtui.Vault, database: Any
) -> None:
    """What another session attaches shows beside the draft at the next look; Esc shows the attached policy."""
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await open_policy(pilot)
        await pilot.press("e", "{")
        await see(pilot, "Who can read this now (no policy)")
        with smtui.open_vault(vault.path, PASSPHRASE) as other:
            other.client().put_resource_policy(SecretId="prod/db", ResourcePolicy=policy())
        await get_screen(running, PolicyScreen).look_for_changes().wait()
        await see(pilot, "Who can read this by the attached policy")
        assert READER in screen_text(running) and "Policy draft" in screen_text(running)
        await pilot.press("escape", "tab", "enter")
        await see(pilot, "Attached policy")


async def test_an_empty_draft_is_not_called_correct(app: MakeApp, database: Any) -> None:
    async with app().run_test(size=SMALL) as pilot:
        await open_policy(pilot)
        await write(pilot, policy())
        await see(pilot, "No issues found.")
        await pilot.press("f7", "backspace")
        await see(pilot, "The policy is empty.")


async def test_what_is_wrong_is_marked_while_one_types(app: MakeApp, database: Any) -> None:
    """A mark beside the line and a row in the list show the error; Enter on the row moves the cursor there."""
    program = app()
    async with program.run_test(size=SMALL) as pilot:
        await open_policy(pilot)
        await write(pilot, policy(Effect="Permit", Action="read"))
        await see(pilot, "✗ error  5:17  statement 1, Effect must be Allow or Deny")
        get_screen(program, PolicyScreen).editor.diagnostic_list.focus()
        await pilot.press("end", "enter")

        assert "5✗" in screen_text(program)
        assert get_screen(program, PolicyScreen).editor.area.cursor_location == (8, 16)


async def test_what_is_no_policy_is_refused_where_it_is_edited(app: MakeApp, database: Any) -> None:
    """The refusal names the place; no dialog offers to read again, and the text stays."""
    program = app()
    async with program.run_test(size=SMALL) as pilot:
        await open_policy(pilot)
        await write(pilot, policy()[:-1])
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any("syntax error" in each for each in said(program)))

        assert isinstance(program.screen, PolicyScreen)
        assert get_screen(program, PolicyScreen).editor.text == policy()[:-1]
        assert "ResourcePolicy" not in database.get_resource_policy(SecretId="prod/db")


async def test_strangers_are_told_before_and_can_be_kept_out(app: MakeApp, database: Any) -> None:
    """A warning names who gets access; "Attach if not public" then attaches nothing, "Attach" does."""
    program = app()
    async with program.run_test(size=LARGE) as pilot:
        await open_policy(pilot)
        await write(pilot, policy("*"))
        await see(pilot, "▲ alert  4:5  This policy grants broad access. Anyone can call")
        await pilot.press("ctrl+s")
        await see(pilot, "▲ This resource policy grants broad access")
        await pilot.press("tab", "tab", "enter")
        await until(pilot, lambda: said(program))
        assert attached(database) is None
        await pilot.press("ctrl+s")
        await see(pilot, "▲ This resource policy grants broad access")
        await pilot.press("tab", "enter")
        await see(pilot, "▲ Anyone can call GetSecretValue.")

        assert attached(database) == policy("*")


async def test_a_policy_that_locks_out_is_asked_about_again(app: MakeApp, database: Any) -> None:
    """Cancel has the focus, and nothing is attached."""
    program = app()
    async with program.run_test(size=LARGE) as pilot:
        await open_policy(pilot)
        await write(pilot, policy("*", Effect="Deny", Action="secretsmanager:*"))
        await pilot.press("ctrl+s")
        await see(pilot, "Attach this policy")
        await pilot.press("tab", "enter")
        await see(pilot, "Lock yourself out?")
        assert "It is denied by statement 1" in screen_text(program)
        await pilot.press("enter")
        await see(pilot, "Policy draft")

        assert attached(database) is None


async def test_removing_and_undoing(app: MakeApp, database: Any) -> None:
    """Undo restores the exact bytes of the policy."""
    text = policy().replace("\n", "\r\n")
    database.put_resource_policy(SecretId="prod/db", ResourcePolicy=text)
    program = app()
    async with program.run_test(size=LARGE) as pilot:
        await open_policy(pilot)
        await pilot.press("f8")
        await see(pilot, "Remove the policy of prod/db?")
        await pilot.press("enter")
        await see(pilot, "No policy attached")
        assert attached(database) is None
        assert program.session is not None and program.session.undo.last is not None
        done = program.session.undo.last
        assert done.words == "prod/db: policy removed"
        for each in done.calls:
            each.send()

        assert attached(database) == text


async def test_templates_know_the_account(app: MakeApp, database: Any) -> None:
    program = app()
    async with program.run_test(size=LARGE) as pilot:
        await open_policy(pilot)
        await pilot.press("B")
        await see(pilot, "Start from template")
        await pilot.press("enter")
        await see(pilot, "arn:aws:iam::000000000000:root")
        await see(pilot, "No issues found.")
        await pilot.press("escape")
        await see(pilot, "Discard changes?")
        await pilot.press("tab", "enter")
        await see(pilot, "No policy attached")


@pytest.mark.parametrize(("words", "template"), TEMPLATES, ids=[words for words, _ in TEMPLATES])
def test_every_template_passes(client: Any, words: str, template: Any) -> None:
    answer = client.validate_resource_policy(ResourcePolicy=template("000000000000"))

    assert answer["PolicyValidationPassed"], answer


async def test_reading_only(app: MakeApp, database: Any) -> None:
    """A read-only session shows the policy, but does not edit it."""
    database.put_resource_policy(SecretId="prod/db", ResourcePolicy=policy())
    program = app(read_only=True)
    async with program.run_test(size=LARGE) as pilot:
        await open_policy(pilot)
        await see(pilot, READER)
        await pilot.press("e")
        await until(pilot, lambda: said(program))

        assert said(program) == ["Read-only session: no changes made."]
        assert "Attached policy" in screen_text(program)


async def test_a_secret_that_will_be_deleted(app: MakeApp, database: Any) -> None:
    database.put_resource_policy(SecretId="prod/db", ResourcePolicy=policy())
    program = app()
    async with program.run_test(size=LARGE) as pilot:
        await open_policy(pilot)
        database.delete_secret(SecretId="prod/db")
        get_screen(program, PolicyScreen).start_reading()
        await see(pilot, "Scheduled for deletion")
        await pilot.press("B")
        await until(pilot, lambda: any("Restore it (U)" in each for each in said(program)))


async def test_hostile_text_is_spelled_and_stays_as_it_is(app: MakeApp, database: Any) -> None:
    """An attached policy may contain any text."""
    text = json.dumps(json.loads(policy(Sid="a\u202eb\x9b31m")), ensure_ascii=False)
    database.put_resource_policy(SecretId="prod/db", ResourcePolicy=text)
    program = app()
    async with program.run_test(size=LARGE) as pilot:
        await open_policy(pilot)
        await see(pilot, r'"Sid": "a\u202eb\u009b31m"')
        await pilot.press("e", "ctrl+s")
        await until(pilot, lambda: said(program))

        assert said(program) == ["No changes yet."]
        assert attached(database) == text


def test_what_changes_line_by_line() -> None:
    """The difference has two lines of context, and is empty if only the formatting differs."""
    before, after = policy(), policy(Effect="Deny")

    assert [line.sign + line.text for line in diff_json(before, after)] == [
        '   "Statement": [', "     {", '-      "Effect": "Allow",', '+      "Effect": "Deny",',
        '       "Principal": {"AWS": "arn:aws:iam::210987654321:role/reader"},',
        '       "Action": "secretsmanager:GetSecretValue",',
    ]
    assert diff_json(before, json.dumps(json.loads(before))) == []


# Snapshots.


@SIZES
def test_findings(snap_compare: Any, app: MakeApp, database: Any, size: tuple[int, int]) -> None:
    """Two errors, with their marks beside the text."""

    async def wrong(pilot: Pilot[None]) -> None:
        await open_policy(pilot)
        await write(pilot, policy(Effect="Permit", Action="read"))
        await see(pilot, "Effect must be Allow or Deny")
        await see(pilot, "9✗")
        await see(pilot, "^S Attach…")
        await see(pilot, "F1 Help")

    assert snap_compare(app(), terminal_size=size, run_before=wrong)


@SIZES
def test_readers(snap_compare: Any, app: MakeApp, database: Any, size: tuple[int, int]) -> None:
    """A policy that names a role of another account, which the default key refuses, and allows public access."""
    both = json.loads(policy())
    both["Statement"].append({**json.loads(policy("*"))["Statement"][0],
                              "Condition": {"StringLike": {"aws:PrincipalOrgID": "o-*"}}})
    database.put_resource_policy(SecretId="prod/db", ResourcePolicy=json.dumps(both))

    async def look(pilot: Pilot[None]) -> None:
        await open_policy(pilot)
        await see(pilot, "▲ alert")
        await see(pilot, "▲ The policy allows it, but other accounts")

    assert snap_compare(app(), terminal_size=size, run_before=look)


@SIZES
def test_difference(snap_compare: Any, app: MakeApp, database: Any, size: tuple[int, int]) -> None:
    """Added and removed lines, and the resulting broad access."""
    database.put_resource_policy(SecretId="prod/db", ResourcePolicy=policy())

    async def store(pilot: Pilot[None]) -> None:
        await open_policy(pilot)
        await write(pilot, policy("*"))
        await see(pilot, "Anyone can call")
        await pilot.press("ctrl+s")
        await see(pilot, "Attach if not public")

    assert snap_compare(app(), terminal_size=size, run_before=store)


async def test_a_policy_that_locks_its_writer_out_is_said_to_while_it_is_typed(app: MakeApp, database: Any) -> None:
    """The editor does not say that nothing is wrong. Its checks leave no audit events."""
    program = app()
    async with program.run_test(size=LARGE) as pilot:
        await open_policy(pilot)
        await write(pilot, policy("*", Effect="Deny", Action="secretsmanager:*"))
        await see(pilot, "It is denied by statement 1.")
        assert "No issues found." not in screen_text(program)
        await pilot.press("f7")
        await paste(pilot, policy())
        await see(pilot, "No issues found.")
        assert program.session is not None
        assert "ValidateResourcePolicy" not in {event["eventName"] for event in program.session.vault.audit_log()}


@pytest.mark.parametrize("template", [text for _, text in TEMPLATES if "NAME" in text("") or "-O" in text("") or
                                      "-E" in text("")])
def test_what_a_template_leaves_to_be_filled_in_is_marked(template: Callable[[str], str]) -> None:
    arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:prod/db-AbCdEf"
    now = datetime(2026, 3, 2, tzinfo=UTC)

    assert [each for each in diagnostics.find_diagnostics(template("000000000000"), arn, now)
            if "is a placeholder" in each.message]


@pytest.mark.parametrize(("more", "sentence"), [
    ({}, "in this account only principals named in the policy (it denies all others)"),
    ({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, "unless a condition of the policy denies it"),
])  # fmt: skip
async def test_who_can_read_what_is_denied_to_everybody(
    app: MakeApp, database: Any, more: dict[str, Any], sentence: str
) -> None:
    """An explicit Deny for everybody is not passed over."""
    database.put_resource_policy(SecretId="prod/db", ResourcePolicy=policy(Effect="Deny", Principal="*", **more))
    program = app()
    async with program.run_test(size=LARGE) as pilot:
        await open_policy(pilot)

        assert sentence in str(program.screen.query_one(AccessList).render())
