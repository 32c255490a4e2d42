# Problems: the title, and as "detail" what happened and what to do about it.

problem-already-exists = Already exists
    .detail = This id is taken. Choose another, or change what is there.
problem-already-merged = Already merged
    .detail = This customer was merged into { $about }. Send your request with that id.
problem-body-too-large = Body too large
    .detail = A request may have a body of at most { $limit } bytes.
problem-claim-cap-reached = Claim cap reached
    .detail = { $period ->
        [day] This rep has claimed the { $limit } customers that the pool { $pool } allows in a day.
       *[total] This rep owns { $limit } customers claimed from the pool { $pool }, as many as it allows.
    }
problem-cooling-off = Cooling off
    .detail = The previous owner may claim this customer from the pool { $pool } again from { $until } on.
problem-conflicting-identifier = Conflicting identifiers
    .detail = Each of the two has another { $about }, of which a customer has but one. Correct one of them first, or force the merge and say why.
problem-customer-already-owned = Customer already owned
    .detail = This customer has an owner and cannot be claimed.
problem-customer-in-pool = Customer in a pool
    .detail = This customer is in a public pool; claim it there.
problem-customer-in-queue = Customer in a queue
    .detail = This customer waits for somebody to decide who gets it and cannot be claimed.
problem-forbidden = Forbidden
    .detail = Your role does not allow this.
problem-idempotency-key-reused = Idempotency-Key reused
    .detail = This Idempotency-Key came with another request before. Use a new key for a new request.
problem-identifier-in-use = Identifier in use
    .detail = Another customer has one of these identifiers.
problem-internal = Internal error
    .detail = Something went wrong on our side. The log has more under this answer's X-Request-ID.
problem-invalid = Invalid request
    .detail = { $count ->
        [one] One field breaks a rule; see "errors".
       *[other] { $count } fields break a rule; see "errors".
    }
problem-invalid-cursor = Invalid cursor
    .detail = This cursor is not one that this list gave out. Begin again without a cursor.
problem-item-decided = Decided already
    .detail = It was decided that this belongs to { $about }.
problem-later-merge = A later merge builds on it
    .detail = Merge { $about } came later and builds on this one. Undo that one first.
problem-lead-in-progress = Lead in progress
    .detail = This lead is being worked on at this moment. Ask again shortly.
problem-malformed-body = Malformed body
    .detail = The body is not JSON in UTF-8, or nested too deeply.
problem-method-not-allowed = Method not allowed
    .detail = This address does not know this method; the Allow header names those that it knows.
problem-not-a-candidate = Not a candidate
    .detail = This customer is not among those that the lead may be.
problem-not-a-side = Neither side
    .detail = { $about } is neither of the two customers, nor does it have the identifier in question.
problem-not-found = Not found
    .detail = There is nothing at this address.
problem-not-merged = Not merged
    .detail = This merge has been undone already.
problem-not-the-owner = Not the owner
    .detail = Only the owner of a customer can do this.
problem-not-your-pool = Not your pool
    .detail = Only reps who cover the region { $region } may claim this customer from the pool { $pool }.
problem-policy-not-scheduled = Not scheduled
    .detail = This version is not to come into force later: it never was, or it is in force already.
problem-ownership-stays = A change of hands stays
    .detail = A change of hands can only be said to stay with { $about }. Have the other customer claimed, released or assigned instead.
problem-precondition-required = If-Match required
    .detail = Send the ETag of the version that you saw in an If-Match header.
problem-rep-at-cap = Rep at their cap
    .detail = This rep owns as many customers as their total cap allows.
problem-rep-not-available = Rep not available
    .detail = This rep is unknown, on leave or no longer active.
problem-too-many-commitments = Too many commitments
    .detail = A customer may have { $limit } open contracts and opportunities. Close those that are over.
problem-same-customer = The same customer
    .detail = A customer cannot absorb itself. Name another one.
problem-unauthenticated = Token required
    .detail = Send a valid token in an Authorization header: Bearer, a space, the token.
problem-unavailable = Unavailable for a moment
    .detail = A part that is needed for this does not answer. Send the same request again after the time in Retry-After.
problem-unknown-customer = Unknown customer
    .detail = There is no customer with this id.
problem-unknown-item = Unknown item
    .detail = Nothing with the number { $about } was asked about this merge.
problem-unknown-merge = Unknown merge
    .detail = There is no merge { $about } of this customer.
problem-unknown-rep = Unknown rep
    .detail = There is no rep with this id.
problem-unsupported-media-type = Unsupported media type
    .detail = Send JSON and say so: Content-Type: application/json. A file of customers is text/csv or XLSX.
problem-version-mismatch = Changed meanwhile
    .detail = Somebody changed this since you read it. Read it again and repeat your change.

# Rules that a field can break, by their code.

rule-activation-in-past = must not be in the past
rule-address-too-long = is too long for an address
rule-bool-parsing = must be true or false
rule-bool-type = must be true or false
rule-calendar-range = must not lie before from, and at most 366 days may be asked for
rule-calendar-unknown = names a calendar that the policy does not have
rule-company-name-too-long = is too long for a company's name
rule-control-character = must not contain control characters
rule-customer-id-unexpected = may only be given with the answer "same"
rule-customer-unknown = names a customer that does not exist
rule-date-from-datetime-inexact = must be a date without a time
rule-date-from-datetime-parsing = must be a date such as 2026-11-23
rule-date-parsing = must be a date such as 2026-11-23
rule-date-type = must be a date such as 2026-11-23
rule-datetime-from-date-parsing = must be a date and time with a time zone, such as 2026-11-23T09:30:00+08:00
rule-datetime-object-invalid = must be a date and time with a time zone, such as 2026-11-23T09:30:00+08:00
rule-datetime-parsing = must be a date and time with a time zone, such as 2026-11-23T09:30:00+08:00
rule-datetime-type = must be a date and time with a time zone, such as 2026-11-23T09:30:00+08:00
rule-decimal-max-digits = must have at most { $max_digits } digits
rule-decimal-max-places = must have at most { $decimal_places } digits after the decimal point
rule-decimal-parsing = must be a decimal number
rule-decimal-type = must be a decimal number
rule-decimal-whole-digits = must have at most { $whole_digits } digits before the decimal point
rule-dict-type = must be an object
rule-email-invalid = must be an e-mail address
rule-enum = must be one of { $expected }
rule-extra-forbidden = is not a field that is known here
rule-finite-number = must be a finite number
rule-float-parsing = must be a number
rule-float-type = must be a number
rule-greater-than = must be more than { $gt }
rule-greater-than-equal = must be at least { $ge }
rule-identity-missing = one of company, person, phones or emails is needed to say who the customer is
rule-int-from-float = must be a whole number
rule-int-parsing = must be a whole number
rule-int-parsing-size = is too large a number
rule-int-type = must be a whole number
rule-leave-ends-too-soon = must come after the leave begins
rule-less-than = must be less than { $lt }
rule-less-than-equal = must be at most { $le }
rule-list-type = must be a list
rule-literal-error = must be one of { $expected }
rule-missing = is required
rule-model-attributes-type = must be an object
rule-model-type = must be an object
rule-move-field = { $field } must be given for { $kind }, and for no other kind of move
rule-move-keeps = nobody who leaves keeps a customer: keep must be empty
rule-none-required = must be null
rule-one-policy-only = only one of policy and content may be given
rule-person-name-too-long = is too long for a person's name
rule-phone-area-code-missing = must have an area code
rule-phone-invalid = must be a telephone number
rule-policy-unknown = names no stored version of the policy
rule-referrer-unknown = must name a customer by id, company or contact
rule-region-inactive = names a region that is not active
rule-region-unknown = must be a region that is known, by its ISO 3166-2 code
rule-rep-inactive = names a rep who is not active
rule-rep-own-successor = names the rep as their own successor
rule-rep-unknown = names a rep that does not exist
rule-string-pattern-mismatch = contains characters that are not allowed here (pattern: { $pattern })
rule-string-too-long = must have at most { $max_length } characters
rule-string-too-short = { $min_length ->
    [one] must not be empty
   *[other] must have at least { $min_length } characters
}
rule-string-type = must be text
rule-string-unicode = must be valid Unicode text
rule-tax-id-invalid = must be a tax number
rule-team-inactive = names a team that is not active
rule-team-unknown = names a team that does not exist
rule-text-too-long = is too long
rule-time-out-of-range = must lie between the years 1900 and 2999
rule-timezone-aware = must have a time zone, such as +08:00
rule-too-long = must have at most { $max_length } entries
rule-too-short = { $min_length ->
    [one] must have at least one entry
   *[other] must have at least { $min_length } entries
}
rule-tuple-type = must be a list
rule-uscc-characters = may contain digits and capital letters without I, O, S, V and Z only
rule-uscc-check-digit = ends with a wrong check character: the code was mistyped somewhere
rule-uscc-length = must have 18 characters
rule-value-error = is not valid here
rule-wrong-type = is of a type that is not allowed here
