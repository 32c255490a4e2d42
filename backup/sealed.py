"""The key files of an installation, sealed with a passphrase: scrypt (RFC 7914) for the key, Fernet for the rest."""

import base64
import json
import os

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from backup.errors import BackupRefused

SALT_BYTES = 16


def seal(keys: dict[str, str], passphrase: str) -> bytes:
    """Seal the texts of key files, by name; what comes out is a salt and a token.

    Raises:
        BackupRefused: when there is no passphrase.
    """
    if not passphrase:
        raise BackupRefused("passphrase-missing")
    salt = os.urandom(SALT_BYTES)
    return salt + _cipher(salt, passphrase).encrypt(json.dumps(keys).encode())


def unseal(sealed: bytes, passphrase: str) -> dict[str, str]:
    """The texts again.

    Raises:
        BackupRefused: when there is no passphrase, or another one than before.
    """
    if not passphrase:
        raise BackupRefused("passphrase-missing")
    try:
        opened = _cipher(sealed[:SALT_BYTES], passphrase).decrypt(sealed[SALT_BYTES:])
    except InvalidToken as error:
        raise BackupRefused("passphrase-wrong") from error
    keys: dict[str, str] = json.loads(opened)
    return keys


def _cipher(salt: bytes, passphrase: str) -> Fernet:
    # 2**16 blocks of 1 KiB: 64 MiB and a few tenths of a second for each guess.
    key = Scrypt(salt=salt, length=32, n=2**16, r=8, p=1).derive(passphrase.encode())
    return Fernet(base64.urlsafe_b64encode(key))
