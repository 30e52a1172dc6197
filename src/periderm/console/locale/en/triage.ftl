# Who deals with what.
nav-triage = Triage
triage-lead = { $n ->
    [one] Somebody deals with one thing
   *[other] People deal with { $n } things
 }; assign incidents and findings on their own pages, or here.
triage-none = Nobody deals with anything yet. Open an incident or a finding and assign it.
search-triage = Search titles, people, tickets
trends = Risk of high and critical weaknesses, { $days ->
        [one] one day
       *[other] { $days } days
    }
trend-default = The last 30 days
trends-lead = Of { $before } that were there when these days began, { $existing } are left; { $fresh } came since and are open.
trend-existing = Existing
trend-fresh = New
trend-came = Came
trend-fixed = Fixed
trend-day = Day
as-table = As a table
handling = Who deals with it
handling-whose = Whose
handling-nobody = nobody’s
handling-due = due
handling-overdue = overdue
handling-ticket = ticket
handling-place = in all images of
handling-again = { $n ->
    [one] came back once
   *[other] came back { $n } times
 }
handling-open = open
handling-new = new
handling-assigned = assigned
handling-ticketed = ticketed
handling-accepted = accepted
handling-fixed = fixed
handling-reopened = reopened
handling-closed = closed
handling-to = To
handling-assign = Assign
handling-said = Comment
handling-comment = Say it
handling-more = Date, ticket, acceptance, closing
handling-until = Until
handling-set-due = Set the date
handling-address = Ticket’s address
handling-link = Link the ticket
handling-why = Why it may stay
handling-accept = Accept until then
handling-close = Close
handling-reopen = Reopen
ticket-in = Ticket in
ticket-make = Open a ticket
ticket-at = Ticket at { $name }:
ticket-open = open
ticket-closed = closed
ticket-asked = A ticket was asked of { $name }; it has not answered yet.
ticket-nowhere = No tracker is connected, so no ticket can be opened from here.
handling-me = Assign to me
handling-accept-hits = Accepting takes it out of what is open in all { $assets ->
    [one] { $assets } image
   *[other] { $assets } images
 } that have it, of which { $running ->
    [one] { $running } container runs
   *[other] { $running } containers run
 }.
handling-accept-more = There may be more.
handling-accept-hides = It stays in every list and count, and is open again after that day.

# What is done to all that match.
whole-link = Do something to all that match, not only to these rows
whole-incidents = All incidents that match
whole-findings = All findings that match
whole-search = The search:
whole-no-search = There is no search: this is everything.
whole-too-many = More than { $n } match, or more was looked at than is for one change. Narrow the search.
whole-count = { $n ->
    [one] One matches now.
   *[other] { $n } match now.
 }
whole-how = What matches is asked for again when you say it. If it is more than this by then, nothing is changed. The audit log tells it in one entry.
whole-back = Back to the list
