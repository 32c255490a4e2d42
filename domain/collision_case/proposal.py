"""From the rules of engagement to a proposal that the reps may agree to."""

from datetime import datetime

from domain.collision_case.engagement import reasons_of, scores_of
from domain.collision_case.resolution import Keep, Merge, Nothing, Resolution, Share, Split, Transfer
from domain.collision_case.rules import CaseRules, Engagement
from domain.collision_case.scene import CaseScene
from domain.collision_case.state import Proposal, Reason

ONE_CUSTOMER = "found_one"
"""The detector that says that two customers are one."""


def proposal_of(scene: CaseScene, rules: CaseRules, at: datetime) -> Proposal:
    """How the rules of engagement would settle a case.

    Two records of one customer are to be merged. Where several pursue opportunities, each may sell their own line. Else
    the customer is for whom most speaks, and of two for whom the same speaks, its owner's; whoever comes near the owner
    works on it, too.

    Args:
        scene: the case as it is.
        rules: the policy's part about cases.
        at: the workflow's time.
    """
    reasons = reasons_of(scene, rules, at)
    scores = scores_of(scene, reasons)
    return Proposal(resolution=_resolution(scene, rules, reasons, scores), reasons=reasons, scores=scores)


def _resolution(scene: CaseScene, rules: CaseRules, reasons: tuple[Reason, ...], scores: dict[str, int]) -> Resolution:
    owner = next((rep_id for rep_id in scene.owners if rep_id in scores), None)
    best = max(scores, key=lambda rep_id: (scores[rep_id], rep_id == owner), default=None)
    if len(scene.sides) > 1 and any(seen.detector == ONE_CUSTOMER for seen in scene.seen):
        return Merge(survivor_id=scene.sides[0].customer_id, owner_id=best if best and scores[best] else None)
    pursuing = {reason.rep_id for reason in reasons if reason.rule is Engagement.OPPORTUNITY and reason.rep_id}
    if len(pursuing) > 1:
        return Split()
    if best is None or scores[best] == 0:
        return Keep() if scene.owners else Nothing()
    if best != owner:
        return Transfer(to_id=best)
    near = [it for it in scene.parties if it not in scene.owners and scores[it] >= rules.share_above * scores[best]]
    return Share(collaborators=tuple(near)) if near else Keep()
