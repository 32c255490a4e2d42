"""Events to systems' endpoints: CloudEvents 1.0 in structured JSON, signed as Standard Webhooks has it."""

import asyncio
from datetime import UTC, datetime

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from standardwebhooks import Webhook

from channels.attempting import Outcome, again
from channels.connecting import Http, Unreachable
from domain.delivery import Result
from domain.sealing import Seal, SealBroken
from domain.target import TargetRefused, target_of
from store.errors import NotFound
from store.tables import DeliveryRow, WebhookRow
from store.webhooks import Endpoints

TYPE_PREFIX = "oneowner."
"""Before an event's kind it makes the CloudEvents ``type``. No domain's name: whoever runs this has their own."""
CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
GONE = 410


def body_of(delivery: DeliveryRow, source: str) -> bytes:
    """The event as it is sent.

    Args:
        delivery: what is to be delivered.
        source: the installation's name, a URI reference.
    """
    payload = delivery.payload
    attributes = {
        "id": delivery.event_id,
        "source": source,
        "type": f"{TYPE_PREFIX}{delivery.kind}",
        "subject": payload["subject"],
        "time": datetime.fromisoformat(payload["time"]),
        "datacontenttype": "application/json",
    }
    return JSONFormat().write(CloudEvent(attributes, payload["data"]))


def signed(delivery_id: str, body: bytes, secrets: list[str], at: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks: with several secrets several signatures, of which one must fit."""
    signatures = [Webhook(secret).sign(delivery_id, at, body.decode()) for secret in secrets]
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


class WebhookChannel:
    """Delivers to endpoints. One per process."""

    def __init__(self, endpoints: Endpoints, http: Http, seal: Seal, source: str) -> None:
        self._endpoints = endpoints
        self._http = http
        self._seal = seal
        self._source = source

    async def __call__(self, delivery: DeliveryRow) -> Outcome:
        """Post an event; 2xx is delivered, 410 is the end, everything else, redirects too, is tried again."""
        try:
            endpoint = await asyncio.to_thread(self._endpoints.get, delivery.target)
            target = target_of(endpoint.url, private=self._http.private)
            at, body = datetime.now(UTC), body_of(delivery, self._source)
            headers = {"Content-Type": CONTENT_TYPE, **signed(delivery.id, body, self._secrets(endpoint, at), at)}
            answer = await self._http.post(target, headers, body)
        except NotFound:
            return Outcome(Result.REFUSED, error="endpoint_deleted")
        except (TargetRefused, Unreachable) as error:
            return again(error.code)
        except SealBroken:
            return again("secret_unreadable")
        if 200 <= answer.status < 300:
            return Outcome(Result.DELIVERED, answer.status)
        if answer.status == GONE:
            return Outcome(Result.GONE, answer.status, "gone")
        code = "redirect" if 300 <= answer.status < 400 else "http"
        return again(code, answer.status, answer.retry_after)

    def _secrets(self, endpoint: WebhookRow, at: datetime) -> list[str]:
        """The secret, and the one before for as long as it counts."""
        sealed = [endpoint.secret]
        if endpoint.previous_secret and endpoint.previous_until and endpoint.previous_until > at:
            sealed.append(endpoint.previous_secret)
        return [self._seal.open(it) for it in sealed]
