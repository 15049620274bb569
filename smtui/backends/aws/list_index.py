"""The list of secrets of one Region, kept in memory: filters, orders and returns to a row cost no call.

Pages are read from AWS as lists are asked for, so the first rows cost one call. Once the list is whole, everything is
answered from memory. AWS is asked for changes by others at most once a minute, newest first, which takes one call if
there are none; deletions are noticed when the whole list is read again, every half hour or on request.

Lists of AWS are eventually consistent ("might not reflect changes from the last five minutes"): the entry of a secret
that was changed here comes from DescribeSecret, and for five minutes goes before what a list says.
Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import RLock
from typing import Any

from smtui.api.arn import parse_secret_arn
from smtui.api.errors import ClientError, ContextError, ResourceNotFoundException, SmtuiError
from smtui.api.limits import MAX_PAGE_SIZE
from smtui.backends.aws.list_entries import Method, Page, fetch_by_name, make_entry, make_page
from smtui.backends.aws.list_query import (
    Entry,
    get_position,
    make_matcher,
    read_position,
    read_token,
    skip_to,
    sort_entries,
)
from smtui.backends.aws.list_refresh import ListRefresh

CHECK_SECONDS = 60
"""Changes by others are looked for at most this often."""
REREAD_SECONDS = 30 * 60
"""The whole list is read again after this time, because a check does not notice deletions."""
LAG_SECONDS = 5 * 60
"""Lists may not show a change for this long."""


@dataclass(frozen=True, slots=True)
class OwnChange:
    """A change made here: the entry that it left, or None after a deletion, and when."""

    entry: Entry | None
    made_at: float


class ListIndex:
    """Answers ListSecrets for one Region.

    Args:
        fetch: ListSecrets of the account.
        describe: DescribeSecret of the account.
        monotonic: returns seconds that never decrease.
        begin: is called with this index before the first answer, and may `restore` a kept list.
    """

    def __init__(
        self, fetch: Method, describe: Method, monotonic: Callable[[], float],
        begin: Callable[[ListIndex], None] | None = None,
    ) -> None:
        self._begin = begin
        self._fetch = fetch
        self._fetch_page = partial(fetch_by_name, fetch)
        self._describe = describe
        self._monotonic = monotonic
        self._lock = RLock()
        self._entries: dict[str, Entry] = {}
        self._own: dict[str, OwnChange] = {}
        self._sorted: dict[tuple[str, bool], list[Entry]] = {}
        self._generation = 0
        self._refresh: ListRefresh | None = None
        self.check_error: SmtuiError | None = None
        """Why AWS could not be asked for changes the last time."""
        self.version = 0
        """Differs after each change of an entry, by whomever. Pages that are read for the first time do not count."""
        self._start_reading()

    def _start_reading(self) -> None:
        self._generation += 1
        self._pages: list[list[str]] = []
        self._token: str | None = None
        self.is_whole = False
        """Whether all pages are read; before that, an answer in another order than by name reads the rest."""
        self._checked_at = self._read_at = self._monotonic()

    @property
    def known_count(self) -> int:
        """The number of entries that are known so far."""
        return len(self._entries)

    def list_known(self) -> list[Entry]:
        """The entries that are known so far, without a call."""
        with self._lock:
            return list(self._entries.values())

    def describe(self, secret_id: str) -> dict[str, Any]:
        """A response of DescribeSecret, as far as the list tells; of a secret that is not in it, name and ARN alone."""
        with self._lock:
            entry = next((each for each in self._entries.values() if secret_id in (each["ARN"], each["Name"])), None)
        if entry is None:
            arn = parse_secret_arn(secret_id)
            return {"ARN": secret_id, "Name": arn.name if arn else secret_id}
        return {**entry, "VersionIdsToStages": entry.get("SecretVersionsToStages", {})}

    def count(self, *, include_scheduled: bool) -> int | None:
        """The number of secrets, with or without those scheduled for deletion; None until the list is whole."""
        with self._lock:
            if not self.is_whole:
                return None
            return sum(include_scheduled or "DeletedDate" not in entry for entry in self._entries.values())

    # A kept list.

    @property
    def kept_since(self) -> datetime | None:
        """When the entries were stored, if they are those of an earlier session and not all read again yet."""
        refresh = self._refresh
        return refresh.kept_since if refresh is not None else None

    def restore(self, entries: Iterable[Entry], kept_since: datetime) -> None:
        """Begins with the list of an earlier session, unless something is known already.

        It is whole, and answers at once. `look_for_changes` then reads it again, one page at each call.
        """
        with self._lock:
            if not self._entries and not self._pages:
                self._entries = {entry["ARN"]: entry for entry in entries}
                self.is_whole = True
                self._refresh = ListRefresh(kept_since, self._fetch_page, self._monotonic)

    def _accept_refreshed(self, refresh: ListRefresh, page: Page) -> bool:
        """Stores a page of a kept list, and after the last one forgets what is in none; returns whether to show it."""
        with self._lock:
            if self._refresh is not refresh:  # the list was read again meanwhile
                return False
            changes = [self._accept(entry) for entry in page["SecretList"]]
            if refresh.is_over:
                known = refresh.arns | {arn for arn, own in self._own.items() if own.entry is not None}
                self._entries = {arn: entry for arn, entry in self._entries.items() if arn in known}
                self._refresh = None
                self._checked_at = self._read_at = self._monotonic()
            if any(changes) or refresh.is_over:
                self._note_change()
            return any(changes) or refresh.is_over

    # Answers.

    def list_secrets(self, **request: Any) -> Page:
        """The response of ListSecrets to this request, from memory as far as possible.

        Raises:
            ClientError: a page could not be read, or the request is not valid. What is known stays.
        """
        if self._begin is not None:
            begin, self._begin = self._begin, None
            begin(self)
        with self._lock:
            if request.get("NextToken") is None:
                self._try_to_look_for_changes()
            order, descending = request.get("SortBy", "created-date"), request.get("SortOrder") == "desc"
            parts = read_token(request["NextToken"]) if request.get("NextToken") else None
            if parts is not None and len(parts) == 5 and parts[0] == self._generation:
                return self._answer_in_pages(request, *parts[1:3])
            if parts is None and not self.is_whole and order == "name" and not descending:
                return self._answer_in_pages(request, 0, 0)
            _read_all(self)
            after = None if parts is None else read_position(order, parts[-2:])
            return self._answer_sorted(request, order, after, descending=descending)

    def _answer_in_pages(self, request: Mapping[str, Any], number: int, skipped: int) -> Page:
        """Matches on the page `number` of AWS, which sorts by name, behind the first `skipped` entries."""
        matches, limit = make_matcher(request), request.get("MaxResults", MAX_PAGE_SIZE)
        while len(self._pages) <= number and not self.is_whole:
            self._read_page()
        arns = self._pages[number] if number < len(self._pages) else []
        found: list[Entry] = []
        for position, arn in enumerate(arns[skipped:], skipped):
            entry = self._entries.get(arn)
            if entry is None or not matches(entry):
                continue
            if len(found) == limit:
                return make_page(found, self._generation, number, position, *get_position(found[-1], "name"))
            found.append(entry)
        if number + 1 < len(self._pages) or not self.is_whole:
            known = [self._entries[arn] for arn in arns if arn in self._entries]
            last = get_position(known[-1], "name") if known else ("", "")
            return make_page(found, self._generation, number + 1, 0, *last)
        return make_page(found)

    def _answer_sorted(self, request: Mapping[str, Any], order: str, after: Any, *, descending: bool) -> Page:
        matches, limit = make_matcher(request), request.get("MaxResults", MAX_PAGE_SIZE)
        entries: Any = self._sort(order, descending=descending)
        if after is not None:
            entries = skip_to(entries, order, after, descending=descending)
        found: list[Entry] = []
        for entry in entries:
            if matches(entry):
                if len(found) == limit:
                    return make_page(found, *get_position(found[-1], order))
                found.append(entry)
        return make_page(found)

    def _sort(self, order: str, *, descending: bool) -> list[Entry]:
        if (order, descending) not in self._sorted:
            self._sorted[order, descending] = sort_entries(self._entries.values(), order, descending=descending)
        return self._sorted[order, descending]

    # Reading.

    def _read_page(self) -> None:
        answer = self._fetch_page(self._token)
        for entry in answer["SecretList"]:
            self._accept(entry)
        before = self._pages[-1] if self._pages else []  # a service that counts rows repeats some after an insertion
        self._pages.append([entry["ARN"] for entry in answer["SecretList"] if entry["ARN"] not in before])
        self._token = answer.get("NextToken") or None
        if self._token is None:
            self.is_whole = True
            self._checked_at = self._read_at = self._monotonic()
        self._sorted.clear()

    def _accept(self, entry: Entry) -> bool:
        """Stores an entry of a list, unless a newer change was made here; returns whether it is new or changed."""
        own = self._own.get(entry["ARN"])
        if own is not None and self._monotonic() - own.made_at < LAG_SECONDS and (
                own.entry is None or get_position(own.entry, "last-changed-date") >=
                get_position(entry, "last-changed-date")):
            return False
        known = self._entries.get(entry["ARN"])
        self._entries[entry["ARN"]] = entry
        return known is None or any(known.get(member) != entry.get(member) for member in ("LastChangedDate", "Name",
                                                                                          "DeletedDate"))

    # Changes.

    def _try_to_look_for_changes(self) -> None:
        """Looks for changes; what is known is shown even if AWS cannot be asked."""
        self.check_error = None
        if self._refresh is not None and self._checked_at > -math.inf:
            return  # pages are read in the background
        try:
            self.look_for_changes()
        except (ClientError, ContextError) as error:
            self.check_error = error

    def expire(self) -> None:
        """Makes the next list be read again, because the user asked for it."""
        with self._lock:
            if self.is_whole:
                self._checked_at = self._read_at = -math.inf
            else:
                self._entries.clear()
                self._start_reading()

    def look_for_changes(self) -> bool:
        """Asks AWS for changes by others if the last time is `CHECK_SECONDS` ago; returns whether there are any.

        Raises:
            ClientError: AWS could not be asked.
        """
        refresh = self._refresh
        if refresh is not None and self._checked_at > -math.inf:
            return refresh.read_page(lambda page: self._accept_refreshed(refresh, page))
        with self._lock:
            now = self._monotonic()
            if not self.is_whole or now - self._checked_at < CHECK_SECONDS:
                return False
            self._checked_at = now
            if now - self._read_at >= REREAD_SECONDS:
                return self.read_again()
            is_changed = self._read_changes()
            if is_changed:
                self._note_change()
            return is_changed

    def _read_changes(self) -> bool:
        """Reads pages of the newest changes until one has an entry that is known already."""
        token: dict[str, str] = {}
        is_changed = False
        while True:
            answer = self._fetch(SortBy="last-changed-date", SortOrder="desc", IncludePlannedDeletion=True,
                                 MaxResults=MAX_PAGE_SIZE, **token)
            changes = [self._accept(entry) for entry in answer["SecretList"]]
            is_changed = is_changed or any(changes)
            if not all(changes) or not answer.get("NextToken"):
                return is_changed
            token = {"NextToken": answer["NextToken"]}

    def read_again(self) -> bool:
        """Reads the whole list again; returns whether anything has changed. If that fails, the old list stays.

        Raises:
            ClientError: a page could not be read.
        """
        with self._lock:
            fresh = ListIndex(self._fetch, self._describe, self._monotonic)
            fresh._own = self._own
            _read_all(fresh)
            now = self._monotonic()
            self._own = {arn: own for arn, own in self._own.items() if now - own.made_at < LAG_SECONDS}
            for arn, own in self._own.items():
                if own.entry is not None and arn not in fresh._entries:
                    fresh._entries[arn] = own.entry
            before = {arn: entry.get("LastChangedDate") for arn, entry in self._entries.items()}
            after = {arn: entry.get("LastChangedDate") for arn, entry in fresh._entries.items()}
            self._entries, self._pages, self._token, self.is_whole = fresh._entries, fresh._pages, None, True
            self._generation += 1
            self._refresh = None
            self._checked_at = self._read_at = now
            self._sorted.clear()
            self.version += before != after
            return before != after

    def record_change(self, secret_id: str) -> None:
        """Updates the entry of a secret after a change that was made here, by one DescribeSecret.

        Where it cannot be described, the whole list is read again when it is next asked for.
        """
        with self._lock:
            if not self._pages and not self.is_whole:
                return
            try:
                self._set_own(make_entry(self._describe(SecretId=secret_id)))
            except ResourceNotFoundException:
                self._remove_own(secret_id)
            except (ClientError, ContextError):
                self._entries.clear()
                self._refresh = None
                self._start_reading()
            self._note_change()

    def _set_own(self, entry: Entry) -> None:
        if not self.is_whole and not any(entry["ARN"] in page for page in self._pages):
            self._generation += _insert_in_page(entry, self._pages, self._entries)
        self._entries[entry["ARN"]] = entry
        self._own[entry["ARN"]] = OwnChange(entry, self._monotonic())

    def _remove_own(self, secret_id: str) -> None:
        for arn in [arn for arn, entry in self._entries.items() if secret_id in (arn, entry["Name"])]:
            del self._entries[arn]
            self._own[arn] = OwnChange(None, self._monotonic())

    def _note_change(self) -> None:
        self._sorted.clear()
        self.version += 1

    def close(self) -> None:
        """Drops everything that is known."""
        with self._lock:
            self._entries.clear()
            self._own.clear()
            self._sorted.clear()
            self._refresh = None
            self._start_reading()


def _read_all(index: ListIndex) -> None:
    while not index.is_whole:
        index._read_page()


def _insert_in_page(entry: Entry, pages: list[list[str]], entries: Mapping[str, Entry]) -> bool:
    """Puts a secret that was created here at its place in the pages; returns whether they are read up to there."""
    place = get_position(entry, "name")
    for page in pages:
        for at, arn in enumerate(page):
            if arn in entries and get_position(entries[arn], "name") > place:
                page.insert(at, entry["ARN"])
                return True
    return False
