"""At which numbers, extensions and addresses reps are reached."""

from collections.abc import Iterable, Mapping, Sequence

from sqlmodel import Session, col, delete, func, select

from domain.inbound.line import line_of
from store.database import Database
from store.directory import changing, found
from store.errors import UnusableReference
from store.tables import RepLineRow, RepRow


class RepLines:
    """Reads and changes reps' lines. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, rep_id: str) -> list[str]:
        """A rep's lines, in order.

        Raises:
            NotFound: when there is no such rep.
        """
        theirs = select(RepLineRow.line).where(RepLineRow.rep_id == rep_id).order_by(RepLineRow.line)
        with self._database.read() as session:
            found(session, RepRow, rep_id)
            return list(session.exec(theirs))

    def replace(self, rep_id: str, texts: Sequence[str]) -> list[str]:
        """Set a rep's lines; a line is one rep's at a time.

        Raises:
            NotFound: when there is no such rep.
            UnusableReference: ``line_invalid``, or ``line_in_use`` when it is another rep's.
        """
        lines: dict[str, int] = {}
        for at, text in enumerate(texts):
            line = line_of(text)
            if line is None:
                raise UnusableReference(f"lines.{at}", "line_invalid", text)
            lines.setdefault(line, at)
        with changing(self._database) as session:
            found(session, RepRow, rep_id)
            for line, holder in reps_at(session, lines).items():
                if holder != rep_id:
                    raise UnusableReference(f"lines.{lines[line]}", "line_in_use", texts[lines[line]])
            session.connection().execute(delete(RepLineRow).where(col(RepLineRow.rep_id) == rep_id))
            session.add_all(RepLineRow(line=line, rep_id=rep_id) for line in lines)
        return sorted(lines)


def reps_at(session: Session, lines: Iterable[str]) -> Mapping[str, str]:
    """The rep who is reached at each of these lines, where one is: by a line of theirs, else by their own address."""
    wanted = list(lines)
    rows = session.exec(select(RepLineRow).where(col(RepLineRow.line).in_(wanted))).all()
    address = func.lower(col(RepRow.email))
    reps = session.exec(select(address, RepRow.id).where(address.in_(wanted))).all()
    return {**dict(reps), **{row.line: row.rep_id for row in rows}}
