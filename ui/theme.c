#include "ui/theme.h"

#include <string.h>

enum { RED = 1, GREEN = 2, YELLOW = 3, BLUE = 4, CYAN = 6 };

/* Colors that hold 4.5:1 against the ground on the usual palettes; mono has none at all. */
static const struct look dark[STYLE_COUNT] = {
    [STYLE_PLAIN] = { COLOR_NONE, 0, 0, 0, 0 }, [STYLE_TITLE] = { COLOR_NONE, 1, 0, 0, 0 },
    [STYLE_HEADING] = { COLOR_NONE, 1, 0, 0, 0 }, [STYLE_FAINT] = { COLOR_NONE, 0, 0, 0, 0 },
    [STYLE_RULE] = { COLOR_NONE, 0, 1, 0, 0 }, [STYLE_CURSOR] = { COLOR_NONE, 0, 0, 1, 0 },
    [STYLE_LATE] = { YELLOW, 0, 0, 0, 0 }, [STYLE_ALERT] = { RED, 1, 0, 0, 0 },
    [STYLE_GOOD] = { GREEN, 0, 0, 0, 0 }, [STYLE_FIELD] = { COLOR_NONE, 0, 0, 0, 1 }, [STYLE_KEY] = { CYAN, 0, 0, 0, 0 },
};
static const struct look light[STYLE_COUNT] = {
    [STYLE_PLAIN] = { COLOR_NONE, 0, 0, 0, 0 }, [STYLE_TITLE] = { COLOR_NONE, 1, 0, 0, 0 },
    [STYLE_HEADING] = { COLOR_NONE, 1, 0, 0, 0 }, [STYLE_FAINT] = { COLOR_NONE, 0, 0, 0, 0 },
    [STYLE_RULE] = { COLOR_NONE, 0, 1, 0, 0 }, [STYLE_CURSOR] = { COLOR_NONE, 0, 0, 1, 0 },
    [STYLE_LATE] = { RED, 0, 0, 0, 0 }, [STYLE_ALERT] = { RED, 1, 0, 0, 0 },
    [STYLE_GOOD] = { GREEN, 0, 0, 0, 0 }, [STYLE_FIELD] = { COLOR_NONE, 0, 0, 0, 1 }, [STYLE_KEY] = { BLUE, 0, 0, 0, 0 },
};
static const struct look mono[STYLE_COUNT] = {
    [STYLE_PLAIN] = { COLOR_NONE, 0, 0, 0, 0 }, [STYLE_TITLE] = { COLOR_NONE, 1, 0, 0, 0 },
    [STYLE_HEADING] = { COLOR_NONE, 1, 0, 0, 0 }, [STYLE_FAINT] = { COLOR_NONE, 0, 0, 0, 0 },
    [STYLE_RULE] = { COLOR_NONE, 0, 0, 0, 0 }, [STYLE_CURSOR] = { COLOR_NONE, 0, 0, 1, 0 },
    [STYLE_LATE] = { COLOR_NONE, 0, 0, 0, 0 }, [STYLE_ALERT] = { COLOR_NONE, 1, 0, 0, 0 },
    [STYLE_GOOD] = { COLOR_NONE, 0, 0, 0, 0 }, [STYLE_FIELD] = { COLOR_NONE, 0, 0, 0, 1 }, [STYLE_KEY] = { COLOR_NONE, 1, 0, 0, 0 },
};
static const struct look contrast[STYLE_COUNT] = {
    [STYLE_PLAIN] = { COLOR_NONE, 1, 0, 0, 0 }, [STYLE_TITLE] = { COLOR_NONE, 1, 0, 1, 0 },
    [STYLE_HEADING] = { COLOR_NONE, 1, 0, 0, 1 }, [STYLE_FAINT] = { COLOR_NONE, 1, 0, 0, 0 },
    [STYLE_RULE] = { COLOR_NONE, 1, 0, 0, 0 }, [STYLE_CURSOR] = { COLOR_NONE, 1, 0, 1, 0 },
    [STYLE_LATE] = { YELLOW, 1, 0, 0, 0 }, [STYLE_ALERT] = { COLOR_NONE, 1, 0, 1, 0 },
    [STYLE_GOOD] = { COLOR_NONE, 1, 0, 0, 0 }, [STYLE_FIELD] = { COLOR_NONE, 1, 0, 0, 1 }, [STYLE_KEY] = { YELLOW, 1, 0, 0, 0 },
};
static const struct look *const looks[] = {
    [THEME_DARK] = dark, [THEME_LIGHT] = light, [THEME_MONO] = mono, [THEME_CONTRAST] = contrast,
};

bool theme_parse(const char *name, enum theme *out)
{
    static const char *const names[] = { "dark", "light", "mono", "contrast" };

    for (int i = 0; i < 4; i++)
        if (strcmp(name, names[i]) == 0) {
            *out = (enum theme)i;
            return true;
        }
    return false;
}

struct look theme_look(enum theme theme, enum style style)
{
    return looks[theme][style];
}
