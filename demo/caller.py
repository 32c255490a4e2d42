"""How the demo calls the API: over HTTP, as any backend system does."""

import asyncio
from collections.abc import Mapping
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, JsonValue

PATIENCE = 60.0
"""Seconds in which a request must be answered, however often it has to be sent."""
PAUSE = 1.0

View = TypeVar("View", bound=BaseModel)
Body = Mapping[str, JsonValue]


class Caller:
    """An API client that does what the API asks of its callers: it waits when told to, and sends again."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        """Call through ``http``, whose base URL and headers are the service's."""
        self._http = http

    async def submit(self, lead: Body) -> httpx.Response:
        """Submit a lead; it may be refused.

        Raises:
            TimeoutError: when there is no answer within ``PATIENCE``.
        """
        return await self._send("POST", "/v1/leads", json=lead)

    async def post(self, path: str, body: Body | None = None) -> None:
        """POST what must be accepted.

        Raises:
            httpx.HTTPStatusError: when it is not.
            TimeoutError: as ``submit``.
        """
        (await self._send("POST", path, json=body)).raise_for_status()

    async def patch(self, path: str, body: Body) -> None:
        """PATCH, whatever the version, what must be accepted.

        Raises:
            httpx.HTTPStatusError: when it is not.
            TimeoutError: as ``submit``.
        """
        (await self._send("PATCH", path, json=body, headers={"If-Match": "*"})).raise_for_status()

    async def get(self, view: type[View], path: str) -> View:
        """GET one resource that must be there.

        Raises:
            httpx.HTTPStatusError: when it is not.
            TimeoutError: as ``submit``.
        """
        return view.model_validate_json((await self._send("GET", path)).raise_for_status().content)

    async def every(self, view: type[View], path: str) -> list[View]:
        """GET a whole list, page by page.

        Raises:
            httpx.HTTPStatusError: when a page is not there.
            TimeoutError: as ``submit``.
        """
        items: list[View] = []
        params = {"limit": "200"}
        while True:
            page = (await self._send("GET", path, params=params)).raise_for_status().json()
            items += [view.model_validate(item) for item in page["items"]]
            if page["next"] is None:
                return items
            params["cursor"] = page["next"]

    async def _send(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Send a request, again while the service is away or asks for patience."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    response = await self._http.request(method, path, **request)
                except httpx.TransportError:
                    await asyncio.sleep(PAUSE)
                    continue
                if "Retry-After" not in response.headers:
                    return response
                await asyncio.sleep(float(response.headers["Retry-After"]))
