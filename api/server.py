"""The HTTP server of a process."""

from socket import socket

import uvicorn
from fastapi import FastAPI

from api.context import Context


class Server(uvicorn.Server):
    """A server that ends the open event streams when it stops, instead of waiting for their readers to leave."""

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Stop, streams first."""
        app = self.config.app
        if isinstance(app, FastAPI) and isinstance(context := app.state.context, Context):
            context.streams.close()
        await super().shutdown(sockets)
