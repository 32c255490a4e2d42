"""Who would get a lead, by any version of the policy. Nothing is written, and nobody waits for it."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from domain.assignment import Assignment
from domain.case import case_of, heard_again
from domain.change import LeadArrived
from domain.identity import Identification, Outcome
from domain.lead import Lead
from domain.ownership import Owner, Ownership
from domain.policy import Policy
from domain.profile import profile_of
from domain.step import moved
from domain.transition import birth, case_for, concerns_owner, decide
from store.database import Database
from store.grouping import group_owners
from store.identification import Subject, identified
from store.policies import Policies
from store.reading import named
from store.referral import referrals_of
from store.rotation import reps_for
from store.tables import CustomerRow, RepRow


@dataclass(frozen=True)
class Preview:
    """What would become of a lead."""

    policy_version: str
    """By which the owner is chosen: of a customer whose clock runs, the version that the clock follows."""
    found: Identification
    ownership: Ownership | None
    """Where the customer would stand; None for one in doubt or rejected."""
    owner: Owner | None
    assignment: Assignment | None
    """How it would be assigned; None for a customer that stays where it is."""


class Previewing:
    """Looks without a trace. Safe to share between threads."""

    def __init__(self, database: Database, policies: Policies) -> None:
        self._database = database
        self._policies = policies

    def preview(self, lead: Lead, policy: Policy | None, at: datetime) -> Preview:
        """What would become of a lead at an instant.

        Args:
            lead: the lead.
            policy: the rules to go by; None for those that would decide then.
            at: when it would come in.
        """
        subject = Subject.of(profile_of(lead))
        with self._database.read() as session:
            rules = policy or self._policies.in_force(session, at)
            found = identified(session, subject, rules).found
            ownership, assignment = None, None
            if found.outcome is Outcome.NEW_CUSTOMER:
                ownership, assignment = self._born(session, lead, subject, rules, at)
            elif found.outcome is Outcome.DUPLICATE:
                customer = session.get_one(CustomerRow, found.candidates[0].id)
                standing = Ownership.model_validate(customer.ownership)
                rules = policy or self._policies.followed(session, at, standing.policy)
                ownership, assignment = self._again(session, lead, subject, rules, at, moved(standing, rules, at))
            owner = session.get(RepRow, ownership.owner_id) if ownership and ownership.owner_id else None
            return Preview(rules.fingerprint, found, ownership, named(owner), assignment)

    def _born(
        self, session: Session, lead: Lead, subject: Subject, policy: Policy, at: datetime
    ) -> tuple[Ownership, Assignment | None]:
        group: tuple[str, ...] = ()
        if policy.rulebook.asks_for_group:
            group = group_owners(session, lead.company, subject.keys)
        case = case_of(lead, subject.profile, referrals_of(session, lead.referrer), group)
        born = birth("", case, policy, reps_for(self._database, session, case, policy, at, hold=False), at)
        return born.ownership, born.assignment

    def _again(
        self, session: Session, lead: Lead, subject: Subject, policy: Policy, at: datetime, standing: Ownership
    ) -> tuple[Ownership, Assignment | None]:
        """A known customer: its owner changes only where the policy lets a further lead do that."""
        case = heard_again(case_of(lead, subject.profile, referrals_of(session, lead.referrer)), lead)
        if not concerns_owner(standing, case, policy):
            return standing, None
        arrived = LeadArrived(lead_id="", case=case)
        reps = reps_for(self._database, session, case_for(standing, arrived), policy, at, hold=False)
        step = decide(standing, arrived, policy, reps, at)
        return (step.ownership, step.assignment) if step else (standing, None)
