"""Writes ``samples/leads.csv``, bit for bit the same every time: ``python -m samples.generate``.

Every row is a lead with its fields laid flat, and three columns of truth that no system would send: `expect` (new,
duplicate, retry, doubt or refused), `entity` (the number of the true customer, empty when refused) and `kind` (what the
row shows). A row that needs others to be known stands at least `GAP` rows after the last of them, so that a few
clients may submit the file at once.
"""

import csv
import io
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import yaml

from samples import kinds
from samples import vocabulary as words
from samples.customers import Customer, Inventor, written
from samples.kinds import Desk, New, Repeat, Row

LEADS = Path(__file__).with_name("leads.csv")
ORGANISATION = Path(__file__).with_name("organisation.yaml")
COLUMNS = (
    "source", "external_id", "customer_type", "company_name", "uscc", "company_website", "person_name", "person_title",
    "phones", "emails", "region", "address", "industry", "need", "amount_value", "amount_currency", "named_contact",
    "referrer_customer_company", "referrer_contact", "show_name", "show_date", "show_contact", "submitted_by",
    "occurred_at", "expect", "entity", "kind",
)  # fmt: skip
SEED = 20261123
GAP = 24
START = datetime(2026, 11, 2, 8, 30, tzinfo=words.CHINA_TIME)
EVENING = 20
PREFIXES = {source: prefix for sources in words.SOURCES.values() for source, prefix in sources.items()} | {
    "partner_portal": "partner"
}


@dataclass
class Entry:
    """A row on its way into the file. `position` orders it; `again` is the entry whose row it sends a second time."""

    kind: str
    expect: str
    position: float
    customer: Customer
    row: Row
    entity: int | None = None
    again: "Entry | None" = None


def open_desk(rng: random.Random) -> Desk:
    """Reads who works where from the organisation's file."""
    reps = yaml.safe_load(ORGANISATION.read_text(encoding="utf-8"))["reps"]
    regions = dict.fromkeys(city.region for city in words.CITIES)
    active = {region: [rep["id"] for rep in reps if rep["active"] and region in rep["regions"]] for region in regions}
    return Desk(rng, Inventor(rng), active, [rep["id"] for rep in reps if not rep["active"]])


def draw_city(rng: random.Random, fits: Callable[[words.City], bool] = lambda city: True) -> words.City:
    """A city that fits and has reps, big markets more often."""
    cities = [city for city in words.CITIES if fits(city) and city.region != kinds.NO_REP_REGION]
    return rng.choices(cities, [city.weight for city in cities])[0]


def speaks_chinese(rng: random.Random, city: words.City) -> bool:
    """Whether the next customer there writes Chinese."""
    return rng.random() < (0.9 if city.country == "CN" else 0.12)


def opening(desk: Desk, customer: Customer, customer_type: str) -> Row:
    """What every lead has, whatever it knows of the customer."""
    return {
        "source": desk.rng.choice(sorted(words.SOURCES[customer_type])),
        "customer_type": customer_type,
        "region": customer.region,
        "need": desk.rng.choice(words.CHINESE_NEEDS if customer.chinese else words.ENGLISH_NEEDS),
    }


def lead_of(desk: Desk, customer: Customer, customer_type: str) -> Row:
    """A lead that tells all there is to know about a customer."""
    rng, country = desk.rng, customer.city.country
    phone = written(customer.mobile)
    if country == "CN" and rng.random() < 0.5:
        phone = phone.replace(" ", "")
    row = opening(desk, customer, customer_type) | {
        "company_name": customer.company,
        "uscc": customer.uscc,
        "company_website": customer.website,
        "person_name": customer.person,
        "person_title": customer.title,
        "phones": ";".join(filter(None, (phone, customer.landline))),
        "emails": customer.email,
        "address": customer.address,
        "industry": customer.industry,
    }
    if customer.company and rng.random() < 0.55:
        row |= {"amount_value": f"{rng.randrange(20, 900) * 500}.00", "amount_currency": words.CURRENCIES[country]}
    if row["source"] in ("crm", "sales_app"):
        row["submitted_by"] = desk.rep(customer.region)
    return row


def invent(desk: Desk, plan: New, referrer: Customer | None) -> Customer:
    """The customer of a first lead, in the referrer's region or in another one where the kind asks for it."""
    rng = desk.rng
    if plan.kind == kinds.NO_REP:
        city = next(city for city in words.CITIES if city.region == kinds.NO_REP_REGION)
    elif plan.kind == kinds.REFERRED and referrer:
        city = referrer.city
    else:
        city = draw_city(rng, lambda other: referrer is None or other.region != referrer.region)
    make = desk.inventor.private_person if plan.kind == kinds.PRIVATE else desk.inventor.company
    return make(city, speaks_chinese(rng, city))


def in_mixed_order(rng: random.Random) -> list[New]:
    """One plan for each first lead; referrals come when there are customers to refer them."""
    plans = [plan for plan in kinds.NEW for _ in range(plan.count)]
    rng.shuffle(plans)
    early = [plan for plan in plans if plan.customer_type != "referral"]
    for plan in plans:
        if plan.customer_type == "referral":
            early.insert(rng.randrange(3 * GAP, len(early) + 1), plan)
    return early


def first_leads(desk: Desk) -> list[Entry]:
    """The first lead of every customer, in order; an entry's place is its position and, from 1, its entity."""
    entries: list[Entry] = []
    for index, plan in enumerate(in_mixed_order(desk.rng)):
        referrer = None
        if plan.kind in (kinds.REFERRED, kinds.REFERRED_ACROSS):
            earlier = entries[: index - GAP]
            referrer = desk.rng.choice([entry.customer for entry in earlier if entry.kind in kinds.CAN_REFER])
        customer = invent(desk, plan, referrer)
        row = lead_of(desk, customer, plan.customer_type) | plan.adds(desk, customer)
        if referrer:
            row |= {"referrer_customer_company": referrer.company, "referrer_contact": referrer.email}
        entries.append(Entry(plan.kind, "new", index, customer, row, index + 1))
    return entries


class Followers:
    """Makes the leads that come after a customer's first. No customer has more than one of them."""

    def __init__(self, desk: Desk, firsts: list[Entry]) -> None:
        self.desk = desk
        self.end = len(firsts)
        self.entity = self.end
        self.pool = [entry for entry in firsts[: self.end - 2 * GAP] if entry.kind != kinds.NO_REGION]
        desk.rng.shuffle(self.pool)

    def take(self, fits: Callable[[Customer], bool]) -> Entry:
        """A customer that fits and has not been taken."""
        found = next(entry for entry in self.pool if fits(entry.customer))
        self.pool.remove(found)
        return found

    def after(self, *known: Entry) -> float:
        """A position with at least `GAP` rows after what must be known."""
        return self.desk.rng.uniform(max(entry.position for entry in known) + GAP + 1, self.end)

    def repeat(self, repeat: Repeat, expect: str) -> Entry:
        """One more lead about a known customer, or in doubt one about a stranger who resembles it."""
        known = self.take(repeat.fits)
        kept = {column: known.row[column] for column in repeat.keeps}
        row = opening(self.desk, known.customer, "new_registration") | kept | repeat.change(self.desk, known.customer)
        entity = known.entity if expect == "duplicate" else self.stranger()
        return Entry(repeat.kind, expect, self.after(known), known.customer, row, entity)

    def stranger(self) -> int:
        """The number of a customer that is not among the first leads'."""
        self.entity += 1
        return self.entity

    def retry(self) -> Entry:
        """The same row once more, as a client sends it that has had no answer."""
        known = self.take(lambda customer: True)
        return replace(known, kind=kinds.RETRY, expect="retry", position=self.after(known), again=known)

    def between_two(self) -> Entry:
        """The phone of one customer and the e-mail of another; in truth it is the first."""
        one, other = self.take(kinds.has_telling_mobile), self.take(lambda customer: customer.email != "")
        who = {"person_name": one.customer.person, "phones": one.customer.mobile, "emails": other.customer.email}
        row = opening(self.desk, one.customer, "new_registration") | who
        return Entry(kinds.TWO_CUSTOMERS, "doubt", self.after(one, other), one.customer, row, one.entity)


def follow_ups(desk: Desk, firsts: list[Entry]) -> list[Entry]:
    """Duplicates, leads in doubt and retries; the pickiest kinds choose their customers first."""
    followers = Followers(desk, firsts)
    picky = sorted(kinds.DUPLICATES + kinds.DOUBTS, key=lambda repeat: sum(repeat.fits(e.customer) for e in firsts))
    entries = [
        followers.repeat(repeat, "doubt" if repeat in kinds.DOUBTS else "duplicate")
        for repeat in picky
        for _ in range(repeat.count)
    ]
    entries += [followers.between_two() for _ in range(kinds.TWO_CUSTOMERS_COUNT)]
    return entries + [followers.retry() for _ in range(kinds.RETRY_COUNT)]


def refused_lead(desk: Desk, kind: str, spoiled: Row, position: float) -> Entry:
    """A good lead of a new customer with one thing spoiled."""
    city = draw_city(desk.rng, lambda city: city.country == "CN" or not spoiled.get("uscc"))
    customer = desk.inventor.company(city, speaks_chinese(desk.rng, city))
    customer_type = "trade_show" if "show_name" in spoiled else "new_registration"
    return Entry(kind, "refused", position, customer, lead_of(desk, customer, customer_type) | spoiled)


def numbered(rng: random.Random, entries: Iterable[Entry]) -> list[Row]:
    """The rows in order, each with its id in the source system and its time; a retry repeats both."""
    rows = []
    numbers: Counter[str] = Counter()
    now = START
    for entry in sorted(entries, key=lambda entry: entry.position):
        if entry.again is None:
            prefix = PREFIXES[entry.row["source"]]
            numbers[prefix] += 1
            now += timedelta(minutes=rng.randrange(1, 60))
            if now.hour >= EVENING:
                now = now.replace(hour=START.hour) + timedelta(days=1)
            occurred_at = now.astimezone(entry.customer.city.time).isoformat()
            given = {"external_id": f"{prefix}-{1000 + numbers[prefix]}", "occurred_at": occurred_at}
            entry.row = given | entry.row
        lead = entry.again.row if entry.again else entry.row
        entity = "" if entry.entity is None else str(entry.entity)
        rows.append(lead | {"expect": entry.expect, "entity": entity, "kind": entry.kind})
    return rows


def leads_csv() -> str:
    """The whole file."""
    rng = random.Random(SEED)  # noqa: S311 - chance must be the same on every run, and guards nothing
    desk = open_desk(rng)
    firsts = first_leads(desk)
    refused = [refused_lead(desk, *spoiling, rng.uniform(0, len(firsts))) for spoiling in kinds.REFUSED]
    rows = numbered(rng, [*firsts, *follow_ups(desk, firsts), *refused])
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


if __name__ == "__main__":
    LEADS.write_text(leads_csv(), encoding="utf-8", newline="\n")
