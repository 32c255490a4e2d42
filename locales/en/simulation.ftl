# A made-up year of a sales organisation, with OneOwner and without it: `oneowner simulate` and its report.

simulation-title = A simulated year
simulation-about = { $reps } reps, { $customers } real customers, { $months } months, seed { $seed }, policy { $policy }. All people, customers and habits are made up.
simulation-working = Simulating
simulation-written = Written: { $file }
simulation-not-written = { $file } cannot be written: { $reason }
simulation-not-readable = The policy { $file } cannot be read.
simulation-collisions = Two reps chasing one customer
simulation-month = month
simulation-customers = customers
simulation-without = without OneOwner
simulation-with = with OneOwner
simulation-cases = cases
simulation-case-rate = cases / customers
simulation-mean = mean of the months
simulation-target = Target: under { $target } a month. On the mean of the months, real chases { $chases ->
    [met] meet it
   *[missed] miss it
    }, cases opened { $cases ->
    [met] meet it
   *[missed] miss it
    }.
simulation-reduction = Real chases: { $without } without OneOwner, { $with } with it: { $reduction } fewer. What the field claims is { $claim }.
simulation-why = What the second rep came by
simulation-why-address_book = address book
simulation-why-called = a call without looking
simulation-why-claimed = claimed from the pool
simulation-why-double_record = a second record of one customer
simulation-why-entered = a lead of their own
simulation-why-form = the customer's form
simulation-why-reassigned = reassigned
simulation-why-referred = referred
simulation-why-show = a trade show
simulation-why-wish = the customer's wish
simulation-detectors = Detectors
simulation-detector = detector
simulation-sightings = seen
simulation-precision = precision
simulation-meetings = to be seen
simulation-recall = recall
simulation-by-others = seen by others
simulation-silenced = silenced
simulation-false = why wrong
simulation-wrong-good_faith = { $number } in good faith
simulation-wrong-other_customer = { $number } another customer
simulation-wrong-nobody_chased = { $number } nobody else active
simulation-records = { $real } real customers became { $records } records; { $doubled } of them have several, { $mixed } records stand for several.
simulation-never = never
simulation-note-detectors = Precision: of what a detector saw, where two reps were really on one customer. Recall: of what it ought to have seen, what it saw; silenced is what came soon after a case of the same reps was settled, as the policy wants it.
simulation-note-invented = Habits, mistakes and how often anything happens are invented, and they decide the collision rates. Compare the two columns with each other; do not expect them of your own company.
