"""The story of the sample: what became of the leads, who owns what, and who was recognised."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import BaseModel
from rich.cells import cell_len, set_cell_size

from api.customers import CustomerView
from api.lead_views import LeadView
from demo.rows import Expect, SampleRow
from demo.submit import Seen
from demo.teller import Teller
from demo.words import Words
from domain.identity import Outcome
from domain.lead import Company, Lead
from domain.normalise.web import registrable_domain
from domain.policy import KeyKind
from domain.profile import profile_of

Known = Mapping[str, CustomerView]
"""Customers by id."""

EXAMPLES = (
    "same name, traditional script",
    "same USCC, short name",
    "same phone, full-width digits",
    "same name, capitals",
    "rep of another region on the same customer",
)
"""Kinds of duplicates that are shown, one of each."""
DOUBTS = (
    "same name and region, other USCC",
    "phone of one customer, e-mail of another",
    "same web domain only",
)
"""Kinds of leads in doubt that are shown, one of each."""

OUTCOMES: Mapping[Outcome | None, Expect] = {Outcome.NEW_CUSTOMER: Expect.NEW, Outcome.DUPLICATE: Expect.DUPLICATE}

LONGEST = 18
"""Columns for a value that was refused: room for a USCC."""


class RegionName(BaseModel):
    """Of a region, what is needed to name it."""

    code: str
    name: str


def tell_outcomes(teller: Teller, answers: Sequence[Seen], seconds: float) -> None:
    """How many leads were new, known, in doubt, refused or sent again."""
    counts = Counter(_outcomes(answers))
    teller.heading("demo-outcomes", leads=len(answers), seconds=f"{seconds:.0f}", rate=f"{len(answers) / seconds:.0f}")
    teller.table([(counts[expect], teller.text(f"demo-outcome-{expect}")) for expect in Expect])


def tell_refused(teller: Teller, answers: Sequence[Seen]) -> None:
    """Why leads were refused: the field and the rule that it breaks, as the API told the sender."""
    values: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for seen in answers:
        for fault in seen.faults[:1]:
            values[fault.field.rstrip(".0123456789"), fault.rule].append(_quoted(fault.value))
    rows = [(len(given), field, rule, given[0]) for (field, rule), given in sorted(values.items())]
    teller.heading("demo-refused")
    teller.table(rows, "demo-leads", "demo-field", "demo-rule", "demo-example")


def tell_owners(teller: Teller, customers: Iterable[CustomerView], regions: Sequence[RegionName]) -> None:
    """Who owns how many customers in which region, and how many wait there."""
    names = {region.code: region.name for region in regions}
    by_region: defaultdict[str, list[CustomerView]] = defaultdict(list)
    for customer in customers:
        by_region[names.get(customer.region or "", teller.text("demo-no-region"))].append(customer)
    rows = []
    for name, there in sorted(by_region.items(), key=lambda item: -len(item[1])):
        owned = Counter(customer.owner.name for customer in there if customer.owner)
        owners = " · ".join(f"{owner} {count}" for owner, count in owned.most_common())
        rows.append((name, len(there), len(there) - owned.total(), owners))
    teller.heading("demo-owners")
    teller.table(rows, "demo-region", "demo-customers", "demo-waiting", "demo-owned-by")


def tell_queues(teller: Teller, words: Words, customers: Iterable[CustomerView]) -> None:
    """Which customers wait for an owner, where, and why."""
    waiting = Counter((c.queue, c.reason) for c in customers if c.queue is not None and c.reason is not None)
    rows = [(count, words.queue(queue), words.code("reason", why)) for (queue, why), count in waiting.most_common()]
    teller.heading("demo-queues")
    teller.table(rows, "demo-customers", "demo-queue", "demo-why")


def tell_recognised(teller: Teller, words: Words, answers: Sequence[Seen], known: Known) -> None:
    """A duplicate of each telling kind: what came in, whom it turned out to be, and how that was seen."""
    rows = []
    for seen in _one_of_each(answers, EXAMPLES):
        if seen.lead and seen.lead.customer_id:
            customer = known[seen.lead.customer_id]
            owner = customer.owner.name if customer.owner else words.queue(customer.queue or "")
            rows.append(
                (_shown(words, seen.row, seen.lead), customer.name, words.code("key", seen.lead.matched_on[0]), owner)
            )
    teller.heading("demo-recognised")
    teller.table(rows, "demo-came-in", "demo-known-as", "demo-matched-on", "demo-owner")


def tell_doubts(teller: Teller, words: Words, answers: Sequence[Seen], known: Known) -> None:
    """A lead in doubt of each telling kind: whom it may be, and why a person is asked."""
    rows = []
    for seen in _one_of_each(answers, DOUBTS):
        if seen.lead:
            whom = "\n".join(known[candidate.id].name for candidate in seen.lead.candidates)
            rows.append((_shown(words, seen.row, seen.lead), whom, words.code("reason", seen.lead.reason or "")))
    teller.heading("demo-doubts")
    teller.table(rows, "demo-came-in", "demo-may-be", "demo-why")


def _outcomes(answers: Iterable[Seen]) -> Iterator[Expect]:
    """What each lead came to, in the sample's terms, whatever was promised."""
    told: set[str] = set()
    for seen in answers:
        if seen.lead is None:
            yield Expect.REFUSED
        elif seen.lead.lead_id in told:
            yield Expect.RETRY
        else:
            told.add(seen.lead.lead_id)
            yield OUTCOMES.get(seen.lead.outcome, Expect.DOUBT)


def _one_of_each(answers: Sequence[Seen], kinds: Sequence[str]) -> list[Seen]:
    first = {seen.row.kind: seen for seen in reversed(answers)}
    return [first[kind] for kind in kinds]


def _shown(words: Words, row: SampleRow, view: LeadView) -> str:
    """What came in: the name, and of the rest what it was recognised or doubted by."""
    lead = Lead.model_validate(row.lead)
    company = lead.company or Company()
    fields = {
        KeyKind.USCC: (company.uscc,),
        KeyKind.MOBILE: lead.phones,
        KeyKind.EMAIL: lead.emails,
        KeyKind.DOMAIN: (company.website and registrable_domain(company.website),),
    }
    telling = {kind for found in view.candidates for kind in (*found.matched_on[:1], *found.conflicts_on)}
    shown = [value for kind in sorted({*view.matched_on[:1], *telling}) for value in fields.get(kind, ()) if value]
    by = [words.typed_by(lead.submitted_by)] if lead.submitted_by else []
    return "\n  ".join([profile_of(lead).name, *shown, *by])


def _quoted(value: str | None) -> str:
    if value is None:
        return "-"
    return f"“{value}”" if cell_len(value) <= LONGEST else f"“{set_cell_size(value, LONGEST - 1).rstrip()}…”"
