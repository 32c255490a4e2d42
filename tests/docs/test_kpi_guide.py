"""The guide to the figures says what the service says, in both languages."""

import pytest

from domain.kpi.figures import DEFINITIONS
from domain.kpi.names import Kpi
from messages import message
from settings import PROJECT_ROOT


@pytest.mark.parametrize(("file", "locale"), [("kpis.md", "en"), ("kpis.zh-CN.md", "zh-CN")])
@pytest.mark.parametrize("kpi", Kpi)
def test_every_figure_has_its_line(file: str, locale: str, kpi: Kpi) -> None:
    name = f"kpi-{kpi.replace('_', '-')}"
    rows = ", ".join(f"`{measure}`" for measure in DEFINITIONS[kpi].rows)
    line = f"| `{kpi}` | {message(locale, name)} | {message(locale, f'{name}.formula')} | {rows} |"
    assert line in (PROJECT_ROOT / "docs" / file).read_text(encoding="utf-8").splitlines()
