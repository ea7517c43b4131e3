/* drive COMMAND...: run it on a pseudo-terminal until Today is on the screen, then leave it with q.
 * A person on a fresh machine would see the same. Exits 0 when it came to that. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/screen/terminal.h"

enum { PATIENCE_S = 300 };

int main(int argc, char **argv)
{
    struct terminal *t;
    time_t start = time(NULL);
    bool shown = false;

    if (argc < 2)
        return 2;
    t = terminal_start((const char *const *)(argv + 1), 24, 80, NULL);
    while (!shown && time(NULL) - start < PATIENCE_S && !terminal_ended(t)) {
        terminal_settle(t, 1000);
        shown = terminal_shows(t, "Today") && terminal_shows(t, "ARRIVALS");
    }
    terminal_dump(t);
    fprintf(stderr, "%s after %ld s\n", shown ? "Today is on the screen" : "Today never came", (long)(time(NULL) - start));
    if (!shown) {
        terminal_kill(t, 9);
        return 1;
    }
    terminal_send(t, "q");
    terminal_settle(t, 1000);
    terminal_send(t, "\r");
    return terminal_end(t) == 0 ? 0 : 1;
}
