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
from smtui.tui.rotation.function_conflict import guard_function
from smtui.tui.rotation.function_form import CommandFunction, FunctionForm, PasswordFunction
from smtui.tui.rotation.lambda_form import LambdaFunction
from smtui.tui.secret.value_edit import WriteOutcome
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
Store = Callable[["CreateFunctionRequest"], Awaitable[tuple[WriteOutcome, "FunctionDescription | None"]]]


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

    async def store(request: CreateFunctionRequest) -> tuple[WriteOutcome, FunctionDescription]:
        wanted: CreateFunctionRequest = {**request, "Allow": "Lambda" not in request}
        return WriteOutcome.STORED, await call(screen.session.rotations().create_function, **wanted)

    made = await _fill_in(screen, KINDS[picked][1], store)
    if made is None or "WaitsForPermission" not in made or "Lambda" not in made:
        return made
    return await ask_about_process(screen, made, 0) or made


async def change_function(screen: SessionScreen[Any], function: FunctionEntry) -> FunctionDescription | None:
    """Asks for other settings of a function, and stores them. If others have changed it, a dialog asks first.

    A changed process needs a new permission, which a dialog asks for.

    Returns:
        The function, or None if it is unchanged.
    """
    first = make_function_request(function)
    form = next(form for member, form in FORMS.items() if member in function)
    seen: FunctionEntry | None = function

    async def store(request: CreateFunctionRequest) -> tuple[WriteOutcome, FunctionDescription | None]:
        nonlocal seen
        stored: list[FunctionDescription] = []
        wanted: CreateFunctionRequest = {**request, "Allow": False}

        def write() -> None:
            stored.append(screen.session.rotations().update_function(**wanted))

        guard = guard_function(screen.session, function, write, request)
        outcome, seen = await guard.run(screen.app, screen.session.vault, seen)
        return outcome, stored[0] if stored else None

    made = await _fill_in(screen, form, store, first)
    if made is None:
        await screen.reload()
        return None
    if "WaitsForPermission" not in made:
        return made
    return await ask_about_process(screen, made, function["SecretCount"]) or made


async def _fill_in(
    screen: SessionScreen[Any], make_form: MakeForm, store: Store, first: CreateFunctionRequest | None = None
) -> FunctionDescription | None:
    """Shows the form until its request is stored; returns None if the user cancels or discards it.

    Args:
        first: the settings of a function that exists.
    """
    changes = first is not None
    request = await screen.app.push_screen_wait(make_form(first, changes=changes))
    while request is not None:
        try:
            outcome, made = await store(request)
            if outcome in (WriteOutcome.STORED, WriteOutcome.DISCARDED):
                return made
        except SmtuiError as error:
            if not is_input_kept(error):
                raise
            screen.app.report(error)
        request = await screen.app.push_screen_wait(make_form(request, changes=changes, is_refilled=True))
    return None
