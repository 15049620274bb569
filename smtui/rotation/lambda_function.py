"""Lambda functions: an AWS rotation function, unmodified, as a local process for each step.

The process runs a copy of exactly the content that was allowed, with the environment of AWS Lambda. Its client for
Secrets Manager is that of every process function: smtui answers its calls over the socket of the step.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.api.arn import get_region
from smtui.api.limits import DEFAULT_STEP_SECONDS
from smtui.rotation.function import StepFailedError
from smtui.system.function_file import compute_digest, read_function_file

if TYPE_CHECKING:
    from smtui.api.extension_types import FunctionDescription, Lambda

BRIDGE = Path(__file__).parents[1] / "backends" / "lambda_bridge.py"
COPY = "../function.py"
"""The copy of the function's file, from the working folder of the process."""
ENDPOINT = "https://secretsmanager.{}.smtui.invalid"
"""The endpoint in the environment of a function. No such host exists, so a request that does not go through boto3 goes
nowhere. https://www.rfc-editor.org/rfc/rfc6761#section-6.4"""


def load_source(function: FunctionDescription) -> bytes:
    """The content of the function's file; its digest replaces FileSha256, so that this content is judged.

    Raises:
        StepFailedError: it cannot be read.
    """
    settings = function["Lambda"]
    try:
        source = read_function_file(settings["File"])
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "the path is not valid"
        raise StepFailedError(f"Its file cannot be read: {settings['File']}: {reason}.") from None
    settings["FileSha256"] = compute_digest(source)
    return source


def list_arguments(function: FunctionDescription) -> tuple[str, ...]:
    """The command line of the process."""
    settings = function["Lambda"]
    seconds = settings.get("TimeoutInSeconds", DEFAULT_STEP_SECONDS)
    return (settings["Interpreter"], "-B", str(BRIDGE), COPY, settings["File"], settings["Handler"],
            function["FunctionArn"], str(seconds))


def build_environment(function: FunctionDescription) -> Mapping[str, str]:
    """The variables that AWS Lambda sets, and those of the function. The keys are no credentials: nobody accepts them.

    Files with settings and credentials of AWS are not read, unless the function's variables name some.
    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    settings, region = function["Lambda"], get_region(function["FunctionArn"])
    return {
        "AWS_ACCESS_KEY_ID": "smtui", "AWS_SECRET_ACCESS_KEY": "smtui", "AWS_SESSION_TOKEN": "smtui",
        "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_LAMBDA_FUNCTION_NAME": function["FunctionName"], "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "LAMBDA_TASK_ROOT": str(Path(settings["File"]).parent),
        "_HANDLER": f"{Path(settings['File']).stem}.{settings['Handler']}", "PYTHONUNBUFFERED": "1",
        **_list_variables(settings),
        "AWS_REGION": region, "AWS_DEFAULT_REGION": region,
        "SECRETS_MANAGER_ENDPOINT": ENDPOINT.format(region),
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": ENDPOINT.format(region),
    }


def _list_variables(settings: Lambda) -> Mapping[str, str]:
    return {each["Name"]: each["Value"] for each in settings.get("Environment", ())}
