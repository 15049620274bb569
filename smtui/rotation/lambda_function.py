"""Lambda functions: an AWS rotation function, unmodified, as a local process for each step.

The process runs a copy of exactly the content that was allowed, with the environment of AWS Lambda. Its AWS SDK finds
the listener of the step, and the key pair that this accepts, in its environment, see `step_listener`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.api.arn import get_region
from smtui.api.limits import DEFAULT_STEP_SECONDS
from smtui.protocol.key_pair import KeyPair
from smtui.rotation.function import StepFailedError
from smtui.system.function_file import compute_digest, read_function_file

if TYPE_CHECKING:
    from smtui.api.extension_types import FunctionDescription, Lambda

BRIDGE = Path(__file__).parents[1] / "backends" / "lambda_bridge.py"
COPY = "../function.py"
"""The copy of the function's file, from the working folder of the process."""
CREDENTIALS = frozenset({
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE",
    "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
})  # fmt: skip
"""Variables that give a function credentials of the user, for other services of AWS."""
SECRET_VARIABLES = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
"""Variables whose values do not stay in the output of a function."""
PROXIES = frozenset({"HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"})
NO_PROXY = ("NO_PROXY", "no_proxy")
HOST = "127.0.0.1"


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


def build_environment(function: FunctionDescription, url: str, keys: KeyPair) -> dict[str, str]:
    """The variables that AWS Lambda sets, those of the function, and those that lead an AWS SDK to the listener.

    A function that has credentials of the user keeps them: then only the client that the bridge makes has those of the
    step. Files with settings and credentials of AWS are not read, unless the function's variables name some.
    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html

    Args:
        function: the function.
        url: the URL of the listener.
        keys: the key pair that it accepts.
    """
    settings, region = function["Lambda"], get_region(function["FunctionArn"])
    variables = _list_variables(settings)
    return {
        **({} if CREDENTIALS & variables.keys() else _list_credentials(keys)),
        "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_LAMBDA_FUNCTION_NAME": function["FunctionName"], "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "LAMBDA_TASK_ROOT": str(Path(settings["File"]).parent),
        "_HANDLER": f"{Path(settings['File']).stem}.{settings['Handler']}", "PYTHONUNBUFFERED": "1",
        **variables, **_exclude_from_proxy(variables),
        "AWS_REGION": region, "AWS_DEFAULT_REGION": region,
        "SECRETS_MANAGER_ENDPOINT": url, "AWS_ENDPOINT_URL_SECRETS_MANAGER": url,
    }


def make_client_settings(url: str, keys: KeyPair) -> dict[str, str]:
    """The arguments of `create_client` that the bridge gives to every client for Secrets Manager."""
    return {"endpoint_url": url, **{name.lower(): value for name, value in _list_credentials(keys).items()}}


def list_secret_values(function: FunctionDescription, keys: KeyPair) -> list[str]:
    """The secret parts of the step's key pair, and of the credentials that the function has of its user."""
    given = (_list_credentials(keys), _list_variables(function["Lambda"]))
    return [variables[name] for variables in given for name in SECRET_VARIABLES if name in variables]


def _list_credentials(keys: KeyPair) -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": keys.access_key_id, "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
            "AWS_SESSION_TOKEN": keys.session_token}


def _exclude_from_proxy(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables with which requests to the listener do not go through a proxy, if the function has one."""
    if not PROXIES & variables.keys():
        return {}
    return {name: ",".join(filter(None, (variables.get(name), HOST))) for name in NO_PROXY}


def _list_variables(settings: Lambda) -> Mapping[str, str]:
    return {each["Name"]: each["Value"] for each in settings.get("Environment", ())}
