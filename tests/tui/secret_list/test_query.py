"""Tests of the query of the list: its order, and the request made from it."""

from __future__ import annotations

from smtui.tui.secret_list.query import ListQuery


def test_the_order_goes_round() -> None:
    """The order cycles through the shown columns, then the other orders of ListSecrets."""
    list_query, seen = ListQuery(), []
    for _ in range(5):
        seen.append(list_query.order)
        list_query = list_query.select_next_order(["name", "rotation", "changed"])

    assert seen == ["name", "rotation", "changed", "accessed", "created"]
    assert list_query == ListQuery(prefers_best_match=False)
    assert list_query.reverse_order().build_request()["SortOrder"] == "desc"
    assert list_query.reverse_order().reverse_order() == list_query
    assert list_query.change_order("name") == list_query.reverse_order()


def test_an_order_the_service_does_not_know() -> None:
    """The client sorts the secrets, which it reads in the order of names."""
    request = ListQuery(order="rotation", descending=True).build_request()

    assert (request["SortBy"], request["SortOrder"]) == ("name", "asc")
    assert ListQuery(order="rotation").sort_key is not None
    assert ListQuery(order="name").sort_key is None
