#include "access/turn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/store.h"

enum { TURNS = 2 };

static int turn_open(struct store *st, int i)
{
    char *path = mem_printf("%s/password.%d", store_dir(st), i);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    free(path);
    return fd;
}

int turn_take(struct store *st)
{
    int fd;

    for (int i = 0; i < TURNS; i++) {
        if ((fd = turn_open(st, i)) >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
            return fd;
        turn_give(fd);
    }
    if ((fd = turn_open(st, (int)getpid() % TURNS)) < 0)
        return -1;
    while (flock(fd, LOCK_EX) != 0)
        if (errno != EINTR) {
            close(fd);
            return -1;
        }
    return fd;
}

void turn_give(int turn)
{
    if (turn >= 0)
        close(turn);
}
