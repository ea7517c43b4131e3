/* Waiting for the agent's answer: for what only the server knows. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "action/arg.h"
#include "action/server.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/process.h"
#include "store/store.h"

enum { WAIT_MS = 15 * 60 * 1000, LOOK_MS = 100 };

/* Until it is answered. Where no agent runs, one answers at once and leaves; where one runs, it does. */
static enum rc wait_for(struct cli *cli, int64_t number, struct doc **answer, struct err *err)
{
    const struct timespec look = { 0, LOOK_MS * 1000000L };
    int64_t until = clock_monotonic_ms() + WAIT_MS;
    enum rc rc;

    if (!process_agent_answer(store_dir(cli->ctx.st), cli->line->config_path))
        return err_set(err, RC_NOT_FOUND, "%s", _("frontdesk-agent could not be started"));
    while ((rc = server_answer(&cli->ctx, number, answer, err)) == RC_BUSY && clock_monotonic_ms() < until)
        nanosleep(&look, NULL);
    return rc != RC_BUSY ? rc : err_set(err, RC_BUSY, "%s", _("the agent that runs here has not answered"));
}

/* Rows as `patient find` gives them. */
static struct doc *people_of(struct doc *answer)
{
    struct doc *list = result_list();

    for (const struct node *p = node_first(node_get(doc_root(answer), "people")); p; p = node_next(p))
        node_add_copy(list, doc_root(list), p);
    if (node_bool(doc_root(answer), "more"))
        fprintf(stderr, "frontdesk: %s\n", _("the server knows more of them: ask for less"));
    doc_free(answer);
    return list;
}

enum rc cli_wait(struct cli *cli, enum action_id id, const struct args *args, struct doc **result, struct err *err)
{
    int64_t number = strtoll(node_str(doc_root(*result), "request"), NULL, 10);
    struct doc *answer = NULL;
    enum rc rc;

    if (number == 0)
        return RC_OK;
    doc_free(*result);
    *result = NULL;
    if ((rc = wait_for(cli, number, &answer, err)) != RC_OK)
        return rc;
    if (id == ACTION_ATTACHMENT_GET) {      /* it is here now */
        doc_free(answer);
        return action_run(&cli->ctx, id, args, result, err);
    }
    *result = id == ACTION_PATIENT_FIND ? people_of(answer) : answer;
    return rc;
}
