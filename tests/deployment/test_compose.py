"""The production-like stack cannot be run by the tests, so that its description is checked instead."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from launcher.config import DYNAMIC
from launcher.program import SERVER_VERSION
from settings import PROJECT_ROOT

TEXT = (PROJECT_ROOT / "docker-compose.yml").read_text()
STACK: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = STACK["services"]
DOCKERFILE = (PROJECT_ROOT / "Dockerfile").read_text()
SECRET = re.compile(r"password|pwd|secret|token|api_key|private", re.IGNORECASE)
REQUIRED = re.compile(r"\$\{[A-Z_]+:\?[^}]+\}")
PINNED = re.compile(r"[\w./-]+:\d+\.\d+(\.\d+)?(-[\w.-]+)?")


def conditions(service: str) -> dict[str, str]:
    """What a service waits for."""
    return {name: wait["condition"] for name, wait in SERVICES[service].get("depends_on", {}).items()}


ONE_SHOT = {
    name
    for service in SERVICES
    for name, wait in conditions(service).items()
    if wait == "service_completed_successfully"
}


def test_it_is_a_compose_file() -> None:
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text())
    assert [error.message for error in Draft202012Validator(schema).iter_errors(STACK)] == []


def test_the_schema_notices_a_mistake() -> None:
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text())
    wrong = {"services": {"api": {"image": "x", "helthcheck": {}}}}
    assert list(Draft202012Validator(schema).iter_errors(wrong))


def test_the_whole_stack_is_there() -> None:
    assert {"postgres", "temporal", "temporal-ui", "api", "worker"} <= set(SERVICES)
    assert SERVICES["api"]["image"] == SERVICES["worker"]["image"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_is_pinned(name: str) -> None:
    assert PINNED.fullmatch(SERVICES[name]["image"])


def test_every_base_image_is_pinned() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert bases
    assert all(PINNED.fullmatch(base) for base in bases)


@pytest.mark.parametrize("name", sorted(set(SERVICES) - ONE_SHOT))
def test_every_service_that_stays_is_checked(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_starts_before_what_it_needs_is_ready(name: str) -> None:
    for needed, condition in conditions(name).items():
        assert condition == ("service_completed_successfully" if needed in ONE_SHOT else "service_healthy")


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_is_written_down_or_has_a_default(name: str) -> None:
    for variable, value in SERVICES[name].get("environment", {}).items():
        if SECRET.search(variable):
            assert REQUIRED.fullmatch(value), variable
    assert not re.search(r"://[^/\s:]+:[^/\s@]+@", TEXT), "a password in a URL"


def test_every_secret_is_in_the_example_and_empty() -> None:
    example = (PROJECT_ROOT / ".env.example").read_text()
    for name in set(re.findall(r"\$\{([A-Z_]+):\?", TEXT)):
        assert re.search(rf"^{name}=$", example, re.MULTILINE)


def test_ports_are_published_on_loopback_only() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_server_is_the_one_that_the_launcher_builds_with_the_same_limits() -> None:
    assert SERVICES["temporal"]["image"] == f"temporalio/server:{SERVER_VERSION}"
    assert SERVICES["temporal-schema"]["image"] == f"temporalio/admin-tools:{SERVER_VERSION}"
    dynamic = yaml.safe_load(STACK["configs"]["temporal-dynamic"]["content"])
    assert {key: values[0]["value"] for key, values in dynamic.items()} == DYNAMIC


def test_the_image_is_locked_and_not_root() -> None:
    assert DOCKERFILE.count("--require-hashes") == len(re.findall(r"pip install .*--requirement", DOCKERFILE)) == 2
    final = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER [1-9]\d+$", final, re.MULTILINE)
    assert "HEALTHCHECK" in final


def test_the_builder_gets_no_data_and_no_secrets() -> None:
    lines = (PROJECT_ROOT / ".dockerignore").read_text().split("\n")
    assert "*" in lines
    assert not {"!.env", "!data", "!.git"} & set(lines)


def test_the_builder_gets_everything_that_the_wheel_is_made_of() -> None:
    lines = set((PROJECT_ROOT / ".dockerignore").read_text().split("\n"))
    wheel = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    folders = {f"!{name}" for name in wheel["packages"] if not name.endswith(".py")}
    assert folders - lines == set()


@pytest.mark.parametrize("name", ["api", "worker"])
def test_the_containers_of_ours_cannot_change_themselves(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
