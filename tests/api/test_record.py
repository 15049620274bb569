"""Tests that a record behaves like a frozen dataclass with slots, for less time at its definition."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import subprocess
import sys
from functools import cached_property
from typing import Any, ClassVar

import pytest

from smtui.api.record import make_field, record


@record
class Point:
    """A record with defaults, a factory, a constant and a method."""

    unit: ClassVar[str] = "m"
    x: int
    y: int = 0
    names: list[str] = make_field(default_factory=list, metadata={"words": "Names"})

    def add(self, other: Point) -> Point:
        return Point(self.x + other.x, self.y + other.y)


@dataclasses.dataclass(frozen=True, slots=True)
class Same:
    unit: ClassVar[str] = "m"
    x: int
    y: int = 0
    names: list[str] = dataclasses.field(default_factory=list, metadata={"words": "Names"})


@record(frozen=False, repr=False)
class Changing:
    x: int = 1


@record(slots=False)
class Caching:
    x: int = 1

    @cached_property
    def twice(self) -> int:
        return 2 * self.x


def test_it_is_made_as_a_dataclass_is() -> None:
    for kind in (Point, Same):
        made: Any = kind(1, names=["a"])
        assert (made.x, made.y, made.names, made.unit) == (1, 0, ["a"], "m")
        assert kind(1).names is not kind(1).names
        with pytest.raises(TypeError):
            kind()  # type: ignore[call-arg]
        with pytest.raises(TypeError):
            kind(1, z=2)  # type: ignore[call-arg]
    assert repr(Point(1, 2)) == repr(Same(1, 2)).replace("Same", "Point")


def test_it_is_compared_and_hashed_by_its_fields() -> None:
    @record
    class Pair:
        a: int
        b: str = ""

    assert Pair(1, "x") == Pair(1, "x") != Pair(1, "y")
    assert len({Pair(1, "x"), Pair(1, "x"), Pair(2)}) == 2
    assert Pair(1) != (1, "")
    with pytest.raises(TypeError):
        hash(Changing())


def test_a_field_can_be_left_out_of_comparison_and_text() -> None:
    @record
    class Cached:
        a: int
        found: object = make_field(default=None, compare=False, repr=False)

    assert Cached(1, "x") == Cached(1, "y")
    assert hash(Cached(1, "x")) == hash(Cached(1))
    assert repr(Cached(1, "x")).endswith("Cached(a=1)")
    assert [each.compare for each in dataclasses.fields(Cached)] == [True, False]  # type: ignore[arg-type]


def test_it_cannot_be_changed() -> None:
    made: Any = Point(1)
    for change in (lambda: setattr(made, "x", 2), lambda: setattr(made, "other", 2), lambda: delattr(made, "x")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            change()
    assert not hasattr(made, "__dict__")
    changing = Changing()
    changing.x = 5
    assert changing.x == 5 and "x=" not in repr(changing)
    assert Caching(4).twice == 8


def test_the_functions_of_dataclasses_work() -> None:
    assert dataclasses.replace(Point(1, 2), x=5) == Point(5, 2)
    assert dataclasses.asdict(Point(1, 2, ["a"])) == {"x": 1, "y": 2, "names": ["a"]}
    assert dataclasses.astuple(Point(1)) == (1, 0, [])
    assert dataclasses.is_dataclass(Point)
    for one, other in zip(dataclasses.fields(Point), dataclasses.fields(Same), strict=True):
        assert (one.name, one.type, one.default, one.default_factory, one.metadata) == (
            other.name, other.type, other.default, other.default_factory, other.metadata)


def test_it_is_copied_pickled_and_matched() -> None:
    point = Point(1, 2)
    assert copy.copy(point) == copy.deepcopy(point) == pickle.loads(pickle.dumps(point)) == point
    match point:
        case Point(x, y):
            assert (x, y) == (1, 2)
    assert point.add(point) == Point(2, 4)


def test_a_definition_does_not_import_dataclasses() -> None:
    code = ("from smtui.api.record import make_field, record\nimport sys\n@record\nclass A:\n    x: int\n"
            "    y: list = make_field(default_factory=list)\nA(1)\nassert 'dataclasses' not in sys.modules")
    subprocess.run([sys.executable, "-c", code], check=True)
