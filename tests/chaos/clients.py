"""Clients as backend systems write them: they repeat what got no answer until it has one, and note every oddity."""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.chaos.plan import REPS, Journey, Then

Json = dict[str, Any]
CLIENTS = 8
UNDER_WAY = 6 * CLIENTS
"""Journeys at once; of these, those that wait before they try again hold up no client."""
LONGEST_PAUSE = 1.5
"""Seconds; real clients would wait as long as Retry-After says."""
IN_FLIGHT = "urn:oneowner:problem:lead-in-progress"


class Unexpected(AssertionError):
    """An answer that no client knows what to do with."""


@dataclass
class Clients:
    """Eight clients with one notebook."""

    rng: random.Random
    answers: dict[str, Json] = field(default_factory=dict)
    """The first answer to each lead, by the journey's name."""
    accepted: set[str] = field(default_factory=set)
    """The ids of all leads that were answered with a 2xx."""
    confirmed: dict[str, Json] = field(default_factory=dict)
    """What those who confirmed a lead were told."""
    retries: Counter[str] = field(default_factory=Counter)
    """Why requests were repeated."""

    def __post_init__(self) -> None:
        self._free = asyncio.Semaphore(CLIENTS)
        self._under_way = asyncio.Semaphore(UNDER_WAY)

    async def travel(self, http: httpx.AsyncClient, journey: Journey) -> None:
        """Submit a lead and do what follows.

        Raises:
            Unexpected: when an answer is neither a success nor a reason to try again.
        """
        async with self._under_way:
            answer = await self.submit(http, journey)
            self.answers[journey.name] = answer
            self.accepted.add(answer["lead_id"])
            await self.follow(http, journey, answer)

    async def submit(self, http: httpx.AsyncClient, journey: Journey) -> Json:
        """Submit a journey's lead until it is answered."""
        key = f"lead {journey.name}" if journey.keyed else None
        return await self.ask(http, "/v1/leads", journey.lead, key)

    async def follow(self, http: httpx.AsyncClient, journey: Journey, answer: Json) -> None:
        """Do what follows a lead, until it is answered."""
        customer, owner = f"/v1/customers/{answer['customer_id']}", answer["owner"] and answer["owner"]["id"]
        match journey.then:
            case Then.FOLLOW_UP:
                call = {"kind": "call", "content": "客户确认下周看样品，约定回访", "customer_answered": True}
                await self.ask(http, f"{customer}/follow-ups", {"rep_id": owner, **call}, f"follow-up {journey.name}")
            case Then.RELEASE | Then.RELEASE_AND_CLAIM:
                body = {"rep_id": owner, "reason": "区域调整"}
                await self.ask(http, f"{customer}/release", body, f"release {journey.name}")
                if journey.then is Then.RELEASE_AND_CLAIM:
                    await self.ask(http, f"{customer}/claim", {"rep_id": claimant(owner)}, f"claim {journey.name}")
            case Then.CONFIRM if answer["status"] == "waiting":
                path = f"/v1/leads/{answer['lead_id']}/confirmation"
                same = {"answer": "same", "customer_id": answer["candidates"][0]["id"]}
                words = ({**word, "by": "li.wei"} for word in ({"answer": "new"}, same))
                one, other = await asyncio.gather(*(self.ask(http, path, word, None) for word in words))
                if one["customer_id"] != other["customer_id"]:
                    raise Unexpected(f"two who confirm were told different things: {one} {other}")
                self.confirmed[journey.name] = one

    async def ask(self, http: httpx.AsyncClient, path: str, body: Mapping[str, Any], key: str | None) -> Json:
        """POST until there is a success, waiting a little longer each time."""
        headers = {"Idempotency-Key": key.encode("ascii", "backslashreplace").decode()} if key else {}
        pause = 0.3
        while True:
            async with self._free:
                answer = await self._once(http, path, body, headers)
            if answer is not None:
                return answer
            await asyncio.sleep(self.rng.uniform(pause / 2, pause))
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _once(
        self, http: httpx.AsyncClient, path: str, body: Mapping[str, Any], headers: dict[str, str]
    ) -> Json | None:
        """A success, or None when it is right to try again."""
        try:
            response = await http.post(path, json=body, headers=headers)
        except (httpx.NetworkError, httpx.RemoteProtocolError) as error:
            self.retries[type(error).__name__] += 1
            return None
        if response.is_success:
            answer: Json = response.json()
            return answer
        again = response.status_code == 503 or response.json()["type"] == IN_FLIGHT
        if not again or "Retry-After" not in response.headers:
            raise Unexpected(f"{path}: {response.status_code} {response.text}")
        self.retries[str(response.status_code)] += 1
        return None


def claimant(owner: str) -> str:
    """Somebody else, to take over from an owner."""
    return next(rep for reps in REPS.values() for rep in reps if rep != owner)


async def set_up(http: httpx.AsyncClient) -> None:
    """The sales organisation that the leads go to."""
    for region, reps in REPS.items():
        (await http.post("/v1/regions", json={"code": region, "name": region})).raise_for_status()
        for rep in reps:
            body = {"id": rep, "name": rep.title(), "regions": [region]}
            (await http.post("/v1/reps", json=body)).raise_for_status()
