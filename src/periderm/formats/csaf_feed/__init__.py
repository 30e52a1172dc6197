"""Red Hat's and SUSE's vulnerability feeds: one CSAF 2.0 document (VEX profile) for each CVE. They share the document's
form and differ in how they name products; statements about other people's products are another format's affair."""
