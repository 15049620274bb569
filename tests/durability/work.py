"""Kinds of work that a test interrupts, and checks of the files afterwards.

Each does acts 1, 2, 3 and so on; the caller acknowledges an act after it returns. `judge` gets the last acknowledged
act: all acts up to it must be there, and the next one completely or not at all.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import patch

import smtui
from smtui.cli.exit_codes import Exit
from smtui.system.ambient import read_system_clock
from smtui.vault import kdf
from tests.vault.conftest import REAL
from tests.vault.test_backup import SAMPLES

PASSPHRASE = "pass-0"
KEPT = {f"kept/{number}": f"untouched {number} " * (1 + 300 * number) for number in range(4)}


def text(number: int) -> str:
    """Returns a value whose completeness can be checked; every third one takes several pages."""
    return f"{number}." * (3000 if number % 3 == 0 else 40)


class Work:
    """Work on the vault `path` in `folder`, with its own state folder."""

    name: ClassVar[str]

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "v.vault"
        self.state = folder.with_name(folder.name + ".state")
        os.environ["SMTUI_STATE"] = str(self.state)
        self.vault: Any = None

    def clear(self) -> None:
        for each in (self.folder, self.state):
            shutil.rmtree(each, ignore_errors=True)

    def prepare(self) -> None:
        """Creates the vault for the work."""
        with smtui.create_vault(self.path, PASSPHRASE) as vault:
            client = vault.client()
            for name, value in KEPT.items():
                client.create_secret(Name=name, SecretString=value, Tags=[{"Key": "k", "Value": "v"}])
            self.fill(vault)

    def fill(self, vault: smtui.Vault) -> None:
        """Adds what this work needs to the vault."""

    def begin(self) -> None:
        self.vault = smtui.open_vault(self.path, PASSPHRASE)
        self.client: Any = self.vault.client()

    def act(self, number: int) -> None:
        raise NotImplementedError

    def end(self) -> None:
        if self.vault is not None:
            self.vault.close()

    @property
    def is_open(self) -> bool:
        """Whether the work can continue in the open vault."""
        return self.vault is not None and not self.vault.locked

    def again(self, done: int) -> int:
        """Repeats the refused act in the same session, and returns the number of completed acts."""
        self.act(done + 1)
        return done + 1

    def judge(self, done: int) -> None:
        with self.sound(self.path, PASSPHRASE) as vault:
            self.look(vault, vault.client(), done)

    def look(self, vault: smtui.Vault, client: Any, done: int) -> None:
        raise NotImplementedError

    @contextmanager
    def sound(self, path: Path, passphrase: str, **how: Any) -> Iterator[smtui.Vault]:
        """Opens the vault, and asserts that it is valid, has the KEPT secrets, and afterwards accepts a change."""
        with smtui.open_vault(path, passphrase, **how) as vault:
            report = vault.maintenance.check()
            assert report.clean, report.findings
            assert path != self.path or not vault.maintenance.missing_commits
            client = vault.client()
            for name, value in KEPT.items():
                assert client.get_secret_value(SecretId=name)["SecretString"] == value
            yield vault
            client.put_secret_value(SecretId="kept/0", SecretString="still works")
        assert not list(path.parent.glob(path.name + "-*"))


class Put(Work):
    name = "put"

    def fill(self, vault: smtui.Vault) -> None:
        vault.client().create_secret(Name="s", SecretString=text(0))

    def act(self, number: int) -> None:
        self.client.put_secret_value(SecretId="s", SecretString=text(number))

    def look(self, vault: smtui.Vault, client: Any, done: int) -> None:
        value = client.get_secret_value(SecretId="s")["SecretString"]
        number = int(value.partition(".")[0])
        assert number in (done, done + 1)
        assert value == text(number)
        if number:
            previous = client.get_secret_value(SecretId="s", VersionStage="AWSPREVIOUS")["SecretString"]
            assert previous == text(number - 1)


class Label(Work):
    """Moves AWSCURRENT in turn among three versions, one of which has a custom label."""

    name = "label"
    VERSIONS = tuple(f"{number}" * 32 for number in range(3))

    def fill(self, vault: smtui.Vault) -> None:
        client: Any = vault.client()
        client.create_secret(Name="s", SecretString=text(2), ClientRequestToken=self.VERSIONS[2])
        client.put_secret_value(SecretId="s", SecretString=text(1), ClientRequestToken=self.VERSIONS[1],
                                VersionStages=["one"])
        client.put_secret_value(SecretId="s", SecretString=text(0), ClientRequestToken=self.VERSIONS[0])

    def act(self, number: int) -> None:
        before, after = self.VERSIONS[(number - 1) % 3], self.VERSIONS[number % 3]
        self.client.update_secret_version_stage(
            SecretId="s", VersionStage="AWSCURRENT", RemoveFromVersionId=before, MoveToVersionId=after
        )

    def look(self, vault: smtui.Vault, client: Any, done: int) -> None:
        stages = client.describe_secret(SecretId="s")["VersionIdsToStages"]
        assert sorted(chain.from_iterable(stages.values())) == ["AWSCURRENT", "AWSPREVIOUS", "one"]
        [current] = [number for number in (done, done + 1) if "AWSCURRENT" in stages.get(self.VERSIONS[number % 3], ())]
        assert "AWSPREVIOUS" in stages[self.VERSIONS[(current - 1) % 3]]
        assert client.get_secret_value(SecretId="s")["SecretString"] == text(current % 3)


class Delete(Work):
    """Deletes secrets, in turn without recovery and with a recovery window."""

    name = "delete"
    MANY = 60

    def fill(self, vault: smtui.Vault) -> None:
        with vault.transaction():
            for number in range(1, self.MANY + 1):
                vault.client().create_secret(Name=f"s{number}", SecretString=text(number))

    def act(self, number: int) -> None:
        if number <= self.MANY:
            how = {"ForceDeleteWithoutRecovery": True} if number % 2 else {"RecoveryWindowInDays": 7}
            self.client.delete_secret(SecretId=f"s{number}", **how)

    def look(self, vault: smtui.Vault, client: Any, done: int) -> None:
        there = {}
        for page in client.get_paginator("list_secrets").paginate(IncludePlannedDeletion=True):
            there |= {entry["Name"]: "DeletedDate" in entry for entry in page["SecretList"]}
        state = {number: there.get(f"s{number}") for number in range(1, self.MANY + 1)}
        for number in range(1, min(done, self.MANY) + 1):
            assert state[number] is (None if number % 2 else True)
        assert done >= self.MANY or state[done + 1] in (False, None if (done + 1) % 2 else True)
        for number in range(done + 2, self.MANY + 1):
            assert state[number] is False
            assert client.get_secret_value(SecretId=f"s{number}")["SecretString"] == text(number)


class Import(Work):
    """Imports files of several secrets with the command line; each import is all or nothing."""

    name = "import"
    MANY = 12

    def begin(self) -> None:
        self.file = self.folder.parent / f"{self.folder.name}.env"
        self.file.write_text("".join(f"NAME_{number}={text(number)}\n" for number in range(self.MANY)))

    def act(self, number: int) -> None:
        from smtui.cli.main import run

        os.environ["SMTUI_PASSPHRASE"] = PASSPHRASE
        out, err = io.TextIOWrapper(io.BytesIO()), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = run(["import", "--vault", str(self.path), "--prefix", f"{number}/", str(self.file)])
        if code == Exit.VAULT:
            sentence, *hint = err.getvalue().splitlines()
            assert len(hint) <= 1
            raise smtui.VaultError(sentence)
        assert code == Exit.DONE, err.getvalue()

    def look(self, vault: smtui.Vault, client: Any, done: int) -> None:
        for number in range(1, done + 3):
            there = 0
            for each in range(self.MANY):
                try:
                    value = client.get_secret_value(SecretId=f"{number}/NAME_{each}")["SecretString"]
                    assert value == text(each)
                    there += 1
                except client.exceptions.ResourceNotFoundException:
                    pass
            assert there == self.MANY or (there == 0 and number > done), number
            assert there == 0 or number <= done + 1


class Rotate(Work):
    """Rotates a secret; an interrupted rotation continues later with the same version."""

    name = "rotation"

    def fill(self, vault: smtui.Vault) -> None:
        vault.client().create_secret(Name="s", SecretString="first")
        vault.rotations().create_function(FunctionName="f", Password={})

    @staticmethod
    def version(number: int) -> str:
        return f"{number:032}"

    def act(self, number: int) -> None:
        arn = self.vault.rotations().list_functions()["Functions"][0]["FunctionArn"]
        self.client.rotate_secret(SecretId="s", RotationLambdaARN=arn, ClientRequestToken=self.version(number))

    def again(self, done: int) -> int:
        """Does not repeat the rotation, because an interrupted one continues later."""
        self.client.put_secret_value(SecretId="kept/1", SecretString=KEPT["kept/1"])
        return done

    def judge(self, done: int) -> None:
        later = {"clock": lambda: read_system_clock() + timedelta(hours=1)}
        with self.sound(self.path, PASSPHRASE, **later) as vault:
            client: Any = vault.client()
            before = client.get_secret_value(SecretId="s")["VersionId"]
            assert before == self.version(done + 1) or done == 0 or before == self.version(done)
            ended = vault.scheduler.run_due()
            assert not [each.problem for each in ended if each.problem]
            stages = client.describe_secret(SecretId="s")["VersionIdsToStages"]
            [current] = [version for version, labels in stages.items() if "AWSCURRENT" in labels]
            assert current in ([self.version(done + 1)] if ended else [before])
            assert [version for version, labels in stages.items() if "AWSPENDING" in labels] in ([], [current])
            assert done + len(ended) == 0 or len(client.get_secret_value(SecretId="s")["SecretString"]) == 32


class Change(Work):
    """Changes the passphrase; either the old or the new one opens the vault, and no other."""

    name = "passphrase"

    def act(self, number: int) -> None:
        self.vault.maintenance.change_passphrase(f"pass-{number}")

    def judge(self, done: int) -> None:
        opens = []
        for number in range(done + 3):
            try:
                smtui.open_vault(self.path, f"pass-{number}").close()
                opens.append(number)
            except smtui.WrongPassphraseError:
                pass
        assert opens in ([done], [done + 1])
        with self.sound(self.path, f"pass-{opens[0]}"):
            pass
        assert list(self.folder.iterdir()) == [self.path]


class Backup(Work):
    """Makes backups, in turn to a new path and over the previous one."""

    name = "backup"

    def fill(self, vault: smtui.Vault) -> None:
        vault.client().create_secret(Name="s", SecretString=text(0))

    def target(self, number: int) -> Path:
        return self.folder / (f"{number}.backup" if number % 2 else "latest.backup")

    def act(self, number: int, *, force: bool = False) -> None:
        self.client.put_secret_value(SecretId="s", SecretString=text(number))
        self.vault.maintenance.backup(self.target(number), force=force or not number % 2)

    def again(self, done: int) -> int:
        """Overwrites a copy that exists, but whose sync failed."""
        self.act(done + 1, force=True)
        return done + 1

    def judge(self, done: int) -> None:
        with self.sound(self.path, PASSPHRASE) as vault:
            assert self.held(vault) in (done, done + 1)
        for number in range(1, done + 2, 2):
            if number <= done or self.target(number).exists():
                with self.sound(self.target(number), PASSPHRASE) as copy:
                    assert self.held(copy) == number
        latest = done - done % 2
        if latest or self.target(0).exists():
            with self.sound(self.target(0), PASSPHRASE) as copy:
                assert self.held(copy) in ((latest, latest + 2) if done % 2 else (latest,))

    @staticmethod
    def held(vault: smtui.Vault) -> int:
        value = vault.client().get_secret_value(SecretId="s")["SecretString"]
        number = int(value.partition(".")[0])
        assert value == text(number)
        return number


class Create(Work):
    """Creates vaults; every file that exists is a complete vault."""

    name = "create"

    def prepare(self) -> None:
        pass

    def begin(self) -> None:
        pass

    def place(self, number: int) -> Path:
        return self.folder / f"{number}.vault"

    def act(self, number: int) -> None:
        smtui.create_vault(self.place(number), PASSPHRASE).close()

    def judge(self, done: int) -> None:
        for number in range(1, done + 2):
            if number <= done or self.place(number).exists():
                with smtui.open_vault(self.place(number), PASSPHRASE) as vault:
                    assert vault.maintenance.check().clean
                    vault.client().create_secret(Name="s", SecretString="works")


class Migrate(Work):
    """Opens copies of the frozen samples, which migrates them."""

    name = "migration"
    SAMPLES = sorted(SAMPLES.glob("*.vault"))
    MANY = 4

    def prepare(self) -> None:
        """Copies the samples, with their keys beside them because the real key derivation is expensive."""
        for number in range(1, self.MANY + 1):
            sample = self.SAMPLES[number % len(self.SAMPLES)]
            shutil.copyfile(sample, self.place(number))
            self.place(number).chmod(0o600)
            (self.folder / f"{number}.key").write_bytes(_key_of(sample))

    def place(self, number: int) -> Path:
        return self.folder / f"{number}.vault"

    def begin(self) -> None:
        pass

    def act(self, number: int) -> None:
        if number <= self.MANY:
            self.opened(self.place(number), number).close()

    def opened(self, path: Path, number: int) -> smtui.Vault:
        return smtui.open_vault(path, key=(self.folder / f"{number}.key").read_bytes())

    def judge(self, done: int) -> None:
        for number in range(1, self.MANY + 1):
            place = self.place(number)
            copies = [path for path in self.folder.glob(f"{place.name}.format-*") if path.suffix == ".backup"]
            for path in (place, *copies):
                with self.opened(path, number) as vault:
                    assert vault.maintenance.check().clean
                    value = vault.client().get_secret_value(SecretId="prod/db")["SecretString"]
                    assert value == '{"user":"app","password":"second"}'
                    vault.client().create_secret(Name="s", SecretString="works")


_keys: dict[Path, bytes] = {}


def _key_of(sample: Path) -> bytes:
    if sample not in _keys:
        salt = sample.read_bytes()[: kdf.SALT_BYTES]
        with patch.dict(kdf.PROFILES, REAL):
            _keys[sample] = kdf.FileKeys.from_passphrase("a frozen sample", salt).unlock_key()
    return _keys[sample]


KINDS: dict[str, type[Work]] = {
    kind.name: kind for kind in (Put, Label, Delete, Import, Rotate, Change, Backup, Create, Migrate)
}
