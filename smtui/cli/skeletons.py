"""Sample requests and answers, for --generate-cli-skeleton."""

from __future__ import annotations

from typing import Any

from smtui.api.shapes import Blob, Flag, Integer, List, Map, Shape, Structure, Text, Timestamp

SAMPLE_TIME = "1970-01-01T00:00:00"


def make_skeleton(shape: Shape, name: str = "", *, names: bool = False) -> Any:
    """A value with every member of a shape, as the aws CLI makes it.

    Args:
        shape: of a request or response.
        name: the name of the member.
        names: whether a text is the name of its member, as in a sample answer; else it is empty.
    """
    match shape:
        case Structure():
            return {each: make_skeleton(member, each, names=names) for each, member in shape.members.items()}
        case List():
            return [make_skeleton(shape.item, name, names=names)]
        case Map():
            return {"KeyName": make_skeleton(shape.value, name, names=names)}
        case Integer():
            return 0
        case Flag():
            return True
        case Timestamp():
            return SAMPLE_TIME
        case Blob():
            return None
        case Text(enum=words) if words and not names:
            return words[0]
    return name if names else ""
