/* script/expression.h: matchers, and how they read. */
#include "script/expression.h"
#include <check.h>
#include <string.h>

#define SECOND INT64_C(1000000000)

static struct arena *arena;
static struct environment environment;
static struct match_context context;
static const char *error;

static bool look_up(void *user, const char *name, struct value *value)
{
    (void)user;
    *value = (struct value){.kind = VALUE_NUMBER, .number = 20};
    if (strcmp(name, "absent") == 0)
        value->kind = VALUE_NONE;
    return strcmp(name, "n") == 0 || strcmp(name, "absent") == 0;
}

/* stored: 10 s to 11 s; asked: 15 s to 16 s; before: 9 s. */
static bool find_mark(void *user, const char *name, int64_t *first,
                      int64_t *last)
{
    static const struct {
        const char *name;
        int64_t first, last;
    } rows[] = {{"stored", 10, 11}, {"asked", 15, 16}, {"before", 9, 9}};
    (void)user;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].name, name) != 0)
            continue;
        *first = rows[i].first * SECOND;
        *last = rows[i].last * SECOND;
        return true;
    }
    return false;
}

static void begin(void)
{
    arena = arena_new((size_t)16 << 20);
    ck_assert_ptr_nonnull(arena);
    environment = (struct environment){.lookup = look_up, .arena = arena};
    context = (struct match_context){.environment = &environment,
                                     .mark = find_mark,
                                     .observed = 17 * SECOND};
    error = NULL;
}

static void end(void)
{
    memory_fail_after(0);
    arena_free(arena);
}

/* ---- making matchers --------------------------------------------------- */

typedef struct matcher *matcher;

static struct expression *expression(enum expression_kind kind, int64_t number,
                                     const char *text)
{
    struct expression *made = arena_alloc(arena, sizeof *made);
    made->kind = kind;
    made->number = number;
    made->name = text;
    if (kind == EXPRESSION_BYTES)
        made->bytes = slice_of(text);
    return made;
}

static matcher with(enum matcher_kind kind, struct expression *operand)
{
    matcher made = arena_alloc(arena, sizeof *made);
    made->kind = kind;
    made->expression = operand;
    return made;
}

static matcher bare(enum matcher_kind kind)
{
    return with(kind, NULL);
}

static matcher number(enum matcher_kind kind, int64_t operand)
{
    return with(kind, expression(EXPRESSION_NUMBER, operand, NULL));
}

static matcher text(enum matcher_kind kind, const char *operand)
{
    return with(kind, expression(EXPRESSION_BYTES, 0, operand));
}

static matcher variable(enum matcher_kind kind, const char *name)
{
    return with(kind, expression(EXPRESSION_VARIABLE, 0, name));
}

static matcher is(int64_t operand)
{
    return number(MATCHER_EQUAL, operand);
}

static matcher many(enum matcher_kind kind, size_t count, matcher *children)
{
    matcher made = bare(kind);
    made->children = arena_array(arena, count + 1, sizeof *children);
    for (size_t i = 0; i < count; i++)
        made->children[i] = children[i];
    made->count = count;
    return made;
}

#define OF(kind, ...)                                                          \
    many(kind, sizeof((matcher[]){__VA_ARGS__}) / sizeof(matcher),             \
         (matcher[]){__VA_ARGS__})

static matcher remaining(const char *stored, const char *asked)
{
    matcher made = number(MATCHER_REMAINING, 60);
    made->stored = stored;
    made->asked = asked;
    return made;
}

/* ---- making values ----------------------------------------------------- */

static struct value of(int64_t n)
{
    return (struct value){.kind = VALUE_NUMBER, .number = n};
}

static struct value bytes(const char *content)
{
    return (struct value){.kind = VALUE_BYTES, .bytes = slice_of(content)};
}

static const struct value absent = {.kind = VALUE_NONE};

static struct value list(size_t count, const struct value *items)
{
    struct value *copy = arena_array(arena, count + 1, sizeof *copy);
    for (size_t i = 0; i < count; i++)
        copy[i] = items[i];
    return (struct value){.kind = VALUE_LIST, .items = copy, .count = count};
}

#define LIST(...)                                                              \
    list(sizeof((struct value[]){__VA_ARGS__}) / sizeof(struct value),         \
         (struct value[]){__VA_ARGS__})

static void ck(matcher asked, struct value value, enum match_result expected)
{
    ck_assert_int_eq(matcher_test(asked, &value, &context, &error), expected);
}

static void ck_error(matcher asked, struct value value, const char *expected)
{
    ck(asked, value, MATCH_ERROR);
    ck_assert_str_eq(error, expected);
}

/* ---- presence ---------------------------------------------------------- */

START_TEST(presence)
{
    ck(bare(MATCHER_ANY), of(1), MATCH_YES);
    ck(bare(MATCHER_ANY), absent, MATCH_YES);
    ck(bare(MATCHER_ABSENT), of(1), MATCH_NO);
    ck(bare(MATCHER_ABSENT), absent, MATCH_YES);
    ck(bare(MATCHER_PRESENT), bytes(""), MATCH_YES);
    ck(bare(MATCHER_PRESENT), absent, MATCH_NO);
    ck_assert_int_eq(matcher_test(bare(MATCHER_ABSENT), NULL, &context, &error),
                     MATCH_YES);
}
END_TEST

START_TEST(not_turns_round)
{
    ck(OF(MATCHER_NOT, bare(MATCHER_ABSENT)), absent, MATCH_NO);
    ck(OF(MATCHER_NOT, bare(MATCHER_ABSENT)), of(0), MATCH_YES);
    ck(OF(MATCHER_NOT, is(5)), of(5), MATCH_NO);
    ck(OF(MATCHER_NOT, is(5)), of(6), MATCH_YES);
    ck(OF(MATCHER_NOT, is(5)), absent, MATCH_YES);
    ck_error(OF(MATCHER_NOT, variable(MATCHER_EQUAL, "old")), of(1),
             "$old is not set");
}
END_TEST

/* ---- equality ---------------------------------------------------------- */

START_TEST(equality)
{
    ck(is(5), of(5), MATCH_YES);
    ck(is(5), of(6), MATCH_NO);
    ck(is(5), bytes("5"), MATCH_YES);
    ck(is(5), bytes("05"), MATCH_NO);
    ck(text(MATCHER_EQUAL, "5"), of(5), MATCH_YES);
    ck(text(MATCHER_EQUAL, "a"), bytes("a"), MATCH_YES);
    ck(text(MATCHER_EQUAL, "a"), bytes("A"), MATCH_NO);
    ck(text(MATCHER_EQUAL, ""), bytes(""), MATCH_YES);
    ck(text(MATCHER_EQUAL, ""), absent, MATCH_NO);
    ck(is(0), absent, MATCH_NO);
    ck(variable(MATCHER_EQUAL, "n"), of(20), MATCH_YES);
    ck(variable(MATCHER_EQUAL, "absent"), absent, MATCH_YES);
    ck(variable(MATCHER_EQUAL, "absent"), of(20), MATCH_NO);
    ck(is(5), LIST(of(5)), MATCH_NO);
}
END_TEST

START_TEST(equality_of_lists)
{
    struct expression *pair = expression(EXPRESSION_LIST, 0, NULL);
    struct expression *parts[] = {expression(EXPRESSION_BYTES, 0, "k"),
                                  expression(EXPRESSION_BYTES, 0, "v")};
    pair->parts = parts;
    pair->count = 2;
    matcher asked = with(MATCHER_EQUAL, pair);
    ck(asked, LIST(bytes("k"), bytes("v")), MATCH_YES);
    ck(asked, LIST(bytes("v"), bytes("k")), MATCH_NO);
    ck(asked, LIST(bytes("k")), MATCH_NO);
    ck(asked, bytes("k"), MATCH_NO);
    ck(OF(MATCHER_LIST, asked), LIST(LIST(bytes("k"), bytes("v"))), MATCH_YES);
}
END_TEST

/* ---- combinations ------------------------------------------------------ */

START_TEST(one_of)
{
    matcher asked = OF(MATCHER_ONE_OF, bare(MATCHER_ABSENT), is(60));
    ck(asked, absent, MATCH_YES);
    ck(asked, of(60), MATCH_YES);
    ck(asked, of(61), MATCH_NO);
    ck(OF(MATCHER_NOT, asked), of(61), MATCH_YES);
    ck(OF(MATCHER_NOT, asked), absent, MATCH_NO);
    ck(many(MATCHER_ONE_OF, 0, NULL), of(1), MATCH_NO);
    matcher unset = variable(MATCHER_EQUAL, "old");
    ck(OF(MATCHER_ONE_OF, is(1), unset), of(1), MATCH_YES);
    ck(OF(MATCHER_ONE_OF, is(1), unset), of(2), MATCH_ERROR);
}
END_TEST

START_TEST(ranges)
{
    matcher asked = OF(MATCHER_ALL_OF, number(MATCHER_AT_LEAST, 3),
                       number(MATCHER_AT_MOST, 5));
    ck(asked, of(2), MATCH_NO);
    ck(asked, of(3), MATCH_YES);
    ck(asked, of(5), MATCH_YES);
    ck(asked, of(6), MATCH_NO);
    ck(asked, absent, MATCH_NO);
    ck(asked, bytes("4"), MATCH_YES);
    ck(asked, bytes("four"), MATCH_NO);
    ck(asked, LIST(of(4)), MATCH_NO);
}
END_TEST

START_TEST(order)
{
    ck(number(MATCHER_BELOW, 3), of(2), MATCH_YES);
    ck(number(MATCHER_BELOW, 3), of(3), MATCH_NO);
    ck(number(MATCHER_ABOVE, 3), of(4), MATCH_YES);
    ck(number(MATCHER_ABOVE, 3), of(3), MATCH_NO);
    ck(variable(MATCHER_AT_LEAST, "n"), of(20), MATCH_YES);
    ck(variable(MATCHER_AT_MOST, "n"), of(21), MATCH_NO);
    ck_error(variable(MATCHER_BELOW, "old"), of(1), "$old is not set");
    ck_error(text(MATCHER_BELOW, "x"), of(1), "\"x\" is not a number");
}
END_TEST

/* ---- texts ------------------------------------------------------------- */

START_TEST(texts)
{
    ck(text(MATCHER_STARTS, "ab"), bytes("abc"), MATCH_YES);
    ck(text(MATCHER_STARTS, "bc"), bytes("abc"), MATCH_NO);
    ck(text(MATCHER_ENDS, "bc"), bytes("abc"), MATCH_YES);
    ck(text(MATCHER_ENDS, "ab"), bytes("abc"), MATCH_NO);
    ck(text(MATCHER_CONTAINS, "b"), bytes("abc"), MATCH_YES);
    ck(text(MATCHER_CONTAINS, "d"), bytes("abc"), MATCH_NO);
    ck(text(MATCHER_CONTAINS, ""), bytes(""), MATCH_YES);
    ck(text(MATCHER_STARTS, "1"), of(12), MATCH_YES);
    ck(text(MATCHER_STARTS, ""), absent, MATCH_NO);
    ck(text(MATCHER_ENDS, "x"), LIST(bytes("x")), MATCH_NO);
    ck(variable(MATCHER_ENDS, "n"), bytes("m20"), MATCH_YES);
    ck_error(variable(MATCHER_ENDS, "old"), bytes("x"), "$old is not set");
}
END_TEST

START_TEST(lengths)
{
    matcher three = OF(MATCHER_LENGTH, is(3));
    ck(three, bytes("abc"), MATCH_YES);
    ck(three, bytes("ab"), MATCH_NO);
    ck(three, LIST(of(1), of(2), of(3)), MATCH_YES);
    ck(three, absent, MATCH_NO);
    ck(three, of(123), MATCH_NO);
    ck(OF(MATCHER_LENGTH, number(MATCHER_AT_LEAST, 1)), bytes(""), MATCH_NO);
}
END_TEST

/* ---- lists ------------------------------------------------------------- */

START_TEST(lists_in_order)
{
    matcher asked =
        OF(MATCHER_LIST, is(1), number(MATCHER_AT_MOST, 2), bare(MATCHER_ANY));
    ck(asked, LIST(of(1), of(2), of(9)), MATCH_YES);
    ck(asked, LIST(of(1), of(3), of(9)), MATCH_NO);
    ck(asked, LIST(of(1), of(2)), MATCH_NO);
    ck(asked, LIST(of(1), of(2), of(3), of(4)), MATCH_NO);
    ck(asked, absent, MATCH_NO);
    ck(OF(MATCHER_LIST, is(1)), of(1), MATCH_YES);
    ck(OF(MATCHER_LIST, is(1)), of(2), MATCH_NO);
    ck_error(OF(MATCHER_LIST, variable(MATCHER_EQUAL, "old")), LIST(of(1)),
             "$old is not set");
}
END_TEST

START_TEST(absent_lists_are_empty)
{
    ck(many(MATCHER_LIST, 0, NULL), absent, MATCH_YES);
    ck(many(MATCHER_SET, 0, NULL), absent, MATCH_YES);
    ck(many(MATCHER_SET, 0, NULL), LIST(of(1)), MATCH_NO);
    ck(many(MATCHER_LIST, 0, NULL), of(1), MATCH_NO);
    ck(OF(MATCHER_LIST_CONTAINS, bare(MATCHER_ANY)), absent, MATCH_NO);
}
END_TEST

START_TEST(list_contains)
{
    matcher asked = OF(MATCHER_LIST_CONTAINS, number(MATCHER_ABOVE, 5));
    ck(asked, LIST(of(1), of(6)), MATCH_YES);
    ck(asked, LIST(of(1), of(5)), MATCH_NO);
    ck(asked, of(6), MATCH_YES);
    ck(OF(MATCHER_NOT, asked), LIST(of(1)), MATCH_YES);
    ck(OF(MATCHER_NOT, asked), absent, MATCH_YES);
    ck_error(OF(MATCHER_LIST_CONTAINS, variable(MATCHER_EQUAL, "old")),
             LIST(of(1)), "$old is not set");
}
END_TEST

START_TEST(sets)
{
    matcher asked = OF(MATCHER_SET, is(1), is(2), is(3));
    ck(asked, LIST(of(3), of(1), of(2)), MATCH_YES);
    ck(asked, LIST(of(3), of(1), of(1)), MATCH_NO);
    ck(asked, LIST(of(3), of(1)), MATCH_NO);
    ck(OF(MATCHER_SET, is(7)), of(7), MATCH_YES);
    ck_error(OF(MATCHER_SET, variable(MATCHER_EQUAL, "old")), LIST(of(1)),
             "$old is not set");
}
END_TEST

START_TEST(sets_count_duplicates)
{
    matcher asked = OF(MATCHER_SET, is(1), is(1), is(2));
    ck(asked, LIST(of(1), of(2), of(1)), MATCH_YES);
    ck(asked, LIST(of(1), of(2), of(2)), MATCH_NO);
}
END_TEST

START_TEST(sets_find_the_assignment)
{
    matcher any = bare(MATCHER_ANY);
    matcher small = number(MATCHER_AT_MOST, 2);
    ck(OF(MATCHER_SET, any, is(5)), LIST(of(5), of(7)), MATCH_YES);
    ck(OF(MATCHER_SET, any, small, is(1)), LIST(of(1), of(2), of(9)),
       MATCH_YES);
    ck(OF(MATCHER_SET, any, small, is(1)), LIST(of(1), of(9), of(9)), MATCH_NO);
    /* Each takes the next one's place, all along the row. */
    matcher chain[20];
    struct value items[20];
    for (int i = 0; i < 20; i++) {
        chain[i] = i == 19 ? is(0) : OF(MATCHER_ONE_OF, is(i), is(i + 1));
        items[i] = of(i);
    }
    ck(many(MATCHER_SET, 20, chain), list(20, items), MATCH_YES);
    items[5] = of(100);
    ck(many(MATCHER_SET, 20, chain), list(20, items), MATCH_NO);
}
END_TEST

/* ---- what is left of an expiry interval -------------------------------- */

START_TEST(remaining_time)
{
    /* Held between 4 s (15 − 11) and 7 s (17 − 10), a second more allowed. */
    matcher asked = remaining("stored", "asked");
    ck(asked, of(51), MATCH_NO);
    ck(asked, of(52), MATCH_YES);
    ck(asked, of(57), MATCH_YES);
    ck(asked, of(58), MATCH_NO);
    ck(asked, absent, MATCH_NO);
    ck(asked, bytes("55"), MATCH_YES);
}
END_TEST

START_TEST(remaining_time_is_rounded_for_the_broker)
{
    matcher asked = remaining("stored", "asked");
    context.observed += SECOND / 10;
    ck(asked, of(51), MATCH_YES);
    ck(asked, of(50), MATCH_NO);
}
END_TEST

START_TEST(no_interval_grows)
{
    matcher asked = remaining("stored", "before");
    ck(asked, of(60), MATCH_YES);
    ck(asked, of(61), MATCH_NO);
}
END_TEST

START_TEST(remaining_needs_its_marks)
{
    ck_error(remaining("other", "asked"), of(60),
             "the mark 'other' is not set");
    ck_error(remaining("stored", "later"), of(60),
             "the mark 'later' is not set");
    context.mark = NULL;
    ck_error(remaining("stored", "asked"), of(60),
             "the mark 'stored' is not set");
}
END_TEST

/* ---- printing ---------------------------------------------------------- */

static void ck_print(matcher asked, bool hex, const char *expected)
{
    struct buffer out = buffer_make(4096);
    matcher_print(asked, &environment, hex, &out);
    ck_assert_str_eq(buffer_string(&out), expected);
    buffer_free(&out);
}

START_TEST(prints_simple_matchers)
{
    ck_print(bare(MATCHER_ANY), false, "anything");
    ck_print(bare(MATCHER_ABSENT), false, "absent");
    ck_print(bare(MATCHER_PRESENT), false, "present");
    ck_print(is(142), true, "0x8e");
    ck_print(is(142), false, "142");
    ck_print(text(MATCHER_EQUAL, "a/b"), false, "\"a/b\"");
    ck_print(number(MATCHER_AT_LEAST, 3), false, "at least 3");
    ck_print(number(MATCHER_AT_MOST, 3), false, "at most 3");
    ck_print(number(MATCHER_BELOW, 128), true, "below 0x80");
    ck_print(number(MATCHER_ABOVE, 3), false, "above 3");
    ck_print(text(MATCHER_STARTS, "a"), false, "a text that starts with \"a\"");
    ck_print(text(MATCHER_ENDS, "a"), false, "a text that ends with \"a\"");
    ck_print(text(MATCHER_CONTAINS, "a"), false, "a text that contains \"a\"");
    ck_print(OF(MATCHER_LENGTH, number(MATCHER_AT_LEAST, 16)), true,
             "of length at least 16");
    ck_print(remaining("stored", "asked"), false,
             "60 less the seconds it was held, between 'stored' and 'asked'");
}
END_TEST

START_TEST(prints_combinations)
{
    matcher codes = OF(MATCHER_ONE_OF, is(0x81), is(0x82));
    matcher maybe = OF(MATCHER_ONE_OF, bare(MATCHER_ABSENT), is(60));
    matcher range = OF(MATCHER_ALL_OF, number(MATCHER_AT_LEAST, 3),
                       number(MATCHER_AT_MOST, 5));
    matcher both =
        OF(MATCHER_ALL_OF, number(MATCHER_ABOVE, 3), OF(MATCHER_NOT, is(5)));
    ck_print(codes, true, "one of 0x81, 0x82");
    ck_print(maybe, false, "absent or 60");
    ck_print(range, false, "from 3 to 5");
    ck_print(both, false, "above 3 and not 5");
    ck_print(OF(MATCHER_NOT, codes), true, "none of 0x81, 0x82");
    ck_print(OF(MATCHER_NOT, maybe), false, "not (absent or 60)");
    ck_print(OF(MATCHER_NOT, range), false, "not (from 3 to 5)");
    ck_print(OF(MATCHER_NOT, bare(MATCHER_ABSENT)), false, "not absent");
    ck_print(OF(MATCHER_ONE_OF, is(1)), false, "1");
}
END_TEST

START_TEST(prints_lists)
{
    ck_print(OF(MATCHER_LIST, is(0), number(MATCHER_AT_MOST, 2)), true,
             "the list [0x00, at most 0x02]");
    ck_print(many(MATCHER_LIST, 0, NULL), false, "an empty list");
    ck_print(OF(MATCHER_SET, is(1), is(2)), false,
             "the list [1, 2] in any order");
    ck_print(OF(MATCHER_LIST_CONTAINS, is(1)), false, "a list that contains 1");
}
END_TEST

START_TEST(prints_variables)
{
    struct buffer out = buffer_make(4096);
    matcher known = variable(MATCHER_EQUAL, "n");
    ck_print(known, false, "20");
    ck_print(variable(MATCHER_AT_LEAST, "old"), false, "at least $old");
    matcher_print(known, NULL, false, &out);
    buffer_text(&out, ", ");
    matcher_print(is(142), NULL, true, &out);
    ck_assert_str_eq(buffer_string(&out), "$n, 0x8e");
    buffer_free(&out);
}
END_TEST

/* ---- memory ------------------------------------------------------------ */

START_TEST(survives_without_memory)
{
    matcher asked = OF(MATCHER_SET, is(1), is(2));
    struct value value = LIST(of(2), of(1));
    for (long n = 1; n <= 2; n++) {
        memory_fail_after(n);
        ck_error(asked, value, "there is not enough memory");
    }
    memory_fail_after(3);
    ck(asked, value, MATCH_YES);
}
END_TEST

Suite *matcher_suite(void)
{
    Suite *suite = suite_create("matcher");
    TCase *tests = tcase_create("matcher");
    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, presence);
    tcase_add_test(tests, not_turns_round);
    tcase_add_test(tests, equality);
    tcase_add_test(tests, equality_of_lists);
    tcase_add_test(tests, one_of);
    tcase_add_test(tests, ranges);
    tcase_add_test(tests, order);
    tcase_add_test(tests, texts);
    tcase_add_test(tests, lengths);
    tcase_add_test(tests, lists_in_order);
    tcase_add_test(tests, absent_lists_are_empty);
    tcase_add_test(tests, list_contains);
    tcase_add_test(tests, sets);
    tcase_add_test(tests, sets_count_duplicates);
    tcase_add_test(tests, sets_find_the_assignment);
    tcase_add_test(tests, remaining_time);
    tcase_add_test(tests, remaining_time_is_rounded_for_the_broker);
    tcase_add_test(tests, no_interval_grows);
    tcase_add_test(tests, remaining_needs_its_marks);
    tcase_add_test(tests, prints_simple_matchers);
    tcase_add_test(tests, prints_combinations);
    tcase_add_test(tests, prints_lists);
    tcase_add_test(tests, prints_variables);
    tcase_add_test(tests, survives_without_memory);
    suite_add_tcase(suite, tests);
    return suite;
}
