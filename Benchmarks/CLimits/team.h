// A team of threads that start together: seconds from the start to the end of the last.
#ifndef TEAM_H
#define TEAM_H

typedef void (*team_task)(void *context, int worker, int threads);

double team_seconds(int threads, team_task task, void *context);

#endif
