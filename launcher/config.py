"""How the embedded Temporal server is set up. The numbers were measured on two cores: docs/adr/0001."""

import contextlib
import json
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from launcher.program import Kind, ServerProgram

LOOPBACK = "127.0.0.1"
SERVICES = ("frontend", "history", "matching", "worker")
ENVIRONMENT = {"GOGC": "400"}
"""A third more workflows a second for a heap of some hundred MiB."""
SQLITE = {"journal_mode": "wal", "synchronous": "2"}
"""Two is FULL: what was acknowledged survives a power loss."""
DYNAMIC: dict[str, bool | int] = {
    # Four partitions with a single worker's few pollers leave tasks waiting for seconds.
    "matching.numTaskqueueReadPartitions": 1,
    "matching.numTaskqueueWritePartitions": 1,
    # At the default of ten, a burst on one customer fails or crawls.
    "history.maxInFlightUpdates": 1000,
}
TIME_SKIPPING: dict[str, bool | int] = {
    "frontend.WorkflowTimeSkippingEnabled": True,
    "system.workflowTimeSkippingEnabled": True,  # the same under the name that later servers use
}


@dataclass(frozen=True)
class ServerFiles:
    """The files of one embedded server, all in one folder."""

    folder: Path

    @property
    def database(self) -> Path:
        """Histories and timers: what must not be lost."""
        return self.folder / "temporal.db"

    @property
    def log(self) -> Path:
        """What the server printed since it was started; that of the start before has the suffix ``.1``."""
        return self.folder / "server.log"

    @property
    def config(self) -> Path:
        """Written anew at each start."""
        return self.folder / "server.yaml"

    @property
    def dynamic_config(self) -> Path:
        """Written anew at each start."""
        return self.folder / "dynamic.yaml"


@dataclass(frozen=True)
class Ports:
    """TCP ports on loopback: one for clients, then one per service, then one per service for membership."""

    frontend: int
    others: tuple[int, ...]

    @property
    def address(self) -> str:
        """Where clients connect."""
        return f"{LOOPBACK}:{self.frontend}"


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on now, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for taken in sockets:
            taken.bind((LOOPBACK, 0))
        return [taken.getsockname()[1] for taken in sockets]


def choose_ports(frontend: int) -> Ports:
    """Free ports for a server; ``frontend`` 0 means that one too is chosen."""
    first, *others = free_ports(2 * len(SERVICES))
    return Ports(frontend or first, tuple(others))


def server_command(program: ServerProgram, files: ServerFiles, ports: Ports, *, time_skipping: bool) -> list[str]:
    """Write the configuration files and return the command that serves with them."""
    dynamic = DYNAMIC | (TIME_SKIPPING if time_skipping else {})
    if program.kind is Kind.CLI:
        return [str(program.path), *_cli_arguments(files, ports, dynamic)]
    files.dynamic_config.write_text(yaml.safe_dump({key: [{"value": value}] for key, value in dynamic.items()}))
    files.config.write_text(yaml.safe_dump(_server_config(files, ports), sort_keys=False))
    return [str(program.path), "--config-file", str(files.config), "--allow-no-auth", "start"]


def _cli_arguments(files: ServerFiles, ports: Ports, dynamic: dict[str, bool | int]) -> list[str]:
    pragmas = [part for key, value in SQLITE.items() for part in ("--sqlite-pragma", f"{key}={value}")]
    values = [
        part for key, value in dynamic.items() for part in ("--dynamic-config-value", f"{key}={json.dumps(value)}")
    ]
    return [
        "server", "start-dev", "--headless", "--ip", LOOPBACK, "--port", str(ports.frontend),
        "--db-filename", str(files.database), "--log-level", "error", *pragmas, *values,
    ]  # fmt: skip


def _server_config(files: ServerFiles, ports: Ports) -> dict[str, Any]:
    """The server's own schema: ``common/config`` in go.temporal.io/server. Metrics, pprof and HTTP stay off."""
    rpc_ports, membership_ports = (ports.frontend, *ports.others[:3]), ports.others[3:]
    return {
        "log": {"stdout": True, "level": "error"},
        "persistence": {
            "defaultStore": "file",
            "visibilityStore": "file",
            "numHistoryShards": 1,
            "datastores": {"file": {"sql": _sqlite(files)}},
        },
        "global": {"membership": {"maxJoinDuration": "30s", "broadcastAddress": LOOPBACK}},
        "services": {
            service: {"rpc": {"grpcPort": rpc, "membershipPort": membership, "bindOnIP": LOOPBACK}}
            for service, rpc, membership in zip(SERVICES, rpc_ports, membership_ports, strict=True)
        },
        "clusterMetadata": {
            "enableGlobalNamespace": False,
            "failoverVersionIncrement": 10,
            "masterClusterName": "active",
            "currentClusterName": "active",
            "clusterInformation": {
                "active": {
                    "enabled": True,
                    "initialFailoverVersion": 1,
                    "rpcName": "frontend",
                    "rpcAddress": ports.address,
                }
            },
        },
        "dcRedirectionPolicy": {"policy": "noop"},
        "archival": {"history": {"state": "disabled"}, "visibility": {"state": "disabled"}},
        "dynamicConfigClient": {"filepath": str(files.dynamic_config), "pollInterval": "10s"},
    }


def _sqlite(files: ServerFiles) -> dict[str, Any]:
    return {
        "pluginName": "sqlite",
        "databaseName": str(files.database),
        "connectAddr": "localhost",
        "connectProtocol": "tcp",
        # setup makes the schema in a new file and leaves an old one as it is
        "connectAttributes": {"mode": "rwc", "cache": "private", "setup": "true", **SQLITE},
        "maxConns": 1,
        "maxIdleConns": 1,
        "maxConnLifetime": "1h",
    }
