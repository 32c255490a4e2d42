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
