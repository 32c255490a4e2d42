"""The secrets of an installation: the key of its ids, the administrator's token, the keys that sign."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from settings import Settings


def id_secret(settings: Settings) -> bytes:
    """The key of the ids: from the settings, else from ``secret.key`` in the data folder, made at the first start.

    Losing it means that a lead sent again is no longer recognised as sent before, so it belongs into every backup.
    """
    return (settings.secret.get_secret_value() or _kept(settings.data_dir / "secret.key")).encode()


def admin_token(settings: Settings) -> str:
    """The administrator's bearer token: from the settings, else from ``admin.token`` in the data folder."""
    return settings.admin_token.get_secret_value() or _kept(settings.data_dir / "admin.token")


def caller_token(settings: Settings) -> str:
    """The token that commands call with: of the settings, else of ``oneowner login``, else the administrator's."""
    given = settings.token.get_secret_value()
    login = _login_file(settings)
    return given or (login.read_text().strip() if login.exists() else admin_token(settings))


def keep_login(settings: Settings, token: str) -> Path:
    """Keep a signed-in user's token where only they can read it; the file."""
    path = _login_file(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # whatever its mode was
    path.touch(mode=0o600)
    path.write_text(token)
    return path


def forget_login(settings: Settings) -> None:
    """Sign out on this machine."""
    _login_file(settings).unlink(missing_ok=True)


def _login_file(settings: Settings) -> Path:
    return settings.data_dir / "login.token"


def issuer_key(settings: Settings) -> str:
    """The P-256 key (PEM) that signs users' tokens: ``issuer.key`` in the data folder. A new one ends all sessions."""
    return _kept(settings.data_dir / "issuer.key", _new_key)


def audit_key(settings: Settings) -> str:
    """The Ed25519 key (PEM) that signs the audit log's heads: from the settings, else ``audit.key`` in the data folder.

    All workers of an installation need the same. Whoever has it can sign a forged log.
    """
    return settings.audit_key.get_secret_value() or _kept(settings.data_dir / "audit.key", _new_audit_key)


def _new_audit_key() -> str:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _new_secret() -> str:
    return secrets.token_urlsafe(32)


def _new_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _kept(path: Path, new: Callable[[], str] = _new_secret) -> str:
    """The secret in a file that only its owner can read; of two processes that start at once one makes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(new())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text().strip()
