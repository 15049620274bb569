"""Texts that programs obey by mistake: terminals, markup, layouts. Each is one that somebody could store."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from typing import Any

# Each of these, sent raw, changes the terminal. The plain words around them must still be legible.
CONTROLS = {
    "clear": "ab\x1b[2Jcd", "colour": "ab\x1b[1;31mcd", "home": "ab\x1b[Hcd", "up": "ab\x1b[5Acd",
    "scroll": "ab\x1b[1;2rcd", "alternate": "ab\x1b[?1049lcd", "mouse": "ab\x1b[?1000hcd", "paste": "ab\x1b[?2004lcd",
    "report": "ab\x1b[6ncd", "title": "ab\x1b]0;owned\x07cd", "title-st": "ab\x1b]2;owned\x1b\\cd",
    "clipboard": "ab\x1b]52;c;ZXZpbA==\x07cd", "clipboard-st": "ab\x1b]52;c;ZXZpbA==\x1b\\cd",
    "link": "\x1b]8;;http://evil\x1b\\abcd\x1b]8;;\x1b\\", "dcs": "ab\x1bPtmux;\x1b\x1b]52;c;ZQ==\x07\x1b\\cd",
    "apc": "ab\x1b_Gq=1\x1b\\cd", "reset": "ab\x1bccd", "charset": "ab\x1b(0cd", "c1-csi": "ab\x9b2Jcd",
    "c1-osc": "ab\x9d52;c;ZQ==\x9ccd", "bell": "ab\x07cd", "backspace": "ab\b\b\bcd", "nul": "ab\0cd",
    "delete": "ab\x7fcd", "shift-out": "ab\x0ecd", "return": "ab\rcd", "bidi": "ab\u202ecd\u202c",
    "isolate": "ab\u2066cd\u2069", "zero-width": "a\u200bb\u2060\ufeffcd", "tag": "abcd\U000e0041\U000e0042",
    "separators": "ab\u2028cd\u2029ef\x85", "soft-hyphen": "ab\u00adcd",
}  # fmt: skip
MARKUP = (
    "[/]", "[/red]", "[red]abcd[/]", "[@click=app.quit]abcd[/]", "[link='http://evil']abcd[/link]", "[[bold]]",
    "[a, b='c[0]']", "[bold", "\\[red]", "[$primary]abcd", "<b>abcd</b>", "# abcd", "`abcd`", "{abcd}", "%s %d abcd",
    "$(abcd)", "${abcd}",
)  # fmt: skip
WIDE = ("日本語キー", "👨‍👩‍👧‍👦 abcd", "e\u0301\u0302\u0303\u0304\u0305\u0306abcd", "ﷺ" * 8, "abcd " * 400,
        "x" * 2000)  # fmt: skip
# Several together, so that every screen can be taken through all of them.
_EACH = 6
_SHORT = (*CONTROLS.values(), *MARKUP)
BUNDLES = (*(" ".join(_SHORT[at : at + _EACH]) for at in range(0, len(_SHORT), _EACH)), *MARKUP[:4], *WIDE)
HARMFUL = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def harm_in(text: str) -> list[str]:
    """Characters that no terminal should be sent as text."""
    plain = text.replace("\n", "")
    return sorted({f"U+{ord(each):04X}" for each in plain if unicodedata.category(each) in HARMFUL})


def filled(client: Any, texts: Sequence[str] = BUNDLES) -> list[str]:
    """Stores every text wherever one can be stored, under harmless names; answers the names."""
    names = []
    for number, text in enumerate(texts):
        names.append(f"s/{number:03}")
        client.create_secret(
            Name=names[-1], Description=text[:2000], SecretString=text if number % 2 else json.dumps({text: text}),
            Tags=[{"Key": text[:100] or "t", "Value": text[:200]}],
        )
        client.put_secret_value(SecretId=names[-1], SecretString=text + "2", VersionStages=[text[:250]])
    return names
