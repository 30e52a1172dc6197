#!/usr/bin/perl
# A guest book with the fault that the attacks use: it opens what it is told to, by the form that also runs programs.
use CGI qw(:standard); use Fcntl ":flock";
my $book = "/var/www/pages/book"; print header("text/html");
if (my $file = param("file")) { chdir "/var/www/pages"; open(F, $file); print while <F>; close F; exit }
if (param("name")) { open(B, ">>", $book); flock(B, LOCK_EX); print B escapeHTML(param("name")), ": ", escapeHTML(param("text")), "\n"; close B }
open(B, "<", $book); my @all = <B>; close B; print "<h1>Guests</h1>", scalar(localtime), map { "<p>$_" } reverse @all[-20 .. -1];
