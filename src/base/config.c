#include "base/config.h"

#include <ctype.h>
#include <errno.h>
#include <libconfig.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/config_table.h"
#include "base/i18n.h"
#include "base/mem.h"

enum { KEYS_LONG = 32 };
struct key { char *action, *value; };
struct config {
    char *path;                     /* the file read, "" when none */
    char *value[CONFIG_ROWS_MAX];   /* by row; NULL = the default */
    struct key *key;
    size_t n_keys, cap_keys;
};

/* One reading of a file: where it goes and what was wrong with it. */
struct reading {
    struct config *config;
    const char *path;
    struct buf *faults;
    struct err *err;
    int n_faults;
};

/* ---- faults -------------------------------------------------------------------------------- */

__attribute__((format(printf, 4, 5)))
static void fault(struct reading *r, int line, const char *name, const char *fmt, ...)
{
    char words[240];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(words, sizeof words, fmt, ap);
    va_end(ap);
    if (r->n_faults++ == 0)
        err_set(r->err, RC_INVALID, "%s:%d: %s: %s", r->path, line, name, words);
    if (r->faults)
        buf_printf(r->faults, "%s:%d: %s: %s\n", r->path, line, name, words);
}

/* ---- values -------------------------------------------------------------------------------- */

/* "~/x" is in the home directory; another relative path lies beside the configuration file. */
static char *path_resolved(const char *value, const char *config_path)
{
    const char *home = getenv("HOME"), *slash;

    if (strncmp(value, "~/", 2) == 0)
        return mem_printf("%s%s", home ? home : "", value + 1);
    slash = strrchr(config_path, '/');
    if (!*value || *value == '/' || !slash)
        return mem_dup(value);
    return mem_printf("%.*s/%s", (int)(slash - config_path), config_path, value);
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7F)
            return true;
    return false;
}

static bool is_choice(const char *const *choices, const char *value)
{
    for (; *choices; choices++)
        if (strcmp(*choices, value) == 0)
            return true;
    return false;
}

/* A zone that does not exist is only a fault where the machine has zones at all. */
static bool zone_is_wrong(const char *value)
{
    return *value && !clock_zone_exists(value) && clock_zone_exists("Etc/UTC");
}

static void check_url(struct reading *r, int line, const char *name, const char *value)
{
    const char *host = value + strlen("https://");

    if (!*value)
        return;
    if (strncmp(value, "https://", strlen("https://")) != 0)
        fault(r, line, name, "%s", _("must begin with https://"));
    else if (!*host || *host == '/' || strpbrk(value, " ?#"))
        fault(r, line, name, "%s", _("must be a server's base address, without ? or #"));
    else if (memchr(host, '@', strcspn(host, "/")))
        fault(r, line, name, "%s", _("holds a name or password: keep secrets in token_file"));
}

static void check_text(struct reading *r, int line, const struct config_row *row, const char *value)
{
    if (has_control(value))
        fault(r, line, row->name, "%s", _("holds a control character"));
    else if (row->kind == CONFIG_URL)
        check_url(r, line, row->name, value);
    else if (row->kind == CONFIG_ZONE && zone_is_wrong(value))
        fault(r, line, row->name, "%s", _("no such time zone; give one as America/New_York"));
    else if (row->kind == CONFIG_CHOICE && !is_choice(row->choices, value)) {
        struct buf list = {0};

        for (const char *const *c = row->choices; *c; c++)
            buf_printf(&list, "%s%s", list.len ? ", " : "", *c);
        fault(r, line, row->name, _("must be one of %s"), buf_text(&list));
        buf_done(&list);
    }
}

static void take_value(struct reading *r, const struct config_row *row, const config_setting_t *s)
{
    int type = config_setting_type(s), line = (int)config_setting_source_line(s);
    char **value = &r->config->value[row - config_rows];

    if (row->kind == CONFIG_BOOL) {
        if (type != CONFIG_TYPE_BOOL)
            fault(r, line, row->name, "%s", _("must be true or false"));
        else
            *value = mem_dup(config_setting_get_bool(s) ? "true" : "false");
    } else if (row->kind == CONFIG_INT) {
        long long n = type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64 ? config_setting_get_int64(s) : 0;

        if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64)
            fault(r, line, row->name, "%s", _("must be a whole number"));
        else if (n < row->least || n > row->most)
            fault(r, line, row->name, _("must be from %d to %d"), row->least, row->most);
        else
            *value = mem_printf("%lld", n);
    } else if (type != CONFIG_TYPE_STRING) {
        fault(r, line, row->name, "%s", _("must be text in double quotes"));
    } else {
        const char *text = config_setting_get_string(s);

        check_text(r, line, row, text);
        *value = row->kind == CONFIG_PATH ? path_resolved(text, r->path) : mem_dup(text);
    }
}

/* ---- keys ---------------------------------------------------------------------------------- */

/* Never bound: flow control and the prefixes of screen and tmux. keys: one or more, a space between. */
static bool key_is_taken(const char *keys)
{
    for (const char *p = keys; *p; p++)
        if (p[0] == '^' && p[1] && strchr("SQABsqab", p[1]) && (p == keys || p[-1] == ' '))
            return true;
    return false;
}

static char *action_of(const char *name)
{
    char *action = mem_dup(name);

    for (char *p = action; *p; p++)
        if (*p == '_' || *p == '-')
            *p = ' ';
    return action;
}

static void take_key(struct reading *r, const char *name, const config_setting_t *s)
{
    struct config *config = r->config;
    int line = (int)config_setting_source_line(s);
    const char *key = config_setting_get_string(s);

    if (!key)
        fault(r, line, name, "%s", _("must be text in double quotes"));
    else if (!*key || strlen(key) > KEYS_LONG || has_control(key))
        fault(r, line, name, "%s", _("must be keys with a space between: a letter, a sign, ^X or F2"));
    else if (key_is_taken(key))
        fault(r, line, name, "%s", _("^S, ^Q, ^A and ^B belong to the terminal"));
    else {
        MEM_ROOM(config->key, config->n_keys, config->cap_keys);
        config->key[config->n_keys].action = action_of(config_setting_name(s));
        config->key[config->n_keys++].value = mem_dup(key);
    }
}

/* ---- reading a file ------------------------------------------------------------------------ */

static bool is_secret(const char *name)
{
    static const char *const words[] = {"password", "passwd", "secret", "token", "key", "credential"};
    const char *last = strrchr(name, '.');

    last = last ? last + 1 : name;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasestr(last, words[i]))
            return true;
    return false;
}

static const struct config_row *row_named(const char *name)
{
    for (const struct config_row *row = config_rows; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

static bool group_exists(const char *name)
{
    size_t len = strlen(name);

    for (const struct config_row *row = config_rows; row->name; row++)
        if (strncmp(row->name, name, len) == 0 && row->name[len] == '.')
            return true;
    return strcmp(name, "keys") == 0;
}

static void take_group(struct reading *r, const config_setting_t *group, const char *prefix);

static void take_setting(struct reading *r, const config_setting_t *s, const char *prefix)
{
    char *name = mem_printf("%s%s%s", prefix, *prefix ? "." : "", config_setting_name(s));
    int line = (int)config_setting_source_line(s);
    const struct config_row *row = row_named(name);

    if (row)
        take_value(r, row, s);
    else if (strcmp(prefix, "keys") == 0)
        take_key(r, name, s);
    else if (group_exists(name) && config_setting_is_group(s))
        take_group(r, s, name);
    else if (group_exists(name))
        fault(r, line, name, "%s", _("must be a group: { ... }"));
    else if (is_secret(name))
        fault(r, line, name, "%s", _("secrets do not belong here: name a file readable by you alone (server.token_file)"));
    else
        fault(r, line, name, "%s", _("no such setting"));
    free(name);
}

static void take_group(struct reading *r, const config_setting_t *group, const char *prefix)
{
    int n = config_setting_length(group);

    for (int i = 0; i < n; i++)
        take_setting(r, config_setting_get_elem(group, (unsigned)i), prefix);
}

static void read_file(struct reading *r, FILE *file)
{
    config_t parsed;

    config_init(&parsed);
    if (config_read(&parsed, file) == CONFIG_TRUE)
        take_group(r, config_root_setting(&parsed), "");
    else
        fault(r, config_error_line(&parsed), _("syntax"), "%s", config_error_text(&parsed));
    config_destroy(&parsed);
}

/* The first of the usual places that exists; owned, or NULL. */
static char *usual_path(void)
{
    const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    char *path = xdg && *xdg == '/' ? mem_printf("%s/frontdesk/config", xdg)
               : home && *home ? mem_printf("%s/.config/frontdesk/config", home) : NULL;

    if (path && access(path, F_OK) == 0)
        return path;
    free(path);
    return access("/etc/frontdesk/config", F_OK) == 0 ? mem_dup("/etc/frontdesk/config") : NULL;
}

/* A URL with nothing to sign in with, and the like: what only the whole file shows. */
static void check_together(struct reading *r)
{
    const struct config *c = r->config;

    if (*config_text(c, "server.token_file") && !*config_text(c, "server.url"))
        fault(r, 0, "server.url", "%s", _("is missing, but server.token_file is given"));
}

/* Standard paths lie under the home directory of whoever runs the program. */
static void resolve_standards(struct config *config)
{
    for (const struct config_row *row = config_rows; row->name; row++) {
        char **value = &config->value[row - config_rows];

        if (!*value && row->kind == CONFIG_PATH && row->standard[0] == '~')
            *value = path_resolved(row->standard, "");
    }
}

enum rc config_load(const char *path, struct config **out, struct buf *faults, struct err *err)
{
    struct config *config = mem_alloc(sizeof *config);
    struct reading r = {.config = config, .faults = faults, .err = err};
    FILE *file = NULL;

    config->path = path && *path ? mem_dup(path) : usual_path();
    if (!config->path)
        config->path = mem_dup("");
    r.path = config->path;
    if (*config->path && !(file = fopen(config->path, "re"))) {
        enum rc rc = err_set(err, errno == ENOENT ? RC_NOT_FOUND : RC_IO, "%s: %s", config->path, strerror(errno));
        if (faults)
            buf_printf(faults, "%s\n", err ? err_text(err) : config->path);
        config_free(config);
        return rc;
    }
    if (file) {
        read_file(&r, file);
        fclose(file);
        if (!r.n_faults)
            check_together(&r);
    }
    if (r.n_faults) {
        config_free(config);
        return RC_INVALID;
    }
    resolve_standards(config);
    *out = config;
    return RC_OK;
}

void config_free(struct config *config)
{
    if (!config)
        return;
    for (size_t i = 0; i < CONFIG_ROWS_MAX; i++)
        free(config->value[i]);
    for (size_t i = 0; i < config->n_keys; i++) {
        free(config->key[i].action);
        free(config->key[i].value);
    }
    free(config->key);
    free(config->path);
    free(config);
}

/* ---- asking -------------------------------------------------------------------------------- */

static const struct config_row *row_wanted(const char *name)
{
    const struct config_row *row = row_named(name);

    if (!row) {
        fprintf(stderr, "frontdesk: %s\n", name);
        mem_fatal("a setting was asked for that is not in the table");
    }
    return row;
}

static const char *row_value(const struct config *config, const struct config_row *row)
{
    const char *set = config->value[row - config_rows];

    return set ? set : row->standard;
}

const char *config_text(const struct config *config, const char *name)
{
    return row_value(config, row_wanted(name));
}

int config_int(const struct config *config, const char *name)
{
    return (int)strtol(row_value(config, row_wanted(name)), NULL, 10);
}

bool config_bool(const struct config *config, const char *name)
{
    return strcmp(row_value(config, row_wanted(name)), "true") == 0;
}

const char *config_key(const struct config *config, const char *action)
{
    for (size_t i = 0; i < config->n_keys; i++)
        if (strcmp(config->key[i].action, action) == 0)
            return config->key[i].value;
    return NULL;
}

void config_set_text(struct config *config, const char *name, const char *value)
{
    char **slot = &config->value[row_wanted(name) - config_rows];

    free(*slot);
    *slot = mem_dup(value ? value : "");
}

const char *config_path(const struct config *config)
{
    return config->path;
}

void config_each(const struct config *config,
                 void (*row)(void *ctx, const char *name, const char *value, const char *help), void *ctx)
{
    for (const struct config_row *r = config_rows; r->name; r++)
        row(ctx, r->name, config_text(config, r->name), gettext(r->help));
    for (size_t i = 0; i < config->n_keys; i++) {
        char *name = mem_printf("keys.%s", config->key[i].action);

        row(ctx, name, config->key[i].value, _("the key of this action"));
        free(name);
    }
}
