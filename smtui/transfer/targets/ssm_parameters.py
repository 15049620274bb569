"""Parameters of AWS Systems Manager: a JSON object on each line, for `aws ssm put-parameter --cli-input-json`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from smtui.transfer.export_options import ExportOptions
from smtui.transfer.selection import Answer, get_tags, get_value
from smtui.transfer.sources.ssm import TYPE_TAG, TYPES
from smtui.transfer.unique_names import UniqueNames

SECURE = "SecureString"
MAX_STANDARD, MAX_ADVANCED = 4 * 1024, 8 * 1024
"""Bytes of a value, by tier. Source: page PutParameter, members Value and Tier."""
MAX_DESCRIPTION = 1024
_ILLEGAL = re.compile(r"[^A-Za-z0-9_./-]+")


def write(answers: Iterable[Answer], options: ExportOptions) -> Iterator[str]:
    """The lines, one for each parameter."""
    names = UniqueNames()
    for answer in answers:
        value = get_value(answer)
        if not isinstance(value, str):
            options.omit_secret("binary values, which a parameter cannot hold")
        elif len(value.encode("utf-8", "surrogatepass")) > MAX_ADVANCED:
            options.omit_secret(f"values larger than {MAX_ADVANCED:,} bytes, which a parameter cannot hold")
        else:
            yield json.dumps(_make_request(answer, value, names, options), ensure_ascii=False) + "\n"


def _make_request(answer: Answer, value: str, names: UniqueNames, options: ExportOptions) -> dict[str, Any]:
    name = names.choose(_ILLEGAL.sub("-", answer["Name"]))
    options.left_out["letters of names that this format cannot have"] += name != answer["Name"]
    tags = get_tags(answer)
    kind = tags.pop(TYPE_TAG, SECURE)
    request: dict[str, Any] = {
        "Name": f"/{name}" if "/" in name else name, "Type": kind if kind in TYPES else SECURE, "Value": value}
    if len(value.encode()) > MAX_STANDARD:
        request["Tier"] = "Advanced"
    if description := answer.get("Description"):
        options.left_out[f"descriptions beyond {MAX_DESCRIPTION:,} characters"] += len(description) > MAX_DESCRIPTION
        request["Description"] = description[:MAX_DESCRIPTION]
    if tags:
        request["Tags"] = [{"Key": key, "Value": text} for key, text in tags.items()]
    return request
