"""The side effects of ImportBatch."""

import asyncio
import gc
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from temporalio import activity
from temporalio.client import Client

from activities.gone import unless_gone
from activities.refusal import refusals
from activities.thread import in_thread
from customer_handle import CustomerHandle
from domain.change import Asked
from domain.ids import IdMaker
from domain.importing.batch import Confirm, Done, Remap, Stage, Step
from domain.policy import Policy
from store.database import Database
from store.import_analysis import Analysis
from store.import_files import ImportFiles
from store.import_loading import Loading
from store.import_telling import Telling, ToTell
from store.import_undoing import Undoing
from store.imports import Imports
from store.intake import Intake
from store.policies import Policies

IN_A_PROCESS = 2**18
"""Bytes from which a file is analysed in a process of its own, so that leads are answered as fast as without it."""
TRANSACTIONS = 20
"""So many in one activity: its history stays short, and a worker that stops does not wait long."""
_BEAT = 3.0
_NICE = 10


@dataclass(frozen=True)
class ImportPlace:
    """What importing works on, as another process takes it."""

    database_url: str
    policy: Policy
    folder: Path
    max_rows: int

    def analysis(self, database: Database) -> Analysis:
        """The analysis of files in this place."""
        return Analysis(
            database, Policies(database, self.policy), ImportFiles(self.folder), Imports(database), self.max_rows
        )


def _analyse(place: ImportPlace, step: Step) -> Stage:
    """What the other process does: politely, and on connections of its own.

    It ends soon, so its millions of objects are not looked through for cycles again and again.
    """
    os.nice(_NICE)
    gc.disable()
    database = Database(place.database_url)
    try:
        return place.analysis(database).analyse(step)
    finally:
        database.close()


class ImportActivities:
    """Analyse, load and take back a file of customers."""

    def __init__(
        self,
        place: ImportPlace,
        database: Database,
        intake: Intake,
        ids: IdMaker,
        customers: CustomerHandle,
        client: Client,
    ) -> None:
        self._place = place
        self._imports = Imports(database)
        self._analysis = place.analysis(database)
        self._loading = Loading(database, intake, ids)
        self._telling = Telling(database)
        self._undoing = Undoing(database)
        self._customers = customers
        self._client = client

    @activity.defn
    async def analyse_import(self, step: Step) -> Stage:
        """Bring an import to its dry run, or to the reason why there is none. Repeated, it begins anew."""
        row = await asyncio.to_thread(self._imports.get, step.batch.import_id)
        if row.size < IN_A_PROCESS:
            return await asyncio.to_thread(self._analysis.analyse, step)
        processes = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        try:
            working = asyncio.wrap_future(processes.submit(_analyse, self._place, step))
            while not (await asyncio.wait((working,), timeout=_BEAT))[0]:
                activity.heartbeat()
            return working.result()
        finally:
            processes.shutdown(wait=False, cancel_futures=True)

    @in_thread
    def remap_import(self, step: Step, remap: Remap) -> None:
        """Take another mapping over for the next analysis."""
        with refusals():
            self._imports.remap(step.batch, remap.columns, step.at)

    @in_thread
    def move_import(self, step: Step, stage: Stage, confirm: Confirm | None) -> None:
        """Write down how far the import has come, and who confirmed it in what way."""
        with refusals():
            self._imports.move(step.batch, stage, step.at, confirm=confirm)

    @in_thread
    def load_import(self, step: Step) -> Done:
        """Load the next few thousand customers."""
        count = 0
        for _ in range(TRANSACTIONS):
            done = self._loading.load_some(step)
            count += done.count
            activity.heartbeat(count)
            if done.finished:
                return Done(count=count, finished=True)
            if activity.is_cancelled():
                break
        return Done(count=count, finished=False)

    @activity.defn
    async def tell_import(self, step: Step) -> Done:
        """Tell the workflows that loaded lines concern, one after the other: an import must not crowd out leads."""
        lines = await asyncio.to_thread(self._telling.next, step.batch)
        for line in lines:
            await self._tell(line)
            activity.heartbeat(line.line)
        if lines:
            await asyncio.to_thread(self._telling.told, step.batch, [line.line for line in lines])
        return Done(count=len(lines), finished=not lines)

    @activity.defn
    async def undo_import(self, step: Step) -> Done:
        """Take the next few lines back."""
        undone = await asyncio.to_thread(self._undoing.undo_some, step)
        for customer_id in undone.unwatched:
            with unless_gone():
                await self._client.get_workflow_handle(customer_id).terminate("the import was taken back")
        return undone.done

    async def _tell(self, line: ToTell) -> None:
        effect = line.effect
        for lead_id in effect.recheck:
            with unless_gone():
                await self._client.get_workflow_handle(lead_id).signal("look_again")
        if effect.watch:
            await self._customers.watch(line.customer_id)
        if effect.arrived is not None:
            asked = Asked(id=f"{effect.lead_id}:arrived", actor="system", change=effect.arrived)
            await self._customers.change(line.customer_id, asked)
