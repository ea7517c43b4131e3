/* On a line that breaks now and then a long answer is read from its beginning over and over, and never comes to its end. */
#include "tests/unit/fhir_endpoint.h"

#include "sync/walk.h"

enum { PAGES = 5 };

static int heard_so_far(const struct heard *h, const char *what)
{
    int n = 0;

    for (const char *at = h->bytes, *end = h->bytes + h->len; (at = memmem(at, (size_t)(end - at), what, strlen(what))); at++)
        n++;
    return n;
}

/* Pages 1 to PAGES, of which the third breaks off the first *ctx times it is asked for. */
static void serve(struct peer *p)
{
    while (peer_hear(p)) {
        int page = (int)strtol(strstr(p->request, "page=") ? strstr(p->request, "page=") + 5 : "1", NULL, 10);
        char request[64], body[256];

        snprintf(request, sizeof request, "page=%d ", page);
        if (page == 3 && heard_so_far(p->heard, request) <= *(const int *)p->plan->ctx) {
            peer_say(p, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"resourceType\":\"Bun");
            return;
        }
        snprintf(body, sizeof body, "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"link\":[{\"relation\":\"%s\",\"url\":\"$BASE?page=%d\"}]}",
                 page < PAGES ? "next" : "self", page + 1);
        fhir_say(p, &(struct canned){ "", "200 OK", NULL, body });
    }
}

static void a_page_that_broke_off_is_asked_for_again(void **state)
{
    static const struct { int breaks; enum rc rc; int pages, thirds; } cases[] = {
        { 0, RC_OK, PAGES, 1 }, { 1, RC_OK, PAGES, 2 }, { 2, RC_OK, PAGES, 3 }, { 99, RC_NET, 2, 3 },
    };
    struct directory *d = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct endpoint_plan plan = { .serve = serve, .cert = &fhir_leaf, .ctx = (void *)(uintptr_t)&cases[i].breaks };
        struct endpoint e = endpoint_start(&plan);
        struct central c = fhir_central(d, &e, NULL);
        struct walk walk;
        struct doc *page = NULL;
        struct err why = { 0 };
        int n = 0;
        enum rc rc;

        walk_init(&walk, "Patient?page=1", "searchset");
        for (; (rc = walk_page(&walk, &c, &page, &why)) == RC_OK && page; n++)
            doc_free(page);
        walk_done(&walk);
        fhir_central_done(&c);
        if (rc != cases[i].rc || n != cases[i].pages || heard_so_far(e.heard, "page=3 ") != cases[i].thirds ||
            heard_so_far(e.heard, "page=1 ") != 1 || heard_so_far(e.heard, "page=2 ") != 1)
            fail_msg("%d breaks: %s after %d pages, the third asked for %d times", cases[i].breaks, rc_name(rc), n, heard_so_far(e.heard, "page=3 "));
        endpoint_stop(&e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { DIRECTORY_TEST(a_page_that_broke_off_is_asked_for_again) };

    return cmocka_run_group_tests(tests, fhir_group_start, fhir_group_end);
}
