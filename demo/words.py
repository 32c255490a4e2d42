"""Decisions in words: what the API names by codes, in the reader's language."""

from collections.abc import Mapping

from pydantic import BaseModel

from demo.teller import Teller
from domain.assignment import Assignment, Reason, Trial
from domain.policy import Policy


class RepName(BaseModel):
    """Of a rep, what is needed to name them."""

    id: str
    name: str
    active: bool = True


class Words:
    """Puts codes into words for one reader."""

    def __init__(self, teller: Teller, policy: Policy, reps: Mapping[str, str]) -> None:
        """Take the names of queues from ``policy`` and those of reps from ``reps``, by id."""
        self._teller = teller
        self._policy = policy
        self._reps = reps

    def code(self, kind: str, code: str) -> str:
        """The message ``kind-code``."""
        return self._teller.text(f"{kind}-{code.replace('_', '-')}")

    def rep(self, rep_id: str | None) -> str:
        """A rep's name; the id of one who is unknown."""
        return self._reps.get(rep_id, rep_id) if rep_id else "-"

    def typed_by(self, rep_id: str) -> str:
        """That a rep typed a lead in."""
        return self._teller.text("demo-typed-by", rep=self.rep(rep_id))

    def queue(self, queue: str) -> str:
        """A queue's or a pool's name from the policy; of one that it has not, that it is a pool."""
        name = self._policy.queues.get(queue) or self._policy.pool(queue)
        if name is None:
            return self._teller.text("demo-pool")
        return name.zh if self._teller.locale == "zh-CN" else name.en

    def trace(self, assignment: Assignment) -> list[tuple[str, str]]:
        """The methods that were tried, each with what came of it."""
        return [(self.code("method", trial.method), self._trial(trial)) for trial in assignment.trials]

    def _trial(self, trial: Trial) -> str:
        if trial.reason is not Reason.CHOSEN:
            return self.code("reason", trial.reason)
        considered = self._teller.text("demo-comma").join(self.rep(rep_id) for rep_id in trial.considered)
        name = "demo-chosen-among" if trial.pool else "demo-chosen"
        return self._teller.text(name, rep=self.rep(trial.rep_id), considered=considered)
