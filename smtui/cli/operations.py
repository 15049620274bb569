"""The 23 operations as commands: `smtui <operation> --flags` is `aws secretsmanager <operation> --flags`."""

from __future__ import annotations

import argparse
import json
from typing import Any

from smtui.api.model import OPERATIONS
from smtui.cli import output, pages, parameters, rendering, rotation_report
from smtui.cli.exit_codes import Exit, UsageError
from smtui.cli.parser import OUTPUTS, whole_number
from smtui.cli.unlocking import opened

BY_COMMAND = {parameters.kebab(name): operation for name, operation in OPERATIONS.items()}


def declare(parser: argparse.ArgumentParser, command: str) -> None:
    operation = BY_COMMAND[command]
    parameters.declare(parser, operation)
    answer = parser.add_argument_group("the answer")
    answer.add_argument("--output", choices=OUTPUTS, default="json", help="json (default), text or table")
    answer.add_argument("--query", metavar="JMESPATH", help="pick from the answer, as in --query SecretString")
    answer.add_argument("--generate-cli-skeleton", action="store_true", help="print the request's JSON; call nothing")
    answer.add_argument("--no-paginate", action="store_true", help=argparse.SUPPRESS)
    answer.add_argument("--no-cli-pager", action="store_true", help=argparse.SUPPRESS)
    answer.add_argument("--cli-binary-format", choices=("base64", "raw-in-base64-out"), help=argparse.SUPPRESS)
    if operation.name in pages.COLLECTED:
        _declare_pages(parser)


def _declare_pages(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("pages", "All pages are fetched and merged; --no-paginate takes the first alone.")
    group.add_argument("--max-items", metavar="N", type=whole_number, help="stop after N; answers with a NextToken")
    group.add_argument("--page-size", metavar="N", type=whole_number, help="ask for N at a time")
    group.add_argument("--starting-token", metavar="TOKEN", help="continue where an earlier answer stopped")


def run(args: argparse.Namespace) -> Exit:
    """Everything that can be refused without the vault is refused before it is opened."""
    operation = BY_COMMAND[args.command]
    if args.generate_cli_skeleton:
        output.line(json.dumps(parameters.skeleton(operation.request), indent=4))
        return Exit.DONE
    pick = _picker(args.query)
    request = parameters.request(operation, vars(args))
    with opened(args) as vault:
        method = getattr(vault.client(region_name=args.region), args.command.replace("-", "_"))
        response = _answer(operation.name, method, request, args)
        if operation.name == "RotateSecret":
            rotation_report.tell_problem(vault, request["SecretId"], args.region)
    text = rendering.rendered(pick(rendering.simple(response)), args.output, operation.name)
    if text is not None:
        output.line(text)
    return Exit.DONE


def _answer(operation: str, method: pages.Method, request: dict[str, Any], args: argparse.Namespace) -> Any:
    by_hand = {"MaxResults", "NextToken"} & set(request)
    if operation not in pages.COLLECTED or args.no_paginate or by_hand:
        return method(**request)
    if args.max_items == 0:
        raise UsageError("--max-items must be at least 1.")
    return pages.merged(operation, method, request, page_size=args.page_size, max_items=args.max_items,
                        starting_token=args.starting_token)


def _picker(query: str | None) -> Any:
    """The function that --query asks for. Raises UsageError before any call is made."""
    if query is None:
        return lambda answer: answer
    import jmespath

    try:
        expression = jmespath.compile(query)
    except jmespath.exceptions.JMESPathError as error:
        raise UsageError(f"Bad value for --query: {str(error).splitlines()[0]}") from None

    def pick(answer: Any) -> Any:
        try:
            return expression.search(answer)
        except jmespath.exceptions.JMESPathError as error:  # its message would quote the answer
            raise UsageError(f"--query does not fit the answer ({type(error).__name__}).") from None

    return pick
