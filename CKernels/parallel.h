// Threads: the one interface to OpenMP. Nothing else in the kernels knows how threads are made.
#ifndef SMX_PARALLEL_H
#define SMX_PARALLEL_H

#include <stddef.h>

// Runs one task; `worker` is in [0, team size) and no two tasks with the same worker run at once.
typedef void (*smx_task)(void *context, size_t task, int worker);

// How many threads a call that asked for `threads` (0: the default) will use for `tasks` tasks.
int smx_team(int threads, size_t tasks);

// Runs tasks 0 ..< tasks on `team` threads (as smx_team gave it), each taking the next task that is free, in order. The
// results of tasks must not depend on who runs them or when.
void smx_parallel(size_t tasks, int team, smx_task task, void *context);

#endif
