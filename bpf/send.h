/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From a filled scratch to records in the ring, and the bookkeeping rows (fork, exec of the process and its ancestors)
 * that are held back until a process does something new. */
#ifndef PERIDERM_SEND_H
#define PERIDERM_SEND_H
#include "process.h"

/* Path of an executable, once for each key: user space reads the map when it meets a key that it does not know. */
static __always_inline struct executable *learn_executable(struct scratch *s, u64 key, struct file *file)
{
	struct scratch *own = scratch(s->lane); /* before 6.2 a map takes no value from an argument of a function */
	struct executable *fresh, *known;
	u32 off, len;

	if (!key || !own)
		return 0;
	fresh = (struct executable *)own->other;
	known = bpf_map_lookup_elem(&executables, &key);
	if (known || !file)
		return known;
	build_path_of(s, file);
	off = s->path_off;
	if (off > PATH_SPACE)
		return 0;
	fresh->flags = s->path_flags;
	len = PATH_SPACE - off;
	if (len > sizeof(fresh->path) - 1) {
		off = PATH_SPACE - (sizeof(fresh->path) - 1);
		len = sizeof(fresh->path) - 1;
		fresh->flags |= F_TRUNCATED;
	}
	fresh->len = len;
	__builtin_memset(fresh->path, 0, sizeof(fresh->path));
	bpf_probe_read_kernel(fresh->path, BOUND(len, 511), &s->path[BOUND(off, PATH_SPACE - 1)]);
	__builtin_memcpy(&s->data[DATA_MAX], fresh->path, sizeof(fresh->path));
	fresh->path_hash = hash_words(s, DATA_MAX, len, 1);
	bpf_map_update_elem(&executables, &key, fresh, BPF_ANY);
	return bpf_map_lookup_elem(&executables, &key);
}

/* Writes s->rec and its data to the ring: parts first, so that a reader that has the record has them too. */
__noinline int submit(struct scratch *s)
{
	struct record *rec;
	u32 total, parts, i;

	if (!s)
		return -1;
	rec = &s->rec;
	total = rec->text_len + rec->raw_len + rec->args_len;
	if (total > DATA_MAX - 1)
		return -1;
	rec->total = total;
	rec->strings = hash_words(s, 0, total, mix(rec->form, (u64)rec->text_len << 32 | rec->raw_len));
	rec->serial = bpf_get_smp_processor_id() << 22 | (s->serial++ & 0x3fffff);
	parts = total > INLINE_BYTES ? (total - INLINE_BYTES + PART_BYTES - 1) / PART_BYTES : 0;
	rec->parts = parts;
	for (i = 0; i < MAX_PARTS; i++) {
		struct part *part;
		u32 at = INLINE_BYTES + i * PART_BYTES;

		if (i >= parts)
			break;
		part = bpf_ringbuf_reserve(&ring, sizeof(*part), 0);
		if (!part)
			goto full;
		bpf_probe_read_kernel(part->head, sizeof(part->head), &s->data[at]);
		bpf_probe_read_kernel(part->tail, sizeof(part->tail), &s->data[at + sizeof(part->head)]);
		part->serial = rec->serial;
		part->index = i;
		part->reserved = 0;
		part->kind_at_120 = K_PART;
		bpf_ringbuf_submit(part, BPF_RB_NO_WAKEUP);
	}
	bpf_probe_read_kernel(rec->data, sizeof(rec->data), s->data);
	if (bpf_ringbuf_output(&ring, rec, sizeof(*rec), BPF_RB_NO_WAKEUP))
		goto full;
	if (rec->flags & F_PATH_UNREADABLE)
		count(C_UNREADABLE);
	if (rec->flags & F_TRUNCATED)
		count(C_TRUNCATED);
	return 0;
full:
	count(C_LOST);
	return -1;
}

#define MAX_ANCESTORS 12

static __always_inline struct task_struct *ancestor(struct task_struct *task, int level)
{
	struct task_struct *at = task->group_leader;
	int i;

	for (i = 0; i < MAX_ANCESTORS; i++) {
		if (i >= level)
			break;
		at = at->real_parent->group_leader;
	}
	return at;
}

static __always_inline void fill_held(struct scratch *s, struct task_struct *leader, struct process_state *state)
{
	struct record *rec = &s->rec;
	struct task_struct *parent = leader->real_parent->group_leader;
	struct control *control = get_control();

	__builtin_memset(rec, 0, sizeof(*rec));
	rec->process = process_key(leader);
	rec->parent = process_key(parent);
	rec->ppid = parent->tgid;
	rec->pid = leader->tgid;
	rec->uid = leader->cred->euid.val;
	rec->gid = leader->cred->egid.val;
	rec->cgroup = leader->cgroups->dfl_cgrp->kn->id;
	rec->mntns = leader->nsproxy->mnt_ns->ns.inum;
	rec->flags = (leader->signal->tty ? F_TTY : 0) | (state->flags & S_SESSION ? F_EXEC_SESSION : 0);
	rec->exe = control ? exe_key(control, leader) : 0;
	rec->profile = rec->mntns;
	rec->count = 1;
	rec->origin = O_TRACEPOINT;
	bpf_probe_read_kernel(rec->comm, sizeof(rec->comm), leader->comm);
	s->pos = 0;
}

/* Sends the held fork of the process that is `level` above the current one, and then its held exec.
 * `skip_exec`: the exec itself is being sent now. */
__noinline int tell_ancestor(struct scratch *s, int level, int skip_exec)
{
	struct task_struct *leader = ancestor(bpf_get_current_task_btf(), level);
	struct process_state *state;
	struct record *rec;
	struct file *file;
	u32 held;

	if (!s || !leader)
		return 0;
	state = bpf_task_storage_get(&processes, leader, 0, 0);
	if (!state)
		return 0;
	held = state->flags & (S_FORK_HELD | S_EXEC_HELD);
	state->flags = (state->flags & ~(S_FORK_HELD | S_EXEC_HELD)) | S_EVER;
	if (!held)
		return 0;
	fill_held(s, leader, state);
	rec = &s->rec;
	file = exe_of(leader);
	learn_executable(s, rec->exe, file);
	if ((held & S_FORK_HELD) && !(skip_exec && state->fork_parent == rec->parent)) {
		rec->kind = K_FORK;
		rec->time = state->fork_time;
		rec->parent = state->fork_parent;
		rec->ppid = state->fork_ppid;
		rec->arg0 = state->fork_flags;
		count(C_ANCESTRY);
		submit(s);
		rec->parent = process_key(leader->real_parent->group_leader);
		rec->ppid = leader->real_parent->group_leader->tgid;
		rec->arg0 = 0;
	}
	if (!(held & S_EXEC_HELD) || skip_exec)
		return 0;
	if (file) {
		build_path_of(s, file);
		rec->flags |= s->path_flags;
		rec->text_len = put_path(s);
		fill_file(s, file);
	}
	rec->kind = K_EXEC;
	rec->time = state->exec_time;
	rec->flags |= state->exec_flags;
	rec->arg0 = state->exec_caps;
	rec->arg1 = state->exec_pipes;
	rec->args_len = put_kernel(s, state->args, BOUND(state->args_len, HELD_ARGS - 1));
	rec->form = FORM_RAW_SAME;
	if (state->raw_len && state->raw_len <= rec->args_len) { /* the script comes before the arguments */
		rec->raw_len = state->raw_len;
		rec->args_len -= state->raw_len;
		rec->form = FORM_RAW_PATH;
	}
	count(C_ANCESTRY);
	submit(s);
	return 0;
}

/* Sends what is held about the current process and its ancestors, oldest first. */
static __always_inline void tell_ancestry(u32 lane, struct process_state *state, int skip_exec)
{
	struct scratch *s;
	int i;

	if (state && (state->flags & S_EVER) && !(state->flags & (S_FORK_HELD | S_EXEC_HELD)))
		return;
	s = scratch(lane + 1);
	if (!s)
		return;
	for (i = MAX_ANCESTORS - 1; i >= 0; i--)
		tell_ancestor(s, i, i == 0 && skip_exec);
}

#define MAX_LINE 8
#define BEHAVIOUR_OPEN_FLAGS (03 | 0100 | 01000 | 010000000) /* access mode, O_CREAT, O_TRUNC, O_PATH */

/* A number for the programs above the current process, up to the first one of its container (or process 1): the same in
 * every replica and run. 0 where one of them has not been met. */
__noinline u64 line_of(u32 mntns)
{
	struct task_struct *at = bpf_get_current_task_btf()->group_leader;
	struct control *control = get_control();
	struct executable *executable;
	u64 line = 1, key;
	int i;

	if (!control)
		return 0;
	for (i = 0; i < MAX_LINE; i++) {
		at = at->real_parent->group_leader;
		if (at->pid <= 1 || at->nsproxy->mnt_ns->ns.inum != mntns)
			break;
		key = exe_key(control, at);
		executable = bpf_map_lookup_elem(&executables, &key);
		if (!executable)
			return 0;
		line = mix(line, executable->path_hash);
	}
	return line;
}

/* The same number for the same thing done by the same program below the same programs in every replica of a workload, in
 * every run of the agent (the seed is its secret): all that a judgement looks at is in it. 0 for what must always be told:
 * an unknown workload, a program that the image did not bring, a path that is not whole. */
static __always_inline u64 behaviour_of(struct scratch *s, struct control *control, struct executable *executable,
					struct process_state *state)
{
	struct file *file = exe_of(bpf_get_current_task_btf());
	struct record *rec = &s->rec;
	u64 behaviour, line = state ? state->line : 0;
	u32 length = rec->text_len;

	if (!s->workload || !executable || (rec->flags & (F_TRUNCATED | F_PATH_UNREADABLE | F_MEMORY_BACKED)) ||
	    (executable->flags & F_TRUNCATED) || !file || is_upper(GET(file, f_inode)))
		return 0;
	if (!line) {
		line = line_of(rec->mntns);
		if (state)
			state->line = line;
	}
	if (!line)
		return 0;
	behaviour = mix(control->stable_seed, (u64)s->workload << 32 | rec->kind | (u64)rec->origin << 8);
	behaviour = mix(mix(behaviour, executable->path_hash), line);
	behaviour = mix(behaviour, (u64)rec->port << 48 | (u64)rec->family << 32 | (u64)(rec->form & ~FORM_RAW_SAME));
	behaviour = mix(behaviour, (u64)rec->flags << 32 | (u32)rec->ret);
	behaviour = mix(behaviour, (u64)rec->uid << 32 | rec->gid);
	behaviour = mix(behaviour, rec->kind == K_OPEN ? rec->arg0 & BEHAVIOUR_OPEN_FLAGS : rec->arg0);
	if (rec->kind == K_SOCKET || rec->kind == K_CHOWN || rec->kind == K_CAPSET || rec->kind == K_CREDENTIALS)
		behaviour = mix(behaviour, rec->arg1);
	if (rec->kind != K_OPEN || (rec->form & FORM_JOIN)) /* of an opened file only what the kernel resolved */
		length += rec->raw_len;
	if (rec->kind != K_OPEN)
		length += rec->args_len;
	return hash_words(s, 0, length, mix(behaviour, (u64)rec->text_len << 32 | rec->raw_len * (rec->kind != K_OPEN))) | 1;
}

/* The end of every event of the current process that is not exec, fork or exit: learned behaviour is counted, the rest
 * is sent and remembered under `key`. 1 if the ring had no room. */
__noinline int send(struct scratch *s, u32 lane, u64 key, u64 pending)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct control *control = get_control();
	struct seen_value fresh = {};
	struct executable *executable;
	struct process_state *state;
	struct record *rec;
	struct learned *learned = 0;
	u64 total, behaviour; /* on the stack: before 6.2 a map takes no key from an argument of a function */

	if (!s || !control)
		return 0;
	rec = &s->rec;
	executable = learn_executable(s, rec->exe, exe_of(task));
	state = bpf_task_storage_get(&processes, task->group_leader, 0, 0);
	rec->behaviour = behaviour = behaviour_of(s, control, executable, state);
	fresh.since = bpf_jiffies64();
	if (behaviour)
		learned = bpf_map_lookup_elem(&baseline, &behaviour);
	if (learned) {
		total = __sync_fetch_and_add(&learned->count, 1 + pending) + 1 + pending;
		if (!learned->since)
			learned->since = fresh.since;
		if (fresh.since - learned->since < control->learned_jiffies) {
			count(C_FOLDED);
			count(C_BASELINE);
			if (!pending)
				bpf_map_update_elem(&seen, &key, &fresh, BPF_ANY);
			return 0;
		}
		learned->since = fresh.since; /* seldom: one row says how often it happened */
		pending = total - learned->told - 1;
		learned->told = total;
	}
	tell_ancestry(lane, state, 0);
	if (pending) {
		rec->flags |= F_KNOWN;
		rec->count = pending > 0xfffffffeull ? 0xffffffff : pending + 1;
	}
	if (submit(s))
		return 1;
	count(C_SENT);
	if (!pending)
		bpf_map_update_elem(&seen, &key, &fresh, BPF_ANY);
	return 0;
}
#endif
