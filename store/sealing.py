"""Secrets that the database keeps because they are needed in clear again: sealed with a key that is not in it."""

import base64

from cryptography.fernet import Fernet, InvalidToken


class Seal:
    """Seals and opens texts with authenticated encryption (Fernet: AES-128-CBC with HMAC-SHA256)."""

    def __init__(self, key: bytes) -> None:
        """Take a key of 32 bytes that serves nothing else (``IdMaker.key``)."""
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def close(self, text: str) -> str:
        """The text, sealed; another one each time."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str | None:
        """The text again; None when it was sealed with another key: the installation's ``secret.key`` was replaced."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None
