"""The task that creates a secret: its form, the call, and the form again after a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtui.api.errors import SmtuiError
from smtui.text.sanitize import sanitize
from smtui.tui.bridge import call
from smtui.tui.notifications import is_input_kept
from smtui.tui.secret.new_secret import NewSecretForm
from smtui.tui.undo import inverse

if TYPE_CHECKING:
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell


async def create_secret(app: Shell, session: Session, value: str = "") -> None:
    """Opens the form until the secret is created or the user cancels. A refused request fills the form again.

    Args:
        value: the first value of the form, as a generated password; empty for an empty form.

    Raises:
        SmtuiError: a refusal after which the form cannot open again, such as a locked vault.
    """
    request = await app.push_screen_wait(NewSecretForm({"Name": "", "SecretString": value} if value else None))
    while request is not None:
        try:
            created = await call(session.client().create_secret, **request)
        except SmtuiError as refusal:
            if not is_input_kept(refusal):
                raise
            app.report(refusal)
            request = await app.push_screen_wait(NewSecretForm(request))
        else:
            inverse.record_creation(session, sanitize(created["Name"]))
            app.notify(sanitize(f"{created['Name']} created."), markup=False)
            app.look_again()
            return
