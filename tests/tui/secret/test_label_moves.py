"""Tests that the preview of a label move is what the vault does, and that undo restores the labels."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smtui.tui.secret.label_moves import LabelMove, collect_version_labels, plan_label_move, plan_rollback

CUSTOM = ("blue", "AWSPENDING", "2026-q1")
MOVES = st.lists(
    st.tuples(st.sampled_from(["AWSCURRENT", "AWSPREVIOUS", *CUSTOM]), st.integers(0, 3), st.booleans()),
    min_size=1, max_size=6,
)  # fmt: skip


class Secret:
    """A secret with four versions, and its labels."""

    def __init__(self, client: Any) -> None:
        self._client = client
        made = client.create_secret(Name=client.get_random_password(ExcludePunctuation=True)["RandomPassword"])
        self.id = made["ARN"]
        self.versions = [
            client.put_secret_value(SecretId=self.id, SecretString=str(number))["VersionId"] for number in range(4)
        ]

    @property
    def labels(self) -> dict[str, str]:
        answer = self._client.list_secret_version_ids(SecretId=self.id, IncludeDeprecated=True)
        return collect_version_labels(answer["Versions"])

    def make(self, move: LabelMove) -> None:
        for update in move.updates:
            self._client.update_secret_version_stage(**update.build_request(self.id))


@pytest.fixture
def secret(client: Any) -> Secret:
    return Secret(client)


@given(MOVES)
@settings(max_examples=25)
def test_every_preview_comes_true_and_can_be_undone(client: Any, moves: list[tuple[str, int, bool]]) -> None:
    """For any label and any target version or removal, the result equals the preview, and undo reverts it."""
    secret = Secret(client)
    for label, target, away in moves:
        before = secret.labels
        if away and (label == "AWSCURRENT" or label not in before):
            continue
        move = plan_label_move(before, label, None if away else secret.versions[target])
        secret.make(move)
        assert secret.labels == move.after
        back = move.invert()
        assert back is not None
        secret.make(back)
        assert secret.labels == before == back.after
        secret.make(back.invert() or move)
        assert secret.labels == move.after


def test_rolling_back_trades_places(secret: Secret) -> None:
    """AWSCURRENT moves to the AWSPREVIOUS version, and AWSPREVIOUS to the previously current one."""
    move = plan_rollback(secret.labels)
    assert move is not None
    secret.make(move)

    assert secret.labels == {"AWSCURRENT": secret.versions[2], "AWSPREVIOUS": secret.versions[3]}
    assert sorted(move.describe()) == sorted([
        f"AWSCURRENT moves from {secret.versions[3][:8]} to {secret.versions[2][:8]}.",
        f"AWSPREVIOUS moves from {secret.versions[2][:8]} to {secret.versions[3][:8]}.",
    ])


def test_nothing_to_roll_back_to(client: Any) -> None:
    client.create_secret(Name="one", SecretString="x")

    assert plan_rollback(collect_version_labels(client.list_secret_version_ids(SecretId="one")["Versions"])) is None


def test_a_version_that_loses_its_last_label_is_named(secret: Secret) -> None:
    """The preview says that the version becomes deprecated and may be removed."""
    move = plan_label_move(secret.labels, "AWSCURRENT", secret.versions[0])

    assert any("has no labels left" in sentence and secret.versions[2][:8] in sentence for sentence in move.describe())
