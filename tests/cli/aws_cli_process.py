"""The aws CLI in a process of its own, because it replaces botocore for everything that is imported after it.

Each line of standard input is a task in JSON, each line of standard output its result: `run` is a command line, `build`
one of which only the request is built, `format` an answer to print as text or as a table.
"""

from __future__ import annotations

import io
import json
import sys
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch


class Built(BaseException):
    """Ends a command line at its request."""


@cache
def get_driver() -> Any:
    """Returns one driver for many command lines, because reading the API's description takes longest."""
    return create_driver()


def create_driver() -> Any:
    from awscli.clidriver import create_clidriver

    return create_clidriver()


def run(argv: list[str]) -> dict[str, Any]:
    driver = create_driver() if "--generate-cli-skeleton" in argv else get_driver()  # a skeleton needs a new one
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with patch.multiple(sys, stdout=out, stderr=err):
        try:
            code = driver.main(["secretsmanager", *argv])
        except SystemExit as left:
            code = left.code
    out.flush()
    assert isinstance(out.buffer, io.BytesIO)
    return {"code": code, "out": out.buffer.getvalue().decode(), "err": err.getvalue()}


def build(argv: list[str]) -> dict[str, Any]:
    """The request that a command line makes, with bytes as a list of numbers; without one if it is refused."""
    import awscli.clidriver  # noqa: F401  # from here on botocore is its own
    from botocore.client import BaseClient
    from botocore.validate import validate_parameters

    made: list[Any] = []

    def make_api_call(client: Any, operation: str, request: dict[str, Any]) -> None:
        validate_parameters(request, client.meta.service_model.operation_model(operation).input_shape)
        made.append(request)
        raise Built

    with patch.object(BaseClient, "_make_api_call", make_api_call):
        try:
            refused = run(argv)["err"]
        except Built:
            return {"request": {name: list(value) if isinstance(value, bytes) else value
                                for name, value in made[0].items()}}
    return {"refused": refused}


def format_answer(task: dict[str, Any]) -> dict[str, Any]:
    from awscli.formatter import TableFormatter
    from awscli.text import format_text

    out = io.StringIO()
    if task["format"] == "text":
        format_text(task["answer"], out)
    else:
        TableFormatter(SimpleNamespace(color="off", query=None))._format_response("Title", task["answer"], out)
    return {"out": out.getvalue()}


def main() -> None:
    answers = sys.stdout
    for line in sys.stdin:
        task = json.loads(line)
        found = run(task["run"]) if "run" in task else build(task["build"]) if "build" in task else format_answer(task)
        print(json.dumps(found), file=answers, flush=True)


if __name__ == "__main__":
    main()
