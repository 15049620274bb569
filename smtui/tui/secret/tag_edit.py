"""The tags of one secret, from their form into the vault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from smtui.api.errors import SmtuiError
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.audit import last_change
from smtui.tui.notifications import keeps_what_was_typed
from smtui.tui.secret.guarded_write import GuardedWrite
from smtui.tui.secret.tags import TagChanges, Tags, TagsForm, send_tags, tags_of
from smtui.tui.secret.value_edit import Outcome
from smtui.tui.undo import inverse

if TYPE_CHECKING:
    from smtui.tui.base_screen import SessionScreen


async def edit_tags(screen: SessionScreen[Any], secret_id: str, name: SafeText, before: Tags) -> None:
    """Asks until they are stored or discarded; what was refused is in the form again.

    Args:
        before: the tags that the person sees.
    """
    typed = before
    while changes := await screen.app.push_screen_wait(TagsForm(name, before, typed)):
        typed = changes.after
        try:
            outcome, found = await _guard(screen, secret_id, name, changes).run(screen.app, screen.vault, before)
        except SmtuiError as error:
            if not keeps_what_was_typed(error):
                raise
            screen.app.report(error)
            continue
        if outcome is Outcome.STORED:
            inverse.tagged(screen.session, secret_id, name, found, changes.put, changes.removed)
            await screen.done("\n".join(changes.sentences()))
        if outcome in (Outcome.STORED, Outcome.DISCARDED):
            return
        if outcome is Outcome.EDIT:
            before, typed = found, replace(changes, before=found).after


def _guard(
    screen: SessionScreen[Any], secret_id: str, name: SafeText, changes: TagChanges
) -> GuardedWrite[Tags]:
    client, touched = screen.client, {*changes.put, *changes.removed}

    def read() -> Tags:
        return tags_of(client.describe_secret(SecretId=secret_id))

    def describe(found: Tags) -> list[SafeText]:
        who = last_change.describe_last_change(screen.vault, secret_id, screen.session.region, last_change.TAGGING,
                                              "changed the tags")
        return [who, SafeText(""), *_describe(changes, found)]

    def write() -> None:
        for method, request in send_tags(secret_id, changes):
            getattr(client, method)(**request)

    return GuardedWrite(
        sanitize(f"The tags of {name} changed while you edited them"), read,
        lambda seen, found: any(seen.get(key) != found.get(key) for key in touched), write, describe,
    )


def _describe(changes: TagChanges, found: Tags) -> Iterator[SafeText]:
    """Every tag that was changed on both sides."""
    for key in sorted({*changes.put, *changes.removed}):
        was, now, mine = changes.before.get(key), found.get(key), changes.put.get(key)
        if was != now:
            yield sanitize(f"{key}: {_say(was)} before, {_say(now)} now; you: {_say(mine)}")


def _say(value: str | None) -> str:
    return "no tag" if value is None else value or "empty"
