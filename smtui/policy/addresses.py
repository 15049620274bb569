"""Sets of addresses, as ranges that neither touch nor overlap: from where conditions let a request come."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from smtui.policy.budget import BudgetExceededError
from smtui.policy.conditions import NEGATED, STRINGS, network_of
from smtui.policy.statements import Condition

Ranges = tuple[tuple[int, int], ...]
"""First and last address of each, as numbers, in their order."""
BITS = {4: 32, 6: 128}
BROAD = {4: 8, 6: 32}
"""A block of addresses wider than this is no fixed network."""
_BEGINNING = re.compile(r"((?:\d{1,3}\.){1,3})\*")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Those of both versions."""

    v4: Ranges = ()
    v6: Ranges = ()

    def __and__(self, other: Addresses) -> Addresses:
        return Addresses(_both(self.v4, other.v4), _both(self.v6, other.v6))

    def __or__(self, other: Addresses) -> Addresses:
        return Addresses(_merged(self.v4 + other.v4), _merged(self.v6 + other.v6))

    def __invert__(self) -> Addresses:
        return Addresses(_others(self.v4, BITS[4]), _others(self.v6, BITS[6]))

    def __contains__(self, address: str) -> bool:
        number = int(ipaddress.ip_address(address))
        return any(first <= number <= last for first, last in (self.v6 if ":" in address else self.v4))

    def broad_block(self) -> str:
        """A whole block that is broad; empty where there is none."""
        for version, ranges in ((4, self.v4), (6, self.v6)):
            size = 2 ** (BITS[version] - BROAD[version] + 1)
            for first, last in ranges:
                if -(-first // size) * size + size - 1 <= last:
                    blocks = ipaddress.summarize_address_range(*_ends(version, first, last))
                    return next(str(block) for block in blocks if block.prefixlen < BROAD[version])
        return ""


NOWHERE = Addresses()
EVERYWHERE = Addresses(((0, 2 ** BITS[4] - 1),), ((0, 2 ** BITS[6] - 1),))


def of_condition(condition: Condition) -> Addresses:
    """From where a request with an address fits. Raises BudgetExceededError where that is no matter of ranges."""
    if condition.operator == "Null":
        return EVERYWHERE if any(value.lower() == "false" for value in condition.values) else NOWHERE
    operator = NEGATED.get(condition.operator, condition.operator)
    found = NOWHERE
    if operator == "IpAddress":
        found = of_networks(condition.values)
    elif operator == "StringLike" and "*" in condition.values:
        found = EVERYWHERE
    elif operator in STRINGS:
        found = of_networks(_network_spelled(text, operator == "StringLike") for text in condition.values)
    return ~found if condition.operator in NEGATED else found


def of_networks(texts: Iterable[str]) -> Addresses:
    ranges: dict[int, list[tuple[int, int]]] = {4: [], 6: []}
    for network in map(network_of, texts):
        if network is not None:
            ranges[network.version].append((int(network.network_address), int(network.broadcast_address)))
    return Addresses(_merged(tuple(ranges[4])), _merged(tuple(ranges[6])))


def told_apart(texts: Iterable[str]) -> list[str]:
    """One address for each way of being in some of these networks and not in others."""
    found = []
    networks = [network for network in map(network_of, texts) if network is not None]
    for version, bits in BITS.items():
        cuts = {0} | {cut for each in networks if each.version == version
                      for cut in (int(each.network_address), int(each.broadcast_address) + 1)}
        found += [str(_ends(version, cut, cut)[0]) for cut in sorted(cuts) if cut < 2**bits]
    return found


def _network_spelled(text: str, like: bool) -> str:
    """The network that a text means, if any. Raises BudgetExceededError where it means something between networks."""
    begun = _BEGINNING.fullmatch(text) if like else None
    if begun is not None:
        known = begun[1].split(".")[:-1]
        return f"{'.'.join([*known, *['0'] * (4 - len(known))])}/{8 * len(known)}"
    if "$" in text or (like and {"*", "?"} & set(text)):
        raise BudgetExceededError
    return "" if "/" in text else text


def _ends(version: int, first: int, last: int) -> tuple[ipaddress.IPv4Address, ipaddress.IPv4Address]:
    make = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
    return make(first), make(last)  # type: ignore[return-value]


def _merged(ranges: Ranges) -> Ranges:
    found: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


def _others(ranges: Ranges, bits: int) -> Ranges:
    ends = [(-1, -1), *ranges, (2**bits, 2**bits)]
    return tuple((before[1] + 1, after[0] - 1) for before, after in pairwise(ends) if before[1] + 1 < after[0])


def _both(one: Ranges, other: Ranges) -> Ranges:
    found, i, j = [], 0, 0
    while i < len(one) and j < len(other):
        first, last = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if first <= last:
            found.append((first, last))
        i, j = (i + 1, j) if one[i][1] < other[j][1] else (i, j + 1)
    return tuple(found)
