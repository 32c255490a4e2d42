"""Requests that nobody thought of, made from the OpenAPI document against the whole running service."""

import asyncio
import sys
from pathlib import Path

import pytest

from keys import admin_token
from launcher.supervisor import running
from settings import Settings

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.mark.timeout(400)
async def test_no_request_breaks_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEOWNER_LOG_LEVEL", "error")
    settings = Settings(data_dir=tmp_path, port=0)
    async with running(settings) as service:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "schemathesis.cli", "run", f"{service.api}/openapi.json",
            "--header", f"Authorization: Bearer {admin_token(settings)}",
            "--checks", CHECKS, "--max-examples", "8", "--seed", "20261123", "--phases", "examples,coverage,fuzzing",
            "--suppress-health-check", "all",
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()[-12000:]
