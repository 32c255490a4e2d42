"""What follows from other cells, and nothing that does not."""

import pytest

from domain.importing.completion import CodeNames, completed
from domain.importing.row import Fault, Row
from domain.lead import Company, Lead, Person
from domain.profile import profile_of

USCC = "91110000802100433B"


def named_by_code(rows: list[Row]) -> list[Row]:
    """The rows, those that need a name under that of their code."""
    names = CodeNames()
    needed = [names.learn(each) for each in rows]
    return [names.named(each) if needs else each for each, needs in zip(rows, needed, strict=True)]


def row(line: int = 2, **fields: object) -> Row:
    """A cleaned row."""
    lead = Lead.model_validate({"source": "import", "external_id": str(line), **fields})
    return Row(line, lead=lead, profile=profile_of(lead))


@pytest.mark.parametrize(
    ("fields", "region"),
    [
        ({"address": "广东省深圳市南山区科技园1号", "phones": ("+862164030000",)}, "CN-GD"),
        ({"phones": ("+862164030000",)}, "CN-SH"),
        ({"phones": ("+862164030000", "+8675586013060")}, None),
        ({"company": Company(name="杭州西溪软件有限公司")}, "CN-ZJ"),
        ({"company": Company(name="远航科技", uscc=USCC)}, "CN-BJ"),
        ({"phones": ("+8613800138000",)}, None),
        ({"region": "CN-ZJ", "address": "广东省深圳市"}, "CN-ZJ"),
    ],
)
def test_the_region_follows_from_the_surest(fields: dict[str, object], region: str | None) -> None:
    done = completed(row(**fields))
    assert done.profile.region == region
    assert ("region" in done.completed) == (region is not None and "region" not in fields)


@pytest.mark.parametrize(
    ("emails", "website"),
    [
        (("wang@yuanhang-tech.com",), "yuanhang-tech.com"),
        (("a@yuanhang-tech.com", "b@yuanhang-tech.com"), "yuanhang-tech.com"),
        (("a@yuanhang-tech.com", "b@other-tech.com"), None),
        (("wang@qq.com",), None),
    ],
)
def test_the_website_follows_from_one_company_mailbox(emails: tuple[str, ...], website: str | None) -> None:
    done = completed(row(company=Company(name="远航科技"), emails=emails))
    assert done.profile.company is not None and done.profile.company.website == website


def test_a_person_gets_no_website() -> None:
    assert completed(row(person=Person(name="王小明"), emails=("wang@yuanhang-tech.com",))).profile.company is None


def test_what_is_there_is_never_changed() -> None:
    before = row(region="CN-ZJ", company=Company(name="远航", website="a.com"), emails=("x@yuanhang-tech.com",))
    assert completed(before) == before


def test_a_bad_row_stays_as_it_is() -> None:
    bad = Row(3, faults=(Fault("x", "phone_invalid", "12"),))
    assert completed(bad) is bad
    assert named_by_code([bad]) == [bad]


def test_a_name_follows_from_an_equal_credit_code_when_all_agree() -> None:
    named, nameless = row(2, company=Company(name="北京某某有限公司", uscc=USCC)), row(3, company=Company(uscc=USCC))
    _, done = named_by_code([named, nameless])
    assert (done.profile.name, done.completed) == ("北京某某有限公司", ("name",))
    other = row(4, company=Company(name="北京另一有限公司", uscc=USCC))
    assert named_by_code([named, nameless, other])[1].profile.name == ""
