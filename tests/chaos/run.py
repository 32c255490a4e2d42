"""One chaos run: the leads of a plan go in while its strikes fall; then everything must have come out right."""

import asyncio
import random
import signal
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from uuid import uuid4

import httpx

from tests.chaos.audit import audit
from tests.chaos.clients import Clients, set_up
from tests.chaos.dying_worker import FATAL, deaths
from tests.chaos.plan import Plan, Strike, Trouble
from tests.chaos.site import POLL, Part, Site, running_site
from tests.chaos.sqlite_lock import LockedSqlite
from tests.postgres import PostgresCluster

PATIENCE = 60.0
"""Seconds from the last restart within which everything must be settled."""
WORKER, DYING_WORKER = ("cli", "worker"), ("tests.chaos.dying_worker",)
PROBE_EVERY = 0.5
LEFT_ALONE = 10
"""Leads that wait for the worker when the database goes down, and that no client asks after."""


@dataclass
class Report:
    """How a run went: well when it found no fault."""

    answered: int = 0
    strikes: int = 0
    retries: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    settled_after: float = 0.0
    """Seconds from the end of the last trouble until everything was settled and looked at."""
    faults: list[str] = field(default_factory=list)


async def run(plan: Plan, folder: Path, database: PostgresCluster | LockedSqlite | None = None) -> Report:
    """Carry out a plan.

    Args:
        plan: what happens.
        folder: for data and logs.
        database: the read model's, when it is to be taken down; None for a SQLite file in the folder and a worker that
            dies by itself as well.
    """
    began, report = monotonic(), Report(strikes=len(plan.strikes))
    url, worker = (database.url, WORKER) if database else ("", DYING_WORKER)
    async with running_site(folder, url, worker) as site, site.http() as http:
        await set_up(http)
        clients = Clients(random.Random(len(plan.journeys)))
        striking = asyncio.create_task(Strikes(site, http, clients, database).fall(plan.strikes))
        travels = [clients.travel(http, journey) for journey in plan.journeys]
        ends = await asyncio.gather(*travels, striking, return_exceptions=True)
        report.faults += [f"{type(end).__name__}: {end}" for end in ends if isinstance(end, BaseException)]
        await site.ready()
        over = monotonic()
        report.faults += await audit(site, http, plan, clients, PATIENCE)
        if worker is DYING_WORKER:
            report.faults += [f"no worker ever died of {name}" for name in FATAL if name not in deaths(folder)]
        report.settled_after, report.seconds = monotonic() - over, monotonic() - began
    report.answered, report.retries = len(clients.answers), dict(clients.retries)
    return report


@dataclass(frozen=True)
class Strikes:
    """Brings the trouble of a plan about."""

    site: Site
    http: httpx.AsyncClient
    clients: Clients
    database: PostgresCluster | LockedSqlite | None

    async def fall(self, strikes: tuple[Strike, ...]) -> None:
        """One after the other, each when its time has come.

        Raises:
            AssertionError: when the service does not bear it as it should.
        """
        for strike in strikes:
            while len(self.clients.answers) < strike.after:
                await asyncio.sleep(POLL)
            await asyncio.sleep(strike.delay)
            match strike.trouble:
                case Trouble.KILL:
                    await self.site.send(signal.SIGKILL, *strike.parts)
                case Trouble.FREEZE:
                    await self.site.send(signal.SIGSTOP, *strike.parts)
                    await asyncio.sleep(strike.lasts)
                    await self.site.send(signal.SIGCONT, *strike.parts)
                case Trouble.DATABASE_DOWN:
                    await self._database_down(strike.lasts)

    async def _database_down(self, seconds: float) -> None:
        """Some leads have been accepted and not begun when it goes down, and the worker is killed meanwhile, too."""
        assert self.database is not None
        await self.site.send(signal.SIGSTOP, Part.WORKER)
        await asyncio.gather(*(self._leave(number) for number in range(LEFT_ALONE)))
        self.database.kill()
        await self.site.send(signal.SIGCONT, Part.WORKER)
        until = monotonic() + seconds
        await self._probe(until - seconds / 2)
        await self.site.send(signal.SIGKILL, Part.WORKER)
        await self._probe(until)
        self.database.start()  # in this thread, with which it is to die

    async def _leave(self, number: int) -> None:
        """Hand a lead in and never ask again: it must arrive by itself."""
        lead = {"source": "left-alone", "external_id": str(number), "emails": [f"it@left-alone{number}.com"]}
        response = await self.http.post("/v1/leads", json=lead, headers={"Prefer": "respond-async"})
        assert response.status_code == 202, response.text
        self.clients.accepted.add(response.json()["lead_id"])

    async def _probe(self, until: float) -> None:
        """Whoever needs the database meanwhile is told in time to come again; a locked file can still be read."""
        readable = isinstance(self.database, LockedSqlite)
        while monotonic() < until:
            write = await self.http.post("/v1/teams", json={"id": uuid4().hex, "name": "夜班"})
            reads = [await self.http.get(path) for path in ("/readyz", "/v1/customers", "/v1/reps")]
            assert (await self.http.get("/healthz")).status_code == 200
            for response, expected in [(write, 503), *((read, 200 if readable else 503) for read in reads)]:
                assert response.status_code == expected, f"{response.url}: {response.status_code}"
                assert expected == 200 or int(response.headers["Retry-After"]) > 0
            await asyncio.sleep(PROBE_EVERY)
