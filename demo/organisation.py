"""The sample's sales organisation, entered through the API."""

from typing import Any

import yaml

from demo.caller import Caller
from samples.generate import ORGANISATION


async def enter_organisation(caller: Caller) -> dict[str, int]:
    """Create the regions, the teams, the reps and, once there are reps, the teams' managers.

    Returns:
        How many regions, teams and reps there are.
    """
    sample: dict[str, list[dict[str, Any]]] = yaml.safe_load(ORGANISATION.read_text(encoding="utf-8"))
    for region in sample["regions"]:
        await caller.post("/v1/regions", region)
    for team in sample["teams"]:
        await caller.post("/v1/teams", {"id": team["id"], "name": team["name"]})
    for rep in sample["reps"]:
        given = {"id": rep["id"], "name": rep["name"], "email": rep["email"], "regions": rep["regions"]}
        await caller.post("/v1/reps", given | {"team_id": rep["team"]})
        if not rep["active"]:
            await caller.post(f"/v1/reps/{rep['id']}/deactivate")
    for team in sample["teams"]:
        await caller.patch(f"/v1/teams/{team['id']}", {"manager_id": team["manager"]})
    return {name: len(entries) for name, entries in sample.items()}
