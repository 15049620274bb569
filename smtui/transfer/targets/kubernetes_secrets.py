"""Kubernetes Secrets as YAML: a document for each secret, for `kubectl apply -f`.

`NAMESPACE/NAME` gives namespace and name; a longer name is joined with `-`. The keys of a JSON object are the keys;
other text and bytes are one key `value`.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from smtui.text.json_object import read_object
from smtui.transfer.export_options import ExportOptions
from smtui.transfer.selection import Answer, get_tags, get_value
from smtui.transfer.sources.kubernetes import OPAQUE, PLAIN_ANNOTATION, TYPE_TAG
from smtui.transfer.unique_names import UniqueNames

KEY = "value"
MAX_NAME = 253
_ILLEGAL_IN_NAME = re.compile(r"[^a-z0-9.-]+")
_ILLEGAL_IN_KEY = re.compile(r"[^A-Za-z0-9._-]+")


def write(answers: Iterable[Answer], options: ExportOptions) -> Iterator[str]:
    """The documents, one for each secret."""
    names: defaultdict[str, UniqueNames] = defaultdict(UniqueNames)
    for answer in answers:
        yield "\n".join(["---", *_list_lines(answer, names, options), ""])


def _list_lines(answer: Answer, names: Mapping[str, UniqueNames], options: ExportOptions) -> Iterator[str]:
    """The lines of a document. `names` has those of each namespace: `kubectl apply` keeps the last of equal ones."""
    name: str = answer["Name"].removeprefix(options.prefix) or answer["Name"]
    namespace, _, own = name.partition("/") if name.count("/") == 1 else ("", "", name)
    value = get_value(answer) or ""
    members = _list_members(value, options)
    tags = get_tags(answer)
    options.count_metadata(tags.keys() - {TYPE_TAG}, answer.get("Description"))
    if namespace:
        namespace = _clean_name(namespace, options)
    yield "apiVersion: v1"
    yield "kind: Secret"
    yield "metadata:"
    yield f"  name: {_quote(names[namespace].choose(_clean_name(own, options)))}"
    if namespace:
        yield f"  namespace: {_quote(namespace)}"
    if isinstance(value, str) and members is None:
        yield f"  annotations: {{{_quote(PLAIN_ANNOTATION)}: {_quote(KEY)}}}"
    yield f"type: {_quote(tags.get(TYPE_TAG, OPAQUE))}"
    raw = value if isinstance(value, bytes) else value.encode()
    members = {KEY: raw} if members is None else members
    yield "data:" if members else "data: {}"
    for key, content in members.items():
        yield f"  {_quote(key)}: {b64encode(content).decode()}"


def _list_members(value: str | bytes, options: ExportOptions) -> dict[str, bytes] | None:
    """The keys of a JSON object with their values; None for any other value."""
    held = read_object(value) if isinstance(value, str) else None
    if held is None:
        return None
    members: dict[str, bytes] = {}
    names = UniqueNames()
    for member in held.members:
        options.count_member(member)
        key = names.choose(_ILLEGAL_IN_KEY.sub("_", member.key) or "_")
        options.left_out["letters of keys that this format cannot have"] += key != member.key
        members[key] = member.text.encode("utf-8", "surrogatepass")
    return members


def _clean_name(name: str, options: ExportOptions) -> str:
    """The name in the letters of Kubernetes: small letters, digits, `-` and `.`."""
    cleaned = _ILLEGAL_IN_NAME.sub("-", name.lower()).strip("-.")[:MAX_NAME] or "secret"
    options.left_out["letters of names that this format cannot have"] += cleaned != name
    return cleaned


def _quote(text: str) -> str:
    """A text as JSON, which is YAML too."""
    return json.dumps(text)
