/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The floor for what a sensor adds to every system call: a program on the same tracepoint that does nothing. */
#include "../bpf/kernel.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("tp_btf/sys_exit") int BPF_PROG(empty, struct pt_regs *regs, long ret)
{
	return 0;
}
