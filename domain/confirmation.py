"""A lead in doubt while it waits: who is asked, what falls due when, and what a word or the default makes of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.change import Refused
from domain.identity import STRONG, Candidate, Identification, Outcome
from domain.policy import ConfirmationDefault, ConfirmationRules, Policy, Running
from domain.submission import Choice

Managers = Mapping[str, str | None]
"""For every rep who is active, the active manager of their team, if there is one."""

BY_DEFAULT = "default_when_time_was_up"
DOUBTED, WITHDRAWN = "doubted_in_file", "withdrawn"


class Stage(StrEnum):
    """What falls due while a lead waits."""

    REMIND = "reminded"
    ESCALATE = "escalated"
    DECIDE = "time_up"


class Due(BaseModel):
    """One stage with its absolute deadline."""

    model_config = ConfigDict(frozen=True)
    stage: Stage
    at: AwareDatetime


class Waiting(BaseModel):
    """A lead that waits: who is asked now, what is still to come, in order, and the default with which it began."""

    model_config = ConfigDict(frozen=True)
    asked: tuple[str, ...]
    due: tuple[Due, ...]
    default: ConfirmationDefault
    policy: str | None = None
    """The version of the policy that it follows, by its fingerprint."""

    def under(self, policy: Policy) -> "Waiting":
        """The same by the version that decides now: one to which what waits moves brings its own default.

        What falls due stays where it is.
        """
        if self.policy is None:
            return self.model_copy(update={"policy": policy.fingerprint})
        if policy.running is Running.KEEP or self.policy == policy.fingerprint:
            return self
        return self.model_copy(update={"policy": policy.fingerprint, "default": policy.confirmation.default})

    def after(self, stage: Stage, asked: Sequence[str] = ()) -> "Waiting":
        """The same once a stage is done, with those asked from now on unless there is nobody else to ask.

        An escalation ahead of its time leaves out the reminder: whoever it was meant for has been heard.
        """
        done = list(Stage)[: list(Stage).index(stage) + 1]
        due = tuple(each for each in self.due if each.stage not in done)
        return self.model_copy(update={"due": due, "asked": tuple(asked) or self.asked})


class Nudge(BaseModel):
    """What moves a waiting lead on without settling it: a stage that falls due, or a person who is not sure."""

    model_config = ConfigDict(frozen=True)
    lead_id: str
    at: AwareDatetime
    stage: Stage
    unsure: Choice | None = None


def begin_waiting(rules: ConfirmationRules, at: datetime, asked: Sequence[str]) -> Waiting:
    """The beginning of a wait at ``at``, with every stage as an absolute time."""
    after = {
        Stage.REMIND: rules.remind_after_hours,
        Stage.ESCALATE: rules.escalate_after_hours,
        Stage.DECIDE: rules.decide_after_hours,
    }
    due = tuple(Due(stage=stage, at=at + timedelta(hours=hours)) for stage, hours in after.items())
    return Waiting(asked=tuple(asked), due=due, default=rules.default)


def asked_first(submitter: str | None, owners: Iterable[str], managers: Managers) -> tuple[str, ...]:
    """Who can say who a lead is: the rep who typed it in, else the owners of the customers that it may be.

    Nobody, when none of them is active: then whoever looks through the waiting leads.
    """
    if submitter is not None and submitter in managers:
        return (submitter,)
    return tuple(dict.fromkeys(owner for owner in owners if owner in managers))


def asked_next(asked: Collection[str], owners: Iterable[str], managers: Managers) -> tuple[str, ...]:
    """Whom to ask when ``asked`` are not sure or silent: their managers, else those of the candidates' owners."""
    for reps in (asked, owners):
        above = dict.fromkeys(manager for rep in reps if (manager := managers.get(rep)) and manager not in asked)
        if above:
            return tuple(above)
    return ()


def confirmed(found: Identification, waiting: Collection[str], choice: Choice) -> Identification:
    """What a person made of a lead in doubt; what is nobody's stays nobody's.

    Args:
        found: what was found without them.
        waiting: which of the candidates are leads that wait themselves.
        choice: their word.

    Raises:
        Refused: ``not_a_candidate`` when it names a customer that the lead does not match.
    """
    if found.outcome is Outcome.REJECTED:
        return found
    chosen = [customer for customer in _customers(found, waiting) if customer.id == choice.customer_id]
    if choice.customer_id is not None and not chosen:
        raise Refused("not_a_candidate")
    return _settled(chosen, "confirmed", 1.0)


def doubted(found: Identification) -> Identification:
    """The same of a lead about which a person must say, however clear it looks: its file speaks against it."""
    if found.outcome not in (Outcome.NEW_CUSTOMER, Outcome.DUPLICATE):
        return found
    return found.model_copy(update={"outcome": Outcome.NEEDS_CONFIRMATION, "reason": DOUBTED})


def withdrawn() -> Identification:
    """What becomes of a lead in doubt that is taken back: nobody's."""
    return Identification(outcome=Outcome.REJECTED, reason=WITHDRAWN, confidence=1.0)


def by_default(found: Identification, waiting: Collection[str], default: ConfirmationDefault) -> Identification:
    """What the policy makes of a lead about which nobody said anything in time.

    It joins no customer whose identifiers conflict with its own. And it becomes no customer of its own while another
    one holds a strong identifier of it: that takes a person's word (invariant one_customer).

    Args:
        found: what was found now; when that is no doubt any more, it counts.
        waiting: which of the candidates are leads that wait themselves.
        default: the default with which it began to wait.
    """
    if found.outcome is not Outcome.NEEDS_CONFIRMATION or default is ConfirmationDefault.KEEP_WAITING:
        return found
    joinable = [customer for customer in _customers(found, waiting) if not customer.conflicts_on]
    if default is ConfirmationDefault.NEW:
        joinable = [customer for customer in joinable if customer.certain or not STRONG.isdisjoint(customer.matched_on)]
    return _settled(joinable[:1], BY_DEFAULT, joinable[0].confidence if joinable else found.confidence)


def _customers(found: Identification, waiting: Collection[str]) -> list[Candidate]:
    return [candidate for candidate in found.candidates if candidate.id not in waiting]


def _settled(chosen: Sequence[Candidate], reason: str, confidence: float) -> Identification:
    outcome = Outcome.DUPLICATE if chosen else Outcome.NEW_CUSTOMER
    return Identification(outcome=outcome, reason=reason, confidence=confidence, candidates=tuple(chosen))
