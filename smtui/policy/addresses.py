"""Sets of IP addresses as sorted, disjoint ranges, and the set that a condition on aws:SourceIp accepts."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from smtui.policy.budget import BudgetExceededError
from smtui.policy.conditions import NEGATED, STRINGS, parse_network
from smtui.policy.statements import Condition

Ranges = tuple[tuple[int, int], ...]
"""Pairs of first and last address as integers, in ascending order."""
BITS = {4: 32, 6: 128}
BROAD = {4: 8, 6: 32}
"""By IP version: a block with a shorter prefix than this is broad, as it is not one known network."""
_PREFIX = re.compile(r"((?:\d{1,3}\.){1,3})\*")


@dataclass(frozen=True, slots=True)
class Addresses:
    """A set of IPv4 and IPv6 addresses."""

    v4: Ranges = ()
    v6: Ranges = ()

    def __and__(self, other: Addresses) -> Addresses:
        return Addresses(_intersect(self.v4, other.v4), _intersect(self.v6, other.v6))

    def __or__(self, other: Addresses) -> Addresses:
        return Addresses(_merge(self.v4 + other.v4), _merge(self.v6 + other.v6))

    def __invert__(self) -> Addresses:
        return Addresses(_invert(self.v4, BITS[4]), _invert(self.v6, BITS[6]))

    def __contains__(self, address: str) -> bool:
        number = int(ipaddress.ip_address(address))
        return any(first <= number <= last for first, last in (self.v6 if ":" in address else self.v4))

    def find_broad_block(self) -> str:
        """Returns a broad block in CIDR notation that lies in the set whole, or an empty text."""
        for version, ranges in ((4, self.v4), (6, self.v6)):
            size = 2 ** (BITS[version] - BROAD[version] + 1)
            for first, last in ranges:
                if -(-first // size) * size + size - 1 <= last:
                    blocks = ipaddress.summarize_address_range(*_make_addresses(version, first, last))
                    return next(str(block) for block in blocks if block.prefixlen < BROAD[version])
        return ""


NOWHERE = Addresses()
EVERYWHERE = Addresses(((0, 2 ** BITS[4] - 1),), ((0, 2 ** BITS[6] - 1),))


def find_addresses(condition: Condition) -> Addresses:
    """Returns the addresses that meet a condition on aws:SourceIp.

    Raises:
        BudgetExceededError: the condition is not a set of ranges, such as a pattern with a star inside a number.
    """
    if condition.operator == "Null":
        return EVERYWHERE if any(value.lower() == "false" for value in condition.values) else NOWHERE
    operator = NEGATED.get(condition.operator, condition.operator)
    found = NOWHERE
    if operator == "IpAddress":
        found = merge_networks(condition.values)
    elif operator == "StringLike" and "*" in condition.values:
        found = EVERYWHERE
    elif operator in STRINGS:
        found = merge_networks(_convert_to_network(text, operator == "StringLike") for text in condition.values)
    return ~found if condition.operator in NEGATED else found


def merge_networks(texts: Iterable[str]) -> Addresses:
    """Returns the union of networks in CIDR notation; texts that are no networks are ignored."""
    ranges: dict[int, list[tuple[int, int]]] = {4: [], 6: []}
    for network in map(parse_network, texts):
        if network is not None:
            ranges[network.version].append((int(network.network_address), int(network.broadcast_address)))
    return Addresses(_merge(tuple(ranges[4])), _merge(tuple(ranges[6])))


def pick_distinct_addresses(texts: Iterable[str]) -> list[str]:
    """Returns one address for each combination of these networks that contains it."""
    found = []
    networks = [network for network in map(parse_network, texts) if network is not None]
    for version, bits in BITS.items():
        cuts = {0} | {cut for each in networks if each.version == version
                      for cut in (int(each.network_address), int(each.broadcast_address) + 1)}
        found += [str(_make_addresses(version, cut, cut)[0]) for cut in sorted(cuts) if cut < 2**bits]
    return found


def _convert_to_network(text: str, like: bool) -> str:
    """Returns a string condition's value as a network, or an empty text if it matches no address.

    Raises:
        BudgetExceededError: the value matches a set of addresses that is not a network.
    """
    prefix = _PREFIX.fullmatch(text) if like else None
    if prefix is not None:
        known = prefix[1].split(".")[:-1]
        return f"{'.'.join([*known, *['0'] * (4 - len(known))])}/{8 * len(known)}"
    if "$" in text or (like and {"*", "?"} & set(text)):
        raise BudgetExceededError
    return "" if "/" in text else text


def _make_addresses(version: int, first: int, last: int) -> tuple[ipaddress.IPv4Address, ipaddress.IPv4Address]:
    make = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
    return make(first), make(last)  # type: ignore[return-value]


def _merge(ranges: Ranges) -> Ranges:
    found: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


def _invert(ranges: Ranges, bits: int) -> Ranges:
    ends = [(-1, -1), *ranges, (2**bits, 2**bits)]
    return tuple((before[1] + 1, after[0] - 1) for before, after in pairwise(ends) if before[1] + 1 < after[0])


def _intersect(one: Ranges, other: Ranges) -> Ranges:
    found, i, j = [], 0, 0
    while i < len(one) and j < len(other):
        first, last = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if first <= last:
            found.append((first, last))
        i, j = (i + 1, j) if one[i][1] < other[j][1] else (i, j + 1)
    return tuple(found)
