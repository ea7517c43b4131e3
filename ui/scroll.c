#include "ui/scroll.h"

#include "ui/key.h"

void scroll_by(struct scroll *s, int lines)
{
    int most = s->lines - s->height;

    s->top += lines;
    if (s->top > most)
        s->top = most;
    if (s->top < 0)
        s->top = 0;
}

bool scroll_key(struct scroll *s, const struct key *key)
{
    int page = s->height > 2 ? s->height - 2 : 1;

    if (key->cap == KEYCAP_DOWN || key_is(key, 'j'))
        scroll_by(s, 1);
    else if (key->cap == KEYCAP_UP || key_is(key, 'k'))
        scroll_by(s, -1);
    else if (key->cap == KEYCAP_PAGE_DOWN || key->cap == KEYCAP_WHEEL_DOWN)
        scroll_by(s, page);
    else if (key->cap == KEYCAP_PAGE_UP || key->cap == KEYCAP_WHEEL_UP)
        scroll_by(s, -page);
    else if (key->cap == KEYCAP_HOME || key->cap == KEYCAP_END)
        scroll_by(s, key->cap == KEYCAP_HOME ? -s->lines : s->lines);
    else
        return false;
    return true;
}
