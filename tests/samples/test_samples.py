"""The shipped sample: reproducible, well formed, and as true as its `expect` column says.

Keys are worked out here and not by the product, so that the sample can judge the product.
"""

import csv
import re
import unicodedata
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

import phonenumbers
import pycountry
import pytest
import yaml
from email_validator import EmailNotValidError, validate_email
from opencc import OpenCC

from samples.customers import check_character, organisation_check
from samples.generate import COLUMNS, GAP, LEADS, ORGANISATION, leads_csv
from samples.kinds import DOUBTS, DUPLICATES, NEW, REFUSED, RETRY, RETRY_COUNT, TWO_CUSTOMERS, TWO_CUSTOMERS_COUNT

Row = dict[str, str]
TRUTH = ("expect", "entity", "kind")
REQUIRED = ("source", "external_id", "customer_type", "need", "occurred_at", "expect", "kind")
ROWS: list[Row] = list(csv.DictReader(LEADS.read_text(encoding="utf-8").splitlines()))
GOOD = [row for row in ROWS if row["expect"] != "refused"]
REFUSED_ROWS = {row["kind"]: row for row in ROWS if row["expect"] == "refused"}
STAFF = yaml.safe_load(ORGANISATION.read_text(encoding="utf-8"))
SUBDIVISIONS = {subdivision.code for subdivision in pycountry.subdivisions}
CURRENCIES = {currency.alpha_3 for currency in pycountry.currencies}
SIMPLIFY = OpenCC("t2s")


def phones_of(row: Row) -> list[phonenumbers.PhoneNumber]:
    """Every number of a row; an extension after 转 counts as one."""
    return [phonenumbers.parse(raw.replace("转", " ext. "), "CN") for raw in row["phones"].split(";") if raw]


def plain(name: str) -> str:
    """A company name without what two writers do differently."""
    return re.sub(r"\W", "", SIMPLIFY.convert(unicodedata.normalize("NFKC", name)).casefold())


def certain_keys(row: Row) -> set[str]:
    """What proves who a customer is."""
    mobiles = {
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        for number in phones_of(row)
        if phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    }
    name_and_region = f"{plain(row['company_name'])} {row['region']}" if row["company_name"] else ""
    return (mobiles | {row["emails"].casefold(), row["uscc"].upper(), name_and_region}) - {""}


def possible_keys(row: Row) -> set[str]:
    """What makes a person look: a line that many share, a company's domain, a name without its region."""
    landlines = {str(number.national_number) for number in phones_of(row) if not number.extension}
    mail = row["emails"].casefold().partition("@")[2] if row["company_name"] else ""
    site = row["company_website"].removeprefix("https://www.")
    return (landlines | {mail, site, plain(row["company_name"])}) - {""}


CERTAIN = [certain_keys(row) if row["expect"] != "refused" else set() for row in ROWS]
POSSIBLE = [possible_keys(row) if row["expect"] != "refused" else set() for row in ROWS]


def sharing(index: int, keys: list[set[str]]) -> set[str]:
    """The customers registered before row `index` that share one of `keys` with it."""
    return {ROWS[i]["entity"] for i in range(index) if ROWS[i]["expect"] == "new" and keys[i] & keys[index]}


def uscc_of(entity: str) -> str:
    """The USCC in a customer's first lead."""
    return next(row["uscc"] for row in ROWS if row["expect"] == "new" and row["entity"] == entity)


def enumerated(expect: str) -> list[tuple[int, Row]]:
    """The rows of one expectation with their places in the file."""
    return [(index, row) for index, row in enumerate(ROWS) if row["expect"] == expect]


def test_the_file_is_what_its_generator_writes() -> None:
    assert leads_csv().encode() == LEADS.read_bytes()


def test_every_kind_is_there_as_often_as_planned() -> None:
    planned = Counter({kind.kind: kind.count for kind in (*NEW, *DUPLICATES, *DOUBTS)})
    planned.update({RETRY: RETRY_COUNT, TWO_CUSTOMERS: TWO_CUSTOMERS_COUNT, **dict.fromkeys(dict(REFUSED), 1)})
    assert Counter(row["kind"] for row in ROWS) == planned
    assert len(ROWS) >= 320
    expected = Counter(row["expect"] for row in ROWS)
    assert expected.keys() == {"new", "duplicate", "retry", "doubt", "refused"}
    assert expected["new"] > 200
    assert min(expected["duplicate"] / 70, expected["refused"] / 15, expected["doubt"] / 15) >= 1


def test_types_languages_and_regions_are_mixed() -> None:
    types = Counter(row["customer_type"] for row in ROWS if row["expect"] == "new")
    assert set(types) == {"new_registration", "key_account", "referral", "trade_show"}
    assert min(types.values()) >= 30
    chinese = sum(bool(re.search("[一-鿿]", row["company_name"] or row["person_name"])) for row in ROWS)
    assert 0.55 <= chinese / len(ROWS) <= 0.72
    assert min(Counter(row["region"] for row in ROWS if row["expect"] == "new").values()) >= 5


def test_good_rows_are_well_formed() -> None:
    for row in GOOD:
        check_form(row)


def check_form(row: Row) -> None:
    """The rules that every lead but the refused ones keeps."""
    assert tuple(row) == COLUMNS
    assert all(row[column] for column in REQUIRED)
    assert row["entity"].isdigit()
    assert certain_keys(row) | possible_keys(row)
    assert all(phonenumbers.is_valid_number(number) for number in phones_of(row))
    for email in filter(None, row["emails"].split(";")):
        assert re.search(r"[@-]example\.", validate_email(email, check_deliverability=False).normalized)
    assert not row["region"] or row["region"] in {region["code"] for region in STAFF["regions"]}
    assert bool(row["amount_value"]) == bool(row["amount_currency"])
    assert not row["amount_value"] or Decimal(row["amount_value"]) > 0
    assert not row["amount_currency"] or row["amount_currency"] in CURRENCIES
    assert datetime.fromisoformat(row["occurred_at"]).tzinfo
    assert bool(row["show_name"]) == bool(row["show_date"]) == (row["customer_type"] == "trade_show")
    assert (
        not row["show_date"] or date.fromisoformat(row["show_date"]) < datetime.fromisoformat(row["occurred_at"]).date()
    )
    assert bool(row["referrer_customer_company"]) == (row["customer_type"] == "referral")


def test_usccs_are_valid_and_belong_to_nobody() -> None:
    codes = {row["uscc"].upper() for row in GOOD if row["uscc"]}
    assert len(codes) > 60
    for code in codes:
        assert re.fullmatch(r"91\d{4}99[0-9A-HJ-NP-RTUW-Y]{10}", code)
        assert organisation_check(code[8:16]) == code[16]
        assert check_character(code[:17]) == code[17]


def test_check_characters_are_those_of_the_standards() -> None:
    # The worked examples of GB 11714-1997 and GB 32100-2015, appendix B each.
    assert organisation_check("D2143569") == "X"
    assert check_character("91350100M000100Y4") == "3"


def test_rows_come_in_time_order_and_ids_are_given_once() -> None:
    sent = [row for row in ROWS if row["expect"] != "retry"]
    assert len({(row["source"], row["external_id"]) for row in sent}) == len(sent)
    times = [datetime.fromisoformat(row["occurred_at"]) for row in sent if row["kind"] != "time in words"]
    assert all(earlier < later for earlier, later in pairwise(times))


def test_a_new_customer_shares_nothing_with_those_before() -> None:
    for index, row in enumerated("new"):
        assert not sharing(index, CERTAIN) | sharing(index, POSSIBLE), row


def test_a_duplicate_shares_a_certain_key_with_its_customer_alone() -> None:
    for index, row in enumerated("duplicate"):
        assert sharing(index, CERTAIN) == {row["entity"]}, row
        assert sharing(index, POSSIBLE) <= {row["entity"]}, row
        assert not row["uscc"] or row["uscc"].upper() == uscc_of(row["entity"]), row


def test_a_duplicate_looks_different_where_its_kind_says_so() -> None:
    for index, row in enumerated("duplicate"):
        first = next(known for known in ROWS[:index] if known["entity"] == row["entity"])
        kind, _, how = row["kind"].partition(", ")
        column = {"same phone": "phones", "same e-mail": "emails", "same name": "company_name"}.get(kind)
        alike = "switchboard" in how or how == "a colleague writes"
        assert column is None or (row[column] == first[column]) == alike, row
        assert (
            row["kind"] != "rep of another region on the same customer" or row["submitted_by"] != first["submitted_by"]
        ), row
        assert (row["source"], row["external_id"]) != (first["source"], first["external_id"])


def test_traditional_script_leaves_no_simplified_character() -> None:
    names = [row["company_name"] for row in ROWS if row["kind"] == "same name, traditional script"]
    assert all(OpenCC("s2t").convert(name) == name != SIMPLIFY.convert(name) for name in names)


def test_a_lead_in_doubt_points_at_no_customer_for_certain() -> None:
    for index, row in enumerated("doubt"):
        certain, possible = sharing(index, CERTAIN), sharing(index, POSSIBLE)
        conflicting = len(certain) == 1 and row["uscc"] != uscc_of(*certain) != "" != row["uscc"]
        assert len(certain) > 1 or conflicting or (not certain and len(possible) == 1), row
        assert (row["kind"] == TWO_CUSTOMERS) == (len(certain) == 2), row
        assert conflicting == (row["kind"] == "same name and region, other USCC"), row


def test_a_retry_repeats_a_row_exactly() -> None:
    for index, row in enumerated("retry"):
        first = next(known for known in ROWS[:index] if known["entity"] == row["entity"])
        assert {key: row[key] for key in COLUMNS if key not in TRUTH} == {
            key: first[key] for key in COLUMNS if key not in TRUTH
        }


def test_rows_that_need_others_stand_well_behind_them() -> None:
    for index, row in enumerate(ROWS):
        if row["expect"] not in ("new", "refused"):
            near = range(max(0, index - GAP), index)
            assert not any(CERTAIN[i] & CERTAIN[index] or POSSIBLE[i] & POSSIBLE[index] for i in near), row


def test_referrals_name_a_customer_well_before_them() -> None:
    places = {row["company_name"]: index for index, row in enumerated("new") if row["company_name"]}
    for index, row in enumerated("new"):
        if row["kind"].startswith("referred by a customer"):
            place = places[row["referrer_customer_company"]]
            assert index - place > GAP, row
            assert row["referrer_contact"] == ROWS[place]["emails"], row
            assert (row["region"] == ROWS[place]["region"]) == (row["kind"] == "referred by a customer"), row
        elif row["kind"] == "referred by an unknown customer":
            assert row["referrer_customer_company"] not in places, row


def test_reps_are_known_except_where_the_row_says_otherwise() -> None:
    active = {rep["id"]: rep["active"] for rep in STAFF["reps"]}
    for row in (row for row in GOOD if row["expect"] != "retry"):
        rep = row["named_contact"] or row["show_contact"] or row["submitted_by"]
        if "left" in row["kind"]:
            assert active[rep] is False
        elif "unknown sales" in row["kind"] or row["kind"] == "stand contact unknown":
            assert rep not in active
        else:
            assert not rep or active[rep]
        assert not row["submitted_by"] or active[row["submitted_by"]]
        assert ("missing" in row["kind"]) == (
            row["expect"] == "new" and bool(row["show_name"]) and not row["show_contact"]
        )


def test_the_organisation_holds_together() -> None:
    codes = [region["code"] for region in STAFF["regions"]]
    reps = {rep["id"]: rep for rep in STAFF["reps"]}
    assert len(codes) == len(set(codes)) == 10
    assert len(reps) == len(STAFF["reps"])
    assert set(codes) <= SUBDIVISIONS
    for rep in reps.values():
        assert set(rep["regions"]) <= set(codes)
        assert rep["team"] in {team["id"] for team in STAFF["teams"]}
        assert rep["email"] == f"{rep['id']}@example.com"
    for team in STAFF["teams"]:
        manager = reps[team["manager"]]
        assert manager["team"] == team["id"]
        assert manager["active"]
        assert manager["regions"] == []
    staffed = {code for rep in reps.values() if rep["active"] for code in rep["regions"]}
    assert set(codes) - staffed == {"CN-HB"}


def test_what_is_refused_is_really_wrong() -> None:
    assert len(REFUSED_ROWS) == len(REFUSED)
    code = REFUSED_ROWS["wrong check digit in the USCC"]["uscc"]
    assert len(code) == 18
    assert check_character(code[:17]) != code[17]
    assert len(REFUSED_ROWS["USCC one character short"]["uscc"]) == 17
    assert set("IOSVZ") & set(REFUSED_ROWS["USCC with a letter it cannot have"]["uscc"])
    with pytest.raises(phonenumbers.NumberParseException):
        phonenumbers.parse(REFUSED_ROWS["phone of no country"]["phones"], "CN")
    assert not phonenumbers.is_valid_number(phonenumbers.parse(REFUSED_ROWS["impossible phone"]["phones"], "CN"))
    for kind in ("broken e-mail", "e-mail without a domain", "phone in the e-mail field"):
        with pytest.raises(EmailNotValidError):
            validate_email(REFUSED_ROWS[kind]["emails"], check_deliverability=False)
    for kind in ("unknown region", "unknown country"):
        assert REFUSED_ROWS[kind]["region"] not in SUBDIVISIONS
    for kind in ("no way to know who", "names of spaces only"):
        names = [REFUSED_ROWS[kind][column] for column in ("company_name", "person_name", "phones", "emails", "uscc")]
        assert not "".join(names).strip()
    for kind in ("show on a day that does not exist", "show date in words"):
        with pytest.raises(ValueError, match=r"day|Invalid"):
            date.fromisoformat(REFUSED_ROWS[kind]["show_date"])
    assert not REFUSED_ROWS["amount is not a number"]["amount_value"].isdecimal()
    assert Decimal(REFUSED_ROWS["negative amount"]["amount_value"]) < 0
    assert REFUSED_ROWS["unknown currency"]["amount_currency"] not in CURRENCIES
    assert len(REFUSED_ROWS["company name too long"]["company_name"]) > 1000
