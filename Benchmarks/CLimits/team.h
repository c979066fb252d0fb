// A team of threads that start together, several times: the shortest time from the start to the end of the last. Once is too
// little: a new thread may share a processor with another for some milliseconds, while a neighbour stands idle.
#ifndef TEAM_H
#define TEAM_H

typedef void (*team_task)(void *context, int worker, int threads);

double team_seconds(int threads, team_task task, void *context);

#endif
