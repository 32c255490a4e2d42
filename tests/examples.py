"""What tests of several layers put in: the shipped policy, reps, leads, and a way to write them down briefly."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import yaml

from domain.assignment import Rep
from domain.assignment.roster import folded
from domain.ids import IdMaker
from domain.lead import Lead
from domain.policy import Policy
from domain.policy_file import parse_policy
from domain.submission import Choice, Registration, Submission
from domain.submitted import SubmittedLead
from settings import PROJECT_ROOT
from store.database import Database
from store.tables import RepRegionRow, RepRow, RepVerticalRow

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
IDS = IdMaker(b"a secret of at least 32 bytes...")
POLICY_TEXT = (PROJECT_ROOT / "policies" / "default.yaml").read_text(encoding="utf-8")
POLICY = parse_policy(POLICY_TEXT)
SHIPPED: dict[str, Any] = yaml.safe_load(POLICY_TEXT)
GONE = object()

ZHANG = Rep(id="zhang.wei", name="张伟", regions=("CN-GD",))
LI = Rep(id="li.na", name="李娜", regions=("CN-GD",))
WANG = Rep(id="wang.fang", name="王芳", regions=("CN-GD",))
SMITH = Rep(id="j.smith", name="Jane Smith", regions=("US-CA",))
BROWN = Rep(id="t.brown", name="Tom Brown", regions=("US-CA", "US-NY"))

USCC = "91440300708461136T"
OTHER_USCC = "91110000802100433B"


def ruled(*rules: dict[str, Any], **others: Any) -> Policy:
    """The shipped policy with these rules instead of its own; one without a condition for the rest must be among them.

    Args:
        rules: as in a policy file; ``rule`` and ``queue`` may be left out.
        others: other parts of the policy.
    """
    named = [{"rule": f"rule{at}", "queue": "unassigned"} | rule for at, rule in enumerate(rules)]
    return Policy.model_validate(POLICY.model_dump() | {"assignment": named} | others)


def edited(changes: dict[str, Any]) -> str:
    """The shipped policy as YAML with some values changed, by their path; ``GONE`` takes one away."""
    policy = deepcopy(SHIPPED)
    for path, value in changes.items():
        *parents, name = path.split(".")
        node = policy
        for parent in parents:
            node = node[int(parent)] if isinstance(node, list) else node[parent]
        if value is GONE:
            del node[int(name) if isinstance(node, list) else name]  # type: ignore[arg-type]
        else:
            node[int(name) if isinstance(node, list) else name] = value  # type: ignore[index]
    return yaml.safe_dump(policy, allow_unicode=True, sort_keys=False)


def firm(number: int) -> str:
    """A company's name that resembles no other of them: two brands differ in two of three characters. 0 to 255."""
    one, other = number % 16, number // 16
    first, middle, last = (
        "青云松鹤金海星华瑞泰丰祥顺达嘉禾",
        "岭帆涛鸣桥川河园湖林溪谷原泉港峰",
        "舟翼磊蓝朗辉捷凯睿博恒铭拓钰霖墨",
    )
    return f"{first[one]}{middle[other]}{last[(one + other) % 16]}商贸有限公司"


def lead(**fields: Any) -> Lead:
    """A lead that passed the checks; source and external id are made up unless given."""
    body = {"source": "website", "external_id": uuid4().hex, **fields}
    return Lead.model_validate(SubmittedLead.model_validate(body).model_dump())


def registration(of: Lead, at: datetime = AT, choice: Choice | None = None) -> Registration:
    """A pass of intake over a lead."""
    lead_id = IDS.lead_id(of.source, of.external_id)
    return Registration(submission=Submission(lead_id=lead_id, fingerprint="f", lead=of), at=at, choice=choice)


def employ(database: Database, *reps: Rep) -> None:
    """Put reps and their regions into a database."""
    with database.write() as session:
        for rep in reps:
            elsewhere = {"off_duty", "regions", "verticals", "languages", "turns", "load", "given_today", "successes"}
            session.add(RepRow(**rep.model_dump(exclude=elsewhere), languages=" ".join(rep.languages)))
            session.add_all(RepRegionRow(rep_id=rep.id, region=region) for region in rep.regions)
            session.add_all(
                RepVerticalRow(rep_id=rep.id, vertical=folded(vertical), name=vertical) for vertical in rep.verticals
            )
