"""Taking a backup of a running or a stopped installation into one file."""

import os
import tarfile
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

from sqlalchemy import make_url

from backup.copies import copy_sqlite, dump_postgresql
from backup.errors import BackupRefused
from backup.manifest import DATABASE, IMPORTS, KEYS, NAME, TEMPORAL, Manifest, content_of
from backup.sealed import seal
from domain.ids import IdMaker
from keys import id_secret
from launcher.config import ServerFiles
from settings import Settings

KEY_FILES = ("secret.key", "admin.token", "issuer.key")


def take(settings: Settings, out: Path, *, embedded: bool, keys: bool) -> Path:
    """Write a backup; the file, whole and readable by its owner only, or none.

    Args:
        settings: the installation.
        out: the file, or a folder in which it gets a name of its own.
        embedded: whether Temporal's database is the one in the data folder.
        keys: whether the key files go with it, sealed with ``ONEOWNER_BACKUP_PASSPHRASE``.

    Raises:
        BackupRefused: when something cannot be copied.
        OSError: when the disk is full, or a file cannot be written.
    """
    began_at = datetime.now(UTC)
    if out.is_dir():
        out = out / f"oneowner-{began_at:%Y%m%dT%H%M%SZ}.tar.gz"
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=out.parent) as folder:
        files = _copied(settings, Path(folder), embedded=embedded, keys=keys)
        manifest = Manifest(
            version=version("oneowner"),
            began_at=began_at,
            ended_at=datetime.now(UTC),
            database="sqlite" if settings.sqlalchemy_url.startswith("sqlite") else "postgresql",
            temporal="embedded" if embedded else "cluster",
            key=key_mark(settings),
            files={name: content_of(path) for name, path in files.items()},
        )
        draft = Path(folder) / "draft"
        _packed(draft, manifest, files)
        draft.replace(out)
    return out


def key_mark(settings: Settings) -> str:
    """A fingerprint of the installation's key, by which a restore tells another one."""
    return IdMaker(id_secret(settings)).make("key", "backup")


def _copied(settings: Settings, folder: Path, *, embedded: bool, keys: bool) -> dict[str, Path]:
    """Copies by their names in the backup, in the order in which they must be taken."""
    files: dict[str, Path] = {}
    if embedded:
        files[TEMPORAL] = folder / TEMPORAL
        _copy_file(ServerFiles(settings.data_dir / "temporal").database, files[TEMPORAL])
    files[DATABASE] = folder / DATABASE
    url = make_url(settings.sqlalchemy_url)
    if url.get_backend_name() == "sqlite":
        _copy_file(Path(url.database or ""), files[DATABASE])
    else:
        dump_postgresql(url, files[DATABASE])
    uploads = settings.import_folder
    for upload in sorted(uploads.rglob("*")) if uploads.exists() else []:  # a row names only files that are there
        if upload.is_file():
            files[IMPORTS + upload.relative_to(uploads).as_posix()] = upload
    if keys:
        paths = (settings.data_dir / name for name in KEY_FILES)
        texts = {path.name: path.read_text() for path in paths if path.exists()}
        files[KEYS] = folder / KEYS
        files[KEYS].write_bytes(seal(texts, settings.backup_passphrase.get_secret_value()))
    return files


def _copy_file(source: Path, target: Path) -> None:
    if not source.exists():
        raise BackupRefused("nothing-to-back-up", file=source)
    copy_sqlite(source, target)


def _packed(draft: Path, manifest: Manifest, files: dict[str, Path]) -> None:
    text = manifest.model_dump_json(indent=2).encode()
    draft.touch(mode=0o600)
    with draft.open("wb") as written:
        with tarfile.open(fileobj=written, mode="w:gz", compresslevel=1) as packed:
            head = tarfile.TarInfo(NAME)
            head.size = len(text)
            packed.addfile(head, BytesIO(text))
            for name, path in files.items():
                packed.add(path, name, recursive=False)
        written.flush()
        os.fsync(written.fileno())
