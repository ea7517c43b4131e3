/* If this breaks, a typing error in the settings goes unnoticed, or a secret lies in a plain file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/config.h"
#include "base/mem.h"
#include "base/process.h"

struct place { char dir[64], file[96]; };

static int place_make(void **state)
{
    struct place *p = mem_alloc(sizeof *p);

    snprintf(p->dir, sizeof p->dir, "/tmp/frontdesk-config-XXXXXX");
    if (!mkdtemp(p->dir))
        return -1;
    snprintf(p->file, sizeof p->file, "%s/config", p->dir);
    *state = p;
    return 0;
}

static int place_drop(void **state)
{
    struct place *p = *state;

    unlink(p->file);
    rmdir(p->dir);
    free(p);
    return 0;
}

static void write_file(const struct place *p, const char *text)
{
    FILE *file = fopen(p->file, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static struct config *load(const struct place *p, const char *text)
{
    struct config *config = NULL;
    struct err err = {0};

    write_file(p, text);
    if (config_load(p->file, &config, NULL, &err) != RC_OK)
        fail_msg("%s", err.text);
    return config;
}

static void reads_what_is_set(void **state)
{
    const struct place *p = *state;
    struct config *c = load(p,
        "data_dir = \"/srv/desk\"; idle_lock_s = 60; theme = \"mono\"; quiet = true;\n"
        "clinic = { name = \"Elm & Söhne\"; day_first = true; time_zone = \"UTC\"; };\n"
        "server = { url = \"https://fhir.example.org:8443/fhir\"; ca_file = \"ca.pem\"; token_file = \"~/t\"; };\n"
        "keys = { task-complete = \"c\"; contact_log = \"F5 ^L\"; };\n");

    assert_string_equal(config_text(c, "data_dir"), "/srv/desk");
    assert_int_equal(config_int(c, "idle_lock_s"), 60);
    assert_string_equal(config_text(c, "theme"), "mono");
    assert_true(config_bool(c, "quiet"));
    assert_true(config_bool(c, "clinic.day_first"));
    assert_string_equal(config_text(c, "clinic.name"), "Elm & Söhne");
    assert_string_equal(config_text(c, "server.url"), "https://fhir.example.org:8443/fhir");
    assert_true(strncmp(config_text(c, "server.ca_file"), p->dir, strlen(p->dir)) == 0);   /* beside the file */
    assert_true(strstr(config_text(c, "server.token_file"), "~") == NULL);
    assert_string_equal(config_key(c, "task complete"), "c");
    assert_string_equal(config_key(c, "contact log"), "F5 ^L");
    assert_null(config_key(c, "patient find"));
    assert_string_equal(config_path(c), p->file);
    config_set_text(c, "data_dir", "other");        /* --data DIR, as given */
    assert_string_equal(config_text(c, "data_dir"), "other");
    config_free(c);
}

static void an_empty_file_means_the_standards(void **state)
{
    struct config *c = load(*state, "");

    assert_int_equal(config_int(c, "idle_lock_s"), 900);
    assert_string_equal(config_text(c, "theme"), "dark");
    assert_false(config_bool(c, "quiet"));
    assert_string_equal(config_text(c, "server.url"), "");
    assert_true(config_text(c, "data_dir")[0] == '/');
    config_free(c);
}

/* One file with every kind of fault: each is told, with its line, before any is mended. */
static void tells_all_faults_at_once(void **state)
{
    static const char *const wanted[] = {
        ":1: theme: ", ":2: idle_lock_s: ", ":3: quiet: ", ":4: data_dir: ", ":5: color: ", ":6: clinic.motto: ", ":7: clinic.name: ",
        ":9: server.url: ", ":10: server.token: ", ":11: server.sync_interval_s: ", ":13: password: ", ":14: backup: ",
        ":15: keys.task-complete: ", ":15: keys.contact-log: ", ":15: keys.help: ",
    };
    struct place *p = *state;
    struct buf faults = {0};
    struct config *c = NULL;
    struct err err = {0};
    const char *at;
    int lines = 0;

    write_file(p,
        "theme = \"pink\";\nidle_lock_s = 5;\nquiet = 1;\ndata_dir = 7;\ncolor = true;\nclinic = { motto = \"x\";\n name = \"a\\x1b[2Jb\"; };\n"
        "server = {\n url = \"http://example.org\";\n token = \"s3cret\";\n sync_interval_s = \"60\"; };\n\npassword = \"s3cret\";\n"
        "backup = 3;\nkeys = { task-complete = \"c ^S\"; contact-log = 3; help = \"\"; };\n");
    assert_int_equal(config_load(p->file, &c, &faults, &err), RC_INVALID);
    assert_null(c);
    at = buf_text(&faults);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!(at = strstr(at, wanted[i])))
            fail_msg("%s is missing after:\n%s", wanted[i], buf_text(&faults));
    for (const char *q = buf_text(&faults); *q; q++)
        lines += *q == '\n';
    assert_int_equal(lines, sizeof wanted / sizeof *wanted);
    assert_null(strstr(buf_text(&faults), "s3cret"));       /* a secret is refused, not repeated */
    assert_non_null(strstr(err.text, ":1: theme: "));
    buf_done(&faults);
}

static void refuses(void **state)
{
    static const struct { const char *text, *says; } cases[] = {
        {"server = { url = \"https://user:pw@example.org/fhir\"; };", "token_file"},
        {"server = { url = \"https:///fhir\"; };", "base address"},
        {"server = { url = \"https://example.org/fhir?x=1\"; };", "base address"},
        {"server = { token_file = \"/t\"; };", "server.url"},
        {"theme = \"dark\"\nquiet = ;", ":2: "},           /* a syntax error has a line too */
        {"clinic = { time_zone = \"../etc\"; };", "time zone"},
        {"clinic = ( 1 );", "group"},
        {"server = { client_secret = \"x\"; };", "secrets"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct place *p = *state;
        struct config *c = NULL;
        struct err err = {0};

        write_file(p, cases[i].text);
        if (config_load(p->file, &c, NULL, &err) != RC_INVALID || !strstr(err.text, cases[i].says))
            fail_msg("%s gave: %s", cases[i].text, err.text);
    }
}

static void a_missing_file_that_was_named_is_an_error(void **state)
{
    struct place *p = *state;
    struct config *c = NULL;
    struct err err = {0};

    unlink(p->file);
    assert_int_equal(config_load(p->file, &c, NULL, &err), RC_NOT_FOUND);
    assert_non_null(strstr(err.text, p->file));
    setenv("XDG_CONFIG_HOME", p->dir, 1);
    if (access("/etc/frontdesk/config", F_OK) != 0) {
        assert_int_equal(config_load(NULL, &c, NULL, &err), RC_OK);
        assert_string_equal(config_path(c), "");
        config_free(c);
    }
    unsetenv("XDG_CONFIG_HOME");
}

static char *read_all(FILE *file)
{
    struct buf text = {0};
    char part[4096];
    size_t n;

    rewind(file);
    while ((n = fread(part, 1, sizeof part, file)) > 0)
        buf_add_n(&text, part, n);
    fclose(file);
    return buf_take(&text);
}

/* The file in the source tree is what the table prints, and loads as it is. */
static void the_example_is_printed_from_the_table(void **state)
{
    char *path = mem_printf("%s/../config.example", process_data_dir());
    FILE *made = tmpfile(), *kept = fopen(path, "r");
    char *printed, *file;
    struct config *c = NULL;
    struct err err = {0};

    (void)state;
    assert_non_null(made);
    assert_non_null(kept);
    config_print_example(made);
    printed = read_all(made);
    file = read_all(kept);
    assert_string_equal(printed, file);
    if (config_load(path, &c, NULL, &err) != RC_OK)
        fail_msg("%s", err.text);
    config_free(c);
    free(printed);
    free(file);
    free(path);
}

/* With every # taken away that hides a setting, the example is still a file the program takes. */
static void the_example_can_be_uncommented(void **state)
{
    FILE *made = tmpfile();
    struct buf text = {0};
    char *printed, *rest, *line;
    int settings = 0;

    assert_non_null(made);
    config_print_example(made);
    rest = printed = read_all(made);
    while ((line = strsep(&rest, "\n"))) {
        char *hash = strstr(line, "# ");
        size_t len = strlen(line);

        if (hash && len && line[len - 1] == ';' && strstr(line, " = ")) {
            memmove(hash, hash + 2, strlen(hash + 2) + 1);
            settings++;
        }
        buf_printf(&text, "%s\n", line);
    }
    config_free(load(*state, buf_text(&text)));
    assert_true(settings >= 19);
    buf_done(&text);
    free(printed);
}

static void count_row(void *ctx, const char *name, const char *value, const char *help)
{
    assert_true(*name && value && *help);
    ++*(int *)ctx;
}

static void walks_every_row(void **state)
{
    struct config *c = load(*state, "keys = { help = \"?\"; };");
    int rows = 0;

    config_each(c, count_row, &rows);
    assert_true(rows >= 20);
    config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_is_set), cmocka_unit_test(an_empty_file_means_the_standards),
        cmocka_unit_test(tells_all_faults_at_once), cmocka_unit_test(refuses), cmocka_unit_test(a_missing_file_that_was_named_is_an_error),
        cmocka_unit_test(the_example_is_printed_from_the_table), cmocka_unit_test(the_example_can_be_uncommented),
        cmocka_unit_test(walks_every_row),
    };

    return cmocka_run_group_tests(tests, place_make, place_drop);
}
