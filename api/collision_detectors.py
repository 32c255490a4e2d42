"""The detectors of collisions: what each is worth by the policy, and what its record says."""

from anyio import to_thread
from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.context import Wired
from api.language import Locale
from api.pagination import Page, Paged
from domain.collision.detector import Detector
from domain.collision.rules import DetectorRule
from domain.collision.weighing import proposed_weight
from messages import message
from store.detector_records import DetectorRecords, Record

router = APIRouter(prefix="/v1/collision-detectors", tags=["collisions"])


class DetectorView(BaseModel):
    """A detector of collisions, or of risks of them."""

    detector: Detector
    name: str
    why: str = Field(description="What it sees.")
    risk: bool = Field(description="Whether what it sees is only the state before a collision.")
    enabled: bool
    weight: float = Field(description="How likely what it sees is a collision, by the policy in force.")
    quiet_days: int
    sightings: int = Field(description="How often it has seen something.")
    counted: int = Field(description="How many of them weighed too little to open a case.")
    judged: int = Field(description="How many of them belong to cases that are over.")
    false_alarms: int
    precision: float | None = Field(description="The share of those judged that were no false alarms; null for none.")
    proposed_weight: float | None = Field(
        description="A lower weight that its false alarms speak for. It counts once a version of the policy has it."
    )


@router.get("", summary="List the detectors of collisions")
async def list_collision_detectors(context: Wired, paging: Paged, locale: Locale) -> Page[DetectorView]:
    """Every detector with its rule in the policy and its record: how much it saw, and how much of that was wrong."""
    rules = (await to_thread.run_sync(lambda: context.policy)).collisions
    records = await to_thread.run_sync(DetectorRecords(context.database).all)
    first = int(paging.after[0]) + 1 if paging.after else 0
    detectors = list(enumerate(Detector))[first : first + paging.limit + 1]
    return paging.page(
        detectors,
        lambda it: _view(it[1], rules.of(it[1]), records[it[1]], locale),
        lambda it: (str(it[0]),),
    )


def _view(detector: Detector, rule: DetectorRule, record: Record, locale: str) -> DetectorView:
    text = f"detector-{detector.replace('_', '-')}"
    right = record.judged - record.false_alarms
    return DetectorView(
        detector=detector,
        name=message(locale, text),
        why=message(locale, f"{text}.why"),
        risk=detector.is_of_risks,
        enabled=rule.enabled,
        weight=rule.weight,
        quiet_days=rule.quiet_days,
        sightings=record.sightings,
        counted=record.counted,
        judged=record.judged,
        false_alarms=record.false_alarms,
        precision=round(right / record.judged, 4) if record.judged else None,
        proposed_weight=proposed_weight(rule.weight, record.judged, record.false_alarms),
    )
