"""Tests of random passwords: all strings that a request allows are equally likely."""

import itertools
import math
import string
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.api.errors import ClientError, InvalidParameterException, InvalidRequestException
from smtui.engine.passwords import PUNCTUATION, count_strings, generate, list_included_types
from smtui.system.ambient import Ambient

AMBIENT = Ambient()
SWITCHES = ("ExcludeLowercase", "ExcludeUppercase", "ExcludeNumbers", "ExcludePunctuation", "IncludeSpace")


def chi_square_limit(degrees: int) -> float:
    """Returns the chi-square limit with a p-value of one in a million (Wilson and Hilferty's approximation)."""
    z = 4.75
    return degrees * (1 - 2 / (9 * degrees) + z * math.sqrt(2 / (9 * degrees))) ** 3


def test_default_has_32_characters_of_all_four_types() -> None:
    password = generate({}, AMBIENT)

    assert len(password) == 32
    for alphabet in (string.ascii_lowercase, string.ascii_uppercase, string.digits, PUNCTUATION):
        assert set(password) & set(alphabet)
    assert " " not in password


def test_every_allowed_string_is_equally_likely() -> None:
    """With three characters of two required types, each possible string occurs equally often."""
    others = "".join(c for c in string.ascii_lowercase + string.digits if c not in "ab01")
    request = {"PasswordLength": 3, "ExcludeUppercase": True, "ExcludePunctuation": True, "ExcludeCharacters": others}
    allowed = ["".join(p) for p in itertools.product("ab01", repeat=3)]
    allowed = [p for p in allowed if set(p) & set("ab") and set(p) & set("01")]
    draws = 20_000

    seen = Counter(generate(request, AMBIENT) for _ in range(draws))

    assert set(seen) == set(allowed)
    expected = draws / len(allowed)
    statistic = sum((seen[p] - expected) ** 2 / expected for p in allowed)
    assert statistic < chi_square_limit(len(allowed) - 1)


@pytest.mark.parametrize("length", [8, 32, 64])
def test_positions_and_types_follow_the_exact_distribution(length: int) -> None:
    """The number of digits follows the exact distribution, and digits are equally likely at each position."""
    draws, alphabet = 4_000, [26, 26, 10, len(PUNCTUATION)]
    passwords = [generate({"PasswordLength": length}, AMBIENT) for _ in range(draws)]

    at = Counter(position for p in passwords for position, c in enumerate(p) if c.isdigit())
    expected = sum(at.values()) / length
    assert sum((at[n] - expected) ** 2 / expected for n in range(length)) < chi_square_limit(length - 1)

    total = count_strings(alphabet, length)
    others = [26, 26, len(PUNCTUATION)]
    exactly = [math.comb(length, k) * 10**k * count_strings(others, length - k) / total for k in range(1, length - 2)]
    bins = [k for k, p in enumerate(exactly, 1) if p * draws >= 10]
    seen = Counter(sum(c.isdigit() for c in p) for p in passwords)
    statistic = sum((seen[k] - draws * exactly[k - 1]) ** 2 / (draws * exactly[k - 1]) for k in bins)
    assert statistic < chi_square_limit(max(2, len(bins)))


def test_one_of_each_then_fill_would_be_caught() -> None:
    """The statistic detects the usual biased algorithm, which picks one character per type and fills up the rest."""
    draws, biased = 20_000, Counter()
    for _ in range(draws):
        chars = [AMBIENT.pick_characters("ab", 1), AMBIENT.pick_characters("01", 1), AMBIENT.pick_characters("ab01", 1)]
        biased["".join(chars)] += 1
    expected = draws / 48

    assert sum((biased[p] - expected) ** 2 / expected for p in biased) > chi_square_limit(47)


@given(
    st.fixed_dictionaries(
        {"PasswordLength": st.integers(1, 80)},
        optional={
            **{name: st.booleans() for name in SWITCHES},
            "RequireEachIncludedType": st.booleans(),
            "ExcludeCharacters": st.text(string.printable, max_size=40),
        },
    )
)
def test_a_password_keeps_to_its_request(request: dict) -> None:
    """Length, excluded characters and required types are respected, or the request is refused with a message."""
    try:
        password = generate(request, AMBIENT)
    except ClientError as error:
        assert isinstance(error, InvalidParameterException | InvalidRequestException)
        return
    types, free = list_included_types(request)
    assert len(password) == request["PasswordLength"]
    assert set(password) <= set("".join([*types, free]))
    if request.get("RequireEachIncludedType", True):
        assert all(set(password) & set(each) for each in types)


def test_extremes_do_not_hang() -> None:
    """With length 4 and one character per type, rejection sampling would need tens of thousands of draws."""
    keep = "aA0!"
    excluded = "".join(c for c in string.printable if c not in keep)

    assert sorted(generate({"PasswordLength": 4, "ExcludeCharacters": excluded}, AMBIENT)) == sorted(keep)


def test_a_space_is_allowed_and_never_required() -> None:
    """With three characters of one type and a space, all strings but the ones of spaces alone are equally likely."""
    others = "".join(c for c in string.digits if c not in "01")
    request = {"PasswordLength": 3, "IncludeSpace": True, "ExcludeUppercase": True, "ExcludeLowercase": True,
               "ExcludePunctuation": True, "ExcludeCharacters": others}
    allowed = {"".join(p) for p in itertools.product("01 ", repeat=3)} - {"   "}
    draws = 10_000

    seen = Counter(generate(request, AMBIENT) for _ in range(draws))

    assert set(seen) == allowed
    assert sum((seen[p] - draws / 26) ** 2 / (draws / 26) for p in allowed) < chi_square_limit(25)
    assert len(generate({"PasswordLength": 4, "IncludeSpace": True}, AMBIENT)) == 4
    assert generate({"PasswordLength": 2, "IncludeSpace": True, **dict.fromkeys(SWITCHES[:4], True)}, AMBIENT) == "  "


def test_too_short_for_one_of_each() -> None:
    with pytest.raises(InvalidParameterException, match="too short"):
        generate({"PasswordLength": 3}, AMBIENT)


def test_nothing_left() -> None:
    with pytest.raises(InvalidRequestException, match="every character"):
        generate(dict.fromkeys(SWITCHES[:4], True), AMBIENT)
