#include "tests/sync/sim/disk.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

/* A write that no sync has followed yet, and what was there before it. */
struct unsynced { char *path; void *before; sqlite3_int64 offset, size_before; int len, len_before; };

struct file { sqlite3_file base; char *path; sqlite3_file *real; };

static struct {
    sqlite3_vfs vfs, *real;
    enum disk_fault fault;
    int64_t nth, steps, happened[DISK_POWER + 1];
    bool is_dead;
    struct unsynced *write;
    size_t n, cap;
} disk;

static sqlite3_file *real_of(sqlite3_file *f)
{
    return ((struct file *)(void *)f)->real;
}

static const char *path_of(sqlite3_file *f)
{
    return ((struct file *)(void *)f)->path;
}

/* ---- when ---- */

void disk_plan(enum disk_fault fault, int64_t nth)
{
    disk.fault = fault;
    disk.nth = nth;
    disk.steps = 0;
}

/* What happens at this step. */
static enum disk_fault step(void)
{
    enum disk_fault fault = disk.fault;

    if (disk.is_dead)
        return DISK_POWER;
    if (fault == DISK_FINE || ++disk.steps < disk.nth) {
        disk.steps += fault == DISK_FINE;
        return DISK_FINE;
    }
    disk.happened[fault]++;
    disk.fault = DISK_FINE;
    disk.is_dead = fault == DISK_POWER;
    return fault;
}

bool disk_step(void)
{
    if (disk.fault != DISK_POWER && !disk.is_dead) {
        disk.steps++;
        return false;
    }
    return step() == DISK_POWER;
}

bool disk_is_dead(void)
{
    return disk.is_dead;
}

int64_t disk_steps(void)
{
    return disk.steps;
}

int64_t disk_faults(enum disk_fault fault)
{
    return disk.happened[fault];
}

/* ---- what is not synced ---- */

static void forget(struct unsynced *u)
{
    free(u->path);
    free(u->before);
}

static void remember(sqlite3_file *f, sqlite3_int64 offset, int len)
{
    struct unsynced u = { .path = mem_dup(path_of(f)), .offset = offset, .len = len };
    sqlite3_file *real = real_of(f);

    real->pMethods->xFileSize(real, &u.size_before);
    u.len_before = u.size_before <= offset ? 0 : u.size_before - offset < len ? (int)(u.size_before - offset) : len;
    u.before = mem_alloc((size_t)u.len_before + 1);
    if (u.len_before > 0)
        real->pMethods->xRead(real, u.before, u.len_before, offset);
    MEM_ROOM(disk.write, disk.n, disk.cap);
    disk.write[disk.n++] = u;
}

/* path NULL: all files. */
static void forget_file(const char *path)
{
    size_t kept = 0;

    for (size_t i = 0; i < disk.n; i++) {
        if (path && strcmp(disk.write[i].path, path) != 0)
            disk.write[kept++] = disk.write[i];
        else
            forget(&disk.write[i]);
    }
    disk.n = kept;
}

static void take_back(const struct unsynced *u)
{
    int fd = open(u->path, O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        return;
    if (pwrite(fd, u->before, (size_t)u->len_before, u->offset) != u->len_before ||
        (u->size_before < u->offset + u->len && ftruncate(fd, u->size_before) != 0))
        mem_fatal("the simulated disk cannot be written");
    close(fd);
}

void disk_revive(int keep_per_mille)
{
    size_t keep = disk.n * (size_t)keep_per_mille / 1000;

    for (size_t i = disk.n; disk.is_dead && i > keep; i--)
        take_back(&disk.write[i - 1]);
    forget_file(NULL);
    disk.is_dead = false;
    disk_plan(DISK_FINE, 0);
}

/* ---- a file ---- */

static int on_close(sqlite3_file *f)
{
    struct file *file = (struct file *)(void *)f;
    int code = file->real->pMethods ? file->real->pMethods->xClose(file->real) : SQLITE_OK;

    free(file->path);
    file->path = NULL;
    return code;
}

static int on_read(sqlite3_file *f, void *out, int n, sqlite3_int64 at)
{
    return disk.is_dead ? SQLITE_IOERR_READ : real_of(f)->pMethods->xRead(real_of(f), out, n, at);
}

static int on_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
    enum disk_fault fault = step();

    if (fault == DISK_POWER)
        return SQLITE_IOERR_WRITE;
    if (fault == DISK_ERROR)
        return SQLITE_IOERR_WRITE;
    if (fault == DISK_FULL)
        return SQLITE_FULL;
    remember(f, at, n);
    if (fault == DISK_SHORT) {
        real_of(f)->pMethods->xWrite(real_of(f), bytes, n / 2, at);
        return SQLITE_FULL;
    }
    return real_of(f)->pMethods->xWrite(real_of(f), bytes, n, at);
}

static int on_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    return step() != DISK_FINE ? SQLITE_IOERR_TRUNCATE : real_of(f)->pMethods->xTruncate(real_of(f), size);
}

static int on_sync(sqlite3_file *f, int flags)
{
    if (step() != DISK_FINE)
        return SQLITE_IOERR_FSYNC;
    forget_file(path_of(f));
    return real_of(f)->pMethods->xSync(real_of(f), flags);
}

static int on_size(sqlite3_file *f, sqlite3_int64 *out)
{
    return disk.is_dead ? SQLITE_IOERR_FSTAT : real_of(f)->pMethods->xFileSize(real_of(f), out);
}

/* Locks and shared memory are no disk: they go with the processes. */
static int on_lock(sqlite3_file *f, int kind) { return real_of(f)->pMethods->xLock(real_of(f), kind); }
static int on_unlock(sqlite3_file *f, int kind) { return real_of(f)->pMethods->xUnlock(real_of(f), kind); }
static int on_reserved(sqlite3_file *f, int *out) { return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out); }
static int on_control(sqlite3_file *f, int op, void *arg) { return real_of(f)->pMethods->xFileControl(real_of(f), op, arg); }
static int on_sector(sqlite3_file *f) { return real_of(f)->pMethods->xSectorSize(real_of(f)); }
static int on_traits(sqlite3_file *f) { return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f)); }
static int on_shm_map(sqlite3_file *f, int i, int n, int more, void volatile **out)
{
    return real_of(f)->pMethods->xShmMap(real_of(f), i, n, more, out);
}
static int on_shm_lock(sqlite3_file *f, int at, int n, int flags) { return real_of(f)->pMethods->xShmLock(real_of(f), at, n, flags); }
static void on_shm_barrier(sqlite3_file *f) { real_of(f)->pMethods->xShmBarrier(real_of(f)); }
static int on_shm_unmap(sqlite3_file *f, int is_last) { return real_of(f)->pMethods->xShmUnmap(real_of(f), is_last); }

static const sqlite3_io_methods methods = {
    .iVersion = 2, .xClose = on_close, .xRead = on_read, .xWrite = on_write, .xTruncate = on_truncate, .xSync = on_sync,
    .xFileSize = on_size, .xLock = on_lock, .xUnlock = on_unlock, .xCheckReservedLock = on_reserved,
    .xFileControl = on_control, .xSectorSize = on_sector, .xDeviceCharacteristics = on_traits, .xShmMap = on_shm_map,
    .xShmLock = on_shm_lock, .xShmBarrier = on_shm_barrier, .xShmUnmap = on_shm_unmap,
};

/* ---- the file system ---- */

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out_flags)
{
    struct file *file = (struct file *)(void *)f;
    int code;

    (void)vfs;
    *file = (struct file){ .real = (sqlite3_file *)(void *)(file + 1) };
    if (disk.is_dead)
        return SQLITE_CANTOPEN;
    file->real->pMethods = NULL;
    code = disk.real->xOpen(disk.real, name, file->real, flags, out_flags);
    if (code != SQLITE_OK)
        return code;
    file->path = mem_dup(name ? name : "");
    file->base.pMethods = &methods;
    return SQLITE_OK;
}

static int on_delete(sqlite3_vfs *vfs, const char *name, int is_synced)
{
    (void)vfs;
    if (step() != DISK_FINE)
        return SQLITE_IOERR_DELETE;
    forget_file(name);
    return disk.real->xDelete(disk.real, name, is_synced);
}

void disk_install(void)
{
    if (disk.real)
        return;
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    disk.real = sqlite3_vfs_find(NULL);
    disk.vfs = *disk.real;
    disk.vfs.zName = "failing";
    disk.vfs.szOsFile = (int)sizeof(struct file) + disk.real->szOsFile;
    disk.vfs.pNext = NULL;
    disk.vfs.xOpen = on_open;
    disk.vfs.xDelete = on_delete;
    sqlite3_vfs_register(&disk.vfs, 1);
}
