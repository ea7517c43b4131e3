/* Whoever asks for Spanish gets it, also on a machine that has no Spanish locale: a text that went
 * past gettext, or a translation that is not found, stands there in English. */
#include "tests/screen/desk.h"

#include <string.h>
#include <unistd.h>

static struct terminal *start(const char *const env[])
{
    const char *const words[] = {desk_program(), "--data", desk_dir(), "--now", DESK_NOW, NULL};

    return terminal_start(words, 24, 80, env);
}

/* Sign-in and Today in Spanish, by LANGUAGE over C.UTF-8, by LANGUAGE alone, and by a locale that
 * the machine may lack. */
static void spanish_where_it_is_asked_for(void **state)
{
    static const char *const by_language[] = {"LANGUAGE=es", NULL};
    static const char *const alone[] = {"LANG=", "LANGUAGE=es", NULL};
    static const char *const by_locale[] = {"LANG=es_PY.UTF-8", NULL};
    static const char *const *const asked[] = {by_language, alone, by_locale};
    static const char *const today[] = {"Hoy  lun 23 nov", "LLEGADAS", "SEGUIMIENTOS", "MENSAJES", "llegó 07:38, espera 3",
                                        "14 min tarde", "/ buscar", "? ayuda", "solo esta máquina"};

    (void)state;
    if (access(".build/locale/es/LC_MESSAGES/frontdesk.mo", R_OK) != 0)
        skip();                                     /* built without gettext */
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        struct terminal *t = start(asked[i]);

        desk_sees(t, "Entrar");
        desk_sees(t, "Nombre");
        desk_sees(t, "Contraseña");
        assert_false(terminal_shows(t, "Password"));
        terminal_send(t, "demo\rno es esta\r");
        desk_sees(t, "el nombre y la contraseña no corresponden");
        terminal_send(t, "" DESK_PASSWORD "\r");
        for (size_t k = 0; k < sizeof today / sizeof *today; k++)
            desk_sees(t, today[k]);
        assert_false(terminal_shows(t, "ARRIVALS"));
        desk_quit(t);
    }
}

/* A language nobody has translated is English, not nothing. */
static void english_otherwise(void **state)
{
    static const char *const env[] = {"LANGUAGE=xx", NULL};
    struct terminal *t = start(env);

    (void)state;
    desk_sees(t, "Sign in");
    desk_sees(t, "Password");
    terminal_send(t, "\x03");
    while (!terminal_ended(t))
        terminal_settle(t, 20);
    terminal_end(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spanish_where_it_is_asked_for),
        cmocka_unit_test(english_otherwise),
    };

    return cmocka_run_group_tests(tests, desk_setup, desk_teardown);
}
