/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The kernel side of Periderm's sensor. It decides what is new, for whom, and kills at exec what a policy names; it
 * does not judge behaviour. Everything that it does not look at is counted. */
#include "kernel.h"
#include "uring.h"
#include "walks.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
