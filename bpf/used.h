/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What is used at all: the set of system calls of a container, and the capabilities of a process. Told when it is used for
 * the first time; nothing is said of how often, or with which arguments. */
#ifndef PERIDERM_USED_H
#define PERIDERM_USED_H
#include "files.h"

#define EPERM 1
#define ENOSYS 38
#define PF_KTHREAD 0x200000
#define CAP_SYS_ADMIN 21

/* Level of the process in the tree of process namespaces, and its number in its own one. */
static __always_inline u32 pid_level(struct task_struct *task, u32 *number)
{
	struct pid *pid = GET(task, thread_pid);
	u32 level = GET(pid, level);

	bpf_probe_read_kernel(number, sizeof(*number),
			      (void *)((u64)pid + bpf_core_field_offset(struct pid, numbers) +
				       level * bpf_core_type_size(struct upid)));
	return level;
}

static __always_inline struct used *slot_of(u32 mntns)
{
	u32 at = mntns & (USED_SLOTS - 1);

	return bpf_map_lookup_elem(&calls_used, &at);
}

/* At exec: the first program of a container is met before anybody knows whose it is. A process namespace of its own makes
 * the difference; user space watches the containers that have none. */
static __always_inline void watch_calls(struct who *w)
{
	struct used *slot = slot_of(w->mntns);
	u32 number;

	if (!slot || slot->mntns == w->mntns || (w->policy & P_NODE) || pid_level(w->leader, &number) == 0)
		return;
	if (slot->mntns)
		count(C_CALLS_UNWATCHED);
	else
		slot->mntns = w->mntns;
}

/* The first process of a container ends: its slot is free. */
static __always_inline void forget_calls(struct task_struct *task)
{
	u32 mntns = task->nsproxy->mnt_ns->ns.inum, number = 0;
	struct used *slot = slot_of(mntns);

	if (slot && mntns && slot->mntns == mntns && pid_level(task->group_leader, &number) && number == 1)
		__builtin_memset(slot, 0, sizeof(*slot));
}

static __always_inline u32 place_of_call(struct task_struct *task, u32 nr)
{
	return nr + (task->thread_info.status & TS_COMPAT ? COMPAT_BASE : 0);
}

/* The cheap question at the end of every call: whether it is the first of its kind here. */
static __always_inline bool first_call(struct task_struct *task, u32 nr, long ret)
{
	u32 mntns = task->nsproxy->mnt_ns->ns.inum;
	struct used *slot = slot_of(mntns);
	u32 place = place_of_call(task, nr);
	u64 word;

	if (!slot || slot->mntns != mntns || nr >= COMPAT_BASE)
		return 0;
	word = slot->used[BOUND(place >> 6, 15)];
	if (ret == -EPERM || ret == -ENOSYS)
		word |= slot->denied[BOUND(place >> 6, 15)];
	return !(word >> (place & 63) & 1);
}

/* Tells of a system call that was not used before, and goes on to the one who decodes it. What a session does is kept
 * apart: it does not make a call one of the container's own. */
SEC("tp_btf/sys_exit") int BPF_PROG(call_used, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u32 nr = regs->orig_ax, place = place_of_call(task, nr);
	struct used *slot = slot_of(task->nsproxy->mnt_ns->ns.inum);
	bool compat = task->thread_info.status & TS_COMPAT, denied = ret == -EPERM || ret == -ENOSYS;
	struct who w = {};
	struct scratch *s;
	u64 *bits, bit = 1ull << (place & 63);

	if (!slot || nr >= COMPAT_BASE || !admit(&w, task))
		goto on;
	know(&w, 0);
	if (w.state && (w.state->flags & S_SESSION))
		bits = &slot->session[BOUND(place >> 6, 15)];
	else if (denied)
		bits = &slot->denied[BOUND(place >> 6, 15)];
	else
		bits = &slot->used[BOUND(place >> 6, 15)];
	if ((*bits & bit) || ring_eighths() >= FULL_FOR_FILES) /* there is no room: the next one is told */
		goto on;
	__sync_fetch_and_or(bits, bit);
	s = scratch(LANE_EXIT_CALL);
	if (!s)
		goto on;
	fill(s, &w, K_SYSCALL_USED, compat ? O_COMPAT32 : O_SYSCALL);
	s->rec.arg0 = nr;
	if (denied) {
		s->rec.ret = ret;
		s->rec.flags |= F_FAILED;
	}
	if (send(s, LANE_EXIT_CALL, mix(mix(w.base, K_SYSCALL_USED | (u64)denied << 8), place), 0))
		__sync_fetch_and_and(bits, ~bit); /* it was lost after all */
on:
	bpf_tail_call(ctx, &handlers, compat ? 1023 : BOUND(nr, 1023));
	return 0;
}

/* To give memory (also of a file system in memory), and to start a process, the kernel asks of everybody for CAP_SYS_ADMIN,
 * and goes on without it. By number: mmap mprotect munmap brk mremap madvise shmget, clone fork vfork execve exit, exit_group
 * execveat clone3; write pwrite64 writev sendfile truncate ftruncate fallocate pwritev memfd_create copy_file_range pwritev2. */
static __always_inline bool asked_of_everybody(struct task_struct *task, u32 cap)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	u32 nr;

	if (cap != CAP_SYS_ADMIN)
		return 0;
	if (task->thread_info.status & TS_COMPAT)
		return 1;
	nr = regs->orig_ax;
	return (nr >= 9 && nr <= 12) || nr == 25 || nr == 28 || nr == 29 || (nr >= 56 && nr <= 60) || nr == 231 || nr == 322 ||
	       nr == 435 || nr == 1 || nr == 18 || nr == 20 || nr == 40 || nr == 76 || nr == 77 || nr == 285 || nr == 296 ||
	       nr == 319 || nr == 326 || nr == 328 || (s32)nr < 0;
}

/* A capability that the process has was asked for and granted: once for each program, capability and what led to it. */
SEC("tp_btf/cap_capable")
int BPF_PROG(on_capable, const struct cred *cred, struct user_namespace *target, const struct user_namespace *capable,
	     int cap, int ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct process_state *state;
	struct scratch *s;
	struct who w = {};
	u64 key, pending, bit;

	/* overlayfs and others act for a moment with credentials that are not the task's */
	if (ret || (u32)cap > 63 || (task->flags & PF_KTHREAD) || cred != task->real_cred || asked_of_everybody(task, cap))
		return 0;
	state = bpf_task_storage_get(&processes, task->group_leader, 0, 0);
	bit = 1ull << (cap & 63);
	if (!state || (state->used_caps & bit))
		return 0;
	__sync_fetch_and_or(&state->used_caps, bit);
	if (!admit(&w, task))
		return 0;
	know(&w, 0);
	key = mix(mix(w.base, K_CAPABILITY_USED), cap);
	if (folded(key, &pending))
		return 0;
	s = scratch(LANE_CAPABLE);
	if (!s)
		return 0;
	fill(s, &w, K_CAPABILITY_USED, O_TRACEPOINT);
	s->rec.arg0 = cap;
	send(s, LANE_CAPABLE, key, pending);
	return 0;
}
#endif
