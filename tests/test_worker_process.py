"""What a worker process without an API does beside its workflows, as an operator and a customer see it."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from domain.event import EventKind
from domain.ids import IdMaker
from keys import id_secret
from launcher.child import Child, Command
from launcher.config import free_ports
from launcher.embedded import EmbeddedTemporal
from settings import PROJECT_ROOT, Settings
from store.database import Database
from store.intake import Intake
from store.journal import record_event
from tests.channels.test_mail import SENDER, Mailbox, smtp_server
from tests.examples import LI, POLICY, employ, lead, registration

PATIENCE = 60.0


@asynccontextmanager
async def worker(folder: Path, **settings: str) -> AsyncIterator[str]:
    """A worker of its own on a Temporal server; yields where its metrics are, once they are there."""
    (port,) = free_ports(1)
    async with EmbeddedTemporal(folder / "temporal") as server:
        environment = {
            "ONEOWNER_DATA_DIR": str(folder),
            "ONEOWNER_METRICS_PORT": str(port),
            "TEMPORAL_ADDRESS": server.address,
            "TEMPORAL_NAMESPACE": server.namespace,
            **settings,
        }
        process = Child(Command("worker", (sys.executable, "-m", "cli", "worker"), environment, stop_within=30))
        await process.start()
        try:
            await metrics(url := f"http://127.0.0.1:{port}/metrics")
            yield url
        finally:
            await process.stop()


async def metrics(url: str) -> str:
    """What a process tells, once it does."""
    async with asyncio.timeout(PATIENCE), httpx.AsyncClient() as client:
        while True:
            try:
                answer = await client.get(url)
            except httpx.TransportError:
                await asyncio.sleep(0.3)
                continue
            assert answer.status_code == 200
            return answer.text


async def passed_on(url: str) -> dict[str, float]:
    """How many events of each kind a worker has passed on, once it tells of any."""
    async with asyncio.timeout(PATIENCE):
        while True:
            for family in text_string_to_metric_families(await metrics(url)):
                if family.name == "oneowner_events" and family.samples:
                    counted = [it for it in family.samples if it.name == "oneowner_events_total"]
                    return {it.labels["kind"]: it.value for it in counted}
            await asyncio.sleep(0.3)


def happens(database: Database, customer_id: str, kind: EventKind, **data: object) -> None:
    with database.write() as session:
        now = datetime.now(UTC)
        record_event(session, id=f"{kind}:1", customer_id=customer_id, kind=kind, at=now, actor="phone", data=data)


async def test_a_worker_alone_tells_what_it_has_passed_on(tmp_path: Path) -> None:
    async with worker(tmp_path) as url:
        database = Database(f"sqlite:///{tmp_path / 'oneowner.db'}")
        happens(database, "cus_1", EventKind.TOUCH_LOGGED)
        database.close()
        assert await passed_on(url) == {"touch_logged": 1}


async def test_a_customer_gets_the_letter_when_the_policy_says_so(tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    shipped = (PROJECT_ROOT / "policies" / "default.yaml").read_text(encoding="utf-8")
    policy.write_text(shipped.replace("  send: none\n", "  send: email\n"), encoding="utf-8")
    box = Mailbox()
    async with smtp_server(box) as port:
        settings = {
            "POLICY_FILE": str(policy),
            "PUBLIC_URL": "https://crm.example.com",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(port),
            "SMTP_SECURITY": "none",
            "SMTP_FROM": SENDER,
        }
        async with worker(tmp_path, **{f"ONEOWNER_{name}": value for name, value in settings.items()}):
            database = Database(f"sqlite:///{tmp_path / 'oneowner.db'}")
            employ(database, LI)
            new = lead(company={"name": "Voyage Ltd"}, region="GB", emails=["jane@voyage.example"])
            intake = Intake(database, POLICY, IdMaker(id_secret(Settings(data_dir=tmp_path))))
            customer_id = intake.register(registration(new)).answer.customer_id
            assert customer_id is not None
            happens(database, customer_id, EventKind.FOLLOW_UP_LOGGED, effective=True, owner_id=LI.id)
            database.close()
            async with asyncio.timeout(PATIENCE):
                while not box.mail:
                    await asyncio.sleep(0.2)
    (mail,) = box.mail
    assert (mail["To"], mail["Content-Language"]) == ("jane@voyage.example", "en")
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert "https://crm.example.com/v1/surveys?token=" in plain.get_content()
