/* Whoever asks for Spanish gets it, also on a machine that has no Spanish locale: a text that went
 * past gettext, or a translation that is not found, stands there in English. */
#include "tests/screen/desk.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

/* From the record, with what is asked in the language of the desk: GAD-7 handed over, on its welcome page. */
static void hand_over(struct terminal *t, const char *to_form, const char *question)
{
    desk_walk(t, "K", to_form, NULL);
    desk_on_row(t, "GAD-7", "K");
    desk_walk(t, "", question, NULL);
    terminal_send(t, "\r");
}

/* The kiosk speaks Spanish with who speaks Spanish, the desk around it English; staff sign in in English, beside
 * the way back in Spanish. What is wrong with an answer is told in Spanish too. */
static void the_kiosk_speaks_with_the_patient(void **state)
{
    static const char *const english[] = {"Hello", "Press Enter", "Enter  on", "answered", "Up  back", "Thank you", "hand the device"};
    struct terminal *t;

    (void)state;
    if (access(".build/locale/es/LC_MESSAGES/frontdesk.mo", R_OK) != 0)
        skip();
    t = desk_open(24, 80);
    desk_find(t, "pepe", "García López, José");
    hand_over(t, "Go to the form", "Hand this screen over?");
    desk_walk(t, "", "Hola, Pepe.", "\r", "0 de 7 contestadas", "\r", "No ha contestado a esto", NULL);
    for (size_t i = 0; i < sizeof english / sizeof *english; i++)
        assert_false(terminal_shows(t, english[i]));
    desk_walk(t, "\x1b", "For staff", NULL);
    desk_sees(t, "Esc goes back to the form. Tab");
    desk_sees(t, "Esc vuelve al formulario.");
    desk_walk(t, "\x1b", "Intro  seguir", "2", "1 de 7", "2", "2 de 7", "1", "3 de 7", "1", "4 de 7", "1", "5 de 7", "1", "6 de 7", NULL);
    desk_walk(t, "1", "Era la última pregunta", "\r", "devuelva el aparato al personal", NULL);
    for (size_t i = 0; i < sizeof english / sizeof *english; i++)
        assert_false(terminal_shows(t, english[i]));
    desk_walk(t, "\r", "For staff", DESK_PASSWORD "\r", "^N next problem", NULL);
    assert_false(terminal_shows(t, "contestadas"));
    desk_walk(t, "\x06", "finished and saved", NULL);
    desk_quit(t);
}

/* What the patient answers in Spanish becomes an alert and a task that staff read in their own language. */
static void the_alert_is_in_the_words_of_the_staff(void **state)
{
    struct terminal *t;
    char *tasks;

    (void)state;
    if (access(".build/locale/es/LC_MESSAGES/frontdesk.mo", R_OK) != 0)
        skip();
    t = desk_open(24, 80);
    desk_find(t, "pepe", "García López, José");
    desk_walk(t, "K", "Go to the form", NULL);
    desk_on_row(t, "  PHQ-9  ", "K");
    desk_walk(t, "", "Hand this screen over?", "\r", "Hola, Pepe.", "\r", "contestadas", NULL);
    for (int i = 1; i <= 8; i++) {
        char next[24];

        snprintf(next, sizeof next, "%d de ", i);
        desk_walk(t, "1", next, NULL);
    }
    desk_walk(t, "3", "avise ahora mismo al personal", "\r", "Intro  seguir", "\x1b", "For staff", DESK_PASSWORD "\r", "THOUGHTS OF SELF-HARM were answered", NULL);
    tasks = desk_run(0, "task", "list", "--json", NULL);
    assert_non_null(strstr(tasks, "See the patient now"));
    free(tasks);
    terminal_kill(t, SIGKILL);
}

/* And the other way round: a desk in Spanish, a patient who speaks English, and one whose language nobody has translated. */
static void in_english_at_a_desk_in_spanish(void **state)
{
    static const char *const env[] = {"LANGUAGE=es", NULL};
    struct terminal *t;

    (void)state;
    if (access(".build/locale/es/LC_MESSAGES/frontdesk.mo", R_OK) != 0)
        skip();
    desk_import("{\"resourceType\":\"Patient\",\"id\":\"speaks-english\",\"name\":[{\"family\":\"Quill\",\"given\":[\"Ada\"]}],"
                "\"communication\":[{\"language\":{\"coding\":[{\"code\":\"vi\"}]}},{\"language\":{\"text\":\"english\"},\"preferred\":true}]}\n"
                "{\"resourceType\":\"Patient\",\"id\":\"speaks-tagalog\",\"name\":[{\"family\":\"Reyes-Bato\",\"given\":[\"Lia\"]}],"
                "\"communication\":[{\"language\":{\"coding\":[{\"code\":\"tl\"}]}}]}\n");
    for (int i = 0; i < 2; i++) {
        t = start(env);
        desk_walk(t, "", "Entrar", "demo\r" DESK_PASSWORD "\r", "/ buscar", NULL);
        desk_walk(t, "/", "RECIENTES", i ? "reyes-bato" : "quill", i ? "> 1 Reyes-Bato, Lia" : "> 1 Quill, Ada", "\r", "Aún no hay nada", NULL);
        hand_over(t, "Vaya al formulario", "¿Dejar esta pantalla?");
        if (i)
            desk_walk(t, "", "Hola, Lia.", "\r", "0 de 7 contestadas", NULL);
        else
            desk_walk(t, "", "Hello, Ada.", "\r", "0 of 7 answered", "\x1b", "Para el personal", NULL);
        if (!i)
            desk_sees(t, "Esc goes back to the form.");
        terminal_send(t, i ? "\x1b" : "");
        desk_walk(t, "", "Para el personal", DESK_PASSWORD "\r", "^N sig. problema", NULL);
        terminal_kill(t, SIGKILL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spanish_where_it_is_asked_for),
        cmocka_unit_test(english_otherwise),
        cmocka_unit_test(the_kiosk_speaks_with_the_patient),
        cmocka_unit_test(the_alert_is_in_the_words_of_the_staff),
        cmocka_unit_test(in_english_at_a_desk_in_spanish),
    };

    return cmocka_run_group_tests(tests, desk_setup, desk_teardown);
}
