#include "paper/plain.h"

#include <stdlib.h>
#include <string.h>
#include <unilbrk.h>
#include <unictype.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "paper/page.h"
#include "paper/sheet.h"

enum { COLUMNS = 80, INDENT = 2, DEEPEST = 8, HEAD_LINES = 5, FOOT_LINES = 2, A4_LINES = 70, LETTER_LINES = 66,
       TOP_MARGIN = 3, BOTTOM_MARGIN = 3 };

/* The marks of sheet.h as any printer has them. Owned. */
static char *with_marks(const char *text)
{
    struct buf out = { 0 };

    while (*text) {
        if (strncmp(text, SHEET_BOX, strlen(SHEET_BOX)) == 0 || strncmp(text, SHEET_BOX_MARKED, strlen(SHEET_BOX_MARKED)) == 0) {
            buf_add(&out, strncmp(text, SHEET_BOX, strlen(SHEET_BOX)) == 0 ? "[ ]" : "[x]");
            text += strlen(SHEET_BOX);
        } else {
            buf_char(&out, *text++);
        }
    }
    return buf_take(&out);
}

/* Does the first letter that tells run from right to left? */
static bool is_right_to_left(const char *text)
{
    size_t step;

    for (; *text; text += step) {
        int category = uc_bidi_category(utf8_next(text, &step));

        if (category == UC_BIDI_R || category == UC_BIDI_AL)
            return true;
        if (category == UC_BIDI_L)
            return false;
    }
    return false;
}

/* Where a line that starts at text ends: at most width cells, at a place the script allows, else anywhere. */
static size_t line_end(const char *text, const char *may, size_t left, int width)
{
    size_t fit = utf8_clip(text, width), best = 0;

    if (fit == 0)
        utf8_next(text, &fit);
    while (fit < left && text[fit] == ' ')
        fit++;
    for (size_t i = 1; i <= fit && i <= left; i++) {
        if (i == left)
            return left;
        if (may[i] == UC_BREAK_MANDATORY)
            return i;
        if (may[i] == UC_BREAK_POSSIBLE)
            best = i;
    }
    return best ? best : fit;
}

/* What kept words together has done so: a plain printer gets plain blanks. Owned. */
static char *plain_line(const char *text, size_t len)
{
    struct buf out = { 0 };

    for (size_t i = 0; i < len; i++)
        if (i + 1 < len && (unsigned char)text[i] == 0xC2 && (unsigned char)text[i + 1] == 0xA0) {
            buf_char(&out, ' ');
            i++;
        } else {
            buf_char(&out, text[i]);
        }
    return buf_take(&out);
}

/* Fold text into lines of width cells; each is handed on, owned, without blanks at its end. */
static void fold(const char *text, int width, void (*take)(void *ctx, char *line), void *ctx)
{
    size_t len = strlen(text), at = 0;
    char *may = mem_alloc(len + 1);

    u8_possible_linebreaks((const uint8_t *)text, len, "UTF-8", may);
    while (at < len) {
        size_t n = line_end(text + at, may + at, len - at, width), keep = n;

        while (keep > 0 && (text[at + keep - 1] == ' ' || text[at + keep - 1] == '\n'))
            keep--;
        take(ctx, plain_line(text + at, keep));
        at += n;
    }
    free(may);
}

/* Lines of one block on their way into the plan. */
struct flow {
    struct page_plan *plan;
    int unit, left, width, hang;        /* cells from the edge; text's own; of lines after the first */
    const char *lead;                   /* before the first line */
    double gap;
    bool is_rtl;
    size_t n;
};

static void flow_take(void *ctx, char *text)
{
    struct flow *flow = ctx;
    int pad = flow->is_rtl ? COLUMNS - utf8_width(text) : flow->left + (flow->n ? flow->hang : 0);
    struct buf line = { 0 };

    if (flow->is_rtl && flow->n == 0)
        pad -= utf8_width(flow->lead);
    buf_printf(&line, "%*s%s%s", pad > 0 ? pad : 0, "", flow->n ? "" : flow->lead, text);
    page_add(flow->plan, (struct page_line){ .gap = flow->n ? 0 : flow->gap, .height = 1, .unit = flow->unit, .own = buf_take(&line) });
    flow->n++;
    free(text);
}

static int number(const struct node *block, const char *name)
{
    return (int)strtol(node_str(block, name), NULL, 10);
}

static int indent_of(const struct node *block)
{
    int depth = number(block, "depth");

    return INDENT * (depth > DEEPEST ? DEEPEST : depth);
}

static bool is_kind(const struct node *block, const char *kind)
{
    return strcmp(node_str(block, "kind"), kind) == 0;
}

static void add_text(struct page_plan *plan, const struct node *block)
{
    const char *prefix = node_str(block, "prefix");
    char *text = with_marks(node_str(block, "text")), *lead = *prefix ? mem_printf("%s ", prefix) : mem_dup(is_kind(block, "answer") ? "> " : "");
    bool starts = is_kind(block, "heading") || is_kind(block, "question") || is_kind(block, "text") || is_kind(block, "score") || is_kind(block, "fact");
    struct flow flow = { .plan = plan, .unit = number(block, "unit"), .left = indent_of(block), .lead = lead, .hang = utf8_width(lead),
                         .gap = starts ? 1 : 0, .is_rtl = is_right_to_left(text) };

    flow.width = COLUMNS - flow.left - flow.hang;
    if (flow.width < COLUMNS / 4)
        flow.width = COLUMNS / 4;
    if (is_kind(block, "heading")) {
        struct buf upper = { 0 };

        utf8_case(&upper, text, true);
        free(text);
        text = buf_take(&upper);
    }
    fold(*text ? text : " ", flow.width, flow_take, &flow);
    free(lead);
    free(text);
}

/* Every second line, so that a pen has room. */
static void add_writing(struct page_plan *plan, const struct node *block)
{
    const char *unit = node_str(block, "text");
    int left = indent_of(block), lines = number(block, "lines"), width = COLUMNS - left;

    if (*unit)
        width = width / 2 - utf8_width(unit);
    for (int i = 0; i < lines; i++) {
        struct buf line = { 0 };

        buf_printf(&line, "%*s", left, "");
        for (int k = 0; k < width; k++)
            buf_char(&line, '_');
        if (*unit && i + 1 == lines)
            buf_printf(&line, " %s", unit);
        page_add(plan, (struct page_line){ .gap = 1, .height = 1, .unit = number(block, "unit"), .own = buf_take(&line) });
    }
}

struct cell { char **line; size_t n, cap; };

static void cell_take(void *ctx, char *text)
{
    struct cell *cell = ctx;

    MEM_ROOM(cell->line, cell->n, cell->cap);
    cell->line[cell->n++] = text;
}

static void cell_done(struct cell *cell)
{
    for (size_t i = 0; i < cell->n; i++)
        free(cell->line[i]);
    free(cell->line);
}

static char *row_text(const struct cell *cell, const int *width, size_t n, int left)
{
    struct buf out = { 0 };
    size_t tall = 1;

    for (size_t i = 0; i < n; i++)
        tall = cell[i].n > tall ? cell[i].n : tall;
    for (size_t k = 0; k < tall; k++) {
        buf_printf(&out, "%s%*s", k ? "\n" : "", left, "");
        for (size_t i = 0; i < n; i++) {
            const char *words = k < cell[i].n ? cell[i].line[k] : "";

            buf_printf(&out, "%s%s%*s", i ? " | " : "", words, i + 1 < n ? width[i] - utf8_width(words) : 0, "");
        }
    }
    return buf_take(&out);
}

static size_t lines_in(const char *text)
{
    size_t n = 1;

    for (; *text; text++)
        n += *text == '\n';
    return n;
}

/* A row is one line of the plan, as tall as its tallest cell. A header row is underlined. */
static void add_row(struct page_plan *plan, const struct node *block, size_t *header)
{
    const struct node *cells = node_get(block, "cells");
    size_t n = node_count(cells), i = 0;
    struct cell *cell = mem_array(n + 1, sizeof *cell);
    int *width = mem_array(n + 1, sizeof *width), left = indent_of(block);
    bool is_header = node_bool(block, "header");
    struct buf text = { 0 };
    char *row;

    for (const struct node *c = node_first(cells); c; c = node_next(c), i++) {
        char *words = with_marks(node_text(c));

        width[i] = (int)page_column(COLUMNS - left - 3 * (double)(n - 1), n, i);
        fold(words, width[i] > 2 ? width[i] : 2, cell_take, &cell[i]);
        free(words);
    }
    row = row_text(cell, width, n, left);
    buf_printf(&text, "%s\n%*s", row, left, "");
    for (int k = left; k < COLUMNS; k++)
        buf_char(&text, is_header ? '=' : '-');
    page_add(plan, (struct page_line){ .gap = is_header ? 1 : 0, .height = (double)lines_in(buf_text(&text)), .unit = number(block, "unit"),
                                       .repeat = is_header ? 0 : *header, .own = buf_take(&text) });
    if (is_header)
        *header = plan->n;
    for (i = 0; i < n; i++)
        cell_done(&cell[i]);
    free(cell);
    free(width);
    free(row);
}

static void add_blocks(struct page_plan *plan, const struct doc *sheet)
{
    size_t header = 0;

    for (const struct node *b = node_first(node_get(doc_root(sheet), "blocks")); b; b = node_next(b)) {
        if (is_kind(b, "row")) {
            add_row(plan, b, &header);
            continue;
        }
        header = 0;
        if (is_kind(b, "write"))
            add_writing(plan, b);
        else
            add_text(plan, b);
    }
}

/* Left and right on one line; the left part is clipped, since the right one is the page or the status. */
static void two_sides(struct buf *out, const char *left, const char *right)
{
    int room = COLUMNS - utf8_width(right) - 2;
    size_t fit = utf8_clip(left, room);
    char *clipped = mem_dup_n(left, fit);

    buf_printf(out, "%s%*s%s\n", clipped, COLUMNS - utf8_width(clipped) - utf8_width(right), "", right);
    free(clipped);
}

static void rule(struct buf *out)
{
    for (int i = 0; i < COLUMNS; i++)
        buf_char(out, '-');
    buf_char(out, '\n');
}

static void identity_take(void *ctx, char *line)
{
    struct buf *out = ctx;

    if (out->len == 0)          /* who it is about is never cut short: what does not fit goes on below */
        buf_add(out, line);
    else
        buf_printf(out, "\n%s", line);
    free(line);
}

static void head(struct buf *out, const struct node *root, size_t page, size_t pages, const char *identity)
{
    char *number_words = mem_printf(_("page %zu of %zu"), page + 1, pages);

    two_sides(out, node_str(root, "title"), number_words);
    buf_printf(out, "%s\n", identity);
    two_sides(out, node_str(root, "clinic"), node_str(root, "status"));
    rule(out);
    buf_char(out, '\n');
    free(number_words);
}

/* How many lines a page's text has, its footer goes to the foot of the page. */
static void foot(struct buf *out, const struct node *root, int page_lines)
{
    int used = (int)lines_in(buf_text(out)) - 1;
    char *left;

    for (; used < page_lines - FOOT_LINES; used++)
        buf_char(out, '\n');
    rule(out);
    left = mem_printf("%s   %s", node_str(root, "printed"), node_str(root, "note"));
    two_sides(out, left, node_str(root, "status"));
    free(left);
}

static void body(struct buf *out, const struct page_plan *plan, size_t page)
{
    size_t first = plan->start[page];

    for (size_t i = first; i < page_end(plan, page); i++) {
        const struct page_line *line = &plan->line[i];

        for (int k = 0; i > first && k < (int)line->gap; k++)
            buf_char(out, '\n');
        if (i == first && line->repeat)
            buf_printf(out, "%s\n", (const char *)plan->line[line->repeat - 1].own);
        buf_printf(out, "%s\n", (const char *)line->own);
    }
}

void plain_pages(const struct doc *sheet, struct doc *out, struct node *pages)
{
    const struct node *root = doc_root(sheet);
    int lines = (strcmp(node_str(root, "paper"), "a4") == 0 ? A4_LINES : LETTER_LINES) - TOP_MARGIN - BOTTOM_MARGIN;
    struct page_plan plan = { 0 };
    struct buf identity = { 0 };

    fold(node_str(root, "identity"), COLUMNS, identity_take, &identity);
    add_blocks(&plan, sheet);
    page_break(&plan, lines - HEAD_LINES - FOOT_LINES - (double)lines_in(buf_text(&identity)) + 1);
    for (size_t p = 0; p < plan.n_pages; p++) {
        struct buf text = { 0 };

        head(&text, root, p, plan.n_pages, buf_text(&identity));
        body(&text, &plan, p);
        foot(&text, root, lines);
        node_add_str(out, pages, buf_text(&text));
        buf_done(&text);
    }
    for (size_t i = 0; i < plan.n; i++)
        free(plan.line[i].own);
    page_done(&plan);
    buf_done(&identity);
}
