/* ucum.c - units of the Unified Code for Units of Measure: prefixes, products, quotients and powers
 * of the atoms that medicine uses, each defined by others as UCUM does it. Source: ucum.org, version 2.1. */
#include <string.h>

#include "fhir/fhirpath/unit.h"

enum { TEXT_MAX = 120, DEPTH_MAX = 12, POWER_MAX = 30 };

static const struct { const char *code; signed char power; } prefixes[] = {
    {"da", 1}, {"Y", 24}, {"Z", 21}, {"E", 18}, {"P", 15}, {"T", 12}, {"G", 9}, {"M", 6}, {"k", 3}, {"h", 2}, {"d", -1}, {"c", -2},
    {"m", -3}, {"u", -6}, {"n", -9}, {"p", -12}, {"f", -15}, {"a", -18}, {"z", -21}, {"y", -24},
};

static const struct { const char *code; enum unit_base base; } bases[] = {
    {"m", UNIT_METRE}, {"s", UNIT_SECOND}, {"g", UNIT_GRAM}, {"rad", UNIT_RADIAN}, {"K", UNIT_KELVIN}, {"C", UNIT_COULOMB},
    {"cd", UNIT_CANDELA}, {"mol", UNIT_MOLE}, {"[iU]", UNIT_INTERNATIONAL},
};

/* How much of which unit an atom is, and whether it takes prefixes. Moles are a base here, so that an
 * amount never equals a bare number. */
static const struct { const char *code; bool is_metric; const char *number, *unit; } atoms[] = {
    {"10*", false, "10", "1"}, {"10^", false, "10", "1"}, {"%", false, "0.01", "1"}, {"[ppth]", false, "0.001", "1"},
    {"[ppm]", false, "0.000001", "1"}, {"[ppb]", false, "0.000000001", "1"}, {"[pptr]", false, "0.000000000001", "1"},
    {"sr", true, "1", "rad2"}, {"deg", false, "0.01745329251994329576923690768488613", "rad"}, {"Hz", true, "1", "/s"},
    {"N", true, "1", "kg.m/s2"}, {"Pa", true, "1", "N/m2"}, {"J", true, "1", "N.m"}, {"W", true, "1", "J/s"}, {"A", true, "1", "C/s"},
    {"V", true, "1", "J/C"}, {"F", true, "1", "C/V"}, {"Ohm", true, "1", "V/A"}, {"S", true, "1", "A/V"}, {"Wb", true, "1", "V.s"},
    {"T", true, "1", "Wb/m2"}, {"H", true, "1", "Wb/A"}, {"lm", true, "1", "cd.sr"}, {"lx", true, "1", "lm/m2"}, {"Bq", true, "1", "/s"},
    {"Gy", true, "1", "J/kg"}, {"Sv", true, "1", "J/kg"}, {"kat", true, "1", "mol/s"}, {"U", true, "1", "umol/min"}, {"[IU]", true, "1", "[iU]"},
    {"eq", true, "1", "mol"}, {"osm", true, "1", "mol"}, {"l", true, "1", "dm3"}, {"L", true, "1", "dm3"}, {"ar", true, "100", "m2"},
    {"min", false, "60", "s"}, {"h", false, "3600", "s"}, {"d", false, "86400", "s"}, {"wk", false, "7", "d"}, {"a", false, "365.25", "d"},
    {"a_j", false, "365.25", "d"}, {"mo", false, "30.4375", "d"}, {"mo_j", false, "30.4375", "d"}, {"t", true, "1000", "kg"}, {"bar", true, "100000", "Pa"},
    {"atm", false, "101325", "Pa"}, {"m[H2O]", true, "9.80665", "kPa"}, {"m[Hg]", true, "133.322", "kPa"}, {"[psi]", false, "6.894757293168361", "kPa"},
    {"cal", true, "4.184", "J"}, {"cal_th", true, "4.184", "J"}, {"[Cal]", false, "4184", "J"}, {"g%", true, "1", "g/dl"}, {"Ao", false, "0.1", "nm"},
    {"dyn", true, "0.00001", "N"}, {"erg", true, "0.0000001", "J"}, {"Ci", true, "37000000000", "Bq"}, {"RAD", true, "0.01", "Gy"}, {"REM", true, "0.01", "Sv"},
    {"[in_i]", false, "2.54", "cm"}, {"[ft_i]", false, "12", "[in_i]"}, {"[yd_i]", false, "3", "[ft_i]"}, {"[mi_i]", false, "5280", "[ft_i]"},
    {"[in_us]", false, "2.54", "cm"}, {"[ft_us]", false, "12", "[in_us]"}, {"[nmi_i]", false, "1852", "m"}, {"[sin_i]", false, "1", "[in_i]2"},
    {"[sft_i]", false, "1", "[ft_i]2"}, {"[cin_i]", false, "1", "[in_i]3"}, {"[cft_i]", false, "1", "[ft_i]3"}, {"[gal_us]", false, "231", "[in_i]3"},
    {"[qt_us]", false, "0.25", "[gal_us]"}, {"[pt_us]", false, "0.5", "[qt_us]"}, {"[foz_us]", false, "0.0625", "[pt_us]"}, {"[cup_us]", false, "8", "[foz_us]"},
    {"[tbs_us]", false, "0.5", "[foz_us]"}, {"[tsp_us]", false, "1", "[tbs_us]/3"}, {"[foz_m]", false, "30", "mL"}, {"[cup_m]", false, "240", "mL"},
    {"[tbs_m]", false, "15", "mL"}, {"[tsp_m]", false, "5", "mL"}, {"[drp]", false, "0.05", "mL"}, {"[gr]", false, "64.79891", "mg"},
    {"[lb_av]", false, "7000", "[gr]"}, {"[oz_av]", false, "0.0625", "[lb_av]"}, {"[stone_av]", false, "14", "[lb_av]"}, {"[lb_tr]", false, "5760", "[gr]"},
    {"[oz_tr]", false, "480", "[gr]"}, {"[oz_ap]", false, "480", "[gr]"}, {"[diop]", false, "1", "/m"}, {"[MET]", false, "3.5", "mL/min/kg"},
    {"u", true, "0.00000000000000000000000166053904020", "g"},
};

static bool parse_term(const char **p, int depth, struct unit *out);

static struct unit one(void)
{
    return (struct unit){.number = decimal_from_int(1), .per = decimal_from_int(1)};
}

/* Multiply by a unit, or divide by it, so many times. A unit with an offset stands alone. */
static bool apply(struct unit *to, const struct unit *unit, int power)
{
    bool divide = power < 0;

    if (power > POWER_MAX || power < -POWER_MAX || (power != 1 && !decimal_is_zero(&unit->offset)))
        return false;
    for (int i = 0; i < UNIT_BASES; i++) {
        int sum = to->power[i] + power * unit->power[i];
        if (sum > 100 || sum < -100)
            return false;
        to->power[i] = (signed char)sum;
    }
    for (int i = divide ? -power : power; i > 0; i--)
        if (!decimal_multiply(divide ? &to->per : &to->number, &unit->number, divide ? &to->per : &to->number) ||
            !decimal_multiply(divide ? &to->number : &to->per, &unit->per, divide ? &to->number : &to->per))
            return false;
    return true;
}

static bool scale_by_ten(struct unit *unit, int power)
{
    struct unit ten = one();

    ten.number = decimal_from_int(10);
    return apply(unit, &ten, power);
}

/* Degrees begin where nothing else does. */
static bool find_degrees(const char *code, struct unit *out)
{
    *out = one();
    out->power[UNIT_KELVIN] = 1;
    if (strcmp(code, "Cel") == 0)
        return decimal_parse("273.15", &out->offset);
    if (strcmp(code, "[degF]") != 0)
        return false;
    out->number = decimal_from_int(5);
    out->per = decimal_from_int(9);
    return decimal_parse("459.67", &out->offset);
}

static bool find_atom(const char *code, bool prefixed, int depth, struct unit *out)
{
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
        if (strcmp(bases[i].code, code) == 0) {
            *out = one();
            out->power[bases[i].base] = 1;
            return true;
        }
    for (size_t i = 0; i < sizeof atoms / sizeof *atoms; i++)
        if (strcmp(atoms[i].code, code) == 0 && (atoms[i].is_metric || !prefixed)) {
            const char *definition = atoms[i].unit;
            struct unit number = one();
            return decimal_parse(atoms[i].number, &number.number) && parse_term(&definition, depth + 1, out) && apply(out, &number, 1);
        }
    return !prefixed && find_degrees(code, out);
}

/* An atom, or an atom with a prefix. */
static bool find_simple(const char *code, int depth, struct unit *out)
{
    if (find_atom(code, false, depth, out))
        return true;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t len = strlen(prefixes[i].code);
        if (strncmp(code, prefixes[i].code, len) == 0 && code[len] && find_atom(code + len, true, depth, out))
            return scale_by_ten(out, prefixes[i].power);
    }
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The code of one unit without its exponent; what stands in brackets belongs to it whatever it is. */
static size_t code_length(const char *p)
{
    const char *start = p, *end;

    if (strncmp(p, "10*", 3) == 0 || strncmp(p, "10^", 3) == 0)
        return 3;
    while (*p && !strchr("0123456789+-./(){}", *p)) {
        if (*p == '[' && (end = strchr(p, ']')))
            p = end;
        p++;
    }
    return (size_t)(p - start);
}

static bool read_exponent(const char **p, int *out)
{
    int sign = **p == '-' ? -1 : 1;

    *out = 1;
    if (**p != '-' && **p != '+' && !is_digit(**p))
        return true;
    *p += **p == '-' || **p == '+';
    if (!is_digit(**p))
        return false;
    for (*out = 0; is_digit(**p) && *out < 100; ++*p)
        *out = *out * 10 + (**p - '0');
    *out *= sign;
    return true;
}

static bool parse_number(const char **p, struct unit *out)
{
    char digits[24];
    size_t len = strspn(*p, "0123456789");

    if (len >= sizeof digits)
        return false;
    memcpy(digits, *p, len);
    digits[len] = '\0';
    *p += len;
    *out = one();
    return decimal_parse(digits, &out->number) && !decimal_is_zero(&out->number);
}

static bool parse_simple(const char **p, int depth, struct unit *out)
{
    char code[TEXT_MAX + 1];
    size_t len = code_length(*p);
    struct unit unit;
    int exponent;

    if (len == 0 || len > TEXT_MAX)
        return false;
    memcpy(code, *p, len);
    code[len] = '\0';
    *p += len;
    *out = one();
    if (!find_simple(code, depth, &unit) || !read_exponent(p, &exponent))
        return false;
    if (exponent != 1)
        return apply(out, &unit, exponent);
    *out = unit;
    return true;
}

/* {what is counted} changes nothing. */
static bool skip_annotation(const char **p)
{
    const char *end;

    if (**p != '{')
        return true;
    if (!(end = strchr(*p, '}')))
        return false;
    *p = end + 1;
    return true;
}

static bool parse_component(const char **p, int depth, struct unit *out)
{
    bool done;

    *out = one();
    if (**p == '{')
        return skip_annotation(p);
    if (**p == '(') {
        ++*p;
        done = parse_term(p, depth + 1, out) && **p == ')';
        *p += done;
        return done;
    }
    if (is_digit(**p) && strncmp(*p, "10*", 3) != 0 && strncmp(*p, "10^", 3) != 0)
        done = parse_number(p, out);
    else
        done = parse_simple(p, depth, out);
    return done && skip_annotation(p);
}

/* a.b/c: from left to right, without precedence. */
static bool parse_term(const char **p, int depth, struct unit *out)
{
    struct unit part;
    bool alone = **p != '/', divide = !alone;

    *out = one();
    if (depth > DEPTH_MAX)
        return false;
    *p += divide;
    for (;; ++*p) {
        if (!parse_component(p, depth, &part))
            return false;
        if (alone && **p != '.' && **p != '/') {
            *out = part;
            return true;
        }
        if (!decimal_is_zero(&part.offset) || !apply(out, &part, divide ? -1 : 1))
            return false;
        if (**p != '.' && **p != '/')
            return true;
        alone = false;
        divide = **p == '/';
    }
}

bool ucum_parse(const char *text, struct unit *out)
{
    const char *p = text;

    if (!*text) {
        *out = one();
        return true;
    }
    return strlen(text) <= TEXT_MAX && parse_term(&p, 0, out) && !*p;
}
