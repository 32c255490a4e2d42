"""The two secrets of an installation: the key of its ids and the administrator's token."""

import os
import secrets
from pathlib import Path

from settings import Settings


def id_secret(settings: Settings) -> bytes:
    """The key of the ids: from the settings, else from ``secret.key`` in the data folder, made at the first start.

    Losing it means that a lead sent again is no longer recognised as sent before, so it belongs into every backup.
    """
    return (settings.secret.get_secret_value() or _kept(settings.data_dir / "secret.key")).encode()


def admin_token(settings: Settings) -> str:
    """The administrator's bearer token: from the settings, else from ``admin.token`` in the data folder."""
    return settings.admin_token.get_secret_value() or _kept(settings.data_dir / "admin.token")


def _kept(path: Path) -> str:
    """The secret in a file that only its owner can read; of two processes that start at once one makes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(32))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text().strip()
