/* closed.h - records that take nothing new: one that was merged into another, and the calendar of
 * somebody who died. What stands on them already can still be finished, cancelled and corrected. */
#ifndef FRONTDESK_CLOSED_H
#define FRONTDESK_CLOSED_H

void closed_guards(void);
#endif
