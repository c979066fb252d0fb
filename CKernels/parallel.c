#include "parallel.h"
#include "smx_kernels.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

// Three roads to a parallel region. With -fopenmp the pragma (libomp); on other Linux builds GOMP_parallel, the call that
// the pragma is lowered to by GCC and that both libgomp and libomp export; else one thread. <omp.h> is not on the search
// path of Swift's clang, so the functions used are declared here.
#if defined(_OPENMP) || defined(SMX_GOMP)
extern int omp_get_max_threads(void);
extern int omp_get_thread_num(void);
extern int omp_get_num_threads(void);
extern int omp_get_thread_limit(void);
#if defined(_OPENMP)
#define ROAD "libomp"
#else
extern void GOMP_parallel(void (*body)(void *), void *context, unsigned threads, unsigned flags);
#define ROAD "libgomp"
#endif
#else
static int omp_get_max_threads(void) { return 1; }
static int omp_get_thread_num(void) { return 0; }
static int omp_get_num_threads(void) { return 1; }
static int omp_get_thread_limit(void) { return 1; }
#define ROAD "serial"
#endif

const char *smx_runtime(void) { return ROAD; }

// More threads than a runtime can start end the process: no call gets more than these.
enum { MOST_THREADS = 1024 };

// Numbers from 1 to MOST_THREADS with commas between, and blanks around them.
static bool counts_threads(const char *text) {
  for (;; text++) {
    int number = 0;
    text += strspn(text, " ");
    for (; *text >= '0' && *text <= '9' && number <= MOST_THREADS; text++) number = 10 * number + (*text - '0');
    text += strspn(text, " ");
    if (number < 1 || number > MOST_THREADS || (*text != ',' && *text != '\0')) return false;
    if (*text == '\0') return true;
  }
}

// OpenMP's runtimes read OMP_NUM_THREADS once, when they are first called, and end the process, hang or invent a number
// over what they do not expect. An empty one, as OMP_NUM_THREADS=$SLURM_CPUS_PER_TASK leaves it outside a Slurm job, is
// unset while the process has one thread yet; with a wrong one they are never called.
static const char variable[] = "OMP_NUM_THREADS";

__attribute__((constructor)) static void unset_when_empty(void) {
  const char *text = getenv(variable);
  if (text != NULL && text[strspn(text, " \t\r\n")] == '\0') unsetenv(variable);
}

static bool usable(void) {
  enum { UNKNOWN, USABLE, WRONG };
  static atomic_int cached;
  int found = atomic_load_explicit(&cached, memory_order_relaxed);
  if (found == UNKNOWN) {
    const char *text = getenv(variable);
    found = text == NULL || counts_threads(text) ? USABLE : WRONG;
    atomic_store_explicit(&cached, found, memory_order_relaxed);
  }
  return found == USABLE;
}

const char *smx_wrong_threads(void) {
  if (usable()) return NULL;
  const char *text = getenv(variable);
  return text != NULL ? text : "";
}

static int within_limits(int threads) {
  if (!usable()) return 1;
  const int limit = omp_get_thread_limit(), most = limit > 0 && limit < MOST_THREADS ? limit : MOST_THREADS;
  return threads < 1 ? 1 : threads > most ? most : threads;
}

int smx_default_threads(void) { return usable() ? within_limits(omp_get_max_threads()) : 1; }

// Threads now inside parallel regions of this process. A call that leaves the number to us takes what the default has
// left, so that k calls, one after another in their beginnings, run on at most default + k - 1 threads and not on k times
// the default. Calls that begin in the same instant may each find the others' share free.
static atomic_int busy;

int smx_team(int threads, size_t tasks) {
  int team = within_limits(threads);
  if (threads <= 0) team = within_limits(smx_default_threads() - atomic_load_explicit(&busy, memory_order_relaxed));
  if ((size_t)team > tasks) team = tasks > 0 ? (int)tasks : 1;
  return team;
}

typedef struct region {
  smx_task task;
  void *context;
  size_t tasks;
  atomic_size_t next;
} region;

static void work(void *argument) {
  region *r = argument;
  const smx_task task = r->task; // their line is taken away by every count
  void *context = r->context;
  const size_t tasks = r->tasks;
  int worker = omp_get_thread_num();
  for (size_t i; (i = atomic_fetch_add_explicit(&r->next, 1, memory_order_relaxed)) < tasks;) task(context, i, worker);
}

static void enter(void (*body)(void *), void *context, int team) {
#if defined(_OPENMP)
#pragma omp parallel num_threads(team)
  body(context);
#elif defined(SMX_GOMP)
  GOMP_parallel(body, context, (unsigned)team, 0);
#else
  body(context);
#endif
}

void smx_parallel(size_t tasks, int team, smx_task task, void *context) {
  if ((size_t)team > tasks) team = (int)tasks;
  if (team <= 1) {
    for (size_t i = 0; i < tasks; i++) task(context, i, 0);
    return;
  }
  region r = {.task = task, .context = context, .tasks = tasks, .next = 0};
  atomic_fetch_add_explicit(&busy, team, memory_order_relaxed);
  enter(work, &r, team);
  atomic_fetch_sub_explicit(&busy, team, memory_order_relaxed);
}

static void count_team(void *argument) {
  if (omp_get_thread_num() == 0) *(int *)argument = omp_get_num_threads();
}

int smx_team_size(int threads) {
  int size = 1;
  int team = smx_team(threads, (size_t)-1);
  if (team > 1) enter(count_team, &size, team);
  return size;
}
