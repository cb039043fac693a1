/* Tells when a real server has nothing left to do, so that its clock goes on when everything before has happened, and not before.
 *
 * Preloaded into the server, it stands where the server waits for events. Waiting ends by the clock that is turned, and whether
 * the server found something to do is noted in its place among the cells. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "turned-clock.h"

/* Until it looks again, when it has just found something, and at most: so long it may take to see that its clock was turned. */
#define SOON_NS 20000
#define LATEST_NS 150000

static volatile struct place *place;
static pid_t owner;

__attribute__((constructor(AFTER_THE_CLOCK))) static void take_the_place(void) {
    const char *number = getenv("REDOUBLE_PLACE");
    if (!cells || !number) return;
    place = &cells->places[atoi(number)];
    owner = getpid();
    prctl(PR_SET_TIMERSLACK, 1);
    place->idle_at = -1;
}

static int look(int epoll, struct epoll_event *events, int most, int timeout_ms) {
    return (int)syscall(SYS_epoll_pwait, epoll, events, most, timeout_ms, NULL, 8);
}

/* Only the thread that runs commands counts, and no child. */
static int is_watched(void) {
    return place && syscall(SYS_gettid) == owner;
}

static int found(int events) {
    place->idle_at = -1;
    place->turns++;
    return events;
}

int epoll_wait(int epoll, struct epoll_event *events, int most, int timeout_ms) {
    if (timeout_ms == 0 || !is_watched()) return look(epoll, events, most, timeout_ms);
    long long until = cells->monotonic_us + timeout_ms * 1000LL;
    struct pollfd any = {.fd = epoll, .events = POLLIN};
    for (struct timespec pause = {.tv_nsec = SOON_NS};; pause.tv_nsec *= 2) {
        long long now = cells->monotonic_us;
        int count = look(epoll, events, most, 0);
        if (count != 0 || (timeout_ms > 0 && now >= until)) return found(count);
        place->idle_at = now;
        place->looks++;
        if (pause.tv_nsec > LATEST_NS) pause.tv_nsec = LATEST_NS;
        if (ppoll(&any, 1, &pause, NULL) < 0) return found(-1);
    }
}

/* What a server begins beside itself starts when the server is through with its turn: that it may have ended by then is not a
 * question of how fast either is. The place stays the server's. */
pid_t fork(void) {
    static pid_t (*own)(void);
    if (!own) own = (pid_t (*)(void))dlsym(RTLD_NEXT, "fork");
    if (!is_watched()) return own();
    long long looked = place->looks + place->turns;
    pid_t child = own();
    static int begun;
    if (child > 0) place->children[begun++ % CHILDREN] = child;
    if (child == 0) {
        unsetenv("REDOUBLE_PLACE");
        while (place->looks + place->turns == looked && getppid() == owner) sched_yield();
    }
    return child;
}

/* What a server has begun beside itself takes its pauses by the clock that is turned, unless it is left alone. */
int usleep(useconds_t us) {
    struct timespec moment = {.tv_nsec = SOON_NS}, all = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    int turned = place && getpid() != owner;
    for (long long until = turned ? cells->wall_us + us : 0; turned && getppid() == owner; nanosleep(&moment, NULL))
        if (cells->wall_us >= until) return 0;
    return nanosleep(&all, NULL);
}

static int sync_by(long call, int fd) {
    if (!place || getpid() != owner) return (int)syscall(call, fd);
    __atomic_fetch_add(&place->syncs, 1, __ATOMIC_SEQ_CST);
    int outcome = (int)syscall(call, fd);
    __atomic_fetch_sub(&place->syncs, 1, __ATOMIC_SEQ_CST);
    return outcome;
}

int fsync(int fd) {
    return sync_by(SYS_fsync, fd);
}

int fdatasync(int fd) {
    return sync_by(SYS_fdatasync, fd);
}

/* What one server has said to another is there before both are idle: no kernel waits for more to send with it, as it does for the
 * acknowledgements of Valkey's replicas, until a time of its own machine has passed. */
int connect(int fd, const struct sockaddr *address, socklen_t size) {
    int at_once = 1;
    if (place) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof(at_once));
    return (int)syscall(SYS_connect, fd, address, size);
}
