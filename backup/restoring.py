"""Restoring a backup into an empty data folder, and an empty PostgreSQL database where there is one."""

import json
import shutil
import tarfile
import tempfile
from datetime import datetime
from pathlib import Path, PurePosixPath

from pydantic import ValidationError
from sqlalchemy import make_url

from backup.copies import has_tables, load_postgresql
from backup.errors import BackupRefused
from backup.manifest import DATABASE, IMPORTS, KEYS, NAME, TEMPORAL, Manifest, content_of
from backup.sealed import unseal
from backup.taking import KEY_FILES, key_mark
from launcher.config import ServerFiles
from launcher.lock import FolderLock
from settings import Settings

MARK = "restored.json"
"""In the data folder until a worker has mended what the two databases disagree about."""


def restore(settings: Settings, file: Path) -> Manifest:
    """Put everything back; what the backup says of itself.

    Raises:
        BackupRefused: when it does not fit, is damaged, or would overwrite something; nothing is changed then.
        launcher.errors.FolderInUse: when something runs on the data folder.
        OSError: when the disk is full, or a file cannot be written.
    """
    with (
        FolderLock(settings.data_dir),
        tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.data_dir) as folder,
    ):
        manifest = _unpacked(file, Path(folder))
        _fits(settings, manifest)
        _keys_back(settings, Path(folder), manifest)
        mark = settings.data_dir / MARK
        mark.write_text(json.dumps({"began_at": manifest.began_at.isoformat()}))
        _database_back(settings, Path(folder))
        if manifest.temporal == "embedded":
            place = ServerFiles(settings.data_dir / "temporal")
            place.folder.mkdir(mode=0o700, exist_ok=True)
            (Path(folder) / TEMPORAL).replace(place.database)
        if (uploads := Path(folder) / IMPORTS).exists():
            shutil.copytree(uploads, settings.import_folder, dirs_exist_ok=True)
    return manifest


def restored_since(settings: Settings) -> datetime | None:
    """When the backup was begun that was restored and is not mended yet; None when there is none."""
    mark = settings.data_dir / MARK
    return datetime.fromisoformat(json.loads(mark.read_text())["began_at"]) if mark.exists() else None


def forget_restore(settings: Settings) -> None:
    """It is mended."""
    (settings.data_dir / MARK).unlink(missing_ok=True)


def _unpacked(file: Path, folder: Path) -> Manifest:
    """The backup's files in a folder, each as its manifest says."""
    try:
        with tarfile.open(file, "r:gz") as packed:
            head = packed.next()
            text = packed.extractfile(head) if head and head.name == NAME else None
            if text is None:
                raise BackupRefused("not-a-backup", file=file)
            manifest = _manifest(text.read(), file)
            while (member := packed.next()) is not None:
                if member.name not in manifest.files or ".." in PurePosixPath(member.name).parts:
                    raise BackupRefused("damaged", file=file, what=member.name)
                packed.extract(member, folder, filter="data")
    except (tarfile.TarError, EOFError, OSError, ValueError) as failed:
        if isinstance(failed, FileNotFoundError | PermissionError):
            raise
        raise BackupRefused("damaged", file=file, what=failed) from failed
    for name, content in manifest.files.items():
        if not (folder / name).is_file() or content_of(folder / name) != content:
            raise BackupRefused("damaged", file=file, what=name)
    return manifest


def _manifest(text: bytes, file: Path) -> Manifest:
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as failed:
        newer = any(error["loc"] == ("format",) for error in failed.errors())
        raise BackupRefused("made-by-newer" if newer else "not-a-backup", file=file) from failed


def _fits(settings: Settings, manifest: Manifest) -> None:
    """Refuse unless there is a place for everything, and nothing there yet."""
    url = make_url(settings.sqlalchemy_url)
    if url.get_backend_name() != manifest.database:
        raise BackupRefused("other-database", has=manifest.database, wanted=url.get_backend_name())
    places = [Path(url.database or "")] if manifest.database == "sqlite" else []
    places += [ServerFiles(settings.data_dir / "temporal").database] if manifest.temporal == "embedded" else []
    for place in places:
        if left := next(place.parent.glob(place.name + "*"), None):
            raise BackupRefused("folder-not-empty", file=left)
    if manifest.database == "postgresql" and has_tables(url):
        raise BackupRefused("database-not-empty", database=url.database)


def _keys_back(settings: Settings, folder: Path, manifest: Manifest) -> None:
    """Put back the keys that are missing, and refuse to go on with another key of the ids."""
    given, made = bool(settings.secret.get_secret_value()), []
    if KEYS in manifest.files:
        keys = unseal((folder / KEYS).read_bytes(), settings.backup_passphrase.get_secret_value())
        for name in KEY_FILES:
            path = settings.data_dir / name
            if name in keys and not path.exists():
                path.touch(mode=0o600)
                path.write_text(keys[name])
                made.append(path)
    if not given and not (settings.data_dir / "secret.key").exists():
        raise BackupRefused("key-needed", folder=settings.data_dir.absolute())
    if key_mark(settings) != manifest.key:
        for path in made:
            path.unlink()
        raise BackupRefused("key-wrong")


def _database_back(settings: Settings, folder: Path) -> None:
    url = make_url(settings.sqlalchemy_url)
    if url.get_backend_name() == "sqlite":
        place = Path(url.database or "")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder / DATABASE, place)
    else:
        load_postgresql(url, folder / DATABASE)
