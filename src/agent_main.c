/* frontdesk-agent: the only program of ours that speaks to the network.
 *   frontdesk-agent --data DIR [--config FILE] [--once [--json] | --answer] */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action/context.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/process.h"
#include "base/utf8.h"
#include "store/pass.h"
#include "store/store.h"
#include "sync/agent.h"
#include "sync/http.h"

enum { EXIT_DONE, EXIT_FAILED, EXIT_USAGE };

/* The one thing a signal handler may touch. */
static volatile sig_atomic_t stop;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

static void catch_signals(void)
{
    struct sigaction act = { .sa_handler = on_signal };

    sigemptyset(&act.sa_mask);
    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGHUP, &act, NULL);
    act.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &act, NULL);
}

struct options { const char *data_dir, *config_path; bool once, json, answer; };

static bool read_options(int argc, char **argv, struct options *o)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--once") == 0)
            o->once = true;
        else if (strcmp(argv[i], "--json") == 0)
            o->json = true;
        else if (strcmp(argv[i], "--answer") == 0)
            o->answer = true;
        else if (strcmp(argv[i], "--data") == 0 && i + 1 < argc)
            o->data_dir = argv[++i];
        else if (strcmp(argv[i], "--config") == 0 && i + 1 < argc)
            o->config_path = argv[++i];
        else
            return false;
    }
    return o->answer ? !o->once && !o->json : o->once || !o->json;
}

static void complain(const char *words)
{
    char *clean = utf8_cleaned(words);

    fprintf(stderr, "frontdesk-agent: %s\n", clean);
    free(clean);
}

static int fail(const struct err *err)
{
    complain(err_text(err));
    return EXIT_FAILED;
}

static void print_report(const struct agent_report *r, bool json)
{
    char *text = agent_report_json(r);

    if (json)
        printf("%s\n", text);
    else
        printf(_("pushed %lld, pulled %lld, conflicts %lld, refused %lld, unsent %lld\n"), (long long)r->pushed,
               (long long)r->pulled, (long long)r->conflicts, (long long)r->refused, (long long)r->unsent);
    free(text);
}

/* What could not be done in the pass that just ended, though it went through. */
static void print_problem(struct store *st)
{
    struct pass *last = NULL;
    size_t n = 0;

    if (pass_list(st, 1, &last, &n, NULL) == RC_OK && n > 0 && last->outcome == PASS_PARTLY)
        complain(last->problem);
    free(last);
}

static int run(struct context *ctx, const struct options *o)
{
    struct agent agent = { .st = ctx->st, .config = ctx->config, .stop = &stop, .lock_fd = -1 };
    struct agent_report report;
    struct err err = { RC_OK, "" };
    enum rc rc;

    if (o->answer) {
        rc = agent_answer_once(&agent, &err);
    } else if (!o->once) {
        rc = agent_stay(&agent, &err);
    } else {
        rc = agent_once(&agent, &report, &err);
        print_report(&report, o->json);
        if (rc == RC_OK)
            print_problem(ctx->st);
    }
    return rc == RC_OK ? EXIT_DONE : fail(&err);
}

int main(int argc, char **argv)
{
    struct options o = { 0 };
    struct context ctx = { .origin = ORIGIN_SYNC };
    struct err err = { RC_OK, "" };
    int status;

    process_harden(-1);
    if (!read_options(argc, argv, &o)) {
        fputs(_("usage: frontdesk-agent [--data DIR] [--config FILE] [--once [--json] | --answer]\n"), stderr);
        return EXIT_USAGE;
    }
    catch_signals();
    http_start();
    if (context_open(&ctx, &(struct context_options){ .data_dir = o.data_dir, .config_path = o.config_path }, &err) != RC_OK) {
        status = fail(&err);
    } else {
        char *log = mem_printf("%s/frontdesk.log", store_dir(ctx.st));
        log_open(log);
        free(log);
        status = run(&ctx, &o);
        log_close();
    }
    context_close(&ctx);
    http_end();
    return status;
}
