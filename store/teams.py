"""Teams in the database."""

from collections.abc import Sequence

from domain.directory import NewTeam, Team, TeamChange
from store.database import Database
from store.directory import VersionCheck, change, changing, found, listed, made_before, paged, require
from store.idempotency import Mark
from store.tables import RepRow, TeamRow


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

    def create(self, team_id: str, new: NewTeam, mark: Mark | None) -> Team:
        """Create a team. The same request with the same key again finds it made.

        Raises:
            AlreadyExists: when the id is taken.
            KeyReused: when the key came with another request.
            UnusableReference: when the manager is unknown or inactive.
        """
        with changing(self._database) as session:
            row = made_before(self._database, session, TeamRow, team_id, mark)
            if row is None:
                require(session, RepRow, new.manager_id, "manager_id", "rep")
                row = TeamRow(id=team_id, name=new.name, manager_id=new.manager_id)
                session.add(row)
            return _team(row)

    def change(self, team_id: str, fields: TeamChange, check: VersionCheck) -> Team:
        """Change a team whose version ``check`` accepts.

        Raises:
            NotFound: when there is none.
            UnusableReference: when the new manager is unknown or inactive.
        """
        with changing(self._database) as session:
            row = found(session, TeamRow, team_id)
            check(row.version)
            manager_id = row.manager_id
            change(row, fields.model_dump())
            if row.manager_id != manager_id:
                require(session, RepRow, row.manager_id, "manager_id", "rep")
            return _team(row)

    def activate(self, team_id: str, active: bool) -> Team:
        """Activate or deactivate a team, as often as one likes.

        Raises:
            NotFound: when there is none.
        """
        with changing(self._database) as session:
            return _team(change(found(session, TeamRow, team_id), {"active": active}))


def _team(row: TeamRow) -> Team:
    return Team(id=row.id, name=row.name, manager_id=row.manager_id, active=row.active, version=row.version)
