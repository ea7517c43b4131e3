/* action_case.h - acting as somebody signed in on a directory of its own. */
#ifndef FRONTDESK_TEST_ACTION_CASE_H
#define FRONTDESK_TEST_ACTION_CASE_H

#include "tests/unit/directory.h"

#include "access/staff.h"
#include "action/action.h"
#include "base/mem.h"
#include "desk/appointment.h"
#include "desk/closed.h"
#include "desk/patient.h"
#include "desk/safety.h"
#include "desk/task.h"

#define PASSWORD "correct horse battery staple"

/* A directory with an administrator signed in, and a person. */
static inline struct context context_of(struct directory *d, enum role role)
{
    struct context ctx = { .st = d->st, .origin = ORIGIN_CLI };
    struct grant grant;

    ASSERT_OK(config_load("/dev/null", &ctx.config, NULL, err));
    authz_system(ORIGIN_CLI, "init", &grant);
    ASSERT_OK(staff_add(d->st, &grant, "ada", "Ada", ROLE_ADMINISTRATOR, PASSWORD, err));
    ASSERT_OK(session_open(d->st, "ada", PASSWORD, 900, &ctx.session, err));
    if (role != ROLE_ADMINISTRATOR) {
        ASSERT_OK(action_grant(&ctx, ACTION_USER_ADD, NULL, &grant, err));
        ASSERT_OK(staff_add(d->st, &grant, "bob", "Bob", role, PASSWORD, err));
        session_done(&ctx.session);
        ASSERT_OK(session_open(d->st, "bob", PASSWORD, 900, &ctx.session, err));
    }
    patient_guards();
    appointment_guards();
    task_guards();
    safety_guards();
    closed_guards();
    return ctx;
}

static inline void context_end(struct context *ctx)
{
    session_done(&ctx->session);
    config_free(ctx->config);
}

static inline enum rc run(struct context *ctx, enum action_id id, struct doc **result, const char *const *pairs)
{
    struct arg arg[8];
    struct args args = { arg, 0 };
    struct err err = { RC_OK, "" };
    enum rc rc;

    for (; pairs[0]; pairs += 2)
        arg[args.n++] = (struct arg){ pairs[0], pairs[1] };
    rc = action_run(ctx, id, &args, result, &err);
    assert_true((rc == RC_OK) == (err.text[0] == '\0'));
    return rc;
}
#define RUN(ctx, id, result, ...) run(ctx, id, result, (const char *const[]){ __VA_ARGS__ })

static inline char *made(struct context *ctx, enum action_id id, const char *const *pairs)
{
    struct doc *result = NULL;
    char *made_id;

    assert_int_equal(run(ctx, id, &result, pairs), RC_OK);
    made_id = mem_dup(node_str(doc_root(result), "id"));
    doc_free(result);
    return made_id;
}
#define MADE(ctx, id, ...) made(ctx, id, (const char *const[]){ __VA_ARGS__, NULL })

#endif
