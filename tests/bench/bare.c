/* bare start DB BYTES: the least a terminal program over SQLite can do: open, read one row, paint as
 * many bytes with ncurses, wait for a key. The limit that start-up is measured against.
 * bare insert DB ROWS FILE: the same lines inserted bare, synchronous=FULL, ROWS a commit.
 * bare match DB WORD: the bare full-text query, fifty rows, microseconds printed for each of 200 runs. */
#include <curses.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double seconds(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int start(const char *path, int bytes)
{
    sqlite3 *db;
    sqlite3_stmt *q;

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, "SELECT count(*) FROM sqlite_master", -1, &q, NULL) != SQLITE_OK)
        return 1;
    sqlite3_step(q);
    initscr();
    cbreak();
    noecho();
    for (int i = 0; i < bytes && i < LINES * COLS - 1; i++)
        addch((chtype)('a' + i % 26));
    refresh();
    getch();
    endwin();
    sqlite3_finalize(q);
    return sqlite3_close(db);
}

static int insert(const char *path, int rows, const char *file)
{
    FILE *in = fopen(file, "re");
    sqlite3 *db;
    sqlite3_stmt *q;
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    long n = 0;
    double began;

    if (!in || sqlite3_open(path, &db) != SQLITE_OK ||
        sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
                         "CREATE TABLE line(key INTEGER PRIMARY KEY, body TEXT)", NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, "INSERT INTO line(body) VALUES (?1)", -1, &q, NULL) != SQLITE_OK)
        return 1;
    began = seconds();
    while ((len = getline(&line, &cap, in)) > 0) {
        if (n % rows == 0)
            sqlite3_exec(db, n ? "COMMIT; BEGIN IMMEDIATE" : "BEGIN IMMEDIATE", NULL, NULL, NULL);
        sqlite3_bind_text(q, 1, line, (int)len, SQLITE_STATIC);
        sqlite3_step(q);
        sqlite3_reset(q);
        n++;
    }
    sqlite3_exec(db, "COMMIT; PRAGMA wal_checkpoint(PASSIVE)", NULL, NULL, NULL);
    printf("%ld %.6f\n", n, seconds() - began);
    sqlite3_finalize(q);
    free(line);
    fclose(in);
    return sqlite3_close(db);
}

static int match(const char *path, const char *word)
{
    sqlite3 *db;
    sqlite3_stmt *q;

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, "SELECT rowid FROM person_name WHERE person_name MATCH ?1 LIMIT 50", -1, &q, NULL) != SQLITE_OK)
        return 1;
    for (int i = 0; i < 200; i++) {
        double began = seconds();

        sqlite3_bind_text(q, 1, word, -1, SQLITE_STATIC);
        while (sqlite3_step(q) == SQLITE_ROW)
            continue;
        sqlite3_reset(q);
        printf("%.1f\n", (seconds() - began) * 1e6);
    }
    sqlite3_finalize(q);
    return sqlite3_close(db);
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "start") == 0)
        return start(argv[2], atoi(argv[3]));
    if (argc == 5 && strcmp(argv[1], "insert") == 0)
        return insert(argv[2], atoi(argv[3]), argv[4]);
    if (argc == 4 && strcmp(argv[1], "match") == 0)
        return match(argv[2], argv[3]);
    return 2;
}
