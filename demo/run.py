"""The demo from beginning to end: started, told, judged, and gone without a trace."""

import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from api.customers import CustomerView
from api.lead_views import LeadView
from demo.caller import Caller
from demo.doubt import DOUBT, tell_confirmation
from demo.month import tell_month
from demo.organisation import enter_organisation
from demo.promise import Difference, broken_invariants, broken_promises, shared_identifiers
from demo.rows import read_rows
from demo.story import RegionName, tell_doubts, tell_outcomes, tell_owners, tell_queues, tell_recognised, tell_refused
from demo.submit import Seen, submit_all
from demo.teller import Teller
from demo.words import RepName, Words
from domain.policy_file import parse_policy
from keys import admin_token
from launcher.child import first_of
from launcher.supervisor import RunOptions, running, until_stopped
from settings import Settings

HTTP_TIMEOUT = 30.0
CLOCKED = "stand contact known"
"""Trade-show customers whose rep on the stand owns them, with a clock."""


async def run(teller: Teller) -> bool:
    """Run the demo until its end, or until somebody stops it.

    Returns:
        Whether it came to its end and everything was as the sample promises.

    Raises:
        launcher.errors.LauncherError: when it cannot be started.
    """
    kept = False

    async def work() -> None:
        nonlocal kept
        kept = judged(teller, await _demonstrate(teller))

    await until_stopped(work())
    return kept


def isolated(folder: Path) -> Settings:
    """Settings of no installation: whatever this shell or a ``.env`` file says, the demo touches its own folder only.

    The service is a process of its own that reads the same variables, so they are set here for both.
    """
    for name in [name for name in os.environ if name.startswith(("ONEOWNER_", "TEMPORAL_"))]:
        del os.environ[name]
    os.environ["TEMPORAL_CONFIG_FILE"] = os.devnull
    own = Settings.model_construct(data_dir=folder, port=0, log_level="error")
    os.environ |= {f"ONEOWNER_{name.upper()}": str(value) for name, value in own}
    return own


async def _demonstrate(teller: Teller) -> list[Difference]:
    broken: list[Difference] = []
    teller.say("demo-begins", "bold")
    with tempfile.TemporaryDirectory(prefix="oneowner-demo-") as folder:
        settings = isolated(Path(folder))
        async with running(settings, RunOptions(time_skipping=True)) as service:

            async def story() -> None:
                headers = {"Authorization": f"Bearer {admin_token(settings)}", "Accept-Language": teller.locale}
                async with httpx.AsyncClient(
                    base_url=service.api, headers=headers, timeout=HTTP_TIMEOUT, trust_env=False
                ) as http:
                    broken.extend(await _story(teller, Caller(http), settings, service.temporal))

            await first_of(service.ended(), story())
    return broken


async def _story(teller: Teller, caller: Caller, settings: Settings, temporal: str) -> list[Difference]:
    """Everything that the demo tells, in order.

    Returns:
        Whatever was not as promised.
    """
    answers = await _take_in(teller, caller)
    known = await _customers(caller)
    broken = broken_promises(answers) + broken_invariants(answers, known.values())
    policy = parse_policy(settings.policy_file.read_text(encoding="utf-8"))
    words = Words(teller, policy, {rep.id: rep.name for rep in await caller.every(RepName, "/v1/reps")})
    tell_owners(teller, known.values(), await caller.every(RegionName, "/v1/regions"))
    tell_queues(teller, words, known.values())
    if broken:
        return broken  # what follows builds on what the rows promised
    tell_recognised(teller, words, answers, known)
    tell_doubts(teller, words, answers, known)
    broken += await tell_month(teller, words, caller, temporal, known[str(_of_kind(answers, CLOCKED).customer_id)])
    broken += await tell_confirmation(teller, words, caller, _of_kind(answers, DOUBT), known)
    return broken + shared_identifiers((await _customers(caller)).values())


async def _take_in(teller: Teller, caller: Caller) -> list[Seen]:
    rows = read_rows()
    teller.say("demo-organisation", **await enter_organisation(caller))
    started = time.monotonic()
    with teller.progress("demo-submitting", len(rows)) as step:
        answers = await submit_all(caller, rows, step)
    tell_outcomes(teller, answers, time.monotonic() - started)
    tell_refused(teller, answers)
    return answers


async def _customers(caller: Caller) -> dict[str, CustomerView]:
    return {customer.id: customer for customer in await caller.every(CustomerView, "/v1/customers")}


def _of_kind(answers: Sequence[Seen], kind: str) -> LeadView:
    return next(seen.lead for seen in answers if seen.row.kind == kind and seen.lead)


def judged(teller: Teller, broken: Sequence[Difference]) -> bool:
    """Tell whether everything was as promised, and if not what was not; returns whether."""
    if not broken:
        teller.heading("demo-end")
        teller.say("demo-kept", "bold green")
        return True
    teller.heading("demo-broken", count=len(broken))
    for difference in broken:
        teller.say(difference.message, "red", **difference.facts)
    return False
