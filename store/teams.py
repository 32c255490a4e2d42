"""Teams in the database."""

from collections.abc import Sequence

from sqlmodel import Session, col, or_, select

from domain.directory import NewTeam, Team, TeamChange
from domain.role import Role
from store.database import Database
from store.directory import VersionCheck, change, changing, found, listed, made_before, paged, require
from store.errors import UnusableReference
from store.idempotency import Mark
from store.tables import RepRow, TeamRow, UserRow


class Teams:
    """Reads and changes teams. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, active: bool | None, after: Sequence[str] | None, limit: int) -> list[Team]:
        """Teams by id, and one more than asked when there are more."""
        with self._database.read() as session:
            rows = paged(session, listed(TeamRow, {"active": active}), TeamRow, after, limit)
            return [_team(row) for row in rows]

    def get(self, team_id: str) -> Team:
        """One team.

        Raises:
            NotFound: when there is none.
        """
        with self._database.read() as session:
            return _team(found(session, TeamRow, team_id))

    def of_rep(self, rep_id: str) -> str | None:
        """The name of a rep's team; None when they are in none."""
        statement = select(TeamRow.name).join(RepRow, col(RepRow.team_id) == TeamRow.id).where(RepRow.id == rep_id)
        with self._database.read() as session:
            return session.exec(statement).first()

    def create(self, team_id: str, new: NewTeam, mark: Mark | None) -> Team:
        """Create a team. The same request with the same key again finds it made.

        Raises:
            AlreadyExists: when the id is taken.
            KeyReused: when the key came with another request.
            UnusableReference: when the manager or the team above is unknown or inactive.
        """
        with changing(self._database) as session:
            row = made_before(self._database, session, TeamRow, team_id, mark)
            if row is None:
                require(session, RepRow, new.manager_id, "manager_id", "rep")
                _require_above(session, team_id, new.parent_id)
                row = TeamRow(id=team_id, name=new.name, manager_id=new.manager_id, parent_id=new.parent_id)
                session.add(row)
            return _team(row)

    def change(self, team_id: str, fields: TeamChange, check: VersionCheck) -> Team:
        """Change a team whose version ``check`` accepts.

        Raises:
            NotFound: when there is none.
            UnusableReference: when the new manager or the new team above is unknown or inactive, or would be below.
        """
        with changing(self._database) as session:
            row = found(session, TeamRow, team_id)
            check(row.version)
            manager_id, parent_id = row.manager_id, row.parent_id
            change(row, fields.model_dump())
            if row.manager_id != manager_id:
                require(session, RepRow, row.manager_id, "manager_id", "rep")
            if row.parent_id != parent_id:
                _require_above(session, team_id, row.parent_id)
            return _team(row)

    def activate(self, team_id: str, active: bool) -> Team:
        """Activate or deactivate a team, as often as one likes.

        Raises:
            NotFound: when there is none.
        """
        with changing(self._database) as session:
            return _team(change(found(session, TeamRow, team_id), {"active": active}))


def accountable(session: Session) -> list[str]:
    """The reps who answer for the whole: managers of active teams, and administrators who are reps."""
    managers = select(TeamRow.manager_id).where(col(TeamRow.manager_id).is_not(None), col(TeamRow.active))
    administrators = select(UserRow.person).where(UserRow.role == Role.ADMINISTRATOR, col(UserRow.active))
    theirs = or_(col(RepRow.id).in_(managers), col(RepRow.id).in_(administrators))
    return list(session.exec(select(RepRow.id).where(col(RepRow.active), theirs).order_by(RepRow.id)))


def _require_above(session: Session, team_id: str, parent_id: str | None) -> None:
    """Refuse a team above that is none, or that is this very team or below it: there would be no top."""
    require(session, TeamRow, parent_id, "parent_id", "team")
    above = parent_id
    while above is not None:
        if above == team_id:
            raise UnusableReference("parent_id", "team_below", above)
        row = session.get(TeamRow, above)
        above = row.parent_id if row is not None else None


def _team(row: TeamRow) -> Team:
    return Team(
        id=row.id,
        name=row.name,
        manager_id=row.manager_id,
        parent_id=row.parent_id,
        active=row.active,
        version=row.version,
    )
