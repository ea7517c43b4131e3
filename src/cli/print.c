#include "cli/print.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { COLUMNS_MAX = 24 };

void print_text(const char *text)
{
    struct buf clean = { 0 };

    utf8_clean(&clean, text, true);
    fputs(buf_text(&clean), stdout);
    buf_done(&clean);
}

void print_line(const char *fmt, ...)
{
    char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    if (vasprintf(&text, fmt, ap) < 0)
        mem_fatal("no memory for a line");
    va_end(ap);
    print_text(text);
    putchar('\n');
    free(text);
}

void print_json(const struct node *node)
{
    struct buf text = { 0 };

    if (isatty(STDOUT_FILENO)) {
        node_write_pretty(&text, node);
        print_text(buf_text(&text));
    } else {
        node_write(&text, node);
        fwrite(buf_text(&text), 1, text.len, stdout);
    }
    putchar('\n');
    buf_done(&text);
}

/* A value in one cell; owned. true is said as the column's own name would be: "yes". */
static char *cell(const struct node *value)
{
    struct buf text = { 0 };
    char *clean;

    if (!value)
        return mem_dup("");
    if (node_is(value, NODE_TRUE) || node_is(value, NODE_FALSE))
        return mem_dup(node_is(value, NODE_TRUE) ? _("yes") : _("no"));
    if (node_is(value, NODE_ARRAY)) {
        for (const struct node *one = node_first(value); one; one = node_next(one)) {
            char *part = cell(one);

            buf_printf(&text, "%s%s", text.len ? ", " : "", part);
            free(part);
        }
    } else if (node_is(value, NODE_OBJECT))
        node_write(&text, value);
    else
        buf_add(&text, node_text(value) ? node_text(value) : "");
    clean = utf8_cleaned(buf_text(&text));
    buf_done(&text);
    return clean;
}

/* The members any row has, in the order they are first met. */
static size_t columns_of(const struct node *list, const char **column)
{
    size_t n = 0;

    for (const struct node *row = node_first(list); row; row = node_next(row))
        for (const struct node *member = node_first(row); member; member = node_next(member)) {
            size_t i = 0;

            while (i < n && strcmp(column[i], node_name(member)) != 0)
                i++;
            if (i == n && n < COLUMNS_MAX)
                column[n++] = node_name(member);
        }
    return n;
}

static void print_padded(const char *text, int width, bool is_last)
{
    fputs(text, stdout);
    if (!is_last)
        printf("%*s", width - utf8_width(text) + 2, "");
}

static void print_table(const struct node *list)
{
    const char *column[COLUMNS_MAX];
    int width[COLUMNS_MAX] = { 0 };
    size_t n = columns_of(list, column);

    for (size_t i = 0; i < n; i++) {
        width[i] = utf8_width(column[i]);
        for (const struct node *row = node_first(list); row; row = node_next(row)) {
            char *text = cell(node_get(row, column[i]));

            width[i] = utf8_width(text) > width[i] ? utf8_width(text) : width[i];
            free(text);
        }
    }
    for (size_t i = 0; i < n; i++)
        print_padded(column[i], width[i], i + 1 == n);
    putchar('\n');
    for (const struct node *row = node_first(list); row; row = node_next(row)) {
        for (size_t i = 0; i < n; i++) {
            char *text = cell(node_get(row, column[i]));

            print_padded(text, width[i], i + 1 == n);
            free(text);
        }
        putchar('\n');
    }
}

static void print_object(const struct node *object)
{
    for (const struct node *member = node_first(object); member; member = node_next(member)) {
        char *name = utf8_cleaned(node_name(member));

        if (node_is(member, NODE_ARRAY) && node_is(node_first(member), NODE_OBJECT)) {
            printf("%s:\n", name);
            print_table(member);
        } else if (!node_is(member, NODE_ARRAY) || node_count(member) > 0) {
            char *text = cell(member);

            printf("%s: %s\n", name, text);
            free(text);
        }
        free(name);
    }
}

void print_readable(const struct node *node)
{
    if (node_is(node, NODE_OBJECT))
        print_object(node);
    else if (node_is(node, NODE_ARRAY) && node_is(node_first(node), NODE_OBJECT))
        print_table(node);
    else if (node_is(node, NODE_ARRAY) && node_count(node) == 0)
        puts(_("nothing"));
    else
        print_json(node);
}
