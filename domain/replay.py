"""What comes of replaying a recorded history on today's code."""

from collections.abc import Sequence
from enum import StrEnum

from pydantic import Field

from domain.case import Plain


class Fault(StrEnum):
    """Why a history is not the same."""

    DIFFERS = "differs"
    """Today's code would do something else."""
    UNKNOWN_WORKFLOW = "unknown_workflow"
    """Today's code has no workflow of that type."""
    DAMAGED = "damaged"
    """What the archive has is not what was put there."""
    LOST = "lost"
    """The archive ought to have it and has not."""


class Replayed(Plain):
    """A run that was replayed; without a fault its code does the same today."""

    workflow_id: str
    run_id: str
    workflow_type: str = ""
    fault: Fault | None = None
    event_id: int | None = None
    """The event of the history at which it first differs, counted from 1."""
    event_type: str | None = None
    reason: str | None = None
    """What the replayer said."""


class ReplayOrder(Plain):
    """What to replay: the archived runs of one workflow, or all of the archive."""

    workflow_id: str | None = None


class ReplayProgress(Plain):
    """How far a replay is."""

    done: int = 0
    total: int = 0


class ReplayResult(Plain):
    """What came of an order. Of many faults the first ones are kept."""

    same: int = 0
    faults: int = 0
    first_faults: Sequence[Replayed] = Field(default=())

    def counted(self, replayed: Replayed, most: int = 100) -> "ReplayResult":
        """With one more run; at most ``most`` faults are told one by one."""
        if replayed.fault is None:
            return self.model_copy(update={"same": self.same + 1})
        told = (*self.first_faults, replayed) if len(self.first_faults) < most else self.first_faults
        return self.model_copy(update={"faults": self.faults + 1, "first_faults": told})
