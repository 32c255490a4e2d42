"""Whether the demo saw what the sample promises, row by row, and whether the invariants hold. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from api.customers import CustomerView
from api.lead_views import LeadView
from demo.rows import Expect
from demo.submit import Seen
from domain.identity import Outcome, keys_of


@dataclass(frozen=True)
class Difference:
    """Something that is not as promised: a message of the catalogues and its facts."""

    message: str
    facts: Mapping[str, str | int]


def broken_promises(answers: Sequence[Seen]) -> list[Difference]:
    """The rows whose answer is not what their ``expect`` and ``entity`` columns say."""
    first: dict[str, LeadView] = {}
    for seen in answers:
        if seen.row.expect is Expect.NEW and seen.lead:
            first[seen.row.entity] = seen.lead
    return [_row_differs(seen) for seen in answers if not _as_promised(seen, first.get(seen.row.entity))]


def broken_invariants(answers: Sequence[Seen], customers: Collection[CustomerView]) -> list[Difference]:
    """What breaks nothing_lost, one_owner or one_customer among the customers that the API shows.

    Args:
        answers: every row's answer.
        customers: every customer that there is before anybody has confirmed a lead in doubt.
    """
    registered = {seen.lead.customer_id for seen in answers if seen.lead and seen.row.expect is Expect.NEW}
    shown = [customer.id for customer in customers]
    broken = [Difference("demo-customer-lost", {"id": str(lost)}) for lost in registered.difference(shown)]
    broken += [Difference("demo-customer-unasked", {"id": extra}) for extra in set(shown) - registered]
    broken += [_nowhere(customer) for customer in customers if not _in_one_place(customer)]
    return broken + shared_identifiers(customers)


def shared_identifiers(customers: Iterable[CustomerView]) -> list[Difference]:
    """Where two customers share what only one may have."""
    holders: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for customer in customers:
        for key in keys_of(customer.profile):
            if key.strong:
                holders[key.kind, key.value].append(customer.id)
    return [
        Difference("demo-shared", {"kind": kind, "ids": ", ".join(ids)})
        for (kind, _), ids in holders.items()
        if len(ids) > 1
    ]


def _as_promised(seen: Seen, first: LeadView | None) -> bool:
    """``first`` is the answer to the true customer's first lead, when there is one."""
    lead, expect = seen.lead, seen.row.expect
    if lead is None:
        return expect is Expect.REFUSED and seen.status == 422 and bool(seen.faults)
    same = first is not None and lead.customer_id == first.customer_id
    match expect:
        case Expect.NEW:
            return lead.outcome is Outcome.NEW_CUSTOMER
        case Expect.DUPLICATE:
            return lead.outcome is Outcome.DUPLICATE and same
        case Expect.RETRY:
            return seen.status == 200 and same and first is not None and lead.lead_id == first.lead_id
        case Expect.DOUBT:
            candidates = {candidate.id for candidate in lead.candidates}
            named = first is None or first.customer_id in candidates
            return lead.outcome is Outcome.NEEDS_CONFIRMATION and bool(candidates) and named
        case Expect.REFUSED:
            return False


def _row_differs(seen: Seen) -> Difference:
    answer = seen.lead.outcome if seen.lead else ", ".join(fault.code for fault in seen.faults)
    facts = {"line": str(seen.row.line), "kind": seen.row.kind, "expect": str(seen.row.expect)}
    return Difference("demo-row-differs", facts | {"status": str(seen.status), "answer": str(answer)})


def _in_one_place(customer: CustomerView) -> bool:
    return (customer.owner is None) != (customer.queue is None)


def _nowhere(customer: CustomerView) -> Difference:
    owner = customer.owner.id if customer.owner else "-"
    return Difference("demo-not-one-place", {"id": customer.id, "owner": owner, "queue": customer.queue or "-"})
