"""A call of a client that is planned now and made later, such as a step of an undo or of a plan for several secrets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ParamSpec

from smtui.api.arn import replace_key_arns, replace_secret_arns
from smtui.text.sanitize import SafeText, sanitize

P = ParamSpec("P")
HIDDEN = SafeText("••••••••")
LONGEST = 200
_VALUES = frozenset({"SecretString", "SecretBinary"})


@dataclass(frozen=True, slots=True)
class ClientCall:
    """A method of a client with its request. `plan_call` makes it, so that the type checker knows both."""

    method: Callable[..., object]
    request: Mapping[str, Any]

    def send(self) -> None:
        """Makes the call.

        Raises:
            SmtuiError: the service refused it, or the vault could not be written.
        """
        self.method(**self.request)

    @property
    def operation(self) -> SafeText:
        """The name of the operation in the AWS API, such as UntagResource."""
        return sanitize("".join(word.capitalize() for word in self.method.__name__.split("_")))

    def format_members(self) -> Iterator[tuple[SafeText, SafeText]]:
        """Yields the members of the request for display: names instead of ARNs, and dots instead of values."""
        for name, member in self.request.items():
            yield sanitize(name), HIDDEN if name in _VALUES else _format_value(member)


def plan_call(method: Callable[P, object], /, *args: P.args, **request: P.kwargs) -> ClientCall:
    """Plans a call: `plan_call(client.untag_resource, SecretId=…, TagKeys=["team"])`.

    Args:
        method: a method of a client of the right Region.
        args: none; the methods of clients have only named parameters.
        request: the members of the request.
    """
    return ClientCall(method, request)


def _format_value(member: object) -> SafeText:
    text = member if isinstance(member, str) else json.dumps(member, ensure_ascii=False, default=str)
    text = replace_key_arns(replace_secret_arns(text))
    return sanitize(text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text):,} characters)")
