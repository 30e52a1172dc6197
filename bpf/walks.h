/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* When a task is compared with what is known of it: at fork, at exec, and in walks over all tasks. */
#ifndef PERIDERM_WALKS_H
#define PERIDERM_WALKS_H
#include "tasks.h"

/* Programs of their own, after those that tell of the exec and the fork: the depth of the stack is limited. */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec_known, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	return compare(LANE_EXEC, AT_EXEC, bprm->file->f_inode->i_mode, BPF_CORE_READ_BITFIELD(bprm, secureexec));
}

SEC("tp_btf/task_newtask") int BPF_PROG(on_fork_known, struct task_struct *child, u64 flags)
{
	if (child->flags & PF_KTHREAD)
		return 0;
	compare(LANE_FORK, AT_FORK, 0, 0);
	begin_known(child);
	return 0;
}

/* Its program is known to those that it starts later. */
static __always_inline void learn_existing(struct task_struct *task)
{
	struct control *control = get_control();
	struct scratch *s = scratch(LANE_WALK);

	if (control && s)
		learn_executable(s, exe_key(control, task), exe_of(task));
}

/* Read once at start: the processes that are there already get their state; user space tells of them from /proc. */
SEC("iter/task") int on_existing(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct process_state *state;

	if (!task || task->pid != task->tgid || (task->flags & PF_KTHREAD))
		return 0;
	state = bpf_task_storage_get(&processes, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!state)
		return 0;
	if (!(state->flags & S_UID))
		state->flags |= session_flag(task, bpf_task_storage_get(&processes, task->real_parent, 0, 0));
	state->uid = task->cred->euid.val;
	learn_existing(task);
	state->flags = (state->flags & ~(S_FORK_HELD | S_EXEC_HELD)) | S_EVER | S_UID;
	return 0;
}

/* Read every few seconds: what a task has against what is known of it. */
SEC("iter/task") int on_walk(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;

	if (task && !(task->flags & PF_KTHREAD))
		walk_known(task);
	return 0;
}
#endif
