"""What taking a company name apart gives in any language, and the legal forms."""

from functools import cache
from typing import NamedTuple

from domain.normalise.tables import rows


class Parts(NamedTuple):
    """The fields of ``CompanyName`` but the raw name, in its order."""

    normal: str
    region: str | None
    brand: str
    industry: tuple[str, ...]
    legal_form: str | None
    branch: str | None
    division: str | None = None
    note: str | None = None


class LegalForm(NamedTuple):
    """A legal form: the code that equal forms share and the usual spelling of this one."""

    code: str
    spelling: str


@cache
def legal_forms() -> dict[str, LegalForm]:
    """Returns the legal forms by each way to spell them, folded."""
    return {
        spelling: LegalForm(code, usual)
        for code, usual, *others in rows("legal_forms.tsv")
        for spelling in (usual, *(other for cell in others for other in cell.split("|") if other))
    }
