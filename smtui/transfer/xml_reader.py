"""Reads XML from others. A document type is refused: with it, a short text can grow without limit."""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError, XMLParser

from smtui.text.interruption import CALLS_PER_CHECK, check_interruption

CHUNK = 1 << 18
"""Bytes between two checks for an interruption."""
DOCTYPES = (b"<!DOCTYPE", b"<!ENTITY")


class XmlError(ValueError):
    """The text is not valid XML, or has a document type. The message quotes nothing of it."""


def parse_xml(raw: bytes) -> Element:
    """The root of a document in UTF-8. Raises XmlError."""
    if any(mark in raw for mark in DOCTYPES):
        raise XmlError("it has a document type declaration, which is not supported")
    parser = XMLParser(encoding="utf-8")  # noqa: S314  # without a document type, nothing in it can grow
    try:
        for start in range(0, len(raw), CHUNK):
            check_interruption(CALLS_PER_CHECK)
            parser.feed(raw[start : start + CHUNK])
        return parser.close()
    except (ParseError, ValueError):
        raise XmlError("it is not valid XML") from None
