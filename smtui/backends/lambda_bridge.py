"""Runs the handler of an AWS Lambda function for one step of a rotation: the program that a Lambda function starts.

It runs in the function's own interpreter, which need not have smtui, so it uses the standard library alone. The
function's boto3 gets a client for Secrets Manager whose requests go to smtui over the socket of the step, and nowhere
else. smtui decides what it may reach. Without boto3 in the interpreter, `smtui.backends.boto3_stand_in` replaces it.

Usage: INTERPRETER -B lambda_bridge.py COPY FILE HANDLER ARN SECONDS, with the event as a line on standard input. COPY
is what runs; FILE is where it comes from.
"""

from __future__ import annotations

import sys

if sys.path and sys.path[0] == __file__.rpartition("/")[0]:
    del sys.path[0]  # the folder of this file, whose modules are not the function's

import datetime
import io
import json
import logging
import os
import socket
import time
import types
import uuid
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any

FIRST_ARGUMENT = 1
NO_BOTO3 = "[ERROR] This interpreter has no boto3, which the function imports. Install it: {} -m pip install boto3"


def main() -> None:
    copy, file, handler, arn, seconds = sys.argv[FIRST_ARGUMENT:]
    event = json.loads(sys.stdin.readline())
    sys.path.insert(0, os.path.dirname(file))
    logging.basicConfig(format="[%(levelname)s] %(message)s", stream=sys.stdout)
    try:
        _prepare_boto3()
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


def _prepare_boto3() -> None:
    with suppress(ImportError):
        _redirect(import_module("botocore.session").Session)
    try:
        import_module("boto3")
    except ImportError:
        _replace_boto3()


def _replace_boto3() -> None:
    sys.path.append(os.path.abspath(os.path.join(__file__, "..", "..", "..")))
    try:
        from smtui.backends.boto3_stand_in import install
    except (ImportError, SyntaxError):  # an older Python, or one with another smtui
        print(NO_BOTO3.format(sys.executable), flush=True)
        sys.exit(1)
    install()


def _redirect(session_class: Any) -> None:
    """Lets every botocore session, however it is made, answer requests to Secrets Manager from the socket."""
    make = session_class.__init__

    def make_redirected(self: Any, *args: Any, **settings: Any) -> None:
        make(self, *args, **settings)
        self.register("before-send.secrets-manager", _answer)

    session_class.__init__ = make_redirected


def _answer(request: Any, **_: Any) -> Any:
    """The response to a prepared request, instead of sending it. botocore sends what gets no response here."""
    target = request.headers["X-Amz-Target"]
    operation = (target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]
    params = json.loads(request.body or b"{}")
    if "SecretBinary" in params:
        params["SecretBinary"] = {"$bytes": params["SecretBinary"]}
    status, request_id, body = _call(operation, params)
    response: Any = import_module("botocore.awsrequest").AWSResponse
    return response(request.url, status, {"x-amzn-RequestId": request_id}, _Raw(json.dumps(body).encode()))


class _Raw(io.BytesIO):
    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        """The body in one piece, as urllib3 would give it."""
        yield self.read()


def _call(operation: str, params: dict[str, Any]) -> tuple[int, str, dict[str, Any]]:
    """The HTTP status, the request id and the body of the answer to a call."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(os.environ["SMTUI_AGENT"])
        line.sendall(json.dumps({"operation": operation, "params": params}).encode() + b"\n")
        with line.makefile("rb") as answers:
            answer = json.loads(answers.readline(), object_hook=_to_wire)
    found = answer.get("error") or answer["result"]
    request_id = found.pop("ResponseMetadata", {}).get("RequestId", "")
    if "error" not in answer:
        return 200, request_id, found
    code = "ValidationException" if found["Code"] == "ParamValidationError" else found["Code"]
    status = 500 if code == "InternalServiceError" else 400
    return status, request_id, {"__type": code, "Message": found["Message"]}


def _to_wire(found: dict[str, Any]) -> Any:
    if found.keys() == {"$bytes"}:
        return found["$bytes"]
    if found.keys() == {"$time"}:
        return datetime.datetime.fromisoformat(found["$time"]).timestamp()
    return found


if __name__ == "__main__":
    main()
