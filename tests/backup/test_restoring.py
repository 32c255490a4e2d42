"""A backup comes back whole or not at all, on SQLite and PostgreSQL."""

import io
import json
import sqlite3
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import select

from backup.copies import copy_sqlite
from backup.errors import BackupRefused
from backup.manifest import DATABASE, KEYS, NAME, TEMPORAL, Manifest
from backup.restoring import MARK, forget_restore, restore, restored_since
from backup.sealed import seal, unseal
from backup.taking import take
from keys import admin_token, id_secret
from launcher.errors import FolderInUse
from launcher.lock import FolderLock
from settings import Settings
from store.database import Database
from store.tables import RepRow
from tests.databases import EMPTY, TEMPLATE, NewDatabase
from tests.examples import LI, employ

PASSPHRASE = "正确的 horse battery"


def settings(folder: Path, url: str = "", passphrase: str = PASSPHRASE) -> Settings:
    return Settings(data_dir=folder, database_url=url, backup_passphrase=passphrase)


@pytest.fixture
def site(new_sqlite: NewDatabase, tmp_path: Path) -> Settings:
    """An installation with one rep, a key, an upload and a Temporal database."""
    site = settings(tmp_path / "data", new_sqlite(TEMPLATE))
    database = Database(site.sqlalchemy_url)
    employ(database, LI)
    database.close()
    id_secret(site)
    admin_token(site)
    site.import_folder.mkdir()
    (site.import_folder / "客户.csv").write_text("公司,电话\n", encoding="utf-8")
    (site.data_dir / "temporal").mkdir()
    with sqlite3.connect(site.data_dir / "temporal" / "temporal.db") as temporal:
        temporal.execute("CREATE TABLE namespaces (id)")
    return site


def reps(site: Settings) -> list[str]:
    database = Database(site.sqlalchemy_url)
    with database.read() as session:
        found = [rep.id for rep in session.exec(select(RepRow))]
    database.close()
    return found


def refused(code: str, do: Callable[[], object]) -> None:
    with pytest.raises(BackupRefused) as caught:
        do()
    assert caught.value.code == code


def test_everything_comes_back(site: Settings, tmp_path: Path) -> None:
    file = take(site, tmp_path, embedded=True, keys=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    home = settings(tmp_path / "new", f"sqlite:///{tmp_path / 'new' / 'own.db'}")
    manifest = restore(home, file)
    assert reps(home) == ["li.na"]
    assert (home.import_folder / "客户.csv").read_text(encoding="utf-8") == "公司,电话\n"
    assert (id_secret(home), admin_token(home)) == (id_secret(site), admin_token(site))
    assert stat.S_IMODE((home.data_dir / "secret.key").stat().st_mode) == 0o600
    with sqlite3.connect(home.data_dir / "temporal" / "temporal.db") as temporal:
        assert temporal.execute("SELECT name FROM sqlite_master").fetchall() == [("namespaces",)]
    assert restored_since(home) == manifest.began_at
    forget_restore(home)
    assert restored_since(home) is None
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_temporals_database_is_copied_before_ours(
    site: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    def noted(source: Path, target: Path) -> None:
        order.append(target.name)
        copy_sqlite(source, target)

    monkeypatch.setattr("backup.taking.copy_sqlite", noted)
    take(site, tmp_path, embedded=True, keys=False)
    assert order == [TEMPORAL, DATABASE]


def test_a_copy_of_a_file_that_is_being_written_is_of_one_instant(tmp_path: Path) -> None:
    writer = sqlite3.connect(tmp_path / "live.db", isolation_level=None)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("CREATE TABLE pairs (side TEXT)")
    writer.executescript("BEGIN; INSERT INTO pairs VALUES ('left'); INSERT INTO pairs VALUES ('right'); COMMIT; BEGIN;")
    writer.execute("INSERT INTO pairs VALUES ('left')")
    copy_sqlite(tmp_path / "live.db", tmp_path / "copy.db")
    writer.execute("ROLLBACK")
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        assert copy.execute("SELECT count(*) FROM pairs").fetchone() == (2,)


def test_postgresql_comes_back_into_an_empty_database_only(
    new_postgresql: NewDatabase, site: Settings, tmp_path: Path
) -> None:
    here = site.model_copy(update={"database_url": new_postgresql(TEMPLATE)})
    database = Database(here.sqlalchemy_url)
    employ(database, LI)
    database.close()
    file = take(here, tmp_path / "file", embedded=False, keys=True)
    refused("database-not-empty", lambda: restore(settings(tmp_path / "a", here.database_url), file))
    refused("other-database", lambda: restore(settings(tmp_path / "b"), file))
    home = settings(tmp_path / "new", new_postgresql(EMPTY))
    assert restore(home, file).temporal == "cluster"
    assert reps(home) == ["li.na"]


def test_without_the_right_key_nothing_is_restored(site: Settings, tmp_path: Path) -> None:
    file = take(site, tmp_path, embedded=True, keys=False)
    home = settings(tmp_path / "new")
    refused("key-needed", lambda: restore(home, file))
    (home.data_dir / "secret.key").write_text("another key, which is long enough too")
    refused("key-wrong", lambda: restore(home, file))
    assert sorted(path.name for path in home.data_dir.iterdir()) == ["lock", "secret.key"]
    (home.data_dir / "secret.key").write_bytes(id_secret(site))
    restore(home, file)
    assert reps(home) == ["li.na"]


def test_nothing_is_overwritten(site: Settings, tmp_path: Path) -> None:
    file = take(site, tmp_path, embedded=True, keys=True)
    refused("folder-not-empty", lambda: restore(site, file))
    home = settings(tmp_path / "new")
    restore(home, file)
    refused("folder-not-empty", lambda: restore(home, file))
    with FolderLock(home.data_dir), pytest.raises(FolderInUse):
        restore(home, file)


def test_a_passphrase_is_needed_and_must_be_the_same(site: Settings, tmp_path: Path) -> None:
    bare = site.model_copy(update={"backup_passphrase": type(site.backup_passphrase)("")})
    refused("passphrase-missing", lambda: take(bare, tmp_path, embedded=True, keys=True))
    file = take(site, tmp_path / "file", embedded=True, keys=True)
    refused("passphrase-wrong", lambda: restore(settings(tmp_path / "new", passphrase="another"), file))
    assert b"secret" not in file.read_bytes()
    assert unseal(seal({"secret.key": "钥匙"}, PASSPHRASE), PASSPHRASE) == {"secret.key": "钥匙"}


def repacked(file: Path, change: Callable[[str, bytes], tuple[str, bytes]]) -> Path:
    """The backup with its files changed."""
    changed = file.with_suffix(".changed")
    with tarfile.open(file) as old, tarfile.open(changed, "w:gz") as new:
        for member in old:
            content = old.extractfile(member)
            assert content
            name, text = change(member.name, content.read())
            info = tarfile.TarInfo(name)
            info.size = len(text)
            new.addfile(info, io.BytesIO(text))
    return changed


def test_a_damaged_backup_changes_nothing(site: Settings, tmp_path: Path) -> None:
    file = take(site, tmp_path / "file", embedded=True, keys=True)
    home = settings(tmp_path / "new")
    for name in (DATABASE, TEMPORAL, KEYS):
        flipped = repacked(
            file, lambda it, text, name=name: (it, text[:-1] + bytes([text[-1] ^ 1]) if it == name else text)
        )
        refused("damaged", lambda flipped=flipped: restore(home, flipped))
    cut = tmp_path / "cut"
    cut.write_bytes(file.read_bytes()[:-2000])
    refused("damaged", lambda: restore(home, cut))
    outside = repacked(file, lambda it, text: ("../evil" if it == DATABASE else it, text))
    refused("damaged", lambda: restore(home, outside))
    assert not (tmp_path / "evil").exists()
    assert [path.name for path in home.data_dir.iterdir()] == ["lock"]


def test_what_is_no_backup_or_a_newer_one_is_said(site: Settings, tmp_path: Path) -> None:
    home, file = settings(tmp_path / "new"), take(site, tmp_path / "file", embedded=True, keys=True)
    (tmp_path / "text").write_text("nothing")
    refused("damaged", lambda: restore(home, tmp_path / "text"))

    def newer(name: str, text: bytes) -> tuple[str, bytes]:
        return name, json.dumps({**json.loads(text), "format": 2}).encode() if name == NAME else text

    refused("made-by-newer", lambda: restore(home, repacked(file, newer)))
    refused("not-a-backup", lambda: restore(home, repacked(file, lambda name, text: (f"x{name}", text))))


def test_the_manifest_says_what_is_in_it(site: Settings, tmp_path: Path) -> None:
    file = take(site, tmp_path, embedded=True, keys=False)
    with tarfile.open(file) as packed:
        head = packed.extractfile(NAME)
        assert head
        manifest = Manifest.model_validate_json(head.read())
        assert set(packed.getnames()) == {NAME, *manifest.files}
    assert (manifest.database, manifest.temporal) == ("sqlite", "embedded")
    assert manifest.began_at <= manifest.ended_at


def test_what_is_not_there_or_no_database_is_said(site: Settings, tmp_path: Path) -> None:
    temporal = site.data_dir / "temporal" / "temporal.db"
    temporal.write_bytes(b"this is no database, though it is long enough to be one" * 100)
    refused("sqlite-unusable", lambda: take(site, tmp_path, embedded=True, keys=False))
    temporal.unlink()
    refused("nothing-to-back-up", lambda: take(site, tmp_path, embedded=True, keys=False))
    assert list(tmp_path.glob("*.tar.gz")) == []
    assert not (site.data_dir / MARK).exists()
