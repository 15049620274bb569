"""Calls all operations with keys only and without ARNs, and checks the audit log."""

from __future__ import annotations

import asyncio

import smtui
from smtui.api.model import OPERATIONS
from smtui.tui.app import SmtuiApp
from tests.tui.conftest import MakeApp, said, screen_text, types
from tests.waiting import LIMIT

Step = tuple[str, tuple[str, ...], str]
"""The input, the keys to press afterwards, and the text to wait for."""
STEPS: tuple[Step, ...] = (
    ("", ("a",), "New secret"),
    ("prod/db", ("tab", "tab"), "prod/db"),
    ("user", ("tab",), "user"),
    ("app", ("ctrl+s",), "prod/db created"),
    ("", ("enter",), "r to reveal"),
    ("", ("r",), "entire value"),
    ("", ("e",), "New value of prod/db"),
    ("other", ("ctrl+s",), "Store a new version of prod/db?"),
    ("", ("enter",), "as AWSCURRENT"),
    ("", ("2",), "AWSPREVIOUS"),
    ("", ("b",), "Roll back"),
    ("", ("enter",), "AWSCURRENT moved from"),
    ("", ("i",), "Description of prod/db"),
    ("main", ("enter",), "main"),
    ("", ("t",), "Tags of prod/db"),
    ("team", ("tab",), "team"),
    ("web", ("ctrl+s",), "team=web"),
    ("", ("t",), "Tags of prod/db"),
    ("", ("f8", "ctrl+s"), "read today"),
    ("", ("3",), "No policy attached"),
    ("", ("B", "enter"), "No issues found."),
    ("", ("ctrl+s",), "Attach this policy to prod/db?"),
    ("", ("tab", "enter"), "Attached policy"),
    ("", ("f3",), "Validation passed"),
    ("", ("f8",), "Remove the policy of prod/db?"),
    ("", ("enter",), "Policy removed"),
    ("", ("4",), "Rotation is off."),
    ("", ("e",), "Rotation of prod/db"),
    ("", ("enter",), "New rotation function"),
    ("", ("enter",), "New password function"),
    ("maker", ("ctrl+s",), "maker"),
    ("", ("tab",), "Schedule"),
    ("30", ("ctrl+s",), "prod/db rotated."),
    ("", ("X",), "Cancel"),
    ("", ("tab", "enter"), "Rotation is disabled."),
    ("", ("5",), "● primary"),
    ("", ("a",), "to Regions"),
    ("", ("slash",), "to Regions"),
    ("ireland", ("enter", "space", "ctrl+s"), "replicated to eu-west-1."),
    ("", ("j", "d"), "Delete the replica of prod/db in eu-west-1?"),
    ("", ("tab", "enter"), "in eu-west-1 deleted."),
    ("", ("a", "slash"), "to Regions"),
    ("ireland", ("enter", "space", "ctrl+s"), "✓ in sync"),
    ("", ("j", "P"), "Promote prod/db in eu-west-1?"),
    ("", ("tab", "enter"), "promoted"),
    ("", ("escape", "escape"), "1 secret ·"),
    ("", ("d",), "prod/db"),
    ("", ("tab", "enter"), "will be deleted"),
    ("", ("x", "U"), "restored"),
    ("", ("p",), "bits"),
    ("", ("escape", "o", "h"), "values not checked"),
    ("", ("f5",), "Check all values?"),
    ("", ("tab", "enter"), "values checked"),
)


def read(app: SmtuiApp) -> str:
    return "\n".join([screen_text(app), *said(app)])


async def test_each_of_them(app: MakeApp, vault: smtui.Vault) -> None:
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        for typed, keys, then in STEPS:
            running.clear_notifications()
            await types(pilot, typed)
            await pilot.press(*keys)
            try:
                async with asyncio.timeout(LIMIT):
                    while then not in read(running):
                        await pilot.pause()
            except TimeoutError:
                raise AssertionError(f"{typed} {keys} did not bring {then!r}:\n{read(running)}") from None
        assert set(OPERATIONS) <= {event["eventName"] for event in vault.audit_log()}
