# What a rep's move leaves behind that a person should see to.
move-warning-team-without-manager = The team { $about } has no manager any more: until it has one, the managers of the candidates' owners are asked
move-warning-named-in-pool = The policy's rotation pool { $about } still names the rep
move-warning-named-in-territory = The policy's territory { $about } still names the rep
move-warning-named-in-rule = The policy's rule { $about } still designates the rep
move-warning-nobody-left = { $about }: none of the reps whom the policy names there is active any more
move-warning-region-uncovered = No active rep and no territory covers the region { $about } any more
move-warning-no-successor = Nobody succeeds the rep { $about }: all customers are given by the assignment rules
move-warning-successor-not-asked = The policy does not ask a successor first: { $about } gets what the assignment rules give
