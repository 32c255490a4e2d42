"""Tokens for tests: an issuer of their own, and people who are signed in."""

from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from api.tokens import EmbeddedIssuer
from domain.role import PERSONAL, Role
from domain.user import NewUser
from store.database import Database
from store.users import Users


def new_key() -> str:
    """A P-256 key in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


ISSUER = EmbeddedIssuer(new_key(), timedelta(hours=8))


def signed_in(database: Database, user_id: str, role: Role, person: str | None = None) -> dict[str, str]:
    """Headers of a new user with this role; whoever must be a rep is the one of the same id unless told otherwise."""
    person = person or (user_id if role in PERSONAL else None)
    Users(database).create(NewUser(id=user_id, name=user_id, role=role, person=person), None)
    return bearer(user_id)


def bearer(user_id: str) -> dict[str, str]:
    """Headers with a token that names this user."""
    return {"Authorization": f"Bearer {ISSUER.issue(user_id, datetime.now(UTC))}"}
