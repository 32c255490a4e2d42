"""An import as a whole: its stages, and what is asked of its workflow."""

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.importing.columns import Field


class Stage(StrEnum):
    """How far an import has come."""

    ANALYSING = "analysing"
    """The file is read, cleaned and grouped; nothing of the base is touched."""
    READY = "ready"
    """The dry run is there; a person confirms it or changes the mapping."""
    LOADING = "loading"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"
    """The file cannot be read, or not as it is mapped."""
    DISCARDED = "discarded"
    """Nobody confirmed it in time, or somebody said no."""


ENDED = frozenset({Stage.DONE, Stage.UNDONE, Stage.DISCARDED})
"""The stages in which nothing is pending."""


class Doubtful(StrEnum):
    """What becomes of rows in doubt."""

    LEAVE_OUT = "leave_out"
    """They are listed, to be corrected and sent again."""
    ASK = "ask"
    """They are submitted as leads that wait for a person's word."""


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True)


class Batch(_Plain):
    """One go at importing a file; after an undo the same file may get another."""

    import_id: str
    attempt: int
    doubtful: Doubtful = Doubtful.LEAVE_OUT

    @property
    def workflow_id(self) -> str:
        """The id of the workflow that carries it out."""
        return f"{self.import_id}.{self.attempt}"


class Step(_Plain):
    """One step of a batch, at the workflow's time."""

    batch: Batch
    at: AwareDatetime


class Remap(_Plain):
    """Another mapping: the field of each column that is taken over."""

    columns: dict[str, Field]


class Confirm(_Plain):
    """A person's yes to what a dry run showed."""

    by: str
    analysis: int | None = None
    """The number of the dry run; another one needs a yes of its own. None in histories older than the number."""
    doubtful: Doubtful = Doubtful.LEAVE_OUT


class Done(_Plain):
    """How much of a stage a step has done, and whether that was all of it."""

    count: int
    finished: bool
