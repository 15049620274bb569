"""The task that edits the tags of one secret: its form, the calls, and the form again after a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from smtui.api.errors import SmtuiError
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.audit import last_change
from smtui.tui.notifications import is_input_kept
from smtui.tui.secret.guarded_write import GuardedWrite
from smtui.tui.secret.tags import TagChanges, Tags, TagsForm, extract_tags, plan_tag_calls
from smtui.tui.secret.value_edit import WriteOutcome
from smtui.tui.undo import inverse

if TYPE_CHECKING:
    from smtui.tui.base_screen import SessionScreen


async def edit_tags(screen: SessionScreen[Any], secret_id: str, name: SafeText, before: Tags) -> None:
    """Opens the form until the tags are stored or discarded. Refused changes fill the form again.

    Args:
        screen: the screen that reloads after the change.
        secret_id: the ARN or name of the secret.
        name: the name of the secret for the title.
        before: the tags that the user sees.

    Raises:
        SmtuiError: a refusal after which the form cannot open again, such as a locked vault.
    """
    typed = before
    while changes := await screen.app.push_screen_wait(TagsForm(name, before, typed)):
        typed = changes.after
        try:
            outcome, found = await _guard_tags(screen, secret_id, name, changes).run(screen.app, screen.vault, before)
        except SmtuiError as error:
            if not is_input_kept(error):
                raise
            screen.app.report(error)
            continue
        if outcome is WriteOutcome.STORED:
            inverse.record_tags(screen.session, secret_id, name, found, changes.put, changes.removed)
            await screen.report_change("\n".join((f"Tags of {name} changed:", *changes.describe_changes())))
        if outcome in (WriteOutcome.STORED, WriteOutcome.DISCARDED):
            return
        if outcome is WriteOutcome.EDIT:
            before, typed = found, replace(changes, before=found).after


def _guard_tags(
    screen: SessionScreen[Any], secret_id: str, name: SafeText, changes: TagChanges
) -> GuardedWrite[Tags]:
    client, touched = screen.client, {*changes.put, *changes.removed}

    def read() -> Tags:
        return extract_tags(client.describe_secret(SecretId=secret_id))

    def describe(found: Tags) -> list[SafeText]:
        who = last_change.describe_last_change(screen.vault, secret_id, screen.session.region, last_change.TAGGING,
                                              "changed the tags")
        return [who, SafeText(""), *_describe_conflicts(changes, found)]

    def write() -> None:
        for each in plan_tag_calls(client, secret_id, changes):
            each.send()

    return GuardedWrite(
        sanitize(f"The tags of {name} changed while you edited them"), read,
        lambda seen, found: any(seen.get(key) != found.get(key) for key in touched), write, describe,
    )


def _describe_conflicts(changes: TagChanges, found: Tags) -> Iterator[SafeText]:
    """Describes each tag that both the user and others changed."""
    for key in sorted({*changes.put, *changes.removed}):
        values = [tags.get(key) for tags in (changes.before, found, changes.put)]
        if values[0] != values[1]:
            before, now, mine = map(_format_tag_value, values)
            yield sanitize(f"{key}: was {before}, now {now}, yours: {mine}")


def _format_tag_value(value: str | None) -> str:
    return "no tag" if value is None else value or "empty"
