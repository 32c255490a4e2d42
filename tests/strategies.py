"""Hypothesis strategies: leads as callers send them, reps, policies, cases and follow-ups."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from domain.assignment import Case, Referral, Rep
from domain.follow_up import FollowUp
from domain.lead import CustomerType, Lead
from domain.policy import ClockRule, FollowUpKind, OnExpiry, Policy
from domain.rules.methods import Method
from domain.rules.rule import ChangeCondition
from domain.submitted import SubmittedLead
from tests.examples import OTHER_USCC, POLICY, USCC

REP_IDS = ("zhang.wei", "li.na", "j.smith")
REGIONS = ("CN-GD", "CN-BJ", "CN-HK", "US-CA", "DE")
TERRITORIES = ("CN-GD", "US-CA")
METHODS: tuple[str | dict[str, Any], ...] = (
    *(method.value for method in Method if method is not Method.BEST_MATCH),
    {"method": "rotation", "pool": "pair"},
    {"method": "least_loaded", "pool": "pair"},
    {"method": "vertical", "within_region": False, "choose": "least_loaded"},
    {"method": "named_contact", "over_cap": True},
    {"method": "designated", "rep": REP_IDS[0]},
    {"method": "best_match", "weights": {"region": 3, "vertical": 2, "deal_size": 1, "load": 1}, "at_least": 0.3},
)
COMPANIES = (
    "深圳市远航科技有限公司",
    "北京晨光文具股份有限公司",
    "上海浦东发展银行股份有限公司",
    "华为",
    "Harbour Lights Trading Ltd",
    "Müller & Söhne GmbH",
    "Acme Inc.",
)
PEOPLE = ("王小明", "欧阳娜娜", "Jane Smith", "O'Brien", "José García")
DOMAINS = ("example.com", "yuanhang.example.cn", "qq.com", "gmail.com")

regions = st.sampled_from(REGIONS)
rep_ids = st.sampled_from(REP_IDS)
instants = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
texts = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=40)


@st.composite
def phones(draw: st.DrawFn) -> str:
    """A Chinese mobile or fixed line or a number from abroad, with its country, as people write them."""
    digits = f"{1_357_924 * draw(st.integers(10, 60)):08d}"
    mobile = f"138{digits}"
    spellings = (f"+86{mobile}", f"+86 {mobile[:3]} {mobile[3:7]} {mobile[7:]}", f"(+86){mobile[:3]}-{mobile[3:]}")
    others = (f"+86 755 8{digits[:7]}", f"+86-755-8{digits[:7]}转801", "+1 415 555 2671", "+44 20 7946 0958")
    return draw(st.sampled_from((*spellings, *others)))


@st.composite
def emails(draw: st.DrawFn) -> str:
    """An e-mail address."""
    name = draw(st.from_regex(r"[a-z][a-z0-9]{0,7}", fullmatch=True))
    return f"{name}@{draw(st.sampled_from(DOMAINS))}"


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


companies = st.fixed_dictionaries(
    {"name": st.sampled_from(COMPANIES) | texts},
    optional={
        "uscc": st.sampled_from((None, USCC, OTHER_USCC)),
        "tax_id": _maybe(st.from_regex(r"DE[0-9]{9}", fullmatch=True)),
        "website": _maybe(st.sampled_from(("https://www.example.com/about", "yuanhang.example.cn"))),
    },
)
people = st.fixed_dictionaries({"name": st.sampled_from(PEOPLE) | texts}, optional={"title": _maybe(texts)})


def lead_bodies() -> st.SearchStrategy[dict[str, Any]]:
    """Leads as JSON that the API must accept."""
    who = st.one_of(
        st.fixed_dictionaries({"company": companies}, optional={"person": people}),
        st.fixed_dictionaries({"person": people}),
        st.fixed_dictionaries({"phones": st.lists(phones(), min_size=1, max_size=3)}, optional={"person": people}),
        st.fixed_dictionaries({"emails": st.lists(emails(), min_size=1, max_size=3)}, optional={"company": companies}),
    )
    rest = st.fixed_dictionaries(
        {
            "source": st.sampled_from(("website", "官网", "展会")),
            "external_id": texts,
            "customer_type": st.sampled_from([kind.value for kind in CustomerType]),
        },
        optional={
            "region": _maybe(regions),
            "address": _maybe(texts),
            "industry": _maybe(texts),
            "need": _maybe(texts),
            "amount": _maybe(st.just({"value": "120000.00", "currency": "CNY"})),
            "named_contact": _maybe(rep_ids),
            "referrer": _maybe(st.fixed_dictionaries({"company": st.sampled_from(COMPANIES)})),
            "show": _maybe(st.fixed_dictionaries({"name": texts, "date": st.just("2026-11-05"), "contact": rep_ids})),
            "submitted_by": _maybe(rep_ids),
            "occurred_at": _maybe(instants.map(datetime.isoformat)),
            "attributes": st.dictionaries(
                texts, texts | st.booleans() | st.integers(-100, 100) | st.none(), max_size=3
            ),
        },
    )
    return st.builds(lambda identity, others: {**others, **identity}, who, rest)


def leads() -> st.SearchStrategy[Lead]:
    """Leads that passed the checks."""
    return lead_bodies().map(lambda body: Lead.model_validate(SubmittedLead.model_validate(body).model_dump()))


def reps() -> st.SearchStrategy[list[Rep]]:
    """Some of three reps, most of them on duty, anywhere, some with what they know and may get."""
    standings: tuple[dict[str, Any], ...] = (
        {},
        {"weight": 3, "verticals": ("制造业",)},
        {"verticals": ("软件", "Manufacturing"), "languages": ("zh",), "deal_min": 50_000, "load": 3},
        {"load": 9, "successes": 2, "total_cap": 10},
        {"daily_cap": 2, "given_today": 2},
        {"total_cap": 4, "load": 4},
        {"active": False, "successor_id": REP_IDS[1]},
        {"on_leave": True},
        {"off_duty": True},
    )
    some = st.builds(
        lambda rep_id, territory, turn, standing: Rep(
            id=rep_id,
            name=rep_id.title(),
            regions=(territory,),
            turns={} if turn is None else dict.fromkeys(TERRITORIES, (turn,)),
            **standing,
        ),
        rep_ids,
        st.sampled_from((*TERRITORIES, "CN")),
        st.none() | st.integers(1, 50),
        st.sampled_from(standings),
    )
    return st.lists(some, max_size=3, unique_by=lambda rep: rep.id)


@st.composite
def clock_rules(draw: st.DrawFn) -> ClockRule:
    """Clocks that the policy accepts."""
    days = draw(st.integers(1, 40))
    before = st.integers(0, days - 1)
    return ClockRule(
        days=days,
        warn_days_before=tuple(draw(st.lists(before, max_size=3, unique=True))),
        escalate_days_before=draw(st.none() | before),
        on_expiry=draw(st.sampled_from((OnExpiry.REASSIGN, OnExpiry.RECYCLE))),
        exclude_previous_owner=draw(st.booleans()),
        no_owner_found=draw(st.sampled_from((OnExpiry.RECYCLE, OnExpiry.KEEP))),
        calendar=draw(st.sampled_from((None, "office"))),
        working_days=draw(st.booleans()),
    )


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """The shipped policy with other rules, pools, territories and another clock."""
    rules = [draw(assignment_rules(name, conditions())) for name in draw(st.sampled_from(((), ("first",), ("a", "b"))))]
    changed = {
        "assignment": [*rules, draw(assignment_rules("rest", st.just({})))],
        "clocks": {"any": draw(clock_rules()).model_dump()},
        "protect": draw(st.sampled_from(((), ("contract",), ("contract", "opportunity")))),
        "pools": [
            {
                "pool": "south",
                "zh": "华南公海",
                "en": "South",
                "when": {"region": "CN-GD"},
                "claim": draw(claim_rules()),
            },
            {"pool": "public", "zh": "公海", "en": "Public pool", "claim": draw(claim_rules())},
        ],
        "rotation_pools": {"pair": {"reps": REP_IDS[:2]}},
        "territories": {
            "south": {"regions": ["CN-GD"], "reps": [REP_IDS[0]], "precedence": draw(st.integers(-1, 1))},
            "nanshan": {"divisions": ["440305"], "reps": REP_IDS[1:]},
        },
    }
    return Policy.model_validate(POLICY.model_dump() | changed)


def claim_rules() -> st.SearchStrategy[dict[str, Any]]:
    """Rules of a public pool as a policy file has them."""
    return st.fixed_dictionaries(
        {},
        optional={
            "per_day": st.integers(1, 3),
            "total": st.integers(1, 3),
            "cool_off_days": st.integers(0, 30),
            "protection_days": st.integers(0, 60),
            "covering_only": st.booleans(),
        },
    )


def conditions() -> st.SearchStrategy[dict[str, Any]]:
    """Conditions over every kind of field, some joined."""
    tests = st.sampled_from(
        (
            {"customer_type": "referral"},
            {"customer_type": ["trade_show", "key_account"]},
            {"region": {"within": "CN"}},
            {"division": {"within": "440300"}},
            {"industry": {"matches": "制造|manufactur"}},
            {"industry": ["制造业", "软件"]},
            {"amount": {"at_least": 100000}},
            {"amount": {"at_most": 500000, "present": True}},
            {"named_contact": {"present": False}},
            {"referrer": {"present": True}},
            {"source": "website", "level": {"present": True}},
        )
    )
    joined = st.lists(tests, min_size=1, max_size=3)
    return st.one_of(
        tests,
        joined.map(lambda parts: {"all": parts}),
        joined.map(lambda parts: {"any": parts}),
        tests.map(lambda test: {"not": test}),
    )


@st.composite
def assignment_rules(draw: st.DrawFn, name: str, when: st.SearchStrategy[dict[str, Any]]) -> dict[str, Any]:
    """A rule as a policy file has it."""
    return {
        "rule": name,
        "when": draw(when),
        "methods": draw(st.lists(st.sampled_from(METHODS), min_size=1, max_size=3)),
        "queue": draw(st.sampled_from(sorted(POLICY.queues))),
        "changes_when": draw(st.sampled_from(((), tuple(ChangeCondition)))),
        "clock": draw(st.sampled_from(("any", "any", None, [{"when": {"level": "A"}, "clock": "any"}]))),
    }


def cases() -> st.SearchStrategy[Case]:
    """What assignment may be asked."""
    referral = st.builds(Referral, customer_id=st.just("cus_referrer"), owner_id=st.none() | rep_ids)
    return st.builds(
        Case,
        customer_type=st.sampled_from(CustomerType),
        region=st.sampled_from((None, *TERRITORIES)),
        industry=st.sampled_from((None, "制造业", "製造業", "MANUFACTURING", "软件")),
        amount=st.sampled_from((None, Decimal(80_000), Decimal(600_000))),
        currency=st.sampled_from(("CNY", "USD")),
        division=st.sampled_from((None, "440305", "440100")),
        source=st.sampled_from((None, "website")),
        group_owners=st.lists(rep_ids, max_size=1).map(tuple),
        named_contact=st.none() | rep_ids,
        show_contact=st.none() | rep_ids,
        referrals=st.lists(referral, max_size=2).map(tuple),
        excluded=st.lists(rep_ids, max_size=1).map(tuple),
    )


def follow_ups(now: datetime) -> st.SearchStrategy[FollowUp]:
    """Contacts logged at ``now``, dated up to 60 days before or after it, most of them effective if the owner's."""
    return st.builds(
        FollowUp,
        rep_id=rep_ids,
        kind=st.sampled_from((FollowUpKind.CALL, FollowUpKind.VISIT, FollowUpKind.NOTE)),
        content=st.sampled_from(("客户同意下周来看样机并谈价格", "Spoke to the buyer about the quote", "忙")),
        customer_answered=st.sampled_from((True, True, False)),
        occurred_at=st.sampled_from((None, -60, -20, -1, 1, 60)).map(
            lambda days: None if days is None else now + timedelta(days=days)
        ),
    )
