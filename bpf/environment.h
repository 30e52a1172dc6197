/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Variables of a new program's environment that change what programs load or remember. Only those leave the kernel:
 * an environment holds secrets. */
#ifndef PERIDERM_ENVIRONMENT_H
#define PERIDERM_ENVIRONMENT_H
#include "signals.h"

#define VARIABLE_CHUNK 256
#define MAX_CHUNKS 4096

struct scan { struct scratch *s; u64 at, end; u32 inside; };

/* Length of the name if it is one that is watched, else 0. */
static __always_inline u32 watched(u64 word)
{
	switch (word) {
	case WORD('L', 'D', '_', 'P', 'R', 'E', 'L', 'O'): return 10;
	case WORD('L', 'D', '_', 'A', 'U', 'D', 'I', 'T'): return 8;
	case WORD('L', 'D', '_', 'L', 'I', 'B', 'R', 'A'): return 15;
	case WORD('L', 'D', '_', 'D', 'E', 'B', 'U', 'G'): return 8;
	case WORD('G', 'C', 'O', 'N', 'V', '_', 'P', 'A'): return 10;
	case WORD('G', 'L', 'I', 'B', 'C', '_', 'T', 'U'): return 14;
	case WORD('H', 'I', 'S', 'T', 'F', 'I', 'L', 'E'): return 8;
	case WORD('H', 'I', 'S', 'T', 'S', 'I', 'Z', 'E'): return 8;
	case WORD('P', 'Y', 'T', 'H', 'O', 'N', 'S', 'T'): return 13;
	case WORD('P', 'E', 'R', 'L', '5', 'O', 'P', 'T'): return 8;
	case WORD('N', 'O', 'D', 'E', '_', 'O', 'P', 'T'): return 12;
	case WORD('B', 'A', 'S', 'H', '_', 'E', 'N', 'V'): return 8;
	default: return (u32)word == (u32)WORD('E', 'N', 'V', '=', 0, 0, 0, 0) ? 3 : 0;
	}
}

/* One variable, or the next piece of a long one. 1 ends the scan. */
static long next_variable(u32 index, struct scan *scan)
{
	struct scratch *s = scan->s;
	long got;
	u32 name, slot;
	char beyond = 0;

	if (scan->at >= scan->end)
		return 1;
	got = bpf_probe_read_user_str(&s->data[DATA_MAX], VARIABLE_CHUNK, (void *)scan->at);
	if (got <= 0)
		return 1;
	name = scan->inside ? 0 : watched(load_word(s, DATA_MAX));
	if (name && s->data[DATA_MAX + (name & 31)] == '=' && s->variables < MAX_VARIABLES) {
		slot = s->variables;
		s->variable_at[BOUND(slot, MAX_VARIABLES - 1)] = scan->at;
		s->variables = slot + 1;
		s->variable_hash = hash_words(s, DATA_MAX, got - 1, s->variable_hash);
	}
	scan->at += got - 1;
	if (got == VARIABLE_CHUNK)
		bpf_probe_read_user(&beyond, 1, (void *)scan->at);
	scan->inside = beyond != 0;
	if (!scan->inside)
		scan->at += 1;
	return 0;
}

/* Notes where the watched variables of the current process lie. */
__noinline int scan_environment(struct scratch *s)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct scan scan = { .s = s };

	if (!s || !task->mm)
		return 0;
	scan.at = task->mm->env_start;
	scan.end = task->mm->env_end;
	s->variables = 0;
	s->variable_hash = 1;
	if (bpf_loop(MAX_CHUNKS, next_variable, &scan, 0) >= MAX_CHUNKS)
		s->rec.flags |= F_TRUNCATED;
	return 0;
}

/* One row for each, after the row of the exec, whose header is still in the scratch. */
__noinline int tell_environment(struct scratch *s)
{
	u32 i;

	if (!s)
		return 0;
	s->rec.kind = K_ENVIRONMENT;
	s->rec.arg0 = s->rec.arg1 = 0;
	s->rec.raw_len = s->rec.args_len = 0;
	s->rec.form = 0;
	s->rec.count = 1;
	s->rec.flags &= F_TTY | F_EXEC_SESSION;
	for (i = 0; i < MAX_VARIABLES; i++) {
		if (i >= s->variables)
			break;
		s->pos = 0;
		s->rec.flags &= ~F_TRUNCATED;
		s->rec.text_len = put_user_string(s, s->variable_at[i], RAW_MAX);
		if (!submit(s))
			count(C_SENT);
	}
	return 0;
}
#endif
