/* script/expression.h: expressions while a variant plays. */
#include "mqtt/mqtt.h"
#include "script/expression.h"
#include <check.h>
#include <string.h>

static struct arena *arena;
static const char *error;

static struct slice auth_data;

static bool look_up(void *user, const char *name, struct value *value)
{
    static const struct value items[] = {
        {.kind = VALUE_NUMBER, .number = 7},
        {.kind = VALUE_NUMBER, .number = 8},
        {.kind = VALUE_BYTES, .bytes = {(const uint8_t *)"x", 1}}};
    const struct {
        const char *name;
        struct value value;
    } rows[] = {
        {"n", {.kind = VALUE_NUMBER, .number = 20}},
        {"digits", {.kind = VALUE_BYTES, .bytes = slice_of("30")}},
        {"text", {.kind = VALUE_BYTES, .bytes = slice_of("ab")}},
        {"list", {.kind = VALUE_LIST, .items = items, .count = 3}},
        {"limits.connect", {.kind = VALUE_NUMBER, .number = 35000000000}},
        {"profile.list", {.kind = VALUE_LIST, .items = items, .count = 3}},
        {"i", {.kind = VALUE_NUMBER, .number = 2}},
        {"nothing", {.kind = VALUE_NONE}},
    };
    (void)user;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].name, name) != 0)
            continue;
        *value = rows[i].value;
        return true;
    }
    return false;
}

static bool make_move(void *user, struct slice move, struct value *value)
{
    (void)user;
    *value = (struct value){.kind = VALUE_BYTES, .bytes = auth_data};
    return slice_is(move, "start");
}

static struct environment environment;

static void begin(void)
{
    arena = arena_new((size_t)1 << 30);
    ck_assert_ptr_nonnull(arena);
    environment = (struct environment){
        .lookup = look_up, .auth = make_move, .arena = arena, .seed = 1};
    auth_data = slice_of("n,,n=user");
    error = NULL;
}

static void end(void)
{
    memory_fail_after(0);
    arena_free(arena);
}

/* ---- making expressions ------------------------------------------------ */

typedef struct expression *expression;

static expression make(enum expression_kind kind, int64_t number, expression a,
                       expression b, expression c)
{
    expression made = arena_alloc(arena, sizeof *made);
    made->kind = kind;
    made->number = number;
    made->parts = arena_array(arena, 3, sizeof(expression));
    made->parts[0] = a;
    made->parts[1] = b;
    made->parts[2] = c;
    made->count = c != NULL ? 3 : b != NULL ? 2 : a != NULL ? 1 : 0;
    return made;
}

static expression number(int64_t n)
{
    return make(EXPRESSION_NUMBER, n, NULL, NULL, NULL);
}

static expression text(const char *bytes)
{
    expression made = make(EXPRESSION_BYTES, 0, NULL, NULL, NULL);
    made->bytes = slice_of(bytes);
    return made;
}

static expression variable(const char *name, expression a, expression b)
{
    expression made = make(EXPRESSION_VARIABLE, 0, a, b, NULL);
    made->name = name;
    return made;
}

static expression operator(char op, expression a, expression b)
{
    expression made = make(EXPRESSION_OPERATOR, 0, a, b, NULL);
    made->op = op;
    return made;
}

static expression auth(const char *move)
{
    expression made = make(EXPRESSION_AUTH, 0, NULL, NULL, NULL);
    made->bytes = slice_of(move);
    return made;
}

/* ---- asking ------------------------------------------------------------ */

static void ck_number(expression asked, int64_t expected)
{
    int64_t got = 0;
    ck_assert_msg(expression_number(asked, &environment, &got, &error), "%s",
                  error);
    ck_assert_int_eq(got, expected);
}

static void ck_bytes(expression asked, const void *bytes, size_t size)
{
    struct slice got;
    ck_assert_msg(expression_bytes(asked, &environment, &got, &error), "%s",
                  error);
    ck_assert_uint_eq(got.size, size);
    ck_assert(slice_equal(got, slice_make(bytes, size)));
}

static void ck_text(expression asked, const char *expected)
{
    ck_bytes(asked, expected, strlen(expected));
}

static void ck_error(expression asked, const char *expected)
{
    struct value value;
    ck_assert(!expression_evaluate(asked, &environment, &value, &error));
    ck_assert_str_eq(error, expected);
}

/* ---- numbers ----------------------------------------------------------- */

START_TEST(calculates)
{
    ck_number(operator('+', number(2), number(3)), 5);
    ck_number(operator('-', number(2), number(3)), -1);
    ck_number(operator('*', variable("n", NULL, NULL), number(3)), 60);
    ck_number(operator('/', number(7), number(2)), 3);
    ck_number(operator('%', number(7), number(4)), 3);
    ck_number(operator('+', variable("digits", NULL, NULL),
                            operator('*', number(2), number(-5))),
              20);
}
END_TEST

START_TEST(calculates_within_bounds)
{
    expression zero = number(0), low = number(INT64_MIN);
    expression most = number(INT64_MAX);
    ck_error(operator('/', number(7), zero), "7 / 0 divides by zero");
    ck_error(operator('%', number(7), zero), "7 % 0 divides by zero");
    ck_error(operator('+', most, number(1)),
             "9223372036854775807 + 1 is too large a number");
    ck_error(operator('-', low, number(1)),
             "-9223372036854775808 - 1 is too large a number");
    ck_error(operator('*', most, number(2)),
             "9223372036854775807 * 2 is too large a number");
    ck_error(operator('/', low, number(-1)),
             "-9223372036854775808 / -1 is too large a number");
    ck_error(operator('%', low, number(-1)),
             "-9223372036854775808 % -1 is too large a number");
}
END_TEST

START_TEST(reads_decimal_text)
{
    static const struct {
        const char *text;
        bool good;
        int64_t number;
    } rows[] = {
        {"0", true, 0},
        {"007", true, 7},
        {"-12", true, -12},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"99999999999999999999", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"+1", false, 0},
        {" 1", false, 0},
        {"1.5", false, 0},
        {"0x10", false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t got = 0;
        ck_assert(number_of_text(slice_of(rows[i].text), &got) == rows[i].good);
        ck_assert_int_eq(got, rows[i].number);
    }
}
END_TEST

START_TEST(wants_numbers)
{
    int64_t got;
    ck_assert(!expression_number(variable("text", NULL, NULL), &environment,
                                 &got, &error));
    ck_assert_str_eq(error, "$text is not a number");
    ck_error(operator('+', text("a"), number(1)), "\"a\" is not a number");
}
END_TEST

/* ---- variables --------------------------------------------------------- */

START_TEST(looks_up_variables)
{
    ck_number(variable("n", NULL, NULL), 20);
    ck_text(variable("text", NULL, NULL), "ab");
    ck_number(variable("list", number(2), NULL), 8);
    ck_number(variable("list", text("1"), NULL), 7);
    ck_number(variable("list", variable("i", NULL, NULL), NULL), 8);
    ck_text(variable("list", number(3), NULL), "x");
    ck_number(variable("limits", text("connect"), NULL), 35000000000);
    ck_number(variable("profile", text("list"), number(1)), 7);
}
END_TEST

START_TEST(says_which_variable_is_missing)
{
    ck_error(variable("old", NULL, NULL), "$old is not set");
    ck_error(variable("limits", text("other"), NULL),
             "$limits.other is not set");
    ck_error(variable("limits", NULL, NULL), "$limits is not set");
    ck_error(variable("list", number(4), NULL),
             "$list holds 3 values; there is no number 4");
    ck_error(variable("list", number(0), NULL),
             "$list holds 3 values; there is no number 0");
    ck_error(variable("n", number(1), NULL), "$n is not a list");
    ck_error(variable("list", variable("k", NULL, NULL), NULL),
             "$k is not set");
    ck_error(variable("list", number(1), text("x")), "$list.1.x is not set");
}
END_TEST

START_TEST(absent_values_stay_absent)
{
    struct value value;
    struct slice bytes;
    ck_assert(expression_evaluate(variable("nothing", NULL, NULL), &environment,
                                  &value, &error));
    ck_assert_int_eq(value.kind, VALUE_NONE);
    ck_assert(!expression_bytes(variable("nothing", NULL, NULL), &environment,
                                &bytes, &error));
    ck_assert_str_eq(error, "$nothing is neither a text nor bytes");
    ck_error(
        make(EXPRESSION_JOIN, 0, variable("nothing", NULL, NULL), NULL, NULL),
        "$nothing is absent");
}
END_TEST

/* ---- texts and bytes --------------------------------------------------- */

START_TEST(joins)
{
    ck_text(make(EXPRESSION_JOIN, 0,
                 text("m"), operator('+', variable("i", NULL, NULL), number(1)),
                 variable("text", NULL, NULL)),
            "m3ab");
    ck_text(
        make(EXPRESSION_JOIN, 0, variable("list", NULL, NULL), text("."), NULL),
        "78x.");
    ck_text(make(EXPRESSION_JOIN, 0, NULL, NULL, NULL), "");
    ck_text(number(-42), "-42");
}
END_TEST

START_TEST(repeats)
{
    ck_text(make(EXPRESSION_REPEAT, 0, text("ab"), number(3), NULL), "ababab");
    ck_text(make(EXPRESSION_REPEAT, 0, text("ab"), number(0), NULL), "");
    ck_text(make(EXPRESSION_REPEAT, 0, text(""), number(9), NULL), "");
    ck_text(make(EXPRESSION_REPEAT, 0, number(7), number(5), NULL), "77777");
    ck_error(make(EXPRESSION_REPEAT, 0, text("a"), number(-1), NULL),
             "-1 is not between 0 and 268435460, the longest packet");
    ck_error(make(EXPRESSION_REPEAT, 0, text("ab"), number(200000000), NULL),
             "200000000 times 2 bytes are more than the longest packet holds");
}
END_TEST

START_TEST(random_bytes_are_the_same_each_time)
{
    struct slice first, again, other;
    expression asked = make(EXPRESSION_RANDOM, 3, number(100), NULL, NULL);
    ck_assert(expression_bytes(asked, &environment, &first, &error));
    ck_assert(expression_bytes(asked, &environment, &again, &error));
    ck_assert_uint_eq(first.size, 100);
    ck_assert(slice_equal(first, again));
    environment.seed = 2;
    ck_assert(expression_bytes(asked, &environment, &other, &error));
    ck_assert(!slice_equal(first, other));
    environment.seed = 1;
    asked->number = 4;
    ck_assert(expression_bytes(asked, &environment, &other, &error));
    ck_assert(!slice_equal(first, other));
    ck_text(make(EXPRESSION_RANDOM, 3, number(0), NULL, NULL), "");
}
END_TEST

START_TEST(pads)
{
    ck_text(make(EXPRESSION_PAD, 0, text("id"), text("xy"), number(7)),
            "idxyxyx");
    ck_text(make(EXPRESSION_PAD, 0, text("id"), text("x"), number(2)), "id");
    ck_text(make(EXPRESSION_PAD, 0, text(""), text("x"), number(3)), "xxx");
    ck_text(make(EXPRESSION_PAD, 0, text("id"), text(""), number(2)), "id");
    ck_error(make(EXPRESSION_PAD, 0, text("id"), text("x"), number(1)),
             "a text of 2 bytes cannot be padded to 1");
    ck_error(make(EXPRESSION_PAD, 0, text("id"), text(""), number(3)),
             "an empty text cannot pad another");
}
END_TEST

START_TEST(writes_integers)
{
    ck_bytes(make(EXPRESSION_INTEGER, 1, number(255), NULL, NULL), "\xff", 1);
    ck_bytes(make(EXPRESSION_INTEGER, 2, number(1), NULL, NULL), "\0\1", 2);
    ck_bytes(make(EXPRESSION_INTEGER, 4, number(4294967295), NULL, NULL),
             "\xff\xff\xff\xff", 4);
    ck_bytes(make(EXPRESSION_INTEGER, 8, number(258), NULL, NULL),
             "\0\0\0\0\0\0\1\2", 8);
    ck_error(make(EXPRESSION_INTEGER, 1, number(256), NULL, NULL),
             "256 does not fit into 1 byte");
    ck_error(make(EXPRESSION_INTEGER, 2, number(-1), NULL, NULL),
             "-1 does not fit into 2 bytes");
}
END_TEST

START_TEST(writes_variable_byte_integers)
{
    ck_bytes(make(EXPRESSION_VARINT, 0, number(127), NULL, NULL), "\x7f", 1);
    ck_bytes(make(EXPRESSION_VARINT, 0, number(128), NULL, NULL), "\x80\1", 2);
    ck_bytes(make(EXPRESSION_VARINT, 4, number(1), NULL, NULL),
             "\x81\x80\x80\0", 4);
    ck_bytes(make(EXPRESSION_VARINT, 5, number(0), NULL, NULL),
             "\x80\x80\x80\x80\0", 5);
    ck_bytes(make(EXPRESSION_VARINT, 0, number(268435455), NULL, NULL),
             "\xff\xff\xff\x7f", 4);
    ck_error(make(EXPRESSION_VARINT, 0, number(268435456), NULL, NULL),
             "268435456 does not fit into a Variable Byte Integer of that "
             "width");
    ck_error(make(EXPRESSION_VARINT, 1, number(128), NULL, NULL),
             "128 does not fit into a Variable Byte Integer of that width");
}
END_TEST

START_TEST(writes_lengths)
{
    expression two = text("ab");
    expression many = make(EXPRESSION_REPEAT, 0, text("a"), number(300), NULL);
    expression long_text =
        make(EXPRESSION_REPEAT, 0, text("a"), number(65536), NULL);
    struct slice bytes;
    ck_bytes(make(EXPRESSION_PREFIXED, 1, two, NULL, NULL), "\2ab", 3);
    ck_bytes(make(EXPRESSION_PREFIXED, 2, two, NULL, NULL), "\0\2ab", 4);
    ck_bytes(make(EXPRESSION_PREFIXED, 0, two, NULL, NULL), "\2ab", 3);
    ck_assert(expression_bytes(make(EXPRESSION_PREFIXED, 0, many, NULL, NULL),
                               &environment, &bytes, &error));
    ck_assert_uint_eq(bytes.size, 302);
    ck_assert_mem_eq(bytes.data, "\xac\2", 2);
    ck_error(make(EXPRESSION_PREFIXED, 1, many, NULL, NULL),
             "300 bytes are too long for their prefix");
    ck_error(make(EXPRESSION_PREFIXED, 2, long_text, NULL, NULL),
             "65536 bytes are too long for their prefix");
}
END_TEST

/* ---- lists and authentication ------------------------------------------ */

START_TEST(makes_lists)
{
    struct value value;
    ck_assert(expression_evaluate(
        make(EXPRESSION_LIST, 0, number(1), text("x"), NULL), &environment,
        &value, &error));
    ck_assert_int_eq(value.kind, VALUE_LIST);
    ck_assert_uint_eq(value.count, 2);
    ck_assert_int_eq(value.items[0].number, 1);
    ck_assert(slice_is(value.items[1].bytes, "x"));
    ck_error(make(EXPRESSION_LIST, 0, variable("old", NULL, NULL), NULL, NULL),
             "$old is not set");
}
END_TEST

START_TEST(plays_the_profiles_method)
{
    ck_text(auth("start"), "n,,n=user");
    ck_error(auth("reply"),
             "the profile's authentication method has no move 'reply' here");
    environment.auth = NULL;
    ck_error(auth("start"),
             "the profile's authentication method has no move 'start' here");
}
END_TEST

/* ---- printing ---------------------------------------------------------- */

static void ck_print(expression asked, const char *expected)
{
    struct buffer out = buffer_make(4096);
    expression_print(asked, &out);
    ck_assert_str_eq(buffer_string(&out), expected);
    buffer_free(&out);
}

START_TEST(prints_expressions)
{
    expression n = variable("n", NULL, NULL);
    ck_print(variable("list", variable("i", NULL, NULL), text("x")),
             "$list.$i.x");
    ck_print(operator('*', operator('+', n, number(1)), number(2)),
             "($n + 1) * 2");
    ck_print(make(EXPRESSION_JOIN, 0, text("a/"), n, NULL), "\"a/\" $n");
    ck_print(make(EXPRESSION_LIST, 0, number(1), text("b"), NULL),
             "[1, \"b\"]");
    ck_print(make(EXPRESSION_REPEAT, 0, text("x"), n, NULL),
             "repeat(\"x\", $n)");
    ck_print(make(EXPRESSION_RANDOM, 1, n, NULL, NULL), "random($n)");
    ck_print(make(EXPRESSION_PAD, 0, n, text("x"), number(9)),
             "pad($n, \"x\", 9)");
    ck_print(make(EXPRESSION_INTEGER, 2, n, NULL, NULL), "integer($n)");
    ck_print(make(EXPRESSION_VARINT, 2, n, NULL, NULL), "varint($n)");
    ck_print(make(EXPRESSION_PREFIXED, 2, n, NULL, NULL), "prefixed($n)");
    ck_print(auth("start"), "authentication data");
}
END_TEST

START_TEST(prints_values)
{
    struct value items[] = {{.kind = VALUE_NUMBER, .number = 142},
                            {.kind = VALUE_BYTES, .bytes = slice_of("a\n")}};
    struct value list = {.kind = VALUE_LIST, .items = items, .count = 2};
    struct buffer out = buffer_make(4096);
    value_print(&list, true, &out);
    buffer_text(&out, " ");
    value_print(&list, false, &out);
    buffer_text(&out, " ");
    value_print(NULL, false, &out);
    ck_assert_str_eq(buffer_string(&out),
                     "[0x8e, \"a\\x0a\"] [142, \"a\\x0a\"] absent");
    buffer_free(&out);
}
END_TEST

/* ---- memory ------------------------------------------------------------ */

START_TEST(survives_without_memory)
{
    expression big = make(EXPRESSION_REPEAT, 0, text("x"), number(9000), NULL);
    expression all =
        make(EXPRESSION_JOIN, 0, make(EXPRESSION_PREFIXED, 2, big, NULL, NULL),
             make(EXPRESSION_PAD, 0, text("x"), text("y"), number(9000)),
             make(EXPRESSION_LIST, 0,
                  make(EXPRESSION_RANDOM, 0, number(9000), NULL, NULL),
                  variable("limits", text("connect"), NULL), NULL));
    struct value value;
    bool good = false;
    for (long n = 1; !good; n++) {
        memory_fail_after(n);
        error = NULL;
        good = expression_evaluate(all, &environment, &value, &error);
        ck_assert(good || error != NULL);
        ck_assert_int_lt(n, 200);
    }
}
END_TEST

Suite *expression_suite(void)
{
    Suite *suite = suite_create("expression");
    TCase *tests = tcase_create("expression");
    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, calculates);
    tcase_add_test(tests, calculates_within_bounds);
    tcase_add_test(tests, reads_decimal_text);
    tcase_add_test(tests, wants_numbers);
    tcase_add_test(tests, looks_up_variables);
    tcase_add_test(tests, says_which_variable_is_missing);
    tcase_add_test(tests, absent_values_stay_absent);
    tcase_add_test(tests, joins);
    tcase_add_test(tests, repeats);
    tcase_add_test(tests, random_bytes_are_the_same_each_time);
    tcase_add_test(tests, pads);
    tcase_add_test(tests, writes_integers);
    tcase_add_test(tests, writes_variable_byte_integers);
    tcase_add_test(tests, writes_lengths);
    tcase_add_test(tests, makes_lists);
    tcase_add_test(tests, plays_the_profiles_method);
    tcase_add_test(tests, prints_expressions);
    tcase_add_test(tests, prints_values);
    tcase_add_test(tests, survives_without_memory);
    suite_add_tcase(suite, tests);
    return suite;
}
