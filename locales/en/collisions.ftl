# Collision cases: reps who met on one customer.

problem-already-appealed = Appealed against already
    .detail = A case can be appealed against once, and that has been done.
problem-appeal-too-late = Too late to appeal
    .detail = The time in which this case could be appealed against is over.
problem-assignment-frozen = Frozen by a case
    .detail = A collision case about this customer ({ $about }) is open. Nobody new can get it until that is settled, or until { $until }.
problem-case-not-settled = Not settled
    .detail = There is nothing to appeal against: the case is not settled, or what was settled is not done yet.
problem-case-settled = Over already
    .detail = This case is over ({ $outcome }): nothing can be said or decided about it any more.
problem-nobody-met = Nobody met
    .detail = A collision takes two reps. Name those who met on the customer, beside its owner.
problem-not-a-party = Not one of the reps
    .detail = Only the reps who met on the customer can do this.
problem-not-a-risk = Not a risk
    .detail = The reps have met. Say what should become of the case instead.
problem-nothing-to-merge = Nothing to merge
    .detail = The case is not about two customers, or the one named is not among them.
problem-only-a-risk = Only a risk
    .detail = The reps have not met: there is nothing to settle. Acknowledge the risk, or call it a false alarm.
problem-outside-the-case = Outside the case
    .detail = { $about } is not one of the reps who met on the customer, or has left.
problem-resolution-incomplete = Incomplete
    .detail = The resolution lacks something: { $lacks }. A split names two reps at least, each with their products; a share of a customer without an owner says who has it.
problem-too-much-said = Too much said
    .detail = A case takes { $limit } positions at most.
problem-unknown-case = Unknown case
    .detail = There is no collision case with this id.

permission-collisions-read = See collision cases
permission-collisions-report = Report collisions
permission-collisions-settle = Take part in settling collision cases

# How far a case has come.
collision-status-open = Waits to be settled
collision-status-risk = A risk: the reps have not met yet
collision-status-settled = Settled
collision-status-dismissed = A false alarm
collision-status-expired = A risk that came to nothing
collision-status-overtaken = Overtaken by events

# What may become of the customer.
collision-option-keep = The owner keeps it
collision-option-transfer = It goes to another rep
collision-option-share = One has it, others work on it, too
collision-option-split = Each sells a product line of their own
collision-option-merge = The customers become one
collision-option-none = Nothing changes

# What people do about a case, and what was seen.
collision-act-seen = Seen
collision-act-reported = Reported by a person
collision-act-position = A position
collision-act-resolution = A decision
collision-act-appeal = An appeal
collision-act-dismissal = Called a false alarm
collision-act-acknowledgement = Acknowledged

# The rules of engagement: for whom each speaks.
engagement-customer-wish = The customer's wish
    .for = The customer asked for { $rep }.
    .nobody = The customer has not asked for either of them.
engagement-first-follow-up = The first effective follow-up
    .for = { $rep } was the first with an effective follow-up.
    .nobody = Nobody has logged an effective follow-up.
engagement-protection = The protection period
    .for = { $rep } claimed the customer and is protected for a time.
    .nobody = No protection period is on.
engagement-named-contact = The named contact
    .for = The first lead named { $rep }.
    .nobody = The first lead named neither of them.
engagement-opportunity = Open opportunities
    .for = { $rep } pursues an open opportunity or holds a contract.
    .nobody = No opportunity or contract is open.
engagement-referral = The referral
    .for = { $rep } owns the customer that referred this one.
    .nobody = No customer of theirs referred this one.
engagement-territory = The territory
    .for = Of them only { $rep } covers the customer's region.
    .nobody = The region does not tell them apart.

rule-needs-a-rep = is for callers who are reps
rule-case-hours = people must be reminded before their time is over
