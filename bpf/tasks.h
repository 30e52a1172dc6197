/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The life of processes: fork, exec, exit, and enforcement at exec. */
#ifndef PERIDERM_TASKS_H
#define PERIDERM_TASKS_H
#include "environment.h"
#include "used.h"

#define CLONE_THREAD 0x10000
#define CLONE_NAMESPACES 0x7e020080 /* NEWTIME NEWNS NEWCGROUP NEWUTS NEWIPC NEWUSER NEWPID NEWNET */
#define SIGNAL_GROUP_EXIT 4

/* Enforcement works only while an agent is alive: its heartbeat is a CLOCK_BOOTTIME time in `control`. */
static __always_inline bool agent_alive(void)
{
	struct control *control = get_control();

	return control && control->heartbeat &&
	       bpf_ktime_get_boot_ns() - control->heartbeat < (u64)stale_after_ms * 1000000;
}

/* F_KILLED, F_WOULD_KILL or 0. Only a process in the container's own mount namespace, or in its cgroup and not in the
 * node's namespace, has a policy with kill flags: the runtime itself, before it has entered, has the node's. */
static __always_inline u32 judge(struct who *w, struct record *rec)
{
	struct file_key key = { .profile = w->profile, .device = rec->device, .inode = rec->inode };
	bool hit = ((w->policy & P_KILL_DRIFT) && (rec->flags & F_UPPER)) ||
		   ((w->policy & P_KILL_MEMORY) && (rec->flags & F_MEMORY_BACKED));

	if (!hit && (w->policy & P_KILL_LIST))
		hit = bpf_map_lookup_elem(&kill_list, &key) != 0;
	if (!hit || rec->pid == 1)
		return 0;
	if (!(w->policy & P_ENFORCE) || !agent_alive())
		return F_WOULD_KILL;
	if (bpf_send_signal(9)) {
		count(C_KILL_FAILED);
		return F_WOULD_KILL;
	}
	count(C_KILLED);
	return F_WOULD_KILL | F_KILLED;
}

static __always_inline u32 stdio_flag(struct task_struct *task)
{
	return is_socket(descriptor_file(task, 0)) || is_socket(descriptor_file(task, 1)) ||
	       is_socket(descriptor_file(task, 2)) ? F_STDIO_SOCKET : 0;
}

#define S_IFIFO 0010000

/* Inode of the pipe behind a descriptor, 0 where it is none. */
static __always_inline u32 pipe_of(struct task_struct *task, u32 fd)
{
	u64 file = descriptor_file(task, fd);
	struct inode *inode;

	if (!file)
		return 0;
	inode = GET(CAST(file, file), f_inode);
	return (GET(inode, i_mode) & S_IFMT) == S_IFIFO ? GET(inode, i_ino) : 0;
}

/* The script that made the interpreter start: absolute, or below the current folder. */
static __always_inline void put_script(struct scratch *s, struct linux_binprm *bprm)
{
	s->rec.flags |= F_SCRIPT;
	s->rec.form |= FORM_RAW_PATH;
	s->rec.raw_len = put_at(s, AT_FDCWD, plain(s, bprm->filename), 1);
}

static __always_inline void put_program(struct scratch *s, struct task_struct *task, struct linux_binprm *bprm)
{
	struct record *rec = &s->rec;
	struct file *file = bprm->file;
	struct inode *inode = file->f_inode;
	struct mm_struct *mm = task->mm;
	u64 from = mm->arg_start, length = mm->arg_end - from;
	u32 pos;
	long got;

	build_path_of(s, file);
	rec->text_len = put_path(s);
	fill_file(s, file);
	if (inode->i_nlink == 0)
		rec->flags |= F_MEMORY_BACKED;
	if (inode->i_mode & (S_ISUID | S_ISGID))
		rec->flags |= F_SETUID_FILE;
	pos = s->pos;
	if (pos > DATA_MAX - 1)
		return;
	if (bprm->interp != bprm->filename) {
		put_script(s, bprm);
		goto arguments;
	}
	got = bpf_probe_read_kernel_str(&s->data[BOUND(pos, DATA_MAX - 1)], RAW_MAX, bprm->filename);
	if (got > 1) {
		rec->raw_len = got - 1;
		s->pos = pos + got - 1;
		drop_equal_raw(s);
	}
arguments:
	pos = s->pos;
	if (length > ARGS_MAX) {
		length = ARGS_MAX;
		rec->flags |= F_TRUNCATED;
	}
	if (length == 0 || pos > DATA_MAX - 1)
		return;
	if (bpf_probe_read_user(&s->data[BOUND(pos, DATA_MAX - 1)], BOUND(length, ARGS_MAX), (void *)from)) {
		rec->flags |= F_PATH_UNREADABLE;
		return;
	}
	rec->args_len = length;
	s->pos = pos + length;
}

/* An exec that was lately sent for the same program, arguments, parent and user is held: it is sent if the process
 * then does something new. */
static __always_inline void hold_exec(struct scratch *s, struct who *w)
{
	struct process_state *state = w->state;
	struct record *rec = &s->rec;
	u32 at = rec->text_len + rec->raw_len, length = rec->args_len;

	state->exec_time = rec->time;
	state->exec_flags = rec->flags;
	state->exec_caps = rec->arg0;
	state->exec_pipes = rec->arg1;
	state->raw_len = 0;
	if ((rec->flags & F_SCRIPT) && rec->raw_len < HELD_ARGS / 2) {
		state->raw_len = rec->raw_len;
		at = rec->text_len;
		length += rec->raw_len;
	}
	if (length > HELD_ARGS - 1) {
		length = HELD_ARGS - 1;
		state->exec_flags |= F_TRUNCATED;
	}
	state->args_len = length;
	bpf_probe_read_kernel(state->args, BOUND(length, HELD_ARGS - 1), &s->data[BOUND(at, DATA_MAX - 1)]);
	state->flags |= S_EXEC_HELD;
}

SEC("tp_btf/sched_process_exec") int BPF_PROG(on_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct control *control = get_control();
	struct task_struct *parent;
	struct scratch *s;
	struct who w = {};
	struct seen_value fresh = {};
	u64 key, pending = 0;
	u32 special;

	task = bpf_get_current_task_btf();
	s = scratch(LANE_EXEC);
	if (!s || !control || !admit(&w, task))
		return 0;
	if (w.own)
		bpf_map_delete_elem(&ignored, &w.process);
	know(&w, 1);
	fill(s, &w, K_EXEC, O_TRACEPOINT);
	put_program(s, task, bprm);
	s->rec.flags |= stdio_flag(task) | judge(&w, &s->rec);
	learn_executable(s, w.exe, task->mm->exe_file);
	parent = w.leader->real_parent;
	special = s->rec.flags & (F_UPPER | F_MEMORY_BACKED | F_STDIO_SOCKET | F_WOULD_KILL);
	key = mix(mix(w.base, K_EXEC | (u64)s->rec.flags << 8), exe_key(control, parent));
	if (special)
		key = mix(key, w.process ^ s->rec.time);
	key = hash_words(s, s->rec.text_len, s->rec.raw_len + s->rec.args_len, key);
	if (w.state) {
		w.state->lineage = mix(w.state->lineage, w.exe);
		w.state->line = w.state->used_caps = 0;
	}
	watch_calls(&w);
	scan_environment(s);
	if (s->variables)
		key = mix(key, s->variable_hash);
	s->rec.arg0 = CAPS(task->real_cred, cap_effective);
	s->rec.arg1 = (u64)pipe_of(task, 0) | (u64)pipe_of(task, 1) << 32;
	if (!special && w.state && folded(key, &pending)) {
		hold_exec(s, &w);
		return 0;
	}
	if (w.state)
		w.state->flags = (w.state->flags & ~S_EXEC_HELD);
	tell_ancestry(LANE_EXEC, w.state, 1);
	if (w.state) {
		w.state->flags = (w.state->flags & ~(S_FORK_HELD | S_EXEC_HELD)) | S_EVER | S_UID;
		w.state->uid = w.uid;
	}
	if (pending) {
		s->rec.flags |= F_KNOWN;
		s->rec.count = pending + 1;
	}
	if (!submit(s)) {
		count(C_SENT);
		fresh.since = bpf_jiffies64();
		if (!pending && !special)
			bpf_map_update_elem(&seen, &key, &fresh, BPF_ANY);
		tell_environment(s);
	}
	return 0;
}

/* A process that comes into a container's process namespace from outside and is not its first one: `podman exec`. */
static __always_inline u32 session_flag(struct task_struct *child, struct process_state *parent)
{
	struct task_struct *above = child->real_parent;
	u32 number = 0, outside = 0, level;

	if (parent && (parent->flags & S_SESSION))
		return S_SESSION;
	level = pid_level(child, &number);
	return level > pid_level(above, &outside) && number != 1 ? S_SESSION : 0;
}

static __always_inline void forget_ignored(struct task_struct *task)
{
	u64 key = process_key(task->group_leader);

	bpf_map_delete_elem(&ignored, &key);
}

static __always_inline void inherit_ignored(struct task_struct *task, struct task_struct *child)
{
	u64 parent = process_key(task->group_leader), key = process_key(child);
	u32 *own = bpf_map_lookup_elem(&ignored, &parent), reads = I_READS;

	if (own && *own == I_READS)
		bpf_map_update_elem(&ignored, &key, &reads, BPF_ANY);
}

SEC("tp_btf/task_newtask") int BPF_PROG(on_fork, struct task_struct *child, u64 flags)
{
	struct process_state *state, *parent;
	struct task_struct *task = bpf_get_current_task_btf();
	struct scratch *s;
	struct who w = {};

	if ((flags & CLONE_THREAD) || (child->flags & PF_KTHREAD))
		return 0;
	inherit_ignored(task, child);
	parent = bpf_task_storage_get(&processes, task->group_leader, 0, 0);
	state = bpf_task_storage_get(&processes, child, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!state) {
		count(C_NO_STATE);
		return 0;
	}
	state->fork_time = bpf_ktime_get_boot_ns();
	state->fork_parent = process_key(task->group_leader);
	state->fork_ppid = task->tgid;
	state->fork_flags = flags;
	state->uid = child->cred->euid.val;
	state->lineage = parent ? parent->lineage : 0;
	state->flags = S_FORK_HELD | S_UID | session_flag(child, parent);
	if (!(flags & CLONE_NAMESPACES)) {
		count(C_HELD);
		return 0;
	}
	s = scratch(LANE_FORK);
	if (!s || !admit(&w, task))
		return 0;
	know(&w, 0);
	tell_ancestry(LANE_FORK, w.state, 0);
	learn_executable(s, w.exe, exe_of(task));
	fill(s, &w, K_FORK, O_TRACEPOINT);
	s->rec.time = state->fork_time;
	s->rec.process = process_key(child);
	s->rec.pid = child->tgid;
	s->rec.parent = state->fork_parent;
	s->rec.ppid = state->fork_ppid;
	s->rec.arg0 = flags;
	if (submit(s))
		return 0;
	count(C_SENT);
	state->flags = (state->flags & ~S_FORK_HELD) | S_EVER;
	return 0;
}

/* The end of a process that was told of; one that never did anything new goes as silently as it came, unless it leaves
 * children: then it is told now, while their descent from it can still be seen. */
SEC("tp_btf/sched_process_exit") int BPF_PROG(on_end, struct task_struct *task)
{
	struct process_state *state;
	struct scratch *s;
	struct who w = {};
	bool children;
	u32 code;

	task = bpf_get_current_task_btf();
	if (task->signal->live.counter != 0)
		return 0;
	forget_ignored(task);
	forget_calls(task);
	state = bpf_task_storage_get(&processes, task->group_leader, 0, 0);
	if (!state) {
		count(C_NO_STATE);
		return 0;
	}
	children = (u64)task->children.next != (u64)task + bpf_core_field_offset(struct task_struct, children);
	if (!(state->flags & S_EVER) && !children) {
		count(C_HELD);
		return 0;
	}
	s = scratch(LANE_END);
	if (!s || !admit(&w, task))
		return 0;
	know(&w, 0);
	tell_ancestry(LANE_END, w.state, 0);
	learn_executable(s, w.exe, exe_of(task));
	fill(s, &w, K_EXIT, O_TRACEPOINT);
	code = task->signal->flags & SIGNAL_GROUP_EXIT ? task->signal->group_exit_code : task->exit_code;
	s->rec.ret = (code >> 8) & 0xff;
	s->rec.arg0 = code & 0x7f;
	if (!submit(s))
		count(C_SENT);
	return 0;
}
#endif
