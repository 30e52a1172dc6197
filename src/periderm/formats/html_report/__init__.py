"""A report as one HTML file: opens from disk, needs no script and no network, and shows nothing foreign as markup."""
