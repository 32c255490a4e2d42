"""What an approval that everybody agreed to asks of each customer's workflow, one change for each kind."""

from domain.approval.request import (
    ExceptionWanted,
    KeyAccountWanted,
    MergeWanted,
    ReassignWanted,
    ReferralWanted,
    ShareWanted,
    TransferWanted,
    UnmergeWanted,
)
from domain.approval.state import ApprovalState, Subject
from domain.change import Asked, Change, Claim, Designate, GrantShare, MergeInto, Transfer, Unmerge
from domain.ownership import Ownership


def effect_id(approval: ApprovalState, subject: Subject) -> str:
    """The id by which the customer's workflow carries the effect out once."""
    return f"{approval.id}:{subject.customer_id}"


def effect_of(approval: ApprovalState, subject: Subject, restored: Ownership | None = None) -> Asked:
    """What a customer's workflow is asked to carry out.

    Args:
        approval: approved by everybody.
        subject: the customer, and whose it was when it was asked for.
        restored: for an unmerge, how the customer stood before the merge.

    Raises:
        ValueError: when an unmerge comes without how it stood.
    """
    return Asked(
        id=effect_id(approval, subject),
        actor=approval.requester.person or approval.requester.principal,
        change=_change(approval, subject, restored),
    )


def _change(approval: ApprovalState, subject: Subject, restored: Ownership | None) -> Change:
    wanted = approval.wanted
    by = approval.requester.person or approval.requester.principal
    match wanted:
        case TransferWanted() | ReferralWanted() | ReassignWanted():
            return Transfer(approval_id=approval.id, from_id=subject.from_id, to_id=wanted.to_id, reason=wanted.reason)
        case ShareWanted():
            return GrantShare(approval_id=approval.id, rep_id=wanted.to_id, access=wanted.access, until=wanted.until)
        case KeyAccountWanted():
            return Designate(rep_id=wanted.to_id, reason=wanted.reason)
        case ExceptionWanted():
            return Claim(rep_id=wanted.to_id, exception=approval.id)
        case MergeWanted():
            told = wanted.model_dump(exclude={"kind"})
            return MergeInto(by=by, **told)
        case UnmergeWanted():
            if restored is None:
                raise ValueError("an unmerge needs how the customer stood before the merge")
            return Unmerge(merge_id=wanted.merge_id, restored=restored, by=by, reason=wanted.reason)
