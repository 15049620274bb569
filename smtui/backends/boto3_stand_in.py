"""What a Lambda function gets as `boto3` if its interpreter has none: a client for Secrets Manager alone.

The errors are those of `smtui.api.errors`, which have the names and the shape of botocore's.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

from smtui.api import errors
from smtui.backends.rotation_session import rotation_client

SERVICE = "secretsmanager"
NO_SERVICE = "Only {} is available here. For {} install boto3: {} -m pip install boto3"


class Session:
    """The session of boto3, with the Region of the rotation."""

    def __init__(self, *_: object, **__: object) -> None:
        self._client: Any = None

    def client(self, service_name: str, *_: object, **__: object) -> Any:
        """The client of a service. Its settings have no effect. Raises UnknownServiceError."""
        if service_name != SERVICE:
            raise UnknownServiceError(NO_SERVICE.format(SERVICE, service_name, sys.executable))
        return rotation_client()

    @property
    def region_name(self) -> str:
        """The Region of the rotation."""
        found: str = rotation_client().meta.region_name
        return found


class UnknownServiceError(Exception):
    """The stand-in has no client for a service."""


class Config:
    """The settings of a client, which have no effect here."""

    def __init__(self, *_: object, **__: object) -> None:
        pass


def install() -> None:
    """Makes the modules boto3 and, unless the interpreter has it, botocore importable."""
    boto3 = _add_module("boto3", client=Session().client, Session=Session)
    boto3.session = _add_module("boto3.session", Session=Session, Config=Config)  # type: ignore[attr-defined]
    try:
        import_module("botocore.exceptions")  # its ClientError is a base of ours then
    except ImportError:
        own = {name: getattr(errors, name) for name in ("ClientError", "ParamValidationError")}
        exceptions = _add_module("botocore.exceptions", **own, BotoCoreError=errors.SmtuiError)
        config = _add_module("botocore.config", Config=Config)
        _add_module("botocore", exceptions=exceptions, config=config)


def _add_module(name: str, **members: object) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(members)
    sys.modules[name] = module
    return module
