#include "paper/pdf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "paper/page.h"
#include "paper/sheet.h"

/* Points, of 1/72 inch. */
static const double margin = 50, head_gap = 10, indent = 14, cell_pad = 4, write_gap = 20, small = 8.5, body_size = 10.5;
enum { DEEPEST = 8 };

/* The look of each kind of block. */
static const struct look { const char *kind; double size, gap; bool bold, italic; } looks[] = {
    { "heading", 12.5, 14, true, false }, { "question", body_size, 9, false, false }, { "help", 9, 1, false, true },
    { "text", body_size, 9, false, false }, { "choice", body_size, 3, false, false }, { "answer", body_size, 3, true, false },
    { "score", 11.5, 10, true, false }, { "fact", 9.5, 8, false, false }, { "row", 9.5, 0, false, false }, { "write", 9.5, write_gap, false, false },
};

struct pdf {
    const struct node *root;
    double width, height;       /* of the paper */
    cairo_t *cr;
    struct page_plan plan;
    bool lacks_letters;
    bool is_rtl;                /* the last question ran from right to left: the room under it stands there too */
};

/* What one line of the plan draws: a line of a layout, a rule to write on, or the cells of a row. */
struct piece {
    PangoLayout **layout; size_t n;     /* owned references: one, or one a cell */
    int line;                           /* of the layout; -1: all of it */
    double left, width;                 /* of the block */
    bool is_rule, is_row, is_header;
};

static const struct look *look_of(const struct node *block)
{
    const char *kind = node_str(block, "kind");

    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        if (strcmp(looks[i].kind, kind) == 0)
            return &looks[i];
    return &looks[1];
}

/* Text in a width, folded and shaped; the direction is that of its first letter that has one. */
static PangoLayout *layout_of(struct pdf *pdf, const char *text, double size, bool bold, bool italic, double width)
{
    PangoLayout *layout = pango_cairo_create_layout(pdf->cr);
    PangoFontDescription *font = pango_font_description_from_string("DejaVu Sans");

    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_style(font, italic ? PANGO_STYLE_OBLIQUE : PANGO_STYLE_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(layout, text, -1);
    if (pango_layout_get_unknown_glyphs_count(layout) > 0)
        pdf->lacks_letters = true;
    return layout;
}

static double layout_height(PangoLayout *layout)
{
    int height;

    pango_layout_get_size(layout, NULL, &height);
    return (double)height / PANGO_SCALE;
}

static bool is_right_to_left(PangoLayout *layout)
{
    return pango_layout_get_line_count(layout) > 0 &&
           pango_layout_line_get_resolved_direction(pango_layout_get_line_readonly(layout, 0)) == PANGO_DIRECTION_RTL;
}

static struct piece *piece_new(size_t n)
{
    struct piece *piece = mem_alloc(sizeof *piece);

    piece->layout = mem_array(n + 1, sizeof *piece->layout);
    piece->n = n;
    piece->line = -1;
    return piece;
}

static void piece_free(struct piece *piece)
{
    for (size_t i = 0; i < piece->n; i++)
        if (piece->layout[i])
            g_object_unref(piece->layout[i]);
    free(piece->layout);
    free(piece);
}

static int number(const struct node *block, const char *name)
{
    return (int)strtol(node_str(block, name), NULL, 10);
}

static double indent_of(const struct node *block)
{
    int depth = number(block, "depth");

    return indent * (depth > DEEPEST ? DEEPEST : depth);
}

static double body_width(const struct pdf *pdf)
{
    return pdf->width - 2 * margin;
}

/* Lines to plan: ------------------------------------------------------------------------------ */

static void add_text(struct pdf *pdf, const struct node *block)
{
    const struct look *look = look_of(block);
    const char *prefix = node_str(block, "prefix");
    double left = indent_of(block), width = body_width(pdf) - left;
    char *text = mem_printf("%s%s%s", prefix, *prefix ? "  " : "", node_str(block, "text"));
    PangoLayout *layout = layout_of(pdf, text, look->size, look->bold, look->italic, width);
    int n = pango_layout_get_line_count(layout);

    if (strcmp(look->kind, "question") == 0 || strcmp(look->kind, "heading") == 0)
        pdf->is_rtl = is_right_to_left(layout);
    for (int i = 0; i < n; i++) {
        struct piece *piece = piece_new(1);
        PangoRectangle extents;

        piece->layout[0] = g_object_ref(layout);
        piece->line = i;
        piece->left = is_right_to_left(layout) ? 0 : left;
        pango_layout_line_get_extents(pango_layout_get_line_readonly(layout, i), NULL, &extents);
        page_add(&pdf->plan, (struct page_line){ .gap = i ? 0 : look->gap, .height = (double)extents.height / PANGO_SCALE,
                                                 .unit = number(block, "unit"), .own = piece });
    }
    g_object_unref(layout);
    free(text);
}

static void add_writing(struct pdf *pdf, const struct node *block)
{
    const char *unit = node_str(block, "text");
    int lines = number(block, "lines");

    for (int i = 0; i < lines; i++) {
        struct piece *piece = piece_new(1);

        piece->left = indent_of(block);
        piece->width = *unit && !pdf->is_rtl ? (body_width(pdf) - piece->left) / 3 : body_width(pdf) - piece->left;
        if (pdf->is_rtl)
            piece->left = 0;
        piece->is_rule = true;
        if (*unit && i + 1 == lines)
            piece->layout[0] = layout_of(pdf, unit, body_size, false, false, (body_width(pdf) - piece->left) / 2);
        page_add(&pdf->plan, (struct page_line){ .gap = 8, .height = write_gap - 6, .unit = number(block, "unit"), .own = piece });
    }
}

static void add_row(struct pdf *pdf, const struct node *block, size_t *header)
{
    const struct node *cells = node_get(block, "cells");
    struct piece *piece = piece_new(node_count(cells));
    const struct look *look = look_of(block);
    double height = look->size;
    size_t i = 0;

    piece->left = indent_of(block);
    piece->width = body_width(pdf) - piece->left;
    piece->is_row = true;
    piece->is_header = node_bool(block, "header");
    for (const struct node *c = node_first(cells); c; c = node_next(c), i++) {
        double tall;

        piece->layout[i] = layout_of(pdf, node_text(c), look->size, piece->is_header, false,
                                     page_column(piece->width, piece->n, i) - 2 * cell_pad);
        tall = layout_height(piece->layout[i]);
        height = tall > height ? tall : height;
    }
    page_add(&pdf->plan, (struct page_line){ .gap = piece->is_header ? 10 : 0, .height = height + 2 * cell_pad, .unit = number(block, "unit"),
                                             .repeat = piece->is_header ? 0 : *header, .own = piece });
    if (piece->is_header)
        *header = pdf->plan.n;
}

static void add_blocks(struct pdf *pdf)
{
    size_t header = 0;

    for (const struct node *b = node_first(node_get(pdf->root, "blocks")); b; b = node_next(b)) {
        if (strcmp(node_str(b, "kind"), "row") == 0) {
            add_row(pdf, b, &header);
            continue;
        }
        header = 0;
        if (strcmp(node_str(b, "kind"), "write") == 0)
            add_writing(pdf, b);
        else
            add_text(pdf, b);
    }
}

/* Drawing: ------------------------------------------------------------------------------------ */

static void stroke(struct pdf *pdf, double x, double y, double to_x, double to_y)
{
    cairo_set_line_width(pdf->cr, 0.5);
    cairo_move_to(pdf->cr, x, y);
    cairo_line_to(pdf->cr, to_x, to_y);
    cairo_stroke(pdf->cr);
}

/* One line of a layout at the height y; where in its width it stands is the layout's to say. */
static void draw_line(struct pdf *pdf, const struct piece *piece, double y)
{
    PangoLayoutIter *iter = pango_layout_get_iter(piece->layout[0]);
    PangoRectangle extents;

    for (int i = 0; i < piece->line; i++)
        pango_layout_iter_next_line(iter);
    pango_layout_iter_get_line_extents(iter, NULL, &extents);
    cairo_move_to(pdf->cr, margin + piece->left + (double)extents.x / PANGO_SCALE,
                  y + (double)(pango_layout_iter_get_baseline(iter) - extents.y) / PANGO_SCALE);
    pango_cairo_show_layout_line(pdf->cr, pango_layout_iter_get_line_readonly(iter));
    pango_layout_iter_free(iter);
}

static void draw_row(struct pdf *pdf, const struct piece *piece, double y, double height)
{
    double x = margin + piece->left;

    for (size_t i = 0; i < piece->n; i++) {
        cairo_move_to(pdf->cr, x + cell_pad, y + cell_pad);
        pango_cairo_show_layout(pdf->cr, piece->layout[i]);
        stroke(pdf, x, y, x, y + height);
        x += page_column(piece->width, piece->n, i);
    }
    stroke(pdf, x, y, x, y + height);
    stroke(pdf, margin + piece->left, y + height, x, y + height);
    if (piece->is_header)
        stroke(pdf, margin + piece->left, y, x, y);
}

static void draw_piece(struct pdf *pdf, const struct page_line *line, double y)
{
    const struct piece *piece = line->own;

    if (piece->is_row) {
        draw_row(pdf, piece, y, line->height);
    } else if (piece->is_rule) {
        stroke(pdf, margin + piece->left, y + line->height, margin + piece->left + piece->width, y + line->height);
        if (piece->layout[0]) {
            cairo_move_to(pdf->cr, margin + piece->left + piece->width + 6, y);
            pango_cairo_show_layout(pdf->cr, piece->layout[0]);
        }
    } else {
        draw_line(pdf, piece, y);
    }
}

/* Text of its own at a place; returns its height. */
static double draw_text(struct pdf *pdf, const char *text, double y, double size, bool bold, PangoAlignment align, double width)
{
    PangoLayout *layout = layout_of(pdf, text, size, bold, false, width);
    double height;

    if (align != PANGO_ALIGN_LEFT) {
        pango_layout_set_auto_dir(layout, FALSE);
        pango_layout_set_alignment(layout, align);
    }
    cairo_move_to(pdf->cr, align == PANGO_ALIGN_RIGHT ? pdf->width - margin - width : margin, y);
    pango_cairo_show_layout(pdf->cr, layout);
    height = layout_height(layout);
    g_object_unref(layout);
    return height;
}

/* What stands on every page: form, person, status, page. Returns where the body begins. */
static double draw_head(struct pdf *pdf, size_t page)
{
    char *words = mem_printf(_("page %zu of %zu"), page + 1, pdf->plan.n_pages);
    double y = margin - 14, left = body_width(pdf) * 0.66, right = body_width(pdf) * 0.32, status;

    draw_text(pdf, words, y, small, false, PANGO_ALIGN_RIGHT, right);
    status = y + small + 5 + draw_text(pdf, node_str(pdf->root, "status"), y + small + 5, body_size, true, PANGO_ALIGN_RIGHT, right);
    y += draw_text(pdf, node_str(pdf->root, "title"), y, body_size, true, PANGO_ALIGN_LEFT, left) + 2;
    if (*node_str(pdf->root, "clinic"))
        y += draw_text(pdf, node_str(pdf->root, "clinic"), y, small, false, PANGO_ALIGN_LEFT, left) + 2;
    y = status > y ? status : y;
    y += draw_text(pdf, node_str(pdf->root, "identity"), y + 2, body_size, true, PANGO_ALIGN_LEFT, body_width(pdf)) + 6;
    stroke(pdf, margin, y, pdf->width - margin, y);
    free(words);
    return y + head_gap;
}

static void draw_foot(struct pdf *pdf)
{
    double y = pdf->height - margin + 8;
    char *words = mem_printf("%s   %s", node_str(pdf->root, "printed"), node_str(pdf->root, "note"));

    stroke(pdf, margin, y, pdf->width - margin, y);
    draw_text(pdf, words, y + 4, small, false, PANGO_ALIGN_LEFT, body_width(pdf));
    free(words);
}

static void draw_page(struct pdf *pdf, size_t page)
{
    double y = draw_head(pdf, page);
    size_t first = pdf->plan.start[page];

    for (size_t i = first; i < page_end(&pdf->plan, page); i++) {
        const struct page_line *line = &pdf->plan.line[i];

        if (i == first && line->repeat) {
            draw_piece(pdf, &pdf->plan.line[line->repeat - 1], y);
            y += pdf->plan.line[line->repeat - 1].height;
        }
        y += i == first ? 0 : line->gap;
        draw_piece(pdf, line, y);
        y += line->height;
    }
    draw_foot(pdf);
    cairo_show_page(pdf->cr);
}

static cairo_status_t write_out(void *closure, const unsigned char *data, unsigned length)
{
    const int *fd = closure;

    while (length > 0) {
        ssize_t n = write(*fd, data, length);

        if (n < 0 && errno != EINTR)
            return CAIRO_STATUS_WRITE_ERROR;
        if (n > 0) {
            data += n;
            length -= (unsigned)n;
        }
    }
    return CAIRO_STATUS_SUCCESS;
}

/* The height the head takes is known once it is drawn: on a page of its own that is thrown away. */
static double measure_head(struct pdf *pdf)
{
    cairo_t *real = pdf->cr;
    cairo_surface_t *nowhere = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL);
    double y;

    pdf->cr = cairo_create(nowhere);
    y = draw_head(pdf, 0);
    cairo_destroy(pdf->cr);
    cairo_surface_destroy(nowhere);
    pdf->cr = real;
    return y;
}

enum rc pdf_write(const struct doc *sheet, int fd, struct pdf_result *out, struct err *err)
{
    bool is_a4 = strcmp(node_str(doc_root(sheet), "paper"), "a4") == 0;
    struct pdf pdf = { .root = doc_root(sheet), .width = is_a4 ? 595.276 : 612, .height = is_a4 ? 841.89 : 792 };
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(write_out, &fd, pdf.width, pdf.height);
    cairo_status_t status;

    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, node_str(pdf.root, "title"));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "frontdesk");
    pdf.cr = cairo_create(surface);
    add_blocks(&pdf);
    page_break(&pdf.plan, pdf.height - margin - measure_head(&pdf));
    for (size_t p = 0; p < pdf.plan.n_pages; p++)
        draw_page(&pdf, p);
    *out = (struct pdf_result){ pdf.plan.n_pages, pdf.lacks_letters };
    for (size_t i = 0; i < pdf.plan.n; i++)
        piece_free(pdf.plan.line[i].own);
    page_done(&pdf.plan);
    cairo_destroy(pdf.cr);
    cairo_surface_finish(surface);
    status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    return status == CAIRO_STATUS_SUCCESS ? RC_OK : err_set(err, RC_IO, _("the PDF could not be written: %s"), cairo_status_to_string(status));
}
