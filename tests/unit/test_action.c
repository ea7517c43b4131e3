/* An act would be missing, unauthorized, unaudited, bound to the wrong person, or not in the manual. */
#include "tests/unit/action_case.h"

#include "base/buf.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/line.h"
#include "store/audit.h"

/* ---- the table ----------------------------------------------------------------------------- */

static void every_row_is_whole(void **state)
{
    (void)state;
    for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
        const struct action *row = action_row((enum action_id)i);

        assert_true(row->name[0] && row->help[0] && row->category[0]);
        assert_true(row->permission > PERM_NONE && row->permission < PERM_COUNT);
        assert_int_equal(action_by_name(row->name), i);
        assert_true(row->verb[0] == '\0' || strlen(row->verb) == 2);
        if (row->place == PLACE_DESK)
            assert_null(row->run);      /* a movement; what acts can be typed as a command too */
        else if (!row->run && !cli_knows((enum action_id)i))
            fail_msg("%s has no handler", row->name);
        for (size_t p = 0; p < row->n_params; p++)
            assert_true(row->params[p].name && row->params[p].prompt[0]);
    }
    assert_null(action_row(ACTION_NONE));
    assert_null(action_row(ACTION_COUNT));
    assert_int_equal(action_by_name("no such thing"), ACTION_NONE);
}

/* Two rows meet when they belong to the same rows, or one of them to every row. */
static bool meet(const struct action *a, const struct action *b)
{
    return strcmp(a->on, b->on) == 0 || !a->on[0] || !b->on[0];
}

static void keys_and_verbs_are_unique_where_they_apply(void **state)
{
    (void)state;
    for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
        for (int j = i + 1; j < ACTION_COUNT; j++) {
            const struct action *a = action_row((enum action_id)i), *b = action_row((enum action_id)j);
            char key[16];
            size_t len = strcspn(b->key, " ");

            if (!meet(a, b))
                continue;
            snprintf(key, sizeof key, "%.*s", (int)len, b->key);
            if (a->verb[0] && strcmp(a->verb, b->verb) == 0)
                fail_msg("%s and %s both have the verb %s", a->name, b->name, a->verb);
            if (key[0] && action_has_key(NULL, (enum action_id)i, key))
                fail_msg("%s and %s both have the key %s", a->name, b->name, key);
        }
}

static void verbs_find_their_row_by_type(void **state)
{
    (void)state;
    assert_int_equal(action_by_verb("CA", "Task"), ACTION_TASK_CANCEL);
    assert_int_equal(action_by_verb("ca", "Appointment"), ACTION_APPOINTMENT_CANCEL);
    assert_int_equal(action_by_verb("ns", NULL), ACTION_APPOINTMENT_NOSHOW);
    assert_int_equal(action_by_verb("HO", "Task"), ACTION_TASK_ASSIGN);
    assert_int_equal(action_by_verb("", "Task"), ACTION_NONE);
    assert_int_equal(action_by_verb("zz", "Task"), ACTION_NONE);
    assert_true(action_has_key(NULL, ACTION_PALETTE, "^P"));
    assert_true(action_has_key(NULL, ACTION_PALETTE, ":"));
    assert_false(action_has_key(NULL, ACTION_PALETTE, "^"));
}

/* Flow control, and the prefixes of screen and tmux, are never bound. */
static void keys_of_the_terminal_are_left_alone(void **state)
{
    static const char *const never[] = { "^S", "^Q", "^A", "^B" };

    (void)state;
    for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
        for (size_t k = 0; k < sizeof never / sizeof *never; k++)
            assert_false(action_has_key(NULL, (enum action_id)i, never[k]));
}

/* The subcommands that scripts were promised. */
static const char *const promised[] = {
    "init", "login", "logout", "user add", "user list", "user disable", "user role", "user passwd", "import",
    "quarantine list", "quarantine show", "quarantine retry", "reindex", "patient find", "patient show",
    "patient register", "patient edit", "form list", "form check", "form show", "form fill", "contact log",
    "contact list", "task list", "task add", "task complete", "task snooze", "task reschedule", "task cancel",
    "appointment list", "appointment book", "appointment arrive", "appointment noshow", "appointment cancel", "sync",
    "agent", "conflict list", "conflict show", "conflict resolve", "resource get", "resource put", "resource history",
    "backup", "restore", "audit list", "doctor", "config show",
};

static void promised_subcommands_exist(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof promised / sizeof *promised; i++) {
        const struct action *row = action_row(action_by_name(promised[i]));

        if (!row || row->place == PLACE_DESK)
            fail_msg("there is no command %s", promised[i]);
    }
}

static char *read_whole(const char *path)
{
    FILE *file = fopen(path, "r");
    struct buf text = { 0 };
    char block[4096];
    size_t n;

    assert_non_null(file);
    while ((n = fread(block, 1, sizeof block, file)) > 0)
        buf_add_n(&text, block, n);
    fclose(file);
    return buf_take(&text);
}

/* What is missing is left where it can be copied from. */
static void the_manual_says_what_the_rows_say(void **state)
{
    char *page = read_whole("data/man/frontdesk.1"), *commands = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&commands, &len);

    (void)state;
    help_manual(out);
    fclose(out);
    if (!strstr(page, commands)) {
        if ((out = fopen(".build/commands.1", "w"))) {
            fputs(commands, out);
            fclose(out);
        }
        fail_msg("data/man/frontdesk.1 is not what the rows say; its COMMANDS are in .build/commands.1");
    }
    free(commands);
    free(page);
}

/* ---- the line ------------------------------------------------------------------------------ */

static struct line line_of(const char *const *words, enum rc want)
{
    char *argv[16] = { (char *)(uintptr_t)"frontdesk" };
    struct line line;
    struct err err = { RC_OK, "" };
    int n = 1;
    enum rc rc;

    while (words[n - 1]) {
        argv[n] = (char *)(uintptr_t)words[n - 1];
        n++;
    }
    if ((rc = line_read(n, argv, &line, &err)) == RC_OK)
        rc = line_sort(&line, &err);
    assert_int_equal(rc, want);
    return line;
}
#define LINE(want, ...) line_of((const char *const[]){ __VA_ARGS__, NULL }, want)

static void lines_are_read_from_the_row(void **state)
{
    struct line line = LINE(RC_OK, "--data", "/d", "patient", "find", "garcia", "54", "--limit=3", "--json");
    struct args args = { line.arg, line.n_args };

    (void)state;
    assert_int_equal(line.action, ACTION_PATIENT_FIND);
    assert_string_equal(line.data_dir, "/d");
    assert_true(line.json);
    assert_string_equal(args_nth(&args, "query", 0), "garcia");
    assert_string_equal(args_nth(&args, "query", 1), "54");
    assert_string_equal(args_get(&args, "limit"), "3");
    line_done(&line);

    line = LINE(RC_OK, "sync", "--once");
    assert_int_equal(line.action, ACTION_SYNC_NOW);
    line_done(&line);
    line = LINE(RC_OK, "sync", "status");
    assert_int_equal(line.action, ACTION_SYNC_STATUS);
    line_done(&line);
    line = LINE(RC_OK, "patient", "find", "--", "--json");
    assert_false(line.json);
    assert_string_equal(line.arg[0].value, "--json");
    line_done(&line);
    line = LINE(RC_OK, "--linear");
    assert_int_equal(line.action, ACTION_NONE);
    assert_true(line.linear);
    line_done(&line);
    line = LINE(RC_OK, "help", "task", "add");
    assert_true(line.help && line.action == ACTION_TASK_ADD);
    line_done(&line);
}

static void wrong_lines_are_refused(void **state)
{
    static const char *const wrong[][6] = {
        { "bogus" }, { "task" }, { "open" },                    /* a movement of the desk is no command */
        { "patient", "show", "a", "b" }, { "patient", "show", "--bogus", "x" }, { "patient", "find", "x", "--limit" },
        { "--data" }, { "--password-fd", "x", "doctor" },
        { "login", "ada", "--password", "secret" },             /* never from arguments */
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct line line = line_of(wrong[i], RC_INVALID);

        line_done(&line);
    }
}

/* ---- running ------------------------------------------------------------------------------- */

static int64_t audit_rows(struct directory *d)
{
    return directory_number(d, "SELECT count(*) FROM audit");
}

/* The last row of the audit is that act, with that outcome. */
static bool written_down(struct directory *d, const char *name, enum rc rc)
{
    struct query *q = query_open(d->st, "SELECT action = ?1 AND (outcome = 0) = ?2 FROM audit ORDER BY seq DESC LIMIT 1");
    bool is_so;

    query_bind(q, 1, name);
    query_bind_int(q, 2, rc == RC_OK);
    is_so = query_next(q) && query_int(q, 0) == 1;
    query_end(q, NULL);
    return is_so;
}

/* Values that pass the row's own check, whatever the row does with them. */
static const char *plausible(const struct param *p)
{
    switch (p->kind) {
    case PARAM_PATIENT: return "p1";
    case PARAM_ID: return strstr(p->type, "Questionnaire") ? "q1" : "x1";
    case PARAM_RESOURCE: return "Patient/p1";
    case PARAM_CONFLICT: case PARAM_OUTBOX: case PARAM_QUARANTINE: case PARAM_ACT: case PARAM_NUMBER: return "1";
    case PARAM_CHOICE: return p->choices[0].value;
    case PARAM_FILE: return "/nonexistent/file.json";
    case PARAM_DATE: return "2w";
    case PARAM_PASSWORD: case PARAM_SECRET: return PASSWORD;
    default: return "x";
    }
}

static struct args plausible_args(const struct action *row, struct arg *arg)
{
    struct args args = { arg, 0 };

    for (size_t i = 0; i < row->n_params; i++)
        if (row->params[i].flags & PARAM_REQUIRED)
            arg[args.n++] = (struct arg){ row->params[i].name, plausible(&row->params[i]) };
    return args;
}

/* Done, refused or failed: one audit row for each, with the action's name, never none and never two. */
static void each_run_is_one_audit_row(void **state)
{
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_ADMINISTRATOR), nobody = { .st = d->st, .config = ctx.config };

    directory_put(d, PERSON("p1", "Marsh"));
    for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
        const struct action *row = action_row((enum action_id)i);
        struct context *who[] = { &ctx, &nobody };
        struct arg arg[16];
        struct args args = plausible_args(row, arg);

        if (!row->run || i == ACTION_USER_PASSWD)   /* it would end the session the rest runs in */
            continue;
        for (size_t w = 0; w < 2; w++) {
            int64_t before = audit_rows(d), last;
            struct doc *result = NULL;
            struct err err = { RC_OK, "" };
            enum rc rc = action_run(who[w], (enum action_id)i, &args, &result, &err);

            doc_free(result);
            if (w == 1 && row->permission != PERM_ANYONE)
                assert_int_equal(rc, RC_DENIED);
            last = audit_rows(d) - before;
            if (last != 1)
                fail_msg("%s (%s) made %d audit rows: %s", row->name, rc_name(rc), (int)last, err_text(&err));
            if (!written_down(d, row->name, rc))
                fail_msg("%s (%s) is written down as something else", row->name, rc_name(rc));
        }
    }
    context_end(&ctx);
}

static void a_role_without_the_permission_is_refused(void **state)
{
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_FRONT_DESK);

    directory_put(d, PERSON("p1", "Marsh"));
    assert_int_equal(RUN(&ctx, ACTION_BACKUP, NULL, NULL), RC_DENIED);
    assert_int_equal(RUN(&ctx, ACTION_USER_ADD, NULL, "name", "eve", "role", "administrator", "password", PASSWORD, NULL), RC_DENIED);
    assert_int_equal(RUN(&ctx, ACTION_USER_PASSWD, NULL, "name", "ada", "password", PASSWORD, NULL), RC_DENIED);
    assert_int_equal(RUN(&ctx, ACTION_PATIENT_SHOW, NULL, "patient", "p1", NULL), RC_OK);
    context_end(&ctx);
}

/* Taken from the account, not from what the session remembers: a demoted administrator sets nobody's password. */
static void a_lost_role_is_lost_at_once(void **state)
{
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_CLINICIAN);
    struct grant grant;

    authz_system(ORIGIN_CLI, "user role", &grant);
    ASSERT_OK(staff_set_role(d->st, &grant, "bob", ROLE_ADMINISTRATOR, err));
    ctx.session.staff.role = ROLE_ADMINISTRATOR;
    assert_int_equal(RUN(&ctx, ACTION_USER_PASSWD, NULL, "name", "ada", "password", PASSWORD, NULL), RC_OK);
    ASSERT_OK(staff_set_role(d->st, &grant, "bob", ROLE_FRONT_DESK, err));
    assert_int_equal(RUN(&ctx, ACTION_USER_PASSWD, NULL, "name", "ada", "password", PASSWORD, NULL), RC_DENIED);
    context_end(&ctx);
}

struct another { struct context ctx; int rows; };

/* The same person doing the same on another terminal, in the middle of it. */
static bool another_does_it(void *data, const char *what, int64_t done, int64_t total)
{
    struct another *another = data;
    struct grant grant;

    (void)what;
    (void)done;
    (void)total;
    ASSERT_OK(action_grant(&another->ctx, ACTION_REINDEX, NULL, &grant, err));
    ASSERT_OK(audit_event(another->ctx.st, &grant, 0, NULL, err));
    another->rows++;
    return true;
}

static void what_another_process_writes_down_is_not_ours(void **state)
{
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_ADMINISTRATOR);
    struct another another = { ctx, 0 };
    int64_t before = audit_rows(d);

    ASSERT_OK(store_open(d->path, 0, &another.ctx.st, err));
    ctx.progress = another_does_it;
    ctx.progress_ctx = &another;
    assert_int_equal(RUN(&ctx, ACTION_REINDEX, NULL, NULL), RC_OK);
    assert_true(another.rows > 0);
    assert_int_equal(audit_rows(d) - before, another.rows + 1);
    store_close(another.ctx.st);
    context_end(&ctx);
}

/* Where the audit cannot be written, nothing is done: not even a request or a retry. */
static void no_write_without_its_row(void **state)
{
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_ADMINISTRATOR);

    directory_put(d, PERSON("p1", "Marsh"));
    config_set_text(ctx.config, "server.url", "https://fhir.example");
    ASSERT_OK(store_begin(d->st, err));
    ASSERT_OK(query_run(d->st, err, "UPDATE outbox SET state = 5", ""));
    ASSERT_OK(query_run(d->st, err, "CREATE TEMP TRIGGER full BEFORE INSERT ON main.audit BEGIN SELECT raise(ABORT, 'full'); END", ""));
    ASSERT_OK(store_end(d->st, RC_OK, err));
    assert_int_not_equal(RUN(&ctx, ACTION_SYNC_NOW, NULL, NULL), RC_OK);
    assert_int_not_equal(RUN(&ctx, ACTION_RECORD_FETCH, NULL, "patient", "p1", NULL), RC_OK);
    assert_int_not_equal(RUN(&ctx, ACTION_SYNC_RETRY, NULL, "seq", "1", NULL), RC_OK);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM request"), 0);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM outbox WHERE state = 5"), directory_number(d, "SELECT count(*) FROM outbox"));
    context_end(&ctx);
}

/* An id names its patient: the audit says whose, and arguments about two people are refused. */
static void acts_are_bound_to_their_patient(void **state)
{
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_FRONT_DESK);
    struct query *q;
    char *task, *entity;

    directory_put(d, PERSON("p1", "Marsh"));
    directory_put(d, PERSON("p2", "Marsh"));
    task = MADE(&ctx, ACTION_TASK_ADD, "patient", "p1", "title", "call back", "due", "2w");
    assert_int_equal(RUN(&ctx, ACTION_TASK_SNOOZE, NULL, "id", task, "until", "+3d", NULL), RC_OK);
    entity = mem_printf("Task/%s", task);
    q = query_open(d->st, "SELECT count(*) FROM audit WHERE action = 'task snooze' AND patient = 'p1' AND entity = ?1");
    query_bind(q, 1, entity);
    assert_true(query_next(q) && query_int(q, 0) == 1);
    query_end(q, NULL);
    free(entity);
    assert_int_equal(RUN(&ctx, ACTION_CONTACT_LOG, NULL, "patient", "p2", "medium", "call", "outcome", "none", "task", task, NULL), RC_DENIED);
    assert_int_equal(RUN(&ctx, ACTION_TASK_COMPLETE, NULL, "id", "nope", NULL), RC_NOT_FOUND);
    assert_int_equal(RUN(&ctx, ACTION_TASK_ADD, NULL, "patient", "nope", "due", "2w", NULL), RC_NOT_FOUND);
    free(task);
    context_end(&ctx);
}

static void arguments_are_checked_before_anything_happens(void **state)
{
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_FRONT_DESK);
    int64_t before = audit_rows(d);

    assert_int_equal(RUN(&ctx, ACTION_PATIENT_REGISTER, NULL, "family", "", NULL), RC_INVALID);
    assert_int_equal(RUN(&ctx, ACTION_PATIENT_REGISTER, NULL, "family", "X", "sex", "purple", NULL), RC_INVALID);
    assert_int_equal(RUN(&ctx, ACTION_PATIENT_REGISTER, NULL, "given", "X", NULL), RC_INVALID);
    assert_int_equal(RUN(&ctx, ACTION_PATIENT_REGISTER, NULL, "family", "X", "family", "Y", NULL), RC_INVALID);
    assert_int_equal(RUN(&ctx, ACTION_PATIENT_REGISTER, NULL, "family", "X", "shoe", "44", NULL), RC_INVALID);
    assert_int_equal(RUN(&ctx, ACTION_SYNC_RETRY, NULL, "seq", "1x", NULL), RC_INVALID);
    assert_int_equal(RUN(&ctx, ACTION_OPEN, NULL, NULL), RC_INVALID);
    assert_int_equal(audit_rows(d), before);
    context_end(&ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(keys_and_verbs_are_unique_where_they_apply),
        cmocka_unit_test(verbs_find_their_row_by_type),
        cmocka_unit_test(keys_of_the_terminal_are_left_alone),
        cmocka_unit_test(promised_subcommands_exist),
        cmocka_unit_test(the_manual_says_what_the_rows_say),
        cmocka_unit_test(lines_are_read_from_the_row),
        cmocka_unit_test(wrong_lines_are_refused),
        DIRECTORY_TEST(each_run_is_one_audit_row),
        DIRECTORY_TEST(a_role_without_the_permission_is_refused),
        DIRECTORY_TEST(a_lost_role_is_lost_at_once),
        DIRECTORY_TEST(what_another_process_writes_down_is_not_ours),
        DIRECTORY_TEST(no_write_without_its_row),
        DIRECTORY_TEST(acts_are_bound_to_their_patient),
        DIRECTORY_TEST(arguments_are_checked_before_anything_happens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
