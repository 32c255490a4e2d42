"""Leads and customers as the API shows them, for tests that need no API."""

from datetime import UTC, datetime
from typing import Any

from api.customers import CustomerView
from api.lead_views import CandidateView, LeadStatus, LeadView
from demo.rows import Expect, SampleRow
from demo.submit import Seen
from domain.identity import Outcome
from domain.lead import CustomerType
from domain.ownership import Owner, Place
from domain.policy import KeyKind
from domain.profile import Profile

BIRTH = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LI_WEI = Owner(id="li.wei", name="李伟")
EMMA = Owner(id="emma.clarke", name="Emma Clarke")


def row(expect: Expect, entity: str = "1", line: int = 2) -> SampleRow:
    """A row that promises something about a customer."""
    return SampleRow(line, {"source": "website", "external_id": f"web-{line}"}, expect, entity, "a kind")


def seen(expect: Expect, outcome: Outcome, entity: str = "1", status: int = 201, **fields: Any) -> Seen:
    """A row and the lead that it was answered with."""
    given = {"lead_id": f"lead_{entity}", "customer_id": f"cus_{entity}", "status": LeadStatus.SETTLED} | fields
    return Seen(row(expect, entity), status, lead=LeadView(outcome=outcome, **given))


def candidate(entity: str) -> CandidateView:
    """A customer that a lead may be."""
    return CandidateView(id=f"cus_{entity}", matched_on=(KeyKind.NAME,), confidence=0.6, certain=False)


def customer(entity: str = "1", **fields: Any) -> CustomerView:
    """An owned customer of whom nothing is known, unless ``fields`` say otherwise."""
    standing: dict[str, Any] = {
        "place": Place.OWNED, "owner": LI_WEI, "queue": None, "reason": None, "since": BIRTH, "due": (),
        "previous_owner_id": None,
    }  # fmt: skip
    return CustomerView(
        id=f"cus_{entity}",
        name="深圳市远航科技有限公司",
        customer_type=CustomerType.TRADE_SHOW,
        region="CN-GD",
        created_at=BIRTH,
        updated_at=BIRTH,
        **({"profile": Profile()} | standing | fields),
    )
