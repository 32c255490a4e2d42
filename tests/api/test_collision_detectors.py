"""The detectors' list: rule, record and proposal, for those who look after the rules."""

import httpx
import pytest

from domain.collision.detector import Detector
from domain.role import Role
from store.database import Database
from store.detector_records import mark_false_alarms
from store.tables import CollisionRow, SightingRow
from tests.examples import AT, LI, employ
from tests.tokens import signed_in

PATH = "/v1/collision-detectors"


def saw(database: Database, detector: str, number: int, case: str | None = "col_1") -> None:
    with database.write() as session:
        for one in range(number):
            session.add(
                SightingRow(
                    id=f"{detector}{case}{one}",
                    case_id=case,
                    detector=detector,
                    customer_id="cus_1",
                    event_id=f"event_{one}",
                    at=AT,
                    data={"customers": ["cus_1"], "reps": ["a", "b"], "evidence": {}},
                )
            )


def close(database: Database, case: str, *, false_alarm: bool) -> None:
    with database.write() as session:
        status = "dismissed" if false_alarm else "settled"
        session.add(
            CollisionRow(id=case, status=status, risk=False, cause="group", state={}, opened_at=AT, settled_at=AT)
        )
        if false_alarm:
            mark_false_alarms(session, case)


async def listed(client: httpx.AsyncClient, **headers: str) -> dict[str, dict[str, object]]:
    answer = await client.get(PATH, headers=headers)
    assert answer.status_code == 200, answer.text
    return {it["detector"]: it for it in answer.json()["items"]}


async def test_every_detector_with_its_rule_and_an_empty_record(client: httpx.AsyncClient) -> None:
    detectors = await listed(client)
    assert list(detectors) == [*map(str, Detector)]
    assert detectors["second_lead"] == {
        "detector": "second_lead",
        "name": "Another rep's lead",
        "why": "A further lead for this customer came from another rep, or names one, while it has an owner.",
        "risk": False,
        "enabled": True,
        "weight": 0.8,
        "quiet_days": 30,
        "sightings": 0,
        "counted": 0,
        "judged": 0,
        "false_alarms": 0,
        "precision": None,
        "proposed_weight": None,
    }
    assert detectors["double_review"]["risk"] is True


async def test_false_alarms_are_counted_and_speak_for_a_lower_weight(
    client: httpx.AsyncClient, database: Database
) -> None:
    saw(database, "group", 6, "col_wrong")
    saw(database, "group", 4, "col_right")
    saw(database, "group", 3, "col_open")
    saw(database, "group", 2, None)
    saw(database, "reported", 2, "col_right")
    close(database, "col_wrong", false_alarm=True)
    close(database, "col_right", false_alarm=False)
    group = (await listed(client))["group"]
    numbers = {name: group[name] for name in ("sightings", "counted", "judged", "false_alarms", "precision")}
    assert numbers == {"sightings": 15, "counted": 2, "judged": 10, "false_alarms": 6, "precision": 0.4}
    assert group["proposed_weight"] == 0.4  # 5 of 12


async def test_in_chinese_and_page_by_page(client: httpx.AsyncClient) -> None:
    first = (await client.get(PATH, params={"limit": 8}, headers={"Accept-Language": "zh-CN"})).json()
    rest = (await client.get(PATH, params={"limit": 8, "cursor": first["next"]})).json()
    assert first["items"][0]["name"] == "同一展会两名销售"
    assert len(first["items"]) + len(rest["items"]) == len(Detector)
    assert rest["next"] is None


@pytest.mark.parametrize(("role", "status"), [(Role.REP, 403), (Role.MANAGER, 200), (Role.AUDITOR, 200)])
async def test_reps_do_not_see_them(anonymous: httpx.AsyncClient, database: Database, role: Role, status: int) -> None:
    employ(database, LI)
    person = signed_in(database, LI.id, role)
    assert (await anonymous.get(PATH, headers=person)).status_code == status
