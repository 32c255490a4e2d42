# Approvals: what people decide.

problem-administrators-only = Administrators only
    .detail = Only an administrator may have the substitutes asked at once.
problem-already-asked = Asked already
    .detail = { $about } is asked in this step anyway. Name somebody else.
problem-approval-decided = Decided already
    .detail = This request is { $outcome }: nothing can be decided about it any more.
problem-approval-not-offered = Not to be requested
    .detail = The policy has no chain of approval for { $request }.
problem-approval-not-returned = Not returned
    .detail = Nobody has returned this request with questions, so that there is nothing to resubmit.
problem-approval-returned = With the requester
    .detail = This request was returned with questions. It can be decided once it has been resubmitted.
problem-four-eyes = Your own request
    .detail = Whoever asked for something, gains from it, or speaks for either does not decide about it.
problem-link-invalid = Invalid link
    .detail = This link was not given out here, was changed, or is too old. Decide in the application instead.
problem-link-outdated = Outdated link
    .detail = This link is about a step that is over. Look at the request anew.
problem-link-used = Link used
    .detail = Somebody has decided otherwise with this link, which works once.
problem-no-approver = Nobody to decide
    .detail = Nobody can be asked in the step { $step }: the policy names { $approver }, and there is no such person who may decide.
problem-not-asked = Not asked
    .detail = You are not among those whose word is waited for now.
problem-not-the-requester = Not the requester
    .detail = Only whoever made the request can do this.
problem-reason-required = Reason required
    .detail = The policy wants a reason for this: { $action }.
problem-too-many-steps = Too many steps
    .detail = A chain has at most { $limit } steps.
problem-unknown-approval = Unknown request
    .detail = There is no request with this id.

# What may be asked for, by kind.
approval-kind-transfer = Transfer of a customer
approval-kind-share = Share of a customer
approval-kind-key-account = Owner of a key account
approval-kind-referral = Referral to another region
approval-kind-merge = Merge of two customers
approval-kind-unmerge = Undoing of a merge
approval-kind-reassign = Reassignment
approval-kind-exception = Claim beyond a cap or a cool-off period

# How far a request has come.
approval-status-pending = Waits for a decision
approval-status-returned = Returned with questions
approval-status-approved = Approved
approval-status-applied = Approved and done
approval-status-overtaken = Approved, but overtaken by events
approval-status-rejected = Rejected
approval-status-recalled = Recalled
approval-status-expired = Expired

# Rules of requests.
rule-not-yourself = must be yourself: nobody asks in somebody else's name
rule-one-customer-only = must name one customer only
rule-repeated = must not name anything twice
