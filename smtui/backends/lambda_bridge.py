"""Runs the handler of an AWS Lambda function for one step of a rotation: the program that a Lambda function starts.

It runs in the function's own interpreter, which need not have smtui, so it uses the standard library alone. The
environment leads the function's boto3 to the listener of the step. Here every client of its own process for Secrets
Manager is bound to that listener, whatever the version of botocore, and whatever the function or its variables say: no
value leaves for AWS. smtui decides what it may reach. Without boto3, `smtui.backends.boto3_stand_in` replaces it.

Usage: INTERPRETER -B lambda_bridge.py COPY FILE HANDLER ARN SECONDS, with two lines on standard input: the event, and
the settings of clients for Secrets Manager. COPY is what runs; FILE is where it comes from.
"""

from __future__ import annotations

import sys

if sys.path and sys.path[0] == __file__.rpartition("/")[0]:
    del sys.path[0]  # the folder of this file, whose modules are not the function's

import inspect
import json
import logging
import os
import time
import types
import uuid
from contextlib import suppress
from importlib import import_module
from typing import Any

FIRST_ARGUMENT = 1
SERVICE = "secretsmanager"
ELSEWHERE = "A rotation function reaches Secrets Manager through smtui only."
NO_BOTO3 = "[ERROR] This interpreter has no boto3, which the function imports. Install it: {} -m pip install boto3"


def main() -> None:
    copy, file, handler, arn, seconds = sys.argv[FIRST_ARGUMENT:]
    event, settings = json.loads(sys.stdin.readline()), json.loads(sys.stdin.readline())
    sys.path.insert(0, os.path.dirname(file))
    logging.basicConfig(format="[%(levelname)s] %(message)s", stream=sys.stdout)
    try:
        _prepare_boto3(settings)
        module = _load(copy, file)
        getattr(module, handler)(event, Context(arn, float(seconds)))
    except Exception as error:  # the last line of the output is the reason
        print(_describe(error, file), flush=True)
        sys.exit(1)


class Context:
    """The context object of AWS Lambda.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    function_version = "$LATEST"
    memory_limit_in_mb = "128"
    identity = client_context = None

    def __init__(self, arn: str, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self.invoked_function_arn = arn
        self.function_name = arn.rpartition(":")[2]
        self.aws_request_id = str(uuid.uuid4())
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self.log_stream_name = self.aws_request_id

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._end - time.monotonic()) * 1000))


def _load(copy: str, file: str) -> types.ModuleType:
    """The module of the function, run from its copy under its own name."""
    name = os.path.splitext(os.path.basename(file))[0]
    module = types.ModuleType(name)
    module.__file__ = file
    sys.modules[name] = module
    with open(copy, "rb") as source:
        exec(compile(source.read(), file, "exec"), module.__dict__)
    return module


def _describe(error: BaseException, file: str) -> str:
    """`[ERROR] ValueError: reason (line 12 of rotate.py)`, without a traceback."""
    place, trace = "", error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            place = f" (line {trace.tb_lineno} of {os.path.basename(file)})"
        trace = trace.tb_next
    return f"[ERROR] {type(error).__name__}: {error}{place}"


# boto3.


def _prepare_boto3(settings: dict[str, str]) -> None:
    with suppress(ImportError):
        _bind_clients(import_module("botocore.session").Session, settings)
    try:
        import_module("boto3")
    except ImportError:
        _replace_boto3(settings)


def _replace_boto3(settings: dict[str, str]) -> None:
    sys.path.append(os.path.abspath(os.path.join(__file__, "..", "..", "..")))
    try:
        from smtui.backends.boto3_stand_in import install
    except (ImportError, SyntaxError):  # an older Python, or one with another smtui
        print(NO_BOTO3.format(sys.executable), flush=True)
        sys.exit(1)
    install(settings)


def _bind_clients(session_class: Any, settings: dict[str, str]) -> None:
    """Binds the Secrets Manager clients of every botocore session, however it is made, to the listener."""
    make_session, make_client = session_class.__init__, session_class.create_client
    signature = inspect.signature(make_client)

    def make_watched_session(self: Any, *args: Any, **given: Any) -> None:
        make_session(self, *args, **given)
        self.register("before-send.secrets-manager", refuse_elsewhere)

    def make_bound_client(self: Any, *args: Any, **given: Any) -> Any:
        bound = signature.bind(self, *args, **given)
        if bound.arguments["service_name"] == SERVICE:
            bound.arguments.update(settings, config=_disable_proxies(bound.arguments.get("config")))
        return make_client(*bound.args, **bound.kwargs)

    def refuse_elsewhere(request: Any, **_: Any) -> None:
        if not request.url.startswith(settings["endpoint_url"] + "/"):
            raise ConnectionError(ELSEWHERE)

    session_class.__init__, session_class.create_client = make_watched_session, make_bound_client


def _disable_proxies(config: Any) -> Any:
    direct = import_module("botocore.config").Config(proxies={})
    return direct if config is None else config.merge(direct)


if __name__ == "__main__":
    main()
