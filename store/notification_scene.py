"""What must be known beside some events to say who is told of them, read with a few statements for all of them."""

import re
from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from domain.happening import Happening
from domain.notifying.scene import PEOPLE, LeadSeen, Scene, named
from store.asking import managers_of
from store.journal import CUSTOMER, LEAD
from store.tables import CustomerRow, LeadRow, UserRow

_OF_IMPORT = re.compile(r"(?:asked\.)?(imp_\w+)\.\d+")
"""The fingerprint of a lead that is a row of a file (``store.import_loading``, ``store.import_asking``)."""


def scene_of(session: Session, happened: Sequence[Happening]) -> Scene:
    """Owners, leads and people whom these events may concern, as of now."""
    owners = _owners(session, {it.subject_id for it in happened if it.stream == CUSTOMER})
    leads = _leads(session, {*_lead_ids(happened)})
    actors = {it.actor for it in happened}
    reps = _reps(session, actors)
    people = {rep_id for it in happened for name in PEOPLE for rep_id in named(it, name)}
    people.update(rep_id for rep_id in owners.values() if rep_id)
    people.update(lead.submitted_by for lead in leads.values() if lead.submitted_by)
    return Scene(owners=owners, leads=leads, managers=managers_of(session, people), reps=reps)


def _owners(session: Session, customer_ids: Iterable[str]) -> dict[str, str | None]:
    found = select(CustomerRow.id, CustomerRow.owner_id).where(col(CustomerRow.id).in_(customer_ids))
    return dict(session.exec(found).all())


def _lead_ids(happened: Sequence[Happening]) -> Iterable[str]:
    for it in happened:
        if it.stream == LEAD:
            yield it.subject_id
        else:
            yield from named(it, "lead_id")


def _leads(session: Session, lead_ids: set[str]) -> dict[str, LeadSeen]:
    if not lead_ids:
        return {}
    seen = select(LeadRow.id, LeadRow.submitted_by, LeadRow.received_at, LeadRow.fingerprint)
    return {
        lead_id: LeadSeen(submitted_by=submitted_by, received_at=received_at, import_id=_import_of(fingerprint))
        for lead_id, submitted_by, received_at, fingerprint in session.exec(seen.where(col(LeadRow.id).in_(lead_ids)))
    }


def _import_of(fingerprint: str) -> str | None:
    found = _OF_IMPORT.fullmatch(fingerprint)
    return found[1] if found else None


def _reps(session: Session, user_ids: set[str]) -> dict[str, str]:
    known = select(UserRow.id, UserRow.person).where(col(UserRow.id).in_(user_ids))
    return {user_id: person for user_id, person in session.exec(known) if person}
