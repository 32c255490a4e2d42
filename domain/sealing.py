"""Secrets that the product must be able to read again, encrypted where they are kept."""

import base64

from cryptography.fernet import Fernet, InvalidToken


class SealBroken(ValueError):
    """What is to be read was sealed with another key, or was changed."""


class Seal:
    """Encrypts and decrypts texts with one key (Fernet: AES-128 in CBC mode and HMAC-SHA256)."""

    def __init__(self, key: bytes) -> None:
        """Take a key of 32 bytes, of ``domain.ids.IdMaker.key``."""
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def close(self, text: str) -> str:
        """The text, encrypted."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text again.

        Raises:
            SealBroken: when the installation's secret is another one by now.
        """
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise SealBroken("sealed with another key") from error
