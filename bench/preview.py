"""How long a preview of an assignment takes over HTTP, beside customers that exist already."""

from dataclasses import dataclass
from itertools import count
from pathlib import Path

from bench.effort import Effort
from bench.leads import lead
from bench.load import Speed, Turn, closed_loop, speed
from bench.preload import preload
from bench.stand import Service, Wrong, running_service, temporal_server
from domain.identity import Outcome
from domain.policy_file import parse_policy

CLIENTS = (1, 8)
IN_DOUBT = Outcome.NEEDS_CONFIRMATION
"""What some made-up names are to a customer that is there."""


@dataclass(frozen=True)
class Looks:
    """What was measured with so many clients."""

    customers: int
    clients: int
    speed: Speed


async def measure(folder: Path, effort: Effort) -> list[Looks]:
    """Previews of leads of unknown customers beside the second size of customers; a turn warms up first.

    Raises:
        Wrong: when a preview is not answered as it should be, or anything was written.
    """
    customers = effort.sizes[1]
    async with temporal_server(folder) as server, running_service(server.address, folder / "service") as service:
        policy = parse_policy(service.settings.policy_file.read_text(encoding="utf-8"))
        preload(service.database, policy, service.ids, customers)
        numbers = count(customers)

        async def once() -> None:
            await _preview(service, next(numbers))

        await closed_loop(CLIENTS[-1], effort.seconds, once)
        turns: dict[int, list[Turn]] = {clients: [] for clients in CLIENTS}
        for _ in range(effort.rounds):
            for clients in CLIENTS:
                turns[clients].append(await closed_loop(clients, effort.seconds, once))
        service.check_written(customers, customers)
    return [Looks(customers, clients, speed(turns[clients])) for clients in CLIENTS]


async def _preview(service: Service, number: int) -> None:
    response = await service.http.post("/v1/assignments/preview", json={"lead": lead(number)})
    if response.status_code != 200 or (response.json()["owner"] is None and response.json()["outcome"] != IN_DOUBT):
        raise Wrong(response.text)
