"""Heads of the audit log's tree, signed: what is published outside the database."""

from datetime import datetime
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from domain.audit_record import canonical

HEX_OF_HASH = r"^[0-9a-f]{64}$"
HEX_OF_SIGNATURE = r"^[0-9a-f]{128}$"


class TreeHead(BaseModel):
    """A head with its signature (Ed25519, RFC 8032) by the key that ``key_id`` names."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    size: int = Field(ge=0, description="The number of leaves.")
    root: str = Field(pattern=HEX_OF_HASH, description="The tree's head over them (RFC 6962), in hex.")
    at: AwareDatetime
    key_id: str = Field(description="The first 16 hex digits of the SHA-256 of the public key's 32 bytes.")
    signature: str = Field(pattern=HEX_OF_SIGNATURE)

    @property
    def signed(self) -> bytes:
        """What the signature is of: everything else as canonical JSON."""
        return canonical({"at": self.at, "key_id": self.key_id, "root": self.root, "size": self.size})

    @property
    def line(self) -> str:
        """The head as it is published, in the one way to write it."""
        told = {"at": self.at, "key_id": self.key_id, "root": self.root, "size": self.size}
        return canonical({**told, "signature": self.signature}).decode()


class HeadKey:
    """The key that signs heads."""

    def __init__(self, pem: str) -> None:
        """Read it.

        Raises:
            ValueError: when it is not a key in PEM (PKCS 8).
            TypeError: when it is one of another kind than Ed25519.
        """
        key = load_pem_private_key(pem.encode(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError("not an Ed25519 key")
        self._key = key
        self.public = PublicKey(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, size: int, root: bytes, at: datetime) -> TreeHead:
        """A head of this tree."""
        head = TreeHead(size=size, root=root.hex(), at=at, key_id=self.public.id, signature="0" * 128)
        return head.model_copy(update={"signature": self._key.sign(head.signed).hex()})


class PublicKey:
    """The key that signatures are checked with."""

    def __init__(self, raw: bytes) -> None:
        """Take the key's 32 bytes.

        Raises:
            ValueError: when they are none.
        """
        self._key = Ed25519PublicKey.from_public_bytes(raw)
        self.raw = raw
        self.id = sha256(raw).hexdigest()[:16]

    @classmethod
    def of_hex(cls, text: str) -> Self:
        """The key as it is written down.

        Raises:
            ValueError: when it is none.
        """
        return cls(bytes.fromhex(text.strip()))

    def signed(self, head: TreeHead) -> bool:
        """Whether the head's signature is by this key."""
        try:
            self._key.verify(bytes.fromhex(head.signature), head.signed)
        except InvalidSignature:
            return False
        return head.key_id == self.id
