"""Creates and changes rotation functions, for every screen that needs one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from smtui.api.errors import SmtuiError
from smtui.text.sanitize import SafeText
from smtui.tui.bridge import call
from smtui.tui.dialogs.pick import Pick
from smtui.tui.notifications import is_input_kept
from smtui.tui.rotation.allow_function import ask_about_process
from smtui.tui.rotation.function_form import CommandFunction, FunctionForm, PasswordFunction
from smtui.tui.rotation.lambda_form import LambdaFunction
from smtui.tui.undo.aspects import get_function_state, make_function_aspect, write_as_seen
from smtui.tui.undo.inverse import make_function_request

if TYPE_CHECKING:
    from smtui.api.extension_types import CreateFunctionRequest, FunctionDescription, FunctionEntry
    from smtui.tui.base_screen import SessionScreen

KINDS = (
    (SafeText("Generate a random password, for secrets that no other system stores"), PasswordFunction),
    (SafeText("Run your own command for each of the four steps"), CommandFunction),
    (SafeText("Run a rotation function that was written for AWS Lambda"), LambdaFunction),
)
FORMS: dict[str, type[FunctionForm]] = {
    "Password": PasswordFunction, "Command": CommandFunction, "Lambda": LambdaFunction,
}
MakeForm = Callable[..., FunctionForm]
Store = Callable[["CreateFunctionRequest"], Awaitable["FunctionDescription | None"]]


async def create_function(screen: SessionScreen[Any]) -> FunctionDescription | None:
    """Asks for kind and settings, and creates the function. A refused request is edited again.

    A Lambda function is created without the permission to run, which a dialog then asks for.

    Returns:
        The function, or None if the user cancels.
    """
    question = Pick(SafeText("New rotation function"), [words for words, _ in KINDS])
    picked = await screen.app.push_screen_wait(question)
    if picked is None:
        return None

    async def store(request: CreateFunctionRequest) -> FunctionDescription:
        wanted: CreateFunctionRequest = {**request, "Allow": "Lambda" not in request}
        return await call(screen.session.rotations().create_function, **wanted)

    made = await _fill_in(screen, KINDS[picked][1], store)
    if made is None or "WaitsForPermission" not in made or "Lambda" not in made:
        return made
    return await ask_about_process(screen, made, 0) or made


async def change_function(screen: SessionScreen[Any], function: FunctionEntry) -> FunctionDescription | None:
    """Asks for other settings of a function, and stores them unless others have changed it.

    A changed process needs a new permission, which a dialog asks for.

    Returns:
        The function, or None if it is unchanged.
    """
    name, session = function["FunctionName"], screen.session
    first = make_function_request(function)
    form = next(form for member, form in FORMS.items() if member in function)

    async def store(request: CreateFunctionRequest) -> FunctionDescription | None:
        stored: list[FunctionDescription] = []
        wanted: CreateFunctionRequest = {**request, "Allow": False}

        def write() -> None:
            stored.append(session.rotations().update_function(**wanted))

        aspect = make_function_aspect(session, name)
        return stored[0] if await write_as_seen(screen, aspect, get_function_state(function), write) else None

    made = await _fill_in(screen, form, store, first)
    if made is None or "WaitsForPermission" not in made:
        return made
    return await ask_about_process(screen, made, function["SecretCount"]) or made


async def _fill_in(
    screen: SessionScreen[Any], make_form: MakeForm, store: Store, first: CreateFunctionRequest | None = None
) -> FunctionDescription | None:
    """Shows the form until its request is stored; returns None if the user cancels.

    Args:
        first: the settings of a function that exists.
    """
    changes = first is not None
    request = await screen.app.push_screen_wait(make_form(first, changes=changes))
    while request is not None:
        try:
            return await store(request)
        except SmtuiError as error:
            if not is_input_kept(error):
                raise
            screen.app.report(error)
            request = await screen.app.push_screen_wait(make_form(request, changes=changes, is_refilled=True))
    return None
