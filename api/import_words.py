"""What an import's report says, in words: rules, verdicts, who a row is, and why it was left out."""

from collections.abc import Iterator, Mapping

from domain.importing.row import Verdict
from messages import has_message, message
from store.imports import AskedLead, Imports, LineFilter
from store.tables import ImportLineRow, ImportRow

_PAGE = 2_000


def rule(locale: str, code: str, facts: Mapping[str, int | str]) -> str:
    """A broken rule as a sentence; a rule that has none of its own is only called broken.

    Args:
        locale: the catalogue.
        code: the rule, in snake case.
        facts: what its sentence needs.
    """
    name = f"rule-{code.replace('_', '-')}"
    return message(locale, name if has_message(locale, name) else "rule-value-error", **facts)


def word(locale: str, kind: str, name: str) -> str:
    """The name of a verdict, a field, a stage or a reason (``import-<kind>-<name>`` in the catalogues)."""
    return message(locale, f"import-{kind}-{name.replace('_', '-')}")


def who(line: ImportLineRow) -> str:
    """What people call the customer of a row; of a bad one, its first cell."""
    company, person = line.lead.get("company") or {}, line.lead.get("person") or {}
    names = (company.get("name"), person.get("name"), *line.lead.get("phones", ()), *line.lead.get("emails", ()))
    return next((str(name) for name in (*names, company.get("uscc"), *line.cells) if name), "")


def beside(line: ImportLineRow, locale: str) -> str:
    """The row, or the customers, beside which a row in doubt must be looked at."""
    row = [message(locale, "import-report-row-number", line=str(line.beside))] if line.beside is not None else []
    return ", ".join([*row, *line.candidates])


def became(lead: AskedLead | None, locale: str) -> str:
    """What became of a row in doubt, with its customer, or with its lead while that waits for a person."""
    if lead is None:
        return word(locale, "asked", "left_out")
    return f"{word(locale, 'asked', lead.outcome)} {lead.customer_id or lead.id}"


def faults(line: ImportLineRow, locale: str) -> list[tuple[str, str, str]]:
    """Column, value and rule of each cell that breaks one."""
    return [(it["column"], it["value"], rule(locale, it["code"], it["facts"])) for it in line.faults]


def lines_of(store: Imports, row: ImportRow, verdict: Verdict) -> Iterator[tuple[ImportLineRow, AskedLead | None]]:
    """Every row of a verdict, in the file's order, with the lead that it became when a person was asked about it."""
    after: int | None = None
    while True:
        page = store.lines(row, LineFilter(verdict=verdict), after, _PAGE)
        leads = store.leads_of(page)
        yield from ((line, leads.get(line.line)) for line in page[:_PAGE])
        if len(page) <= _PAGE:
            return
        after = page[_PAGE - 1].line
