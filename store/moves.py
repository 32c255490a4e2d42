"""Moves of reps: ordered in one transaction with what they change about the rep, listed, and looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy import select as count_by
from sqlmodel import Session, col, select

from domain.change import Refused
from domain.moving import NewMove, Warned, concerned_regions, successor_of, warnings_of
from domain.policy import Handover, MoveKind, Policy
from store.database import Database
from store.directory import change, changing, found, require
from store.errors import NotFound
from store.idempotency import Mark, remember
from store.keyset import page_of
from store.moving import concern
from store.organisation import directory_of
from store.reps import cover, regions_of, require_regions, require_successor
from store.rows import table_of
from store.tables import CustomerRow, MovedCustomerRow, MoveRow, RepRow, TeamRow


@dataclass(frozen=True)
class Tally:
    """How many customers of a move came to the same end; to none yet without an outcome."""

    outcome: str | None
    owner_id: str | None
    queue: str | None
    reason: str | None
    customers: int


@dataclass(frozen=True)
class Progress:
    """A move and how far it has come."""

    move: MoveRow
    tallies: Sequence[Tally]


class Moves:
    """Orders and reads moves. Safe to share between threads."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self._database = database
        self._policy = policy

    def begin(self, move_id: str, rep_id: str, new: NewMove, caller: str, at: datetime, mark: Mark | None) -> str:
        """Order a move: the rep is moved at once, and whom it concerns is written down; its id.

        A repeat finds it ordered. Whoever left stays gone: another order to leave finds the first.

        Raises:
            NotFound: when there is no such rep.
            KeyReused: when the key came with another request.
            Refused: ``rep_not_available`` when the rep has left.
            UnusableReference: when a region, the team, the successor or ``by`` is unknown or inactive.
        """
        with changing(self._database) as session:
            rep = found(session, RepRow, rep_id)
            if mark is not None:
                remember(self._database, session, mark)
            made = session.get(MoveRow, move_id) or self._departure(session, rep, new)
            if made is not None:
                return made.id
            _check(session, rep, new)
            successor_id = successor_of(new, rep.successor_id, self._policy)
            warnings = self._warnings(session, rep, new)
            customer_ids = concerned(session, rep_id, new, self._policy)
            _move(session, rep, new)
            made = MoveRow(
                id=move_id,
                rep_id=rep_id,
                kind=new.kind,
                order=new.model_dump(mode="json"),
                successor_id=successor_id,
                warnings=[warned.model_dump(mode="json") for warned in warnings],
                created_by=caller,
                created_at=at,
            )
            session.add(made)
            concern(session, move_id, customer_ids)
            return move_id

    def looked_at(self, session: Session, rep_id: str, new: NewMove) -> tuple[RepRow, list[str], list[Warned]]:
        """The rep, the customers whom a move would concern, in their turn, and what it would leave behind.

        Raises:
            NotFound, Refused, UnusableReference: as ``begin`` does.
        """
        rep = found(session, RepRow, rep_id)
        _check(session, rep, new)
        return rep, concerned(session, rep_id, new, self._policy), self._warnings(session, rep, new)

    def progress(self, move_id: str) -> Progress:
        """A move and how far it has come.

        Raises:
            NotFound: when there is none.
        """
        with self._database.read() as session:
            move = session.get(MoveRow, move_id)
            if move is None:
                raise NotFound
            return Progress(move, _tallies(session, move_id))

    def of(self, rep_id: str, after: Sequence[str] | None, limit: int) -> list[Progress]:
        """A page of a rep's moves, newest first, and one more when there are more.

        Raises:
            NotFound: when there is no such rep.
        """
        last = (datetime.fromisoformat(after[0]), after[1]) if after else None
        order = (col(MoveRow.created_at), col(MoveRow.id))
        theirs = select(MoveRow).where(MoveRow.rep_id == rep_id)
        with self._database.read() as session:
            found(session, RepRow, rep_id)
            rows = session.exec(page_of(theirs, order, last, limit, descending=True)).all()
            return [Progress(row, _tallies(session, row.id)) for row in rows]

    def unfinished(self, rep_id: str) -> Sequence[str]:
        """The moves of a rep that are still on, or were ordered and never begun."""
        pending = select(MoveRow.id).where(MoveRow.rep_id == rep_id, col(MoveRow.finished_at).is_(None))
        with self._database.read() as session:
            return session.exec(pending.order_by(col(MoveRow.created_at))).all()

    def _departure(self, session: Session, rep: RepRow, new: NewMove) -> MoveRow | None:
        """The move by which a rep left who is to leave again."""
        if rep.active or new.kind is not MoveKind.LEAVES:
            return None
        left = select(MoveRow).where(MoveRow.rep_id == rep.id, MoveRow.kind == MoveKind.LEAVES)
        return session.exec(left.order_by(col(MoveRow.created_at).desc()).limit(1)).first()

    def _warnings(self, session: Session, rep: RepRow, new: NewMove) -> list[Warned]:
        teams = session.exec(select(TeamRow.id).where(TeamRow.manager_id == rep.id, TeamRow.active)).all()
        successor_id = new.successor_id or rep.successor_id
        return warnings_of(rep.id, new, successor_id, sorted(teams), self._policy, directory_of(session))


def concerned(session: Session, rep_id: str, new: NewMove, policy: Policy) -> list[str]:
    """The customers whom a move concerns, by id, which is the order in which they change hands."""
    if policy.moves.handover(new.kind) is Handover.KEEP:
        return []
    owned = select(CustomerRow.id).where(CustomerRow.owner_id == rep_id, col(CustomerRow.id).not_in(new.keep))
    there = session.exec(select(CustomerRow.region).where(CustomerRow.owner_id == rep_id).distinct()).all()
    regions = concerned_regions(new, regions_of(session, [rep_id])[rep_id], there)
    if regions is not None:
        owned = owned.where(col(CustomerRow.region).in_(regions))
    return list(session.exec(owned.order_by(col(CustomerRow.id))))


def _check(session: Session, rep: RepRow, new: NewMove) -> None:
    if not rep.active and new.kind is not MoveKind.LEAVES:
        raise Refused("rep_not_available")
    require(session, RepRow, new.by, "by", "rep")
    require_successor(session, rep.id, new.successor_id)
    require_regions(session, rep.id, new.regions or ())
    if new.team_id != rep.team_id:
        require(session, TeamRow, new.team_id, "team_id", "team")


def _move(session: Session, rep: RepRow, new: NewMove) -> None:
    """What the move changes about the rep."""
    version = rep.version
    match new.kind:
        case MoveKind.LEAVES:
            change(rep, {"active": False, "successor_id": new.successor_id or rep.successor_id})
        case MoveKind.CHANGES_REGION:
            rep.version = version + cover(session, rep.id, new.regions or ())
        case MoveKind.CHANGES_TEAM:
            change(rep, {"team_id": new.team_id})


def _tallies(session: Session, move_id: str) -> list[Tally]:
    table = table_of(MovedCustomerRow).c
    ends = (table.outcome, table.owner_id, table.queue, table.reason)
    counted = count_by(*ends, func.count()).where(table.move_id == move_id).group_by(*ends).order_by(*ends)
    return [Tally(*row) for row in session.connection().execute(counted)]
