"""The judging of labelled files: columns, numbers, and the shipped matching on the sets kept to judge it."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from domain.matching.decision import shipped_rules
from domain.policy_file import parse_policy
from domain.submission import Choice
from match_cli import app
from matching_lab.columns import guess_columns, guess_country
from matching_lab.evaluate import evaluate
from matching_lab.metrics import best, quality, recall_at, sweep
from store.database import Database
from store.intake import Intake
from store.migrate import migrate
from tests.examples import IDS, LI, POLICY, employ, lead, registration

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data"
RUNNER = CliRunner()


@pytest.mark.parametrize(
    ("headings", "columns"),
    [
        (
            ["id", "Company_Name", "Tel", "Zip Code"],
            {"company": "Company_Name", "phone": "Tel", "postcode": "Zip Code"},
        ),
        (
            ["公司名称", "联系人", "手机号", "地址"],
            {"company": "公司名称", "person": "联系人", "phone": "手机号", "address": "地址"},
        ),
        (["name", "addr", "phone"], {"company": "name", "address": "addr", "phone": "phone"}),
        (["name", "dob"], {"person": "name", "birth_date": "dob"}),
        (
            ["ID", "CompanyName", "AddressLine1", "AddressLine2", "Town", "PostCode", "Telephone1"],
            {
                "company": "CompanyName",
                "address": "AddressLine1",
                "street_2": "AddressLine2",
                "locality": "Town",
                "postcode": "PostCode",
                "phone": "Telephone1",
            },
        ),
        (
            ["rec_id", "surname", "street_number", "address_1"],
            {"family": "surname", "street_number": "street_number", "street": "address_1"},
        ),
        (["vendor_id", "vendor", "vendor_code", "tel_no"], {"company": "vendor", "phone": "tel_no"}),
        (
            ["序号", "企业全称", "企业类型", "经营地址", "联系电话1", "所在城市"],
            {"company": "企业全称", "address": "经营地址", "phone": "联系电话1", "city": "所在城市"},
        ),
        (["姓名", "身份证号"], {"person": "姓名", "national_id": "身份证号"}),
        (
            ["given_name", "surname", "date_of_birth"],
            {"given": "given_name", "family": "surname", "birth_date": "date_of_birth"},
        ),
    ],
)
def test_columns_are_guessed_from_usual_headings(headings: list[str], columns: dict[str, str]) -> None:
    assert guess_columns(headings, "entity") == columns


def test_a_heading_that_says_nothing_is_read_by_what_stands_below_it() -> None:
    row = {
        "f1": "深圳市远航科技有限公司", "f2": "深圳市南山区科技园路1号", "f3": "0755-86013060",
        "f4": "wang@yuanhang.cn", "f5": "12345678", "f6": "2026-11-24", "code": "13800138000",
    }  # fmt: skip
    guessed = guess_columns(list(row), "entity", [row] * 5)
    assert guessed == {"company": "f1", "address": "f2", "phone": "f3", "email": "f4"}
    named = guess_columns(["organisation", "f2"], "entity", [{"organisation": "远航", "f2": "很好的客户"}] * 5)
    assert named == {"company": "organisation"}


def test_the_truth_is_never_a_field() -> None:
    assert guess_columns(["name", "customer"], "customer") == {"company": "name"}


def test_the_country_is_guessed_from_the_phones() -> None:
    assert guess_country(["310/246-1501", "404-659-0400", ""]) == "US"
    assert guess_country(["0755-86013060", "13800138000"]) == "CN"
    assert guess_country([]) == "CN"


def test_quality_counts_matches_that_were_never_compared() -> None:
    found = sweep([0.9, 0.9, 0.5, 0.1], [True, False, True, False], matches=4)
    assert [(line.line, line.precision, line.recall) for line in found] == [
        (0.9, 0.5, 0.25), (0.5, pytest.approx(2 / 3), 0.5), (0.1, 0.5, 0.5)
    ]  # fmt: skip
    assert best(found).line == 0.5
    assert recall_at(0.6, found) == 0.5
    assert quality(0, 0, 0).f1 == 1.0


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "records.csv"
    rows = [
        ("1", "深圳市远航科技有限公司", "0755-86013060", "深圳市南山区科技园1号"),
        ("1", "深圳市遠航科技(有限公司)", "0755 8601 3060", "广东省深圳市南山区科技园1号"),
        ("2", "杭州顺达餐饮管理有限公司", "0571-87654321", "杭州市西湖区文三路99号"),
        ("3", "=HYPERLINK(1)", "", ""),
        ("4", "", "", ""),
    ]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([("客户编号", "公司名称", "电话", "地址"), *rows])
    return path


def test_a_file_is_judged_by_the_command(labelled: Path) -> None:
    ran = RUNNER.invoke(app, ["evaluate", str(labelled), "--entity-column", "客户编号", "--json"])
    assert ran.exit_code == 0, ran.output
    report = json.loads(ran.output)
    assert (report["records"], report["matches"], report["candidate_recall"]) == (5, 1, 1.0)
    assert report["certain"]["f1"] == report["clusters_best"]["f1"] == 1.0
    shown = RUNNER.invoke(app, ["evaluate", str(labelled), "--entity-column", "客户编号"])
    assert "候选召回率" in shown.output


def test_a_file_is_read_in_the_usual_encodings_and_separators(labelled: Path) -> None:
    rows = list(csv.reader(labelled.read_text(encoding="utf-8-sig").splitlines()))
    other = labelled.with_name("other.csv")
    with other.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    reports = [evaluate(path, "客户编号", {}, shipped_rules()) for path in (labelled, other)]
    assert reports[0].columns == reports[1].columns
    assert reports[0].certain == reports[1].certain


def test_nothing_but_the_report_is_printed_for_machines(tmp_path: Path) -> None:
    crowd = tmp_path / "crowd.csv"  # so many share every key that the index says so in the log
    crowd.write_text("entity,name\n" + "\n".join(f"{number},必胜客" for number in range(120)), encoding="utf-8")
    ran = RUNNER.invoke(app, ["evaluate", str(crowd), "--entity-column", "entity", "--json"])
    assert json.loads(ran.stdout)["records"] == 120


@pytest.fixture
def answered(tmp_path: Path) -> str:
    """A database in which a person said of one lead in doubt that it is the known customer."""
    url = f"sqlite:///{tmp_path / 'answered.db'}"
    database = Database(url)
    migrate(database)
    employ(database, LI)
    intake = Intake(database, POLICY, IDS)
    known = intake.register(registration(lead(company={"name": "深圳市远航达科技有限公司"}, region="CN-GD"))).answer
    doubtful = lead(company={"name": "远航达"}, region="CN-GD")
    intake.register(registration(doubtful))
    intake.register(registration(doubtful, choice=Choice(customer_id=known.customer_id, by=LI.id)))
    database.close()
    return url


def test_lines_are_set_from_a_file_and_from_answers_and_written_as_a_new_version(
    labelled: Path, answered: str, tmp_path: Path
) -> None:
    new = tmp_path / "new.yaml"
    arguments = ["calibrate", str(labelled), "--entity-column", "客户编号", "--answers", answered, "--write", str(new)]
    ran = RUNNER.invoke(app, [*arguments, "--version", "2026.12", "--json"])
    assert ran.exit_code == 0, ran.output
    lines = json.loads(ran.output)
    assert (lines["pairs"], lines["certain_above"]) == (2, 1.0)  # too few to be certain of anything
    policy = parse_policy(new.read_text(encoding="utf-8"))
    assert (policy.version, policy.matching.certain_above) == ("2026.12", 1.0)
    assert policy.matching.new_below == pytest.approx(lines["new_below"], abs=1e-6)
    again = RUNNER.invoke(app, arguments)
    assert (again.exit_code, "new.yaml" in again.output) == (1, True)  # no policy is ever overwritten


def test_answers_alone_are_enough_and_a_database_that_is_not_there_is_said_so(answered: str, tmp_path: Path) -> None:
    ran = RUNNER.invoke(app, ["calibrate", "--answers", answered])
    assert "# pairs judged / 已判定的记录对: 1" in ran.output
    nowhere = RUNNER.invoke(app, ["calibrate", "--answers", f"sqlite:///{tmp_path / 'no' / 'where.db'}"])
    assert (nowhere.exit_code, "unable to open" in nowhere.output) == (1, True)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--entity-column", "nobody"], "no column 'nobody'"),
        (["--entity-column", "客户编号", "--map", "shoe=电话"], "no field 'shoe'"),
        (["--entity-column", "客户编号", "--map", "phone"], "FIELD=COLUMN"),
        (["--entity-column", "客户编号", "--certain-above", "0.1", "--new-below", "0.5"], "new_below"),
    ],
)
def test_what_cannot_be_judged_is_said_in_a_sentence(labelled: Path, more: list[str], said: str) -> None:
    ran = RUNNER.invoke(app, ["evaluate", str(labelled), *more])
    assert ran.exit_code == 1
    assert said in ran.output


@pytest.mark.skipif(not SHARED.exists(), reason="the data to judge with is not here")
@pytest.mark.parametrize(
    ("name", "column", "f1"), [("restaurants.csv", "entity", 0.98), ("people_1000.csv", "cluster", 0.95)]
)
def test_the_development_sets_are_matched_as_well_as_measured(name: str, column: str, f1: float) -> None:
    report = evaluate(SHARED / name, column, {}, shipped_rules())
    assert max(report.best.f1, report.clusters_best.f1) >= f1


def test_look_ups_are_measured_and_find_their_customers() -> None:
    ran = RUNNER.invoke(app, ["lookup-bench", "--customers", "300", "--lookups", "100", "--json"])
    assert ran.exit_code == 0, ran.output
    found = json.loads(ran.stdout[ran.stdout.index("{") :])
    assert found["found"] >= 0.995
    assert 0 < found["search_p50"] <= found["search_p99"] <= found["whole_p99"]
