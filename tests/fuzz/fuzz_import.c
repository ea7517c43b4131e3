/* Any bytes as a file to import: each resource in it is imported or set aside, the rest goes on, and
 * the same file once more brings nothing new. A real store, in memory where the system has such a
 * folder. */
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "desk/import.h"
#include "store/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A store grows with what it takes; a new one now and then keeps each run as quick as the first. */
enum { RUNS_A_STORE = 500 };
static struct { char dir[64], file[96]; struct store *st; int runs; } desk;

static void insist(bool claim)
{
    if (!claim)
        abort();
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

static void leave(void)
{
    store_close(desk.st);
    desk.st = NULL;
    if (desk.dir[0])
        nftw(desk.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void enter(void)
{
    struct err err = { 0 };

    if (!desk.dir[0])
        atexit(leave);
    snprintf(desk.dir, sizeof desk.dir, "%s/frontdesk-fuzz-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    insist(mkdtemp(desk.dir) != NULL);
    snprintf(desk.file, sizeof desk.file, "%s/in.ndjson", desk.dir);
    clock_set_zone("America/New_York");
    insist(store_open(desk.dir, STORE_CREATE, &desk.st, &err) == RC_OK);
    desk.runs = 0;
}

static struct import_counts import(void)
{
    struct grant grant = { .origin = ORIGIN_IMPORT, .staff = "staff-1", .role = "administrator", .action = "import", .category = "test", .purpose = "TREAT" };
    const struct import_options options = { 0 };
    const char *const paths[] = { desk.file };
    struct import_counts counts;
    struct err err = { 0 };

    if (import_paths(desk.st, &grant, paths, 1, &options, &counts, &err) != RC_OK) {
        fprintf(stderr, "%s\n", err_text(&err));
        abort();
    }
    return counts;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct import_counts first, again;
    int fd;

    if (!desk.st || ++desk.runs > RUNS_A_STORE) {
        if (desk.st)
            leave();
        enter();
    }
    /* One resource a line, or one file whole, as the first byte says. */
    snprintf(desk.file, sizeof desk.file, "%s/in.%s", desk.dir, size && data[0] % 2 ? "ndjson" : "json");
    fd = open(desk.file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    insist(fd >= 0 && write(fd, data, size) == (ssize_t)size && close(fd) == 0);
    first = import();
    again = import();
    insist(again.imported == 0);
    insist(again.unchanged + again.quarantined == first.imported + first.unchanged + first.quarantined);
    return 0;
}
