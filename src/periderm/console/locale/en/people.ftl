# Signing in, one's own account, people and their rights, sessions, tokens, the audit log.
account-name = Name
password = Password
one-time-code = One-time code
one-time-code-help = Six digits from your authenticator app, or a recovery code. Leave it empty if your account asks for none.
sign-in-refused = The name, the password or the code is wrong.
sign-in-wait = { $n ->
    [one] Too many sign-ins failed. Wait a minute, use a browser that has signed in here before, or ask for a link.
   *[other] Too many sign-ins failed. Wait { $n } minutes, use a browser that has signed in here before, or ask for a link.
 }
sign-in-by-link = By a link
nav-people = People
nav-sign-ins = Who is signed in
nav-audit = Audit log
nav-account = Your account
people-lead = Who may sign in, and what they may do. A right holds everywhere, or for a part: an application, an environment, a label.
people-none = Nobody has an account. The machine's owner signs in by a link; everyone else needs an account.
person-new = Add somebody
person-add = Add
person-made = { $name } was added, or may come in again.
person-link = Give them this link. It works once, within a day; then they set a password under “Your account”.
service-token = A service signs in nowhere; it needs a token:
full-name = Full name
account-kind = Kind
kind-person = a person
kind-service = a service (a program with tokens)
account-disabled = disabled
account-lead = You are { $name }. You may:
account-owner = You signed in as the machine's owner, by a link that only they can print. The owner has no account, password or tokens. For daily work, make an account:
col-groups = Groups
col-members = Members
col-comes-by = Comes in by
col-signed-in = Last signed in
col-from = From
col-browser = Browser
col-began = Began
col-seen-last = Seen
col-what-for = What uses it
col-used = Last used
col-number = No
col-when = When
col-who = Who
col-action = Action
col-subject = On what
may-nothing = nothing
may-read = read
may-respond = respond
may-policy = decide policies
may-admin = administer
comes-token = { $n ->
    [0] no token yet
    [one] one token
   *[other] { $n } tokens
 }
comes-password = password
comes-link = link only
comes-code = code
role-viewer = reads;
role-responder = reads and responds;
role-policy-author = reads, and decides policies, exceptions and baselines;
role-admin = does everything, everywhere.
roles-help = One in a line.
change = Change
save = Save
make-link = Make a sign-in link
enable = Enable
disable = Disable, and end sessions
reset-credentials = Take password and codes away
end-it = End it
the-owner = the machine's owner
how-link = link
how-password = password
how-identity = single sign-on
sign-ins-lead = { $n ->
    [one] One session is open.
   *[other] { $n } sessions are open.
 }
audit-lead = { $n ->
    [0] Nothing matches.
    [one] One entry: who did what.
   *[other] { $n } entries: who did what, the latest first. Nothing here can be changed or removed.
 }
audit-none = Nothing was noted.
audit-check = Check that the log is whole
audit-whole = The log is whole: all { $n } entries follow from one another.
audit-broken = The log does not hold from entry { $at } on ({ $n } hold before it):
audit-keep = Keep this elsewhere: with it a later check finds out if the log was cut or written anew.
audit-search = Search the log
audit-show = Show
password-current = Current password
password-new = New password
password-again = The same again
password-none = You have no password yet: you came in by a link.
password-help = At least 12 characters; a sentence is easy to remember. All your sessions end, and you sign in with the new one.
one-time-codes = One-time codes
codes-off = Only your password lets you in. With codes from a telephone, a stolen password is not enough.
codes-need = Set a password first.
codes-begin = Set up one-time codes
codes-type = Type this secret into an authenticator app, then give the code that it shows.
codes-open = Open it in an app on this device
codes-confirm = Switch codes on
codes-on = { $n ->
    [0] A code is asked for when you sign in. No recovery code is left.
    [one] A code is asked for when you sign in. One recovery code is left.
   *[other] A code is asked for when you sign in. { $n } recovery codes are left.
 }
codes-end = Switch codes off
recovery-codes = Recovery codes
recovery-help = Keep these where you find them without your telephone. Each lets you in once. They are shown this once.
tokens = Tokens
tokens-lead = A program asks the API with a token, as you, and never with more rights than you have.
token-made = The token. It is shown this once:
token-part = Only for a part
token-days = Days
token-make = Make a token
take-back = Take back
col-rights = May
col-came-by = Came by
col-noted = Detail
end-all = { $n ->
    [one] End the session
   *[other] End all { $n } sessions
}
end-others = { $n ->
    [one] End my other session
   *[other] End my { $n } other sessions
}
tokens-all-lead = Tokens of everybody. One that is taken back works no more, from its next request on.
tokens-none = There are no tokens.
