/* sheet.h - what is to stand on paper: a heading for every page and blocks one after the other, before
 * anybody knows how wide a letter is. A sheet is a JSON document, so that it can go to frontdesk-paper as
 * it is; page.h lays it out, plain.c and pdf.c put it down. Every text passes the sanitiser on its way in.
 *
 * {"paper": "a4", "title", "clinic", "identity", "status", "printed", "note", "blocks": [
 *    {"kind", "unit", "depth", "prefix", "text", "lines", "cells": [], "header"} ]}
 *
 * kind   heading, question, help, text, choice, answer, write (lines to write on), score, fact,
 *        row (cells of a table; header: repeated where the table goes on)
 * unit   blocks of one number stay on one page where they fit on one */
#ifndef FRONTDESK_PAPER_SHEET_H
#define FRONTDESK_PAPER_SHEET_H

#include "fhir/document.h"

#define SHEET_BOX "\xe2\x98\x90"            /* a box to mark; plain.c writes [ ] */
#define SHEET_BOX_MARKED "\xe2\x98\x92"

struct sheet { struct doc *doc; struct node *blocks; int unit; bool heading_waits; };

void sheet_init(struct sheet *sheet);
void sheet_done(struct sheet *sheet);
/* One member of what stands on every page: "title", "identity" ... */
void sheet_set(struct sheet *sheet, const char *name, const char *text);
/* What follows may be parted from what came before; not from the headings right above it. */
void sheet_unit(struct sheet *sheet);
/* Append a block; prefix may be NULL. The node is for its other members. */
struct node *sheet_add(struct sheet *sheet, const char *kind, int depth, const char *prefix, const char *text);
void sheet_write(struct sheet *sheet, int depth, int lines, const char *text);     /* lines to write on; text behind them: a unit */
/* A row of a table; cells are added with sheet_cell. */
struct node *sheet_row(struct sheet *sheet, int depth, bool is_header);
void sheet_cell(struct sheet *sheet, struct node *row, const char *text);
#endif
