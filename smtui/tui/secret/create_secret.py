"""A new secret, from its form into the vault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtui.api.errors import SmtuiError
from smtui.text.sanitize import sanitize
from smtui.tui.bridge import call
from smtui.tui.notifications import keeps_what_was_typed
from smtui.tui.secret.new_secret import NewSecret
from smtui.tui.undo import inverse

if TYPE_CHECKING:
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell


async def make_secret(app: Shell, session: Session, value: str = "") -> None:
    """Asks until it is stored or the person gives up; what was refused is in the form again."""
    request = await app.push_screen_wait(NewSecret({"Name": "", "SecretString": value} if value else None))
    while request is not None:
        try:
            made = await call(session.client().create_secret, **request)
        except SmtuiError as refusal:
            if not keeps_what_was_typed(refusal):
                raise
            app.report(refusal)
            request = await app.push_screen_wait(NewSecret(request))
        else:
            inverse.created(session, sanitize(made["Name"]))
            app.notify(sanitize(f"{made['Name']} is stored."), markup=False)
            app.look_again()
            return
