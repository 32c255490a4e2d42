"""ImportBatch on a real server and both databases: dry run, load, again, undo, and what others do meanwhile."""

from tests.importing import XIXI, YUANHANG, ask, csv_of, row, send
from tests.invariants import read_model, violations
from tests.service import Service


async def test_a_file_becomes_customers_with_owners(service: Service) -> None:
    await service.rep("li.wei", "CN-GD")
    await service.rep("chen.jing", "CN-ZJ")
    view = await send(service, csv_of([YUANHANG, XIXI, YUANHANG, row("坏行有限公司", 邮箱="not an address")]))
    assert view["stage"] == "ready", view
    assert view["counts"]["verdicts"] == {"new": 2, "same_row": 1, "known": 0, "doubt": 0, "bad": 1}
    assert not read_model(service.database).customers
    done = await ask(service, view["id"], "confirm")
    assert done["stage"] == "done"
    model = read_model(service.database)
    assert violations(model) == []
    assert {(it.name, it.owner_id, it.region) for it in model.customers} == {
        ("深圳市远航科技有限公司", "li.wei", "CN-GD"),
        ("杭州西溪软件有限公司", "chen.jing", "CN-ZJ"),
    }
    undone = await ask(service, view["id"], "undo")
    assert undone["stage"] == "undone"
    model = read_model(service.database)
    assert violations(model) == []
    assert (model.customers, model.leads, model.keys, model.events) == ((), (), (), ())
