/* Turns the clock of a real server, so that a recorded case knows its time to the millisecond.
 *
 * Preloaded into the server, it answers every question about the time from the file that REDOUBLE_CLOCK names. The file
 * begins with two 64-bit integers, in microseconds: the wall clock, which each case sets back to the same instant, and the
 * monotonic clock, which only ever goes forward, because the server's own timers hang on it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
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
    if (mapped != MAP_FAILED) cells = mapped;
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
