"""The 23 operations as commands: `smtui <operation> --flags` is `aws secretsmanager <operation> --flags`."""

from __future__ import annotations

import argparse
import json
from typing import Any

from smtui.api.model import OPERATIONS
from smtui.cli import output, pages, parameters, rendering, rotation_report
from smtui.cli.exit_codes import Exit, UsageError
from smtui.cli.parser import OUTPUTS, parse_count
from smtui.cli.unlocking import open_for

BY_COMMAND = {parameters.hyphenate(name): operation for name, operation in OPERATIONS.items()}


def declare(parser: argparse.ArgumentParser, command: str) -> None:
    operation = BY_COMMAND[command]
    parameters.declare(parser, operation)
    answer = parser.add_argument_group("output")
    answer.add_argument("--output", choices=OUTPUTS, default="json", help="json (default), text or table")
    answer.add_argument("--query", metavar="JMESPATH", help="select a part of the answer, like SecretString")
    answer.add_argument("--generate-cli-skeleton", action="store_true",
                        help="print a request in JSON without calling the operation")
    answer.add_argument("--no-paginate", action="store_true", help=argparse.SUPPRESS)
    answer.add_argument("--no-cli-pager", action="store_true", help=argparse.SUPPRESS)
    answer.add_argument("--cli-binary-format", choices=("base64", "raw-in-base64-out"), help=argparse.SUPPRESS)
    if operation.name in pages.PAGED_MEMBERS:
        _declare_pages(parser)


def _declare_pages(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("pages", "All pages are fetched and merged, unless --no-paginate is given.")
    group.add_argument("--max-items", metavar="N", type=parse_count, help="stop after N items and return a NextToken")
    group.add_argument("--page-size", metavar="N", type=parse_count, help="fetch N items per page")
    group.add_argument("--starting-token", metavar="TOKEN", help="continue from the NextToken of an earlier answer")


def run(args: argparse.Namespace) -> Exit:
    """Runs one operation. Whatever can be refused without the vault is refused before it is opened."""
    operation = BY_COMMAND[args.command]
    if args.generate_cli_skeleton:
        output.write_line(json.dumps(parameters.make_skeleton(operation.request), indent=4))
        return Exit.DONE
    query = _compile_query(args.query)
    request = parameters.build_request(operation, vars(args))
    with open_for(args) as vault:
        method = getattr(vault.client(region_name=args.region), args.command.replace("-", "_"))
        response = _call(operation.name, method, request, args)
        if operation.name == "RotateSecret":
            rotation_report.report_problem(vault, request["SecretId"], args.region)
    text = rendering.render(query(rendering.to_json_types(response)), args.output, operation.name)
    if text is not None:
        output.write_line(text)
    return Exit.DONE


def _call(operation: str, method: pages.Method, request: dict[str, Any], args: argparse.Namespace) -> Any:
    is_paged_by_caller = bool({"MaxResults", "NextToken"} & set(request))
    if operation not in pages.PAGED_MEMBERS or args.no_paginate or is_paged_by_caller:
        return method(**request)
    if args.max_items == 0:
        raise UsageError("--max-items must be at least 1.")
    return pages.fetch_all(operation, method, request, page_size=args.page_size, max_items=args.max_items,
                           starting_token=args.starting_token)


def _compile_query(query: str | None) -> Any:
    """The function that applies --query to an answer. Raises UsageError."""
    if query is None:
        return lambda answer: answer
    import jmespath

    try:
        expression = jmespath.compile(query)
    except jmespath.exceptions.JMESPathError as error:
        raise UsageError(f"Bad value for --query: {str(error).splitlines()[0]}") from None

    def search(answer: Any) -> Any:
        try:
            return expression.search(answer)
        except jmespath.exceptions.JMESPathError as error:  # the message would quote the answer
            raise UsageError(f"--query does not fit the answer ({type(error).__name__}).") from None

    return search
