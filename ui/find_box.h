/* find_box.h - the Find screen, opened with something already typed or to choose a person. */
#ifndef FRONTDESK_FIND_BOX_H
#define FRONTDESK_FIND_BOX_H

struct app;

/* Park what is open and look for text ("" = an empty box with recent people). */
void find_box_open(struct app *app, const char *text);
/* Ask for a person: Find on top of what is open; chosen gets the Patient id and ctx, which is freed after it. what is
 * the title's end ("message from"). */
void find_box_choose(struct app *app, const char *what, void (*chosen)(struct app *app, void *ctx, const char *patient),
                     void *ctx, void (*free_ctx)(void *));
#endif
