"""How records of a source become secrets: names, values, tags, and what stays behind."""

from __future__ import annotations

import json
from typing import Any

import pytest

from smtui.api.arn import is_secret_name
from smtui.transfer.entry import Entry
from smtui.transfer.entry_limits import find_metadata_problem, find_problem
from smtui.transfer.item import Attachment, Item, ItemState
from smtui.transfer.mapping import MappedItems, MappingOptions, clean_name, map_items


def map_all(*items: Item, **options: bool) -> MappedItems:
    return map_items(items, "tests", MappingOptions(**options))


def list_left(*items: Item, **options: bool) -> list[str]:
    return [str(each) for each in map_all(*items, **options).left_behind]


def get_tags(metadata: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in metadata["Tags"]}


@pytest.mark.parametrize(("title", "name"), [
    ("Mail", "Mail"), ("space title", "space-title"), ("my secret", "my_secret"),
    ("My mail box", "My-mail-box"), ("Ünïcode é", "Unicode-e"),
    ("https://news.example.com/", "https/news.example.com"), ("a  !?  b", "a-b"), (" x ", "x"), ("漢字", ""),
    ("web-server", "web-server"), ("a/b", "a/b"), ("straße øł", "strasse-ol"), ("me@example.com", "me@example.com"),
])  # fmt: skip
def test_a_title_becomes_a_legal_name(title: str, name: str) -> None:
    assert clean_name(title) == name
    assert not name or is_secret_name(name)


def test_a_name_that_occurs_twice_gets_the_user_and_then_a_number() -> None:
    items = [Item("Mail", "1", fields={"username": user, "password": "x"}) for user in ("ann", "bob", "bob", "")]
    items += [Item("Mail-2", "5"), Item("", "6"), Item("漢字", "7")]

    assert [entry.name for entry in map_all(*items).entries] == [
        "Mail/ann", "Mail/bob", "Mail/bob-2", "Mail", "Mail-2", "untitled", "untitled-2"]


def test_folders_are_the_first_part_of_the_name_and_the_title_is_kept() -> None:
    [entry] = map_all(Item("Böx (old)", "1", folder=("Home", "My E-Mail"), fields={"password": "x"})).entries

    assert entry.name == "Home/My-E-Mail/Box-old"
    assert entry.metadata["Description"] == "Böx (old)"
    assert "Description" not in map_all(Item("Box", "1", folder=("a b",), value="x")).entries[0].metadata


def test_fields_become_json_and_a_single_one_becomes_text() -> None:
    login, note, empty = map_all(
        Item("a", "1", fields={"username": "u", "password": "p", "url": "", "PIN ü": "0"}),
        Item("b", "2", fields={"notes": "a note"}), Item("c", "3", fields={"notes": ""})).entries

    assert json.loads(str(login.value)) == {"username": "u", "password": "p", "PIN ü": "0"}
    assert note.value == "a note"
    assert empty.value == ""


def test_tags_say_where_a_secret_is_from_and_fit_the_limits() -> None:
    tags = {"a b": "x", "bad|key": "v" * 300, "aws:no": "x", **{f"t{number}": "" for number in range(60)}}
    mapped = map_all(Item("a", "1", value="x", id="{id-1}", tags=tags))

    held = get_tags(mapped.entries[0].metadata)
    assert len(held) == 50
    assert (held["imported-from"], held["imported-id"]) == ("tests", "-id-1-")
    assert [str(each) for each in mapped.left_behind] == [
        "1 tag that only AWS can attach (aws:...)", "1 tag cut to 128 characters of key and 256 of value",
        "14 tags beyond 50 of a secret"]


RICH = Item("a", "1", fields={"username": "u", "password": "3"}, id="i",
            history=({"username": "u", "password": "1"}, {"username": "u", "password": "2"}),
            attachments=(Attachment("key file.pem", b"PEM"), Attachment("big", b"x" * 65_537)))


def test_what_stays_behind_is_counted_with_the_option_that_imports_it() -> None:
    trashed, archived = (Item("b", "2", value="x", state=state) for state in (ItemState.TRASHED, ItemState.ARCHIVED))

    assert list_left(RICH, trashed, archived) == [
        "2 older values (--history imports them)", "2 attachments (--attachments imports them)",
        "1 item in the trash (--trash imports it)", "1 archived item (--trash imports it)"]
    assert list_left(RICH, trashed, archived, history=True, attachments=True, trash=True) == [
        "1 attachment larger than 65,536 bytes"]


def test_history_and_attachments_come_along_on_demand() -> None:
    main, attachment = map_all(RICH, history=True, attachments=True).entries

    assert [json.loads(str(value))["password"] for value in (*main.history, main.value)] == ["1", "2", "3"]
    assert (attachment.name, attachment.value) == ("a/key-file.pem", b"PEM")
    assert get_tags(attachment.metadata)["imported-id"] == "i/key-file.pem"


def test_each_field_is_a_secret_on_demand() -> None:
    assert [(entry.name, entry.value) for entry in map_all(RICH, split=True).entries] == [
        ("a/username", "u"), ("a/password", "3")]


def test_parts_of_an_item_have_names_of_their_own() -> None:
    """Also where they differ only in letters that a name cannot have, or are named like another item."""
    box = Item("Box", "1", fields={"a b": "1", "a-b": "2"}, id="i",
               attachments=(Attachment("k 1", b"1"), Attachment("k-1", b"2"), Attachment("key", b"3")))
    other = Item("key", "2", folder=("Box",), value="x")

    entries = map_all(box, other, attachments=True, split=True).entries
    assert {entry.name: entry.value for entry in entries} == {
        "Box/a-b": "1", "Box/a-b-2": "2", "Box/k-1": b"1", "Box/k-1-2": b"2", "Box/key-2": b"3", "Box/key": "x"}
    assert get_tags(entries[1].metadata)["imported-id"] == "i/a-b-2"


def test_no_representation_has_a_value() -> None:
    item = Item("title", "1", fields={"password": "hunter2"}, value="hunter2", history=("hunter2",),
                attachments=(Attachment("f", b"hunter2"),))

    assert "hunter2" not in repr(item) + repr(item.attachments) + repr(map_all(item, history=True))


def test_the_limits_of_aws_are_problems() -> None:
    assert find_problem(Entry("a", "x" * 65_536, "f")) == ""
    assert "65,537 bytes" in find_problem(Entry("a", "x" * 65_537, "f"))
    assert "65,538 bytes" in find_problem(Entry("a", "ü" * 32_769, "f"))
    assert "513 characters" in find_problem(Entry("a" * 513, "x", "f"))


def test_limits_of_metadata_are_problems_too() -> None:
    tags = [{"Key": str(number), "Value": "v" * 256} for number in range(51)]

    assert find_metadata_problem({"Tags": tags[:50], "Description": "x" * 2048}) == ""
    for several, words in (([{"Value": "v"}], "no key"), ([{"Key": "k"}] * 2, "twice"), (tags, "51 tags"),
                           ([{"Key": "k" * 129}], "more than 128"), ([{"Key": "k", "Value": "v" * 257}], "than 256")):
        assert words in find_metadata_problem({"Tags": several})
    assert "more than 256" in find_metadata_problem({"Type": "x" * 257})
    assert "2,049 characters" in find_metadata_problem({"Description": "x" * 2049})


def test_an_item_without_fields_is_empty_also_if_items_are_split() -> None:
    [entry] = map_all(Item("a", "1", fields={"notes": ""}), split=True).entries

    assert (entry.name, entry.value) == ("a", "")


def test_many_equal_names_do_not_take_long() -> None:
    """Each gets the next number at once, instead of trying all."""
    items = [Item("same", str(number), value="x") for number in range(20_000)]
    names = [entry.name for entry in map_all(*items).entries]

    assert (names[0], names[-1], len({*names})) == ("same", "same-20000", 20_000)
