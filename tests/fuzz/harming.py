"""Inputs made of others: cut, repeated, spliced, with bytes changed or words of the trade put in."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

WORDS = (
    b"",
    b'"', b"'", b"{", b"}", b"[", b"]", b"(", b")", b":", b",", b"*", b"?", b"\\", b"\\ud800", b"\xed\xa0\x80", b"\0",
    b"\x1b]52;c;eA==\x07", "\u202e".encode(), b"null", b"true", b"-1", b"0", b"1e400", b"99999999999999999999", b"NaN",
    b"!", b"%", b"_", b"${", b"${aws:x}", b"L", b"#5", b"/0", b"\n", b"\r\n", b"AWSCURRENT", b"arn:aws:", b"[" * 300,
    b"*" * 200, b"::/0", b"a" * 5000,
)  # fmt: skip


@st.composite
def make_harmed(draw: Callable[..., object], seeds: tuple[bytes, ...]) -> bytes:
    data = draw(st.sampled_from(seeds))
    assert isinstance(data, bytes)
    for _ in range(draw(st.integers(1, 4))):  # type: ignore[call-overload]
        at = draw(st.integers(0, len(data)))
        end = draw(st.integers(at, min(len(data), at + 12)))  # type: ignore[operator]
        put = draw(st.one_of(st.sampled_from(WORDS), st.binary(max_size=4), st.just(data[at:end] * 2)))
        data = data[:at] + put + data[end:]
    return data
