"""The versions of the policy: stored, brought into force, withdrawn, listed.

A version comes into force now or later, never in the past, and while that is written down nobody decides
(``Policies.hold``). So whoever has decided by the version in force at an instant would find the same one again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from domain.change import Refused
from domain.policy import Policy
from domain.policy_version import Activation, NewVersion, PolicyVersion, Turn
from store.database import Database
from store.errors import NotFound, UnusableReference
from store.keyset import page_of
from store.policies import LOCK, in_force_at
from store.tables import PolicyActivationRow, PolicyRow

FILE = "policy-file"
"""Who brings the policy file's rules into force."""


def _now() -> datetime:
    return datetime.now(UTC)


class PolicyVersions:
    """Keeps the versions. Safe to share between threads."""

    def __init__(self, database: Database, now: Callable[[], datetime] = _now) -> None:
        self._database = database
        self._now = now

    def page(self, after: tuple[datetime, str] | None, limit: int) -> list[PolicyVersion]:
        """The versions, newest first, and one more than asked when there are more."""
        by = (col(PolicyRow.created_at), col(PolicyRow.id))
        with self._database.read() as session:
            rows = session.exec(page_of(select(PolicyRow), by, after, limit, descending=True)).all()
            return self._shown(session, rows)

    def get(self, policy_id: str) -> tuple[PolicyVersion, str]:
        """A version with its file.

        Raises:
            NotFound: when there is none.
        """
        with self._database.read() as session:
            row = _found(session, policy_id)
            return self._shown(session, [row])[0], row.content

    def add(self, new: NewVersion, by: str) -> tuple[PolicyVersion, bool]:
        """Store a version, unless the same rules are stored already; whether it is new.

        Raises:
            UnusableReference: when it shall come into force in the past; nothing is stored then.
        """
        with self._changing() as session:
            row = session.get(PolicyRow, new.policy.fingerprint)
            is_new = row is None
            if row is None:
                row = _add(session, new, by, self._now())
            if new.activates_at is not None:
                self._activate(session, row.id, new.activates_at, by, field="activates_at")
            return self._shown(session, [row])[0], is_new

    def activate(self, policy_id: str, at: datetime | None, by: str) -> PolicyVersion:
        """Bring a version into force at an instant, or now; the same twice is once.

        Raises:
            NotFound: when there is no such version.
            UnusableReference: when the instant is past.
        """
        with self._changing() as session:
            row = _found(session, policy_id)
            self._activate(session, policy_id, at, by, field="at")
            return self._shown(session, [row])[0]

    def withdraw(self, policy_id: str) -> PolicyVersion:
        """Take back that a version shall come into force later.

        Raises:
            NotFound: when there is no such version.
            Refused: ``policy_not_scheduled`` when it shall not, or is in force by now.
        """
        with self._changing() as session:
            row, now = _found(session, policy_id), self._now()
            pending = [it for it in _activations(session, [policy_id]) if it.at > now and it.withdrawn_at is None]
            if not pending:
                raise Refused("policy_not_scheduled")
            for activation in pending:
                activation.withdrawn_at = now
                session.add(activation)
            session.flush()
            return self._shown(session, [row])[0]

    def turns(self) -> list[Turn]:
        """Every coming into force after which customers in queues are still to be tried again, ahead of now or not."""
        due = select(PolicyActivationRow).where(
            col(PolicyActivationRow.retried_at).is_(None), col(PolicyActivationRow.withdrawn_at).is_(None)
        )
        with self._database.read() as session:
            rows = session.exec(due.order_by(col(PolicyActivationRow.position))).all()
            return [Turn(position=row.position or 0, at=row.at) for row in rows]

    def retried(self, turn: Turn, at: datetime) -> None:
        """Write down that they have been."""
        with self._database.write() as session:
            row = session.get_one(PolicyActivationRow, turn.position)
            row.retried_at = row.retried_at or at
            session.add(row)

    def keep_file(self, policy: Policy, content: str) -> bool:
        """See to it at the start that the policy file counts if it is new or changed; whether it came into force.

        A file that is as it was at the last start stays behind whatever was brought into force since.
        """
        with self._changing() as session:
            last = session.exec(
                select(PolicyRow)
                .join(PolicyActivationRow, col(PolicyActivationRow.policy_id) == col(PolicyRow.id))
                .where(PolicyActivationRow.by == FILE)
                .order_by(col(PolicyActivationRow.position).desc())
                .limit(1)
            ).first()
            if last is not None and (last.content == content or last.id == policy.fingerprint):
                return False
            now = self._now()
            if session.get(PolicyRow, policy.fingerprint) is None:
                _add(session, NewVersion(policy=policy, content=content), FILE, now)
            _note(session, policy.fingerprint, now, FILE, now)
            return True

    @contextmanager
    def _changing(self) -> Iterator[Session]:
        """A transaction while which nobody decides and no version comes into force."""
        with self._database.write() as session:
            self._database.lock(session, LOCK)
            yield session

    def _activate(self, session: Session, policy_id: str, at: datetime | None, by: str, field: str) -> None:
        now = self._now()
        if at is not None and at < now:
            raise UnusableReference(field, "activation_in_past", at.isoformat())
        planned = [it.at for it in _activations(session, [policy_id]) if it.withdrawn_at is None]
        if in_force_at(session, now) != policy_id if at is None else at not in planned:
            _note(session, policy_id, at or now, by, now)

    def _shown(self, session: Session, rows: Sequence[PolicyRow]) -> list[PolicyVersion]:
        """Rows as callers see them."""
        now = in_force_at(session, self._now())
        activations: defaultdict[str, list[Activation]] = defaultdict(list)
        for it in _activations(session, [row.id for row in rows]):
            activations[it.policy_id].append(Activation(at=it.at, by=it.by, withdrawn_at=it.withdrawn_at))
        return [
            PolicyVersion(
                id=row.id,
                version=row.version,
                comment=row.comment,
                created_at=row.created_at,
                created_by=row.created_by,
                in_force=row.id == now,
                activations=tuple(activations[row.id]),
            )
            for row in rows
        ]


def _found(session: Session, policy_id: str) -> PolicyRow:
    row = session.get(PolicyRow, policy_id)
    if row is None:
        raise NotFound
    return row


def _add(session: Session, new: NewVersion, by: str, now: datetime) -> PolicyRow:
    row = PolicyRow(
        id=new.policy.fingerprint,
        version=new.policy.version,
        content=new.content,
        rules=new.policy.model_dump_json(),
        comment=new.comment,
        created_at=now,
        created_by=by,
    )
    session.add(row)
    session.flush()
    return row


def _note(session: Session, policy_id: str, at: datetime, by: str, now: datetime) -> None:
    session.add(PolicyActivationRow(policy_id=policy_id, at=at, by=by, recorded_at=now))
    session.flush()


def _activations(session: Session, policy_ids: Sequence[str]) -> Sequence[PolicyActivationRow]:
    """When these versions come into force, in order."""
    found = select(PolicyActivationRow).where(col(PolicyActivationRow.policy_id).in_(policy_ids))
    return session.exec(found.order_by(col(PolicyActivationRow.at), col(PolicyActivationRow.position))).all()
