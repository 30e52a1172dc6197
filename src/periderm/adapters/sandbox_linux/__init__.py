"""`ports.sandbox.Sandbox` on Linux: fork, Landlock, seccomp, resource limits. Judges nothing."""
