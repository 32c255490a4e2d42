"""What a process says when it starts."""

from importlib.util import module_from_spec, spec_from_file_location

import pytest
from structlog.testing import CapturingLogger

from settings import PROJECT_ROOT
from tests.examples import POLICY


@pytest.mark.parametrize(("year", "told"), [(2025, []), (2034, [2034, 2035])])
def test_years_without_make_up_days_are_logged(monkeypatch: pytest.MonkeyPatch, year: int, told: list[int]) -> None:
    spec = spec_from_file_location("the_product's_service", PROJECT_ROOT / "service.py")  # tests have one of that name
    assert spec is not None
    assert spec.loader is not None
    service = module_from_spec(spec)
    spec.loader.exec_module(service)
    log = CapturingLogger()
    monkeypatch.setattr(service, "log", log)
    service.tell_gaps(POLICY, year)
    assert {(call.method_name, *call.args) for call in log.calls} <= {("warning", "calendar_year_incomplete")}
    assert [call.kwargs for call in log.calls] == [
        {"calendar": "office", "year": year, "gap": "make_up_days_unknown"} for year in told
    ]
