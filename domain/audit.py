"""Clear leads of which a person is asked all the same: a random share, to judge the lines where nobody asks."""

from collections.abc import Mapping
from hashlib import blake2b

from domain.identity import Candidate, Identification, Outcome
from domain.matching.decision import Match

AUDITED = "audit"
"""The reason that a question of the audit sample gives."""

LEAST_LIKELY = 0.001
"""Nobody is asked whether a new customer is one that the model holds for less likely than this."""


def drawn(lead_id: str, share: float) -> bool:
    """Returns whether a lead belongs to the audit sample: the same answer each time that it is looked at.

    Args:
        lead_id: a keyed hash, so that nobody who sends leads can choose.
        share: how many of all leads are drawn, 0 to 1.
    """
    number = int.from_bytes(blake2b(lead_id.encode(), digest_size=8, person=b"audit").digest(), "big")
    return number < share * 2**64


def audited(found: Identification, likeness: Mapping[str, Match], waiting: frozenset[str]) -> Identification:
    """Returns the question that a drawn lead becomes, or what was found where likeness alone did not decide.

    Args:
        found: what would be done with the lead.
        likeness: what comparing it with each candidate gave.
        waiting: which of the candidates are leads that wait; no new lead is asked about beside one.
    """
    customers = {holder: like for holder, like in likeness.items() if holder not in waiting}
    if found.outcome is Outcome.DUPLICATE and not found.matched_on:
        return found.model_copy(update={"outcome": Outcome.NEEDS_CONFIRMATION, "reason": AUDITED})
    if found.outcome is not Outcome.NEW_CUSTOMER or not customers:
        return found
    holder, like = max(customers.items(), key=lambda item: (item[1].probability, item[0]))
    if like.probability < LEAST_LIKELY:
        return found
    nearest = Candidate(id=holder, matched_on=(), confidence=like.probability, certain=False, reasons=like.reasons)
    return Identification(
        outcome=Outcome.NEEDS_CONFIRMATION, reason=AUDITED, confidence=like.probability, candidates=(nearest,)
    )
