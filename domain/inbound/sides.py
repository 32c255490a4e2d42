"""Which of the numbers and addresses in a report are our people's, and which is the other side's."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.inbound.line import Party, line_of, party_of
from domain.inbound.reported import CallEnded, CallStarted, CampaignTouched, Direction, EmailSeen, FormFilled, Reported


@dataclass(frozen=True)
class Sides:
    """Who is on either side of what was reported."""

    rep_ids: tuple[str, ...]
    party: Party | None
    internal: bool = False


def lines_in(reported: Reported) -> frozenset[str]:
    """Every number and address in a report at which a rep may be reached, in its one form."""
    match reported:
        case CallStarted() | CallEnded():
            texts: tuple[str, ...] = (reported.caller, reported.called)
        case EmailSeen():
            texts = (*reported.ours, reported.theirs)
        case CampaignTouched():
            texts = (reported.theirs,)
        case FormFilled():
            texts = ()
    return frozenset(line for line in map(line_of, texts) if line)


def sides_of(reported: Reported, reps: Mapping[str, str]) -> Sides:
    """Tell the two sides of a report apart.

    Args:
        reported: the report.
        reps: the rep who is reached at each line that ``lines_in`` names, where one is.
    """
    named = (reported.rep_id,) if reported.rep_id else ()
    match reported:
        case CallStarted() | CallEnded():
            return _of_call(reported, reps, named)
        case EmailSeen():
            found = (reps.get(line_of(text) or "") for text in reported.ours)
            rep_ids = tuple(dict.fromkeys((*named, *filter(None, found))))
            internal = line_of(reported.theirs) in reps
            return Sides(rep_ids, party_of(reported.theirs, reported.name), internal)
        case CampaignTouched():
            return Sides(named, party_of(reported.theirs), line_of(reported.theirs) in reps)
        case FormFilled():
            return Sides(named, None)


def _of_call(call: CallStarted | CallEnded, reps: Mapping[str, str], named: tuple[str, ...]) -> Sides:
    """Whichever end is a rep's is ours, whatever the system calls the call's direction; it decides where neither is."""
    caller, called = (reps.get(line_of(text) or "") for text in (call.caller, call.called))
    if caller and called:
        return Sides((caller, called), None, internal=True)
    ours_called = called is not None or (caller is None and call.direction is Direction.INBOUND)
    rep_ids = tuple(dict.fromkeys((*named, *filter(None, (caller, called)))))
    return Sides(rep_ids, party_of(call.caller if ours_called else call.called))
