# What other systems report.

inbound-call = { $direction ->
    [inbound] The customer called
   *[outbound] Called the customer
}; spoke for { $minutes } min { $seconds } s (reported by the telephone system)
inbound-email = The customer answered an e-mail (seen in the mailbox; its text is not kept)

problem-signature-not-accepted = Not accepted
    .detail = There is no such connector, or what was sent is not signed as its connector wants it, or too long ago.
problem-report-names-nobody = Nobody is named
    .detail = Nothing in the report says who it is, so that no lead can be made of it. Submit a lead, then say which customer it is.
problem-report-resolved = Has become something
    .detail = The report has become something already, or somebody said something else of it.

rule-kind-not-allowed = is not for this connector to report
rule-line-invalid = must be a telephone number, an extension or an e-mail address
rule-line-in-use = is another rep's
rule-secret-missing = must be given: only the other system has it
rule-secret-made-here = must not be given: it is made here
rule-connector-kind-stays = cannot change; make another connector
rule-customer-id-not-asked = may only be given with `customer`

permission-connectors-read = See connectors
permission-connectors-change = Make, change, rotate and revoke connectors
permission-inbound-read = See what other systems reported
permission-inbound-resolve = Say whom a report is about
