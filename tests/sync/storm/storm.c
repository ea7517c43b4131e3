/* storm.c - several desks, one server, a bad network, and afterwards nothing missing.
 *
 *   storm SEED EDITS PACE_MS PROGRAMS PROXY DIR DESK...
 *
 * DIR is what tests/server/run filled; the proxy runs there already. A DESK is a data directory, its
 * configuration beside it with ".config" added, that reaches the server through the proxy. Prints what
 * it counted, one "name number" a line, and complaints as "# ..."; ends with 1 when something is wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "access/authz.h"
#include "base/mem.h"
#include "desk/patient.h"
#include "desk/task.h"
#include "store/outbox.h"
#include "storm.h"

enum { SHARED = 12, PASSES = 3, ROUNDS = 4, BODY_MOST = 64 * 1024 * 1024, UNSENT_MOST = 15, WAIT_STEPS = 20, WAIT_MS = 200 };

_Noreturn void storm_die(const char *what, const char *why)
{
    fprintf(stderr, "storm: %s: %s\n", what, why);
    exit(2);
}

uint32_t storm_random(struct storm *s, uint32_t below)
{
    s->random = s->random * 6364136223846793005u + 1442695040888963407u;
    return below ? (uint32_t)((s->random >> 33) % below) : 0;
}

void storm_tell(const struct storm *s, const char *line)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        if (!freopen("/dev/null", "w", stdout))
            _exit(126);
        execl(s->proxy, s->proxy, "tell", s->dir, line, NULL);
        _exit(127);
    }
    if (waitpid(pid, &status, 0) != pid || status != 0)
        storm_die("the proxy does not understand", line);
}

static void pause_for(int ms)
{
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 }, NULL);
}

/* ---- opening ---- */

static void read_word(const char *dir, const char *name, char *out, size_t size)
{
    char *path = mem_printf("%s/%s", dir, name);
    FILE *file = fopen(path, "r");

    if (!file || !fgets(out, (int)size, file))
        storm_die(path, "cannot be read");
    fclose(file);
    out[strcspn(out, "\n")] = '\0';
    free(path);
}

static const char *authorization(void *ctx, const char *refused, char words[HTTP_WORDS])
{
    (void)words;
    return refused ? NULL : ctx;
}

static void open_central(struct storm *s)
{
    char url[256], token[128], *ca = mem_printf("%s/ca.pem", s->dir);
    struct err err = { 0 };

    read_word(s->dir, "url", url, sizeof url);
    read_word(s->dir, "token", token, sizeof token);
    s->authorization = mem_printf("Bearer %s", token);
    struct http_credentials credentials = { .value = authorization, .ctx = s->authorization };
    struct http_settings settings = { .base_url = url, .ca_file = ca, .credentials = &credentials,
                                      .connect_timeout_s = 10, .stall_s = 60, .most_body = BODY_MOST };
    if (http_open(&settings, &s->central, &err) != RC_OK)
        storm_die("server", err_text(&err));
    free(ca);
}

static void open_desk(struct storm *s, const char *dir)
{
    struct desk *d = &s->desk[s->n_desks++];
    const char *slash = strrchr(dir, '/');
    struct err err = { 0 };

    if (s->n_desks == DESKS_MOST)
        storm_die("desks", "too many");
    *d = (struct desk){ .name = slash ? slash + 1 : dir, .dir = mem_dup(dir), .config = mem_printf("%s.config", dir) };
    if (store_open(dir, 0, &d->st, &err) != RC_OK)
        storm_die(dir, err_text(&err));
}

static void close_all(struct storm *s)
{
    for (struct desk *d = s->desk; d < s->desk + s->n_desks; d++) {
        store_close(d->st);
        free(d->dir);
        free(d->config);
    }
    http_close(s->central);
    http_end();
    free(s->authorization);
    free(s->thing);
    free(s->token);
}

/* ---- the day ---- */

static void pass_everywhere(struct storm *s)
{
    for (int i = 0; i < s->n_desks; i++)
        if (!nemesis_pass(s, &s->desk[i]))
            printf("# a pass of %s failed with all faults off\n", s->desk[i].name);
}

static bool is_behind(const struct storm *s)
{
    int64_t unsent = 0;

    for (int i = 0; i < s->n_desks; i++) {
        struct outbox_counts counts = { 0 };
        outbox_count(s->desk[i].st, &counts, NULL);
        unsent += counts.unsent;
    }
    return unsent > (int64_t)UNSENT_MOST * s->n_desks;
}

/* People wait for the agents now and then, so that most of it is sent while things go wrong, however slow the
 * machine; not for ever, since things do go wrong. */
static void rage(struct storm *s, int edits, int pace_ms)
{
    nemesis_begin(s);
    for (int step = 0, waited = 0; s->edits < edits; step++) {
        if (is_behind(s) && waited < WAIT_STEPS) {
            waited++;
            pause_for(WAIT_MS);
        } else {
            waited = 0;
            edit_some(s);
        }
        nemesis_some(s, step);
        pause_for(pace_ms);
    }
    nemesis_end(s);
}

/* Passes until all are equal; how many of each desk it took, one more than allowed when it did not. */
static int calm_down(struct storm *s)
{
    for (int pass = 1; pass <= PASSES; pass++) {
        pass_everywhere(s);
        struct chain *chains = check_read_now(s);
        int unequal = check_equal(s, chains, pass == PASSES);
        check_free(s, chains);
        if (unequal == 0)
            return pass;
    }
    return PASSES + 1;
}

/* People decide what is open, which may start new disputes with those who decided before them. */
static int decide_everything(struct storm *s)
{
    int rounds = 0;

    for (; rounds < ROUNDS; rounds++) {
        int open = 0;
        for (int i = 0; i < s->n_desks; i++) {
            open += edit_decide_all(s, &s->desk[i]);
            nemesis_pass(s, &s->desk[i]);
        }
        pass_everywhere(s);
        if (open == 0)
            break;
    }
    return rounds;
}

static int wrong(const char *name, int n)
{
    printf("%s %d\n", name, n);
    return n;
}

static int check_all(struct storm *s)
{
    struct chain *chains = check_read_history(s);
    int bad = wrong("unequal", check_equal(s, chains, true)) + wrong("unsent", check_unsent(s)) +
              wrong("lost", check_lost(s, chains)) + wrong("overwritten", check_overwritten(s, chains)) +
              wrong("fallen", check_status(s, chains)) + wrong("twice", check_twice(s, chains)) +
              wrong("doubles", check_doubles(s, chains)) + wrong("bases", check_bases(s)) +
              wrong("again", check_conflicts_again(s));

    check_free(s, chains);
    return bad;
}

int main(int argc, char **argv)
{
    struct storm s = { 0 };

    if (argc < 8) {
        fputs("usage: storm SEED EDITS PACE_MS PROGRAMS PROXY DIR DESK...\n", stderr);
        return 2;
    }
    s.seed = strtoull(argv[1], NULL, 10);
    s.random = s.seed * 0x9e3779b97f4a7c15u;
    s.programs = argv[4];
    s.proxy = argv[5];
    s.dir = argv[6];
    http_start();
    open_central(&s);
    for (int i = 7; i < argc; i++)
        open_desk(&s, argv[i]);
    patient_guards();
    task_guards();
    authz_system(ORIGIN_CLI, "storm", &s.grant);
    edit_found(&s, SHARED);
    pass_everywhere(&s);
    pass_everywhere(&s);
    rage(&s, (int)strtol(argv[2], NULL, 10), (int)strtol(argv[3], NULL, 10));
    int passes = calm_down(&s), bad = passes > PASSES;
    printf("passes %d\n", passes);
    printf("rounds %d\n", decide_everything(&s));
    bad += check_all(&s);
    printf("edits %d\ndecisions %d\nkills %d\nstops %d\ncuts %d\ndeletes %d\nseconds %d\nresources %zu\n", s.edits, s.decisions,
           s.kills, s.stops, s.cuts, s.deletes, s.seconds_refused, s.n_things);
    close_all(&s);
    return bad > 0;
}
