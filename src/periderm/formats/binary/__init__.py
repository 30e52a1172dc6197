"""What executables tell of themselves: Go's build information, Rust's audit data, and programs known by their strings."""
