"""Tests of the screens of an account on which one operation fails: a sentence says why, and Esc leaves.

That each operation fails with such a sentence in each way is tested below the screens, in `tests/backends/aws`. Here
each operation fails in one of them, in turn, behind the keys that lead to it.
"""

from __future__ import annotations

import json
from contextlib import suppress
from itertools import cycle
from pathlib import Path

from textual.widgets import Static

from smtui.clipboard.clipboard import Clipboard
from smtui.system.context_settings import ContextSettings
from smtui.system.settings import Settings
from smtui.tui import keys
from smtui.tui.app import SmtuiApp
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.secret_list.screen import SecretsScreen
from tests.aws_server import DENIED, EXPIRED, HTML, RESET, THROTTLED, Aws, aws, aws_server
from tests.tui.conftest import Steady, said, types, until
from tests.tui.driver import Cases, join_screen_text, run_cases, see

__all__ = ["aws", "aws_server"]

SECRET, SCHEDULED = "prod/svc/00000", "old/scheduled"
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "secretsmanager:GetSecretValue",
     "Resource": "*"}]})
SENTENCES = {DENIED: "is not authorized to perform", THROTTLED: "Rate exceeded", EXPIRED: "is expired",
             RESET: "the connection was closed", HTML: "the answer is not from AWS"}  # fmt: skip
Step = tuple[str, tuple[str, ...], str]
"""A text to type, the keys after it, and what is shown then."""
OPEN: list[Step] = [("", ("enter",), "hidden (r to reveal)")]
ACTIONS: dict[str, list[Step]] = {
    "DescribeSecret": [("", ("enter",), "")],
    "GetSecretValue": [*OPEN, ("", ("r",), "")],
    "ListSecretVersionIds": [*OPEN, ("", ("2",), "")],
    "GetResourcePolicy": [*OPEN, ("", ("3",), "")],
    "PutSecretValue": [*OPEN, ("", ("e",), "New value of"), ("y", ("ctrl+s",), "Store a new version"),
                       ("", ("enter",), "")],
    "UpdateSecretVersionStage": [*OPEN, ("", ("2",), "AWSPREVIOUS"), ("", ("b",), "Roll back to"),
                                 ("", ("enter",), "")],
    "UpdateSecret": [*OPEN, ("", ("i",), "Description of"), ("x", ("ctrl+s",), "")],
    "TagResource": [*OPEN, ("", ("t",), "Tags of"), ("", ("ctrl+n",), "Tags of"), ("new", ("tab",), "new"),
                    ("web", ("ctrl+s",), "")],
    "UntagResource": [*OPEN, ("", ("t",), "Tags of"), ("", ("f8", "ctrl+s"), "")],
    "ValidateResourcePolicy": [*OPEN, ("", ("3",), "Statement"), ("", ("f3",), "")],
    "DeleteResourcePolicy": [*OPEN, ("", ("3",), "Statement"), ("", ("f8",), "Remove the policy"),
                             ("", ("enter",), "")],
    "CancelRotateSecret": [*OPEN, ("", ("4",), "every 30 days"), ("", ("X",), "Cancel the rotation of"),
                           ("", ("tab", "enter"), "")],
    "ReplicateSecretToRegions": [*OPEN, ("", ("5",), "eu-west-1"), ("", ("a",), "to Regions"),
                                 ("", ("space", "ctrl+s"), "")],
    "RemoveRegionsFromReplication": [*OPEN, ("", ("5",), "eu-west-1"), ("", ("down", "d"), "Delete the replica"),
                                     ("", ("tab", "enter"), "")],
    "StopReplicationToReplica": [*OPEN, ("", ("5",), "eu-west-1"), ("", ("down", "P"), "Promote prod"),
                                 ("", ("tab", "enter"), "")],
    "PutResourcePolicy": [*OPEN, ("", ("3",), "Statement"), ("", ("e",), "draft"), ("", ("space",), "No issues found."),
                          ("", ("ctrl+s",), "Attach this policy"), ("", ("tab", "enter"), "")],
    "RotateSecret": [*OPEN, ("", ("4",), "every 30 days"), ("", ("R",), "Rotate prod"), ("", ("tab", "enter"), "")],
    "DeleteSecret": [("", ("d",), "Schedule deletion"), ("", ("y",), "")],
    "CreateSecret": [("", ("a",), "New secret"), ("new/one", ("tab", "tab"), "new/one"), ("x", ("ctrl+s",), "")],
    "RestoreSecret": [("", ("x",), SCHEDULED), ("", ("end", "U"), "")],
}


def fill(aws: Aws) -> None:
    """A secret that has everything that the actions need."""
    aws.fill(1)
    client = aws.client()
    client.put_secret_value(SecretId=SECRET, SecretString="second")
    client.create_secret(Name=SCHEDULED, SecretString="x")
    client.delete_secret(SecretId=SCHEDULED)
    client.put_resource_policy(SecretId=SECRET, ResourcePolicy=POLICY)
    client.replicate_secret_to_regions(SecretId=SECRET, AddReplicaRegions=[{"Region": "eu-west-1"}])
    with suppress(client.exceptions.ResourceNotFoundException):  # moto stores the settings, then misses the function
        client.rotate_secret(SecretId=SECRET, RotationRules={"AutomaticallyAfterDays": 30},
                             RotationLambdaARN="arn:aws:lambda:us-east-1:123456789012:function:f")


def make_app(tmp_path: Path, monotonic: Steady, protect: str) -> SmtuiApp:
    account = ContextSettings("dev", profile="a", protect=protect)
    return SmtuiApp(tmp_path / "none.vault", Settings(), account=(account, None), monotonic=monotonic,
                    pasteboard=Clipboard(monotonic=monotonic))


async def test_each_action_that_fails_says_why_and_can_be_left(aws: Aws, tmp_path: Path, monotonic: Steady) -> None:
    fill(aws)
    async with run_cases(make_app(tmp_path, monotonic, "no"), (110, 40)) as cases:
        for (operation, steps), fault in zip(ACTIONS.items(), cycle(SENTENCES), strict=False):
            async with cases.case(f"{operation} {fault}"):
                aws.proxy.faults[operation], sent = fault, aws.calls[operation]
                for text, pressed, shown in steps:
                    await types(cases.pilot, text)
                    await cases.pilot.press(*pressed)
                    if shown:
                        await see(cases.pilot, shown)
                await see_sentence(cases, SENTENCES[fault])
                assert aws.calls[operation] > sent
                aws.proxy.faults.clear()
                await leave(cases)


async def test_versions_that_cannot_be_read_say_so_in_their_pane(aws: Aws, tmp_path: Path, monotonic: Steady) -> None:
    """The value stays within reach, and the key that reads again is named."""
    fill(aws)
    async with run_cases(make_app(tmp_path, monotonic, "no"), (110, 40)) as cases:
        for fault in (DENIED, HTML, RESET):
            async with cases.case(fault):
                aws.proxy.faults["ListSecretVersionIds"] = fault
                await cases.pilot.press("enter")
                await see(cases.pilot, "hidden (r to reveal)")
                await until(cases.pilot, lambda fault=fault: SENTENCES[fault] in read_versions_pane(cases))
                assert "F12 retries" in read_versions_pane(cases)
                aws.proxy.faults.clear()
                await cases.pilot.press("f12")
                await until(cases.pilot, lambda: "AWSPREVIOUS" in join_screen_text(cases.app))


def read_versions_pane(cases: Cases) -> str:
    """The sentence over the pane, or below its former content."""
    pane = cases.app.screen.query_one("#versions-pane")
    texts = [str(each.render()) for each in pane.query(Static) if each.has_class("state", "stale") or each.display]
    return " ".join(" ".join(texts).split())


async def see_sentence(cases: Cases, sentence: str) -> None:
    """In a notification, a dialog or a pane."""
    app = cases.app
    await until(cases.pilot, lambda: sentence in f"{' '.join(said(app))} {join_screen_text(app)}")


async def leave(cases: Cases) -> None:
    """By Esc alone, and the question whether to discard what was typed."""
    for _ in range(10):
        if isinstance(cases.app.screen, SecretsScreen):
            return
        before = cases.app.screen
        await cases.pilot.press(*(("tab", "enter") if isinstance(before, Confirm) else ("escape",)))
        await until(cases.pilot, lambda before=before: cases.app.screen is not before)
    raise AssertionError(cases.app.screen)


PLACES = {"secret": "1", "versions": "2", "policy": "3", "rotation": "4", "replication": "5", "kms": "k",
          "functions": "f"}  # fmt: skip
"""The places with keys, each with the tab of a secret or the letter of a place that has them."""


async def test_no_key_of_any_screen_changes_a_protected_account(
    aws: Aws, tmp_path: Path, monotonic: Steady
) -> None:
    """Each key, and then those that confirm: only reads are sent."""
    fill(aws)
    aws.client(service="kms").create_key(Description="orders")
    before = len(aws.proxy.calls)
    async with run_cases(make_app(tmp_path, monotonic, "read"), (110, 40)) as cases:
        for place, opened_by in PLACES.items():
            async with cases.case(place):
                await press_all_keys(cases, place, opened_by)
    changed = {call for call in aws.proxy.calls[before:] if call.startswith(WRITES)}
    assert changed == set()


async def press_all_keys(cases: Cases, place: str, opened_by: str) -> None:
    """Opens the place, and again whenever a key has left it."""
    pilot, app = cases.pilot, cases.app
    for shortcut in keys.SHORTCUTS:
        if shortcut.place != place or shortcut.action == "back":
            continue
        if isinstance(app.screen, SecretsScreen):
            await pilot.press(*(("o", opened_by) if opened_by.isalpha() else ("enter", opened_by)))
            await until(pilot, lambda: not isinstance(app.screen, SecretsScreen) and app.screen.has_read)  # type: ignore[attr-defined]
            depth, screen = len(app.screen_stack), app.screen
        await pilot.press(shortcut.keys.split(",")[0], "enter", "y", "ctrl+s")
        while len(app.screen_stack) > depth:
            await app.pop_screen()
        if app.screen is not screen:
            await cases.return_to_list()


WRITES = ("Create", "Put", "Update", "Delete", "Tag", "Untag", "Restore", "Rotate", "Cancel", "Replicate", "Remove",
          "Stop", "Schedule", "Enable", "Disable")
