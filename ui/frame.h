/* frame.h - the one frame every screen stands in: title, rule, banner, body, line 23, footer. */
#ifndef FRONTDESK_FRAME_H
#define FRONTDESK_FRAME_H

struct sync_status;

/* The truth about sync for the right edge of line 24: "✓ synced 08:13", "offline 3 h, 12 unsent",
 * "this machine only, backup 2 d old". The sign stands only where nothing waits and the last pass went through. now_ms as clock_now_ms; backup_ms 0 = never. */
struct frame_sync { char words[240], brief[60]; };     /* brief: where room is short */
void frame_sync_words(const struct sync_status *sync, long long now_ms, long long backup_ms, struct frame_sync *out);
#endif
