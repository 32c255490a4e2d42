# What `oneowner demo` tells.

demo-begins = OneOwner, a demonstration: everything below happens on a throw-away installation and is gone afterwards.
demo-organisation = Entered: { $regions } regions, { $teams } teams, { $reps } reps. Now the sample's leads come in over HTTP.
demo-submitting = Submitting leads
demo-progress = { $what }: { $done } of { $total }
demo-comma = {", "}
demo-leads = leads
demo-customers = customers
demo-why = why

demo-outcomes = { $leads } leads in { $seconds } s ({ $rate } a second)
demo-outcome-new = new customers, each with an owner or in a queue
demo-outcome-duplicate = duplicates of a customer who is known already
demo-outcome-retry = sent a second time, and answered as the first time
demo-outcome-doubt = in doubt: a person is asked
demo-outcome-refused = refused, field by field

demo-refused = Refused, and what the sender was told
demo-field = field
demo-rule = rule
demo-example = for example

demo-owners = Who owns what
demo-region = region
demo-waiting = waiting
demo-owned-by = owned by
demo-no-region = (no region)

demo-queues = Waiting for an owner, and why
demo-queue = queue
demo-pool = Public pool

demo-recognised = Recognised although written differently
demo-came-in = came in as
demo-known-as = is the customer
demo-matched-on = same
demo-owner = owner
demo-typed-by = (typed in by { $rep })

demo-doubts = In doubt, so nobody is registered twice and nobody is merged by mistake
demo-may-be = may be

demo-month = A trade-show customer, { $customer }: { $owner } has 30 days
demo-day = day
demo-date = date
demo-falls-due = if nobody follows up
demo-happened = what happened
demo-month-passed = 30 days go by on this customer's clock, with the policy that ships.
demo-decision = Why { $owner }? The stored decision, under policy { $policy }:
demo-method = method
demo-came-of-it = what came of it
demo-chosen = { $rep }
demo-chosen-among = { $rep }, whose last turn among { $considered } lies furthest back

demo-confirmation = A person settles a doubt
demo-asked = A lead has the name of { $customer } and another credit code. { $rep }, who owns that customer, is asked: the same?
demo-confirmed = { $rep }: no, another company. It is registered as a customer of its own and belongs to { $owner }.

demo-end = The end
demo-kept = As promised: every row of the sample came out as its column `expect` says, every customer has exactly one owner or one queue, and no two share an identifier.
demo-broken = NOT as promised: { $count } differences
demo-row-differs = line { $line } ({ $kind }): should be { $expect }, was { $status } { $answer }
demo-customer-lost = { $id } was registered and is not among the customers
demo-customer-unasked = { $id } is among the customers and nobody registered it
demo-not-one-place = { $id } has owner { $owner } and queue { $queue }
demo-shared = { $ids } share an identifier: { $kind }
demo-month-differs = should have happened: { $due }; happened: { $happened }
demo-not-reassigned = { $id } was not given to another owner
demo-confirmation-differs = a lead confirmed as a new customer came out as { $outcome }

# Codes of decisions in words.

method-named-contact = contact named by the customer
method-show-contact = rep on the stand
method-referrer-owner = owner of the referring customer
method-sticky = an earlier owner in the same group
method-designated = designated by management
method-rotation = rotation by turns
method-least-loaded = whoever has the fewest customers
method-territory = sales territory
method-vertical = who knows the industry
method-best-match = best match

reason-chosen = chosen
reason-not-named = nobody was named
reason-unknown-rep = the named rep is unknown
reason-inactive = the rep has left
reason-on-leave = the rep is on leave
reason-off-duty = the rep is off duty at this hour
reason-excluded = the rep must not get this customer
reason-at-daily-cap = the rep got as many customers as a day allows
reason-at-total-cap = the rep has as many customers as they may have
reason-no-referrer = the referring customer is unknown
reason-referrer-has-no-owner = the referring customer has no owner
reason-referral-cycle = the referrals go round in a circle
reason-no-earlier-owner = nobody owns a customer of the same group
reason-no-region = the region is unknown
reason-no-territory = no rep works this region
reason-no-industry = the industry is unknown
reason-no-specialist = no rep knows this industry
reason-pool-empty = nobody is in the rotation pool
reason-nobody-on-duty = none of the reps is on duty
reason-all-at-cap = all reps are at their cap
reason-score-too-low = nobody fits well enough
reason-needs-designation = management has to designate an owner
reason-no-match = nobody like this is known
reason-certain-match = a customer has the same identifier
reason-several-customers = points at several customers
reason-waiting-lead = another lead like this one is in doubt
reason-conflicting-identifier = alike, but the credit codes differ
reason-possible-match = alike, but not for certain
reason-confirmed = a person said so
reason-placeholder = stands for nobody

key-uscc = credit code (USCC)
key-tax-id = tax number
key-mobile = mobile number
key-email = e-mail address
key-name-region = name and region
key-phone = phone number
key-name = company name
key-domain = domain

stage-follow-up-warning = the owner is warned
stage-follow-up-escalated = the manager is told
stage-follow-up-expired = the customer goes to another owner
