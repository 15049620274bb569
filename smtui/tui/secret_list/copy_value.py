"""Copying the value of a secret, or one member of a JSON object, without showing it. Runs inside a gesture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtui.text.json_object import read_members
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.bridge import call
from smtui.tui.dialogs.pick import Pick
from smtui.tui.dialogs.read_first import read_for_dialog

if TYPE_CHECKING:
    from smtui.api.types import Client, SecretListEntry
    from smtui.tui.shell import Shell

WHOLE_VALUE = SafeText("entire value")


async def copy_value(app: Shell, client: Client, entry: SecretListEntry) -> None:
    """Copies the value of a secret to the clipboard; asks first which member of a JSON object.

    Args:
        client: the client of the session.
        entry: the entry of ListSecrets.

    Until the value is read, a card shows that, or why it could not be read.
    """
    name = sanitize(entry["Name"])
    title = sanitize(f"Copy which key of {name}?")
    answer = await read_for_dialog(app, title, lambda: call(client.get_secret_value, SecretId=entry["ARN"]))
    if answer is None:
        return
    value = answer.get("SecretBinary", b"") if "SecretString" not in answer else answer["SecretString"]
    members = read_members(value) if isinstance(value, str) else ()
    if not members:
        await app.copy(value, name)
        return
    titles = [*(sanitize(member.key) for member in members), WHOLE_VALUE]
    picked = await app.push_screen_wait(Pick(title, titles))
    if picked is not None:
        piece = members[picked].get_encodable_text() if picked < len(members) else value
        await app.copy(piece, f"{name}, {titles[picked]}")
