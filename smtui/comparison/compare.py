"""Compares two sides: by the version IDs of their lists, and by values where these do not decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from smtui.api.limits import MAX_BATCH_SIZE
from smtui.api.record import record
from smtui.comparison.differences import Difference, Part, compare_metadata, is_same_policy
from smtui.comparison.names import NameRules, match_names
from smtui.comparison.sides import Side, SideValue
from smtui.comparison.state import SecretState
from smtui.rules.labels import AWSCURRENT, OWN_LABEL
from smtui.text.value_diff import DiffState, compare_values

Progress = Callable[[str, int, int], None]
NOT_COMPARED = "values not compared"


class Status(StrEnum):
    """How a secret of the left side relates to that of the right side."""

    SAME = "same"
    DIFFERS = "differs"
    CONFLICT = "conflict"
    ROTATES_THERE = "rotates there"
    ONLY_LEFT = "only left"
    ONLY_RIGHT = "only right"


@record
class Pair:
    """A secret on both sides, or on one of them. `name` is that of the right side.

    `newer` is `left` or `right` if the version of the other side is an earlier one of this side.
    """

    name: str
    left: SecretState | None
    right: SecretState | None
    status: Status
    differences: tuple[Difference, ...] = ()
    newer: str = ""

    @property
    def has_other_value(self) -> bool:
        """Whether the values differ, as far as they were compared."""
        return any(each.part is Part.VALUE for each in self.differences)


@record
class CompareOptions:
    """How two sides are compared.

    Args:
        values: whether values are read where version IDs do not decide.
        verify: whether values are also read where the version IDs are the same.
        policies: whether resource policies are read, with one call for each secret of both sides.
        ignored: parts whose differences do not count.
    """

    values: bool = True
    verify: bool = False
    policies: bool = False
    ignored: frozenset[Part] = frozenset()


def compare(
    left: Side, right: Side, rules: NameRules = NameRules(), options: CompareOptions = CompareOptions(),  # noqa: B008
    progress: Progress | None = None, announce: Callable[[int], object] | None = None,
) -> list[Pair]:
    """Compares all secrets of two sides. Returns the pairs in the order of their names on the right.

    Secrets that are scheduled for deletion are absent on the left; on the right they are those of an `ONLY_LEFT` pair.

    Args:
        left: the left side.
        right: the right side.
        rules: which names belong together.
        options: what is compared.
        progress: is called as `progress(what, done, total)`.
        announce: is called once after the lists with about how many calls follow on each side.

    Raises:
        InvalidRuleError: two secrets of the left side have the same name on the right.
        ClientError: a side cannot be read.
    """
    of_left = _list_side(left, rules.list_prefixes(left=True), "listing the left side", progress)
    of_right = _list_side(right, rules.list_prefixes(left=False), "listing the right side", progress)
    names = match_names([name for name, state in of_left.items() if not state.is_scheduled], rules)
    there = {name for name, state in of_right.items() if not state.is_scheduled and rules.includes(name)}
    both = [(of_left[names[name]], of_right[name]) for name in sorted(names.keys() & there)]
    if announce:
        announce(count_calls(both, options))
    pairs = [*_compare_all(left, right, both, options, progress),
             *(Pair(name, of_left[names[name]], of_right.get(name), Status.ONLY_LEFT)
               for name in names if name not in there),
             *(Pair(name, None, of_right[name], Status.ONLY_RIGHT) for name in there if name not in names)]
    return sorted(pairs, key=lambda pair: pair.name)


def count_statuses(pairs: Iterable[Pair]) -> dict[Status, int]:
    """The number of pairs of each status, without those of which there is none."""
    counts = Counter(pair.status for pair in pairs)
    return {status: counts[status] for status in Status if counts[status]}


def _list_side(side: Side, prefixes: Sequence[str], what: str, progress: Progress | None) -> dict[str, SecretState]:
    found: dict[str, SecretState] = {}
    for state in side.list_states(prefixes):
        found[state.name] = state
        if progress:
            progress(what, len(found), 0)
    return found


def _compare_all(
    left: Side, right: Side, both: Sequence[tuple[SecretState, SecretState]], options: CompareOptions,
    progress: Progress | None,
) -> Iterator[Pair]:
    """Compares the secrets that are on both sides. Values are read in batches."""
    unknown = [each for each in both if _needs_values(*each, options)]
    done = 0
    compared: dict[str, tuple[SecretState, SecretState, Difference | None]] = {}
    for start in range(0, len(unknown), MAX_BATCH_SIZE):
        batch = unknown[start : start + MAX_BATCH_SIZE]
        compared |= _compare_batch(left, right, batch)
        done += len(batch)
        if progress:
            progress("comparing values", done, len(unknown))
    for number, (mine, theirs) in enumerate(both):
        found = compared.get(theirs.name) or (mine, theirs, _compare_versions(mine, theirs))
        policy = _compare_policies(left, right, mine, theirs) if options.policies else ()
        if options.policies and progress:
            progress("comparing policies", number + 1, len(both))
        yield _make_pair(*found, [*compare_metadata(mine, theirs), *policy], options.ignored)


def count_calls(both: Sequence[tuple[SecretState, SecretState]], options: CompareOptions) -> int:
    """About how many calls the comparison of secrets that are on both sides makes on each side."""
    batches = -(-sum(_needs_values(*each, options) for each in both) // MAX_BATCH_SIZE)
    return batches + (len(both) if options.policies else 0)


def _needs_values(left: SecretState, right: SecretState, options: CompareOptions) -> bool:
    """Whether the values of a pair are read."""
    if not options.values or Part.VALUE in options.ignored or not (left.has_value and right.has_value):
        return False
    return options.verify or left.version is None or left.version != right.version


def _compare_versions(left: SecretState, right: SecretState) -> Difference | None:
    """The difference of two values by their version IDs."""
    if left.has_value != right.has_value:
        return Difference(Part.VALUE, note=f"no value on the {'right' if left.has_value else 'left'}")
    if not left.has_value or (left.version is not None and left.version == right.version):
        return None
    return Difference(Part.VALUE, note=NOT_COMPARED)


def _compare_batch(
    left: Side, right: Side, batch: Sequence[tuple[SecretState, SecretState]]
) -> dict[str, tuple[SecretState, SecretState, Difference | None]]:
    """Reads the values of both sides and drops them again. The version that was read replaces the one of the list."""
    ours, theirs = left.read_values([each for each, _ in batch]), right.read_values([each for _, each in batch])
    return {second.name: (_set_version(first, ours[first.name]), _set_version(second, theirs[second.name]),
                          _diff_values(ours[first.name], theirs[second.name]))
            for first, second in batch}


def _set_version(state: SecretState, read: SideValue) -> SecretState:
    if read.version is None or read.version == state.version:
        return state
    return replace(state, labels={**state.labels, AWSCURRENT: read.version})


def _diff_values(left: SideValue, right: SideValue) -> Difference | None:
    """The difference of two values: the keys that only the right one has, that only the left one has, that differ."""
    if left.value is None or right.value is None:
        return Difference(Part.VALUE, note=f"{NOT_COMPARED}: {(left.problem or right.problem).rstrip('.')}")
    if left.value == right.value:
        return None
    keys = tuple(each for each in compare_values(left.value, right.value) if each.state is not DiffState.SAME)
    return Difference(Part.VALUE, tuple(each for each in keys if each.path),
                      "" if keys else "formatting only; the data is the same")


def _compare_policies(left: Side, right: Side, mine: SecretState, theirs: SecretState) -> Iterator[Difference]:
    if not is_same_policy(left.read_policy(mine), right.read_policy(theirs)):
        yield Difference(Part.POLICY)


def _make_pair(
    left: SecretState, right: SecretState, value: Difference | None, metadata: Sequence[Difference],
    ignored: frozenset[Part],
) -> Pair:
    found = tuple(each for each in ([value] if value else []) + [*metadata] if each.part not in ignored)
    newer = _find_newer(left.labels, right.labels) if value else ""
    return Pair(right.name, left, right, _find_status(left, right, found, newer), found, newer)


def _find_status(left: SecretState, right: SecretState, found: Sequence[Difference], newer: str) -> Status:
    if not any(each.part is Part.VALUE for each in found):
        return Status.DIFFERS if found else Status.SAME
    if right.rotates:
        return Status.ROTATES_THERE
    if newer or left.version == right.version:
        return Status.DIFFERS
    has_common = not _list_versions(left.labels).isdisjoint(_list_versions(right.labels))
    return Status.CONFLICT if has_common else Status.DIFFERS


def _find_newer(left: Mapping[str, str], right: Mapping[str, str]) -> str:
    """The side that has the current version of the other one as an earlier version; empty if neither or both have."""
    is_left = right.get(AWSCURRENT) in _list_versions(left)
    is_right = left.get(AWSCURRENT) in _list_versions(right)
    return "" if is_left == is_right else "left" if is_left else "right"


def _list_versions(labels: Mapping[str, str]) -> set[str]:
    """The versions that were current here: those with a label other than the temporary ones of smtui."""
    return {version for label, version in labels.items() if not label.startswith(OWN_LABEL)}
