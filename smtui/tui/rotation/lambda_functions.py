"""The functions in AWS Lambda that can rotate secrets of an account, to choose one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from smtui.api.arn import is_lambda_arn
from smtui.api.errors import SmtuiError
from smtui.api.limits import MAX_FUNCTION_ARN_LENGTH
from smtui.text.sanitize import SafeText
from smtui.tui.bridge import call
from smtui.tui.dialogs.one_line import OneLine

if TYPE_CHECKING:
    from smtui.api.extension_types import FunctionEntry
    from smtui.tui.base_screen import SessionScreen
    from smtui.tui.shell import Shell

BY_ARN = SafeText("Other function, by its ARN…")
NO_ARN = "Enter the ARN of a Lambda function, such as arn:aws:lambda:us-east-1:123456789012:function:rotate."
IN_USE_ONLY = "Only the functions in use are listed."


async def list_lambda_functions(screen: SessionScreen[Any]) -> dict[str, FunctionEntry]:
    """The functions of the Region by ARN. If AWS Lambda does not list them, says why; those in use are known anyway."""
    rotations: Any = screen.session.rotations()
    try:
        listed = await call(rotations.list_all_functions, screen.session.region)
    except SmtuiError as error:
        if screen.vault.locked:
            raise
        screen.say(f"{error.sentence} {IN_USE_ONLY}", severity="warning")
        listed = await call(rotations.list_functions)
    return {each["FunctionArn"]: each for each in cast("list[FunctionEntry]", listed["Functions"])}


async def ask_function_arn(app: Shell) -> str | None:
    """Asks for the ARN of a function; None if the user cancels."""
    arn = await app.push_screen_wait(OneLine(
        SafeText("ARN of the rotation function"), longest=MAX_FUNCTION_ARN_LENGTH, noun="the ARN of a function",
        find_problem=lambda line: "" if is_lambda_arn(line.strip()) else NO_ARN))
    return None if arn is None else arn.strip()
