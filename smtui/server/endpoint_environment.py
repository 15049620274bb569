"""The environment variables that point a program at an endpoint: those of AWS SDKs, and of clients of AWS's agent.

Sources: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html,
https://docs.aws.amazon.com/secretsmanager/latest/userguide/secrets-manager-agent.html and
https://docs.aws.amazon.com/lambda/latest/dg/with-secrets-manager.html
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import datetime, timedelta

from smtui.protocol.key_pair import KeyPair

INTERFERING = frozenset({
    "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN",
})  # fmt: skip
"""Variables that would make an SDK use other credentials or another endpoint."""
PROXIES = ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
HOSTS = "127.0.0.1,localhost,::1"
VALID_HOURS = 1
"""How long a program may keep the answer of `smtui credentials`."""


def make_environment(port: int, region: str, keys: KeyPair) -> dict[str, str]:
    """The variables for a program that uses the endpoint on this port of the loopback interface."""
    return {
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": f"http://127.0.0.1:{port}",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": keys.access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
        **({"AWS_SESSION_TOKEN": keys.session_token, "AWS_TOKEN": keys.session_token} if keys.session_token else {}),
        "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT": str(port),
    }


def merge_environment(inherited: Mapping[str, str], variables: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child: what it inherits, without what interferes, and the endpoint's variables.

    With a proxy in the environment, requests to the endpoint must not go there.
    """
    merged = {name: value for name, value in inherited.items() if name not in INTERFERING} | dict(variables)
    if any(name in inherited for name in PROXIES):
        for name in ("NO_PROXY", "no_proxy"):
            merged[name] = ",".join(filter(None, (inherited.get(name), HOSTS)))
    return merged


def format_exports(variables: Mapping[str, str]) -> str:
    """The variables as lines for a POSIX shell."""
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items())


def format_credentials(variables: Mapping[str, str], now: datetime) -> dict[str, str | int]:
    """The answer of a `credential_process`.

    Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
    """
    until = now + timedelta(hours=VALID_HOURS)
    return {
        "Version": 1,
        "AccessKeyId": variables["AWS_ACCESS_KEY_ID"],
        "SecretAccessKey": variables["AWS_SECRET_ACCESS_KEY"],
        **({"SessionToken": variables["AWS_SESSION_TOKEN"]} if "AWS_SESSION_TOKEN" in variables else {}),
        "Expiration": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
