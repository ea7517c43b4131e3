#include "paper/sheet.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

void sheet_init(struct sheet *sheet)
{
    *sheet = (struct sheet){ .doc = doc_new(NULL), .unit = 1 };
    sheet->blocks = node_set_array(sheet->doc, doc_root(sheet->doc), "blocks");
}

void sheet_done(struct sheet *sheet)
{
    doc_free(sheet->doc);
    *sheet = (struct sheet){ 0 };
}

static void set_clean(struct sheet *sheet, struct node *object, const char *name, const char *text)
{
    struct buf clean = { 0 };

    utf8_clean(&clean, text ? text : "", true);
    node_set_str(sheet->doc, object, name, buf_text(&clean));
    buf_done(&clean);
}

void sheet_set(struct sheet *sheet, const char *name, const char *text)
{
    set_clean(sheet, doc_root(sheet->doc), name, text);
}

void sheet_unit(struct sheet *sheet)
{
    if (!sheet->heading_waits)
        sheet->unit++;
    sheet->heading_waits = false;
}

struct node *sheet_add(struct sheet *sheet, const char *kind, int depth, const char *prefix, const char *text)
{
    bool is_heading = strcmp(kind, "heading") == 0;
    struct node *block;

    if (is_heading && !sheet->heading_waits)
        sheet->unit++;
    sheet->heading_waits = is_heading;
    block = node_add_object(sheet->doc, sheet->blocks);
    node_set_str(sheet->doc, block, "kind", kind);
    node_set_int(sheet->doc, block, "unit", sheet->unit);
    node_set_int(sheet->doc, block, "depth", depth);
    set_clean(sheet, block, "prefix", prefix);
    set_clean(sheet, block, "text", text);
    return block;
}

void sheet_write(struct sheet *sheet, int depth, int lines, const char *text)
{
    node_set_int(sheet->doc, sheet_add(sheet, "write", depth, NULL, text), "lines", lines);
}

struct node *sheet_row(struct sheet *sheet, int depth, bool is_header)
{
    struct node *row = sheet_add(sheet, "row", depth, NULL, NULL);

    node_set_array(sheet->doc, row, "cells");
    if (is_header)
        node_set_bool(sheet->doc, row, "header", true);
    return row;
}

void sheet_cell(struct sheet *sheet, struct node *row, const char *text)
{
    struct buf clean = { 0 };

    utf8_clean(&clean, text ? text : "", true);
    node_add_str(sheet->doc, node_get(row, "cells"), buf_text(&clean));
    buf_done(&clean);
}
