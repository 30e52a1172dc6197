"""How narrowly a workload can be run, in the words of what will run it: seccomp, AppArmor, Kubernetes, podman, docker."""
