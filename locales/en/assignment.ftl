# Why somebody got a customer, or nobody did: `oneowner explain`, GET /v1/customers/…/assignments, the preview.

explained-owner = { $owner } got it by the method “{ $method }” of the rule { $rule }
explained-queue = It waits in { $queue } by the rule { $rule }: { $reason }
explained-trial = { $method }: { $reason }

assign-method-named-contact = named contact
assign-method-show-contact = rep on the stand
assign-method-referrer-owner = owner of the referring customer
assign-method-sticky = owner in the same group
assign-method-designated = designated rep
assign-method-rotation = rotation
assign-method-least-loaded = fewest customers
assign-method-territory = sales territory
assign-method-vertical = industry expertise
assign-method-best-match = best match

dimension-region = region
dimension-vertical = industry
dimension-language = language
dimension-deal-size = deal size
dimension-success = success
dimension-load = load

assign-reason-chosen = chosen
assign-reason-not-named = nobody was named
assign-reason-unknown-rep = there is no such rep
assign-reason-inactive = no longer active
assign-reason-on-leave = on leave
assign-reason-off-duty = outside working hours
assign-reason-excluded = must not get this customer again
assign-reason-at-daily-cap = the daily cap is reached
assign-reason-at-total-cap = the total cap is reached
assign-reason-no-referrer = nobody referred the customer
assign-reason-referrer-has-no-owner = the referring customer has no owner
assign-reason-referral-cycle = the referrals form a circle
assign-reason-no-earlier-owner = nobody owns or owned a customer of the group
assign-reason-no-region = the region is not known
assign-reason-no-territory = nobody works there
assign-reason-no-industry = the industry is not known
assign-reason-no-specialist = nobody knows the industry
assign-reason-pool-empty = there is nobody in the pool
assign-reason-nobody-on-duty = nobody can take it now
assign-reason-all-at-cap = everybody's cap is reached
assign-reason-score-too-low = the best score is too low
assign-reason-needs-designation = management must designate somebody

# What a rule's condition looks at, and how it failed.
case-customer-type = the customer's type
case-region = the region
case-division = the division
case-postcode = the postcode
case-industry = the industry
case-source = the source
case-language = the language
case-level = the level
case-stage = the stage
case-need = the need
case-show = the show
case-amount = the amount
case-named-contact = the named contact
case-show-contact = the rep on the stand
case-referrer = the referrer
case-group = the group
unmet-equals = { $field } is not { $wanted }
unmet-in = { $field } is none of { $wanted }
unmet-within = { $field } does not lie within { $wanted }
unmet-matches = { $field } does not contain { $wanted }
unmet-at-least = { $field } is less than { $wanted } or not known
unmet-at-most = { $field } is more than { $wanted } or not known
unmet-present-true = { $field } is not known
unmet-present-false = { $field } is known
unmet-not = what must not hold does

# `oneowner explain`
explain-heading = { $at }  { $event } ({ $policy })
explain-place-owner = with { $owner } from then on
explain-place-queue = in { $queue } from then on
explain-approval = by the approval { $approval }
explain-given-reason = reason given: { $reason }
explain-rule = rule { $rule }: applies
explain-passed = rule { $rule }: { $text }
explain-among = among { $among }
explain-considered = considered: { $reps }
explain-passed-over = { $rep }: { $text }
explain-score = { $rep }: { $scores }
explain-none = Nothing was ever assigned
