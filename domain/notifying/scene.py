"""What must be known beside some events to say who is told of them."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue

from domain.happening import Happening

PEOPLE = ("owner_id", "previous_owner_id", "rep_id", "told", "asked")
"""The parts of an event's data that name reps: one, or several."""


class LeadSeen(BaseModel):
    """A lead, as far as telling people goes by it."""

    model_config = ConfigDict(frozen=True)
    submitted_by: str | None
    received_at: AwareDatetime
    import_id: str | None = None
    """The import of which it is a row."""


class Scene(BaseModel):
    """What some events are about, as it stands when they are told."""

    model_config = ConfigDict(frozen=True)
    owners: Mapping[str, str | None] = {}
    """Each customer's owner."""
    leads: Mapping[str, LeadSeen] = {}
    managers: Mapping[str, str | None] = {}
    """For every rep who is active, the active manager of their team, if there is one."""
    reps: Mapping[str, str] = {}
    """For users who are reps: which."""

    def is_there(self, person: str) -> bool:
        """Whether somebody is a rep who has not left."""
        return person in self.managers or person in self.managers.values()

    def lead_of(self, happened: Happening) -> LeadSeen | None:
        """The lead that an event is about or came of."""
        lead_id = happened.subject_id if happened.stream == "lead" else happened.data.get("lead_id")
        return self.leads.get(lead_id) if isinstance(lead_id, str) else None

    def owner_of(self, happened: Happening) -> str | None:
        """The owner whom an event left the customer with; where it says nothing of that, the owner now."""
        told = happened.data.get("owner_id", self.owners.get(happened.subject_id))
        return told if isinstance(told, str) else None

    def by_manager_of(self, person: str | None) -> str | None:
        """The active manager of somebody's team."""
        return self.managers.get(person) if person else None


def named(happened: Happening, name: str) -> tuple[str, ...]:
    """The people whom a part of an event's data names."""
    value = happened.data.get(name)
    return tuple(it for it in (value if isinstance(value, list) else [value]) if isinstance(it, str))


def waited(happened: Happening, lead: LeadSeen | None) -> bool:
    """Whether a lead had waited for a word, so that whoever submitted it does not know yet what became of it."""
    received: datetime | None = lead.received_at if lead else None
    return received is not None and happened.at > received


def part(happened: Happening, name: str) -> str | None:
    """A text of an event's data, when it has one."""
    value: JsonValue = happened.data.get(name)
    return value if isinstance(value, str) else None
