/* Of two people's edits one would vanish, stand twice, or turn into a third that nobody made. */
#include "tests/unit/merge_laws.h"
#include "tests/unit/merge_random.h"
#include "tests/unit/shrink.h"

static const char *laws_hold(struct tape *tape, void *ctx, struct buf *why)
{
    struct doc *base, *local, *remote;

    (void)ctx;
    merge_random(tape, &base, &local, &remote);
    const char *broken = merge_laws_broken(base, local, remote, why);
    doc_free(base);
    doc_free(local);
    doc_free(remote);
    return broken;
}

static void laws_hold_for_any_edits(void **state)
{
    (void)state;
    shrink_run("test_merge_laws", 20000, laws_hold, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(laws_hold_for_any_edits) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
