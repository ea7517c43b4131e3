/* If this breaks, nobody can read what sync did yesterday: passes are missing from the log, hours offline
 * fill it, or the status line says of a failed pass that it went through. */
#include "tests/unit/directory.h"

#include "desk/ability.h"
#include "desk/pass_words.h"
#include "store/pass.h"
#include "store/sync_state.h"

static void end(struct directory *d, struct pass pass)
{
    static int64_t now = 1795440000000;

    now += 60000;
    pass.started_ms = now;
    pass.ended_ms = now + 500;
    ASSERT_OK(pass_end(d->st, &pass, err));
}

static void alike_passes_count_up(void **state)
{
    struct directory *d = *state;
    struct pass *list;
    size_t n;

    end(d, (struct pass){ .requests = 2, .bytes_in = 10 });
    end(d, (struct pass){ .requests = 2, .bytes_in = 20 });
    end(d, (struct pass){ .outcome = PASS_OFFLINE, .problem = "offline: no route" });
    end(d, (struct pass){ .outcome = PASS_OFFLINE, .problem = "offline: no route" });
    end(d, (struct pass){ .outcome = PASS_OFFLINE, .problem = "offline: no address" });
    end(d, (struct pass){ .pushed = 1 });
    end(d, (struct pass){ .pushed = 1 });           /* each that did something stands alone */
    end(d, (struct pass){ .requests = 1 });         /* and is never counted into */
    ASSERT_OK(pass_list(d->st, 50, &list, &n, err));
    assert_int_equal(n, 6);
    assert_int_equal(list[5].passes, 2);
    assert_int_equal(list[5].requests, 4);
    assert_int_equal(list[5].bytes_in, 30);
    assert_int_equal(list[5].ended_ms - list[5].started_ms, 60500);
    assert_int_equal(list[4].passes, 2);
    assert_int_equal(list[4].outcome, PASS_OFFLINE);
    assert_string_equal(list[3].problem, "offline: no address");
    assert_int_equal(list[2].pushed + list[1].pushed, 2);
    assert_int_equal(list[0].passes, 1);
    free(list);
}

static void the_log_stays_small(void **state)
{
    struct directory *d = *state;
    struct pass *list;
    size_t n;

    ASSERT_OK(store_begin(d->st, err));
    for (int i = 0; i < 1100; i++)
        end(d, (struct pass){ .pulled = i + 1 });
    ASSERT_OK(store_end(d->st, RC_OK, err));
    ASSERT_OK(pass_list(d->st, 5000, &list, &n, err));
    assert_int_equal(n, 1000);
    assert_int_equal(list[0].pulled, 1100);
    free(list);
}

static void the_status_follows(void **state)
{
    struct directory *d = *state;
    struct sync_status s;

    end(d, (struct pass){ .pushed = 1 });
    ASSERT_OK(sync_status_get(d->st, &s, err));
    assert_int_equal(s.last_ok_ms, s.last_try_ms);
    assert_int_equal(s.outcome, PASS_DONE);
    clock_set_now("2026-11-23T08:20");
    end(d, (struct pass){ .outcome = PASS_PARTLY, .pushed = 4, .problem = "the server does not allow us to write Task" });
    ASSERT_OK(sync_status_get(d->st, &s, err));
    assert_true(s.last_try_ms > s.last_ok_ms);      /* in part is not whole */
    assert_int_equal(s.outcome, PASS_PARTLY);
    end(d, (struct pass){ .outcome = PASS_STOPPED });
    ASSERT_OK(sync_status_get(d->st, &s, err));
    assert_int_equal(s.outcome, PASS_PARTLY);       /* broken off by us: no news */
}

static void a_row_reads(void **state)
{
    static const struct { struct pass pass; const char *words; } cases[] = {
        { { .passes = 1, .pushed = 3, .pulled = 12, .conflicts = 1, .refused = 2 }, "sent 3, received 12, 1 in conflict, 2 refused" },
        { { .passes = 14 }, "nothing new, 14 times" },
        { { .passes = 9, .outcome = PASS_OFFLINE, .problem = "offline: no route" }, "offline: no route, 9 times" },
        { { .passes = 1, .outcome = PASS_STOPPED }, "stopped" },
        { { .passes = 1, .pushed = 2, .outcome = PASS_PARTLY, .problem = "no Task" }, "sent 2, no Task" },
    };
    char words[320];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pass_words(&cases[i].pass, words, sizeof words);
        assert_string_equal(words, cases[i].words);
    }
    pass_wire_words(&(struct pass){ .requests = 12, .bytes_out = 1200, .bytes_in = 32800 }, words, sizeof words);
    assert_string_equal(words, "12 requests, 34 kB");
    for (int i = 0; i < PASS_COUNT; i++)
        assert_int_equal(pass_outcome_of(pass_outcome_name((enum pass_outcome)i)), i);
}

/* A finding of a newer probe is shown as it is stored, not left out. */
static void abilities_have_words_and_rules(void **state)
{
    static const char stored[] = "{\"probed\":1,\"guard\":\"none\",\"takesIds\":true,\"newer\":\"odd\",\"types\":[\"Patient\"]}";
    struct ability a[8];
    struct doc *doc = NULL;

    (void)state;
    assert_int_equal(doc_parse(stored, strlen(stored), &doc, NULL), RC_OK);
    assert_int_equal(ability_list(doc_root(doc), a, 8), 3);
    assert_string_equal(a[0].name, "guard");
    assert_non_null(strstr(a[0].words, "overwrites"));
    assert_non_null(strstr(a[0].rule, "read first"));
    assert_true(a[0].is_weak);
    assert_false(a[1].is_weak);
    assert_string_equal(a[2].name, "newer");
    assert_string_equal(a[2].value, "odd");
    assert_null(a[2].words);
    assert_int_equal(ability_list(doc_root(doc), a, 1), 1);
    assert_null(ability_weakness(doc_root(doc)));
    doc_free(doc);
    assert_int_equal(doc_parse("{\"takesIds\":false}", 18, &doc, NULL), RC_OK);
    assert_non_null(ability_weakness(doc_root(doc)));
    doc_free(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(alike_passes_count_up, directory_setup, directory_teardown),
        cmocka_unit_test_setup_teardown(the_log_stays_small, directory_setup, directory_teardown),
        cmocka_unit_test_setup_teardown(the_status_follows, directory_setup, directory_teardown),
        cmocka_unit_test(a_row_reads), cmocka_unit_test(abilities_have_words_and_rules),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
