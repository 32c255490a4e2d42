"""The watcher that sees collisions: shows events to the detectors, and puts down what they see."""

from collections.abc import Sequence

from sqlmodel import Session

from domain.collision.detecting import WATCHED, detect, looking
from domain.happening import Happening
from domain.ids import IdMaker
from domain.policy import Policy
from store.database import Database
from store.detection_docket import docket_of
from store.detection_scene import scenes_of
from store.policies import Policies
from store.sightings import Sightings


class Detection:
    """Sees collisions and risks of them in events, in whatever order and however often they come."""

    def __init__(self, database: Database, policy: Policy, ids: IdMaker) -> None:
        self._policies = Policies(database, policy)
        self._ids = ids

    def see(self, session: Session, happened: Sequence[Happening]) -> None:
        """Write cases and sightings, each once; events in which no detector can see anything cost nothing.

        Args:
            session: the transaction, which keeps every other relay out.
            happened: events, in order. They are judged by the policy in force at the last one.
        """
        watched = [it for it in happened if it.kind in WATCHED]
        if not watched:
            return
        self._policies.hold(session)
        policy = self._policies.in_force(session, watched[-1].at)
        looked = [(it, detectors) for it in watched if (detectors := looking(it, policy.collisions))]
        if not looked:
            return
        scenes = scenes_of(session, looked, policy)
        sightings = [
            seen for (it, _), scene in zip(looked, scenes, strict=True) for seen in detect(it, scene, policy.collisions)
        ]
        if sightings:
            sink = Sightings(session, docket_of(session, sightings, policy.collisions), policy, self._ids)
            for sighting in sightings:
                sink.put(sighting)
