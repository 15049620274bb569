"""What a Lambda function gets as `boto3` if its interpreter has none: a client for Secrets Manager alone.

Without botocore its module of errors is replaced as well: by classes with the names, the bases and the constructors of
botocore's, from which `smtui.api.botocore_bases` derives the errors that the client raises.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, ClassVar

from smtui.api import botocore_bases, errors
from smtui.backends.http_client import HttpClient
from smtui.protocol.key_pair import KeyPair

SERVICE = "secretsmanager"
VERSION = "1.0.0+smtui"
"""What a handler finds that logs the version of its boto3."""


class Session:
    """The session of boto3, with the Region of the rotation. `settings` are those of every client."""

    settings: ClassVar[Mapping[str, str]] = {}

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def client(self, service_name: str, *_: object, **__: object) -> Any:
        """The client of a service. Its settings have no effect. Raises UnknownServiceError."""
        if service_name != SERVICE:
            raise UnknownServiceError(service_name=service_name, available=SERVICE, python=sys.executable)
        keys = KeyPair(self.settings["aws_access_key_id"], self.settings["aws_secret_access_key"],
                       self.settings["aws_session_token"])
        return HttpClient(self.region_name, self.settings["endpoint_url"], keys)

    @property
    def region_name(self) -> str:
        """The Region of the rotation."""
        return os.environ["AWS_REGION"]


class Config:
    """The settings of a client, which have no effect here."""

    def __init__(self, *_: object, **__: object) -> None:
        pass


class BotoCoreError(Exception):
    """An error of the client itself, before anything is sent; made from named values as botocore's is."""

    fmt: ClassVar[str] = "An unspecified error occurred"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(self.fmt.format(**kwargs))
        self.kwargs = kwargs


class UnknownServiceError(BotoCoreError):
    """The stand-in has no client for a service."""

    fmt = "Only {available} is available here. For {service_name} install boto3: {python} -m pip install boto3"


class ParamValidationError(BotoCoreError):
    """The request does not match its shape. As in botocore this is no ClientError."""

    fmt = errors.ParamValidationError.fmt


class ClientError(Exception):
    """The service refused an operation."""

    MSG_TEMPLATE: ClassVar[str] = errors.ClientError.MSG_TEMPLATE

    def __init__(self, error_response: Mapping[str, Any], operation_name: str) -> None:
        super().__init__(str(errors.ClientError(error_response, operation_name)))
        self.response, self.operation_name = error_response, operation_name


def install(settings: Mapping[str, str]) -> None:
    """Makes the modules boto3 and, unless the interpreter has it, botocore importable.

    Args:
        settings: the URL of the listener and the key pair of the step, named as arguments of boto3's `client`.
    """
    Session.settings = settings
    boto3 = _add_module("boto3", client=Session().client, Session=Session, __version__=VERSION)
    boto3.session = _add_module("boto3.session", Session=Session, Config=Config)  # type: ignore[attr-defined]
    try:
        found = import_module(botocore_bases.MODULE)  # its ClientError is a base of ours then
        UnknownServiceError.__bases__ = (found.UnknownServiceError,)
    except ImportError:
        exceptions = _add_module(botocore_bases.MODULE)
        exceptions.__getattr__ = _make_other_error  # type: ignore[method-assign]
        for error in (BotoCoreError, ClientError, ParamValidationError, UnknownServiceError):
            error.__module__ = botocore_bases.MODULE
            setattr(exceptions, error.__name__, error)
        botocore_bases.update_bases()
        config = _add_module("botocore.config", Config=Config)
        _add_module("botocore", exceptions=exceptions, config=config, __version__=VERSION)


@cache
def _make_other_error(name: str) -> type[BotoCoreError]:
    """A class that nothing raises, for a handler that imports an error of connections or credentials of botocore."""
    if not name.endswith("Error"):
        raise AttributeError(f"module {botocore_bases.MODULE!r} has no attribute {name!r}")
    return type(name, (BotoCoreError,), {"__module__": botocore_bases.MODULE})


def _add_module(name: str, **members: object) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(members)
    sys.modules[name] = module
    return module
