"""What the sample shows: every kind of lead, how many of it, and how it is made from the customers it is about."""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from samples import vocabulary as words
from samples.customers import Customer, Inventor, written

Row = dict[str, str]

NO_REP_REGION = "CN-HB"
PRIVATE = "private person"
NO_REGION = "no region given"
NO_REP = "region without a rep"
REFERRED = "referred by a customer"
REFERRED_ACROSS = "referred by a customer of another region"

CAN_REFER = ("new company", "names a sales contact", "stand contact known", REFERRED)


@dataclass(frozen=True)
class Desk:
    """What a maker of leads has at hand: chance, new customers, and the reps' ids by region."""

    rng: random.Random
    inventor: Inventor
    reps: Mapping[str, Sequence[str]]
    left: Sequence[str]

    def rep(self, region: str) -> str:
        """The id of a rep of `region` who is still there."""
        return self.rng.choice(self.reps[region])

    def outsider(self, region: str) -> str:
        """The id of a rep who works elsewhere."""
        here = self.reps[region]
        return self.rng.choice(sorted({rep for reps in self.reps.values() for rep in reps if rep not in here}))

    def show(self, customer: Customer, contact: str | None = None) -> Row:
        """The columns of a trade show near the customer; the contact is a rep of the stand unless given."""
        near = [show for show in words.SHOWS if show[0] == customer.region]
        region, name, date = self.rng.choice(near or [show for show in words.SHOWS if show[0].startswith("CN")])
        return {"show_name": name, "show_date": date, "show_contact": self.rep(region) if contact is None else contact}


@dataclass(frozen=True)
class New:
    """A customer's first lead. `adds` gives the columns that make the kind."""

    kind: str
    customer_type: str
    count: int
    adds: Callable[[Desk, Customer], Row] = lambda desk, customer: {}


NEW = (
    New("new company", "new_registration", 66),
    New(PRIVATE, "new_registration", 18),
    New("names a sales contact", "new_registration", 14, lambda desk, c: {"named_contact": desk.rep(c.region)}),
    New("names an unknown sales contact", "new_registration", 3, lambda desk, c: {"named_contact": "ma.sihai"}),
    New("names a sales contact who left", "new_registration", 2, lambda desk, c: {"named_contact": desk.left[0]}),
    New(NO_REP, "new_registration", 6),
    New(NO_REGION, "new_registration", 5, lambda desk, c: {"region": "", "phones": c.mobile}),
    New("key account with a senior rep", "key_account", 20, lambda desk, c: {"named_contact": desk.rep(c.region)}),
    New("key account without a rep", "key_account", 12),
    New(REFERRED, "referral", 24),
    New(REFERRED_ACROSS, "referral", 8),
    New(
        "referred by an unknown customer", "referral", 6, lambda desk, c: {"referrer_customer_company": "蓬莱仙岛客栈"}
    ),
    New("stand contact known", "trade_show", 38, lambda desk, c: desk.show(c)),
    New("stand contact unknown", "trade_show", 4, lambda desk, c: desk.show(c, "stand.helper")),
    New("stand contact missing", "trade_show", 5, lambda desk, c: desk.show(c, "")),
    New("stand contact left", "trade_show", 2, lambda desk, c: desk.show(c, desk.left[0])),
)


@dataclass(frozen=True)
class Repeat:
    """A later lead about a known customer: `keeps` are the columns it repeats, `change` those it writes otherwise."""

    kind: str
    count: int
    fits: Callable[[Customer], bool]
    keeps: tuple[str, ...]
    change: Callable[[Desk, Customer], Row]


def has_telling_mobile(customer: Customer) -> bool:
    """Whether the number alone shows that it is a mobile; in North America none does, and the UK's are fixed lines."""
    return customer.city.country in ("CN", "SG")


def _chinese_mobile(customer: Customer) -> bool:
    return customer.city.country == "CN"


def _chinese_company(customer: Customer) -> bool:
    return customer.chinese and customer.company != ""


def _english_company(customer: Customer) -> bool:
    return not customer.chinese and customer.company != ""


def _short_name(customer: Customer) -> str:
    forms = "|".join(words.CHINESE_FORMS)
    return re.sub(rf"（.*）|{customer.city.name}市?|{forms}", "", customer.company)


def _shouted(email: str) -> str:
    mailbox, domain = email.split("@")
    return f"{mailbox.title()}@{domain.upper()}"


def _extension(desk: Desk, customer: Customer) -> Row:
    mark = "转" if customer.chinese else " ext. "
    return {"phones": f"{customer.landline}{mark}{desk.rng.randrange(801, 870)}"}


def _colleague(desk: Desk, customer: Customer) -> Row:
    person, mailbox = desk.inventor.person(customer.chinese)
    email = f"{mailbox}.{desk.rng.randrange(10, 99)}@{customer.email.split('@')[1]}"
    return {"person_name": person, "emails": email, "phones": desk.inventor.mobile(customer.city.country)}


WHO = ("person_name", "region")
FIRM = ("company_name", "region", "industry")
FULL = (*FIRM, "person_name", "person_title", "phones", "emails", "address", "company_website", "uscc")

DUPLICATES = (
    Repeat("same phone, +86", 6, _chinese_mobile, WHO, lambda desk, c: {"phones": f"+86 {written(c.mobile)}"}),
    Repeat("same phone, 0086", 5, _chinese_mobile, WHO, lambda desk, c: {"phones": f"00{c.mobile[1:]}"}),
    Repeat(
        "same phone, dashes", 6, _chinese_mobile, WHO,
        lambda desk, c: {"phones": written(c.mobile).replace(" ", "-")},
    ),
    Repeat(
        "same phone, full-width digits", 5, _chinese_mobile, WHO,
        lambda desk, c: {"phones": c.mobile[3:].translate(words.FULL_WIDTH)},
    ),
    Repeat("same phone, no spaces", 4, lambda c: c.city.country == "SG", WHO, lambda desk, c: {"phones": c.mobile}),
    Repeat(
        "same e-mail, switchboard with extension", 5, lambda c: c.landline != "" and c.email != "", (*WHO, "emails"),
        _extension,
    ),
    Repeat("same e-mail, other case", 7, lambda c: c.email != "", WHO, lambda desk, c: {"emails": _shouted(c.email)}),
    Repeat(
        "same USCC, short name", 6, lambda c: _chinese_company(c) and c.uscc != "", ("uscc", "region"),
        lambda desk, c: {"company_name": _short_name(c)},
    ),
    Repeat("same USCC, small letters", 3, lambda c: c.uscc != "", WHO, lambda desk, c: {"uscc": c.uscc.lower()}),
    Repeat(
        "same name, traditional script", 6,
        lambda c: _chinese_company(c) and c.company.translate(words.TRADITIONAL) != c.company, FIRM,
        lambda desk, c: {"company_name": c.company.translate(words.TRADITIONAL)},
    ),
    Repeat(
        "same name, other brackets", 4, lambda c: "（" in c.company, FIRM,
        lambda desk, c: {"company_name": c.company.replace("（", "(").replace("）", ")")},
    ),
    Repeat("same name, capitals", 4, _english_company, FIRM, lambda desk, c: {"company_name": c.company.upper()}),
    Repeat(
        "same name, full-width letters", 3, _english_company, FIRM,
        lambda desk, c: {"company_name": c.company.translate(words.FULL_WIDTH)},
    ),
    Repeat("same name, a colleague writes", 6, lambda c: c.company != "", FIRM, _colleague),
    Repeat("sent again by another system", 8, lambda c: True, FULL, lambda desk, c: {"source": "partner_portal"}),
    Repeat(
        "met again at a trade show", 6, lambda c: c.region in {show[0] for show in words.SHOWS},
        (*WHO, "phones", "emails"),
        lambda desk, c: {"customer_type": "trade_show", "source": "show_app", **desk.show(c)},
    ),
    Repeat(
        "rep of another region on the same customer", 6, lambda c: True, FULL,
        lambda desk, c: {"source": "sales_app", "submitted_by": desk.outsider(c.region)},
    ),
)  # fmt: skip

RETRY, RETRY_COUNT = "same row sent twice", 8
TWO_CUSTOMERS, TWO_CUSTOMERS_COUNT = "phone of one customer, e-mail of another", 6


def _sister(desk: Desk, customer: Customer) -> Row:
    sister = desk.inventor.company(customer.city, customer.chinese)
    return {"company_name": sister.company, "person_name": sister.person, "company_website": customer.website}


def _placeless(customer: Customer) -> bool:
    city = customer.city
    return customer.company != "" and city.name not in customer.company and city.english not in customer.company


def _elsewhere(desk: Desk, customer: Customer) -> Row:
    other = desk.rng.choice(
        [city for city in words.CITIES if desk.reps[city.region] and city.region != customer.region]
    )
    return {"region": other.region, "phones": desk.inventor.mobile(other.country)}


DOUBTS = (
    Repeat(
        "same name and region, other USCC", 6, lambda c: c.uscc != "", FIRM,
        lambda desk, c: {"uscc": desk.inventor.uscc(c.city), "phones": desk.inventor.mobile(c.city.country)},
    ),
    Repeat("same name, other region", 5, _placeless, ("company_name", "industry"), _elsewhere),
    Repeat("same web domain only", 6, lambda c: c.website != "", ("region", "industry"), _sister),
)  # fmt: skip

_NOBODY = dict.fromkeys(("company_name", "person_name", "phones", "emails", "company_website", "uscc"), "")

# Each spoils one thing of an otherwise good lead.
REFUSED: tuple[tuple[str, Row], ...] = (
    ("wrong check digit in the USCC", {"uscc": "91440399MA0123456X"}),
    ("USCC one character short", {"uscc": "91440399MA0123456"}),
    ("USCC with a letter it cannot have", {"uscc": "91440399MAOIS34564"}),
    ("impossible phone", {"phones": "+86 138 12"}),
    ("phone of no country", {"phones": "+999 5555 0100"}),
    ("words instead of a phone", {"phones": "请发邮件"}),
    ("broken e-mail", {"emails": "wang.fang@@pinghu-example.cn"}),
    ("e-mail without a domain", {"emails": "alice.barnes"}),
    ("phone in the e-mail field", {"emails": "138 5550 0199"}),
    ("unknown customer type", {"customer_type": "vip"}),
    ("no way to know who", _NOBODY),
    ("names of spaces only", {**_NOBODY, "company_name": "   ", "person_name": "\u3000\u3000"}),
    ("unknown region", {"region": "CN-QQ"}),
    ("unknown country", {"region": "ZZ-01"}),
    ("amount is not a number", {"amount_value": "面议", "amount_currency": "CNY"}),
    ("negative amount", {"amount_value": "-5000.00", "amount_currency": "USD"}),
    ("unknown currency", {"amount_value": "5000.00", "amount_currency": "YUAN"}),
    ("show on a day that does not exist", {"show_name": "2026华南工业装备展", "show_date": "2026-02-30"}),
    ("show date in words", {"show_name": "Thames Industry Week 2026", "show_date": "next Wednesday"}),
    ("time in words", {"occurred_at": "昨天下午三点"}),
    ("company name too long", {"company_name": "远" * 1200}),
)
