/* What a test and the real servers it has started share: the file that REDOUBLE_CLOCK names. */
#ifndef TURNED_CLOCK_H
#define TURNED_CLOCK_H

#define CHILDREN 8

/* Of one server, written by it. */
struct place {
    long long idle_at; /* the monotonic clock for which it has nothing to do, or -1 while it does something */
    long long looks;   /* how often it has found nothing to do */
    long long turns;   /* how often it has found something */
    long long syncs;   /* how many of its threads wait for the disk */
    long long children[CHILDREN]; /* the processes that it has begun last, or 0 */
};

struct cells {
    long long wall_us;
    long long monotonic_us;
    struct place places[]; /* servers know theirs from REDOUBLE_PLACE */
};

/* In which order a process gets ready. */
#define THE_CLOCK 101
#define AFTER_THE_CLOCK 102

/* NULL in a process whose clock is its machine's. */
extern volatile struct cells *cells;

#endif
