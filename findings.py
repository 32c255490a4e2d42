"""What the findings on a policy say to people."""

from domain.policy_checks import Finding
from messages import DEFAULT, has_message, message


def catalogue_entry(finding: Finding) -> str:
    """The sentence of the policy's own code, else of the rule that a field breaks, else that it is not valid."""
    name = finding.code.replace("_", "-")
    return next((it for it in (f"policy-{name}", f"rule-{name}") if has_message(DEFAULT, it)), "rule-value-error")


def sentence(finding: Finding, locale: str) -> str:
    """What is wrong, in one language."""
    return message(locale, catalogue_entry(finding), **finding.facts)


def place(finding: Finding) -> str:
    """Where it is, as a path into the file; a dash for the whole of it."""
    return ".".join(map(str, finding.path)) or "-"
