/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Users, groups and capabilities that a task gives itself: setuid, setgid, capset and their relatives. */
#ifndef PERIDERM_IDS_H
#define PERIDERM_IDS_H
#include "calls.h"

/* setuid, setgid and their relatives: arg0 is the effective one after the call; the record has the one before. */
static __always_inline int changed_id(struct call *call, u8 kind, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct known *known = bpf_task_storage_get(&credentials, task, 0, 0);
	struct scratch *s;
	struct who w = {};
	u64 key, pending;
	u32 before, after;
	bool sure = known && known->userns;

	if (!admit(&w, task))
		return 0;
	know(&w, 0);
	after = kind == K_SETUID ? w.uid : task->cred->egid.val;
	before = !sure ? after : kind == K_SETUID ? known->euid : known->egid;
	key = mix(mix(mix(w.base, kind | (u64)failure(ret) << 8), (u64)before << 32 | after), w.process);
	if (ret >= 0)
		compare(LANE_EXIT_CALL, AT_IDS, 0, 0);
	if (folded(key, &pending))
		return 0;
	s = scratch(LANE_EXIT_CALL);
	if (!s)
		return 0;
	fill(s, &w, kind, call->origin);
	if (kind == K_SETUID)
		s->rec.uid = before;
	else
		s->rec.gid = before;
	s->rec.arg0 = ret < 0 ? (s64)(s32)call->a : after;
	s->rec.arg1 = call->nr;
	if (!sure && kind == K_SETUID)
		s->rec.form |= FORM_UID_UNKNOWN;
	if (ret < 0) {
		s->rec.ret = ret;
		s->rec.flags |= F_FAILED;
	}
	return send(s, LANE_EXIT_CALL, key, pending);
}

static __always_inline int capset(struct call *call, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u64 key, pending, effective = CAPS(task->real_cred, cap_effective), permitted = CAPS(task->real_cred, cap_permitted);
	struct who w = {};
	struct scratch *s;

	if (ret >= 0)
		compare(LANE_EXIT_CALL, AT_IDS, 0, 0);
	s = begin(&w, call, K_CAPSET, effective, permitted, ret, &key, &pending);
	return s ? send(s, LANE_EXIT_CALL, key, pending) : 0;
}

SEC("tp_btf/sys_exit") int BPF_PROG(call_ids, struct pt_regs *regs, long ret)
{
	struct call call = {};

	load_call(&call, regs);
	if (call.op == OP_CAPSET)
		return capset(&call, ret);
	return changed_id(&call, call.op == OP_SETGID ? K_SETGID : K_SETUID, ret);
}
#endif
