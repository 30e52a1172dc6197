#!/usr/bin/perl
# Looks up the address of a depot. Written the way such scripts often are: see the mistake below.
use strict;
use warnings;

my %query;
for my $pair (split /&/, $ENV{QUERY_STRING} // '') {
    my ($name, $value) = split /=/, $pair, 2;
    next unless defined $value;
    $value =~ tr/+/ /;
    $value =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge;
    $query{$name} = $value;
}
my $host = $query{host} // 'depot-north.internal';

# Mistake (CWE-78): the visitor's text becomes part of a command. For plain words Perl starts getent itself;
# with a ';' in it Perl asks /bin/sh, which then does what the visitor wrote.
my $answer = `getent hosts $host`;

print "Content-Type: text/plain\r\n\r\n";
print length $answer ? $answer : "unknown\n";
