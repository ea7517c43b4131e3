/* plot.h - the course of a measurement in block characters: rises from the lowest to the highest. */
#ifndef FRONTDESK_PLOT_H
#define FRONTDESK_PLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/draw.h"

struct plot_point { double value; const char *label; };
/* Draw n points, oldest left, into the canvas: its last row names the first and last label, its
 * left edge the highest and lowest value. More points than columns: the latest that fit. */
void plot_draw(struct canvas *canvas, const struct plot_point *point, size_t n);
/* The first number that stands by itself in a text ("7.9 %" gives 7.9, "PHQ-9 7" 7). False when there is none. */
bool plot_number(const char *text, double *out);
#endif
