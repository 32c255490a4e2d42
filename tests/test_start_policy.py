"""What a process says of its policy when it starts."""

from importlib.util import module_from_spec, spec_from_file_location

import pytest
from structlog.testing import CapturingLogger

from settings import PROJECT_ROOT
from store.database import Database
from tests.examples import LI, ZHANG, edited, employ


def test_what_does_not_fit_the_organisation_is_logged(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service starts all the same: a rep who leaves must not keep it from starting."""
    spec = spec_from_file_location("the_product's_service", PROJECT_ROOT / "service.py")  # tests have one of that name
    assert spec is not None
    assert spec.loader is not None
    service = module_from_spec(spec)
    spec.loader.exec_module(service)
    log = CapturingLogger()
    monkeypatch.setattr(service, "log", log)
    employ(database, ZHANG, LI.model_copy(update={"active": False}))
    methods = ["named_contact", {"method": "rotation", "pool": "key"}]
    pools = {"key": {"reps": [LI.id, "nobody"]}}
    service.tell_misfits(edited({"assignment.0.methods": methods, "rotation_pools": pools}), database)
    told = [(call.method_name, *call.args, call.kwargs["code"], call.kwargs["place"]) for call in log.calls]
    assert told == [
        ("warning", "policy_warning", "unknown_rep", "rotation_pools.key"),
        ("warning", "policy_warning", "nobody_left", "rotation_pools.key"),
    ]
