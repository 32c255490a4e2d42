"""A simulated year as lines of texts, for the terminal and for the report."""

from collections.abc import Callable

from simulator.result import DetectorScore, Result

TARGET, CLAIM = 0.02, 0.85
"""The collision rate of a month that is aimed at, and the reduction that the field claims."""

Say = Callable[..., str]


def month_heads(say: Say) -> list[str]:
    """What stands above the months."""
    names = ("month", "customers", "without", "with", "cases", "case-rate")
    return [say(f"simulation-{name}") for name in names]


def month_rows(result: Result, say: Say) -> list[list[str]]:
    """A line for each month, and one for their mean."""
    months = [
        [
            str(it.month),
            str(it.customers_with),
            f"{percent(it.rate_without)} ({it.collided_without})",
            f"{percent(it.rate_with)} ({it.collided_with})",
            str(it.cases),
            percent(it.case_rate),
        ]
        for it in result.months
    ]
    means = [percent(it) for it in (result.rate_without, result.rate_with, result.case_rate)]
    return [*months, [say("simulation-mean"), "", means[0], means[1], "", means[2]]]


def detector_heads(say: Say) -> list[str]:
    """What stands above the detectors."""
    names = ("detector", "sightings", "precision", "meetings", "recall", "by-others", "silenced", "false")
    return [say(f"simulation-{name}") for name in names]


def detector_rows(result: Result, say: Say) -> list[list[str]]:
    """A line for each detector."""
    return [
        [
            say(f"detector-{it.detector.replace('_', '-')}"),
            str(it.sightings),
            percent(it.precision),
            str(it.meetings),
            percent(it.recall),
            str(it.found_by_others),
            str(it.silenced),
            _wrong(it, say),
        ]
        for it in result.detectors
    ]


def why_heads(say: Say) -> list[str]:
    """What stands above what the second reps came by."""
    return [say(f"simulation-{name}") for name in ("why", "without", "with")]


def why_rows(result: Result, say: Say) -> list[list[str]]:
    """A line for each way in which a second rep comes to a customer."""
    return [[say(f"simulation-why-{it.why}"), str(it.without), str(it.with_)] for it in result.chases]


def about(result: Result, say: Say) -> str:
    """What was simulated."""
    size = {name: str(value) for name, value in result.size.model_dump().items()}
    return say("simulation-about", **size, policy=result.policy)


def verdicts(result: Result, say: Say) -> list[str]:
    """The year against the target and the claim, and how well real customers were told apart."""
    chases, cases = (
        "met" if rate is not None and rate < TARGET else "missed" for rate in (result.rate_with, result.case_rate)
    )
    without, with_ = (sum(it.without for it in result.chases), sum(it.with_ for it in result.chases))
    numbers = {name: str(getattr(result, name)) for name in ("real", "records", "doubled", "mixed")}
    return [
        say(
            "simulation-reduction",
            **{"without": str(without), "with": str(with_)},
            reduction=percent(result.reduction),
            claim=percent(CLAIM),
        ),
        say("simulation-target", target=percent(TARGET), chases=chases, cases=cases),
        say("simulation-records", **numbers),
    ]


def notes(say: Say) -> list[str]:
    """How to read it."""
    return [say("simulation-note-detectors"), say("simulation-note-invented")]


def percent(share: float | None) -> str:
    """A share in hundredths with one digit; a dash where there is none."""
    return "–" if share is None else f"{share:.1%}"


def _wrong(score: DetectorScore, say: Say) -> str:
    return ", ".join(say(f"simulation-wrong-{why}", number=str(number)) for why, number in score.wrong.items())
