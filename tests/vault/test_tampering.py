"""Tests of tampering with a closed file: no wrong content is read, and every change except a full rollback is found.

Each test has a short form, and a long one: `.venv/bin/pytest -m long tests/vault/test_tampering.py`.
"""

from __future__ import annotations

import contextlib
import json
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import smtui
from smtui.vault import digest, kdf
from tests.conftest import PASSPHRASE, Clock, by_another_program
from tests.vault.conftest import CHEAP, REAL, VALUES, read_all

PAGE = 4096
SALT = 16


def long_form(short: int, long: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("times", [short, pytest.param(long, marks=pytest.mark.long)])


@pytest.fixture(scope="session")
def key(pristine: Path) -> bytes:
    """Returns the key that opens the pristine vault without a key derivation."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "PROFILES", CHEAP)
        with smtui.open_vault(pristine, PASSPHRASE, read_only=True) as vault:
            return vault.unlock_key()


@pytest.fixture
def outcome(path: Path, key: bytes) -> Callable[..., str]:
    """Returns a function that tells the outcome for a file with these bytes: "refused", "found" or "same"."""

    def judge(changed: bytes, **by: str) -> str:
        path.write_bytes(changed)
        try:
            with smtui.open_vault(path, **(by or {"key": key})) as vault:  # type: ignore[arg-type]
                same = read_all(vault) == VALUES
                clean = vault.maintenance.check().clean
                assert same or not clean
                return "same" if same and clean else "found"
        except smtui.WrongPassphraseError:
            assert path.read_bytes() == changed
            return "refused"
        except smtui.VaultError:
            return "refused"

    return judge


def flip_bits(whole: bytes, bit: int) -> bytes:
    changed = bytearray(whole)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_what_was_not_changed_is_the_same(path: Path, outcome: Callable[..., str]) -> None:
    assert outcome(path.read_bytes()) == "same"


def test_every_bit_of_the_first_bytes(path: Path, outcome: Callable[..., str]) -> None:
    """A changed bit is refused, in the salt with the passphrase and in the first page with the key; the file stays."""
    whole = path.read_bytes()
    for bit in range(SALT * 8):
        assert outcome(flip_bits(whole, bit), passphrase=PASSPHRASE) == "refused"
    for bit in range(SALT * 8, 128 * 8):
        assert outcome(flip_bits(whole, bit)) == "refused"


@long_form(150, 1000)
def test_a_flipped_byte_anywhere(path: Path, outcome: Callable[..., str], times: int) -> None:
    whole, chance = path.read_bytes(), random.Random(7)
    for _ in range(times):
        changed = bytearray(whole)
        changed[chance.randrange(SALT, len(whole))] ^= chance.randrange(1, 256)
        assert outcome(bytes(changed)) in ("refused", "found")


@long_form(20, 64)
def test_cut_off(path: Path, outcome: Callable[..., str], times: int) -> None:
    """The file is cut at any offset, also between two pages."""
    whole, chance = path.read_bytes(), random.Random(7)
    for number in range(times):
        length = chance.randrange(len(whole))
        length -= length % PAGE if number % 2 else 0
        assert outcome(whole[:length]) in ("refused", "found")


@long_form(20, 200)
def test_swapped_pages(path: Path, outcome: Callable[..., str], times: int) -> None:
    whole, chance = path.read_bytes(), random.Random(7)
    pages = [whole[at : at + PAGE] for at in range(0, len(whole), PAGE)]
    for _ in range(times):
        one, other = chance.sample(range(len(pages)), 2)
        swapped = list(pages)
        swapped[one], swapped[other] = pages[other], pages[one]
        assert outcome(b"".join(swapped)) in ("refused", "found")


@pytest.mark.parametrize("more", [1, 100, PAGE, 3 * PAGE, -1])
def test_grown(path: Path, outcome: Callable[..., str], more: int) -> None:
    """The file grows by zeros, or by copies of its first pages (-1). Bytes after the end are not part of the vault."""
    whole = path.read_bytes()

    assert outcome(whole + (bytes(more) if more > 0 else whole[: 2 * PAGE])) in ("refused", "found", "same")


@pytest.mark.parametrize("where", ["all", "pages"])
def test_noise(path: Path, outcome: Callable[..., str], where: str) -> None:
    whole, chance = path.read_bytes(), random.Random(7)
    kept = SALT if where == "all" else PAGE

    assert outcome(whole[:kept] + chance.randbytes(len(whole) - kept)) in ("refused", "found")


def test_no_byte_makes_the_derivation_cheaper(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For each of the 256 values of the profile byte, a known profile determines the cost, or nothing is derived.

    Nor is anything derived without the key file that a profile needs.
    """
    cost: list[kdf.Profile] = []

    class Argon2id:
        def __init__(self, *, memory_cost: int, iterations: int, lanes: int, **_: object) -> None:
            cost.append(kdf.Profile(memory_cost, iterations, lanes))

        def derive_into(self, typed: bytes, master: bytearray) -> None:
            pass

    monkeypatch.setattr(kdf, "PROFILES", REAL)
    monkeypatch.setattr(kdf, "Argon2id", Argon2id)
    whole = path.read_bytes()
    for first in range(256):
        path.write_bytes(bytes([first]) + whole[1:])
        cost.clear()
        needs_file = first & kdf.WITH_KEY_FILE
        refused = smtui.KeyFileError if needs_file else smtui.WrongPassphraseError
        with pytest.raises(refused if first in REAL else smtui.VaultFormatError):
            smtui.open_vault(path, PASSPHRASE)
        assert cost == ([REAL[first]] if first in REAL and not needs_file else [])
    assert all(profile.memory_cost >= 64 * 1024 and profile.iterations >= 3 for profile in REAL.values())


def test_right_wrong_and_damaged_cost_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each case costs one derivation. `python -m benchmarks.passphrase` measures the times."""
    derivations, real = [], kdf.Argon2id

    def count_derivation(**how: object) -> object:
        derivations.append(how)
        return real(**how)  # type: ignore[arg-type]

    monkeypatch.setattr(kdf, "Argon2id", count_derivation)
    smtui.open_vault(path, PASSPHRASE).close()
    for refused, content in (("wrong", path.read_bytes()), (PASSPHRASE, flip_bits(path.read_bytes(), 1000))):
        path.write_bytes(content)
        with pytest.raises(smtui.WrongPassphraseError, match="Wrong passphrase, or the first page"):
            smtui.open_vault(path, refused)
    assert len(derivations) == 3


# The write-ahead log of a killed program.

LAST = 30


@pytest.fixture
def killed(path: Path, key: bytes, tmp_path: Path) -> Path:
    """Returns a vault whose newest changes are only in its write-ahead log."""
    alive = tmp_path / "alive" / path.name
    alive.parent.mkdir()
    shutil.copyfile(path, alive)
    dead = tmp_path / "dead" / path.name
    dead.parent.mkdir()
    with smtui.open_vault(alive, key=key) as vault:
        for number in range(LAST + 1):
            vault.client().put_secret_value(SecretId="prod/api", SecretString=str(number))
        for file in alive.parent.iterdir():
            shutil.copyfile(file, dead.parent / file.name)
    return dead


def after_the_kill(dead: Path, key: bytes) -> tuple[str, int]:
    """Returns the newest value and the number of changes that the vault reports as missing."""
    with smtui.open_vault(dead, key=key) as vault:
        assert vault.maintenance.check().clean
        return vault.client().get_secret_value(SecretId="prod/api")["SecretString"], vault.maintenance.missing_commits


def test_a_log_that_is_whole_is_read(killed: Path, key: bytes) -> None:
    assert after_the_kill(killed, key) == (str(LAST), 0)


@long_form(25, 300)
def test_a_damaged_log(killed: Path, key: bytes, times: int) -> None:
    """A truncated log looks like a shorter one, but the rollback note of this machine counts the missing changes."""
    files, chance = {file: file.read_bytes() for file in killed.parent.iterdir()}, random.Random(7)
    log = killed.with_name(f"{killed.name}-wal")
    for number in range(times):
        for file in killed.parent.iterdir():
            file.unlink()
        for file, held in files.items():
            file.write_bytes(held)
        held, at = bytearray(files[log]), chance.randrange(len(files[log]))
        if number % 3:
            held[at] ^= chance.randrange(1, 256)
        log.write_bytes(held if number % 3 else held[:at])
        value, behind = after_the_kill(killed, key)
        assert behind or value == str(LAST)
        assert behind == LAST - int(value) if value in map(str, range(LAST + 1)) else behind > LAST


@pytest.mark.parametrize("companion", ["-shm", "-journal"])
def test_noise_beside_the_vault(killed: Path, key: bytes, companion: str) -> None:
    killed.with_name(killed.name + companion).write_bytes(random.Random(7).randbytes(9 * PAGE))

    assert after_the_kill(killed, key) == (str(LAST), 0)


# Earlier states of pages and rows.


@dataclass(frozen=True)
class Life:
    """The current content of a vault, its key, and its content at some earlier times."""

    now: bytes
    key: bytes
    before: tuple[bytes, ...]


@pytest.fixture(scope="session")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    """Returns a vault in which rows of every table were added, changed and deleted."""
    path, chance, clock = tmp_path_factory.mktemp("life") / "v.vault", random.Random(7), Clock()
    before = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "PROFILES", CHEAP)
        with smtui.create_vault(path, PASSPHRASE, clock=clock) as vault:
            key = vault.unlock_key()
            vault.audit.set_retention(30)
            for number in range(40):
                create_secret(vault, f"s{number}", chance)
    for _ in range(4):
        before.append(path.read_bytes())
        clock.forward(days=20)
        with smtui.open_vault(path, key=key, clock=clock) as vault:
            for _ in range(25):
                lives(vault, f"s{chance.randrange(40)}", chance)
            assert vault.maintenance.check().clean
    return Life(path.read_bytes(), key, tuple(before))


def create_secret(vault: smtui.Vault, name: str, chance: random.Random) -> None:
    far = {"AddReplicaRegions": [{"Region": "eu-west-1"}]} if name.endswith("7") else {}
    vault.client().create_secret(
        Name=name, Description=f"number {name}", SecretString="v" * chance.randrange(1, 9000),
        Tags=[{"Key": "k", "Value": name}], **far,  # type: ignore[arg-type]
    )


def lives(vault: smtui.Vault, name: str, chance: random.Random) -> None:
    """Makes one random change to a secret or to a key, a function or another secret."""
    client, keys = vault.client(), vault.keys()
    word = f"{chance.randrange(10**6)}"
    policy = {"Version": "2012-10-17", "Statement": [{
        "Sid": word, "Effect": "Deny", "Principal": "*", "Action": "secretsmanager:DeleteSecret", "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceIp": word}},
    }]}
    things: list[Callable[[], object]] = [
        lambda: client.put_secret_value(SecretId=name, SecretString=word * chance.randrange(1, 900)),
        lambda: client.update_secret(SecretId=name, Description=f"changed to {word}"),
        lambda: client.tag_resource(SecretId=name, Tags=[{"Key": f"k{word[0]}", "Value": word}]),
        lambda: client.untag_resource(SecretId=name, TagKeys=["k"]),
        lambda: client.get_secret_value(SecretId=name),
        lambda: client.put_resource_policy(SecretId=name, ResourcePolicy=json.dumps(policy)),
        lambda: client.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True),
        lambda: client.delete_secret(SecretId=name),
        lambda: create_secret(vault, f"new{word}", chance),
        lambda: keys.create_alias(AliasName=f"alias/a{word}", TargetKeyId=keys.create_key()["KeyMetadata"]["KeyId"]),
        lambda: vault.rotations().create_function(FunctionName=f"f{word}", Password={}),
    ]
    with contextlib.suppress(smtui.ClientError):
        chance.choice(things)()


@dataclass(frozen=True)
class Replays:
    """The number of replaced pages, and those that no check found, as (moment, offset)."""

    tried: int
    unnoticed: tuple[tuple[int, int], ...]


def replay(life: Life, path: Path) -> Replays:
    """Replaces each page by its content at each earlier time, one at a time."""
    tried, unnoticed = 0, []
    for moment, old in enumerate(life.before):
        for at in range(0, min(len(old), len(life.now)), PAGE):
            if old[at : at + PAGE] != life.now[at : at + PAGE]:
                tried += 1
                path.write_bytes(life.now[:at] + old[at : at + PAGE] + life.now[at + PAGE :])
                if unsuspecting(path, life.key):
                    unnoticed.append((moment, at))
    return Replays(tried, tuple(unnoticed))


def unsuspecting(path: Path, key: bytes) -> bool:
    try:
        with smtui.open_vault(path, key=key, read_only=True) as vault:
            return vault.maintenance.check().clean
    except smtui.VaultError:
        return False


def everything(path: Path, life: Life, content: bytes) -> object:
    """Returns a digest of all rows of a file with these bytes, and its sequence numbers."""
    path.write_bytes(content)
    with smtui.open_vault(path, key=life.key, read_only=True) as vault:
        database = vault._state.database
        return digest.sum_rows(database, b"any"), database.fetch_rows("SELECT * FROM sqlite_sequence ORDER BY name")


@pytest.fixture(scope="session")
def replays(life: Life, tmp_path_factory: pytest.TempPathFactory) -> Replays:
    path = tmp_path_factory.mktemp("replays") / "v.vault"
    path.touch(mode=0o600)
    return replay(life, path)


def test_an_older_page_is_found(life: Life, path: Path, replays: Replays) -> None:
    """All older pages are found, except those with the same content and unused ones."""
    now = everything(path, life, life.now)
    for moment, at in replays.unnoticed:
        content = life.now[:at] + life.before[moment][at : at + PAGE] + life.now[at + PAGE :]
        assert everything(path, life, content) == now
    assert replays.tried - len(replays.unnoticed) >= 40


def test_it_is_the_digest_that_finds_them(
    life: Life, path: Path, replays: Replays, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the digest, older pages with different content pass the check."""
    monkeypatch.setattr(digest, "find_difference", lambda *_: 0)
    monkeypatch.setattr(digest, "has_valid_row_numbers", lambda *_: True)

    assert len(replay(life, path).unnoticed) > len(replays.unnoticed) + 20


@pytest.mark.parametrize("statement", [
    "UPDATE secrets SET description = 'other' WHERE id = (SELECT max(id) FROM secrets)",
    "UPDATE secrets SET delete_at = NULL",
    "UPDATE versions SET accessed_on = 1 WHERE id = (SELECT min(id) FROM versions)",
    "DELETE FROM tags WHERE id = (SELECT min(id) FROM tags)",
    "UPDATE labels SET version = (SELECT min(id) FROM versions) WHERE secret = (SELECT max(secret) FROM labels)",
    "DELETE FROM policies",
    "UPDATE keys SET description = 'other'",
    "UPDATE aliases SET key = (SELECT min(id) FROM keys)",
    "DELETE FROM functions",
    "UPDATE replicas SET kms_key_id = 'other'",
    "UPDATE meta SET value = '999999999999' WHERE name = 'account_id'",
    "UPDATE audit_start SET dropped = dropped - 1",
    "INSERT INTO words (rowid, name) VALUES (999, 'more')",
    "UPDATE digest SET sum = zeroblob(32)",
    "UPDATE digest SET sum = zeroblob(32), event = (SELECT max(id) FROM audit_events)",
    "UPDATE audit_events SET sum = zeroblob(32) WHERE id = (SELECT max(id) FROM audit_events)",
    "UPDATE sqlite_sequence SET seq = 0",
])
def test_a_row_changed_by_another_program_is_found(life: Life, path: Path, statement: str) -> None:
    now = everything(path, life, life.now)
    by_another_program(path, life.key, statement)
    assert everything(path, life, path.read_bytes()) != now or "sum" in statement

    with smtui.open_vault(path, key=life.key) as vault:
        assert "rows" in {finding.area for finding in vault.maintenance.check().findings}
        vault.client().create_secret(Name="later")
        assert "rows" in {finding.area for finding in vault.maintenance.check().findings}


LAST_ROW = 2**63 - 1
ADD_A_ROW: dict[str, Callable[[smtui.Vault], object]] = {
    "secrets": lambda vault: vault.client().create_secret(Name="later", SecretString="x"),
    "versions": lambda vault: vault.client().put_secret_value(SecretId="any", SecretString="y"),
    "keys": lambda vault: vault.keys().create_key(),
    "audit_events": lambda vault: vault.client().get_secret_value(SecretId="any"),
}


@pytest.mark.parametrize(("table", "place"), [
    (table, place) for table in ADD_A_ROW for place in ("the last number given", "a row")
    if (table, place) != ("audit_events", "the last number given")  # the newest row tells the number
])
def test_used_up_row_numbers_are_no_full_disk(path: Path, key: bytes, table: str, place: str) -> None:
    """SQLite uses the same error code for both. The check still runs and finds the damage."""
    why = f"tampered with: the row numbers of its table {table} are"
    if (table, place) == ("versions", "a row"):
        why = "tampered with: the labels, versions or policy"  # a version with another number is another version
    with smtui.open_vault(path, key=key) as vault:
        vault.client().create_secret(Name="any", SecretString="x")
        vault.keys().create_key()
    by_another_program(
        path, key, "PRAGMA foreign_keys = OFF",
        f"UPDATE sqlite_sequence SET seq = {LAST_ROW} WHERE name = '{table}'" if place == "the last number given" else
        f"UPDATE {table} SET id = {LAST_ROW} WHERE id = (SELECT max(id) FROM {table})",
    )  # fmt: skip

    with smtui.open_vault(path, key=key) as vault:
        with pytest.raises(smtui.VaultDamagedError, match=why):
            ADD_A_ROW[table](vault)
        assert "rows" in {finding.area for finding in vault.maintenance.check().findings}


def test_a_sum_of_row_numbers_beyond_the_last_is_damage(path: Path, key: bytes) -> None:
    """Inserts into other tables are refused too."""
    by_another_program(path, key, f"UPDATE sqlite_sequence SET seq = {LAST_ROW} WHERE name = 'keys'")

    with smtui.open_vault(path, key=key) as vault, pytest.raises(smtui.VaultDamagedError, match="too large"):
        vault.client().create_secret(Name="later")
