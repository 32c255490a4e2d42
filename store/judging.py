"""What a pass over a lead makes of what was found, once a person has spoken, time is up, or it was taken back."""

from pydantic import JsonValue

from domain.answer import Settlement
from domain.confirmation import Waiting, by_default, confirmed, doubted, withdrawn
from domain.event import SYSTEM
from domain.identity import Identification
from domain.lead_event import answer_of
from domain.submission import Registration
from store.identification import Identified


def done(registration: Registration, before: Settlement, decision_id: str) -> bool:
    """Whether there is nothing to do any more: it is settled, or this pass, or its turn in the wait, is over."""
    waiting = before.answer.waiting
    over = registration.time_up and (waiting is None or not waiting.due)
    return before.settled or before.answer.decision_id == decision_id or over


def judged(seen: Identified, registration: Registration, waiting: Waiting | None) -> Identification:
    """What was found, or what a person, the default or whoever takes the lead back made of it."""
    if registration.withdrawn:
        return withdrawn()
    found = doubted(seen.found) if registration.submission.doubted else seen.found
    if registration.choice is not None:
        return confirmed(found, seen.waiting, registration.choice)
    if registration.time_up and waiting is not None:
        return by_default(found, seen.waiting, waiting.default)
    return found


def heard(registration: Registration, seen: Identified, waiting: Waiting | None) -> dict[str, JsonValue]:
    """What ended a doubt, about whom, and how likely each was held to be.

    Calibration learns from a person's word (``confirmation``), never from the policy's ``default``.
    """
    choice = registration.choice
    candidates: list[JsonValue] = [candidate.model_dump(mode="json") for candidate in seen.found.candidates]
    about: dict[str, JsonValue] = {"candidates": candidates, "waiting": [*sorted(seen.waiting)]}
    if choice is not None:
        said = {name: value for name, value in answer_of(choice).items() if name != "comment"}
        return {"confirmation": {**said, "by": choice.by, **about}}
    if registration.time_up and waiting is not None:
        return {"default": {"rule": waiting.default, "by": SYSTEM, **about}}
    return {}
