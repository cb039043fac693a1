/* Turns the clock of a real server, so that a recorded case knows its time to the millisecond.
 *
 * Preloaded into the server, it answers every question about the time from the file that REDOUBLE_CLOCK names. The file
 * begins with two 64-bit integers, in microseconds: the wall clock, which each case sets back to the same instant, and the
 * monotonic clock, which only ever goes forward, because the server's own timers hang on it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "turned-clock.h"

volatile struct cells *cells;

__attribute__((constructor(THE_CLOCK))) static void map_the_clock(void) {
    const char *file = getenv("REDOUBLE_CLOCK");
    int fd = file ? open(file, O_RDWR) : -1;
    if (fd < 0) return;
    struct stat facts;
    void *mapped = fstat(fd, &facts) == 0 ? mmap(NULL, facts.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
    close(fd);
    if (mapped == MAP_FAILED) return;
    cells = mapped;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* without the one who turns its clock, a server would stand still for ever */
}

int clock_gettime(clockid_t clock, struct timespec *into) {
    long long us;
    if (!cells) return (int)syscall(SYS_clock_gettime, clock, into);
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        us = cells->wall_us;
        break;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
        us = cells->monotonic_us;
        break;
    default: /* processor time stays real */
        return (int)syscall(SYS_clock_gettime, clock, into);
    }
    into->tv_sec = us / 1000000;
    into->tv_nsec = (us % 1000000) * 1000;
    return 0;
}

int gettimeofday(struct timeval *into, void *zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    into->tv_sec = now.tv_sec;
    into->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *into) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (into) *into = now.tv_sec;
    return now.tv_sec;
}

/* A thread that asks for the time and waits until another one waits as long as it means to, by its machine's clock. Else those of
 * the allocator, for whom that time has long been over, would keep a processor busy for as long as the clock stands still. */
int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until) {
    static int (*own)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    if (!own) *(void **)&own = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    if (!cells) return own(condition, mutex, until);
    long long left_us = until->tv_sec * 1000000LL + until->tv_nsec / 1000 - cells->wall_us;
    struct timespec then;
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &then);
    if (left_us > 0) {
        long long ns = then.tv_nsec + left_us % 1000000 * 1000;
        then.tv_sec += left_us / 1000000 + ns / 1000000000;
        then.tv_nsec = ns % 1000000000;
    }
    return own(condition, mutex, &then);
}
