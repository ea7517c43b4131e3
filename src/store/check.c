#include <stdlib.h>
#include <sys/stat.h>

#include "store/copy.h"
#include "store/internal.h"

enum rc store_check(struct store *st, bool full, struct err *err)
{
    return copy_verify(st->db, full ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)", err);
}

/* Size of the write-ahead log; looking at its directory entry takes no lock away. */
static long long wal_bytes(const struct store *st)
{
    char *path = store_path(st->dir, "frontdesk.db-wal");
    struct stat have;
    long long size = stat(path, &have) == 0 ? (long long)have.st_size : 0;

    free(path);
    return size;
}

/* Still inside the gate. Past 1,000 frames, but a bulk writer only after several of its commits: it
 * changes the same index pages again and again, and each checkpoint writes them out once more. */
void checkpoint_after_commit(struct store *st)
{
    int written = st->wal_frames > st->wal_frames_before ? st->wal_frames - st->wal_frames_before : st->wal_frames;

    st->wal_frames_before = st->wal_frames;
    if (st->wal_frames < CHECKPOINT_FRAMES || st->wal_frames / CHECKPOINT_COMMITS < written)
        return;
    sqlite3_wal_checkpoint_v2(st->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

/* Two connections that checkpoint and commit at once can corrupt the file (SQLite 3.7.0 to 3.51.2,
 * fixed upstream in 3.51.3), so never outside the gate. Readers are not waited for. */
void store_checkpoint(struct store *st, bool truncate)
{
    if (st->tx.depth > 0 || wal_bytes(st) == 0 || gate_enter(&st->gate, 0, NULL) != RC_OK)
        return;
    sqlite3_busy_timeout(st->db, 0);
    sqlite3_wal_checkpoint_v2(st->db, NULL, truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE,
                              NULL, NULL);
    sqlite3_busy_timeout(st->db, GATE_WAIT_MS);
    gate_leave(&st->gate);
}
