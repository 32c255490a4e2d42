"""What the verification of the audit log finds."""

from dataclasses import dataclass
from enum import StrEnum

from domain.audit_record import RecordKind


class Change(StrEnum):
    """What was done."""

    EDIT = "edit"
    DELETION = "deletion"
    INSERTION = "insertion"
    CUT_OFF = "cut_off"


class Fault(StrEnum):
    """What is wrong with what. Each has a sentence in the catalogues: ``audit-fault-`` and the name in kebab-case."""

    RECORD_EDITED = "record_edited"
    RECORD_DELETED = "record_deleted"
    RECORD_INSERTED = "record_inserted"
    """It is neither sealed nor waiting to be, so it did not come in by the way by which records come."""
    RECORD_BACKDATED = "record_backdated"
    """It says that it was recorded long before a head that does not have it."""
    ENTRY_EDITED = "entry_edited"
    ENTRY_DELETED = "entry_deleted"
    ENTRIES_CHANGED = "entries_changed"
    """Entries between two heads were replaced, added or taken out, and numbered anew."""
    LOG_CUT_OFF = "log_cut_off"
    TILE_EDITED = "tile_edited"
    """A hash that only spares computing is another than what it stands for."""
    HEAD_EDITED = "head_edited"
    HEAD_DELETED = "head_deleted"
    HEAD_DIFFERS = "head_differs"
    """Two signed heads of one size: the log was cut off and continued otherwise."""
    HEAD_OF_UNKNOWN_KEY = "head_of_unknown_key"
    PUBLISHED_EDITED = "published_edited"
    PUBLISHED_CUT_OFF = "published_cut_off"

    @property
    def change(self) -> Change:
        """What was done."""
        return _CHANGES.get(self, Change.EDIT)


_CHANGES = {
    Fault.RECORD_DELETED: Change.DELETION,
    Fault.RECORD_INSERTED: Change.INSERTION,
    Fault.RECORD_BACKDATED: Change.INSERTION,
    Fault.ENTRY_DELETED: Change.DELETION,
    Fault.LOG_CUT_OFF: Change.CUT_OFF,
    Fault.HEAD_DELETED: Change.DELETION,
    Fault.PUBLISHED_CUT_OFF: Change.CUT_OFF,
}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and where."""

    fault: Fault
    position: int | None = None
    """The place in the log, from 0; of a head its size."""
    kind: RecordKind | None = None
    record: str | None = None
    until: int | None = None
    """Where it ends, just behind the last place, when it concerns several."""

    @property
    def rank(self) -> tuple[int, str]:
        """The order of findings: by place in the log, and those without one last."""
        return (2**63 if self.position is None else self.position, self.fault)
