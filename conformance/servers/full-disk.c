/* Fills the disk of a real server, so that a case knows when nothing can be written any more.
 *
 * Preloaded into the server, it lets no file grow while there is one at the path that REDOUBLE_FULL_DISK names. The log, which is
 * where the output goes, is no file of its disk. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The error of the last call stays what it was: SORT of Redis 7.0 looks at it long afterwards. */
static int is_full_for(int fd) {
    const char *mark = getenv("REDOUBLE_FULL_DISK");
    struct stat facts;
    int before = errno;
    int full = mark && fd > STDERR_FILENO && access(mark, F_OK) == 0 && fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode);
    errno = before;
    return full;
}

ssize_t write(int fd, const void *bytes, size_t count) {
    static ssize_t (*own)(int, const void *, size_t);
    if (!own) own = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    if (!is_full_for(fd)) return own(fd, bytes, count);
    errno = ENOSPC;
    return -1;
}

size_t fwrite(const void *bytes, size_t size, size_t count, FILE *file) {
    static size_t (*own)(const void *, size_t, size_t, FILE *);
    if (!own) own = (size_t (*)(const void *, size_t, size_t, FILE *))dlsym(RTLD_NEXT, "fwrite");
    if (!is_full_for(fileno(file))) return own(bytes, size, count, file);
    errno = ENOSPC;
    return 0;
}
