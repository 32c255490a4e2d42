# What happened to a customer, by the event's kind.
event-customer-registered = Registered as a new customer
event-owner-assigned = An owner was assigned
event-queued = Waits in a queue for an owner
event-lead-received = A further lead came in
event-follow-up-logged = A follow-up was logged
event-follow-up-warning = The owner was warned: the follow-up is almost overdue
event-follow-up-escalated = The manager was told: the follow-up is almost overdue
event-reassigned = Given to another owner
event-recycled = Recycled to the public pool
event-owner-kept = Overdue, but nobody else can take it: the owner stays
event-owner-changed = The customer named another contact, who owns it now
event-claimed = Claimed out of the public pool
event-released = Released to the public pool
event-profile-changed = The profile was corrected
event-recycling-held = Overdue, but a contract, an opportunity or a claim protects it: the owner stays for now
event-commitment-opened = A contract or an opportunity is open
event-commitment-closed = A contract or an opportunity is over
event-standing-changed = The level or the stage was changed
event-designated = Management designated an owner
event-queue-retried = Tried again: still nobody can take it
event-queue-overdue = Has waited too long: the owner of the queue is told
event-customer-merged = Merged into another customer
event-customer-absorbed = Took another customer over
event-customer-unmerged = Unmerged: a customer of its own again
event-customer-separated = A customer that it had taken over is one of its own again
event-rules-changed = Goes on by another version of the policy

# What happened to a lead, by the event's kind.
lead-event-received = Received
lead-event-asked = It may be a known customer: a person is asked
lead-event-reminded = Whoever was asked was reminded
lead-event-escalated = No answer: their manager is asked
lead-event-unsure = Somebody was not sure: a manager is asked
lead-event-answered = A person said who it is
lead-event-time-up = Time for an answer was up: the policy's default applied
lead-event-settled = Settled
