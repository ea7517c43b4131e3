#include "ui/linear.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/app.h"
#include "ui/list.h"
#include "ui/prompt.h"
#include "ui/screens.h"

enum { SHOWN = 20 };

/* Words a person may type for a key; in fields only with a colon before them. */
static const struct { const char *word; struct key key; } words[] = {
    { "back", { .cap = KEYCAP_ESC } }, { "help", { .cp = '?' } }, { "up", { .cap = KEYCAP_UP } },
    { "save", { .cp = 'f', .ctrl = true } }, { "finish", { .cp = 'f', .ctrl = true } }, { "lock", { .cp = 'z', .ctrl = true } },
    { "problem", { .cp = 'n', .ctrl = true } }, { "sections", { .cp = 'g', .ctrl = true } }, { "next", { .cap = KEYCAP_PAGE_DOWN } },
    { "list", { .cap = KEYCAP_TAB } },
};

/* What was read out last, and of which place. */
struct spoken { struct buf words; const void *state; };

static struct list *list_of(struct app *app)
{
    struct place *top = app_top(app);

    return top && top->screen->list ? top->screen->list(top->state) : NULL;
}

static bool in_field(struct app *app)
{
    struct place *top = app_top(app);

    return top && top->screen->in_field && top->screen->in_field(top->state);
}

/* In the box above a list that it narrows: a number chooses from the list. */
static bool in_box(struct app *app)
{
    return app_top(app)->screen == &screen_find || (app_top(app)->screen == &screen_forms && in_field(app));
}

static void press(struct app *app, struct key key)
{
    app_key(app, &key);
}

static void press_text(struct app *app, const char *text)
{
    while (*text) {
        size_t len = strlen(text);
        uint32_t cp = utf8_next(text, &len);

        press(app, (struct key){ .cp = cp });
        text += len;
    }
}

/* One row as a sentence: its words, each with the column's name where that tells something. */
static void row_sentence(struct buf *out, const struct list *list, const struct list_row *row, size_t i)
{
    const struct list_group *group = &list->group[row->group];

    if (row->has_no_number)
        buf_add(out, "- ");
    else
        buf_printf(out, "%d. ", row->number);
    for (size_t k = 0; k < group->n_columns; k++) {
        const char *title = group->column[k].title;

        if (!row->text[k] || !row->text[k][0])
            continue;
        if (title && k > 0 && list->has_titles)
            buf_printf(out, "%s ", _(title));
        buf_printf(out, "%s. ", row->text[k]);
    }
    if (row->mark != LIST_PLAIN)
        buf_add(out, row->mark == LIST_DONE ? _("Done. ") : _("Changed. "));
    if (i == list->at && !list->is_unfocused)
        buf_printf(out, _("Row %zu of %zu."), i + 1, list->n);
    buf_char(out, '\n');
}

static void list_sentences(struct buf *out, const struct list *list)
{
    size_t from = list->at > SHOWN / 2 ? list->at - SHOWN / 2 : 0;
    int group = -1;

    for (size_t i = from; i < list->n && i < from + SHOWN; i++) {
        const struct list_row *row = &list->row[i];

        if (row->group != group && list->group[row->group].title)
            buf_printf(out, "%s. %s\n", list->group[row->group].title, list->group[row->group].note);
        group = row->group;
        row_sentence(out, list, row, i);
    }
}

/* Painted rows from one to another, without their columns' gaps. */
static void grid_lines(struct buf *out, const struct grid *grid, int from, int to)
{
    for (int row = from; row < to; row++) {
        char *text = grid_row_text(grid, row);
        bool gap = true, any = false;

        for (const char *p = text; *p; p++) {
            if (*p == ' ') {
                gap = true;
                continue;
            }
            if (gap && any)
                buf_char(out, ' ');
            buf_char(out, *p);
            gap = false;
            any = true;
        }
        if (any)
            buf_char(out, '\n');
        free(text);
    }
}

/* Everything the screen says, as lines; the frame's rules and keys left out. */
static void screen_words(struct app *app, struct buf *out)
{
    struct list *list = list_of(app);
    int top = app->body_top;

    grid_lines(out, &app->grid, 0, 1);
    if (top > 2)
        grid_lines(out, &app->grid, 1, top - 1);
    if (list && list->n && in_box(app))
        grid_lines(out, &app->grid, top, top + 1);
    if (!list || list->n == 0 || (in_field(app) && !in_box(app)))
        grid_lines(out, &app->grid, top, app->grid.rows - 2);
    else
        list_sentences(out, list);
    if (list && list->n && in_box(app))
        grid_lines(out, &app->grid, app->grid.rows - 3, app->grid.rows - 2);
}

/* Every sign has a word. */
static void say(const char *text)
{
    static const struct { const char *sign, *word; } signs[] = {
        { "†", N_("died ") }, { "✓ ", "" }, { "▸", "," }, { "→", N_("that is") }, { "! ", N_("Alert: ") }, { "…", "" },
    };
    struct buf clean = { 0 };
    const char *p;

    utf8_clean(&clean, text, true);
    for (p = buf_text(&clean); *p;) {
        size_t i = 0;

        while (i < sizeof signs / sizeof *signs && strncmp(p, signs[i].sign, strlen(signs[i].sign)) != 0)
            i++;
        if (i == sizeof signs / sizeof *signs) {
            putchar(*p++);
            continue;
        }
        fputs(signs[i].word[0] ? _(signs[i].word) : "", stdout);
        p += strlen(signs[i].sign);
    }
    buf_done(&clean);
}

static bool has_line(const char *text, const char *line, size_t len)
{
    for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
        if (strcspn(text, "\n") == len && memcmp(text, line, len) == 0)
            return true;
    return false;
}

/* Of a screen that is still the same, only the lines that are new. */
static void say_news(const char *now, const char *before)
{
    struct buf out = { 0 };

    while (*now) {
        size_t len = strcspn(now, "\n");

        if (!has_line(before, now, len)) {
            buf_add_n(&out, now, len);
            buf_char(&out, '\n');
        }
        now += len + (now[len] == '\n');
    }
    say(buf_text(&out));
    buf_done(&out);
}

/* A screen that speaks for itself: what just happened first, then what it asks. */
static void say_itself(struct app *app, struct place *top, struct spoken *last)
{
    struct buf now = { 0 };

    if (app->message[0])
        buf_printf(&now, "%s\n", app->message);
    top->screen->say(app, top->state, &now);
    say(buf_text(&now));
    last->state = top->state;
    buf_done(&now);
}

/* Print what is new: the screen or what changed of it, then the question or what just happened. */
static void print_news(struct app *app, struct spoken *last)
{
    struct place *top = app_top(app);
    bool speaks = !app->prompt && top && top->screen->say;
    struct buf now = { 0 };

    app_settle(app);
    app_paint(app);
    screen_words(app, &now);
    if (top && top->state != last->state) {
        buf_clear(&last->words);
        say("\n");
    }
    if (speaks) {
        say_itself(app, top, last);
    } else if (!app->prompt) {
        say_news(buf_text(&now), buf_text(&last->words));
        buf_clear(&last->words);
        buf_add(&last->words, buf_text(&now));
        last->state = top ? top->state : NULL;
    }
    buf_clear(&now);
    if (!speaks)
        grid_lines(&now, &app->grid, app->grid.rows - (app->prompt ? 3 : 2), app->grid.rows - (app->prompt ? 0 : 1));
    say(buf_text(&now));
    buf_done(&now);
    prompt_painted(app->prompt);
    fputs(in_field(app) && !app->prompt && !top->screen->say ? _("(:back :save :help :repeat) > ") : "> ", stdout);
}

static bool word_key(struct app *app, const char *word)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].word, word) == 0) {
            press(app, words[i].key);
            return true;
        }
    return false;
}

/* ":name of an action" or ":ns 3-5". */
static void colon(struct app *app, const char *rest)
{
    if (word_key(app, rest))
        return;
    press(app, (struct key){ .cp = 'p', .ctrl = true });
    press_text(app, rest);
    app_settle(app);
    press(app, (struct key){ .cap = KEYCAP_ENTER });
}

static void field_line(struct app *app, const char *line)
{
    struct list *list = list_of(app);

    if (in_box(app) && list && list->n && line[0] && strspn(line, "0123456789") == strlen(line)) {
        press(app, (struct key){ .cap = KEYCAP_TAB });
        press_text(app, line);
        press(app, (struct key){ .cap = KEYCAP_ENTER });
        return;
    }
    if (line[0])
        press(app, (struct key){ .cp = 'u', .ctrl = true });
    press_text(app, line + (in_box(app) && line[0] == '/'));
    if (!in_box(app))
        press(app, (struct key){ .cap = KEYCAP_ENTER });
}

static void command_line(struct app *app, const char *line)
{
    size_t len = strlen(line);

    if (word_key(app, line))
        return;
    press_text(app, line);
    if (line[0] != '/' && (len == 0 || isdigit((unsigned char)line[len - 1])))
        press(app, (struct key){ .cap = KEYCAP_ENTER });
}

/* A letter that chooses goes on by itself; everything else needs the Enter that ended the line. */
static void prompt_line(struct app *app, const char *line)
{
    const struct prompt *prompt = app->prompt;
    size_t position = prompt_position(prompt);

    press_text(app, line);
    if (app->prompt == prompt && prompt_position(prompt) == position)
        press(app, (struct key){ .cap = KEYCAP_ENTER });
}

/* A screen that speaks for itself hears its lines first. */
static bool heard(struct app *app, const char *line)
{
    struct place *top = app_top(app);

    return !app->prompt && top && top->screen->hear && top->screen->hear(app, top->state, line);
}

static void take_line(struct app *app, const char *line, struct spoken *last)
{
    if (heard(app, line))
        return;
    if (strcmp(line, "quit") == 0 || strcmp(line, ":quit") == 0) {
        app->quit = true;
    } else if (strcmp(line, "repeat") == 0 || strcmp(line, ":repeat") == 0) {
        last->state = NULL;
    } else if (app->prompt && strcmp(line, ":back") == 0) {
        press(app, (struct key){ .cap = KEYCAP_ESC });
    } else if (app->prompt) {
        prompt_line(app, line);
    } else if (line[0] == ':' && line[1]) {
        colon(app, line + 1);
    } else if (in_field(app)) {
        field_line(app, line);
    } else {
        command_line(app, line);
    }
}

/* Echo off before the prompt is out, so that nobody is quick enough to be seen. True when it was changed. */
static bool hide_typing(bool is_secret, struct termios *before)
{
    struct termios now;

    if (!is_secret || tcgetattr(STDIN_FILENO, before) != 0)
        return false;
    now = *before;
    now.c_lflag &= ~(tcflag_t)ECHO;
    return tcsetattr(STDIN_FILENO, TCSADRAIN, &now) == 0;
}

/* A line from the person; what is secret is not echoed. NULL at the end. Owned. */
static char *read_line(bool is_secret)
{
    struct termios before;
    bool changed = hide_typing(is_secret, &before);
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;

    fflush(stdout);
    len = getline(&line, &cap, stdin);
    if (changed) {
        tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
        fputc('\n', stdout);
    }
    if (len < 0) {
        free(line);
        return NULL;
    }
    while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
        line[--len] = '\0';
    return line;
}

enum rc linear_run(struct app *app, struct err *err)
{
    struct spoken last = { 0 };
    char *line;

    (void)err;
    setvbuf(stdout, NULL, _IOFBF, BUFSIZ);
    app->quiet = true;
    while (!app->quit) {
        print_news(app, &last);
        if (!(line = read_line(app->grid.cursor_secret)))
            break;
        take_line(app, line, &last);
        app_tick(app);
        mem_wipe(line, strlen(line));
        free(line);
    }
    buf_done(&last.words);
    return RC_OK;
}
