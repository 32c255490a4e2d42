"""What the workflow of a merge, or of its undoing, is to do."""

from pydantic import BaseModel, ConfigDict

from domain.change import Asked


class MergeOrder(BaseModel):
    """Which customer's workflow is asked what, and which one's has the last word on its own ownership."""

    model_config = ConfigDict(frozen=True)
    absorbed_id: str
    survivor_id: str
    asked: Asked
    """``MergeInto`` or ``Unmerge``, asked of the absorbed one."""
