/* requests.h - what the desk asks of the server through the database (store/request.h), answered. People
 * wait for these: between two passes they come first, and in the midst of one between two of its own
 * requests, so that a first pull of an hour does not make anybody wait an hour. */
#ifndef FRONTDESK_SYNC_REQUESTS_H
#define FRONTDESK_SYNC_REQUESTS_H

#include "base/err.h"

struct central;
struct store;

/* Answer all that wait, but for those that a pass answers. Does nothing while it is at it already, or
 * before it is known what the server can do, or when every lane is taken. Takes no more than one lane at a time. */
void requests_answer(struct central *c);
/* The server cannot be asked: answer them with why. */
void requests_refuse(struct store *st, const struct err *why);
#endif
