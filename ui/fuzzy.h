/* fuzzy.h - do the letters typed stand in a text, in order? */
#ifndef FRONTDESK_FUZZY_H
#define FRONTDESK_FUZZY_H

/* 0 when they do not; else higher is better: whole words and word starts first, gaps cost. Letters
 * are compared without case; spaces in what was typed part it into words that must all fit. */
int fuzzy_score(const char *typed, const char *text);
#endif
