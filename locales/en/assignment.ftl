# Why somebody got a customer, or nobody did: `oneowner explain`, GET /v1/customers/…/assignments, the preview.

explained-owner = { $owner } got it by the method “{ $method }” of the rule { $rule }
explained-queue = It waits in { $queue } by the rule { $rule }: { $reason }
explained-trial = { $method }: { $reason }

method-named-contact = named contact
method-show-contact = rep on the stand
method-referrer-owner = owner of the referring customer
method-sticky = owner in the same group
method-designated = designated rep
method-rotation = rotation
method-least-loaded = fewest customers
method-territory = sales territory
method-vertical = industry expertise
method-best-match = best match

dimension-region = region
dimension-vertical = industry
dimension-language = language
dimension-deal-size = deal size
dimension-success = success
dimension-load = load

reason-chosen = chosen
reason-not-named = nobody was named
reason-unknown-rep = there is no such rep
reason-inactive = no longer active
reason-on-leave = on leave
reason-off-duty = outside working hours
reason-excluded = must not get this customer again
reason-at-daily-cap = the daily cap is reached
reason-at-total-cap = the total cap is reached
reason-no-referrer = nobody referred the customer
reason-referrer-has-no-owner = the referring customer has no owner
reason-referral-cycle = the referrals form a circle
reason-no-earlier-owner = nobody owns or owned a customer of the group
reason-no-region = the region is not known
reason-no-territory = nobody works there
reason-no-industry = the industry is not known
reason-no-specialist = nobody knows the industry
reason-pool-empty = there is nobody in the pool
reason-nobody-on-duty = nobody can take it now
reason-all-at-cap = everybody's cap is reached
reason-score-too-low = the best score is too low
reason-needs-designation = management must designate somebody

# What a rule's condition looks at, and how it failed.
case-customer-type = the customer's type
case-region = the region
case-division = the division
case-postcode = the postcode
case-industry = the industry
case-source = the source
case-language = the language
case-level = the level
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
explain-place-owner = now with { $owner }
explain-place-queue = now in { $queue }
explain-rule = rule { $rule }: applies
explain-passed = rule { $rule }: { $text }
explain-among = among { $among }
explain-considered = considered: { $reps }
explain-passed-over = { $rep }: { $text }
explain-score = { $rep }: { $scores }
explain-none = Nothing was ever assigned
