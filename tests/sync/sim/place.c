#include "tests/sync/sim/place.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/config.h"
#include "base/mem.h"
#include "store/store.h"
#include "tests/sync/sim/world.h"

static struct { char root[80]; pid_t owner; struct config *config; } state;

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

void place_remove(const char *dir)
{
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void leave(void)
{
    if (state.owner == getpid())
        place_remove(state.root);
    config_free(state.config);
}

static void make(void)
{
    const char *tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
    char path[120];
    struct store *st;
    struct err err = { 0 };

    snprintf(state.root, sizeof state.root, "%.50s/frontdesk-sim-XXXXXX", tmp);
    if (!mkdtemp(state.root))
        mem_fatal("no folder for the data directories");
    if (state.owner == 0)
        atexit(leave);
    state.owner = getpid();
    snprintf(path, sizeof path, "%s/template", state.root);
    if (store_open(path, STORE_CREATE, &st, &err) != RC_OK)
        mem_fatal(err_text(&err));
    store_close(st);
}

const char *place(void)
{
    if (state.owner != getpid())
        make();
    return state.root;
}

static void copy_file(const char *from, const char *to)
{
    char bytes[65536];
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ssize_t n;

    while ((n = read(in, bytes, sizeof bytes)) > 0)
        if (write(out, bytes, (size_t)n) != n)
            mem_fatal("the template cannot be copied");
    close(in);
    close(out);
}

void place_copy_template(const char *dir)
{
    char from[160], to[200];

    place_remove(dir);
    if (mkdir(dir, 0700) != 0)
        mem_fatal("a data directory cannot be made");
    snprintf(from, sizeof from, "%s/template/frontdesk.db", place());
    snprintf(to, sizeof to, "%s/frontdesk.db", dir);
    copy_file(from, to);
}

const struct config *place_config(const struct world *w)
{
    char path[120];

    if (!state.config) {
        snprintf(path, sizeof path, "%s/config", place());
        close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        if (config_load(path, &state.config, NULL, NULL) != RC_OK)
            mem_fatal("an empty configuration does not load");
        config_set_text(state.config, "server.url", CENTRAL_URL);
    }
    bool has_overlap = w->mutation != MUTATION_OVERLAP && w->mutation != MUTATION_CURSOR;
    config_set_text(state.config, "server.overlap_s", has_overlap ? "300" : "0");
    config_set_text(state.config, "server.page_size", "4");
    return state.config;
}
