"""How commands call the running service: over HTTP, as any system does.

They call with the token of whoever is signed in, else with the administrator's.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

import httpx
import typer

from keys import caller_token
from launcher.texts import text
from messages import terminal_locale
from settings import Settings

PATIENCE = 60.0
"""Seconds that a command waits for an answer."""

Api = Annotated[str | None, typer.Option(help="The service's address / 服务地址 [ONEOWNER_HOST, ONEOWNER_PORT]")]


class ServiceClient:
    """Calls the service; a problem that it answers with ends the command, in the words of the service."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def call(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        """Send a request that must be accepted.

        Raises:
            typer.Exit: when it is not, after saying why.
        """
        answer: dict[str, Any] = self._accepted(method, path, **request).json()
        return answer

    def _accepted(self, method: str, path: str, **request: Any) -> httpx.Response:
        response = self._http.request(method, path, **request)
        if response.is_error:
            answer = response.json()
            typer.echo(f"{answer['title']}: {answer['detail']}", err=True)
            for error in answer.get("errors", ()):
                line = f"{error['line']}: " if "line" in error else ""
                typer.echo(f"  {line}{error['field']}: {error['rule']}", err=True)
            raise typer.Exit(1)
        return response

    def download(self, path: str, params: Mapping[str, str]) -> bytes:
        """A file.

        Raises:
            typer.Exit: as ``call``.
        """
        return self._accepted("GET", path, params=params).content

    def every(self, path: str) -> Iterator[dict[str, Any]]:
        """A whole list, page by page.

        Raises:
            typer.Exit: as ``call``.
        """
        cursor = None
        while True:
            page = self.call("GET", path, params={"limit": 200, **({"cursor": cursor} if cursor else {})})
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return


@contextmanager
def calling(api: str | None, locale: str | None = None) -> Iterator[ServiceClient]:
    """A client of the service at an address, else of the one that the settings describe.

    Raises:
        typer.Exit: when nothing answers there, after saying so.
    """
    settings = Settings()
    address = api or f"http://{settings.host}:{settings.port}"
    headers = {"Authorization": f"Bearer {caller_token(settings)}", "Accept-Language": locale or terminal_locale(None)}
    with httpx.Client(base_url=address, headers=headers, timeout=PATIENCE) as http:
        try:
            yield ServiceClient(http)
        except httpx.TransportError as error:
            typer.echo(text("service-unreachable", address=address, reason=str(error)), err=True)
            raise typer.Exit(1) from error
