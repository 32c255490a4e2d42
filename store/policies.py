"""Which version of the policy decides: the one in force at the workflow's time, or the one that a process keeps.

Asked in the very transaction that decides. A version, once stored, never changes, and what is in force at an instant
never changes once somebody has decided by it: see ``store.policy_versions``.
"""

from datetime import datetime

from sqlalchemy import bindparam, select, tuple_
from sqlmodel import Session

from domain.policy import Policy, Running
from domain.policy_version import Turn
from store.database import Database
from store.rows import table_of
from store.tables import PolicyActivationRow, PolicyRow
from store.types import UtcDateTime

LOCK = "policies"
"""Held shared by who decides, and alone by who brings a version into force."""

_policy, _activation = table_of(PolicyRow).c, table_of(PolicyActivationRow).c
_RULES = select(_policy.rules).where(_policy.id == bindparam("id"))
_IN_FORCE = (
    select(_activation.policy_id)
    .where(_activation.withdrawn_at.is_(None), _activation.at <= bindparam("at", type_=UtcDateTime()))
    .order_by(_activation.at.desc(), _activation.position.desc())
    .limit(1)
)
_FIRST = (
    select(_activation.policy_id)
    .where(_activation.withdrawn_at.is_(None))
    .order_by(_activation.at, _activation.position)
    .limit(1)
)


class Policies:
    """The versions as deciding needs them, each read once. Safe to share between threads."""

    def __init__(self, database: Database, first: Policy) -> None:
        """Decide by ``first`` as long as no version is stored."""
        self._database = database
        self._first = first
        self._read: dict[str, Policy] = {}

    def hold(self, session: Session) -> None:
        """Let no version come into force until the transaction ends. To be called before any other lock is taken."""
        self._database.lock_shared(session, LOCK)

    def in_force(self, session: Session, at: datetime) -> Policy:
        """The version in force at an instant; before the first one, the first one."""
        found = in_force_at(session, at) or session.connection().scalar(_FIRST)
        return (found and self.stored(session, found)) or self._first

    def followed(self, session: Session, at: datetime, began: str | None) -> Policy:
        """The version by which a process decides that began under another one.

        Args:
            session: the transaction in which it decides.
            at: the workflow's time.
            began: the fingerprint of the version that it follows; None, or one that was never stored, for what decides
                by the version in force.
        """
        now = self.in_force(session, at)
        if began is None or began == now.fingerprint or now.running is Running.MOVE:
            return now
        return self.stored(session, began) or now

    def stored(self, session: Session, fingerprint: str) -> Policy | None:
        """A version by its fingerprint, however old it is."""
        if fingerprint not in self._read:
            rules = session.connection().scalar(_RULES, {"id": fingerprint})
            if rules is None:
                return None
            self._read[fingerprint] = Policy.model_validate_json(rules).stored_as(fingerprint)
        return self._read[fingerprint]


def in_force_before(session: Session, turn: Turn) -> str | None:
    """The fingerprint of the version that was in force until another one came; None when it was the first."""
    earlier = tuple_(_activation.at, _activation.position) < (turn.at, turn.position)
    found: str | None = session.connection().scalar(
        select(_activation.policy_id)
        .where(_activation.withdrawn_at.is_(None), earlier)
        .order_by(_activation.at.desc(), _activation.position.desc())
        .limit(1)
    )
    return found


def in_force_at(session: Session, at: datetime) -> str | None:
    """The fingerprint of the version in force at an instant; None before the first."""
    found: str | None = session.connection().scalar(_IN_FORCE, {"at": at})
    return found
