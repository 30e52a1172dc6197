/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Signals that a process sends to another one, at the place in the kernel where all calls meet: kill, tkill, tgkill,
 * pidfd_send_signal, rt_sigqueueinfo. What the kernel itself sends, and what goes to the sender, is let go. */
#ifndef PERIDERM_SIGNALS_H
#define PERIDERM_SIGNALS_H
#include "dns.h"

#define SI_KERNEL_FIRST (-5) /* SI_TIMER -2 to SI_SIGIO -5 come from the kernel */
#define SI_KERNEL_LAST (-2)
#define SI_DETHREAD (-7)

SEC("tp_btf/signal_generate")
int BPF_PROG(on_signal, int sig, struct kernel_siginfo *info, struct task_struct *target, int group, int result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct control *control = get_control();
	u64 where = (u64)info, key, pending;
	struct file *exe;
	struct scratch *s;
	struct who w = {};
	int code = 1;

	if (where <= 1 || sig <= 0 || task->tgid == target->tgid || !control)
		return 0;
	bpf_probe_read_kernel(&code, sizeof(code), (void *)(where + bpf_core_field_offset(struct kernel_siginfo, si_code)));
	if (code > 0 || (code >= SI_KERNEL_FIRST && code <= SI_KERNEL_LAST) || code == SI_DETHREAD)
		return 0;
	if (!admit(&w, task))
		return 0;
	know(&w, 0);
	exe = exe_of(target->group_leader);
	key = mix(w.base, K_SIGNAL | (u64)sig << 8);
	key = exe ? file_identity(control, key, exe) : key;
	if (sig == 9 || sig == 15 || sig == 19) /* an end or a stop is told for each */
		key = mix(key, process_key(target->group_leader));
	if (folded(key, &pending))
		return 0;
	s = scratch(LANE_SIGNAL);
	if (!s)
		return 0;
	fill(s, &w, K_SIGNAL, O_TRACEPOINT);
	s->rec.arg0 = sig;
	s->rec.arg1 = target->tgid;
	if (exe) {
		struct dentry *dentry = GET(exe, f_path.dentry);

		s->rec.text_len = put_kernel(s, GET(dentry, d_name.name), BOUND(GET(dentry, d_name.hash_len) >> 32, 255));
	} else {
		long got = bpf_probe_read_kernel_str(s->data, 16, target->group_leader->comm);

		s->rec.text_len = got > 0 ? (got - 1) & 15 : 0;
	}
	return send(s, LANE_SIGNAL, key, pending);
}
#endif
