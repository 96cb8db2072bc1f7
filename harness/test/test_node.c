/* script/node.h: reading YAML, and what diagnostics look like. */
#include "golden_diagnostics.h"
#include "script/diagnostics.h"
#include <check.h>
#include <stdio.h>
#include <string.h>

#define GOLDEN "harness/test/golden/node/"

static struct diagnostics diagnostics;
static struct arena *arena;

static void begin(void)
{
    ck_assert(diagnostics_begin(&diagnostics));
    arena = arena_new((size_t)256 << 20);
    ck_assert(arena != NULL);
}

static void end(void)
{
    memory_fail_after(0);
    arena_free(arena);
    diagnostics_end(&diagnostics);
}

static struct node *read_text(const char *text)
{
    return node_read("case.yaml", slice_of(text), arena, &diagnostics);
}

static void ck_place(const struct node *node, int line, int column)
{
    ck_assert_str_eq(node->source.file, "case.yaml");
    ck_assert_int_eq(node->source.line, line);
    ck_assert_int_eq(node->source.column, column);
}

/* ---- trees ------------------------------------------------------------- */

START_TEST(reads_a_tree)
{
    const struct node *root =
        read_text("area: will\ncases:\n- {id: a, n: 007}\n- [x, \"y\"]\n");
    ck_assert_ptr_nonnull(root);
    ck_assert_int_eq(root->kind, NODE_MAP);
    ck_assert_uint_eq(root->count, 2);
    ck_assert(node_is(node_get(root, "area"), "will"));
    ck_place(root, 1, 1);
    ck_place(root->keys[1], 2, 1);
    const struct node *cases = node_get(root, "cases");
    ck_assert_int_eq(cases->kind, NODE_LIST);
    ck_assert_uint_eq(cases->count, 2);
    ck_assert(node_is(node_get(cases->items[0], "n"), "007"));
    ck_place(node_get(cases->items[0], "n"), 3, 14);
    ck_assert(node_is(cases->items[1]->items[1], "y"));
    ck_assert(cases->items[1]->items[1]->quoted);
    ck_assert(!cases->items[1]->items[0]->quoted);
    ck_assert_uint_eq(diagnostics.count, 0);
}
END_TEST

START_TEST(finds_only_what_is_there)
{
    const struct node *root = read_text("a: b\n");
    ck_assert_ptr_null(node_get(root, "b"));
    ck_assert_ptr_null(node_get(node_get(root, "a"), "a"));
    ck_assert_ptr_null(node_get(NULL, "a"));
    ck_assert(!node_is(NULL, "a"));
    ck_assert(!node_is(root, "a"));
}
END_TEST

START_TEST(numbers_and_truth_stay_text)
{
    const struct node *root = read_text("[0x10, 1e3, yes, 3.10, 1_0]");
    static const char *const texts[] = {"0x10", "1e3", "yes", "3.10", "1_0"};
    for (size_t i = 0; i < 5; i++)
        ck_assert(node_is(root->items[i], texts[i]));
}
END_TEST

START_TEST(nothing_is_an_empty_text)
{
    const struct node *root =
        read_text("a: ~\nb: null\nc:\nd: '~'\ne: \"null\"\nf: ''\n");
    ck_assert(node_is(node_get(root, "a"), ""));
    ck_assert(node_is(node_get(root, "b"), ""));
    ck_assert(node_is(node_get(root, "c"), ""));
    ck_assert(node_is(node_get(root, "d"), "~"));
    ck_assert(node_is(node_get(root, "e"), "null"));
    ck_assert(node_is(node_get(root, "f"), ""));
    ck_assert(node_get(root, "f")->quoted);
    ck_assert(!node_get(root, "c")->quoted);
}
END_TEST

START_TEST(blocks_are_quoted)
{
    const struct node *root = read_text("a: |\n  one\n  two\nb: >\n  x\n  y\n");
    ck_assert(node_is(node_get(root, "a"), "one\ntwo\n"));
    ck_assert(node_is(node_get(root, "b"), "x y\n"));
    ck_assert(node_get(root, "a")->quoted);
}
END_TEST

START_TEST(escaped_bytes_come_through)
{
    const struct node *root = read_text("\"a\\0b\\u00e9\"");
    ck_assert_uint_eq(root->text.size, 5);
    ck_assert_mem_eq(root->text.data, "a\0b\xc3\xa9", 5);
}
END_TEST

START_TEST(columns_count_characters)
{
    const struct node *root = read_text("\xef\xbb\xbf{\xc3\xa9: "
                                        "\xe6\x97\xa5, c: d}");
    ck_place(root->keys[0], 1, 2);
    ck_place(root->items[0], 1, 5);
    ck_place(root->keys[1], 1, 8);
}
END_TEST

START_TEST(same_key_in_other_maps_is_fine)
{
    ck_assert_ptr_nonnull(read_text("a: {b: 1}\nc: {b: 2}\nb: 3\n"));
}
END_TEST

START_TEST(text_outlives_what_it_was_read_from)
{
    char text[] = "a: hello\n";
    const struct node *root = read_text(text);
    memset(text, 'x', sizeof text);
    ck_assert(node_is(node_get(root, "a"), "hello"));
}
END_TEST

/* ---- caps -------------------------------------------------------------- */

START_TEST(depth_has_a_cap)
{
    char text[2 * 64 + 1] = {0};
    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    ck_assert_ptr_nonnull(read_text(text));
}
END_TEST

/* A list with so many items of "x". */
static struct node *read_items(size_t count)
{
    struct buffer text = buffer_make((size_t)8 << 20);
    buffer_text(&text, "[");
    for (size_t i = 0; i < count; i++)
        buffer_text(&text, "x,");
    buffer_text(&text, "]");
    struct node *root =
        node_read("case.yaml", buffer_slice(&text), arena, &diagnostics);
    buffer_free(&text);
    return root;
}

START_TEST(count_of_values_has_a_cap)
{
    ck_assert_ptr_nonnull(read_items(199999));
    ck_assert_ptr_null(read_items(200000));
    ck_assert_str_eq(diagnostics.rows[0].message,
                     "the file holds more than 200000 values");
}
END_TEST

START_TEST(size_has_a_cap)
{
    size_t size = ((size_t)4 << 20) + 1;
    char *text = memory_new(size);
    memset(text, ' ', size);
    text[0] = 'x';
    ck_assert_ptr_nonnull(node_read("case.yaml", slice_make(text, size - 1),
                                    arena, &diagnostics));
    ck_assert_ptr_null(
        node_read("case.yaml", slice_make(text, size), arena, &diagnostics));
    ck_assert_str_eq(diagnostics.rows[0].message,
                     "the text is larger than 4096 KiB");
    memory_free(text);
}
END_TEST

/* ---- golden texts ------------------------------------------------------ */

static const char *const goldens[] = {
    "alias",
    "anchor",
    "bad-indent",
    "byte-order-mark",
    "carriage-returns",
    "control-character",
    "duplicate-key",
    "empty",
    "list-as-key",
    "long-line",
    "map-as-key",
    "missing-comma",
    "not-there",
    "not-utf8",
    "only-comments",
    "second-colon",
    "second-document",
    "tab-indent",
    "tabs-and-wide",
    "tag",
    "too-deep",
    "unclosed-map",
    "unclosed-quote",
};

START_TEST(says_what_is_wrong)
{
    char path[200];
    snprintf(path, sizeof path, GOLDEN "%s.yaml", goldens[_i]);
    ck_assert_ptr_null(node_load(path, arena, &diagnostics));
    ck_assert_uint_gt(diagnostics.errors, 0);
    snprintf(path, sizeof path, GOLDEN "%s.txt", goldens[_i]);
    golden_check(&diagnostics, path);
}
END_TEST

START_TEST(folder_is_not_a_file)
{
    ck_assert_ptr_null(node_load("harness/test", arena, &diagnostics));
    ck_assert_str_eq(diagnostics.rows[0].message,
                     "cannot read the file: Is a directory");
}
END_TEST

/* ---- diagnostics ------------------------------------------------------- */

static void ck_printed(const char *expected)
{
    struct buffer out = buffer_make(65536);
    diagnostics_print(&diagnostics, &out);
    ck_assert_str_eq(buffer_string(&out), expected);
    buffer_free(&out);
}

START_TEST(prints_all_parts)
{
    const struct node *root = read_text("steps: [a, b]\n");
    diagnose_warning(&diagnostics, root->items[0]->items[1]->source, "c",
                     "did you mean 'c'?", "there is no '%s'", "b");
    ck_assert_uint_eq(diagnostics.errors, 0);
    ck_assert_uint_eq(diagnostics.warnings, 1);
    ck_printed("case.yaml:1:12: warning: there is no 'b'\n"
               "    1 | steps: [a, b]\n"
               "      |            ^\n"
               "  expected c\n"
               "  did you mean 'c'?\n");
}
END_TEST

START_TEST(prints_without_a_place)
{
    diagnose(&diagnostics, (struct source){NULL, 0, 0}, NULL, NULL, "one");
    diagnose(&diagnostics, (struct source){"a.yaml", 0, 0}, NULL, NULL, "two");
    diagnose(&diagnostics, (struct source){"a.yaml", 3, 4}, NULL, NULL,
             "three");
    ck_printed("error: one\na.yaml: error: two\na.yaml:3:4: error: three\n");
}
END_TEST

START_TEST(places_past_the_end_are_harmless)
{
    read_text("a: b");
    diagnose(&diagnostics, (struct source){"case.yaml", 9, 9}, NULL, NULL, "x");
    diagnose(&diagnostics, (struct source){"case.yaml", 1, 9}, NULL, NULL, "y");
    ck_printed("case.yaml:9:9: error: x\n    9 | \n      | ^\n"
               "case.yaml:1:9: error: y\n    1 | a: b\n      |     ^\n");
}
END_TEST

START_TEST(control_characters_never_reach_a_terminal)
{
    diagnose(&diagnostics, (struct source){NULL, 0, 0}, "\x1b[1m", NULL,
             "bad '%s'", "\x1b[2J\n\x7f");
    ck_printed("error: bad '?[2J?"
               "?'\n  expected ?[1m\n");
}
END_TEST

START_TEST(long_messages_are_cut_between_characters)
{
    char text[2001] = {0};
    for (size_t i = 0; i < 1000; i++)
        text[2 * i] = '\xc3', text[2 * i + 1] = '\xa9';
    for (size_t shift = 0; shift < 2; shift++) {
        diagnose(&diagnostics, (struct source){NULL, 0, 0}, NULL, NULL, "%s%s",
                 shift ? "x" : "", text);
        const char *message = diagnostics.rows[shift].message;
        ck_assert_uint_eq(strlen(message) % 2, shift);
        ck_assert_uint_gt(strlen(message), 500);
    }
}
END_TEST

START_TEST(only_so_many_are_kept)
{
    for (size_t i = 0; i < DIAGNOSTICS_MAX + 5; i++)
        diagnose(&diagnostics, (struct source){NULL, 0, 0}, NULL, NULL, "x");
    diagnose_warning(&diagnostics, (struct source){NULL, 0, 0}, NULL, NULL,
                     "y");
    ck_assert_uint_eq(diagnostics.count, DIAGNOSTICS_MAX);
    ck_assert_uint_eq(diagnostics.errors, DIAGNOSTICS_MAX + 5);
    ck_assert_uint_eq(diagnostics.warnings, 1);
    struct buffer out = buffer_make(65536);
    diagnostics_print(&diagnostics, &out);
    ck_assert_ptr_nonnull(strstr(buffer_string(&out), "6 more are not shown"));
    buffer_free(&out);
}
END_TEST

START_TEST(names_outlive_the_tree)
{
    struct arena *other = arena_new(1 << 20);
    const struct node *root =
        node_read("gone.yaml", slice_of("a: b"), other, &diagnostics);
    diagnose(&diagnostics, root->source, NULL, NULL, "x");
    arena_free(other);
    ck_printed("gone.yaml:1:1: error: x\n    1 | a: b\n      | ^\n");
}
END_TEST

START_TEST(suggests_what_is_near)
{
    static const char *const words[] = {"send",     "expect", "together", "at",
                                        "no_local", "if",     NULL};
    static const struct {
        const char *word, *hint;
    } rows[] = {
        {"expct", "did you mean 'expect'?"},
        {"exepct", "did you mean 'expect'?"},
        {"Expect", "did you mean 'expect'?"},
        {"no-local", "did you mean 'no_local'?"},
        {"togehter", "did you mean 'together'?"},
        {"snd", "did you mean 'send'?"},
        {"ta", "did you mean 'at'?"},
        {"x", NULL},
        {"receive", NULL},
        {"tog", "did you mean 'together'?"},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_pstr_eq(
            diagnostics_suggest(&diagnostics, slice_of(rows[i].word), words),
            rows[i].hint);
}
END_TEST

START_TEST(long_words_suggest_nothing)
{
    static const char *const words[] = {"send", NULL};
    char word[100];
    memset(word, 's', sizeof word);
    ck_assert_ptr_null(diagnostics_suggest(
        &diagnostics, slice_make(word, sizeof word), words));
}
END_TEST

START_TEST(lists_choices)
{
    static const char *const words[] = {"a", "b", NULL};
    ck_assert_str_eq(diagnostics_choices(&diagnostics, words), "one of a, b");
    ck_assert_str_eq(diagnostics_choices(&diagnostics, words + 1), "b");
    ck_assert_str_eq(diagnostics_choices(&diagnostics, words + 2), "");
}
END_TEST

START_TEST(offsets_and_places_agree)
{
    struct slice text = slice_of("ab\r\n\xc3\xa9x\n\ny");
    static const struct {
        size_t offset;
        int line, column;
    } rows[] = {{0, 1, 1}, {1, 1, 2}, {4, 2, 1}, {6, 2, 2},
                {8, 3, 1}, {9, 4, 1}, {10, 4, 2}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int line, column;
        text_place(text, rows[i].offset, &line, &column);
        ck_assert_int_eq(line, rows[i].line);
        ck_assert_int_eq(column, rows[i].column);
        ck_assert_uint_eq(text_offset(text, line, column), rows[i].offset);
    }
}
END_TEST

/* ---- memory ------------------------------------------------------------ */

START_TEST(survives_without_memory)
{
    struct node *root = NULL;
    for (long n = 1; root == NULL; n++) {
        end();
        begin();
        memory_fail_after(n);
        root = read_text("a: [1, 2, {b: c, d: *e}]\nf: g\n");
        memory_fail_after(0);
        if (root == NULL && !diagnostics.no_memory)
            break; /* the alias is the only mistake left */
        ck_assert_int_lt(n, 100);
    }
    ck_assert_ptr_null(root);
    ck_assert_uint_eq(diagnostics.errors, 1);
}
END_TEST

Suite *node_suite(void)
{
    Suite *suite = suite_create("node");
    TCase *tests = tcase_create("node");
    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, reads_a_tree);
    tcase_add_test(tests, finds_only_what_is_there);
    tcase_add_test(tests, numbers_and_truth_stay_text);
    tcase_add_test(tests, nothing_is_an_empty_text);
    tcase_add_test(tests, blocks_are_quoted);
    tcase_add_test(tests, escaped_bytes_come_through);
    tcase_add_test(tests, columns_count_characters);
    tcase_add_test(tests, same_key_in_other_maps_is_fine);
    tcase_add_test(tests, text_outlives_what_it_was_read_from);
    tcase_add_test(tests, depth_has_a_cap);
    tcase_add_test(tests, count_of_values_has_a_cap);
    tcase_add_test(tests, size_has_a_cap);
    tcase_add_loop_test(tests, says_what_is_wrong, 0,
                        (int)(sizeof goldens / sizeof *goldens));
    tcase_add_test(tests, folder_is_not_a_file);
    tcase_add_test(tests, prints_all_parts);
    tcase_add_test(tests, prints_without_a_place);
    tcase_add_test(tests, places_past_the_end_are_harmless);
    tcase_add_test(tests, control_characters_never_reach_a_terminal);
    tcase_add_test(tests, long_messages_are_cut_between_characters);
    tcase_add_test(tests, only_so_many_are_kept);
    tcase_add_test(tests, names_outlive_the_tree);
    tcase_add_test(tests, suggests_what_is_near);
    tcase_add_test(tests, long_words_suggest_nothing);
    tcase_add_test(tests, lists_choices);
    tcase_add_test(tests, offsets_and_places_agree);
    tcase_add_test(tests, survives_without_memory);
    suite_add_tcase(suite, tests);
    return suite;
}
