# Access: users, keys, refusals.

problem-in-anothers-name = In another's name
    .detail = You can only say what you did yourself, or, as a manager, what somebody in your teams did.
problem-sign-in-elsewhere = Sign in elsewhere
    .detail = Users of this installation sign in at { $issuer }.
problem-too-many-requests = Too many requests
    .detail = Wait for the time in Retry-After.
problem-unknown-user = Unknown user
    .detail = The token is good, but whom it names is not, or no longer, a user here. Ask an administrator.
problem-wrong-credentials = Wrong user or password
    .detail = No active user has this name and this password.

rule-role-not-human = must not be system, which is the role of API keys
rule-team-below = must not be the team itself, nor one below it
rule-user-reserved = is reserved; choose another id
rule-person-missing = must name the rep whom a rep or a manager is
rule-scope-not-a-systems = must be permissions that a system may have
rule-expires-in-past = must lie ahead

login-password = Password
login-new-password = The new password (12 characters or more)
login-kept = Signed in. The token is in { $file }, readable by you only.
