"""Tests of the tree of names: its groups, their order and counts, and moving through it with keys."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import smtui
from smtui.backends.alerts import FoundAlerts
from smtui.system.settings import Settings
from smtui.tui.secret_list import entry_state
from smtui.tui.secret_list.name_tree import Group, NameTree, TreeState
from tests.tui.conftest import FakeTool, MakeApp, list_objects, screen_text, types, until
from tests.tui.driver import hear, see
from tests.tui.secret_list.driver import get_list_screen

SMALL = (80, 24)
NAMES = st.lists(st.text(st.sampled_from("ab/"), min_size=1, max_size=8), unique=True)

pytestmark = pytest.mark.usefixtures("one_time_and_place")


def make_tree(names: list[str], separator: str = "/", *, expands_all: bool = True, at_once: int = 10) -> NameTree:
    entries: Any = [{"ARN": f"arn:{name}", "Name": name} for name in names]
    tree = NameTree(entries, separator, TreeState(), expands_all=expands_all)
    while tree.is_behind:
        tree.extend(at_once)
    return tree


def list_rows(tree: NameTree) -> list[str]:
    return [f"{'  ' * row.depth}{row.label}{f' {row.group.count}' if row.group else ''}" for row in tree.rows]


@given(NAMES, st.sampled_from(["/", "a", "ab", "//"]), st.integers(1, 5))
def test_every_secret_is_in_one_group(names: list[str], separator: str, at_once: int) -> None:
    """With its whole name, in any batches. A group counts the secrets below it, and stands where the first one does."""
    tree = make_tree(names, separator, at_once=at_once)

    assert sorted(row.entry["Name"] for row in tree.rows if row.entry) == sorted(names)
    for row in tree.rows:
        assert row.parent.path + row.label == (row.entry["Name"] if row.entry else row.key)
        if row.group:
            below = [entry["Name"] for entry in row.group.list_entries()]
            assert row.group.count == len(below) > 0
            assert all(name.startswith(row.group.path) for name in below)
    firsts = [min(names.index(entry["Name"]) for entry in row.group.list_entries())
              for row in tree.rows if row.group and row.depth == 0]
    assert firsts == sorted(firsts)


def test_groups_keep_the_order_of_the_list() -> None:
    tree = make_tree(["prod/web", "dev/db", "prod/db", "prod", "/a//b"])

    assert list_rows(tree) == ["prod/ 2", "  web", "  db", "dev/ 1", "  db", "prod", "/ 1", "  a/ 1", "    / 1",
                               "      b"]
    assert list_rows(make_tree(["a.b.c", "a.b/d"], ".")) == ["a. 2", "  b. 1", "    c", "  b/d"]


def test_only_expanded_groups_have_rows_below_them() -> None:
    """What is expanded stays so when the tree is built again; a secret that is looked for is revealed."""
    tree = make_tree(["prod/web/a", "prod/web/b", "prod/db", "dev/db"], expands_all=False)
    assert list_rows(tree) == ["prod/ 3", "dev/ 1"]

    tree.expand("prod/")
    assert list_rows(tree) == ["prod/ 3", "  web/ 2", "  db", "dev/ 1"]
    tree.open("prod/web/")
    assert list_rows(tree) == ["a", "b"]
    tree.reveal("arn:dev/db")
    assert list_rows(tree) == ["prod/ 3", "  web/ 2", "  db", "dev/ 1", "  db"]

    again = NameTree(tree.entries, "/", tree.state, expands_all=False)
    again.extend(10)
    assert list_rows(again) == list_rows(tree)


def flatten(tree: NameTree, group: Group, depth: int = 0) -> list[tuple[str, int]]:
    """Returns the keys and depths of the rows below a group, one after the other."""
    rows = []
    for item in group.items:
        rows.append((item.path if isinstance(item, Group) else item["ARN"], depth))
        if isinstance(item, Group) and tree.state.is_expanded(item.path, expands_all=tree.expands_all):
            rows += flatten(tree, item, depth + 1)
    return rows


@given(NAMES, st.booleans(), st.data())
def test_rows_are_those_of_the_expanded_groups(names: list[str], expands_all: bool, data: st.DataObject) -> None:
    """Whatever is expanded, collapsed, opened or added; and each row is found by its key."""
    entries: Any = [{"ARN": f"arn:{name}", "Name": name} for name in names]
    tree = NameTree(entries, "/", TreeState(), expands_all=expands_all)
    for _ in range(data.draw(st.integers(1, 12))):
        paths = [""] + [row.group.path for row in tree.rows if row.group]
        act = data.draw(st.sampled_from([tree.extend, tree.expand, tree.collapse, tree.open, tree.reveal]))
        if act == tree.extend:
            tree.extend(data.draw(st.integers(1, 4)))
        elif act == tree.reveal:
            tree.reveal(f"arn:{data.draw(st.sampled_from([*names, 'none']))}")
        else:
            act(data.draw(st.sampled_from(paths)))
        rows = flatten(tree, tree.open_group)
        assert [(row.key, row.depth) for row in tree.rows] == rows
        assert (len(tree.rows), [row.key for row in tree.rows[1:3]]) == (len(rows), [key for key, _ in rows[1:3]])
        assert [tree.find_row(key) for key, _ in rows] == list(range(len(rows)))
        assert tree.find_row("none") is None


def test_a_group_counts_the_alerts_below_it() -> None:
    entries: Any = [{"ARN": name, "Name": name, "RotationEnabled": True, "SecretVersionsToStages": stages}
                    for name, stages in (("a/b/c", {"1": ["AWSCURRENT"]}), ("a/d", {}), ("a/e", {}), ("f", {}))]
    entry_state.flag_alerts(entries, FoundAlerts(frozenset({"a/b/c"}), frozenset({"a/d"}), frozenset()))
    tree = NameTree(entries, "/", TreeState(), expands_all=False)
    tree.extend(10)

    assert [entry_state.format_alert_counts(row.group.alerts) for row in tree.rows if row.group] == ["✗ 1  ▲ 1  ○ 1"]


# On the screen.


async def test_a_collapsed_group_shows_the_alerts_below_it(app: MakeApp, filled: Any) -> None:
    filled.create_secret(Name="prod/empty")
    running = app(settings=Settings(tree=True))
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "▸ prod/  4  ○ 1")
        await pilot.press("j", "right")
        await see(pilot, "○ no value")
        assert "▾ prod/  4" in screen_text(running) and "○ 1" not in screen_text(running)


async def test_the_tree_with_keys(app: MakeApp, filled: Any) -> None:
    """T shows the tree around the cursor's secret, and the flat list again; left and right collapse and expand."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await pilot.press("j", "T")
        await see(pilot, "prod/ › payments/ · 5 secrets")
        text = screen_text(running)
        assert "▸ dev/  1" in text and "▾ prod/  3" in text and "▾ payments/  2" in text and "▸ web/  1" in text
        assert get_list_screen(running).secrets.current["Name"] == "prod/payments/db"  # type: ignore[index]

        await pilot.press("left")
        await see(pilot, "prod/ · 5 secrets")
        await pilot.press("h")
        assert "▸ payments/  2" in screen_text(running) and "stripe" not in screen_text(running)
        await pilot.press("right", "right", "j")
        assert get_list_screen(running).secrets.current["Name"] == "prod/payments/stripe"  # type: ignore[index]
        await pilot.press("T")
        await see(pilot, "5 secrets · by name ↑")
        await until(pilot, lambda: "▾" not in screen_text(running))
        assert get_list_screen(running).secrets.current["Name"] == "prod/payments/stripe"  # type: ignore[index]


def test_a_released_tree_goes_at_once() -> None:
    """Without the collector of garbage, which is put off while keys come: each key of a filter makes a tree."""
    def count_groups() -> int:
        return sum(isinstance(each, Group) for each in list_objects())

    gc.collect()
    gc.disable()
    try:
        before = count_groups()
        tree = make_tree(["a/b/c", "a/b/d", "b/c"])
        assert count_groups() == before + 4
        tree.release()
        del tree
        assert count_groups() == before
    finally:
        gc.enable()


async def test_opening_a_group_and_going_up(app: MakeApp, filled: Any) -> None:
    """Enter shows the content of a group alone; left, and Esc, go up to it again. A group has no value to copy."""
    running = app(settings=Settings(tree=True))
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "▸ prod/  3")
        await pilot.press("j", "enter")
        await see(pilot, "▸ payments/  2")
        assert "dev/" not in screen_text(running)
        await pilot.press("enter")
        await see(pilot, "prod/ › payments/ · 5 secrets")
        await pilot.press("left", "escape")
        await see(pilot, "▸ dev/  1")
        assert get_list_screen(running).secrets.current_key == "prod/"
        await pilot.press("d")
        await until(pilot, lambda: any("marks all secrets in it" in each.message for each in running._notifications))


async def test_a_group_has_no_value_to_copy(app: MakeApp, filled: Any, tool: FakeTool) -> None:
    """The keys that copy say so, also where a filter finds nothing, instead of doing nothing."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await pilot.press("T")
        await see(pilot, "▾ dev/")
        await pilot.press("home", "y")
        await hear(pilot, "This is a group. Move to one of its secrets first.")
        await types(pilot, "/qqqq")
        await see(pilot, "No matches.")
        await pilot.press("ctrl+y")
        await hear(pilot, "No secret in this list.")
        assert not tool.held


async def test_marking_a_group(app: MakeApp, filled: Any, tool: FakeTool) -> None:
    """Space marks all secrets below a group for what is done with many, and takes the marks away."""
    running = app(settings=Settings(tree=True))
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "▸ prod/  3")
        await pilot.press("j", "space")
        await see(pilot, "✓ 3 marked")
        assert "✓ ▸ prod/  3" in screen_text(running)
        await pilot.press("n", "enter")
        await until(pilot, lambda: tool.held.split() == [
            b"prod/payments/db", b"prod/payments/stripe", b"prod/web/session"])
        await pilot.press("k", "space")
        await until(pilot, lambda: "marked" not in screen_text(running))


async def test_finding_and_sorting_in_the_tree(app: MakeApp, filled: Any) -> None:
    """A filter expands what it finds, with the cursor on the best match; then the groups are as before."""
    running = app(settings=Settings(tree=True))
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "▸ prod/  3")
        await types(pilot, "/session")
        await see(pilot, "prod/ › web/ · 1 of 5 · by best match")
        assert "▾ web/  1" in screen_text(running)
        await pilot.press("enter")
        await see(pilot, "Value of")
        assert "prod/web/session" in screen_text(running)
        await pilot.press("escape", "escape")
        await see(pilot, "5 secrets · by name ↑")
        get_list_screen(running).sort_by("created")
        await see(pilot, "by created ↑")
        assert [row.label for row in get_list_screen(running).secrets.model.tree.rows  # type: ignore[union-attr]
                if row.depth == 0] == ["prod/", "dev/", "shared/"]


async def test_what_is_found_is_seen_from_its_first_group_on(app: MakeApp, vault: smtui.Vault) -> None:
    """Wherever the list was scrolled before."""
    vault.create_secrets([{"Name": f"{group}/{number:03}", "SecretString": "x"}
                          for group in ("a", "b") for number in range(60)])
    running = app(settings=Settings(tree=True))
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "▸ b/  60")
        await pilot.press("j", "right", "G")
        await see(pilot, "059")
        await types(pilot, "/0")
        await see(pilot, "120 of 120")
        await see(pilot, "▾ a/  60")


async def test_another_separator(app: MakeApp, client: Any, vault: smtui.Vault) -> None:
    """The setting `tree_separator`."""
    vault.create_secrets([{"Name": name, "SecretString": "x"} for name in ("prod.web.key", "prod.db", "a/b")])
    running = app(settings=Settings(tree=True, tree_separator="."))
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "▸ prod.  2")
        assert "a/b" in screen_text(running)
