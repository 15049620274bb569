"""Creates a rotation function, for every screen that needs one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smtui.api.errors import SmtuiError
from smtui.text.sanitize import SafeText
from smtui.tui.bridge import call
from smtui.tui.dialogs.pick import Pick
from smtui.tui.notifications import is_input_kept
from smtui.tui.rotation.function_form import CommandFunction, PasswordFunction

if TYPE_CHECKING:
    from smtui.api.extension_types import FunctionResponse
    from smtui.tui.base_screen import SessionScreen

KINDS = (
    (SafeText("Generate a random password, for secrets that no other system stores"), PasswordFunction),
    (SafeText("Run your own command for each of the four steps"), CommandFunction),
)


async def create_function(screen: SessionScreen[Any]) -> FunctionResponse | None:
    """Asks for kind and settings, and creates the function. A refused request is edited again.

    Returns:
        The response of CreateFunction, or None if the user cancels.
    """
    question = Pick(SafeText("New rotation function"), [words for words, _ in KINDS])
    picked = await screen.app.push_screen_wait(question)
    if picked is None:
        return None
    form = KINDS[picked][1]
    request = await screen.app.push_screen_wait(form())
    while request is not None:
        try:
            return await call(screen.session.rotations().create_function, **request)
        except SmtuiError as error:
            if not is_input_kept(error):
                raise
            screen.app.report(error)
            request = await screen.app.push_screen_wait(form(request))
    return None
