"""What a worker process does all the time beside its worker: events passed on, messages sent, reports taken in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio.client import Client

from channels.attempting import Deliver
from channels.chat import ChatChannel
from channels.connecting import Http
from channels.mail import MailChannel, Smtp
from channels.webhook import WebhookChannel
from delivering import Delivering
from domain.delivery import Channel
from domain.ids import IdMaker
from domain.policy import Policy
from domain.sealing import Seal
from letters import Letters
from mending import mend_after_restore
from notice_letters import NoticeLetters
from receiving.loop import repeat
from receiving.mailboxes import MailboxReader
from receiving.processing import Receiver
from receiving.smtp import Forwarded, listen
from relaying import CaseCaller, Measuring, relay
from settings import Settings
from store.collision_calls import CollisionCalls
from store.database import Database
from store.deliveries import Deliveries
from store.delivery_log import DeliveryLog
from store.detection import Detection
from store.kpi_counting import Counting
from store.notification_settings import CHATS
from store.notifying import Notifying
from store.outbox import Outbox, Watcher
from store.policies import Policies
from store.surveys import SurveySending
from store.webhooks import SECRETS, Endpoints, Webhooks
from survey_letters import SurveyLetters


@asynccontextmanager
async def beside_the_worker(
    client: Client, settings: Settings, database: Database, policy: Policy, ids: IdMaker
) -> AsyncIterator[None]:
    """Run it all while the block runs; what has begun is finished."""
    stop = asyncio.Event()
    calls = CollisionCalls(database)
    cases = CaseCaller(calls, client, settings.task_queue)
    receiver = Receiver(database, policy, ids, client, settings.task_queue)
    async with Http(private=settings.webhooks_private) as http, asyncio.TaskGroup() as beside:
        beside.create_task(mend_after_restore(settings, client, database, stop))
        can_send = bool(settings.public_url and settings.smtp_host)
        watching = watchers(database, policy, ids, calls, can_send=can_send)
        beside.create_task(relay(Outbox(database, watching), cases, stop))
        channels = channels_of(settings, database, policy, ids, http)
        delivering = Delivering(Deliveries(database), DeliveryLog(database), channels)
        beside.create_task(delivering.run(stop))
        beside.create_task(repeat("receiving", receiver.process, stop))
        beside.create_task(repeat("mailboxes", MailboxReader(database, ids).read, stop))
        if settings.inbound_smtp_port:
            where = settings.inbound_smtp_host, settings.inbound_smtp_port
            beside.create_task(listen(Forwarded(database, ids), *where, stop))
        try:
            yield
        finally:
            stop.set()


def watchers(
    database: Database, policy: Policy, ids: IdMaker, calls: CollisionCalls, *, can_send: bool
) -> tuple[Watcher, ...]:
    """Who watches events, in the order in which they are shown; ``can_send``: whether customers can be written to."""
    policies = Policies(database, policy)
    return (
        Detection(database, policy, ids),
        calls,
        Notifying(ids, policies),
        Webhooks(ids),
        SurveySending(policies, ids, can_send=can_send),
        Counting(policies),
        Measuring(),
    )


def channels_of(
    settings: Settings, database: Database, policy: Policy, ids: IdMaker, http: Http
) -> dict[Channel, Deliver]:
    """How messages leave the house."""
    surveys = SurveyLetters(database, Policies(database, policy), ids, settings.public_url)
    writer = Letters(database, NoticeLetters(database, Seal(ids.key(CHATS))), surveys)
    smtp = Smtp(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_security,
        settings.smtp_from,
        settings.smtp_user,
        settings.smtp_password.get_secret_value(),
    )
    return {
        Channel.WEBHOOK: WebhookChannel(Endpoints(database), http, Seal(ids.key(SECRETS)), settings.event_source),
        Channel.EMAIL: MailChannel(writer, smtp if settings.smtp_host else None),
        Channel.CHAT: ChatChannel(writer, http),
    }
