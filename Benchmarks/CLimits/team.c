#include "team.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

enum { MOST_THREADS = 256 };

typedef struct team {
  team_task task;
  void *context;
  int threads;
  atomic_int ready;
  atomic_bool go;
} team;

typedef struct member {
  team *team;
  int worker;
  double end;
} member;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *serve(void *argument) {
  member *m = argument;
  atomic_fetch_add(&m->team->ready, 1);
  while (!atomic_load(&m->team->go)) sched_yield();
  m->team->task(m->team->context, m->worker, m->team->threads);
  m->end = now();
  return NULL;
}

double team_seconds(int threads, team_task task, void *context) {
  if (threads < 1 || threads > MOST_THREADS) return 0;
  team t = {.task = task, .context = context, .threads = threads};
  pthread_t handles[MOST_THREADS];
  member members[MOST_THREADS];
  for (int i = 1; i < threads; i++) {
    members[i] = (member){.team = &t, .worker = i};
    if (pthread_create(&handles[i], NULL, serve, &members[i]) != 0) {
      atomic_store(&t.go, true);
      for (int k = 1; k < i; k++) pthread_join(handles[k], NULL);
      return 0;
    }
  }
  while (atomic_load(&t.ready) < threads - 1) sched_yield();
  double start = now();
  atomic_store(&t.go, true);
  task(context, 0, threads);
  double end = now();
  for (int i = 1; i < threads; i++) {
    pthread_join(handles[i], NULL);
    if (members[i].end > end) end = members[i].end;
  }
  return end - start;
}
