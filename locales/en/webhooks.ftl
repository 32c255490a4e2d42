# Webhooks and deliveries.

problem-webhook-off = Endpoint is off
    .detail = Nothing is sent to an endpoint that is off. Turn it on first: PATCH it with "enabled": true.

rule-url-invalid = must be a URL such as https://crm.example.com/hooks
rule-url-not-https = must begin with https:// here (ONEOWNER_WEBHOOKS_PRIVATE allows http)
rule-url-with-credentials = must not hold a user or a password
rule-url-port = must not name this port: 443, and 1024 or above, are allowed
rule-url-private = leads to this machine, into a private network or to a cloud's metadata (ONEOWNER_WEBHOOKS_PRIVATE allows private networks)
rule-webhook-kind-unknown = names a kind of event that does not exist; customer.… and lead.… are in the documentation of webhooks

permission-webhooks-read = See webhooks and what was sent to them
permission-webhooks-change = Add, change, try and delete webhooks, send again

webhook-disabled = A webhook was turned off
    .body = { $reason ->
        [gone] The endpoint { $webhook } answered that it no longer exists (410). It was turned off.
       *[failing] Nothing could be delivered to the endpoint { $webhook } for three days. It was turned off.
    } What comes up is parked. Once the endpoint works again, turn it on and have everything sent again.
